from cooperation.models.assistance import AssistanceActivity
from cooperation.models.balances import NeedBalance
from cooperation.models.dossiers import Dossier
from cooperation.models.matches import Match, MatchEvent, MatchRun
from cooperation.models.offer_uploads import OfferUpload
from cooperation.models.offers import Offer
from cooperation.models.rates import Rate, RateSet

__all__ = [
    "AssistanceActivity",
    "Dossier",
    "Match",
    "MatchEvent",
    "MatchRun",
    "NeedBalance",
    "Offer",
    "OfferUpload",
    "Rate",
    "RateSet",
]
