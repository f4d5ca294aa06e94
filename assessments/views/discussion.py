"""Comments, mentions and flags of an indicator: sent from its drawer or its own page, and answered there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from assessments.permissions import not_assigned
from assessments.selectors.discussion import readers_of, thread_for
from assessments.services.discussion import (
    add_comment,
    flag_indicator,
    read_mentions,
    reopen_thread,
    resolve_thread,
    unflag_indicator,
)
from assessments.views.answering import indicator_page
from assessments.views.answers import StateDesk, open_assessment
from assessments.views.drawer import Drawer, drawer_context, not_told
from assessments.views.pages import UNPROCESSABLE, is_fragment, posted_uuid
from wam_portal.errors import Invalid, NotVisible, Refused
from wam_portal.party_pages import PartyRequest, party_page


@party_page("assesses")
@require_safe
def drawer_panel(request: PartyRequest, uuid: UUID, key: str) -> HttpResponse:
    """Everything beside the answer to an indicator, fetched when the drawer is opened."""
    _desk, drawer = _opened(request, uuid, key)
    return render(request, "assessments/indicator_drawer-panel.html", drawer_context(drawer))


@party_page("assesses")
@require_POST
def comment_add(request: PartyRequest, uuid: UUID, key: str) -> HttpResponse:
    """Comment on an indicator, or answer a comment."""
    reply_to, body = request.POST.get("reply_to", ""), request.POST.get("body", "")

    def act(drawer: Drawer) -> None:
        add_comment(
            assessment=drawer.assessment,
            indicator=key,
            body=body,
            reply_to=posted_uuid(reply_to) if reply_to else None,
            actor=request.viewer,
        )
        # A fragment says it in its place; a whole page comes with the next request.
        if not is_fragment(request) and "@" in body:
            warning = not_told(body, readers_of(request.viewer, drawer.assessment, drawer.node))
            if warning:
                messages.warning(request, warning)

    return _done(request, uuid, key, "comments", act)


@party_page("assesses")
@require_POST
def comment_resolve(request: PartyRequest, uuid: UUID, key: str, comment: UUID) -> HttpResponse:
    """Close a thread."""
    return _done(request, uuid, key, "comments", lambda drawer: resolve_thread(**_thread(drawer, comment)))


@party_page("assesses")
@require_POST
def comment_reopen(request: PartyRequest, uuid: UUID, key: str, comment: UUID) -> HttpResponse:
    """Open a thread again."""
    return _done(request, uuid, key, "comments", lambda drawer: reopen_thread(**_thread(drawer, comment)))


@party_page("assesses")
@require_POST
def mentions_read(request: PartyRequest, uuid: UUID, key: str) -> HttpResponse:
    """Take the mentions on an indicator off one's own work list."""
    return _done(
        request,
        uuid,
        key,
        "comments",
        lambda drawer: read_mentions(assessment=drawer.assessment, indicator=key, actor=request.viewer),
    )


@party_page("assesses")
@require_POST
def flag_add(request: PartyRequest, uuid: UUID, key: str) -> HttpResponse:
    """Flag an indicator, with a note why."""
    note = request.POST.get("note", "")
    return _done(
        request,
        uuid,
        key,
        "flag",
        lambda drawer: flag_indicator(assessment=drawer.assessment, indicator=key, note=note, actor=request.viewer),
    )


@party_page("assesses")
@require_POST
def flag_remove(request: PartyRequest, uuid: UUID, key: str) -> HttpResponse:
    """Take the flag of an indicator down."""
    return _done(
        request,
        uuid,
        key,
        "flag",
        lambda drawer: unflag_indicator(assessment=drawer.assessment, indicator=key, actor=request.viewer),
    )


def _opened(request: PartyRequest, uuid: UUID, key: str) -> tuple[StateDesk, Drawer]:
    """The drawer of an indicator that the viewer reads. Raises `NotVisible`, and `Refused` where it is not assigned."""
    assessment, tree = open_assessment(request, uuid)
    indicator = tree.find_indicator(key)
    if indicator is None:
        raise NotVisible
    desk = StateDesk(request, assessment, tree)
    if desk.mine.find_indicator(key) is None:
        raise Refused(not_assigned())
    return desk, Drawer(request, assessment, tree.section_of(indicator), indicator)


def _done(request: PartyRequest, uuid: UUID, key: str, block: str, act: Callable[[Drawer], Any]) -> HttpResponse:
    """Do it and show the drawer again, with what is wrong; without scripts, the indicator's own page."""
    desk, drawer = _opened(request, uuid, key)
    try:
        act(drawer)
    except Invalid as invalid:
        typed = {name: request.POST.get(name, "") for name in ("body", "note", "reply_to")}
        drawer = replace(drawer, problems=invalid.errors, typed=typed, alone=not is_fragment(request))
        if not is_fragment(request):
            return indicator_page(desk, drawer.indicator, extra=drawer_context(drawer), status=UNPROCESSABLE)
        context = drawer_context(drawer)
        return render(request, "assessments/indicator_drawer-panel.html", context, status=UNPROCESSABLE)
    if is_fragment(request):
        return render(request, "assessments/indicator_drawer-panel.html", drawer_context(drawer))
    return redirect(f"{drawer.url('answer-edit')}#{block}-{key}")


def _thread(drawer: Drawer, comment: UUID) -> dict[str, Any]:
    viewer = drawer.request.viewer
    return {"comment": thread_for(viewer, drawer.assessment, drawer.indicator, comment), "actor": viewer}
