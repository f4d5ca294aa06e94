"""One indicator of a baseline report: where it stands, how grave its gap is, and what was written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from assessments.enums import AnswerRating, Basis, Confidence, Tier
from assessments.frameworks.tree import IndicatorView, OptionView
from assessments.reports.baseline_parts import IndicatorLine
from assessments.severity import Standing, gap_severity, gap_tier
from wam_portal.documents import Prose, direction_of, label, prose, scale_steps, scale_width
from wam_portal.formats import format_number
from wam_portal.wording import TIER_LABELS, TIER_MARKS

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Graded:
    """An indicator with the entry of its answer (None where nobody answered), its level, target and severity."""

    indicator: IndicatorView
    entry: Entry | None
    level: OptionView | None
    target: OptionView
    severity: Fraction
    dismissed: bool = False

    @property
    def rating(self) -> AnswerRating | None:
        """How it was answered."""
        return AnswerRating(self.entry["rating"]) if self.entry else None

    @property
    def tier(self) -> Tier | None:
        """The tier of its gap; None where there is none or the State has dismissed it."""
        return None if self.dismissed else gap_tier(self.severity)


def graded(indicator: IndicatorView, entry: Entry | None, dismissed: Collection[str] = ()) -> Graded:
    """Put an answer beside its indicator; `dismissed` are keys of indicators whose gap the State has dismissed.

    A target that the scale does not have counts as the framework's.
    """
    find = indicator.scale.find_option
    level = find(entry["option"] or "") if entry else None
    target = (find(entry["target"] or "") if entry else None) or indicator.target
    severity = _severity(indicator, level, target)
    return Graded(indicator, entry, level, target, severity, bool(severity) and indicator.key in dismissed)


def _severity(indicator: IndicatorView, level: OptionView | None, target: OptionView) -> Fraction:
    if level is None:
        return Fraction(0)
    scale = indicator.scale
    return gap_severity(
        Standing(
            level=level.value,
            target=target.value,
            scale_min=scale.minimum,
            scale_max=scale.maximum,
            weight=indicator.weight,
            area_mean_weight=indicator.area_mean_weight,
        )
    )


def indicator_line(item: Graded, *, with_texts: bool, mirrored: bool) -> IndicatorLine:
    """The line as it is printed; without texts also basis and confidence stay out."""
    indicator, tier = item.indicator, item.tier
    options = [option.key for option in indicator.scale.options]
    values = [option.value for option in indicator.scale.options]
    level = options.index(item.level.key) + 1 if item.level else 0
    target = options.index(item.target.key) + 1
    entry = item.entry if with_texts else None
    return IndicatorLine(
        code=indicator.code or indicator.key,
        question=indicator.question,
        direction=direction_of(indicator.question),
        standing=_standing(item),
        steps=scale_steps(level, target, options=len(options), numbers=values, mirrored=mirrored) if level else (),
        scale_title=_("level %(level)s, target %(target)s")
        % {"level": item.level.value if item.level else "–", "target": item.target.value},
        scale_width=scale_width(len(options)),
        level_label=item.level.label if item.level else "",
        target_label=item.target.label,
        basis=label(Basis, entry["basis"]) if entry and item.level else "",
        confidence=label(Confidence, entry["confidence"]) if entry and item.level else "",
        tier=tier.value if tier else "",
        tier_label=str(TIER_LABELS[tier]) if tier else pgettext("gap", "dismissed") if item.dismissed else "",
        tier_marks=TIER_MARKS[tier] if tier else "",
        evidence=format_number(len(entry["evidence"])) if entry and "evidence" in entry else "",
        texts=_texts(indicator, entry) if entry else (),
    )


def _standing(item: Graded) -> str:
    if item.rating is None:
        return _("no answer yet")
    return "" if item.rating == AnswerRating.RATED else str(item.rating.label)


def _texts(indicator: IndicatorView, entry: Entry) -> tuple[Prose, ...]:
    headings = {
        "narrative": _("What is in place, and what is not"),
        "reason": _("Reason"),
        "minority_note": _("Who disagrees, and why"),
    }
    return tuple(
        prose(heading, f"{indicator.key}-{name.replace('_', '-')}", entry[name])
        for name, heading in headings.items()
        if entry[name]
    )
