from cooperation.models.balances import NeedBalance
from cooperation.models.dossiers import Dossier
from cooperation.models.matches import Match, MatchEvent, MatchRun
from cooperation.models.offer_uploads import OfferUpload
from cooperation.models.offers import Offer
from cooperation.models.partners import FinishedProject, PartnerConflict, PartnerProfile
from cooperation.models.portfolios import PortfolioRun
from cooperation.models.rates import Rate, RateSet

__all__ = [
    "Dossier",
    "FinishedProject",
    "Match",
    "MatchEvent",
    "MatchRun",
    "NeedBalance",
    "Offer",
    "OfferUpload",
    "PartnerConflict",
    "PartnerProfile",
    "PortfolioRun",
    "Rate",
    "RateSet",
]
