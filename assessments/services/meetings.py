"""Planning a meeting, putting together its agenda, recording decisions and dissent, and closing the minutes.

Every change takes the meeting's version: two people who keep the same minutes never overwrite each other unseen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import MeetingKind, OpenItemKind
from assessments.models import AgendaItem, Assessment, Dissent, Meeting
from assessments.models.meetings import TITLE_MAX
from assessments.permissions import can_keep_minutes, can_plan_meeting
from assessments.selectors.meetings import MINUTES_TAG, hinders_closing, minutes_content
from assessments.selectors.open_items import OpenItem
from assessments.transitions import MEETING, target_of
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.canonical import content_hash
from wam_portal.errors import Conflict, Invalid

MOST_PARTICIPANTS = 200
MOST_ITEMS = 200
_TYPED = ("title", "starts_at", "place")


def plan_meeting(
    *,
    title: str,
    starts_at: datetime,
    actor: Viewer,
    assessment: Assessment | None = None,
    place: str = "",
    participants: Sequence[tuple[str, str]] = (),
    kind: str = MeetingKind.COMMISSION,
) -> Meeting:
    """Plan a meeting of the actor's State; `participants` are (name, agency). Raises `Refused` and `Invalid`."""
    require(can_plan_meeting(actor))
    meeting = Meeting(
        state=actor.party,
        assessment=assessment,
        kind=kind,
        title=title.strip(),
        starts_at=starts_at,
        place=place.strip(),
        participants=_participants(participants),
        created_by=actor.user,
    )
    _validate(meeting)
    with audited():
        meeting.save(force_insert=True)
        record(verb="meeting.planned", target=meeting, actor=actor, parties=[actor.party], changes={"kind": kind})
    return meeting


def edit_meeting(
    *,
    meeting: Meeting,
    base_version: int,
    title: str,
    starts_at: datetime,
    actor: Viewer,
    place: str = "",
    participants: Sequence[tuple[str, str]] = (),
) -> Meeting:
    """Change title, time, place and participants before the minutes are closed.

    Raises `Refused`, `Invalid` and `Conflict`.
    """
    require(can_keep_minutes(actor, meeting))
    fields = {
        "title": title.strip(),
        "starts_at": starts_at,
        "place": place.strip(),
        "participants": _participants(participants),
    }
    draft = Meeting.objects.get(pk=meeting.pk)
    changed = sorted(name for name, value in fields.items() if getattr(draft, name) != value)
    for name, value in fields.items():
        setattr(draft, name, value)
    _validate(draft)
    with audited():
        _swap(meeting, base_version, **fields)
        changes = {"fields": changed, "version": meeting.version}
        record(verb="meeting.edited", target=meeting, actor=actor, parties=[actor.party], changes=changes)
    return meeting


def add_items(*, meeting: Meeting, base_version: int, items: Iterable[OpenItem], actor: Viewer) -> int:
    """Put open items at the end of the agenda; those that are on it already are left out. How many were added.

    Raises `Refused`, `Conflict`, and `Invalid` when the agenda would become endless.
    """
    known = set(meeting.items.values_list("source", flat=True))
    new = [item for item in items if item.source not in known]
    rows = [
        {"kind": item.kind, "source": item.source, "indicator_id": item.indicator.pk, "title": item.title}
        for item in new
    ]
    return _add(meeting, base_version, rows, actor)


def add_free_item(*, meeting: Meeting, base_version: int, title: str, actor: Viewer) -> int:
    """Put something else at the end of the agenda. Raises `Refused`, `Conflict` and `Invalid`."""
    title = title.strip()
    if not title:
        raise Invalid({"title": [_("Say what is to be talked about.")]})
    if len(title) > TITLE_MAX:
        raise Invalid({"title": [_("Use at most %(limit)d characters.") % {"limit": TITLE_MAX}]})
    return _add(meeting, base_version, [{"kind": OpenItemKind.FREE, "title": title}], actor)


def move_item(*, item: AgendaItem, base_version: int, up: bool, actor: Viewer) -> None:
    """Let an item change places with its neighbour; at the end nothing happens. Raises `Refused` and `Conflict`."""

    def move() -> None:
        rows = list(AgendaItem.objects.filter(meeting=item.meeting).order_by("position", "pk"))
        place = next(number for number, row in enumerate(rows) if row.pk == item.pk)
        other = place - 1 if up else place + 1
        if 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
        for number, row in enumerate(rows, start=1):
            row.position = number
        AgendaItem.objects.bulk_update(rows, ["position"])

    _change(item.meeting, base_version, actor, "meeting.agenda_ordered", move)


def remove_item(*, item: AgendaItem, base_version: int, actor: Viewer) -> None:
    """Take an item off the agenda on which nothing was decided. Raises `Refused`, `Conflict` and `Invalid`."""
    if item.decided_at is not None or item.dissents.exists():
        raise Invalid({"": [_("Something was recorded on this item, so it stays on the agenda.")]})
    _change(
        item.meeting,
        base_version,
        actor,
        "meeting.item_removed",
        lambda: AgendaItem.objects.filter(pk=item.pk).delete(),
    )


