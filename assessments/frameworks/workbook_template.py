"""The workbook in which a framework can be written: instructions, an example row, and the words that may be used."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from assessments.enums import AssistanceType, FunctionalArea, Lens, LifeCycleStage, NodeKind, Technology
from assessments.frameworks.schema import DEFAULT_WEIGHT, Framework, Group, Indicator, Node, Option, Scale
from assessments.frameworks.workbook import (
    DROPPED,
    DROPPED_COLUMNS,
    FRAMEWORK,
    HEADING_SIGN,
    INDICATOR_COLUMNS,
    INDICATORS,
    LEVEL,
    SCALE_COLUMNS,
    SCALES,
)
from wam_portal.spreadsheets import Column, SheetPlan, Value, WorkbookPlan, write_workbook

SPARE_ROWS: Final = 400
_WIDTHS: Final = {"question": 60, "guidance": 40, "evidence": 40, "references": 30, "area_title": 30, "headings": 30}
_LISTS: Final = {
    "functional_area": tuple(FunctionalArea.values),
    "stage": tuple(LifeCycleStage.values),
}
EXAMPLE: Final = Framework(
    key="my-framework",
    version="1.0",
    title="My framework",
    language="en",
    notice="Who made it, and what it is not.",
    scales=(
        Scale(
            key="practice",
            title="Practice",
            options=(
                Option("no", 0, "No", "Nothing is in place."),
                Option("partly", 1, "Partly", "Something is in place."),
                Option("yes", 2, "Yes", "It is in place and followed."),
            ),
            target="yes",
        ),
    ),
    default_scale="practice",
    nodes=(
        Group(
            kind=NodeKind.AREA,
            key="mar",
            code="MAR",
            title="Marking",
            functional_area="MAR",
            nodes=(
                Group(
                    kind=NodeKind.HEADING,
                    key="mar-law",
                    title="Law",
                    nodes=(
                        Indicator(
                            key="mar-01",
                            code="MAR-01",
                            question="Does the law require that each weapon is marked when it is made or imported?",
                            scale="practice",
                            target="yes",
                            guidance="Look for the text of the law.",
                            levels=(("no", "No law."), ("partly", "A law, not in force."), ("yes", "A law in force.")),
                            evidence=("Text of the law", "Orders that carry it out"),
                            references=("Programme of Action, section II",),
                            stage="governance",
                            lenses=("technology",),
                            technologies=("marking",),
                            assistance_types=("LEGAL",),
                        ),
                    ),
                ),
            ),
        ),
    ),
)


def framework_template() -> bytes:
    """The template to download."""
    return framework_workbook(EXAMPLE)


def framework_workbook(framework: Framework) -> bytes:
    """A framework of areas, headings and indicators as a workbook that `read_framework_workbook` reads back.

    What only a YAML file says (scope, guidance and references of areas and headings, descriptions of groups, levels of
    mapped items, quality rules, translations) is not in it.
    """
    options = dict.fromkeys(option.key for scale in framework.scales for option in scale.options)
    names = [*(name.replace("_", " ") for name in INDICATOR_COLUMNS), *(LEVEL + key for key in options)]
    columns = [Column(name, _WIDTHS.get(name.replace(" ", "_"), 16), choices=_choices(name)) for name in names]
    return write_workbook(
        WorkbookPlan(
            sheets=[
                _instructions(),
                SheetPlan(
                    FRAMEWORK, [Column(_("Name"), 20), Column(_("Value"), 70)], _settings(framework), protected=False
                ),
                SheetPlan(
                    SCALES,
                    [Column(name.replace("_", " "), 20) for name in SCALE_COLUMNS],
                    [row for scale in framework.scales for row in _scale_rows(scale)],
                    protected=False,
                ),
                SheetPlan(
                    INDICATORS,
                    columns,
                    list(_indicator_rows(framework, framework.nodes, list(options))),
                    protected=False,
                    frozen_columns=1,
                    spare_rows=SPARE_ROWS,
                ),
                SheetPlan(
                    DROPPED,
                    [Column(name, 20 if name == "key" else 90) for name in DROPPED_COLUMNS],
                    [[one.key, one.reason] for one in framework.replaces.dropped] if framework.replaces else [],
                    protected=False,
                ),
            ],
            lists={name: list(words) for name, words in _LISTS.items()},
            title=framework.title,
        )
    )


def _choices(name: str) -> str:
    key = name.replace(" ", "_")
    return key if key in _LISTS else ""


def _settings(framework: Framework) -> list[list[Value]]:
    return [
        ["key", framework.key],
        ["version", framework.version],
        ["title", framework.title],
        ["notice", framework.notice],
        ["language", framework.language],
        ["default_scale", framework.default_scale],
        ["replaces", framework.replaces.version if framework.replaces else ""],
    ]


def _scale_rows(scale: Scale) -> list[list[Value]]:
    return [
        [
            scale.key,
            scale.title if number == 0 else "",
            option.key,
            option.value,
            option.label,
            option.meaning,
            "x" if option.key == scale.target else "",
        ]
        for number, option in enumerate(scale.options)
    ]


def _indicator_rows(
    framework: Framework, nodes: tuple[Node, ...], options: list[str], above: tuple[Group, ...] = ()
) -> list[list[Value]]:
    rows: list[list[Value]] = []
    for node in nodes:
        if isinstance(node, Group):
            rows += _indicator_rows(framework, node.nodes, options, (*above, node))
        else:
            rows.append(_indicator_row(framework, node, options, above))
    return rows


def _indicator_row(
    framework: Framework, indicator: Indicator, options: list[str], above: tuple[Group, ...]
) -> list[Value]:
    area, *headings = above
    scale = framework.scale(indicator.scale)
    levels = dict(indicator.levels)
    cells = {
        "area_code": area.code,
        "area_title": area.title,
        "functional_area": area.functional_area,
        "headings": f" {HEADING_SIGN} ".join(heading.title for heading in headings),
        "key": indicator.key,
        "code": indicator.code,
        "question": indicator.question,
        "guidance": indicator.guidance,
        "scale": indicator.scale if indicator.scale != framework.default_scale else "",
        "target": indicator.target if scale is None or indicator.target != scale.target else "",
        "weight": f"{indicator.weight:f}" if indicator.weight != DEFAULT_WEIGHT else "",
        "stage": indicator.stage,
        "evidence": "\n".join(indicator.evidence),
        "references": "\n".join(indicator.references),
        "lenses": ", ".join(indicator.lenses),
        "technologies": ", ".join(indicator.technologies),
        "assistance_types": ", ".join(indicator.assistance_types),
        "groups": ", ".join(group.title for group in framework.groups if indicator.key in group.indicators),
        "replaces": ", ".join(_sources_of(framework, indicator.key)),
    }
    return [*(cells[name] for name in INDICATOR_COLUMNS), *(levels.get(key, "") for key in options)]


def _sources_of(framework: Framework, key: str) -> tuple[str, ...]:
    items = framework.replaces.items if framework.replaces else ()
    return next((item.sources for item in items if item.key == key), ())


def _instructions() -> SheetPlan:
    words = ", ".join
    return SheetPlan(
        _("Instructions"),
        [Column(_("Where"), 24), Column(_("What to write"), 110)],
        [
            ["Framework", _("What the framework is called. A published version never changes: raise the version.")],
            ["Scales", _("One row a step, from low to high. An x under “target” marks the step normally asked for.")],
            ["Indicators", _("One row an indicator. The example row shows how; write over it.")],
            ["area code", _("The same code in each row of an area. Title and functional area: in its first row.")],
            [
                "functional area",
                _("By this needs meet offers; one of: %(words)s") % {"words": words(FunctionalArea.values)},
            ],
            ["headings", _("What stands between area and indicator, parts joined with >: Law > Import. May be empty.")],
            ["key", _("Permanent: the thread between versions. Left empty, it is made from the code.")],
            ["scale, target, weight", _("Left empty: the default scale, the target of the scale, a weight of 1.")],
            ["evidence, references", _("One a line within the cell (Alt and Enter).")],
            ["stage", _("One of: %(words)s") % {"words": words(LifeCycleStage.values)}],
            ["lenses", _("Parted by commas: %(words)s") % {"words": words(Lens.values)}],
            ["technologies", _("Parted by commas: %(words)s") % {"words": words(Technology.values)}],
            ["assistance types", _("Parted by commas: %(words)s") % {"words": words(AssistanceType.values)}],
            ["groups", _("Parted by commas: what sets of indicators it belongs to, for example a core set.")],
            [
                "replaces",
                _(
                    "Under Framework: the version that this one replaces. In a row: the keys of its items that the"
                    " indicator comes from, parted by commas; empty where the key stays."
                ),
            ],
            ["Dropped", _("One row an item of the version before that is not asked any more, with the reason.")],
            [
                "",
                _("Quality rules are written in YAML only; translations, in YAML too, are uploaded beside this file."),
            ],
            ["level …", _("What each step of the scale means for this indicator; or nothing at all in any of them.")],
        ],
    )
