"""Portfolios of coordinators: the list, the policy, the proposal, two side by side, and what is sent to both sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperation.enums import Standing
from cooperation.forms.portfolios import CompareForm, PortfolioForm, initial_of, pairs_of, usual_initial
from cooperation.models import PortfolioRun
from cooperation.selectors.overlap_list import needs_with_help
from cooperation.selectors.portfolio_comparison import compare_portfolios
from cooperation.selectors.portfolio_flow import money_flow
from cooperation.selectors.portfolio_results import (
    PortfolioReading,
    aside_lines,
    coverage_tables,
    headline_of,
    marginal_lines,
    ordered_allocations,
    ordered_unmet,
    ordered_values,
    pair_labels,
    pairs_to_send,
    policy_facts,
    proposal_lines,
    reading_of,
    technical_facts,
    tier_lines,
    unmet_lines,
)
from cooperation.selectors.portfolios import (
    basis_of,
    comparable_portfolios,
    policy_of_run,
    portfolio_for,
    portfolios_for,
    require_coordinator,
    standing_of,
    with_standing,
)
from cooperation.services.portfolio_suggestions import Sent, suggest_pairs
from cooperation.services.portfolios import discard_portfolio, request_portfolio
from wam_portal.errors import Invalid
from wam_portal.formats import format_number
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25
UNPROCESSABLE = 422
SHOWN = (Standing.CURRENT, Standing.STALE)


@party_page
@require_safe
def portfolio_list(request: PartyRequest) -> HttpResponse:
    """The portfolios of the coordinator's party, newest first, and two of them to compare."""
    page = Paginator(portfolios_for(request.viewer), PAGE_LENGTH).get_page(request.GET.get("page"))
    basis = basis_of(request.viewer)
    runs = comparable_portfolios(request.viewer, basis)
    columns = (_("Name"), _("Status"), pgettext("when", "Asked for"), _("By"))
    context = {
        "page_obj": page,
        "rows": with_standing(page.object_list, basis),
        "columns": [{"label": label} for label in columns],
        "compare": CompareForm(runs=runs) if len(runs) > 1 else None,
        "breadcrumbs": [(_("Portfolios"), "")],
    }
    return render(request, "cooperation/portfolio_list.html", context)


