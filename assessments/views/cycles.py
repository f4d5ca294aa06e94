"""Baselines of a State side by side: what improved, what worsened, what does not compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from assessments.cycles import Change, Standing, Tally
from assessments.enums import AnswerRating
from assessments.models import Assessment
from assessments.permissions import can_compare_baselines
from assessments.selectors.assessments import assessment_for
from assessments.selectors.cycles import (
    MOST_CYCLES,
    AreaTrail,
    Cycle,
    CycleComparison,
    Trail,
    baselines_to_compare,
    chosen_baselines,
    compare_cycles,
)
from assessments.views.pages import page_url, posted_uuid
from wam_portal.access import require
from wam_portal.chart_lines import LineChart, Moment, line_chart
from wam_portal.chart_shapes import Figures
from wam_portal.charts import level_step
from wam_portal.formats import format_percent
from wam_portal.languages import is_mirrored
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 50
LEAST = 2

LABELS: dict[Change, tuple[str | Promise, str]] = {
    Change.IMPROVED: (gettext_lazy("Improved"), "↑"),
    Change.WORSENED: (gettext_lazy("Worsened"), "↓"),
    Change.SAME: (gettext_lazy("Same level"), "="),
    Change.NEWLY_ASKED: (gettext_lazy("Newly asked"), "+"),
    Change.DROPPED: (gettext_lazy("No longer asked"), "×"),
    Change.NOT_COMPARABLE: (gettext_lazy("Not comparable"), "–"),
}


@party_page("assesses")
@require_safe
def baseline_compare(request: PartyRequest) -> HttpResponse:
    """Compare chosen baselines of the State; the two newest of one framework where none is chosen."""
    require(can_compare_baselines(request.viewer))
    return _compare_page(request, None)


@party_page("assesses")
@require_safe
def assessment_compare(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Compare a baseline with the last before it of its framework, or with others that are chosen."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_compare_baselines(request.viewer))
    return _compare_page(request, assessment)


def _compare_page(request: PartyRequest, assessment: Assessment | None) -> HttpResponse:
    baselines = baselines_to_compare(request.viewer)
    wanted = [posted_uuid(text) for text in request.GET.getlist("baseline")]
    if assessment is not None and not wanted:
        wanted = [assessment.uuid]
    chosen = chosen_baselines(baselines, wanted)
    context: dict[str, Any] = {
        "assessment": assessment,
        "choices": [{"baseline": baseline, "chosen": baseline in chosen} for baseline in reversed(baselines)],
        "too_many": len(chosen) > MOST_CYCLES,
        "most": MOST_CYCLES,
        "breadcrumbs": _crumbs(request, assessment),
    }
    if len(chosen) >= LEAST:
        context |= _result(request, compare_cycles(request.viewer, chosen[-MOST_CYCLES:]))
    return render(request, "assessments/baseline_compare.html", context)


def _result(request: PartyRequest, comparison: CycleComparison) -> dict[str, Any]:
    wanted, area = _change(request.GET.get("change", "")), request.GET.get("area", "")
    shown = [
        trail
        for trail in comparison.trails
        if (wanted is None or trail.comparison.change is wanted) and area in ("", trail.comparison.area)
    ]
    page = Paginator(shown, PAGE_LENGTH).get_page(request.GET.get("page"))
    frameworks = {cycle.assessment.framework_version.framework_id for cycle in comparison.cycles}
    return {
        "comparison": comparison,
        "several_frameworks": len(frameworks) > 1,
        "first": comparison.cycles[0].assessment,
        "last": comparison.cycles[-1].assessment,
        "counts": counted(comparison.tally),
        "areas": [{"area": item, "counts": counted(item.tally)} for item in comparison.areas],
        "lines": [_line(item, comparison.cycles) for item in comparison.areas],
        "figures": _figures(comparison),
        "change": wanted,
        "area": next((item for item in comparison.areas if item.key == area), None),
        "page_obj": page,
        "groups": _groups(request, list(page), comparison.cycles, fold=wanted is None),
    }


def _groups(request: PartyRequest, trails: list[Trail], cycles: Sequence[Cycle], *, fold: bool) -> list[dict[str, Any]]:
    """The rows of a page; with `fold`, those at the same level stand apart, to be unfolded."""
    alike = [trail for trail in trails if fold and trail.comparison.change is Change.SAME]
    others = [trail for trail in trails if trail not in alike]
    parts = (
        (others, False, _("Level of each indicator in each cycle")),
        (alike, True, _("Indicators at the same level")),
    )
    return [
        {"rows": [_row(request, trail, cycles) for trail in part], "folded": folded, "caption": caption}
        for part, folded, caption in parts
        if part
    ]


def counted(tally: Tally) -> list[dict[str, Any]]:
    """The counts of a tally with their words, in the order in which people read them."""
    return [
        {"change": change, "label": label, "mark": mark, "count": getattr(tally, change.name.lower())}
        for change, (label, mark) in LABELS.items()
    ]


def _change(text: str) -> Change | None:
    return Change(text) if text in set(Change) else None


def _row(request: PartyRequest, trail: Trail, cycles: Sequence[Cycle]) -> dict[str, Any]:
    label, mark = LABELS[trail.comparison.change]
    dropped = trail.comparison.change is Change.DROPPED
    home = cycles[0 if dropped else -1].assessment
    return {
        "trail": trail,
        "code": trail.indicator.code or trail.indicator.key,
        "url": page_url(request, "answer-edit", home.uuid, trail.indicator.key),
        "label": label,
        "mark": mark,
        "levels": [
            {"cycle": cycle.assessment.cycle, **_level(standing)}
            for cycle, standing in zip(cycles, trail.standings, strict=True)
        ],
    }


def _level(standing: Standing | None) -> dict[str, Any]:
    """A level with its shade, or the words for what stands instead."""
    if standing is None:
        return {"step": "", "text": "", "words": _("not asked")}
    if standing.value is None:
        return {"step": "", "text": "", "words": _WORDS[standing.rating]}
    place = [value for _key, value in standing.scale].index(standing.value) + 1
    return {"step": level_step(place, len(standing.scale)), "text": str(standing.value), "words": ""}


_WORDS: dict[AnswerRating | None, str | Promise] = {
    AnswerRating.UNKNOWN: gettext_lazy("unknown"),
    AnswerRating.NOT_APPLICABLE: gettext_lazy("not applicable"),
    AnswerRating.NOT_RATED: gettext_lazy("out of scope"),
    None: gettext_lazy("no answer"),
}


def _line(area: AreaTrail, cycles: Sequence[Cycle]) -> dict[str, Any]:
    moments = [
        Moment(
            label=cycle.assessment.cycle,
            value=None if score is None or score.percent is None else float(score.percent),
            day=cycle.assessment.started_on.toordinal(),
        )
        for cycle, score in zip(cycles, area.scores, strict=True)
    ]
    chart: LineChart = line_chart(
        moments,
        maximum=100,
        key=f"line-{area.key}",
        title=area.title,
        description=_("Score in percent, cycle by cycle. A cycle in which nothing was rated breaks the line."),
        mirrored=is_mirrored(),
    )
    return {"chart": chart, "title": area.title}


def _figures(comparison: CycleComparison) -> Figures:
    """Scores and coverage of each area in each cycle."""
    return Figures(
        _("Score and coverage of each area, cycle by cycle"),
        (_("Area"), *(cycle.assessment.cycle for cycle in comparison.cycles)),
        tuple(
            (
                area.title,
                *(
                    "–"
                    if score is None or score.percent is None
                    else pgettext("score and coverage", "%(score)s (%(coverage)s covered)")
                    % {"score": format_percent(score.percent), "coverage": format_percent(score.coverage.percent or 0)}
                    for score in area.scores
                ),
            )
            for area in comparison.areas
        ),
    )


def _crumbs(request: PartyRequest, assessment: Assessment | None) -> list[tuple[str, str]]:
    crumbs = [(_("Baselines"), page_url(request, "assessment-list"))]
    if assessment is not None:
        place = reverse("assessments:assessment-detail", args=[request.viewer.party.slug, assessment.uuid])
        crumbs.append((assessment.title, place))
    return [*crumbs, (_("Compare"), "")]
