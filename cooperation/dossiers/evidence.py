"""The charts of a dossier, drawn by the same templates as those of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from assessments.public import TIER_ORDER
from cooperation.dossiers.parts import Evidence
from wam_portal.chart_shapes import Bar, BarChart, Part, RadarChart, Spoke, StackedChart
from wam_portal.charts import bar_chart, radar_profile, stacked_bar
from wam_portal.formats import format_percent
from wam_portal.wording import TIER_LABELS

PERCENT = 100
FEWEST_AXES = 3
MICRO = 1_000_000
MOST_BARS = 20
Content = Mapping[str, Any]


def build_evidence(content: Content, *, mirrored: bool) -> Evidence | None:
    """Profile and severity as far as they are disclosed; None when neither is there to show."""
    profile = content.get("profile") or []
    gaps = linked_gaps(content)
    if not profile and not gaps:
        return None
    return Evidence(
        profile=_radar(profile, mirrored=mirrored) if len(profile) >= FEWEST_AXES else None,
        profile_bars=_profile_bars(profile, mirrored=mirrored) if profile else None,
        severity=_severity(gaps, mirrored=mirrored) if gaps else None,
        tiers=_tiers(gaps, mirrored=mirrored) if gaps else None,
    )


def linked_gaps(content: Content) -> list[dict[str, Any]]:
    """Every disclosed gap once, the most severe first."""
    by_code = {gap["code"]: gap for need in content["needs"] for gap in need.get("gaps", ())}
    return sorted(by_code.values(), key=lambda gap: (-gap["severity_micro"], gap["code"]))


def _radar(profile: list[dict[str, Any]], *, mirrored: bool) -> RadarChart:
    return radar_profile(
        [Spoke(area["title"], area["score_percent"], note=_coverage_note(area)) for area in profile],
        maximum=PERCENT,
        key="profile",
        title=_("Profile of the baseline by area"),
        description=_("How far each area has come, in percent of the way from the lowest to the highest level."),
        mirrored=mirrored,
    )


def _coverage_note(area: Mapping[str, Any]) -> str:
    if area["coverage_percent"] is None:
        return ""
    return _("coverage %(percent)s") % {"percent": format_percent(area["coverage_percent"])}


def _profile_bars(profile: list[dict[str, Any]], *, mirrored: bool) -> BarChart:
    return bar_chart(
        [Bar(area["title"], area["score_percent"], note=_coverage_note(area)) for area in profile],
        maximum=PERCENT,
        axis=_("Percent of the way"),
        key="profile-bars",
        title=_("Profile of the baseline in figures"),
        description=_("One bar for each area."),
        mirrored=mirrored,
    )


def _severity(gaps: list[dict[str, Any]], *, mirrored: bool) -> BarChart:
    # An indicator that weighs more than the mean of its area can go beyond 100: the axis ends where the bars do.
    return bar_chart(
        [_severity_bar(gap) for gap in gaps[:MOST_BARS]],
        maximum=max(PERCENT, *(_severity_percent(gap) for gap in gaps)),
        axis=_("Severity"),
        key="severity",
        title=_severity_title(len(gaps)),
        description=_("One bar for each indicator, the most severe first."),
        mirrored=mirrored,
    )


def _severity_title(count: int) -> str:
    if count <= MOST_BARS:
        return _("Severity of the gaps that this request answers")
    return _("Severity of the gaps that this request answers: the first %(shown)s of %(count)s") % {
        "shown": MOST_BARS,
        "count": count,
    }


def _severity_percent(gap: Mapping[str, Any]) -> int:
    return round(PERCENT * int(gap["severity_micro"]) / MICRO)


def _severity_bar(gap: Mapping[str, Any]) -> Bar:
    return Bar(gap["code"], _severity_percent(gap), kind=f"tier-{gap['tier']}", note=_tier(gap["tier"]))


def _tier(tier: str) -> str:
    return str(TIER_LABELS.get(tier, tier))


def _tiers(gaps: list[dict[str, Any]], *, mirrored: bool) -> StackedChart:
    return stacked_bar(
        [
            Part(_tier(tier), sum(gap["tier"] == tier for gap in gaps), f"tier-{tier}")
            for tier in (choice.value for choice in TIER_ORDER)
        ],
        key="tiers",
        title=_("Gaps by tier"),
        description=_("How many of the linked gaps are critical, high, medium and low."),
        mirrored=mirrored,
    )
