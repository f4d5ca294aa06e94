"""The legal changes of status of offers and matches."""

from __future__ import annotations

from typing import Final

from cooperation.enums import MatchStatus, OfferStatus
from wam_portal.transitions import Transition

OFFER: Final = (
    Transition("publish", frozenset({OfferStatus.DRAFT}), OfferStatus.PUBLISHED),
    Transition("close", frozenset({OfferStatus.DRAFT, OfferStatus.PUBLISHED}), OfferStatus.CLOSED),
    Transition("reopen", frozenset({OfferStatus.CLOSED}), OfferStatus.DRAFT),
)
MATCH: Final = (
    Transition("propose", frozenset({MatchStatus.SUGGESTED}), MatchStatus.PROPOSED),
    Transition("accept", frozenset({MatchStatus.PROPOSED}), MatchStatus.ACCEPTED),
    Transition("decline", frozenset({MatchStatus.SUGGESTED, MatchStatus.PROPOSED}), MatchStatus.DECLINED),
    Transition("withdraw", frozenset({MatchStatus.SUGGESTED, MatchStatus.PROPOSED}), MatchStatus.WITHDRAWN),
    Transition("supersede", frozenset({MatchStatus.SUGGESTED}), MatchStatus.SUPERSEDED),
)
