from cooperation.models.assistance import AssistanceActivity
from cooperation.models.balances import NeedBalance
from cooperation.models.dossiers import Dossier
from cooperation.models.match_review import ConflictDeclaration, MatchMark, MatchMessage, OverlapAcknowledgement
from cooperation.models.matches import Match, MatchEvent, MatchRun
from cooperation.models.objections import MatchObjection, ObjectionRule
from cooperation.models.offers import Offer
from cooperation.models.partners import FinishedProject, PartnerConflict, PartnerProfile
from cooperation.models.portfolios import PortfolioRun
from cooperation.models.rates import Rate, RateSet
from cooperation.models.workbook_uploads import WorkbookUpload

__all__ = [
    "AssistanceActivity",
    "ConflictDeclaration",
    "Dossier",
    "FinishedProject",
    "Match",
    "MatchEvent",
    "MatchMark",
    "MatchMessage",
    "MatchObjection",
    "MatchRun",
    "NeedBalance",
    "ObjectionRule",
    "Offer",
    "OverlapAcknowledgement",
    "PartnerConflict",
    "PartnerProfile",
    "PortfolioRun",
    "Rate",
    "RateSet",
    "WorkbookUpload",
]
