"""The gaps that a need answers, each with its place on the scale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from assessments.public import Lens, LifeCycleStage
from cooperation.dossiers.parts import CauseLine, GapLine
from wam_portal.documents import direction_of, label, labels, scale_steps, scale_width
from wam_portal.wording import TIER_LABELS, TIER_MARKS


def gap_lines(need: Mapping[str, Any], *, mirrored: bool) -> tuple[GapLine, ...] | None:
    """The linked gaps of a need; None when the release does not disclose them."""
    if "gaps" not in need:
        return None
    causes = {item["code"]: item["cause"] for item in need.get("gap_causes", ())}
    return tuple(_line(gap, causes.get(gap["code"], ""), mirrored) for gap in need["gaps"])


def lone_causes(need: Mapping[str, Any]) -> tuple[CauseLine, ...]:
    """The disclosed root causes of a need whose gaps are not disclosed; else they stand with the gaps."""
    if "gaps" in need:
        return ()
    items = need.get("gap_causes", ())
    return tuple(CauseLine(item["code"], item["cause"], direction_of(item["cause"])) for item in items)


def need_codes(need: Mapping[str, Any]) -> str:
    """The codes of the linked indicators."""
    return _(", ").join(gap["code"] for gap in need.get("gaps", ()))


def _line(gap: Mapping[str, Any], cause: str, mirrored: bool) -> GapLine:
    return GapLine(
        code=gap["code"],
        question=gap["question"],
        direction=direction_of(gap["question"]),
        tier=gap["tier"],
        tier_label=str(TIER_LABELS.get(gap["tier"], gap["tier"])),
        tier_marks=TIER_MARKS.get(gap["tier"], ""),
        level_label=gap["level_label"],
        target_label=gap["target_label"],
        scale_title=_("level %(level)s, target %(target)s") % {"level": gap["level"], "target": gap["target"]},
        scale_width=scale_width(int(gap["target"])),
        steps=scale_steps(int(gap["level"]), int(gap["target"]), mirrored=mirrored),
        stage=label(LifeCycleStage, gap["stage"]),
        lenses=labels(Lens, gap["lenses"]),
        cause=cause,
        cause_direction=direction_of(cause),
    )
