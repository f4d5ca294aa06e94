"""The section sheet and the saving of one answer, with and without scripts in the browser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.forms.answers import AnswerCard, Beside, Saved, card_of, with_next
from assessments.frameworks.tree import (
    FrameworkTree,
    IndicatorView,
    SectionView,
    SelectionView,
    beginning,
)
from assessments.models import Answer, Assessment, IndicatorReturn
from assessments.models.answers import RECORD_READERS
from assessments.permissions import not_assigned
from assessments.selectors.answers import (
    HeadingProgress,
    SectionProgress,
    SheetFilter,
    answer_decision,
    answer_for,
    next_indicator,
    readable_tree,
    section_decision,
    section_progress,
    sheet_page,
)
from assessments.selectors.assessments import assessment_for
from assessments.selectors.endorsement import with_people
from assessments.selectors.evidence import evidence_marks
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.marks import Marks, section_marks
from assessments.selectors.meetings import decisions_on, reads_meetings
from assessments.selectors.presence import people_in
from assessments.selectors.ratings import tree_to_rate
from assessments.selectors.returns import latest_returns
from assessments.services.answers import AnswerContent, save_answer
from assessments.services.presence import note_opened, note_seen
from assessments.views.answering import Desk, indicator_page, save_page
from assessments.views.drawer import Drawer, drawer_context
from assessments.views.evidence_links import answer_block
from assessments.views.pages import page_number
from assessments.views.section_tree import under_headings
from assessments.views.sheet_groups import group_toggles, sheet_query, with_query
from wam_portal.access import Decision
from wam_portal.errors import NotVisible, Refused
from wam_portal.party_pages import PartyRequest, party_page

COUNT_ID = "section-count"
"""The id of the count of the open section in the list of sections, which follows what is saved."""


@party_page("assesses")
@require_safe
def section_sheet(request: PartyRequest, uuid: UUID, key: str) -> HttpResponse:
    """Rate the indicators of a section, those that one may read: a page of them, filtered if asked."""
    assessment, tree = open_assessment(request, uuid)
    whole = _section(tree, key)
    mine = readable_tree(request.viewer, assessment, tree)
    section = mine.find_section(key)
    progress = section_progress(request.viewer, assessment, mine)
    decision = with_people(request.viewer, section_decision(request.viewer, assessment, section or whole))
    context: dict[str, Any] = {
        "assessment": assessment,
        "section": section or whole,
        "partly": bool(section) and section is not whole,
        "nodes": _navigation(request, assessment, tree, mine, key, progress),
        "breadcrumbs": _crumbs(request, assessment),
        "readable": section is not None,
        "progress_url": _url(request, "section-progress", assessment, key),
        "decision": decision,
    }
    if section is None:
        context["rates_url"] = _rates_url(request, assessment, tree, key)
    else:
        shown = _filter(request.GET.get("show", ""))
        group = tree.find_group(request.GET.get("group", ""))
        context["groups"] = group_toggles(_url(request, "section-sheet", assessment, key), section, tree, shown, group)
        section = section.only(group.indicators) if group else section
        marks = section_marks(request.viewer, assessment, section)
        context["progress"] = progress[key]
        context["evidence"] = evidence_marks(request.viewer, assessment, section)
        context |= _cards(request, assessment, section, shown, decision, group, marks)
        context["returns"] = latest_returns(request.viewer, assessment)
        context["toggles"] = _toggles(request, assessment, section, progress[key], shown, group, marks)
        context["toggles"].append(_returned_toggle(request, assessment, section, shown, context["returns"]))
        context |= _presence(request, assessment, section)
        context["next_section"] = _next_section(request, assessment, mine, section)
    return render(request, "assessments/section_sheet.html", context)


@party_page("assesses")
@require_safe
def section_progress_panel(request: PartyRequest, uuid: UUID, key: str) -> HttpResponse:
    """The line that says how far a section is, fetched again after answers were saved."""
    assessment, tree = open_assessment(request, uuid)
    _section(tree, key)
    mine = readable_tree(request.viewer, assessment, tree)
    if mine.find_section(key) is None:
        raise Refused(not_assigned())
    progress = section_progress(request.viewer, assessment, mine)[key]
    counts = [
        {"count_id": COUNT_ID, "done": progress.answered, "total": progress.asked},
        *_counts(_heading_nodes(request, assessment, mine, progress.headings)),
    ]
    return render(request, "assessments/section_progress-panel.html", {"progress": progress, "counts": counts})


def _counts(nodes: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Nodes of the side list with those below them, in one row."""
    for node in nodes:
        yield node
        yield from _counts(node["children"])


