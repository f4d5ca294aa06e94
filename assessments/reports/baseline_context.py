"""From the content of a baseline to the parts of its report: in the active language, nothing read but the input."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import get_language_info, npgettext
from django.utils.translation import gettext as _

from assessments.enums import TIER_ORDER, AnswerRating, EndorsingAuthority, Lens, LifeCycleStage
from assessments.frameworks.tree import FrameworkTree, NodeView, SectionView, beginning
from assessments.reports.baseline_lines import Graded, graded, indicator_line
from assessments.reports.baseline_parts import (
    AreaPart,
    Heading,
    IndicatorLine,
    Report,
    ReportCharts,
)
from assessments.reports.baseline_people import consulted_part, endorsed_part
from assessments.reports.profile_charts import area_bars, area_radar, lens_bars, stage_bars
from assessments.scoring import Coverage, Score, coverage_of, scores_by_area, scores_by_lens, scores_by_stage
from assessments.selectors.assessment_content import rating_of
from assessments.selectors.profile import GroupScore
from wam_portal.chart_shapes import Bar, BarChart, Part, StackedChart
from wam_portal.charts import bar_chart, stacked_bar
from wam_portal.documents import Fact, Prose, day_text, direction_of, label, prose
from wam_portal.formats import format_number, format_percent
from wam_portal.languages import language_of_words
from wam_portal.wording import TIER_LABELS, counted_tier

SHORT_HASH: Final = 12
MOST_BARS: Final = 20
PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class ReportSource:
    """What a report says: the content of a baseline, of which version, for whom.

    `number` is 0 and `content_hash` empty for answers that nobody has endorsed. `levels` prints the level of each
    indicator also in public. `dismissed` are keys of indicators whose gap the State has dismissed. `record` is what
    `baseline_record.national_record` reads, and empty in public.
    """

    content: dict[str, Any]
    tree: FrameworkTree
    state: str
    purpose: str
    public: bool
    language: str
    number: int = 0
    content_hash: str = ""
    authority: str = ""
    endorsed_on: date | None = None
    levels: bool = True
    dismissed: frozenset[str] = frozenset()
    record: Mapping[str, Any] = field(default_factory=dict)


def build_report(source: ReportSource) -> Report:
    """Make the document's parts in the active language, which the caller has set to `source.language`."""
    mirrored = bool(get_language_info(source.language)["bidi"])
    entries = {entry["indicator"]: entry for entry in source.content["answers"]}
    items = [graded(indicator, entries.get(indicator.key), source.dismissed) for indicator in source.tree.indicators]
    ratings = [rating_of(item.indicator, _given(item)) for item in items]
    coverage, scores = coverage_of(ratings), scores_by_area(ratings)
    report = Report(
        kind=_("Country insight") if source.public else _("Baseline report"),
        public=source.public,
        language=language_of_words(source.language),
        direction="rtl" if mirrored else "ltr",
        title=_("%(state)s: %(title)s") % {"state": source.state, "title": source.content["title"]},
        state=source.state,
        baseline_title=source.content["title"],
        reference=f"{source.content['state']} {source.content['cycle']}".strip(),
        short_hash=source.content_hash[:SHORT_HASH],
        created=f"{source.endorsed_on.isoformat()}T00:00:00Z" if source.endorsed_on else "",
        draft=not source.number,
        head_mark=_head_mark(source),
        cover=_cover(source),
        confidentiality=_confidentiality(source),
        summary=_summary(source, coverage, items),
        purpose=_purpose(source),
        method=_method(source),
        areas=tuple(
            _area(section, before, scores[section.key], items, source)
            for section, before in zip(source.tree.sections, [None, *source.tree.sections], strict=False)
        ),
        charts=_charts(source, items, mirrored, scores, (scores_by_stage(ratings), scores_by_lens(ratings))),
        unknown=_standing_at(AnswerRating.UNKNOWN, items, source, mirrored),
        unanswered=_standing_at(None, items, source, mirrored),
        trace=_trace(source),
        consulted=consulted_part(source.record.get("consulted")),
        endorsed=endorsed_part(source.record),
    )
    return _with_contents(report)


def _given(item: Graded) -> tuple[str, int | None] | None:
    if item.entry is None:
        return None
    return item.entry["rating"], item.level.pk if item.level else None


def _head_mark(source: ReportSource) -> str:
    if source.public:
        return _("Public")
    return _("National copy") if source.number else _("Draft, not endorsed · national copy")


def _cover(source: ReportSource) -> tuple[Fact, ...]:
    facts = [
        Fact(_("Cycle"), source.content["cycle"]),
        Fact(_("Framework"), f"{source.tree.version.title} {source.content['framework']['version']}"),
    ]
    return (*facts, *_endorsement(source))


