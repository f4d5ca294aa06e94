"""Reading what is written around a match: declarations, messages, marks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperation.enums import MarkKind, Side
from cooperation.models import ConflictDeclaration, Match, MatchMark, MatchMessage
from cooperation.models.matches import MatchQuerySet
from cooperation.permissions import reviewing_side
from wam_portal.access import Viewer
from wam_portal.formats import format_day


@dataclass(frozen=True, slots=True)
class DeclarationLine:
    """What one side declared. `at` None: nothing yet."""

    who: str
    text: str
    at: datetime | None


def declarations_of(match: Match) -> list[DeclarationLine]:
    """Both sides, the State first."""
    made = _made(match)
    lines = []
    for side, party in ((Side.STATE, match.state), (Side.DONOR, match.donor)):
        row = made.get(side)
        if row is None:
            lines.append(DeclarationLine(party.name, _("Nothing declared yet."), None))
        else:
            lines.append(DeclarationLine(party.name, row.text or _("No conflict of interest."), row.at))
    return lines


def declaration_of(match: Match, side: Side | None) -> ConflictDeclaration | None:
    """What one side declared."""
    return _made(match).get(side or "")


def _made(match: Match) -> dict[str, ConflictDeclaration]:
    """The declarations by side; read once for all that a page asks of them."""
    prefetch_related_objects([match], "declarations")
    return {row.side: row for row in match.declarations.all()}


def messages_of(viewer: Viewer, match: Match) -> QuerySet[MatchMessage]:
    """The messages of a match that the viewer may read, newest first."""
    return MatchMessage.objects.visible_to(viewer).filter(match=match).select_related("author").order_by("-at", "-pk")


def message_counts(viewer: Viewer, match: Match) -> dict[str, int]:
    """How many messages there are, and how many of the other side one's own has not read."""
    side = _side_read(viewer, match)
    unread = Q(read_at__isnull=True) & ~Q(side=side)
    return messages_of(viewer, match).order_by().aggregate(total=Count("pk"), unread=Count("pk", filter=unread))


def unread_threads(viewer: Viewer, matches: MatchQuerySet, side: Side) -> MatchQuerySet:
    """Those of these matches in which the other side wrote what one's own has not read, newest first; `written_at`."""
    party = {"donor": viewer.party} if side == Side.DONOR else {"state": viewer.party}
    unread = Q(messages__read_at__isnull=True) & Q(messages__side=_other(side))
    threads = matches.filter(unread, **party).annotate(written_at=Max("messages__at", filter=unread))
    return threads.order_by("-written_at", "-pk")


def mark_of(viewer: Viewer, match: Match) -> MatchMark | None:
    """One's own side's mark on a match."""
    return MatchMark.objects.visible_to(viewer).filter(match=match).first()


def marks_of(viewer: Viewer, matches: Iterable[Match]) -> dict[int, MatchMark]:
    """One's own side's marks on these matches, by the match."""
    rows = MatchMark.objects.visible_to(viewer).filter(match__in=[match.pk for match in matches])
    return {row.match_id: row for row in rows}


def marked(viewer: Viewer, kind: str) -> QuerySet[MatchMark]:
    """One's own side's marks of a kind; of what is put off those whose day has not come. For use in a filter."""
    marks = MatchMark.objects.visible_to(viewer).filter(kind=kind)
    return marks.filter(until__gte=timezone.localdate()) if kind == MarkKind.DEFERRED else marks


def mark_label(mark: MatchMark | None) -> str:
    """A mark in words; nothing for what was put off until a day that has come."""
    if mark is None:
        return ""
    if mark.until is None:
        return str(MarkKind(mark.kind).label)
    if mark.until < timezone.localdate():
        return ""
    return _("Put off until %(day)s") % {"day": format_day(mark.until)}


def author_of(viewer: Viewer, match: Match, message: MatchMessage) -> str:
    """Who wrote: the party, and for its own side the person."""
    party = match.donor if message.side == Side.DONOR else match.state
    return f"{message.author} · {party.name}" if party.pk == viewer.party.pk else party.name


def _side_read(viewer: Viewer, match: Match) -> Side:
    """The side on which the viewer reads; of somebody who may only look, that of the party."""
    side = reviewing_side(viewer, match)
    if side is not None:
        return side
    return Side.DONOR if viewer.party.pk == match.donor_id else Side.STATE


def _other(side: Side) -> Side:
    return Side.STATE if side == Side.DONOR else Side.DONOR
