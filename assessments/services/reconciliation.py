"""Choosing the State's answer from what the agencies rated."""

from __future__ import annotations

from dataclasses import replace

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import AnswerRating
from assessments.frameworks.tree import IndicatorView
from assessments.models import Answer, Assessment, IndependentRating, Reconciliation
from assessments.models.answers import REASON_MAX
from assessments.permissions import can_reconcile
from assessments.selectors.frameworks import framework_tree
from assessments.services.answers import AnswerContent, content_of, save_answer
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid, NotVisible


def reconcile(
    *,
    assessment: Assessment,
    indicator: str,
    base_version: int,
    seen: dict[int, int],
    choice: AnswerContent,
    reason: str,
    actor: Viewer,
    decided: int = 0,
) -> Reconciliation:
    """Save `choice` as the State's answer to the indicator of that key, with why, and note which ratings were weighed.

    Of the choice count rating, level, basis and minority note; the other words of the stored answer stay. `seen` are
    the ratings that the person had before them, version by row, and `decided` the number of the newest decision (0
    for none): when one was changed or added since, nothing is saved. Raises `NotVisible`, `Refused`, `Invalid` with
    messages by field, and `Conflict`: with the stored answer as `current` when it was saved over, with the newer
    decision, and with None when the ratings changed.
    """
    question = framework_tree(assessment.framework_version).find_indicator(indicator)
    if question is None:
        raise NotVisible
    require(can_reconcile(actor, assessment))
    reason = _checked_reason(reason)
    try:
        with audited():
            ratings = _weighed(assessment, question, seen)
            answer = save_answer(
                assessment=assessment,
                indicator=indicator,
                base_version=base_version,
                content=_content(assessment, question, choice, reason),
                actor=actor,
            )
            return _settle(assessment, question, answer, ratings, reason, actor, decided)
    except IntegrityError as error:
        raise _ratings_changed() from error


def _checked_reason(reason: str) -> str:
    reason = reason.replace("\r\n", "\n").strip()
    if not reason:
        raise Invalid({"why": [_("Say why you chose this.")]})
    if len(reason) > REASON_MAX:
        message = _("Use at most %(limit)d characters; this has %(count)d.")
        raise Invalid({"why": [message % {"limit": REASON_MAX, "count": len(reason)}]})
    return reason


def _weighed(assessment: Assessment, question: IndicatorView, seen: dict[int, int]) -> list[IndependentRating]:
    """The ratings as they stand, locked; raises `Conflict` when they are not those that the person saw."""
    found = IndependentRating.objects.select_for_update(of=("self",), no_key=True)
    ratings = list(
        found.filter(assessment=assessment, indicator=question.pk).select_related("membership__user").order_by("pk")
    )
    if {rating.pk: rating.version for rating in ratings} != seen:
        raise _ratings_changed()
    return ratings


def _ratings_changed() -> Conflict:
    return Conflict(_("Somebody rated this indicator in the meantime. Look at the ratings again."), current=None)


def _content(assessment: Assessment, question: IndicatorView, choice: AnswerContent, reason: str) -> AnswerContent:
    """The stored answer with what was chosen; without a level, the reason of the choice is that of the answer."""
    stored = Answer.objects.filter(assessment=assessment, indicator=question.pk).first()
    before = content_of(stored, question) if stored else AnswerContent(rating="")
    return replace(
        before,
        rating=choice.rating,
        option=choice.option,
        basis=choice.basis,
        minority_note=choice.minority_note,
        reason="" if choice.rating == AnswerRating.RATED else reason,
    )


def _settle(
    assessment: Assessment,
    question: IndicatorView,
    answer: Answer,
    ratings: list[IndependentRating],
    reason: str,
    actor: Viewer,
    decided: int,
) -> Reconciliation:
    """Note the decision. Sent twice it is one; where another came first, whatever was saved with this one goes back.

    A decision may leave the answer as it is, so its version says nothing of the decisions taken.
    """
    keys = {option.pk: option.key for option in question.scale.options}
    table = [
        {
            "rater": str(rating.membership.user.uuid),
            "agency": rating.membership.agency,
            "version": rating.version,
            "rating": rating.rating,
            "option": keys.get(rating.option_id or 0, ""),
        }
        for rating in ratings
    ]
    earlier = Reconciliation.objects.filter(assessment=assessment, indicator=question.pk)
    last = earlier.select_related("reconciled_by").order_by("-number").first()
    if last and (last.answer_version, last.reason, last.ratings) == (answer.version, reason, table):
        return last
    if last and not _is_newest(last, decided):
        raise Conflict(_("Somebody decided on this indicator before you."), current=last)
    made = Reconciliation.objects.create(
        assessment=assessment,
        indicator_id=question.pk,
        number=last.number + 1 if last else 1,
        answer_version=answer.version,
        reason=reason,
        ratings=table,
        reconciled_by=actor.user,
        reconciled_at=timezone.now(),
    )
    IndependentRating.objects.filter(pk__in=[rating.pk for rating in ratings]).update(reconciliation=made)
    record(
        verb="answer.reconciled",
        target=made,
        actor=actor,
        parties=[actor.party],
        changes={"indicator": question.key, "version": answer.version, "ratings": len(ratings)},
    )
    return made


def _is_newest(last: Reconciliation, decided: int) -> bool:
    """Whether the newest decision is the one that the person had before them."""
    return last.number == decided
