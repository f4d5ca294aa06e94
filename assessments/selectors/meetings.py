"""Reading meetings: the list, one with its agenda, what was decided on an indicator, and the minutes as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from assessments.enums import OpenItemKind
from assessments.frameworks.tree import FrameworkTree, IndicatorView, OptionView
from assessments.models import AgendaItem, Answer, Assessment, Dissent, FrameworkVersion, Meeting
from assessments.models.meetings import MEETING_READERS, MeetingQuerySet
from assessments.selectors.answers import answer_for
from assessments.selectors.evidence import LinkedEvidence, evidence_by_indicator
from assessments.selectors.frameworks import framework_tree, source_tree
from assessments.selectors.open_items import OpenItem, still_open
from assessments.selectors.reconciliation import Comparison, comparison_of
from wam_portal.access import Viewer
from wam_portal.errors import NotVisible
from wam_portal.formats import format_day

SCHEMA_VERSION: Final = 1
MINUTES_TAG: Final = "meeting"


def meetings_for(viewer: Viewer, assessment: Assessment | None = None) -> MeetingQuerySet:
    """Meetings of the State, of one baseline if given, the newest first, with `item_count` and `decided_count`."""
    found = Meeting.objects.visible_to(viewer).select_related("assessment")
    if assessment is not None:
        found = found.filter(assessment=assessment)
    decided = Count("items", filter=Q(items__decided_at__isnull=False))
    return found.annotate(item_count=Count("items"), decided_count=decided).order_by("-starts_at", "-pk")


def meeting_for(viewer: Viewer, uuid: UUID) -> Meeting:
    """One meeting with its baseline. Raises `NotVisible`."""
    rows = Meeting.objects.visible_to(viewer).select_related("assessment__framework_version", "closed_by")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    found.state = viewer.party
    if found.assessment:
        found.assessment.state = viewer.party
    return found


def agenda_of(meeting: Meeting) -> list[AgendaItem]:
    """The items of a meeting that the viewer reads, in order, with indicator and dissent; two statements."""
    dissents = Prefetch("dissents", queryset=Dissent.objects.order_by("pk"))
    return list(meeting.items.select_related("indicator").prefetch_related(dissents).order_by("position", "pk"))


def agenda_to_read(meeting: Meeting) -> list[AgendaItem]:
    """The agenda with what was drawn from the framework worded in the reader's language; not to be saved again."""
    agenda = agenda_of(meeting)
    tree = framework_tree(meeting.assessment.framework_version) if meeting.assessment else None
    for item in agenda:
        indicator = tree.find_indicator(item.indicator.key) if tree and item.indicator else None
        if indicator:
            item.title = OpenItem(OpenItemKind(item.kind), indicator).title
    return agenda


@dataclass(frozen=True, slots=True)
class Matter:
    """What an item of the agenda is about, as it stands now.

    `item` is None where it has been settled since it was put on the agenda. `level` is the State's level in the
    reader's language, None without one. `comparison` holds the ratings of the agencies, None where nobody rated.
    """

    indicator: IndicatorView
    item: OpenItem | None
    answer: Answer | None
    level: OptionView | None
    comparison: Comparison | None
    evidence: tuple[LinkedEvidence, ...]


def matter_of(viewer: Viewer, meeting: Meeting, item: AgendaItem) -> Matter | None:
    """What an item is about, in five statements at most; None for one that comes from no indicator."""
    if meeting.assessment is None or item.indicator is None:
        return None
    tree = framework_tree(meeting.assessment.framework_version)
    indicator = tree.find_indicator(item.indicator.key)
    if indicator is None:
        return None
    comparison = comparison_of(viewer, meeting.assessment, indicator)
    answer = comparison.answer if comparison else answer_for(viewer, meeting.assessment, indicator)
    levels = {option.pk: option for option in indicator.scale.options}
    return Matter(
        indicator=indicator,
        item=still_open(viewer, meeting.assessment, tree, OpenItemKind(item.kind), indicator),
        answer=answer,
        level=levels.get(answer.option_id or 0) if answer else None,
        comparison=comparison,
        evidence=tuple(evidence_by_indicator(viewer, meeting.assessment, [indicator]).get(indicator.pk, ())),
    )


