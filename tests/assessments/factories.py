"""Baselines for tests, made through the services as the pages make them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from assessments.enums import AnswerRating, EndorsingAuthority
from assessments.models import Answer, Assessment, AssessmentVersion, Assignment, FrameworkVersion, IndependentRating
from assessments.selectors.frameworks import framework_tree
from assessments.services.answers import AnswerContent, save_answer
from assessments.services.assessments import endorse_assessment, start_assessment, submit_assessment
from assessments.services.assignments import assign as assign_nodes
from assessments.services.frameworks import import_framework
from assessments.services.ratings import save_independent_rating
from tests.assessments.frameworks.documents import as_yaml, foreign_document
from wam_portal.access import SystemViewer, Viewer
from wam_portal.accounts.models import Membership

STARTED = dt.date(2026, 1, 15)


def make_assessment(
    actor: Viewer, framework_version: FrameworkVersion, *, cycle: str = "2026", title: str = "", **fields: Any
) -> Assessment:
    """A baseline of the actor's State, open for rating."""
    title = title or f"Baseline of {actor.party.name} {cycle}"
    values = {"started_on": STARTED, **fields}
    return start_assessment(framework_version=framework_version, cycle=cycle, title=title, actor=actor, **values)


def rated(option: str = "2", **fields: str) -> AnswerContent:
    """An answer with that level."""
    return AnswerContent(rating=AnswerRating.RATED, option=option, **{"basis": "document", **fields})


def give_answer(
    actor: Viewer,
    assessment: Assessment,
    indicator: str,
    content: AnswerContent | None = None,
    *,
    base_version: int = 0,
) -> Answer:
    """An answer of the actor, level 2 of a five-step scale unless told otherwise."""
    return save_answer(
        assessment=assessment,
        indicator=indicator,
        base_version=base_version,
        content=content or rated(),
        actor=actor,
    )


def answer_everything(actor: Viewer, assessment: Assessment, content: AnswerContent | None = None) -> None:
    """Answer every indicator that has no answer yet alike."""
    tree = framework_tree(assessment.framework_version)
    given = set(Answer.objects.filter(assessment=assessment).values_list("indicator_id", flat=True))
    for indicator in tree.indicators:
        if indicator.pk not in given:
            give_answer(actor, assessment, indicator.key, content)


def make_endorsed(
    editor: Viewer, approver: Viewer, framework_version: FrameworkVersion, *, cycle: str = "2026"
) -> AssessmentVersion:
    """A completely answered baseline, submitted by the editor and endorsed by the approver."""
    assessment = make_assessment(editor, framework_version, cycle=cycle)
    answer_everything(editor, assessment)
    submitted = submit_assessment(assessment=assessment, base_version=assessment.version, actor=editor)
    return endorse_assessment(
        assessment=submitted,
        base_version=submitted.version,
        authority=EndorsingAuthority.COMMISSION,
        actor=approver,
    )


def assign(actor: Viewer, assessment: Assessment, node: str, to: Viewer, **fields: Any) -> Assignment:
    """Give a section or an indicator to a contributor, to answer for the State unless told otherwise."""
    membership = Membership.objects.active().get(user=to.user, party=to.party)
    return assign_nodes(assessment=assessment, nodes=[node], membership=membership, actor=actor, **fields)[0]


def rate_independently(
    actor: Viewer,
    assessment: Assessment,
    indicator: str,
    content: AnswerContent | None = None,
    *,
    base_version: int = 0,
) -> IndependentRating:
    """What the actor rates apart from the State, level 2 unless told otherwise."""
    return save_independent_rating(
        assessment=assessment,
        indicator=indicator,
        base_version=base_version,
        content=content or rated(),
        actor=actor,
    )


def make_foreign_framework(parts: int, chapters: int, items: int) -> FrameworkVersion:
    """A published framework of headings only, on two scales, with parts x chapters x items indicators."""
    document = as_yaml(foreign_document(parts, chapters, items))
    version = import_framework(document=document, actor=SystemViewer("framework"), publish=True).version
    assert version is not None
    return version
