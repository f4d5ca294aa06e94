"""Reading the quality check of a baseline: its findings by rule, and which of them were dismissed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from assessments.frameworks.schema import QualityRule, UnknownShare
from assessments.frameworks.tree import FrameworkTree, IndicatorView
from assessments.models import Answer, Assessment, FindingDismissal
from assessments.quality import WHOLE, Fact, Finding, check
from assessments.selectors.answers import Given, given_answers
from assessments.selectors.evidence import periods_covered
from assessments.selectors.record import Record, read_record
from wam_portal.access import Viewer
from wam_portal.errors import NotVisible


@dataclass(frozen=True, slots=True)
class FindingView:
    """A finding with its indicators; `title` names its area or is empty, `dismissal` says why it was left as it is."""

    finding: Finding
    indicators: tuple[IndicatorView, ...]
    title: str
    dismissal: FindingDismissal | None


@dataclass(frozen=True, slots=True)
class RuleFindings:
    """What a rule found: still open, and dismissed for the answers as they stand."""

    rule: QualityRule
    open: tuple[FindingView, ...]
    dismissed: tuple[FindingView, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """The check of a baseline as far as the viewer reads it; `rules` is how many the framework has."""

    groups: tuple[RuleFindings, ...]
    rules: int

    @property
    def open(self) -> int:
        """Findings that nobody has dismissed."""
        return sum(len(group.open) for group in self.groups)

    @property
    def blocking(self) -> int:
        """Findings that stop the submission."""
        return sum(len(group.open) for group in self.groups if group.rule.blocks)


def quality_of(viewer: Viewer, assessment: Assessment, record: Record) -> Quality:
    """Check the answers that the viewer reads, in one statement; none where the framework has no rules."""
    tree, shown = record.tree, record.shown
    if not tree.quality_rules:
        return Quality((), 0)
    # A share of the whole is told to those who read the whole.
    rules = tuple(rule for rule in tree.quality_rules if record.is_whole or not _of_whole(rule))
    found = check(rules, _facts(shown, record.given, record.covered_until), assessment.started_on)
    dismissed = FindingDismissal.objects.visible_to(viewer).filter(assessment=assessment)
    known = {(one.rule, one.subject, one.fingerprint): one for one in dismissed.select_related("dismissed_by")}
    views = [
        _view(finding, shown, known.get((finding.rule.key, finding.subject, finding.fingerprint))) for finding in found
    ]
    groups = (_group(rule, views) for rule in rules)
    return Quality(tuple(group for group in groups if group.open or group.dismissed), len(rules))


def finding_for(viewer: Viewer, assessment: Assessment, tree: FrameworkTree, rule: str, subject: str) -> FindingView:
    """One finding as it stands now. Raises `NotVisible` where there is none, or not for this viewer."""
    for group in quality_of(viewer, assessment, read_record(viewer, assessment, tree)).groups:
        for view in (*group.open, *group.dismissed):
            if (view.finding.rule.key, view.finding.subject) == (rule, subject):
                return view
    raise NotVisible


def dismissals_that_hold(assessment: Assessment, tree: FrameworkTree) -> set[int]:
    """Row ids of the dismissals of findings as the answers stand, whoever reads; three statements."""
    given = given_answers(Answer.objects.filter(assessment=assessment))
    facts = _facts(tree, given, periods_covered(assessment))
    found = {
        (finding.rule.key, finding.subject, finding.fingerprint)
        for finding in check(tree.quality_rules, facts, assessment.started_on)
    }
    rows = FindingDismissal.objects.standing().filter(assessment=assessment)
    return {pk for pk, *about in rows.values_list("pk", "rule", "subject", "fingerprint") if tuple(about) in found}


def blocking_findings(assessment: Assessment, tree: FrameworkTree) -> tuple[Finding, ...]:
    """What stops the submission, on all answers whoever submits; two statements, none without a rule that blocks."""
    rules = [rule for rule in tree.quality_rules if rule.blocks]
    if not rules:
        return ()
    given = given_answers(Answer.objects.filter(assessment=assessment))
    return check(rules, _facts(tree, given, periods_covered(assessment)), assessment.started_on)


def _of_whole(rule: QualityRule) -> bool:
    return isinstance(rule.condition, UnknownShare) and rule.condition.of == WHOLE


def _facts(tree: FrameworkTree, given: Mapping[int, Given], covered_until: Mapping[int, date]) -> list[Fact]:
    return [_fact(indicator, given.get(indicator.pk), covered_until.get(indicator.pk)) for indicator in tree.indicators]


def _fact(indicator: IndicatorView, given: Given | None, covered_until: date | None) -> Fact:
    places = {option.pk: place for place, option in enumerate(indicator.scale.options, 1)}
    blank = Fact(
        key=indicator.key,
        area=indicator.section,
        size=len(places),
        target=places[indicator.target.pk],
        stage=indicator.stage,
        lenses=indicator.lenses,
    )
    if given is None:
        return blank
    return replace(
        blank,
        rating=given.rating,
        position=places.get(given.option or 0, 0),
        basis=given.basis,
        confidence=given.confidence or "",
        version=given.version,
        has_narrative=given.has_narrative,
        evidence_until=covered_until,
    )


def _view(finding: Finding, tree: FrameworkTree, dismissal: FindingDismissal | None) -> FindingView:
    indicators = tuple(item for key in finding.indicators if (item := tree.find_indicator(key)))
    section = tree.find_section(finding.subject)
    return FindingView(finding, indicators, section.node.title if section else "", dismissal)


def _group(rule: QualityRule, views: Iterable[FindingView]) -> RuleFindings:
    mine = [view for view in views if view.finding.rule is rule]
    return RuleFindings(
        rule,
        open=tuple(view for view in mine if view.dismissal is None or rule.blocks),
        dismissed=tuple(view for view in mine if view.dismissal is not None and not rule.blocks),
    )
