"""Sharing a request: who may see what, a look through the recipient's eyes, and taking it back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from assessments.enums import GrantLevel
from assessments.forms.releases import ReleaseForm, key_labels
from assessments.models import AssistanceRequest, Grant
from assessments.permissions import can_release_request, can_revoke_grant
from assessments.public import ReleasedRequest, in_words_of_the_reader, preview_request
from assessments.release_keys import LEVEL_KEYS, disclosed
from assessments.selectors.releases import grant_for, grants_of, possible_recipients
from assessments.selectors.requests import request_for
from assessments.services.releases import checked_grant, release_request, revoke_grant
from assessments.views.pages import UNPROCESSABLE, page_url
from wam_portal.access import require
from wam_portal.errors import Invalid, Refused
from wam_portal.formats import format_day
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def request_release(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Say who may see what; look at it as they will; share it. The three steps post to this one address."""
    found = request_for(request.viewer, uuid)
    require(can_release_request(request.viewer, found))
    parties = possible_recipients(request.viewer)
    if request.method != "POST":
        return _form_page(request, found, ReleaseForm(parties=parties))
    form = ReleaseForm(request.POST, parties=parties)
    if not form.is_valid():
        return _form_page(request, found, form, status=UNPROCESSABLE)
    if "change" in request.POST:
        return _form_page(request, found, form)
    fields = form.grant_fields()
    try:
        if "share" not in request.POST:
            return _preview_page(request, found, form, checked_grant(actor=request.viewer, **fields))
        grants = release_request(request=found, actor=request.viewer, **fields)
    except Invalid as invalid:
        add_errors(form, invalid)
        return _form_page(request, found, form, status=UNPROCESSABLE)
    done = ngettext("Shared with %(count)d recipient.", "Shared with %(count)d recipients.", len(grants))
    messages.success(request, done % {"count": len(grants)})
    return redirect(page_url(request, "request-detail", found.uuid) + "#grants")


@party_page("assesses")
@require_safe
def request_preview(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """A request, draft or endorsed, through the eyes of somebody who is granted a level."""
    found = request_for(request.viewer, uuid)
    wanted = request.GET.get("level", "")
    level = GrantLevel(wanted) if wanted in LEVEL_KEYS else GrantLevel.SUMMARY
    whole = in_words_of_the_reader(request.viewer, preview_request(request.viewer, found.uuid))
    context = {
        "assistance": found,
        "released": preview_as(whole, level=level, keys=LEVEL_KEYS[level]),
        "toggles": [
            {"label": choice.label, "url": f"?level={choice.value}", "current": choice == level}
            for choice in LEVEL_KEYS
        ],
        "breadcrumbs": _crumbs(request, found, _("As donors see it")),
    }
    return render(request, "assessments/request_preview.html", context)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def grant_revoke(request: PartyRequest, uuid: UUID, grant: UUID) -> HttpResponse:
    """End a grant, after a page that says what this does and what it cannot do."""
    found = request_for(request.viewer, uuid)
    given = grant_for(request.viewer, found, grant)
    here = page_url(request, "request-detail", found.uuid)
    if request.method == "POST":
        try:
            revoke_grant(grant=given, actor=request.viewer)
        except Refused:
            if given.revoked_at is None:
                raise
            # Pressed twice, or somebody else was faster: what was wanted is so.
            messages.info(request, _("This grant was revoked already."))
        else:
            messages.success(request, _("The grant is revoked. From now on the recipient finds nothing there."))
        return redirect(here + "#grants")
    require(can_revoke_grant(request.viewer, given))
    context = {
        "heading": _("Revoke the grant to %(recipient)s") % {"recipient": _recipient_name(given)},
        "effects": [
            _("From their next request they find nothing: no page, no file, no match that is still undecided."),
            _("What they have downloaded before cannot be called back. Matches that were agreed stand."),
            _("Both sides see in their log that it was revoked."),
        ],
        "confirm_label": _("Revoke at once"),
        "cancel_url": here,
        "danger": True,
        "breadcrumbs": _crumbs(request, found, _("Revoke")),
    }
    return render(request, "components/confirm.html", context)


def preview_as(released: ReleasedRequest, *, level: str, keys: Iterable[str], purpose: str = "") -> ReleasedRequest:
    """A preview reduced to what a grant would disclose."""
    allowed = frozenset(keys)
    return replace(released, level=level, keys=allowed, purpose=purpose, content=disclosed(released.content, allowed))


def _form_page(request: PartyRequest, found: AssistanceRequest, form: ReleaseForm, status: int = 200) -> HttpResponse:
    levels = [
        {"value": level.value, "label": level.label, "parts": key_labels(LEVEL_KEYS[level])}
        for level in GrantLevel
        if level in LEVEL_KEYS
    ]
    context = {
        "assistance": found,
        "form": form,
        "levels": levels,
        "breadcrumbs": _crumbs(request, found, _("Share")),
    }
    return render(request, "assessments/release_form.html", context, status=status)


def _preview_page(
    request: PartyRequest, found: AssistanceRequest, form: ReleaseForm, keys: frozenset[str]
) -> HttpResponse:
    fields = form.grant_fields()
    signed = in_words_of_the_reader(request.viewer, preview_request(request.viewer, found.uuid))
    context = {
        "assistance": found,
        "form": form,
        "hidden": [(name, value) for name, values in request.POST.lists() for value in values if name in form.fields],
        "names": [
            *(party.name for party in fields["recipients"]),
            *([_("all donors")] if fields["all_donors"] else []),
        ],
        "parts": key_labels(keys),
        "level_label": GrantLevel(fields["level"]).label,
        "purpose": fields["purpose"],
        "expires_on": fields["expires_on"],
        "released": preview_as(signed, level=fields["level"], keys=keys, purpose=fields["purpose"]),
        "already": _standing(request, found, fields),
        "breadcrumbs": _crumbs(request, found, _("Share")),
    }
    return render(request, "assessments/release_preview.html", context)


def _standing(request: PartyRequest, found: AssistanceRequest, fields: dict[str, Any]) -> list[str]:
    """Grants in force that these recipients hold already: a new one does not end them."""
    chosen = {party.pk for party in fields["recipients"]}
    standing = [
        grant
        for grant in grants_of(request.viewer, found).active()
        if grant.recipient_id in chosen or (grant.recipient_id is None and fields["all_donors"])
    ]
    text = _("%(recipient)s already sees “%(level)s” until %(day)s; this goes on until you revoke it.")
    return [
        text
        % {
            "recipient": _recipient_name(grant),
            "level": grant.get_level_display(),
            "day": format_day(grant.last_day),
        }
        for grant in standing
    ]


def _recipient_name(grant: Grant) -> str:
    return grant.recipient.name if grant.recipient else str(grant.get_recipient_kind_display())


def _crumbs(request: PartyRequest, found: AssistanceRequest, here: str) -> list[tuple[str, str]]:
    return [
        (_("Requests"), page_url(request, "request-list")),
        (found.reference, page_url(request, "request-detail", found.uuid)),
        (here, ""),
    ]