def _endorsement(source: ReportSource) -> tuple[Fact, ...]:
    if not source.number:
        return (Fact(_("Status"), _("Draft: not endorsed, and no hash binds this text yet")),)
    return (
        Fact(_("Endorsed version"), format_number(source.number)),
        Fact(_("Endorsed by"), label(EndorsingAuthority, source.authority)),
        Fact(_("Endorsed"), day_text(source.endorsed_on)),
        Fact(_("Hash of the endorsed version (SHA-256)"), source.content_hash, code=True),
    )


def _confidentiality(source: ReportSource) -> tuple[str, ...]:
    if source.public:
        return (
            _("Public. Published by %(state)s.") % {"state": source.state},
            _("Narratives, evidence and sites are left out; they stay with the State."),
        )
    return (
        _("National copy for %(state)s. It holds the whole record of this baseline.") % {"state": source.state},
        _("Keep it within the State: it names weaknesses that are not meant for others."),
    )


def _summary(source: ReportSource, coverage: Coverage, items: Sequence[Graded]) -> tuple[Fact, ...]:
    facts = [
        Fact(_("State"), source.state),
        Fact(_("Indicators"), format_number(coverage.total)),
        Fact(_("Rated"), _rated(coverage)),
        Fact(_("Unknown"), format_number(coverage.unknown)),
        Fact(_("Not applicable"), format_number(coverage.not_applicable)),
        Fact(_("Outside the agreed scope"), format_number(coverage.not_rated)),
        Fact(_("Coverage"), _percent(coverage.percent)),
    ]
    if coverage.unanswered:
        # Nothing can be endorsed before everything is answered, so only a draft says this.
        facts.insert(4, Fact(_("Not answered yet"), format_number(coverage.unanswered)))
    if not source.public:
        facts.append(Fact(_("Gaps"), _gap_counts(items) or _("none")))
    return tuple(facts)


def _percent(value: int | None) -> str:
    return _("not rated") if value is None else format_percent(value)


def _gap_counts(items: Sequence[Graded]) -> str:
    counts = Counter(item.tier for item in items if item.tier)
    parts = [counted_tier(tier, counts[tier], format_number(counts[tier])) for tier in TIER_ORDER if counts[tier]]
    dismissed = sum(item.dismissed for item in items)
    if dismissed:
        text = npgettext("gaps", "%(count)s dismissed", "%(count)s dismissed", dismissed)
        parts.append(text % {"count": format_number(dismissed)})
    return _(", ").join(parts)


def _purpose(source: ReportSource) -> Prose | None:
    if source.public or not source.purpose:
        return None
    return prose(_("Purpose and scope"), "purpose", source.purpose)


def _method(source: ReportSource) -> tuple[str, ...]:
    return (
        _(
            "The State rated each indicator of the framework on a scale of described levels. The score of an area is "
            "the weighted mean of what is rated, in percent of the way from the lowest to the highest level."
        ),
        _(
            "What does not apply is left out of the score. What nobody could tell is never counted as the lowest "
            "level: it lowers the coverage, the share of what applies that is rated. There is no score for the whole "
            "State."
        ),
        source.tree.version.notice,
    )


def _area(
    section: SectionView, before: SectionView | None, score: Score, items: Sequence[Graded], source: ReportSource
) -> AreaPart:
    own = [item for item in items if item.indicator.section == section.key]
    lines = own if not source.public or source.levels else []
    coverage = score.coverage
    return AreaPart(
        anchor=f"area-{section.key}",
        title=section.node.title,
        direction=direction_of(section.node.title),
        scope=section.node.scope,
        score=_percent(score.percent),
        coverage=_percent(coverage.percent),
        rated=_rated(coverage),
        gaps="" if source.public else _gap_counts(own) or _("none"),
        lines=tuple(_area_lines(lines, source)),
        headings=_headings(section.new_headings(before)),
    )


def _area_lines(items: Sequence[Graded], source: ReportSource) -> Iterator[IndicatorLine]:
    """The lines of an area, each with the headings that begin with it."""
    mirrored = bool(get_language_info(source.language)["bidi"])
    for item, new in zip(items, beginning(item.indicator.headings for item in items), strict=True):
        line = indicator_line(item, with_texts=not source.public, mirrored=mirrored)
        yield replace(line, headings=_headings(new))


def _headings(nodes: Iterable[NodeView]) -> tuple[Heading, ...]:
    return tuple(Heading(node.name, direction_of(node.title)) for node in nodes)


