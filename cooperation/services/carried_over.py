"""What people wrote around a suggestion follows it when a run puts a newer one in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from cooperation.models import ConflictDeclaration, Match, MatchMark, MatchMessage

FOLLOWING: Final = (ConflictDeclaration, MatchMark, MatchMessage)


def carry_over(replaced: Mapping[int, Match]) -> None:
    """Move declarations, marks and messages from replaced suggestions, by their key, to those in their place.

    Within the caller's transaction. Both are of the same need and offer, so nobody reads what they did not before.
    """
    if not replaced:
        return
    for model in FOLLOWING:
        rows = list(model.objects.filter(match__in=list(replaced)))
        for row in rows:
            row.match = replaced[row.match_id]
        model.objects.bulk_update(rows, ["match"])
