"""Pages that belong to no app: the way in, the work list, the progress of a job, the log of a party."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from wam_portal.access import require
from wam_portal.accounts.selectors import parties_of
from wam_portal.audit.names import names_for
from wam_portal.audit.permissions import can_read_log
from wam_portal.audit.selectors import events_for
from wam_portal.audit.wording import change_lines, verb_label
from wam_portal.jobs.models import Job
from wam_portal.party_pages import PartyRequest, party_page
from wam_portal.work_list import work_groups


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the one party that a person acts for, or let them choose."""
    user = request.user
    if not user.is_authenticated:
        raise Http404
    held = parties_of(user)
    if len(held) == 1:
        return redirect("work-list", held[0].party.slug)
    return render(request, "portal/home.html", {"held_parties": held})


@party_page
@require_safe
def work_list(request: PartyRequest) -> HttpResponse:
    """What waits for the viewer."""
    return render(request, "portal/work_list.html", {"groups": work_groups(request.viewer)})


@party_page
@require_safe
def job_panel(request: PartyRequest, job: UUID) -> HttpResponse:
    """The state of a job that the viewer asked for; polled while it runs."""
    found = Job.objects.visible_to(request.viewer).filter(uuid=job).first()
    if found is None:
        raise Http404
    page = reverse("work-list", args=[request.viewer.party.slug])
    poll = reverse("job-panel", args=[request.viewer.party.slug, job])
    return render(request, "components/job_progress.html", {"job": found, "poll_url": poll, "page_url": page})


@party_page
@require_safe
def audit_log(request: PartyRequest) -> HttpResponse:
    """Who did what to the party's record, for its approvers and national administrators."""
    require(can_read_log(request.viewer))
    page = Paginator(events_for(request.viewer), 50).get_page(request.GET.get("page"))
    names = names_for(request.viewer, list(page))
    rows = [
        (event, verb_label(event.verb), names.of_target(event), change_lines(event.changes, names)) for event in page
    ]
    crumbs = [(_("Log"), "")]
    return render(request, "portal/audit_log.html", {"page_obj": page, "rows": rows, "breadcrumbs": crumbs})
