"""Offers: the list, the editor, publishing, closing, and asking for matches."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperation.enums import OfferStatus
from cooperation.filters import OfferFilter
from cooperation.forms.offers import ClosingForm, OfferForm, initial_of
from cooperation.models import Offer
from cooperation.permissions import (
    can_close_offer,
    can_confirm_offer,
    can_copy_offer,
    can_edit_offer,
    can_offer,
    can_publish_offer,
    can_reopen_offer,
    can_run_matching,
)
from cooperation.selectors.capacity import CapacityLedger, capacity_of
from cooperation.selectors.demand import LEAST_STATES, DemandCell, demand_for
from cooperation.selectors.matches import counts_by_offer, match_totals, running_job
from cooperation.selectors.offers import facts_of_offer, offer_for, offer_list_of, own_offer, question_of
from cooperation.selectors.wording import area_label
from cooperation.services.offer_reminders import confirm_offer
from cooperation.services.offers import (
    ask_for_matches,
    close_offer,
    copy_offer,
    draft_offer,
    edit_offer,
    publish_offer,
    reopen_offer,
)
from wam_portal.access import Viewer, require
from wam_portal.errors import Conflict, Invalid
from wam_portal.formats import alphabetical
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25
UNPROCESSABLE = 422
CONFLICT = 409
DEMAND_FIELDS = ("functional_areas", "assistance_types", "included", "excluded")
"""What the demand shown in the editor depends on."""
ACTIONS = ("edit", "publish", "close", "confirm", "copy", "reopen", "run")


@party_page
@require_safe
def offer_list(request: PartyRequest) -> HttpResponse:
    """One's own offers for donors; for others those that they may see."""
    viewer = request.viewer
    filterset = OfferFilter(request.GET, queryset=offer_list_of(viewer), request=request)
    page = Paginator(filterset.qs, PAGE_LENGTH).get_page(request.GET.get("page"))
    offers = list(page.object_list)
    counts = counts_by_offer(viewer, offers) if viewer.party.offers else {}
    context = {
        "filterset": filterset,
        "page_obj": page,
        "rows": [
            {"offer": offer, "url": _url("offer-detail", viewer, offer), "counts": counts.get(offer.pk)}
            for offer in offers
        ],
        "columns": _columns(viewer),
        "own": viewer.party.offers,
        "can_offer": can_offer(viewer),
        "import_url": reverse("cooperation:offer-import", args=[viewer.party.slug]),
        "add_url": reverse("cooperation:offer-add", args=[viewer.party.slug]),
        "breadcrumbs": [(_("Offers"), "")],
    }
    return render(request, "cooperation/offer_list.html", context)


@party_page
@require_safe
def offer_detail(request: PartyRequest, offer: UUID) -> HttpResponse:
    """One offer: what it says, what it reaches, what is left of it."""
    return _page(request, offer_for(request.viewer, offer))


@party_page("offers")
@require_http_methods(["GET", "HEAD", "POST"])
def offer_add(request: PartyRequest) -> HttpResponse:
    """Draft an offer."""
    require(can_offer(request.viewer))
    form = OfferForm(request.POST or None, publishes="publish" in request.POST)
    if request.method != "POST":
        return _editor(request, form)
    if form.is_valid():
        try:
            offer = draft_offer(values=form.values(), actor=request.viewer, publish="publish" in request.POST)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _published() if "publish" in request.POST else _kept())
            return redirect(_url("offer-detail", request.viewer, offer))
    return _editor(request, form, status=UNPROCESSABLE)


@party_page("offers")
@require_http_methods(["GET", "HEAD", "POST"])
def offer_edit(request: PartyRequest, offer: UUID) -> HttpResponse:
    """Change an offer."""
    found = own_offer(request.viewer, offer)
    require(can_edit_offer(request.viewer, found))
    if request.method != "POST":
        return _editor(request, OfferForm(initial=initial_of(found)), found)
    form = OfferForm(request.POST, current=found, publishes="publish" in request.POST)
    if not form.is_valid():
        return _editor(request, form, found, status=UNPROCESSABLE)
    try:
        version = form.cleaned_data["base_version"] or 0
        publish = "publish" in request.POST and found.status == OfferStatus.DRAFT
        edit_offer(offer=found, base_version=version, values=form.values(), actor=request.viewer, publish=publish)
    except Invalid as invalid:
        add_errors(form, invalid)
        return _editor(request, form, found, status=UNPROCESSABLE)
    except Conflict as conflict:
        return _conflict(request, form, conflict)
    messages.success(request, _published() if publish else _("The offer is saved."))
    return redirect(_url("offer-detail", request.viewer, found))