@party_page("assesses")
@require_POST
def section_presence_panel(request: PartyRequest, uuid: UUID, key: str) -> HttpResponse:
    """The sheet is still open at the viewer's; answers who else is there."""
    assessment, tree = open_assessment(request, uuid)
    section = _section(tree, key).node.pk
    if readable_tree(request.viewer, assessment, tree).find_section(key) is None:
        raise Refused(not_assigned())
    note_seen(assessment=assessment, section=section, actor=request.viewer)
    context = {"people": people_in(request.viewer, assessment, section)}
    return render(request, "assessments/section_presence-panel.html", context)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def answer_edit(request: PartyRequest, uuid: UUID, key: str) -> HttpResponse:
    """One indicator with its answer: shown alone, or saved."""
    assessment, tree = open_assessment(request, uuid)
    indicator = tree.find_indicator(key)
    if indicator is None:
        raise NotVisible
    desk = StateDesk(request, assessment, tree)
    if request.method == "POST":
        return save_page(desk, indicator)
    if desk.mine.find_indicator(key) is None:
        raise Refused(not_assigned())
    return indicator_page(desk, indicator)


class StateDesk(Desk):
    """Where the State is answered for."""

    def __init__(self, request: PartyRequest, assessment: Assessment, tree: FrameworkTree) -> None:
        super().__init__(request, assessment)
        self.tree = tree
        self._read: tuple[Answer | None, ...] = ()

    @cached_property
    def mine(self) -> FrameworkTree:
        """The part of the framework that the person reads."""
        return readable_tree(self.request.viewer, self.assessment, self.tree)

    def url(self, indicator: IndicatorView) -> str:
        """The page of the indicator."""
        return _url(self.request, "answer-edit", self.assessment, indicator.key)

    def place(self, indicator: IndicatorView) -> str:
        """The page of the section sheet, as this person sees it."""
        return _place(self.request, self.assessment, self.mine, indicator)

    def following(self, indicator: IndicatorView) -> IndicatorView | None:
        """The next indicator that this person reads."""
        return next_indicator(self.mine, indicator)

    def current(self, indicator: IndicatorView) -> Saved | None:
        """The stored answer of the State."""
        self._read = (answer_for(self.request.viewer, self.assessment, indicator),)
        return self._read[0]

    def decision(self, indicator: IndicatorView) -> Decision:
        """Whether the person may answer for the State."""
        section = self.tree.section_of(indicator)
        return with_people(
            self.request.viewer, answer_decision(self.request.viewer, self.assessment, section, indicator)
        )

    def save(self, indicator: IndicatorView, base_version: int, content: AnswerContent) -> Saved:
        """Save the answer of the State."""
        return save_answer(
            assessment=self.assessment,
            indicator=indicator.key,
            base_version=base_version,
            content=content,
            actor=self.request.viewer,
        )

    def context(self, indicator: IndicatorView) -> dict[str, Any]:
        """The way back to the sheet, and what lies beside the answer."""
        section = self.tree.section_of(indicator)
        sheet = _url(self.request, "section-sheet", self.assessment, section.key)
        return {
            **answer_block(self.request, self.assessment, indicator, self.decision(indicator)),
            **drawer_context(Drawer(self.request, self.assessment, section, indicator, alone=True, read=self._read)),
            "assessment": self.assessment,
            "indicator": indicator,
            "place": self.place(indicator),
            "returns": latest_returns(self.request.viewer, self.assessment),
            "decisions": decisions_on(self.request.viewer, self.assessment, indicator.pk),
            "reads_meetings": reads_meetings(self.request.viewer),
            "breadcrumbs": [*_crumbs(self.request, self.assessment), (section.node.title, sheet)],
        }

    def back(self) -> str:
        """The filter of the section sheet."""
        return _filter(self.request.POST.get("show", "")).value


