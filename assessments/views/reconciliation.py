"""All ratings of an indicator side by side, and the choice of the State's answer."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.forms.answers import form_values, in_words
from assessments.forms.reconciliation import ReconcileCard, ReconcileForm, reconcile_card, reconcile_card_of
from assessments.frameworks.tree import IndicatorView
from assessments.models import Assessment
from assessments.permissions import can_read_ratings, can_reconcile
from assessments.selectors.assessments import assessment_for
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.reconciliation import Comparison, Shown, comparison_of, comparison_page
from assessments.services.answers import content_of
from assessments.services.reconciliation import reconcile
from assessments.views.pages import CONFLICT, UNPROCESSABLE, page_links, page_number, page_url
from wam_portal.access import require
from wam_portal.errors import Conflict, Invalid, NotVisible
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page


@party_page("assesses")
@require_safe
def reconcile_list(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """What agencies rated, disagreements that nobody has decided first."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_read_ratings(request.viewer))
    tree, shown = framework_tree(assessment.framework_version), _shown(request)
    page = comparison_page(request.viewer, assessment, tree, shown, page_number(request))
    here = page_url(request, "reconcile-list", assessment.uuid)
    labels = {Shown.WAITING: _("To decide"), Shown.DISAGREEMENTS: _("All disagreements"), Shown.ALL: _("All ratings")}
    context = {
        "assessment": assessment,
        "cards": [_card(request, assessment, row, shown, page.number) for row in page.rows],
        "decision": can_reconcile(request.viewer, assessment),
        "rated": page.counts[Shown.ALL],
        "assign_url": page_url(request, "assignment-list", assessment.uuid),
        "toggles": [
            {"label": label, "count": page.counts[kind], "current": kind is shown, "url": _query(here, kind, 1)}
            for kind, label in labels.items()
        ],
        "pages": page_links(page.number, page.count, lambda number: _query(here, shown, number)),
        "breadcrumbs": _crumbs(request, assessment),
    }
    return render(request, "assessments/reconcile_list.html", context)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def reconcile_indicator(request: PartyRequest, uuid: UUID, key: str) -> HttpResponse:
    """One indicator with everything that was rated on it: shown alone, or decided."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_read_ratings(request.viewer))
    indicator = framework_tree(assessment.framework_version).find_indicator(key)
    comparison = comparison_of(request.viewer, assessment, indicator) if indicator else None
    if indicator is None or comparison is None:
        raise NotVisible
    if request.method != "POST":
        return _page(request, assessment, _card(request, assessment, comparison, _shown(request), page_number(request)))
    require(can_reconcile(request.viewer, assessment))
    form = ReconcileForm(request.POST)
    problem = _save(request, assessment, indicator, form)
    if problem:
        return _problem(request, assessment, indicator, form, problem)
    messages.success(request, _("Saved as the answer of your State, with your reason."))
    return redirect(_place(request, assessment))


def _save(request: PartyRequest, assessment: Assessment, indicator: IndicatorView, form: ReconcileForm) -> int:
    """Save what was chosen; answers the status of what went wrong, 0 when nothing did."""
    if not form.is_valid():
        return UNPROCESSABLE
    try:
        reconcile(
            assessment=assessment,
            indicator=indicator.key,
            base_version=form.cleaned_data["base_version"],
            seen=form.cleaned_data["seen"],
            choice=form.choice(),
            reason=form.cleaned_data["why"],
            actor=request.viewer,
            decided=form.cleaned_data["decided"] or 0,
        )
    except Invalid as invalid:
        add_errors(form, invalid)
        return UNPROCESSABLE
    except Conflict as conflict:
        text = _("%(what)s Below is how it stands now; what you typed is still there.")
        form.add_error(None, text % {"what": conflict.message})
        return CONFLICT
    return 0


def _decision_in_words(comparison: Comparison) -> str:
    """What somebody else decided and why, for whoever decided at the same time."""
    last, answer = comparison.last, comparison.answer
    if last is None or answer is None:
        return ""
    rating = form_values(content_of(answer, comparison.indicator))["rating"]
    text = _("%(who)s chose “%(choice)s”: %(reason)s")
    return text % {
        "who": last.reconciled_by.full_name,
        "choice": in_words("rating", rating, comparison.indicator),
        "reason": last.reason,
    }


def _problem(
    request: PartyRequest, assessment: Assessment, indicator: IndicatorView, form: ReconcileForm, status: int
) -> HttpResponse:
    """The indicator with what was typed and what is wrong, beside how the ratings stand now."""
    comparison = comparison_of(request.viewer, assessment, indicator)
    if comparison is None:
        raise NotVisible
    # After a conflict the person looks at the newest state, so that is what they decide on next.
    version, decided = comparison.answer.version if comparison.answer else 0, comparison.decided
    if status != CONFLICT:
        version, decided = _number(form, "base_version"), _number(form, "decided")
    elif decided > _number(form, "decided"):
        form.add_error(None, _decision_in_words(comparison))
    url = _query(_url(request, assessment, indicator), _shown(request), page_number(request))
    card = reconcile_card_of(form, comparison, url=url, version=version, decided=decided)
    return _page(request, assessment, card, status=status)


def _number(form: ReconcileForm, name: str) -> int:
    sent = str(form.data.get(name, ""))
    return int(sent) if sent.isascii() and sent.isdigit() else 0


def _page(request: PartyRequest, assessment: Assessment, card: ReconcileCard, *, status: int = 200) -> HttpResponse:
    place = _place(request, assessment)
    context = {
        "assessment": assessment,
        "card": card,
        "decision": can_reconcile(request.viewer, assessment),
        "problems": card.problems,
        "place": place,
        "breadcrumbs": [*_crumbs(request, assessment), (_("Reconcile"), place)],
    }
    return render(request, "assessments/reconcile_indicator.html", context, status=status)


def _card(request: PartyRequest, assessment: Assessment, row: Comparison, shown: Shown, number: int) -> ReconcileCard:
    return reconcile_card(row, url=_query(_url(request, assessment, row.indicator), shown, number))


def _url(request: PartyRequest, assessment: Assessment, indicator: IndicatorView) -> str:
    return page_url(request, "reconcile-indicator", assessment.uuid, indicator.key)


def _place(request: PartyRequest, assessment: Assessment) -> str:
    """The page of the list from which somebody came."""
    return _query(page_url(request, "reconcile-list", assessment.uuid), _shown(request), page_number(request))


def _shown(request: PartyRequest) -> Shown:
    value = request.GET.get("show", "")
    return Shown(value) if value in set(Shown) else Shown.WAITING


def _query(url: str, shown: Shown, number: int) -> str:
    query: dict[str, Any] = {"show": shown.value} if shown else {}
    if number > 1:
        query["page"] = number
    return f"{url}?{urlencode(query)}" if query else url


def _crumbs(request: PartyRequest, assessment: Assessment) -> list[tuple[str, str]]:
    return [
        (_("Baselines"), page_url(request, "assessment-list")),
        (assessment.title, page_url(request, "assessment-detail", assessment.uuid)),
    ]
