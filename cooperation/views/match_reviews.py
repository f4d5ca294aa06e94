"""Around one match: the declaration of interests, the messages of both sides, and one's own side's mark."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cooperation.enums import MarkKind
from cooperation.forms.match_reviews import DESCRIBED, NONE, DeclarationForm, MarkForm, MessageForm, declared
from cooperation.models import Match
from cooperation.permissions import can_declare_conflict, can_mark_match, can_write_message, reviewing_side
from cooperation.selectors.match_reviews import (
    author_of,
    declaration_of,
    mark_of,
    message_counts,
    messages_of,
)
from cooperation.selectors.matches import match_for
from cooperation.services.match_reviews import declare_conflict, mark_match, read_messages, send_message, unmark_match
from wam_portal.access import Viewer, require
from wam_portal.errors import Invalid
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 20
UNPROCESSABLE = 422


@party_page
@require_http_methods(["GET", "HEAD", "POST"])
def match_declare(request: PartyRequest, match: UUID) -> HttpResponse:
    """Declare one's side's interests, or declare them anew."""
    viewer = request.viewer
    found = match_for(viewer, match)
    require(can_declare_conflict(viewer, found))
    if request.method != "POST":
        return _declaration_page(request, found, DeclarationForm(initial=_declared_before(viewer, found)))
    form = DeclarationForm(request.POST)
    if form.is_valid():
        try:
            declare_conflict(match=found, text=declared(form.cleaned_data), actor=viewer)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("Your declaration is kept. The other side reads it."))
            return redirect(_url("match-detail", viewer, found))
    return _declaration_page(request, found, form, status=UNPROCESSABLE)


@party_page
@require_http_methods(["GET", "HEAD", "POST"])
def match_mark(request: PartyRequest, match: UUID) -> HttpResponse:
    """Put a match on the shortlist, put it off, or take the mark away."""
    viewer = request.viewer
    found = match_for(viewer, match)
    require(can_mark_match(viewer, found))
    if request.method != "POST":
        mark = mark_of(viewer, found)
        initial = {"kind": mark.kind, "until": mark.until, "reason": mark.reason} if mark else {}
        return _mark_page(request, found, MarkForm(initial=initial or {"kind": MarkKind.DEFERRED}))
    form = MarkForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            if data["kind"]:
                mark_match(match=found, actor=viewer, **{**data, "kind": MarkKind(data["kind"])})
            else:
                unmark_match(match=found, actor=viewer)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("Kept for your side."))
            return redirect(_url("match-detail", viewer, found))
    return _mark_page(request, found, form, status=UNPROCESSABLE)


@party_page
@require_http_methods(["GET", "HEAD", "POST"])
def match_messages(request: PartyRequest, match: UUID) -> HttpResponse:
    """What both sides wrote to each other, newest first, and a form to write."""
    viewer = request.viewer
    found = match_for(viewer, match)
    if request.method != "POST":
        return _thread(request, found, MessageForm())
    require(can_write_message(viewer, found))
    form = MessageForm(request.POST)
    if form.is_valid():
        try:
            send_message(match=found, text=form.cleaned_data["text"], actor=viewer)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("Your message is sent."))
            return redirect(_url("match-messages", viewer, found))
    return _thread(request, found, form, status=UNPROCESSABLE)


@party_page
@require_POST
def match_messages_read(request: PartyRequest, match: UUID) -> HttpResponse:
    """Take the messages of the other side as read."""
    found = match_for(request.viewer, match)
    read_messages(match=found, actor=request.viewer)
    return redirect(_url("match-messages", request.viewer, found))


def _thread(request: PartyRequest, match: Match, form: MessageForm, *, status: int = 200) -> HttpResponse:
    viewer = request.viewer
    page = Paginator(messages_of(viewer, match), PAGE_LENGTH).get_page(request.GET.get("page"))
    side = reviewing_side(viewer, match)
    lines = [
        {
            "what": author_of(viewer, match, row),
            "at": row.at,
            "note": row.text,
            "pending": row.read_at is None and side is not None and row.side != side,
        }
        for row in page.object_list
    ]
    context = {
        "match": match,
        "page_obj": page,
        "lines": lines,
        "form": form,
        "decision": can_write_message(viewer, match),
        "unread": message_counts(viewer, match)["unread"] if side is not None else 0,
        "read_url": _url("match-messages-read", viewer, match),
        "breadcrumbs": _crumbs(viewer, match, _("Messages")),
    }
    return render(request, "cooperation/match_messages.html", context, status=status)


def _declared_before(viewer: Viewer, match: Match) -> dict[str, Any]:
    row = declaration_of(match, reviewing_side(viewer, match))
    if row is None:
        return {}
    return {"conflict": DESCRIBED if row.text else NONE, "conflict_text": row.text}


def _declaration_page(request: PartyRequest, match: Match, form: DeclarationForm, *, status: int = 200) -> HttpResponse:
    context = {
        "heading": _("Declaration of interests"),
        "text": _("Each side declares before it accepts, and the other side reads it."),
        "form": form,
        "confirm_label": _("Declare"),
        "cancel_url": _url("match-detail", request.viewer, match),
        "breadcrumbs": _crumbs(request.viewer, match, _("Declaration of interests")),
    }
    return render(request, "components/confirm.html", context, status=status)


def _mark_page(request: PartyRequest, match: Match, form: MarkForm, *, status: int = 200) -> HttpResponse:
    context = {
        "heading": _("Sort this match"),
        "text": _(
            "A mark is for your side alone. It changes nothing for the other side, and the list can be filtered by it."
        ),
        "form": form,
        "confirm_label": _("Keep it"),
        "cancel_url": _url("match-detail", request.viewer, match),
        "breadcrumbs": _crumbs(request.viewer, match, _("Sort this match")),
    }
    return render(request, "components/confirm.html", context, status=status)


def _crumbs(viewer: Viewer, match: Match, here: str) -> list[tuple[str, str]]:
    return [
        (_("Matches"), reverse("cooperation:match-list", args=[viewer.party.slug])),
        (str(match.request["reference"]), _url("match-detail", viewer, match)),
        (here, ""),
    ]


def _url(name: str, viewer: Viewer, match: Match) -> str:
    return reverse(f"cooperation:{name}", args=[viewer.party.slug, match.uuid])