@party_page
@require_http_methods(["GET", "HEAD", "POST"])
def portfolio_add(request: PartyRequest) -> HttpResponse:
    """The policy as a form; sending it asks for the portfolio."""
    require_coordinator(request.viewer)
    if request.method != "POST":
        return _form_page(request, PortfolioForm(initial=_initial(request)))
    form = PortfolioForm(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        try:
            run = request_portfolio(
                name=values["name"], values=form.values(), form_key=values["form_key"], actor=request.viewer
            )
        except Invalid as invalid:
            form.attach(invalid)
        else:
            return redirect("cooperation:portfolio-detail", request.viewer.party.slug, run.uuid)
    return _form_page(request, form, status=UNPROCESSABLE)


@party_page
@require_safe
def portfolio_detail(request: PartyRequest, portfolio: UUID) -> HttpResponse:
    """One portfolio: how far it is, or one part of what it proposes."""
    run = portfolio_for(request.viewer, portfolio)
    standing = standing_of(run, basis_of(request.viewer))
    if standing not in SHOWN:
        context = {**_progress(request, run, standing), "breadcrumbs": _crumbs(request, run)}
        return render(request, "cooperation/portfolio_waiting.html", context)
    part = request.GET.get("part", "")
    name = part if part in PARTS else "detail"
    return render(request, f"cooperation/portfolio_{name}.html", _shown(request, run, standing, reading_of(run), name))


@party_page
@require_safe
def portfolio_progress_panel(request: PartyRequest, portfolio: UUID) -> HttpResponse:
    """How far a portfolio is; polled while it is worked out."""
    run = portfolio_for(request.viewer, portfolio)
    context = {**_progress(request, run, standing_of(run, basis_of(request.viewer))), "polled": True}
    return render(request, "cooperation/portfolio_progress-panel.html", context)


@party_page
@require_safe
def portfolio_compare(request: PartyRequest) -> HttpResponse:
    """Two portfolios side by side: what they were asked, what they cover, and in which pairs they differ."""
    require_coordinator(request.viewer)
    runs = comparable_portfolios(request.viewer, basis_of(request.viewer))
    form = CompareForm(request.GET or None, runs=runs)
    context: dict[str, Any] = {
        "form": form,
        "enough": len(runs) > 1,
        "breadcrumbs": [(_("Portfolios"), _url(request, "portfolio-list")), (_("Compare"), "")],
    }
    if form.is_valid():
        one, other = (
            reading_of(portfolio_for(request.viewer, UUID(form.cleaned_data[name]))) for name in ("one", "other")
        )
        found = compare_portfolios(one, other)
        page = Paginator(found.differences, PAGE_LENGTH).get_page(request.GET.get("page"))
        columns = (_("Request"), _("State"), _("Area"), _("Donor"), _("Offer"), one.run.name, other.run.name)
        context |= {
            "one": one.run,
            "other": other.run,
            "found": found,
            "page_obj": page,
            "rows": page.object_list,
            "columns": [{"label": label} for label in columns],
        }
    return render(request, "cooperation/portfolio_compare.html", context)


@party_page
@require_POST
def portfolio_send(request: PartyRequest, portfolio: UUID) -> HttpResponse:
    """Suggest chosen lines to both sides, once the coordinator has confirmed what will happen."""
    run = portfolio_for(request.viewer, portfolio)
    keys = request.POST.getlist("pair")
    back = f"{_url(request, 'portfolio-detail', run.uuid)}?part=proposal"
    standing = standing_of(run, basis_of(request.viewer))
    if standing not in SHOWN:
        return redirect("cooperation:portfolio-detail", request.viewer.party.slug, run.uuid)
    reading = reading_of(run)
    labels = pairs_to_send(reading, pairs_of(keys))
    if labels and "confirmed" not in request.POST:
        return render(
            request,
            "cooperation/portfolio_send.html",
            _sending(request, keys, labels, back, stale=standing == Standing.STALE),
        )
    try:
        sent = suggest_pairs(run=run, pairs=pairs_of(keys), actor=request.viewer)
    except Invalid as invalid:
        context = _shown(request, run, standing, reading, "proposal") | {"problems": [{"text": invalid.message}]}
        return render(request, "cooperation/portfolio_proposal.html", context, status=UNPROCESSABLE)
    _tell(request, reading, sent)
    return redirect(back)


@party_page
@require_http_methods(["GET", "HEAD", "POST"])
def portfolio_discard(request: PartyRequest, portfolio: UUID) -> HttpResponse:
    """Ask, then take a portfolio away."""
    run = portfolio_for(request.viewer, portfolio)
    if request.method == "POST":
        discard_portfolio(run=run, actor=request.viewer)
        messages.success(request, _("The portfolio was discarded."))
        return redirect("cooperation:portfolio-list", request.viewer.party.slug)
    context = {
        "heading": _("Discard the portfolio “%(name)s”?") % {"name": run.name},
        "effects": [
            _("The proposal is deleted, for your colleagues too."),
            _("What was sent to donors and States stays with them."),
        ],
        "confirm_label": _("Discard"),
        "danger": True,
        "cancel_url": _url(request, "portfolio-detail", run.uuid),
        "breadcrumbs": _crumbs(request, run),
    }
    return render(request, "components/confirm.html", context)


def _initial(request: PartyRequest) -> dict[str, Any]:
    """The usual policy, or that of a portfolio that is made anew."""
    source = request.GET.get("from", "")
    try:
        run = portfolio_for(request.viewer, UUID(source)) if source else None
    except ValueError:
        run = None
    return initial_of(policy_of_run(run), name=run.name) if run else usual_initial()


def _form_page(request: PartyRequest, form: PortfolioForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "cancel_url": _url(request, "portfolio-list"),
        "breadcrumbs": [(_("Portfolios"), _url(request, "portfolio-list")), (_("New portfolio"), "")],
    }
    return render(request, "cooperation/portfolio_form.html", context, status=status)


def _progress(request: PartyRequest, run: PortfolioRun, standing: Standing) -> dict[str, Any]:
    page_url = _url(request, "portfolio-detail", run.uuid)
    return {
        "run": run,
        "standing": standing,
        "stale": standing == Standing.STALE,
        "ended": standing == Standing.ENDED,
        "job": run.job,
        "poll_url": _url(request, "portfolio-progress-panel", run.uuid),
        "page_url": page_url,
        "result_url": page_url if standing in SHOWN else "",
        "again_url": f"{_url(request, 'portfolio-add')}?from={run.uuid}",
        "discard_url": _url(request, "portfolio-discard", run.uuid),
    }


def _shown(
    request: PartyRequest, run: PortfolioRun, standing: Standing, reading: PortfolioReading, part: str
) -> dict[str, Any]:
    return {
        **_progress(request, run, standing),
        **PARTS[part](request, reading),
        "tabs": _tabs(request, run, part),
        "breadcrumbs": _crumbs(request, run),
    }


def _overview(request: PartyRequest, reading: PortfolioReading) -> dict[str, Any]:
    reading = replace(reading, helped=needs_with_help(request.viewer))
    return {
        "facts": headline_of(reading),
        "flow": money_flow(reading),
        "tiers": tier_lines(reading),
        "tables": coverage_tables(reading),
    }


def _proposal(request: PartyRequest, reading: PortfolioReading) -> dict[str, Any]:
    page = Paginator(ordered_allocations(reading), PAGE_LENGTH).get_page(request.GET.get("page"))
    labels = [
        (_("Send"), False),
        (_("Request"), False),
        (_("State"), False),
        (_("Need"), False),
        (_("Offer"), False),
        (_("Amount"), True),
        (_("Score"), True),
        (_("Step"), True),
    ]
    return {
        "page_obj": page,
        "rows": proposal_lines(reading, page.object_list),
        "columns": _columns(labels),
        "send_url": _url(request, "portfolio-send", reading.run.uuid),
    }


def _unmet(request: PartyRequest, reading: PortfolioReading) -> dict[str, Any]:
    page = Paginator(ordered_unmet(reading), PAGE_LENGTH).get_page(request.GET.get("page"))
    labels = [
        (_("Request"), False),
        (_("State"), False),
        (_("Need"), False),
        (_("Sought"), True),
        (_("Still missing"), True),
        (_("Why"), False),
    ]
    return {"page_obj": page, "rows": unmet_lines(reading, page.object_list), "columns": _columns(labels)}


def _aside(request: PartyRequest, reading: PortfolioReading) -> dict[str, Any]:
    page = Paginator(aside_lines(reading), PAGE_LENGTH).get_page(request.GET.get("page"))
    labels = [(_("Request, need or offer"), False), (_("Why"), False)]
    return {"page_obj": page, "rows": page.object_list, "columns": _columns(labels)}


def _values(request: PartyRequest, reading: PortfolioReading) -> dict[str, Any]:
    page = Paginator(ordered_values(reading), PAGE_LENGTH).get_page(request.GET.get("page"))
    labels = [
        (_("Severity"), False),
        (_("Functional area"), False),
        (_("Region"), False),
        (_("Needs"), True),
        (_("Worth of one more unit"), True),
    ]
    return {
        "page_obj": page,
        "rows": marginal_lines(reading, page.object_list),
        "columns": _columns(labels),
        "policy": policy_facts(reading.run),
        "technical": technical_facts(reading.run),
    }


PARTS: dict[str, Callable[[PartyRequest, PortfolioReading], dict[str, Any]]] = {
    "detail": _overview,
    "proposal": _proposal,
    "unmet": _unmet,
    "aside": _aside,
    "values": _values,
}


def _columns(labels: list[tuple[str, bool]]) -> list[dict[str, Any]]:
    return [{"label": label, "numeric": numeric} for label, numeric in labels]


def _tabs(request: PartyRequest, run: PortfolioRun, current: str) -> list[dict[str, Any]]:
    url = _url(request, "portfolio-detail", run.uuid)
    parts = (
        ("detail", _("Overview")),
        ("proposal", _("Proposal")),
        ("unmet", _("Unmet needs")),
        ("aside", _("Taking no part")),
        ("values", _("Policy and values")),
    )
    return [
        {"label": label, "url": url if part == "detail" else f"{url}?part={part}", "current": part == current}
        for part, label in parts
    ]


def _sending(request: PartyRequest, keys: list[str], labels: list[str], back: str, *, stale: bool) -> dict[str, Any]:
    count = len(labels)
    changed = _(
        "What this portfolio rests on has changed since it was worked out; it may be better to make it anew first."
    )
    heading = ngettext("Suggest %(count)s pair to both sides?", "Suggest %(count)s pairs to both sides?", count)
    return {
        "heading": heading % {"count": format_number(count)},
        "effects": [
            *([changed] if stale else []),
            _("Donor and State read in their timeline and work list that you suggest the pair, and the amount."),
            _("A donor to whom the exact amount was not granted reads no amount."),
            _("Nothing is agreed and nothing is committed: they decide."),
        ],
        "confirm_label": _("Send"),
        "cancel_url": back,
        "keys": keys,
        "labels": labels,
        "breadcrumbs": [(_("Portfolios"), _url(request, "portfolio-list")), (_("Send"), "")],
    }


def _tell(request: PartyRequest, reading: PortfolioReading, sent: Sent) -> None:
    if sent.sent:
        count = len(sent.sent)
        text = ngettext("%(count)s pair was sent to both sides.", "%(count)s pairs were sent to both sides.", count)
        messages.success(request, text % {"count": format_number(count)})
    if sent.before:
        messages.info(request, _("Sent before: %(pairs)s.") % {"pairs": "; ".join(pair_labels(reading, sent.before))})
    if sent.closed:
        pairs = "; ".join(pair_labels(reading, sent.closed))
        closed = _(
            "Not open for a suggestion now: %(pairs)s. Why is not told: donors and States decide among themselves."
        )
        messages.warning(request, closed % {"pairs": pairs})


def _crumbs(request: PartyRequest, run: PortfolioRun) -> list[tuple[str, str]]:
    return [(_("Portfolios"), _url(request, "portfolio-list")), (run.name, "")]


def _url(request: PartyRequest, name: str, *args: object) -> str:
    return reverse(f"cooperation:{name}", args=[request.viewer.party.slug, *args])
