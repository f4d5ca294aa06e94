"""What saving an answer and saving an independent rating have in common, with and without scripts in the browser."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from assessments.forms.answers import AnswerCard, AnswerForm, Saved, card_of, card_of_form, compared, resolved
from assessments.frameworks.tree import IndicatorView
from assessments.models import Assessment
from assessments.selectors.cycles import previous_answers
from assessments.services.answers import AnswerContent
from assessments.views.pages import CONFLICT, UNPROCESSABLE, is_fragment
from wam_portal.access import Decision, require
from wam_portal.errors import Conflict, Invalid, Refused
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest


class Desk(ABC):
    """Where somebody answers: for the State, or independently of it."""

    independent = False

    def __init__(self, request: PartyRequest, assessment: Assessment) -> None:
        self.request = request
        self.assessment = assessment

    @abstractmethod
    def url(self, indicator: IndicatorView) -> str:
        """Where an answer to the indicator is sent."""

    @abstractmethod
    def place(self, indicator: IndicatorView) -> str:
        """Where the indicator stands on its sheet."""

    @abstractmethod
    def following(self, indicator: IndicatorView) -> IndicatorView | None:
        """The indicator that comes next for this person; None after the last."""

    @abstractmethod
    def current(self, indicator: IndicatorView) -> Saved | None:
        """What is stored."""

    @abstractmethod
    def decision(self, indicator: IndicatorView) -> Decision:
        """Whether the person may answer."""

    @abstractmethod
    def save(self, indicator: IndicatorView, base_version: int, content: AnswerContent) -> Saved:
        """Save through the service. Raises what it raises."""

    @abstractmethod
    def context(self, indicator: IndicatorView) -> dict[str, Any]:
        """What the page of one indicator shows around the card."""

    @abstractmethod
    def back(self) -> str:
        """The filter of the sheet from which an answer was sent."""

    def card(self, indicator: IndicatorView, saved: Saved | None, *, editable: bool, back: str = "") -> AnswerCard:
        """The card of the indicator as it is stored."""
        url = self.url(indicator)
        return card_of(indicator, saved, url=url, editable=editable, back=back, independent=self.independent)


def indicator_page(
    desk: Desk, indicator: IndicatorView, *, extra: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """One indicator alone on a page; `extra` values take the place of what the desk shows around it."""
    decision = desk.decision(indicator)
    card = desk.card(indicator, desk.current(indicator), editable=decision.allowed)
    before = previous_answers(desk.request.viewer, desk.assessment, [indicator]).get(indicator.key)
    context = {**desk.context(indicator), "card": card, "decision": decision, "previous": before, **(extra or {})}
    return render(desk.request, "assessments/answer_edit.html", context, status=status)


def save_page(desk: Desk, indicator: IndicatorView) -> HttpResponse:
    """Save what was sent and answer with the new state, what is wrong, or both sides of a conflict."""
    form = AnswerForm(desk.request.POST, indicator=indicator)
    try:
        if "resolve" in desk.request.POST:
            form = _resolved_form(desk, indicator)
        if not form.is_valid():
            return _invalid(desk, form)
        saved = desk.save(indicator, form.cleaned_data["base_version"], form.content())
    except Invalid as invalid:
        add_errors(form, invalid)
        return _invalid(desk, form)
    except Conflict as conflict:
        return _conflict(desk, form, conflict.current)
    except Refused as refused:
        if not is_fragment(desk.request):
            raise
        text = " ".join(filter(None, [str(refused.decision.reason), str(refused.decision.who)]))
        return _state(_("Not saved: %(reason)s") % {"reason": text}, status=UNPROCESSABLE)
    return _saved(desk, indicator, saved)


def _resolved_form(desk: Desk, indicator: IndicatorView) -> AnswerForm:
    """The form put together from both sides. Raises `Refused` where the stored side must not be read."""
    require(desk.decision(indicator))
    current = desk.current(indicator)
    if current is None:
        return AnswerForm(desk.request.POST, indicator=indicator)
    # Saved once more while somebody was choosing? Then the version does not fit, and saving compares anew.
    return AnswerForm(resolved(desk.request.POST, current, indicator), indicator=indicator)


def _saved(desk: Desk, indicator: IndicatorView, saved: Saved) -> HttpResponse:
    if not is_fragment(desk.request):
        following = desk.following(indicator) if "next" in desk.request.POST else None
        return redirect(desk.place(following or indicator))
    if "replace" in desk.request.POST:
        card = desk.card(indicator, saved, editable=True, back=desk.back())
        response = render(desk.request, "assessments/answer_form.html", {"card": card})
        response = _retargeted(response, indicator)
    else:
        context = {"answer": saved, "key": indicator.key}
        response = HttpResponse(render_to_string("assessments/answer_saved.html", context))
    response["HX-Trigger"] = "answer-saved"
    return response


def _invalid(desk: Desk, form: AnswerForm) -> HttpResponse:
    request, indicator = desk.request, form.indicator
    if is_fragment(request) and form.lacks_rating:
        # Somebody is still writing: replacing the form under their hands would help nobody.
        return _state(_("Not saved yet: choose a level, or say why there is none"), status=UNPROCESSABLE)
    require(desk.decision(indicator))
    saved, url = desk.current(indicator), desk.url(indicator)
    card = card_of_form(form, saved, url=url, back=desk.back(), independent=desk.independent)
    if is_fragment(request):
        response = render(request, "assessments/answer_form.html", {"card": card}, status=UNPROCESSABLE)
        return _retargeted(response, indicator)
    context = {**desk.context(indicator), "card": card, "problems": card.problems}
    return render(request, "assessments/answer_edit.html", context, status=UNPROCESSABLE)


def _conflict(desk: Desk, form: AnswerForm, current: Saved) -> HttpResponse:
    request, indicator = desk.request, form.indicator
    context = {
        "fields": compared(form, current, independent=desk.independent),
        "typed": form.typed(),
        "current": current,
        "indicator": indicator,
        "url": desk.url(indicator),
        "back": desk.back(),
    }
    if is_fragment(request):
        response = render(request, "assessments/answer_conflict.html", context, status=CONFLICT)
        return _retargeted(response, indicator)
    context |= desk.context(indicator)
    return render(request, "assessments/answer_conflict_page.html", context, status=CONFLICT)


def _state(text: str, *, status: int) -> HttpResponse:
    return HttpResponse(render_to_string("components/save_state.html#text", {"text": text}), status=status)


def _retargeted(response: HttpResponse, indicator: IndicatorView) -> HttpResponse:
    """Let the answer take the place of the whole form."""
    response["HX-Retarget"] = f"#answer-{indicator.key}"
    response["HX-Reswap"] = "outerHTML"
    return response