@party_page("offers")
@require_safe
def offer_demand_panel(request: PartyRequest) -> HttpResponse:
    """What States ask for, for what is chosen in the editor at this moment; nothing that could be one State's."""
    require(can_offer(request.viewer))
    chosen = {name: request.GET.getlist(name) for name in DEMAND_FIELDS}
    context = {"demand": _demand(request.viewer, chosen), "least": LEAST_STATES}
    return render(request, "cooperation/offer_demand-panel.html", context)


@party_page("offers")
@require_POST
def offer_publish(request: PartyRequest, offer: UUID) -> HttpResponse:
    """Publish a draft; what is missing is shown in the editor, beside the fields."""
    found = own_offer(request.viewer, offer)
    try:
        publish_offer(offer=found, base_version=_version(request, found), actor=request.viewer)
    except Invalid as invalid:
        form = OfferForm({name: value for name, value in initial_of(found).items() if value is not None})
        form.is_valid()
        add_errors(form, invalid)
        return _editor(request, form, found, status=UNPROCESSABLE)
    messages.success(request, _published())
    return redirect(_url("offer-detail", request.viewer, found))


@party_page("offers")
@require_POST
def offer_close(request: PartyRequest, offer: UUID) -> HttpResponse:
    """Close an offer, saying why."""
    found = own_offer(request.viewer, offer)
    require(can_close_offer(request.viewer, found))
    form = ClosingForm({"base_version": _version(request, found), "reason": request.POST.get("reason", "")})
    if not form.is_valid():
        return _page(request, found, closing=form, status=UNPROCESSABLE)
    try:
        close_offer(offer=found, actor=request.viewer, **form.cleaned_data)
    except Invalid as invalid:
        add_errors(form, invalid)
        return _page(request, found, closing=form, status=UNPROCESSABLE)
    messages.success(request, _("The offer is closed. Undecided matches were withdrawn; agreed ones stand."))
    return redirect(_url("offer-detail", request.viewer, found))


@party_page("offers")
@require_POST
def offer_reopen(request: PartyRequest, offer: UUID) -> HttpResponse:
    """Take a closed offer up again, as a draft."""
    found = own_offer(request.viewer, offer)
    reopen_offer(offer=found, base_version=_version(request, found), actor=request.viewer)
    messages.success(request, _("The offer is a draft again. Look it through and publish it."))
    return redirect(_url("offer-detail", request.viewer, found))


@party_page("offers")
@require_POST
def offer_confirm(request: PartyRequest, offer: UUID) -> HttpResponse:
    """Say that a published offer is still valid as it stands."""
    found = own_offer(request.viewer, offer)
    confirm_offer(offer=found, actor=request.viewer)
    messages.success(request, _("Thank you. The offer stands as it is."))
    return redirect(_url("offer-detail", request.viewer, found))


@party_page("offers")
@require_POST
def offer_copy(request: PartyRequest, offer: UUID) -> HttpResponse:
    """Draft an offer that says the same as another."""
    copied = copy_offer(offer=own_offer(request.viewer, offer), actor=request.viewer)
    messages.success(request, _("This is a draft that says the same as the other offer. Change what differs."))
    return redirect(_url("offer-edit", request.viewer, copied))


@party_page("offers")
@require_POST
def offer_run(request: PartyRequest, offer: UUID) -> HttpResponse:
    """Have the matches of a published offer worked out again."""
    found = own_offer(request.viewer, offer)
    ask_for_matches(offer=found, actor=request.viewer)
    messages.success(request, _("The matches are being worked out. You can leave this page."))
    return redirect(_url("offer-detail", request.viewer, found))


def _version(request: PartyRequest, offer: Offer) -> int:
    """The version that the page showed; a button without one acts on the offer as it stands."""
    text = request.POST.get("base_version", "")
    return int(text) if text.isascii() and text.isdigit() else offer.version


def _published() -> str:
    return _("The offer is published. Its matches are being worked out.")


def _kept() -> str:
    return _("The draft is kept. Publish it when it is complete.")


