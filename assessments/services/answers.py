"""Saving answers: one at a time, each state kept, nobody's words overwritten unseen."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from assessments.enums import AnswerRating, Basis, Confidence
from assessments.frameworks.tree import IndicatorView, OptionView
from assessments.models import Answer, AnswerRevision, Assessment, IndependentRating, Node
from assessments.models.answers import NARRATIVE_MAX, REASON_MAX
from assessments.permissions import assessment_is_open, can_edit_answer
from assessments.selectors.frameworks import framework_tree
from assessments.services.gaps import sync_gap
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid, NotVisible
from wam_portal.sentences import sentence as _

TEXT_LIMITS = {"reason": REASON_MAX, "narrative": NARRATIVE_MAX, "minority_note": REASON_MAX}


@dataclass(frozen=True, slots=True)
class AnswerContent:
    """What somebody answers. `option` and `target` are option keys of the indicator's scale; "" where there is none.

    `option` is given exactly when rated; an empty `target` leaves the framework's.
    """

    rating: str
    option: str = ""
    reason: str = ""
    narrative: str = ""
    basis: str = Basis.NONE.value
    confidence: str = ""
    minority_note: str = ""
    target: str = ""


def content_of(answer: Answer | IndependentRating, indicator: IndicatorView) -> AnswerContent:
    """What a stored answer, or the rating of one agency, says."""
    keys = {option.pk: option.key for option in indicator.scale.options}
    return AnswerContent(
        rating=answer.rating,
        option=keys[answer.option_id] if answer.option_id else "",
        reason=answer.reason,
        narrative=answer.narrative,
        basis=answer.basis,
        confidence=answer.confidence,
        minority_note=answer.minority_note,
        target=keys[answer.target_id] if answer.target_id else "",
    )


def save_answer(
    *, assessment: Assessment, indicator: str, base_version: int, content: AnswerContent, actor: Viewer
) -> Answer:
    """Save the answer to the indicator of that permanent key over its version `base_version` (0: not yet answered).

    What is stored already is not written again, whatever the version: a repeated request is no conflict. Raises
    `NotVisible` for a key that the framework does not have, `Refused`, `Invalid` with messages by field ("rating"
    for rating and option), and `Conflict` with the stored answer as `current` when somebody saved before.
    """
    tree = framework_tree(assessment.framework_version)
    question = tree.find_indicator(indicator)
    if question is None:
        raise NotVisible
    node = Node(pk=question.pk, section_id=tree.section_of(question).node.pk)
    require(can_edit_answer(actor, assessment, node))
    content = checked(content, question)
    try:
        with audited():
            if base_version > 0:
                return _save_over(assessment, question, base_version, content, actor)
            return _save_first(assessment, question, content, actor)
    except IntegrityError:
        # The unique constraint found an answer where there was none when the person began. Read outside: the
        # failed transaction cannot be used any more.
        current = _stored(assessment, question)
        if current is None:
            raise
        return _same_or_conflict(current, question, content)


def _save_first(assessment: Assessment, question: IndicatorView, content: AnswerContent, actor: Viewer) -> Answer:
    require(assessment_is_open(Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)))
    now = timezone.now()
    fields = _fields(content, question, actor, now)
    answer = Answer.objects.create(assessment=assessment, indicator_id=question.pk, version=1, **fields)
    _after_saving(answer, question, content, actor, changed=given(content))
    return answer


def _save_over(
    assessment: Assessment, question: IndicatorView, base_version: int, content: AnswerContent, actor: Viewer
) -> Answer:
    # The assessment's row is locked with the answer's, so that a submission waits for the answers on their way.
    found = Answer.objects.select_related("assessment").select_for_update(of=("self", "assessment"), no_key=True)
    current = found.filter(assessment=assessment, indicator=question.pk).first()
    if current is None:
        raise Invalid({"": [_("This indicator has no answer yet that could be changed. Load the page again.")]})
    require(assessment_is_open(current.assessment))
    before = content_of(current, question)
    if before.rating == AnswerRating.NOT_RATED != content.rating and content.reason == before.reason:
        # Why it was left out of the scope is no reason of what is answered now.
        content = checked(replace(content, reason=""), question)
    if before == content:
        return current
    fields = _fields(content, question, actor, timezone.now())
    if not _swap(current.pk, base_version, fields):
        raise Conflict(_("Somebody saved this answer before you."), current=_stored(assessment, question))
    for name, value in fields.items():
        setattr(current, name, value)
    current.version += 1
    _after_saving(current, question, content, actor, changed=differing(before, content))
    return current


def _swap(answer_pk: int, base_version: int, fields: dict[str, Any]) -> bool:
    """Write only over the version that the person had before them; False when it is gone."""
    same = Answer.objects.filter(pk=answer_pk, version=base_version)
    return bool(same.update(version=F("version") + 1, **fields))


def _after_saving(
    answer: Answer, question: IndicatorView, content: AnswerContent, actor: Viewer, *, changed: list[str]
) -> None:
    AnswerRevision.objects.create(
        answer=answer,
        version=answer.version,
        content=asdict(content),
        saved_by=actor.user,
        saved_at=answer.updated_at,
    )
    sync_gap(answer=answer, indicator=question, actor=actor)
    record(
        verb="answer.saved",
        target=answer,
        actor=actor,
        parties=[actor.party],
        changes={"indicator": question.key, "version": answer.version, "fields": changed},
    )


def _stored(assessment: Assessment, question: IndicatorView) -> Answer | None:
    found = Answer.objects.filter(assessment=assessment, indicator=question.pk)
    return found.select_related("updated_by").first()


def _same_or_conflict(current: Answer, question: IndicatorView, content: AnswerContent) -> Answer:
    if content_of(current, question) == content:
        return current
    raise Conflict(_("Somebody saved this answer before you."), current=current)


def _fields(content: AnswerContent, question: IndicatorView, actor: Viewer, now: datetime) -> dict[str, Any]:
    return {
        "rating": content.rating,
        "option_id": _pk(question.scale.find_option(content.option)),
        "target_id": _pk(question.scale.find_option(content.target)),
        "reason": content.reason,
        "narrative": content.narrative,
        "basis": content.basis,
        "confidence": content.confidence,
        "minority_note": content.minority_note,
        "updated_by": actor.user,
        "updated_at": now,
    }


def _pk(option: OptionView | None) -> int | None:
    return None if option is None else option.pk


def differing(before: AnswerContent, after: AnswerContent) -> list[str]:
    """Names of the fields in which two contents differ."""
    old, new = asdict(before), asdict(after)
    return sorted(name for name in new if new[name] != old[name])


def given(content: AnswerContent) -> list[str]:
    """Names of the fields that say something."""
    return sorted(name for name, value in asdict(content).items() if value)


def checked(content: AnswerContent, question: IndicatorView) -> AnswerContent:
    """The content with tidy texts. Raises `Invalid` with every problem at once."""
    texts = {name: getattr(content, name).replace("\r\n", "\n").strip() for name in TEXT_LIMITS}
    content = replace(content, **texts)
    errors = {**_rating_errors(content, question), **_length_errors(texts)}
    if content.basis not in Basis.values:
        errors["basis"] = _("Choose one of the bases offered.")
    if content.confidence and content.confidence not in Confidence.values:
        errors["confidence"] = _("Choose one of the degrees offered.")
    if content.target and question.scale.find_option(content.target) is None:
        errors["target"] = _("This level is not on the scale of this indicator.")
    if errors:
        raise Invalid({field: [message] for field, message in errors.items()})
    return content


def _rating_errors(content: AnswerContent, question: IndicatorView) -> dict[str, str]:
    if content.rating not in AnswerRating.values:
        return {"rating": _("Choose a level, or say why there is none.")}
    if content.rating == AnswerRating.RATED:
        if question.scale.find_option(content.option) is None:
            return {"rating": _("This level is not on the scale of this indicator.")}
    elif content.option:
        return {"rating": _("A level is given only where the indicator is rated.")}
    if content.rating == AnswerRating.NOT_APPLICABLE and not content.reason:
        return {"reason": _("Say why this does not apply to your State.")}
    return {}


def _length_errors(texts: dict[str, str]) -> dict[str, str]:
    message = _("Use at most %(limit)d characters; this has %(count)d.")
    return {
        name: message % {"limit": TEXT_LIMITS[name], "count": len(text)}
        for name, text in texts.items()
        if len(text) > TEXT_LIMITS[name]
    }
