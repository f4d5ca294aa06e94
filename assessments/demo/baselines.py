"""Fill in the baselines of the fictional States: full, partial, in review, endorsed, and changed since."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from assessments.demo import texts, workflow
from assessments.demo.consultations import load_consultations
from assessments.demo.evidence import load_evidence
from assessments.demo.hands import load_hands
from assessments.enums import AnswerRating, Basis, Confidence, EndorsingAuthority, GapStatus, Tier
from assessments.frameworks.tree import IndicatorView
from assessments.models import Assessment, FrameworkVersion, Gap
from assessments.selectors.frameworks import framework_tree
from assessments.services.answers import AnswerContent, save_answer
from assessments.services.assessments import (
    endorse_assessment,
    reopen_assessment,
    start_assessment,
    submit_assessment,
)
from assessments.services.assignments import assign
from assessments.services.gaps import confirm_gap, dismiss_gap
from assessments.services.scope import leave_out
from wam_portal.access import Viewer
from wam_portal.accounts.demo import demo_viewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership
from wam_portal.audit.services import audited

CHANGES_SINCE: Final = 4
NOT_APPLICABLE, UNKNOWN, DISPUTED = 0.03, 0.09, 0.05
"""Shares of the answers; the second counts from zero, so it includes the first."""
CONFIRMED, DISMISSED = 0.4, 0.1
"""Shares of the light gaps that are confirmed, and of the rest that are dismissed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`share` of the indicators answered, how far it went, and how the State stands from 1 (weak) to 5."""

    slug: str
    share: float
    outcome: str
    standing: float


OUT_OF_SCOPE: Final = ("dis-05", "dis-06")
"""Indicators that the baseline still being rated leaves out."""

WITH_MANY_HANDS: Final = ("aldoria", "dravonia", "esmeria")
"""States whose baselines carry evidence, comments and flags; the others stay plain."""

PLANS: Final = (
    Plan("aldoria", 1.0, "endorsed", 2.4),
    Plan("borvenia", 1.0, "endorsed", 2.8),
    Plan("caldessa", 1.0, "in_review", 2.2),
    Plan("dravonia", 1.0, "returned", 2.6),
    Plan("esmeria", 0.55, "draft", 2.0),
    Plan("fenwara", 1.0, "endorsed", 3.4),
)


def _level(rng: random.Random, indicator: IndicatorView, around: float) -> str:
    options = indicator.scale.options
    place = round(rng.gauss(around, 0.9)) - 1
    return options[max(0, min(len(options) - 1, place))].key


def _answer(rng: random.Random, indicator: IndicatorView, around: float) -> AnswerContent:
    chance = rng.random()
    if chance < NOT_APPLICABLE:
        return AnswerContent(
            rating=AnswerRating.NOT_APPLICABLE, reason=texts.NOT_APPLICABLE, basis=Basis.LAW, confidence=Confidence.HIGH
        )
    if chance < UNKNOWN:
        return AnswerContent(rating=AnswerRating.UNKNOWN, reason=texts.UNKNOWN, basis=Basis.NONE)
    level = _level(rng, indicator, around)
    value = next(option.value for option in indicator.scale.options if option.key == level)
    basis = rng.choices([Basis.LAW, Basis.DOCUMENT, Basis.OBSERVATION, Basis.TESTIMONY, Basis.NONE], [2, 5, 3, 3, 1])[0]
    return AnswerContent(
        rating=AnswerRating.RATED,
        option=level,
        narrative=rng.choice(texts.NARRATIVES[value]),
        basis=basis,
        confidence=rng.choices(list(Confidence), [3, 4, 2])[0],
        minority_note=texts.MINORITY if rng.random() < DISPUTED else "",
    )


def _fill(rng: random.Random, assessment: Assessment, plan: Plan, editor: Viewer) -> None:
    tree = framework_tree(assessment.framework_version)
    wanted = round(len(tree.indicators) * plan.share)
    around = {section.key: plan.standing + rng.uniform(-0.8, 0.8) for section in tree.sections}
    for indicator in tree.indicators[:wanted]:
        content = _answer(rng, indicator, around[indicator.section])
        save_answer(assessment=assessment, indicator=indicator.key, base_version=0, content=content, actor=editor)


def _decide_gaps(rng: random.Random, assessment: Assessment, editor: Viewer) -> None:
    """Confirm the weightiest of each area and whatever weighs much, with a root cause; dismiss a few light ones."""
    seen: set[str] = set()
    gaps = Gap.objects.filter(assessment=assessment).select_related("assessment", "indicator")
    for gap in gaps.order_by("-severity_micro", "indicator__position"):
        first_of_area = gap.indicator.functional_area not in seen
        seen.add(gap.indicator.functional_area)
        if first_of_area or gap.tier in {Tier.CRITICAL, Tier.HIGH} or rng.random() < CONFIRMED:
            confirm_gap(gap=gap, base_version=gap.version, actor=editor, root_cause=rng.choice(texts.ROOT_CAUSES))
        elif rng.random() < DISMISSED:
            dismiss_gap(gap=gap, base_version=gap.version, actor=editor, reason=texts.DISMISSAL)


def _change_some(rng: random.Random, assessment: Assessment, editor: Viewer) -> None:
    """Better the answers of a few gaps by a level, so that the endorsed version and the live one differ."""
    tree = framework_tree(assessment.framework_version)
    rated = assessment.answers.filter(rating=AnswerRating.RATED, option__value__lt=4).order_by("pk")
    for answer in rng.sample(list(rated), CHANGES_SINCE):
        indicator = tree.indicator_of(answer.indicator_id)
        value = answer.option.value if answer.option else indicator.scale.minimum
        above = next(option for option in indicator.scale.options if option.value > value)
        save_answer(
            assessment=assessment,
            indicator=indicator.key,
            base_version=answer.version,
            content=AnswerContent(
                rating=AnswerRating.RATED,
                option=above.key,
                narrative=rng.choice(texts.NARRATIVES[above.value]),
                basis=Basis.DOCUMENT,
                confidence=Confidence.HIGH,
            ),
            actor=editor,
        )


def _own_chances(plan: Plan, part: str) -> random.Random:
    """Chances of a part of its own, so that what else is drawn from the seed stays as it is."""
    return random.Random(f"{plan.slug} {part}")  # noqa: S311  (fictional)


def load_baseline(rng: random.Random, plan: Plan, framework: FrameworkVersion, today: date) -> Assessment:
    """Make one State's baseline as its plan says, in one transaction."""
    editor, approver = demo_viewer(plan.slug, Role.EDITOR), demo_viewer(plan.slug, Role.APPROVER)
    with audited():
        assessment = start_assessment(
            framework_version=framework,
            cycle=str(today.year),
            title=f"Baseline assessment {today.year}",
            started_on=today - timedelta(days=120),
            due_on=today + timedelta(days=30 if plan.outcome == "draft" else -10),
            purpose="First national baseline of weapons and ammunition management. Fictional.",
            actor=editor,
        )
        _assign(assessment, editor, today)
        load_consultations(_own_chances(plan, "consultations"), assessment, editor, today)
        _fill(rng, assessment, plan, editor)
        _decide_gaps(rng, assessment, editor)
        if plan.slug in WITH_MANY_HANDS:
            load_evidence(_own_chances(plan, "evidence"), assessment, editor, today)
            load_hands(_own_chances(plan, "hands"), assessment, editor, today)
        if plan.outcome == "draft":
            leave_out(assessment=assessment, keys=OUT_OF_SCOPE, reason=texts.OUT_OF_SCOPE, actor=editor)
        if plan.outcome != "draft":
            assessment = submit_assessment(assessment=assessment, base_version=assessment.version, actor=editor)
        if plan.outcome in {"endorsed", "returned"}:
            endorse_assessment(
                assessment=assessment,
                base_version=assessment.version,
                authority=EndorsingAuthority.COMMISSION,
                reference=f"Minutes {today.year}-3",
                actor=approver,
            )
            assessment.refresh_from_db()
        if plan.outcome == "returned":
            assessment = reopen_assessment(
                assessment=assessment,
                base_version=assessment.version,
                reason="New records from the customs service change several ratings.",
                actor=approver,
            )
            _change_some(rng, assessment, editor)
            workflow.return_with_reasons(rng, assessment, editor, approver)
        if plan.outcome == "in_review":
            workflow.sign_once(assessment, approver)
    assessment.refresh_from_db()
    return assessment


def _assign(assessment: Assessment, editor: Viewer, today: date) -> None:
    """Let the first contributor of the State answer two areas."""
    contributors = Membership.objects.active().filter(party=editor.party, role=Role.CONTRIBUTOR)
    for membership in contributors.order_by("pk")[:1]:
        assign(
            assessment=assessment,
            nodes=("tra", "ill"),
            membership=membership,
            due_on=today + timedelta(days=14),
            actor=editor,
        )


def confirmed_gaps(assessment: Assessment, areas: tuple[str, ...], most: int) -> list[Gap]:
    """The weightiest confirmed gaps of each area, at most `most` an area."""
    chosen: list[Gap] = []
    for area in areas:
        gaps = Gap.objects.filter(
            assessment=assessment, status=GapStatus.CONFIRMED, indicator__functional_area=area
        ).order_by("-severity_micro", "indicator__position")
        chosen.extend(gaps[:most])
    return chosen