def _page(
    request: PartyRequest, offer: Offer, *, closing: ClosingForm | None = None, status: int = 200
) -> HttpResponse:
    viewer = request.viewer
    own = offer.donor_id == viewer.party.pk
    matches_url = reverse("cooperation:match-list", args=[viewer.party.slug])
    context: dict[str, Any] = {
        "offer": offer,
        "own": own,
        "facts": facts_of_offer(offer, with_left=not own),
        "reached": sorted((territory.label for territory in offer.reaches.all()), key=alphabetical),
        "breadcrumbs": [
            (_("Offers"), reverse("cooperation:offer-list", args=[viewer.party.slug])),
            (offer.title, ""),
        ],
    }
    if own:
        capacity = capacity_of(viewer, offer)
        context |= {
            "capacity": capacity,
            "lines": _lines(viewer, capacity),
            "decisions": {
                "edit": can_edit_offer(viewer, offer),
                "publish": can_publish_offer(viewer, offer),
                "close": can_close_offer(viewer, offer),
                "confirm": can_confirm_offer(viewer, offer),
                "copy": can_copy_offer(viewer, offer),
                "reopen": can_reopen_offer(viewer, offer),
                "run": can_run_matching(viewer, offer),
            },
            "urls": {name: _url(f"offer-{name}", viewer, offer) for name in ACTIONS},
            "question": question_of(offer),
            "closing": closing or ClosingForm(initial={"base_version": offer.version}),
            "form": closing,
            "job": running_job(viewer, offer),
            "totals": match_totals(viewer, offer),
            "matches_url": f"{matches_url}?offer={offer.uuid}",
        }
        if context["job"]:
            context["poll_url"] = reverse("job-panel", args=[viewer.party.slug, context["job"].uuid])
    return render(request, "cooperation/offer_detail.html", context, status=status)


def _demand(viewer: Viewer, chosen: dict[str, list[str]]) -> list[DemandCell]:
    return demand_for(
        viewer,
        areas=chosen["functional_areas"],
        types=chosen["assistance_types"],
        included=chosen["included"],
        excluded=chosen["excluded"],
    )


def _lines(viewer: Viewer, capacity: CapacityLedger) -> list[dict[str, Any]]:
    slug = viewer.party.slug
    return [
        {
            "line": line,
            "url": reverse("cooperation:match-detail", args=[slug, line.match]),
            "area": area_label(line.area),
        }
        for line in capacity.lines
    ]


def _editor(request: PartyRequest, form: OfferForm, offer: Offer | None = None, *, status: int = 200) -> HttpResponse:
    viewer = request.viewer
    crumbs = [(_("Offers"), reverse("cooperation:offer-list", args=[viewer.party.slug]))]
    if offer is not None:
        crumbs.append((offer.title, _url("offer-detail", viewer, offer)))
    context = {
        "form": form,
        "offer": offer,
        "action_url": _url("offer-edit", viewer, offer) if offer else "",
        "cancel_url": crumbs[-1][1],
        "demand": _demand(viewer, {name: [str(code) for code in form[name].value() or ()] for name in DEMAND_FIELDS}),
        "least": LEAST_STATES,
        "demand_url": reverse("cooperation:offer-demand-panel", args=[viewer.party.slug]),
        "can_publish": offer is None or offer.status == OfferStatus.DRAFT,
        "breadcrumbs": [*crumbs, (_("Edit") if offer else _("New offer"), "")],
    }
    return render(request, "cooperation/offer_edit.html", context, status=status)


def _conflict(request: PartyRequest, form: OfferForm, conflict: Conflict) -> HttpResponse:
    """What was typed stays in the form; sending it again replaces what stands now, on purpose."""
    offer: Offer = conflict.current
    again = OfferForm({**_typed(request), "base_version": offer.version})
    again.is_valid()
    again.add_error(
        None, _("Somebody changed this offer while you were writing. Compare before you save; saving replaces it.")
    )
    return _editor(request, again, offer, status=CONFLICT)


def _typed(request: PartyRequest) -> dict[str, Any]:
    return {name: values if len(values) > 1 else values[0] for name, values in request.POST.lists()}


def _columns(viewer: Viewer) -> list[dict[str, Any]]:
    labels = [(_("Offer"), False)]
    if not viewer.party.offers:
        labels.append((_("Donor"), False))
    labels += [(_("Left"), True), (_("Open until"), False), (_("Status"), False)]
    if viewer.party.offers:
        labels.append((_("Matches"), False))
    return [{"label": label, "sort": "", "numeric": numeric} for label, numeric in labels]


def _url(name: str, viewer: Viewer, offer: Offer) -> str:
    return reverse(f"cooperation:{name}", args=[viewer.party.slug, offer.uuid])
