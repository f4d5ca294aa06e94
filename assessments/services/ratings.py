"""Saving what one person rates independently: as an answer is saved, apart from it and from all other ratings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import INDEPENDENT_RATINGS
from assessments.frameworks.tree import IndicatorView
from assessments.models import Assessment, Assignment, IndependentRating, Node
from assessments.permissions import assessment_is_open, can_rate_independently
from assessments.selectors.frameworks import framework_tree
from assessments.services.answers import AnswerContent, checked, content_of, differing, given
from wam_portal.access import Viewer, require
from wam_portal.accounts.models import Membership
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid, NotVisible


def save_independent_rating(
    *, assessment: Assessment, indicator: str, base_version: int, content: AnswerContent, actor: Viewer
) -> IndependentRating:
    """Save what the actor rates on the indicator of that key over version `base_version` (0: not yet rated).

    The rater is the membership to which the indicator, or its section, is assigned for an independent rating. What is
    stored already is not written again, whatever the version. `minority_note` and `target` of the content are the
    State's to give and are left out. Raises `NotVisible` for a key that the framework does not have, `Refused`,
    `Invalid` with messages by field, and `Conflict` with the stored rating when it was saved from elsewhere before.
    """
    tree = framework_tree(assessment.framework_version)
    question = tree.find_indicator(indicator)
    if question is None:
        raise NotVisible
    node = Node(pk=question.pk, section_id=tree.section_of(question).node.pk)
    require(can_rate_independently(actor, assessment, node))
    content = _checked(content, question)
    rater = _rater(assessment, node, actor)
    try:
        with audited():
            require(assessment_is_open(Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)))
            if base_version > 0:
                return _save_over(assessment, question, rater, base_version, content, actor)
            return _save_first(assessment, question, rater, content, actor)
    except IntegrityError:
        current = _stored(assessment, question, rater)
        if current is None:
            raise
        if content_of(current, question) == content:
            return current
        raise _conflict(current) from None


def _save_first(
    assessment: Assessment, question: IndicatorView, rater: Membership, content: AnswerContent, actor: Viewer
) -> IndependentRating:
    rating = IndependentRating.objects.create(
        assessment=assessment, indicator_id=question.pk, membership=rater, **_fields(content, question)
    )
    _note(rating, question, actor, given(content))
    return rating


def _save_over(
    assessment: Assessment,
    question: IndicatorView,
    rater: Membership,
    base_version: int,
    content: AnswerContent,
    actor: Viewer,
) -> IndependentRating:
    current = _stored(assessment, question, rater)
    if current is None:
        raise Invalid({"": [_("This indicator has no rating yet that could be changed. Load the page again.")]})
    before = content_of(current, question)
    if before == content:
        return current
    fields = _fields(content, question)
    if not _swap(current.pk, base_version, fields):
        raise _conflict(_stored(assessment, question, rater))
    for name, value in fields.items():
        setattr(current, name, value)
    current.version = base_version + 1
    _note(current, question, actor, differing(before, content))
    return current


def _swap(rating_pk: int, base_version: int, fields: dict[str, Any]) -> bool:
    same = IndependentRating.objects.filter(pk=rating_pk, version=base_version)
    return bool(same.update(version=F("version") + 1, **fields))


def _stored(assessment: Assessment, question: IndicatorView, rater: Membership) -> IndependentRating | None:
    found = IndependentRating.objects.filter(assessment=assessment, indicator=question.pk, membership=rater)
    return found.select_related("membership__user").first()


def _conflict(current: IndependentRating | None) -> Conflict:
    return Conflict(_("You saved this rating somewhere else before."), current=current)


def _rater(assessment: Assessment, node: Node, actor: Viewer) -> Membership:
    """The membership that rates; the oldest where an indicator reached somebody in two ways."""
    mine = Assignment.objects.held_by(actor).independent().filter(assessment=assessment)
    found = mine.covering(node.pk, node.section_id).select_related("membership").order_by("membership")[0]
    found.membership.user = actor.user
    return found.membership


def _fields(content: AnswerContent, question: IndicatorView) -> dict[str, Any]:
    option = question.scale.find_option(content.option)
    return {
        "rating": content.rating,
        "option_id": option.pk if option else None,
        "reason": content.reason,
        "narrative": content.narrative,
        "basis": content.basis,
        "confidence": content.confidence,
        "updated_at": timezone.now(),
        # Whoever rates anew asks to be weighed anew.
        "reconciliation": None,
    }


def _note(rating: IndependentRating, question: IndicatorView, actor: Viewer, changed: list[str]) -> None:
    record(
        verb="rating.saved",
        target=rating,
        actor=actor,
        parties=[actor.party],
        changes={"indicator": question.key, "version": rating.version, "fields": changed},
    )


def _checked(content: AnswerContent, question: IndicatorView) -> AnswerContent:
    content = checked(replace(content, minority_note="", target=""), question)
    if content.rating not in INDEPENDENT_RATINGS:
        raise Invalid({"rating": [_("Choose a level, or say why there is none.")]})
    return content
