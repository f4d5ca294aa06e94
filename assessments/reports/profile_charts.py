"""The profile of a baseline as charts, for its page and for documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.enums import Basis, Confidence, Lens
from assessments.scoring import Score
from assessments.selectors.profile import AreaProfile, GroupScore
from wam_portal.chart_rows import PartedRow, PartKind, StackedRowsChart, stacked_rows
from wam_portal.chart_shapes import BarChart, RadarChart
from wam_portal.charts import Bar, Spoke, bar_chart, radar_profile
from wam_portal.formats import format_percent
from wam_portal.languages import is_mirrored

LEAST_AXES = 3
_WHOLE = 100

Named = Iterable[tuple[str, Score]]


def area_radar(areas: Named, *, key: str = "profile") -> RadarChart | None:
    """The scores of the areas as a shape; None with fewer than three areas, which make none."""
    spokes = [Spoke(label, _value(score), note=_coverage(score)) for label, score in areas]
    if len(spokes) < LEAST_AXES:
        return None
    return radar_profile(
        spokes,
        maximum=_WHOLE,
        key=key,
        title=_("Profile by area"),
        description=_(
            "Score of each area in percent, from what is rated. Areas where nothing is rated break the line."
        ),
        mirrored=is_mirrored(),
    )


def area_bars(areas: Named) -> BarChart:
    """The same scores as bars."""
    return _bars(areas, "areas", _("Score by area"), lambda _label: "accent")


def stage_bars(stages: Sequence[GroupScore]) -> BarChart:
    """The scores of the life-cycle stages."""
    named = [(stage.label, stage.score) for stage in stages]
    return _bars(named, "stages", _("Score by life-cycle stage"), lambda _label: "accent")


def lens_bars(lenses: Sequence[GroupScore]) -> BarChart:
    """The scores of the lenses, gender first and marked."""
    ordered = sorted(lenses, key=lambda lens: lens.key != Lens.GENDER)
    gender = str(Lens.GENDER.label)
    named = [(lens.label, lens.score) for lens in ordered]
    return _bars(named, "lenses", _("Score by lens"), lambda label: "accent" if label == gender else "level-3")


def basis_rows(areas: Sequence[AreaProfile]) -> StackedRowsChart:
    """On what the ratings of each area rest."""
    return _mix(
        [(area.section.node.title, area.bases) for area in areas],
        Basis,
        key="basis",
        title=_("What the ratings rest on, by area"),
        description=_("Rated indicators of each area by their basis, from law to none."),
    )


def confidence_rows(areas: Sequence[AreaProfile]) -> StackedRowsChart:
    """How sure those who rated are, by area."""
    return _mix(
        [(area.section.node.title, area.confidences) for area in areas],
        Confidence,
        key="confidence",
        title=_("Confidence in the ratings, by area"),
        description=_("Rated indicators of each area by the confidence given, from high to not stated."),
        rest=pgettext("confidence", "Not stated"),
    )


def _bars(named: Named, key: str, title: str, kind: Callable[[str], str]) -> BarChart:
    return bar_chart(
        [Bar(label, _value(score), kind(label), note=_coverage(score)) for label, score in named],
        maximum=_WHOLE,
        axis=_("score in percent"),
        key=key,
        title=title,
        description=_("Score in percent, from what is rated; beside it how much of what applies is rated."),
        mirrored=is_mirrored(),
    )


_SHADES = ("mix-1", "mix-2", "mix-3", "mix-4", "unknown")


def _mix(
    rows: Sequence[tuple[str, Counter[str]]],
    words: type[TextChoices],
    *,
    key: str,
    title: str,
    description: str,
    rest: str = "",
) -> StackedRowsChart:
    """Rows cut into the words of a vocabulary, and into what has none where `rest` names it; nothing is white."""
    names = [*words.values, *([""] if rest else [])]
    labels = [str(words(name).label) if name else rest for name in names]
    shades = [*_SHADES[: len(names) - 1], "unknown"]
    return stacked_rows(
        [PartedRow(label, tuple(counts[name] for name in names)) for label, counts in rows],
        [PartKind(label, shade) for label, shade in zip(labels, shades, strict=True)],
        key=key,
        title=title,
        description=description,
        mirrored=is_mirrored(),
    )


def _value(score: Score) -> float | None:
    return None if score.percent is None else float(score.percent)


def _coverage(score: Score) -> str:
    """How much is covered; nothing where nothing is rated, which the chart says itself."""
    if score.percent is None or score.coverage.percent is None:
        return ""
    return _("%(percent)s covered") % {"percent": format_percent(score.coverage.percent)}