def _rated(coverage: Coverage) -> str:
    """How many of those asked have a level; what is left out is said beside them, so that the coverage agrees."""
    numbers = {"rated": format_number(coverage.rated), "total": format_number(coverage.asked)}
    if not coverage.left_out:
        return _("%(rated)s of %(total)s") % numbers
    return npgettext(
        "indicators",
        "%(rated)s of %(total)s asked (%(left_out)s left out)",
        "%(rated)s of %(total)s asked (%(left_out)s left out)",
        coverage.left_out,
    ) % {**numbers, "left_out": format_number(coverage.left_out)}


def _charts(
    source: ReportSource,
    items: Sequence[Graded],
    mirrored: bool,
    areas: dict[str, Score],
    groups: tuple[dict[str, Score], dict[str, Score]],
) -> ReportCharts:
    named = [(section.node.title, areas[section.key]) for section in source.tree.sections]
    stages, lenses = (_groups(words, found) for words, found in zip((LifeCycleStage, Lens), groups, strict=True))
    gaps = [] if source.public else sorted((item for item in items if item.tier), key=_gravest_first)
    return ReportCharts(
        radar=area_radar(named),
        areas=area_bars(named),
        stages=stage_bars(stages) if stages else None,
        lenses=lens_bars(lenses) if lenses else None,
        tiers=_tiers(gaps, mirrored) if gaps else None,
        severity=_severity(gaps, mirrored) if gaps else None,
    )


def _groups(words: Iterable[Lens | LifeCycleStage], scores: dict[str, Score]) -> list[GroupScore]:
    return [GroupScore(word.value, str(word.label), scores[word]) for word in words if word in scores]


def _gravest_first(item: Graded) -> tuple[Fraction, str, str]:
    return -item.severity, item.indicator.code, item.indicator.key


def _tiers(gaps: Sequence[Graded], mirrored: bool) -> StackedChart:
    counts = Counter(item.tier for item in gaps)
    return stacked_bar(
        [Part(str(TIER_LABELS[tier]), counts[tier], f"tier-{tier.value}") for tier in TIER_ORDER],
        key="tiers",
        title=_("Gaps by tier"),
        description=_("How many indicators below their target are critical, high, medium and low."),
        mirrored=mirrored,
    )


def _severity(gaps: Sequence[Graded], mirrored: bool) -> BarChart:
    shown = [(item, round(PERCENT * item.severity)) for item in gaps[:MOST_BARS]]
    return bar_chart(
        [
            Bar(
                f"{item.indicator.code or item.indicator.key} · {item.indicator.question}",
                value,
                kind=f"tier-{item.tier}",
                note=str(TIER_LABELS[str(item.tier)]),
            )
            for item, value in shown
        ],
        # An indicator that weighs more than the mean of its area can go beyond 100: the axis ends where the bars do.
        maximum=max(PERCENT, *(value for _item, value in shown)),
        axis=_("Severity"),
        key="severity",
        title=_("The most severe gaps"),
        description=_("One bar for each indicator, the most severe first."),
        mirrored=mirrored,
    )


def _standing_at(
    rating: AnswerRating | None, items: Sequence[Graded], source: ReportSource, mirrored: bool
) -> tuple[IndicatorLine, ...]:
    """What the State could not tell, the evidence gaps; or with None what nobody has answered yet."""
    if source.public:
        return ()
    found = (item for item in items if item.rating == rating)
    return tuple(indicator_line(item, with_texts=True, mirrored=mirrored) for item in found)


def _trace(source: ReportSource) -> tuple[Fact, ...]:
    framework = source.content["framework"]
    return (
        Fact(_("Framework"), f"{source.tree.version.title} {framework['version']}"),
        Fact(_("Hash of the framework (SHA-256)"), framework["hash"], code=True),
        *_endorsement(source),
    )


def _with_contents(report: Report) -> Report:
    """Add the list of the sections that are there."""
    sections = [("summary", _("Summary")), ("profile", _("Profile"))]
    if report.charts.severity:
        sections.append(("gaps", _("Gaps")))
    sections += [(area.anchor, area.title) for area in report.areas] if report.has_lines else [("areas", _("Areas"))]
    if report.unknown:
        sections.append(("unknown", _("What is not known")))
    if report.unanswered:
        sections.append(("unanswered", _("What is not answered yet")))
    if report.consulted:
        sections.append(("consulted", _("Who was consulted")))
    if report.endorsed:
        sections.append(("endorsed", _("Who endorsed")))
    sections += [("method", _("How it was made")), ("trace", _("Annex: trace"))]
    return replace(report, contents=tuple(sections))
