"""The scope of one baseline: areas and indicators left out of it with a reason, and put back again.

What is left out is answered "not rated (outside the agreed scope)": it leaves the denominators and is not missing. What
was said before stays in the answer's revisions and comes back when the indicator is put back.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from assessments.enums import AnswerRating
from assessments.frameworks.tree import IndicatorView
from assessments.models import Answer, AnswerRevision, Assessment
from assessments.models.answers import REASON_MAX
from assessments.permissions import can_edit_assessment
from assessments.selectors.frameworks import source_tree
from assessments.selectors.scope import indicators_chosen
from assessments.services.answers import AnswerContent, content_of, save_answer
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Invalid


def leave_out(*, assessment: Assessment, keys: Collection[str], reason: str, actor: Viewer) -> int:
    """Leave sections, headings and indicators, given by their keys, out of a baseline; answers how many indicators.

    Raises `Refused`, `Invalid` without a reason or without anything to leave out, and `Conflict` where somebody saves
    one of the answers at the same moment: then nothing is left out.
    """
    require(can_edit_assessment(actor, assessment))
    tree = source_tree(assessment.framework_version)
    chosen = indicators_chosen(tree, set(keys))
    reason = _checked(reason, chosen)
    stored = {one.indicator_id: one for one in Answer.objects.filter(assessment=assessment)}
    changed: list[str] = []
    with audited():
        for indicator in chosen:
            answer = stored.get(indicator.pk)
            if answer is not None and answer.rating == AnswerRating.NOT_RATED:
                continue
            said = AnswerContent(rating="") if answer is None else content_of(answer, indicator)
            content = replace(said, rating=AnswerRating.NOT_RATED.value, option="", reason=reason)
            version = 0 if answer is None else answer.version
            save_answer(
                assessment=assessment, indicator=indicator.key, base_version=version, content=content, actor=actor
            )
            changed.append(indicator.key)
        _record(assessment, actor, "assessment.scope_narrowed", changed)
    return len(changed)


def put_back(*, assessment: Assessment, keys: Collection[str], actor: Viewer) -> int:
    """Put sections and indicators back into a baseline, with what was answered before they were left out.

    What had no answer has none again; only where something rests on it already it becomes unknown. Answers how many
    indicators were put back. Raises `Refused` and `Conflict`.
    """
    require(can_edit_assessment(actor, assessment))
    tree = source_tree(assessment.framework_version)
    chosen = {indicator.pk: indicator for indicator in indicators_chosen(tree, set(keys))}
    with audited():
        left_out = Answer.objects.filter(assessment=assessment, rating=AnswerRating.NOT_RATED, indicator__in=chosen)
        answers = list(left_out.select_for_update(of=("self",), no_key=True))
        for answer in answers:
            _restore(assessment, answer, chosen[answer.indicator_id], actor)
        keys_back = sorted(chosen[answer.indicator_id].key for answer in answers)
        _record(assessment, actor, "assessment.scope_widened", keys_back)
    return len(answers)


def _restore(assessment: Assessment, answer: Answer, indicator: IndicatorView, actor: Viewer) -> None:
    earlier = next((one for one in answer.revisions.order_by("-version") if one.content["rating"] != "not_rated"), None)
    if earlier is None and _forget(answer):
        return
    content = AnswerContent(rating=AnswerRating.UNKNOWN.value) if earlier is None else _told(earlier, indicator)
    save_answer(
        assessment=assessment, indicator=indicator.key, base_version=answer.version, content=content, actor=actor
    )


def _told(revision: AnswerRevision, indicator: IndicatorView) -> AnswerContent:
    """What a revision said; a level of an earlier version of the framework that is no more makes it unknown."""
    content = AnswerContent(**revision.content)
    if content.target and indicator.scale.find_option(content.target) is None:
        content = replace(content, target="")
    if content.option and indicator.scale.find_option(content.option) is None:
        content = replace(content, rating=AnswerRating.UNKNOWN.value, option="")
    return content


def _forget(answer: Answer) -> bool:
    """Take away an answer that never said anything but "left out"; False where something rests on it already."""
    try:
        with audited():
            answer.revisions.all().delete()
            answer.delete()
    except ProtectedError:
        return False
    return True


def _checked(reason: str, chosen: Collection[IndicatorView]) -> str:
    reason = reason.replace("\r\n", "\n").strip()
    errors: dict[str, list[str]] = {}
    if not chosen:
        errors["keys"] = [_("Choose at least one area or indicator.")]
    if not reason:
        errors["reason"] = [_("Say why this is left out.")]
    elif len(reason) > REASON_MAX:
        message = _("Use at most %(limit)d characters; this has %(count)d.")
        errors["reason"] = [message % {"limit": REASON_MAX, "count": len(reason)}]
    if errors:
        raise Invalid(errors)
    return reason


def _record(assessment: Assessment, actor: Viewer, verb: str, keys: list[str]) -> None:
    if not keys:
        return
    record(
        verb=verb,
        target=assessment,
        actor=actor,
        parties=[actor.party],
        changes={"count": len(keys), "indicators": keys},
    )
