"""Reading answers: how far the sections are, and what one page of a section sheet needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby
from typing import Any, Final, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q

from assessments.enums import LEFT_OUT, AnswerRating, Basis, Confidence
from assessments.frameworks.tree import PAGE_SIZE, FrameworkTree, IndicatorView, NodeView, PageView, SectionView
from assessments.models import Answer, Assessment, Assignment, EvidenceLink, Node
from assessments.models.answers import RECORD_READERS, AnswerQuerySet
from assessments.permissions import can_edit_answer
from assessments.selectors.returns import returns_for
from wam_portal.access import Decision, Viewer
from wam_portal.accounts.enums import Role


class SheetFilter(StrEnum):
    """Which indicators of a section the sheet shows."""

    ALL = ""
    NOT_RATED = "not-rated"
    NO_BASIS = "no-basis"
    NO_EVIDENCE = "no-evidence"
    UNKNOWN = "unknown"
    RETURNED = "returned"
    DISAGREEMENT = "disagreement"
    FLAGGED = "flagged"
    COMMENTED = "commented"


@dataclass(frozen=True, slots=True)
class HeadingProgress:
    """How many of the indicators below a heading are asked and answered; `first` is the first of all of them."""

    node: NodeView
    first: IndicatorView
    asked: int
    answered: int
    below: tuple[HeadingProgress, ...]


@dataclass(frozen=True, slots=True)
class SectionProgress:
    """How many of a section's indicators stand where; `no_basis` and `no_evidence` count rated ones without any.

    `left_out` are not applicable or outside the agreed scope: neither asked nor answered. `headings` are those between
    the section and its indicators.
    """

    total: int
    left_out: int = 0
    rated: int = 0
    unknown: int = 0
    no_basis: int = 0
    no_evidence: int = 0
    headings: tuple[HeadingProgress, ...] = field(default=(), kw_only=True)

    @property
    def asked(self) -> int:
        """Indicators that apply and lie in the agreed scope, as `Coverage.asked`."""
        return self.total - self.left_out

    @property
    def answered(self) -> int:
        """Those of the asked on which somebody has decided something."""
        return self.rated + self.unknown

    @property
    def unanswered(self) -> int:
        """Those of the asked on which nobody has decided anything."""
        return self.asked - self.answered


@dataclass(frozen=True, slots=True)
class SheetPage:
    """One page of a sheet: the indicators with their answers (None where there is none), and the place in the list."""

    rows: tuple[tuple[IndicatorView, Answer | None], ...]
    number: int
    count: int


class Given(NamedTuple):
    """An answer without its texts; `option` is the row of the level, None where none is given.

    A page makes one for every indicator of a baseline, so it is as light as it can be.
    """

    rating: AnswerRating
    option: int | None
    basis: Basis
    confidence: Confidence | None
    version: int
    has_narrative: bool

    @classmethod
    def of(cls, answer: Answer) -> Given:
        """What an answer that was read whole says."""
        return cls.from_row(
            answer.rating, answer.option_id, answer.basis, answer.confidence, answer.version, answer.narrative != ""
        )

    @classmethod
    def from_row(cls, *values: Any) -> Given:
        """The same from the columns, in the order of the fields."""
        rating, option, basis, confidence, version, has_narrative = values
        return cls(_RATINGS[rating], option, _BASES[basis], _CONFIDENCES.get(confidence), version, has_narrative)


_RATINGS: Final = {rating.value: rating for rating in AnswerRating}
_BASES: Final = {basis.value: basis for basis in Basis}
_CONFIDENCES: Final = {degree.value: degree for degree in Confidence}


def given_answers(answers: AnswerQuerySet) -> dict[int, Given]:
    """The answers without their texts by the row of the indicator, in one statement."""
    # Whether there is a narrative is asked of the database, which keeps the text.
    rows = answers.annotate(has_narrative=~Q(narrative="")).values_list(
        "indicator_id", "rating", "option_id", "basis", "confidence", "version", "has_narrative"
    )
    return {row[0]: Given.from_row(*row[1:]) for row in rows}


def rests_on_evidence() -> Exists:
    """For a filter of answers: whether some evidence that was not withdrawn is linked."""
    links = EvidenceLink.objects.filter(assessment=OuterRef("assessment"), indicator=OuterRef("indicator"))
    return Exists(links.filter(evidence__withdrawn_at__isnull=True))


def answers_for(viewer: Viewer, assessment: Assessment) -> AnswerQuerySet:
    """The answers of an assessment that the viewer may read."""
    return Answer.objects.visible_to(viewer).filter(assessment=assessment)


def answer_for(viewer: Viewer, assessment: Assessment, indicator: IndicatorView) -> Answer | None:
    """One answer with who saved it; None where there is none or the viewer may not read it."""
    found = answers_for(viewer, assessment).filter(indicator=indicator.pk)
    return found.select_related("updated_by").first()


def readable_tree(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> FrameworkTree:
    """The part of the framework whose answers the viewer may read: all, or what a contributor answers for the State.

    One statement for a contributor, none for everybody else.
    """
    if viewer.has_role(*RECORD_READERS):
        return tree
    if not viewer.has_role(Role.CONTRIBUTOR):
        return tree.only(frozenset())
    mine = Assignment.objects.held_by(viewer).for_state().filter(assessment=assessment)
    return tree.only(keys_below(tree, set(mine.values_list("node_id", flat=True))))


def keys_below(tree: FrameworkTree, nodes: set[int]) -> frozenset[str]:
    """Keys of the indicators that are among these nodes, or in a section that is."""
    return frozenset(
        indicator.key
        for section in tree.sections
        for indicator in section.indicators
        if section.node.pk in nodes or indicator.pk in nodes
    )


def section_progress(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> dict[str, SectionProgress]:
    """Progress of each section by its key, counted by the database in one statement."""
    rows = (
        answers_for(viewer, assessment)
        .values("indicator__section", "indicator__parent")
        .annotate(
            left_out=Count("pk", filter=Q(rating__in=LEFT_OUT)),
            rated=Count("pk", filter=Q(rating=AnswerRating.RATED)),
            unknown=Count("pk", filter=Q(rating=AnswerRating.UNKNOWN)),
            no_basis=Count("pk", filter=Q(rating=AnswerRating.RATED, basis=Basis.NONE)),
            no_evidence=Count("pk", filter=Q(~rests_on_evidence(), rating=AnswerRating.RATED)),
        )
        .order_by()
        .values_list(
            "indicator__section", "indicator__parent", "left_out", "rated", "unknown", "no_basis", "no_evidence"
        )
    )
    counts: dict[int | None, list[int]] = {}
    below: dict[int | None, tuple[int, int]] = {}
    for section, parent, *numbers in rows:
        counts[section] = [sum(pair) for pair in zip(counts.get(section, [0] * 5), numbers, strict=True)]
        left_out, rated, unknown = numbers[:3]
        below[parent] = left_out, rated + unknown
    return {section.key: _progress(section, counts.get(section.node.pk, []), below) for section in tree.sections}


def _progress(
    section: SectionView, numbers: Iterable[int], below: Mapping[int | None, tuple[int, int]]
) -> SectionProgress:
    found = SectionProgress(len(section.indicators), *numbers)
    if not any(indicator.headings for indicator in section.indicators):
        return found
    return replace(found, headings=_headings(section.indicators, below))


def _headings(
    indicators: Iterable[IndicatorView], below: Mapping[int | None, tuple[int, int]], depth: int = 0
) -> tuple[HeadingProgress, ...]:
    """The headings at that depth above the indicators.

    `below` says by the row of the innermost heading how many are left out and how many answered.
    """
    deep = [indicator for indicator in indicators if len(indicator.headings) > depth]
    found: list[HeadingProgress] = []
    for node, run in groupby(deep, lambda indicator: indicator.headings[depth]):
        members = list(run)
        counts = [below.get(pk, (0, 0)) for pk in {indicator.headings[-1].pk for indicator in members}]
        found.append(
            HeadingProgress(
                node=node,
                first=members[0],
                asked=len(members) - sum(left_out for left_out, _answered in counts),
                answered=sum(answered for _left_out, answered in counts),
                below=_headings(members, below, depth + 1),
            )
        )
    return tuple(found)


MARKS = (SheetFilter.DISAGREEMENT, SheetFilter.FLAGGED, SheetFilter.COMMENTED)
"""Filters by what is marked on an indicator, not by its answer."""


def sheet_page(
    viewer: Viewer,
    assessment: Assessment,
    section: SectionView,
    number: int,
    shown: SheetFilter = SheetFilter.ALL,
    marked: frozenset[int] = frozenset(),
) -> SheetPage:
    """The page of that number with its answers: one statement, two with a filter. A number outside is moved inside.

    `marked` are the rows of the indicators that a filter by marks shows.
    """
    if shown is SheetFilter.ALL:
        number = min(max(number, 1), len(section.pages))
        page = section.pages[number - 1]
        return SheetPage(_with_answers(viewer, assessment, page.indicators), page.number, page.count)
    if shown in MARKS:
        fitting = tuple(indicator for indicator in section.indicators if indicator.pk in marked)
    else:
        fitting = _fitting(viewer, assessment, section, shown)
    count = max(1, -(-len(fitting) // PAGE_SIZE))
    number = min(max(number, 1), count)
    indicators = fitting[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return SheetPage(_with_answers(viewer, assessment, indicators), number, count)


def _fitting(
    viewer: Viewer, assessment: Assessment, section: SectionView, shown: SheetFilter
) -> tuple[IndicatorView, ...]:
    if shown is SheetFilter.RETURNED:
        returned = set(returns_for(viewer, assessment).open().values_list("indicator_id", flat=True))
        return tuple(indicator for indicator in section.indicators if indicator.pk in returned)
    found = answers_for(viewer, assessment).filter(indicator__section=section.node.pk)
    if shown is SheetFilter.NOT_RATED:
        answered = set(found.values_list("indicator_id", flat=True))
        return tuple(indicator for indicator in section.indicators if indicator.pk not in answered)
    if shown is SheetFilter.UNKNOWN:
        found = found.filter(rating=AnswerRating.UNKNOWN)
    elif shown is SheetFilter.NO_EVIDENCE:
        found = found.filter(~rests_on_evidence(), rating=AnswerRating.RATED)
    else:
        found = found.filter(rating=AnswerRating.RATED, basis=Basis.NONE)
    wanted = set(found.values_list("indicator_id", flat=True))
    return tuple(indicator for indicator in section.indicators if indicator.pk in wanted)


def _with_answers(
    viewer: Viewer, assessment: Assessment, indicators: Iterable[IndicatorView]
) -> tuple[tuple[IndicatorView, Answer | None], ...]:
    indicators = tuple(indicators)
    if not indicators:
        return ()
    found = answers_for(viewer, assessment).filter(indicator__in=[indicator.pk for indicator in indicators])
    answers = {answer.indicator_id: answer for answer in found.select_related("updated_by")}
    return tuple((indicator, answers.get(indicator.pk)) for indicator in indicators)


def section_decision(viewer: Viewer, assessment: Assessment, section: SectionView) -> Decision:
    """Whether the viewer may rate the indicators of a section that they read, and if not, why and who could."""
    return answer_decision(viewer, assessment, section, section.indicators[0])


def answer_decision(viewer: Viewer, assessment: Assessment, section: SectionView, indicator: IndicatorView) -> Decision:
    """Whether the viewer may rate that indicator of the section, and if not, why and who could."""
    return can_edit_answer(viewer, assessment, Node(pk=indicator.pk, section_id=section.node.pk))


def missing_indicators(assessment: Assessment, tree: FrameworkTree) -> tuple[IndicatorView, ...]:
    """Indicators without any answer, in reading order: what stands between the assessment and its submission."""
    answered = set(Answer.objects.filter(assessment=assessment).values_list("indicator_id", flat=True))
    return tuple(indicator for indicator in tree.indicators if indicator.pk not in answered)


def next_indicator(tree: FrameworkTree, indicator: IndicatorView) -> IndicatorView | None:
    """The indicator after this one, over the ends of pages and sections; None after the last of all."""
    everything = tree.indicators
    place = everything.index(indicator) + 1
    return everything[place] if place < len(everything) else None


def page_of(tree: FrameworkTree, indicator: IndicatorView) -> PageView:
    """The unfiltered page of the sheet on which an indicator stands."""
    return tree.page_of(indicator)
