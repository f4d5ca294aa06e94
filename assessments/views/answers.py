"""The section sheet and the saving of one answer, with and without scripts in the browser."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.forms.answers import AnswerCard, AnswerForm, card_of, card_of_form, compared, resolved
from assessments.frameworks.tree import FrameworkTree, IndicatorView, NodeView, SectionView
from assessments.models import Answer, Assessment
from assessments.selectors.answers import (
    SectionProgress,
    SheetFilter,
    answer_for,
    next_indicator,
    readable_sections,
    section_decision,
    section_progress,
    sheet_page,
)
from assessments.selectors.assessments import assessment_for
from assessments.selectors.frameworks import framework_tree
from assessments.services.answers import save_answer
from wam_portal.access import Decision, refuse, require
from wam_portal.errors import Conflict, Invalid, NotVisible, Refused
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page

UNPROCESSABLE = 422
CONFLICT = 409
PAGE_DIGITS = 5


@party_page("assesses")
@require_safe
def section_sheet(request: PartyRequest, uuid: UUID, key: str) -> HttpResponse:
    """Rate the indicators of a section: a page of them, filtered if asked."""
    assessment, tree = _assessment(request, uuid)
    section = _section(tree, key)
    progress = section_progress(request.viewer, assessment, tree)
    readable = readable_sections(request.viewer, assessment, tree)
    shown = _filter(request.GET.get("show", ""))
    context: dict[str, Any] = {
        "assessment": assessment,
        "section": section,
        "progress": progress[section.key],
        "nodes": _navigation(request, assessment, tree, section, progress, readable),
        "breadcrumbs": _crumbs(request, assessment),
        "readable": section.key in readable,
        "progress_url": _url(request, "section-progress", assessment, section.key),
    }
    context["decision"] = section_decision(request.viewer, assessment, section)
    if context["readable"]:
        context |= _cards(request, assessment, section, shown, context["decision"])
        context["toggles"] = _toggles(request, assessment, section, progress[section.key], shown)
        context["next_section"] = _next_section(request, assessment, tree, section)
    return render(request, "assessments/section_sheet.html", context)


@party_page("assesses")
@require_safe
def section_progress_panel(request: PartyRequest, uuid: UUID, key: str) -> HttpResponse:
    """The line that says how far a section is, fetched again after answers were saved."""
    assessment, tree = _assessment(request, uuid)
    section = _section(tree, key)
    if section.key not in readable_sections(request.viewer, assessment, tree):
        raise Refused(_not_assigned())
    progress = section_progress(request.viewer, assessment, tree)[section.key]
    return render(request, "assessments/section_progress-panel.html", {"progress": progress})


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def answer_edit(request: PartyRequest, uuid: UUID, key: str) -> HttpResponse:
    """One indicator with its answer: shown alone, or saved."""
    assessment, tree = _assessment(request, uuid)
    indicator = tree.find_indicator(key)
    if indicator is None:
        raise NotVisible
    if request.method == "POST":
        return _save(request, assessment, tree, indicator)
    if indicator.section not in readable_sections(request.viewer, assessment, tree):
        raise Refused(_not_assigned())
    decision = section_decision(request.viewer, assessment, tree.section_of(indicator))
    card = card_of(
        indicator,
        answer_for(request.viewer, assessment, indicator),
        url=_url(request, "answer-edit", assessment, indicator.key),
        editable=decision.allowed,
    )
    context = _answer_context(request, assessment, tree, indicator)
    return render(request, "assessments/answer_edit.html", {**context, "card": card, "decision": decision})


def _save(request: PartyRequest, assessment: Assessment, tree: FrameworkTree, indicator: IndicatorView) -> HttpResponse:
    form = AnswerForm(request.POST, indicator=indicator)
    try:
        if "resolve" in request.POST:
            form = _resolved_form(request, assessment, tree, indicator)
        if not form.is_valid():
            return _invalid(request, assessment, tree, form)
        answer = save_answer(
            assessment=assessment,
            indicator=indicator.key,
            base_version=form.cleaned_data["base_version"],
            content=form.content(),
            actor=request.viewer,
        )
    except Invalid as invalid:
        add_errors(form, invalid)
        return _invalid(request, assessment, tree, form)
    except Conflict as conflict:
        return _conflict(request, assessment, tree, form, conflict.current)
    except Refused as refused:
        if not _is_fragment(request):
            raise
        text = " ".join(filter(None, [str(refused.decision.reason), str(refused.decision.who)]))
        return _state(_("Not saved: %(reason)s") % {"reason": text}, status=UNPROCESSABLE)
    return _saved(request, assessment, tree, indicator, answer)


def _resolved_form(
    request: PartyRequest, assessment: Assessment, tree: FrameworkTree, indicator: IndicatorView
) -> AnswerForm:
    """The form put together from both sides. Raises `Refused` where the stored side must not be read."""
    require(section_decision(request.viewer, assessment, tree.section_of(indicator)))
    current = answer_for(request.viewer, assessment, indicator)
    if current is None:
        return AnswerForm(request.POST, indicator=indicator)
    # Saved once more while somebody was choosing? Then the version does not fit, and saving compares anew.
    return AnswerForm(resolved(request.POST, current, indicator), indicator=indicator)


def _saved(
    request: PartyRequest, assessment: Assessment, tree: FrameworkTree, indicator: IndicatorView, answer: Answer
) -> HttpResponse:
    if _is_fragment(request):
        if "replace" in request.POST:
            url = _url(request, "answer-edit", assessment, indicator.key)
            card = card_of(indicator, answer, url=url, editable=True, back=_back(request))
            response = render(request, "assessments/answer_form.html", {"card": card})
            response = _retargeted(response, indicator)
        else:
            context = {"answer": answer, "key": indicator.key}
            response = HttpResponse(render_to_string("assessments/answer_saved.html", context))
        response["HX-Trigger"] = "answer-saved"
        return response
    following = next_indicator(tree, indicator) if "next" in request.POST else None
    return redirect(_place(request, assessment, tree, following or indicator))


def _invalid(request: PartyRequest, assessment: Assessment, tree: FrameworkTree, form: AnswerForm) -> HttpResponse:
    if _is_fragment(request) and form.lacks_rating:
        # Somebody is still writing: replacing the form under their hands would help nobody.
        return _state(_("Not saved yet: choose a level, or say why there is none"), status=UNPROCESSABLE)
    require(section_decision(request.viewer, assessment, tree.section_of(form.indicator)))
    url = _url(request, "answer-edit", assessment, form.indicator.key)
    answer = answer_for(request.viewer, assessment, form.indicator)
    card = card_of_form(form, answer, url=url, back=_back(request))
    if _is_fragment(request):
        response = render(request, "assessments/answer_form.html", {"card": card}, status=UNPROCESSABLE)
        return _retargeted(response, form.indicator)
    context = _answer_context(request, assessment, tree, form.indicator)
    context |= {"card": card, "problems": card.problems}
    return render(request, "assessments/answer_edit.html", context, status=UNPROCESSABLE)


def _conflict(
    request: PartyRequest, assessment: Assessment, tree: FrameworkTree, form: AnswerForm, current: Answer
) -> HttpResponse:
    context = {
        "fields": compared(form, current),
        "typed": form.typed(),
        "current": current,
        "indicator": form.indicator,
        "url": _url(request, "answer-edit", assessment, form.indicator.key),
        "back": _back(request),
    }
    if _is_fragment(request):
        response = render(request, "assessments/answer_conflict.html", context, status=CONFLICT)
        return _retargeted(response, form.indicator)
    context |= _answer_context(request, assessment, tree, form.indicator)
    return render(request, "assessments/answer_conflict_page.html", context, status=CONFLICT)


def _assessment(request: PartyRequest, uuid: UUID) -> tuple[Assessment, FrameworkTree]:
    assessment = assessment_for(request.viewer, uuid)
    return assessment, framework_tree(assessment.framework_version)


def _section(tree: FrameworkTree, key: str) -> SectionView:
    section = tree.find_section(key)
    if section is None:
        raise NotVisible
    return section


def _is_fragment(request: PartyRequest) -> bool:
    """Whether htmx asks for a part of the page and not for a whole one."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def _state(text: str, *, status: int) -> HttpResponse:
    return HttpResponse(render_to_string("components/save_state.html#text", {"text": text}), status=status)