def titles_to_print(meeting: Meeting, items: Sequence[Mapping[str, Any]]) -> list[str]:
    """The titles of closed minutes in the active language, in their order.

    One that was drawn from the framework is worded anew; one that a person typed, or that stands in none of the
    framework's own words any more, is printed as it was kept.
    """
    return [_in_own_words(meeting, item) or str(item["title"]) for item in items]


def _in_own_words(meeting: Meeting, item: Mapping[str, Any]) -> str:
    if not meeting.assessment or not item["indicator"]:
        return ""
    present = meeting.assessment.framework_version
    family = FrameworkVersion.objects.published().filter(framework=present.framework_id)
    # An upgrade since then may have given the key to another question: the kept words tell which was meant.
    for version in (present, *family.exclude(pk=present.pk).order_by("-published_at")):
        if str(item["title"]) in _wordings(version, item):
            return _title(framework_tree(version), item)
    return ""


def _wordings(version: FrameworkVersion, item: Mapping[str, Any]) -> Iterator[str]:
    """How agendas in any language call what an item is about."""
    yield _title(source_tree(version), item)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield _title(framework_tree(version), item)


def _title(tree: FrameworkTree, item: Mapping[str, Any]) -> str:
    indicator = tree.find_indicator(str(item["indicator"]))
    return OpenItem(OpenItemKind(item["kind"]), indicator).title if indicator else ""


def item_for(meeting: Meeting, uuid: UUID) -> AgendaItem:
    """One item of a meeting that the viewer reads. Raises `NotVisible`."""
    found = meeting.items.select_related("indicator").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    found.meeting = meeting
    return found


def decisions_on(viewer: Viewer, assessment: Assessment, indicator: int) -> QuerySet[AgendaItem]:
    """What meetings decided on an indicator of a baseline, the newest first.

    For all who read the indicator: a contributor who answers for it has to know what was decided. Whether the viewer
    does is asked before; the meeting itself opens for those who read the whole record.
    """
    rows = AgendaItem.objects.filter(
        meeting__state=viewer.party, meeting__assessment=assessment, indicator=indicator, decided_at__isnull=False
    )
    return rows.select_related("meeting").prefetch_related("dissents").order_by("-decided_at", "-pk")


def reads_meetings(viewer: Viewer) -> bool:
    """Whether meetings open for the viewer."""
    return viewer.party.assesses and viewer.has_role(*MEETING_READERS)


def hinders_closing(meeting: Meeting) -> list[str]:
    """Why the minutes cannot be closed yet, in words; empty when they can."""
    reasons = []
    # Closed minutes say what was said: before its day a meeting has said nothing. One held earlier is given its date.
    if timezone.localdate(meeting.starts_at) > timezone.localdate():
        text = _(
            "The meeting is on %(day)s. Close the minutes after it; if it was held earlier, change its date first."
        )
        reasons.append(text % {"day": format_day(timezone.localdate(meeting.starts_at))})
    if not meeting.participants:
        reasons.append(_("Say who took part before you close the minutes."))
    if not meeting.items.exists():
        reasons.append(_("There is nothing on the agenda."))
    return reasons


def minutes_content(meeting: Meeting) -> dict[str, Any]:
    """The minutes as plain values: what was said and decided, not by whom it was typed."""
    territory = meeting.state.territory
    assessment = meeting.assessment
    return {
        "schema": SCHEMA_VERSION,
        "state": {"code": territory.code if territory else "", "name": meeting.state.name},
        "kind": meeting.kind,
        "title": meeting.title,
        "starts_at": meeting.starts_at.isoformat(),
        "place": meeting.place,
        "participants": [
            {"name": person["name"], "agency": person.get("agency", "")} for person in meeting.participants
        ],
        "baseline": {"title": assessment.title, "cycle": assessment.cycle} if assessment else None,
        "items": [_item_content(number, item) for number, item in enumerate(agenda_of(meeting), start=1)],
    }


def _item_content(number: int, item: AgendaItem) -> dict[str, Any]:
    return {
        "number": number,
        "kind": item.kind,
        "title": item.title,
        "indicator": item.indicator.key if item.indicator else None,
        "decision": item.decision,
        "responsible": item.responsible,
        "due_on": item.due_on.isoformat() if item.due_on else None,
        "dissents": [{"who": dissent.who, "why": dissent.why} for dissent in item.dissents.all()],
    }
