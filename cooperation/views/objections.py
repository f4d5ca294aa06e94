"""The no-objection window: the State's rule, objecting to a match, lifting an objection."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cooperation.forms.objections import LiftForm, ObjectionForm, ObjectionRuleForm
from cooperation.models import Match, MatchObjection
from cooperation.permissions import can_change_objection_rule, can_lift_objection, can_object_to_match
from cooperation.selectors.matches import match_for
from cooperation.selectors.objections import objection_for, rule_of
from cooperation.services.objections import change_objection_rule, lift_objection, object_to_match
from wam_portal.access import require
from wam_portal.errors import Conflict, Invalid
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page

UNPROCESSABLE = 422
CONFLICT = 409
METHODS = ["GET", "HEAD", "POST"]


@party_page("assesses")
@require_http_methods(METHODS)
def objection_rule(request: PartyRequest) -> HttpResponse:
    """How long colleagues may object; changed by national administrators."""
    rule = rule_of(request.viewer)
    if request.method != "POST":
        initial = {"base_version": rule.version, "days": rule.days, "weekend": rule.weekend}
        return _rule_page(request, ObjectionRuleForm(initial=initial))
    require(can_change_objection_rule(request.viewer))
    form = ObjectionRuleForm(request.POST)
    status = UNPROCESSABLE
    if form.is_valid():
        try:
            change_objection_rule(actor=request.viewer, **form.cleaned_data)
        except Invalid as invalid:
            add_errors(form, invalid)
        except Conflict as conflict:
            form = ObjectionRuleForm({**request.POST.dict(), "base_version": conflict.current.version})
            form.add_error(None, conflict.message)
            status = CONFLICT
        else:
            messages.success(request, _("The rule is kept. It holds for proposals from now on."))
            return redirect(_url(request, "objection-rule"))
    return _rule_page(request, form, status=status)


@party_page("assesses")
@require_http_methods(METHODS)
def match_object(request: PartyRequest, match: UUID) -> HttpResponse:
    """Object to a proposed match."""
    found = match_for(request.viewer, match)
    require(can_object_to_match(request.viewer, found))
    if request.method != "POST":
        return _objection_page(request, found, ObjectionForm(initial={"base_version": found.version}))
    form = ObjectionForm(request.POST)
    status = UNPROCESSABLE
    if form.is_valid():
        try:
            object_to_match(match=found, actor=request.viewer, **form.cleaned_data)
        except Invalid as invalid:
            add_errors(form, invalid)
        except Conflict as conflict:
            form = ObjectionForm({**request.POST.dict(), "base_version": conflict.current.version})
            form.add_error(None, conflict.message)
            status = CONFLICT
        else:
            messages.success(request, _("Your objection is kept: nobody accepts the match until it is lifted."))
            return redirect(_url(request, "match-detail", found.uuid))
    return _objection_page(request, found, form, status=status)


@party_page("assesses")
@require_http_methods(METHODS)
def objection_lift(request: PartyRequest, objection: UUID) -> HttpResponse:
    """Take one's own objection back, or lift a colleague's."""
    found = objection_for(request.viewer, objection)
    require(can_lift_objection(request.viewer, found))
    form = LiftForm(request.POST or None)
    if request.method != "POST":
        return _lift_page(request, found, form)
    if form.is_valid():
        try:
            lift_objection(objection=found, actor=request.viewer, **form.cleaned_data)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The objection is lifted."))
            return redirect(_url(request, "match-detail", found.match.uuid))
    return _lift_page(request, found, form, status=UNPROCESSABLE)


def _rule_page(request: PartyRequest, form: ObjectionRuleForm, *, status: int = 200) -> HttpResponse:
    context = {
        "rule": rule_of(request.viewer),
        "form": form,
        "decision": can_change_objection_rule(request.viewer),
        "breadcrumbs": [(_("Matches"), _url(request, "match-list")), (_("Objections"), "")],
    }
    return render(request, "cooperation/objection_rule.html", context, status=status)


def _objection_page(request: PartyRequest, match: Match, form: ObjectionForm, *, status: int = 200) -> HttpResponse:
    effects = [
        _("Nobody accepts this match until your objection is lifted: by you, or by a national administrator."),
        _("The donor learns that it waits, not why and not from whom."),
    ]
    return _confirm(request, match, _("Object to this match"), {"form": form, "effects": effects}, status)


def _lift_page(request: PartyRequest, objection: MatchObjection, form: LiftForm, *, status: int = 200) -> HttpResponse:
    text = _("%(label)s: %(text)s") % {"label": objection.actor, "text": objection.reason}
    return _confirm(request, objection.match, _("Lift the objection"), {"form": form, "text": text}, status)


def _confirm(request: PartyRequest, match: Match, heading: str, more: dict[str, Any], status: int) -> HttpResponse:
    match_url = _url(request, "match-detail", match.uuid)
    context = {
        "heading": heading,
        "confirm_label": heading,
        "cancel_url": match_url,
        "breadcrumbs": [
            (_("Matches"), _url(request, "match-list")),
            (str(match.request["reference"]), match_url),
            (heading, ""),
        ],
        **more,
    }
    return render(request, "components/confirm.html", context, status=status)


def _url(request: PartyRequest, name: str, *args: object) -> str:
    return reverse(f"cooperation:{name}", args=[request.viewer.party.slug, *args])