def _retargeted(response: HttpResponse, indicator: IndicatorView) -> HttpResponse:
    """Let the answer take the place of the whole form."""
    response["HX-Retarget"] = f"#answer-{indicator.key}"
    response["HX-Reswap"] = "outerHTML"
    return response


def _not_assigned() -> Decision:
    return refuse(_("This section is not assigned to you."), _("A focal point can assign it to you."))


def _url(request: PartyRequest, name: str, assessment: Assessment, *args: str) -> str:
    return reverse(f"assessments:{name}", args=[request.viewer.party.slug, assessment.uuid, *args])


def _filter(value: str) -> SheetFilter:
    return SheetFilter(value) if value in set(SheetFilter) else SheetFilter.ALL


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) <= PAGE_DIGITS else 1


def _back(request: PartyRequest) -> str:
    """The filter of the sheet from which an answer was sent."""
    return _filter(request.POST.get("show", "")).value


def _place(request: PartyRequest, assessment: Assessment, tree: FrameworkTree, indicator: IndicatorView) -> str:
    """Where an indicator stands on its sheet."""
    query = {"page": tree.page_of(indicator).number}
    sheet = _url(request, "section-sheet", assessment, indicator.section)
    return f"{sheet}?{urlencode(query)}#indicator-{indicator.key}"


