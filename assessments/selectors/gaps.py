"""Reading gaps: the board of a baseline, and one gap with where it came from and what came of it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Prefetch, Q, When
from django.utils.functional import Promise

from assessments.enums import LIVE_GAPS, TIER_ORDER, GapStatus, Tier
from assessments.frameworks.tree import FrameworkTree, IndicatorView, LevelView
from assessments.models import Answer, Assessment, AssistanceRequest, Gap, Need
from assessments.models.gaps import GapQuerySet
from wam_portal.access import Viewer
from wam_portal.errors import NotVisible

TIER_RANK = Case(*(When(tier=tier, then=place) for place, tier in enumerate(TIER_ORDER)), output_field=IntegerField())


@dataclass(frozen=True, slots=True)
class GapRow:
    """A gap with its indicator; positions count the options of the scale from 1."""

    gap: Gap
    indicator: IndicatorView
    position: int
    target_position: int
    scale_size: int
    level: LevelView
    target: LevelView
    requests: tuple[AssistanceRequest, ...]

    @property
    def numbers(self) -> tuple[int, ...]:
        """What the scale calls its levels, from the lowest."""
        return tuple(option.value for option in self.indicator.scale.options)

    @property
    def code(self) -> str:
        """What people call the indicator."""
        return self.indicator.code or self.indicator.key


@dataclass(frozen=True, slots=True)
class GapGroup:
    """Neighbouring rows of a page under one heading, a tier or a section; `total` counts those of all pages."""

    key: str
    title: str | Promise
    rows: tuple[GapRow, ...]
    total: int


def gaps_for(viewer: Viewer, assessment: Assessment) -> GapQuerySet:
    """Gaps of a baseline with the needs that answer them, in two statements; annotated with `tier_rank`."""
    needs = Need.objects.visible_to(viewer).select_related("request")
    return (
        Gap.objects.visible_to(viewer)
        .filter(assessment=assessment)
        .annotate(tier_rank=TIER_RANK)
        .prefetch_related(Prefetch("needs", queryset=needs))
    )


def gap_for(viewer: Viewer, uuid: UUID) -> Gap:
    """One gap with its baseline and its needs. Raises `NotVisible`."""
    needs = Need.objects.visible_to(viewer).select_related("request")
    found = Gap.objects.visible_to(viewer).select_related("assessment__framework_version", "decided_by")
    gap = found.prefetch_related(Prefetch("needs", queryset=needs)).filter(uuid=uuid).first()
    if gap is None:
        raise NotVisible
    return gap


def answer_behind(viewer: Viewer, gap: Gap) -> Answer | None:
    """The answer on which a gap rests, with who saved it."""
    found = Answer.objects.visible_to(viewer).filter(assessment=gap.assessment_id, indicator=gap.indicator_id)
    return found.select_related("updated_by").first()


def live_counts(viewer: Viewer, assessment: Assessment) -> dict[Tier, int]:
    """How many open and confirmed gaps of each tier a baseline has, every tier named."""
    live = Gap.objects.visible_to(viewer).filter(assessment=assessment, status__in=LIVE_GAPS)
    counted = live.aggregate(**{tier.value: Count("pk", filter=Q(tier=tier)) for tier in TIER_ORDER})
    return {tier: counted[tier.value] for tier in TIER_ORDER}


def dismissed_indicators(viewer: Viewer, assessment: Assessment) -> frozenset[str]:
    """Keys of the indicators whose gaps the State has dismissed, also where it left them out of the scope since."""
    dismissed = Q(status=GapStatus.DISMISSED) | Q(status_inside=GapStatus.DISMISSED)
    found = Gap.objects.visible_to(viewer).filter(dismissed, assessment=assessment)
    return frozenset(found.values_list("indicator__key", flat=True))


def gap_row(gap: Gap, tree: FrameworkTree) -> GapRow:
    """A gap with its indicator and the requests of its prefetched needs, each once."""
    indicator = tree.indicator_of(gap.indicator_id)
    places = {level.option.pk: place for place, level in enumerate(indicator.levels)}
    requests = {need.request_id: need.request for need in gap.needs.all()}
    return GapRow(
        gap=gap,
        indicator=indicator,
        position=places[gap.level_id] + 1,
        target_position=places[gap.target_id] + 1,
        scale_size=len(indicator.levels),
        level=indicator.levels[places[gap.level_id]],
        target=indicator.levels[places[gap.target_id]],
        requests=tuple(requests.values()),
    )


def tier_totals(found: GapQuerySet) -> Counter[str]:
    """How many of the gaps found are of each tier."""
    return _totals(found, "tier")


def section_totals(found: GapQuerySet) -> Counter[str]:
    """How many of the gaps found lie in each section, by its key."""
    return _totals(found, "indicator__section__key")


def grouped_by_tier(rows: Iterable[GapRow], totals: Counter[str]) -> list[GapGroup]:
    """Rows in runs of one tier."""
    return _runs(rows, totals, lambda row: (row.gap.tier, row.gap.get_tier_display()))


def grouped_by_section(rows: Iterable[GapRow], totals: Counter[str], tree: FrameworkTree) -> list[GapGroup]:
    """Rows in runs of one section."""
    titles = {section.key: section.node.title for section in tree.sections}
    return _runs(rows, totals, lambda row: (row.indicator.section, titles[row.indicator.section]))


def _totals(found: GapQuerySet, field: str) -> Counter[str]:
    counted = found.prefetch_related(None).order_by().values_list(field).annotate(number=Count("pk"))
    return Counter(dict(counted.values_list(field, "number")))


def _runs(
    rows: Iterable[GapRow], totals: Counter[str], group_of: Callable[[GapRow], tuple[str, str]]
) -> list[GapGroup]:
    return [
        GapGroup(key, title, tuple(members), totals[key])
        for (key, title), members in itertools.groupby(rows, key=group_of)
    ]