def record_decision(
    *,
    item: AgendaItem,
    base_version: int,
    decision: str,
    actor: Viewer,
    responsible: str = "",
    due_on: date | None = None,
) -> AgendaItem:
    """Record what was decided on an item, by whom it is done and until when; empty words take it back.

    Raises `Refused`, `Conflict` and `Invalid`.
    """
    decision, responsible = decision.strip(), responsible.strip()
    if not decision and (responsible or due_on):
        raise Invalid({"decision": [_("Say what was decided.")]})
    item.decision, item.responsible, item.due_on = decision, responsible, due_on
    item.decided_at = (item.decided_at or timezone.now()) if decision else None
    _clean(item, {"decision", "responsible", "due_on"})
    fields = ["decision", "responsible", "due_on", "decided_at"]
    _change(item.meeting, base_version, actor, "meeting.decided", lambda: item.save(update_fields=fields))
    return item


def record_dissent(*, item: AgendaItem, base_version: int, who: str, why: str, actor: Viewer) -> Dissent:
    """Record who did not agree, and why. Raises `Refused`, `Conflict` and `Invalid`."""
    dissent = Dissent(item=item, who=who.strip(), why=why.strip(), recorded_by=actor.user, recorded_at=timezone.now())
    _clean(dissent, {"who", "why"})
    _change(item.meeting, base_version, actor, "meeting.dissent_recorded", lambda: dissent.save(force_insert=True))
    return dissent


def close_meeting(*, meeting: Meeting, base_version: int, actor: Viewer) -> Meeting:
    """Close the minutes: they are kept with their hash and never change again.

    Raises `Refused`, `Conflict`, and `Invalid` before the day of the meeting and while there is nobody who took part or
    nothing on the agenda.
    """
    require(can_keep_minutes(actor, meeting))
    with audited():
        locked = Meeting.objects.select_for_update(of=("self",), no_key=True).get(pk=meeting.pk)
        locked.state, locked.assessment = meeting.state, meeting.assessment
        reasons = hinders_closing(locked)
        if reasons:
            raise Invalid({"": reasons})
        content = minutes_content(locked)
        status = target_of(MEETING, "close", locked.status)
        fields: dict[str, Any] = {
            "status": status,
            "content": content,
            "content_hash": content_hash(MINUTES_TAG, content),
            "closed_by": actor.user,
            "closed_at": timezone.now(),
        }
        _swap(meeting, base_version, **fields)
        changes = {"content_hash": meeting.content_hash, "items": len(content["items"])}
        record(verb="meeting.closed", target=meeting, actor=actor, parties=[actor.party], changes=changes)
    return meeting


def _add(meeting: Meeting, base_version: int, rows: list[dict[str, Any]], actor: Viewer) -> int:
    last = meeting.items.aggregate(last=Max("position"))["last"] or 0
    if meeting.items.count() + len(rows) > MOST_ITEMS:
        raise Invalid({"": [_("An agenda holds at most %(limit)d items.") % {"limit": MOST_ITEMS}]})

    def add() -> None:
        AgendaItem.objects.bulk_create(
            AgendaItem(meeting=meeting, position=position, **row) for position, row in enumerate(rows, start=last + 1)
        )

    if rows:
        _change(meeting, base_version, actor, "meeting.items_added", add, count=len(rows))
    else:
        require(can_keep_minutes(actor, meeting))
    return len(rows)


def _change(
    meeting: Meeting, base_version: int, actor: Viewer, verb: str, write: Callable[[], object], **noted: object
) -> None:
    """One change of the agenda or of what is recorded on it, over the version that the person had before them."""
    require(can_keep_minutes(actor, meeting))
    with audited():
        _swap(meeting, base_version)
        write()
        changes = {"version": meeting.version, **noted}
        record(verb=verb, target=meeting, actor=actor, parties=[actor.party], changes=changes)


def _swap(meeting: Meeting, base_version: int, **fields: Any) -> None:
    same = Meeting.objects.filter(pk=meeting.pk, version=base_version, status=meeting.status)
    if not same.update(version=F("version") + 1, **fields):
        current = Meeting.objects.get(pk=meeting.pk)
        raise Conflict(_("Somebody changed this meeting since you opened the page. Look at it again."), current=current)
    for name, value in fields.items():
        setattr(meeting, name, value)
    meeting.version = base_version + 1


def _participants(people: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    tidy = [{"name": name.strip()[:160], "agency": agency.strip()[:160]} for name, agency in people if name.strip()]
    if len(tidy) > MOST_PARTICIPANTS:
        message = _("Name at most %(limit)d participants.") % {"limit": MOST_PARTICIPANTS}
        raise Invalid({"participants": [message]})
    return tidy


def _validate(meeting: Meeting) -> None:
    _clean(meeting, set(_TYPED))


def _clean(row: Meeting | AgendaItem | Dissent, typed: set[str]) -> None:
    """Let the model's own rules speak, each beside its field."""
    try:
        row.clean_fields(exclude={field.name for field in row._meta.fields} - typed)
    except ValidationError as problem:
        raise Invalid({name: list(texts) for name, texts in problem.message_dict.items()}) from problem