def open_assessment(request: PartyRequest, uuid: UUID) -> tuple[Assessment, FrameworkTree]:
    """A baseline that the viewer may see, with its framework. Raises `NotVisible`."""
    assessment = assessment_for(request.viewer, uuid)
    return assessment, framework_tree(assessment.framework_version)


def _section(tree: FrameworkTree, key: str) -> SectionView:
    section = tree.find_section(key)
    if section is None:
        raise NotVisible
    return section


def _url(request: PartyRequest, name: str, assessment: Assessment, *args: str) -> str:
    return reverse(f"assessments:{name}", args=[request.viewer.party.slug, assessment.uuid, *args])


def _filter(value: str) -> SheetFilter:
    return SheetFilter(value) if value in set(SheetFilter) else SheetFilter.ALL


def _place(request: PartyRequest, assessment: Assessment, tree: FrameworkTree, indicator: IndicatorView) -> str:
    """Where an indicator stands on its sheet."""
    query = {"page": tree.page_of(indicator).number}
    sheet = _url(request, "section-sheet", assessment, indicator.section)
    return f"{sheet}?{urlencode(query)}#indicator-{indicator.key}"


def _cards(
    request: PartyRequest,
    assessment: Assessment,
    section: SectionView,
    shown: SheetFilter,
    decision: Decision,
    group: SelectionView | None,
    marks: Marks,
) -> dict[str, Any]:
    page = sheet_page(request.viewer, assessment, section, page_number(request), shown, _marked(marks, shown))
    cards: list[AnswerCard] = []
    headings = beginning(indicator.headings for indicator, _answer in page.rows)
    for (indicator, answer), new in zip(page.rows, headings, strict=True):
        url = _url(request, "answer-edit", assessment, indicator.key)
        card = card_of(indicator, answer, url=url, editable=decision.allowed, back=shown.value, new_headings=new)
        cards.append(replace(card, beside=_beside(request, assessment, indicator, marks)))
    sheet = _url(request, "section-sheet", assessment, section.key)
    pages = [
        {
            "number": number,
            "url": f"{sheet}?{urlencode({'page': number, **sheet_query(shown, group)})}",
            "current": number == page.number,
        }
        for number in range(1, page.count + 1)
    ]
    return {"cards": with_next(cards), "pages": pages, "shown": shown}


def _marked(marks: Marks, shown: SheetFilter) -> frozenset[int]:
    """Which indicators the mark stands on that a filter asks for."""
    return {
        SheetFilter.DISAGREEMENT: marks.waiting,
        SheetFilter.FLAGGED: marks.flagged,
        SheetFilter.COMMENTED: frozenset(marks.commented),
    }.get(shown, frozenset())


def _beside(request: PartyRequest, assessment: Assessment, indicator: IndicatorView, marks: Marks) -> Beside:
    """The drawer of an indicator on the sheet, closed, with what is marked on it."""
    return Beside(
        panel_url=_url(request, "indicator-drawer", assessment, indicator.key),
        reconcile_url=_url(request, "reconcile-indicator", assessment, indicator.key),
        threads=marks.commented.get(indicator.pk, 0),
        flagged=indicator.pk in marks.flagged,
        waiting=indicator.pk in marks.waiting,
    )


def _presence(request: PartyRequest, assessment: Assessment, section: SectionView) -> dict[str, Any]:
    """Who else is in the section; and, unless only the head of the page is asked for, that the viewer is."""
    if request.method == "GET":
        note_opened(assessment=assessment, section=section.node.pk, actor=request.viewer)
    return {
        "people": people_in(request.viewer, assessment, section.node.pk),
        "presence_url": _url(request, "section-presence", assessment, section.key),
    }


