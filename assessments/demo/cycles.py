"""An earlier baseline of a fictional State, so that there is something to compare."""

from __future__ import annotations

import random
from datetime import date
from typing import Final

from assessments.demo import texts
from assessments.enums import AnswerRating, Basis, Confidence, EndorsingAuthority
from assessments.frameworks.tree import IndicatorView
from assessments.models import Answer, Assessment
from assessments.selectors.frameworks import framework_tree
from assessments.services.answers import AnswerContent, save_answer
from assessments.services.assessments import endorse_assessment, start_assessment, submit_assessment
from wam_portal.accounts.demo import demo_viewer
from wam_portal.accounts.enums import Role
from wam_portal.audit.services import audited

STATE: Final = "aldoria"
YEARS_BEFORE: Final = 4
STEPS: Final = ((-2, 1), (-1, 5), (0, 5), (1, 1))
"""How far the earlier level lies from the later one, with weights."""
UNKNOWN: Final = 0.1


def load_earlier_baseline(seed: int, later: Assessment) -> Assessment:
    """Make the endorsed baseline that went before, somewhat lower than the later one.

    Its chances are its own, so that what else is drawn from the seed stays as it is.
    """
    rng = random.Random(f"{seed} cycles")  # noqa: S311  (fictional ratings)
    editor, approver = demo_viewer(STATE, Role.EDITOR), demo_viewer(STATE, Role.APPROVER)
    year = later.started_on.year - YEARS_BEFORE
    tree = framework_tree(later.framework_version)
    answers = {answer.indicator_id: answer for answer in Answer.objects.filter(assessment=later)}
    with audited():
        earlier = start_assessment(
            framework_version=later.framework_version,
            cycle=str(year),
            title=f"Baseline assessment {year}",
            started_on=date(year, 3, 1),
            purpose="The baseline before the present one. Fictional.",
            actor=editor,
        )
        for indicator in tree.indicators:
            content = _before(rng, indicator, answers[indicator.pk])
            save_answer(assessment=earlier, indicator=indicator.key, base_version=0, content=content, actor=editor)
        earlier = submit_assessment(assessment=earlier, base_version=earlier.version, actor=editor)
        endorse_assessment(
            assessment=earlier,
            base_version=earlier.version,
            authority=EndorsingAuthority.COMMISSION,
            actor=approver,
        )
    return earlier


def _before(rng: random.Random, indicator: IndicatorView, answer: Answer) -> AnswerContent:
    if answer.rating == AnswerRating.NOT_APPLICABLE:
        return AnswerContent(rating=AnswerRating.NOT_APPLICABLE, reason=texts.NOT_APPLICABLE, basis=Basis.LAW)
    if rng.random() < UNKNOWN:
        return AnswerContent(rating=AnswerRating.UNKNOWN, reason=texts.UNKNOWN)
    options = indicator.scale.options
    place = next((number for number, option in enumerate(options) if option.pk == answer.option_id), 0)
    step = rng.choices([step for step, _weight in STEPS], [weight for _step, weight in STEPS])[0]
    option = options[max(0, min(len(options) - 1, place + step))]
    return AnswerContent(
        rating=AnswerRating.RATED,
        option=option.key,
        narrative=rng.choice(texts.NARRATIVES[option.value]),
        basis=rng.choice([Basis.DOCUMENT, Basis.TESTIMONY]),
        confidence=Confidence.MEDIUM,
    )