def _cards(
    request: PartyRequest, assessment: Assessment, section: SectionView, shown: SheetFilter, decision: Decision
) -> dict[str, Any]:
    page = sheet_page(request.viewer, assessment, section, _number(request.GET.get("page", "1")), shown)
    cards: list[AnswerCard] = []
    above: tuple[NodeView, ...] = ()
    for indicator, answer in page.rows:
        url = _url(request, "answer-edit", assessment, indicator.key)
        new = tuple(heading for heading in indicator.headings if heading not in above)
        above = indicator.headings
        cards.append(card_of(indicator, answer, url=url, editable=decision.allowed, back=shown.value, new_headings=new))
    sheet = _url(request, "section-sheet", assessment, section.key)
    pages = [
        {
            "number": number,
            "url": f"{sheet}?{urlencode({'page': number, **({'show': shown.value} if shown else {})})}",
            "current": number == page.number,
        }
        for number in range(1, page.count + 1)
    ]
    return {"cards": cards, "pages": pages, "shown": shown}


def _toggles(
    request: PartyRequest, assessment: Assessment, section: SectionView, progress: SectionProgress, shown: SheetFilter
) -> list[dict[str, Any]]:
    sheet = _url(request, "section-sheet", assessment, section.key)
    toggles = [
        (SheetFilter.ALL, _("All"), progress.total),
        (SheetFilter.NOT_RATED, _("Not rated"), progress.unanswered),
        (SheetFilter.NO_BASIS, _("No basis given"), progress.no_basis),
        (SheetFilter.UNKNOWN, _("Unknown"), progress.unknown),
    ]
    return [
        {
            "label": label,
            "count": count,
            "current": kind is shown,
            "url": f"{sheet}?show={kind.value}" if kind else sheet,
        }
        for kind, label, count in toggles
    ]


def _navigation(
    request: PartyRequest,
    assessment: Assessment,
    tree: FrameworkTree,
    current: SectionView,
    progress: dict[str, SectionProgress],
    readable: frozenset[str],
) -> list[dict[str, Any]]:
    return [
        {
            "label": section.node.title,
            "url": _url(request, "section-sheet", assessment, section.key),
            "current": section is current,
            "done": progress[section.key].answered,
            "total": progress[section.key].total if section.key in readable else 0,
        }
        for section in tree.sections
    ]


def _next_section(
    request: PartyRequest, assessment: Assessment, tree: FrameworkTree, section: SectionView
) -> dict[str, str] | None:
    following = tree.next_section(section.key)
    if following is None:
        return None
    return {"title": following.node.title, "url": _url(request, "section-sheet", assessment, following.key)}


def _crumbs(request: PartyRequest, assessment: Assessment) -> list[tuple[str, str]]:
    return [
        (_("Baselines"), reverse("assessments:assessment-list", args=[request.viewer.party.slug])),
        (assessment.title, _url(request, "assessment-detail", assessment)),
    ]


def _answer_context(
    request: PartyRequest, assessment: Assessment, tree: FrameworkTree, indicator: IndicatorView
) -> dict[str, Any]:
    section = tree.section_of(indicator)
    sheet = _url(request, "section-sheet", assessment, section.key)
    return {
        "assessment": assessment,
        "indicator": indicator,
        "place": _place(request, assessment, tree, indicator),
        "breadcrumbs": [*_crumbs(request, assessment), (section.node.title, sheet)],
    }