def _toggles(
    request: PartyRequest,
    assessment: Assessment,
    section: SectionView,
    progress: SectionProgress,
    shown: SheetFilter,
    group: SelectionView | None,
    marks: Marks,
) -> list[dict[str, Any]]:
    sheet = _url(request, "section-sheet", assessment, section.key)
    toggles = [
        (SheetFilter.ALL, _("All"), progress.total),
        (SheetFilter.NOT_RATED, _("Not rated"), progress.unanswered),
        (SheetFilter.NO_BASIS, _("No basis given"), progress.no_basis),
        (SheetFilter.NO_EVIDENCE, _("No evidence"), progress.no_evidence),
        (SheetFilter.UNKNOWN, _("Unknown"), progress.unknown),
        (SheetFilter.FLAGGED, _("Flagged"), len(marks.flagged)),
        (SheetFilter.COMMENTED, _("Commented"), len(marks.commented)),
    ]
    if request.viewer.has_role(*RECORD_READERS):
        toggles.insert(5, (SheetFilter.DISAGREEMENT, _("Disagreement"), len(marks.waiting)))
    return [
        {
            "label": label,
            "count": count,
            "current": kind is shown,
            "url": with_query(sheet, sheet_query(kind, group)),
        }
        for kind, label, count in toggles
    ]


def _returned_toggle(
    request: PartyRequest,
    assessment: Assessment,
    section: SectionView,
    shown: SheetFilter,
    returns: dict[int, IndicatorReturn],
) -> dict[str, Any]:
    """The filter for what was returned and waits to be addressed."""
    waiting = {pk for pk, returned in returns.items() if returned.addressed_at is None}
    return {
        "label": pgettext("indicators", "Returned"),
        "count": sum(indicator.pk in waiting for indicator in section.indicators),
        "current": shown is SheetFilter.RETURNED,
        "url": f"{_url(request, 'section-sheet', assessment, section.key)}?show={SheetFilter.RETURNED.value}",
    }


def _navigation(
    request: PartyRequest,
    assessment: Assessment,
    tree: FrameworkTree,
    mine: FrameworkTree,
    current: str,
    progress: dict[str, SectionProgress],
) -> list[dict[str, Any]]:
    """All sections below the headings above them, and the headings of the one that is shown.

    How far they are only for those that the viewer reads, which are the ones with progress.
    """
    none = SectionProgress(0)
    nodes = (
        {
            "label": section.node.title,
            "url": _url(request, "section-sheet", assessment, section.key),
            "current": section.key == current,
            "done": progress.get(section.key, none).answered,
            "total": progress.get(section.key, none).asked,
            "count_id": COUNT_ID if section.key == current else "",
            "children": _heading_nodes(request, assessment, mine, progress[current].headings)
            if section.key == current and current in progress
            else [],
        }
        for section in tree.sections
    )
    return under_headings(zip(tree.sections, nodes, strict=True))


def _heading_nodes(
    request: PartyRequest, assessment: Assessment, mine: FrameworkTree, headings: Iterable[HeadingProgress]
) -> list[dict[str, Any]]:
    """The headings of the section that is shown, each leading to the first indicator below it."""
    return [
        {
            "label": row.node.name,
            "url": _place(request, assessment, mine, row.first),
            "current": False,
            "done": row.answered,
            "total": row.asked,
            "count_id": f"{COUNT_ID}-{row.node.key}",
            "children": _heading_nodes(request, assessment, mine, row.below),
        }
        for row in headings
    ]


def _rates_url(request: PartyRequest, assessment: Assessment, tree: FrameworkTree, key: str) -> str:
    """The viewer's own sheet, where they rate something of the section independently; else ""."""
    if tree_to_rate(request.viewer, assessment, tree).find_section(key) is None:
        return ""
    return f"{_url(request, 'rating-sheet', assessment)}?{urlencode({'section': key})}"


def _next_section(
    request: PartyRequest, assessment: Assessment, tree: FrameworkTree, section: SectionView
) -> dict[str, str] | None:
    following = tree.next_section(section.key)
    if following is None:
        return None
    return {"title": following.node.title, "url": _url(request, "section-sheet", assessment, following.key)}


def _crumbs(request: PartyRequest, assessment: Assessment) -> list[tuple[str, str]]:
    return [
        (_("Baselines"), reverse("assessments:assessment-list", args=[request.viewer.party.slug])),
        (assessment.title, _url(request, "assessment-detail", assessment)),
    ]
