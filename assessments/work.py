"""What this app adds to the main navigation and to the work list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import OPEN_ASSESSMENTS, AssignmentMode, RequestStatus
from assessments.models import Assessment, AssistanceRequest, Grant, IndicatorReturn, Meeting
from assessments.models.gaps import GAP_READERS
from assessments.permissions import can_read_meetings
from assessments.selectors.assignments import ASSIGNABLE_ROLES
from assessments.selectors.discussion import mentions_waiting
from assessments.selectors.evidence import ExpiringEvidence, expiring_evidence
from assessments.selectors.marks import disagreements_waiting
from assessments.selectors.successions import UpgradeOpen, upgrades_open
from assessments.selectors.work import (
    MOST,
    Task,
    assessments_in,
    assessments_to_review,
    grants_ending,
    meetings_to_hold,
    requests_in,
    requests_not_shared,
    requests_to_endorse,
    returned_indicators,
    tasks_of,
)
from wam_portal.access import Viewer
from wam_portal.accounts.enums import STATE_STAFF, Role
from wam_portal.formats import format_labelled
from wam_portal.work_list import NavigationItem, WorkGroup, WorkItem

BELOW_BASELINES = ("consultations", "compare", "gaps", "documents", "settings/endorsement")
"""Where pages of a baseline lie whose address does not begin with that of the baselines."""
CAN_SHARE = (Role.APPROVER, Role.NATIONAL_ADMIN)


def navigation(viewer: Viewer) -> Iterator[NavigationItem]:
    """The main pages of this app that the viewer can use."""
    slug = viewer.party.slug
    if viewer.party.assesses and viewer.has_role(*STATE_STAFF):
        home = reverse("work-list", args=[slug])
        below = tuple(f"{home}{part}/" for part in BELOW_BASELINES)
        yield NavigationItem(_("Baselines"), reverse("assessments:assessment-list", args=[slug]), below)
        if can_read_meetings(viewer):
            yield NavigationItem(_("Meetings"), reverse("assessments:meeting-list", args=[slug]))
        yield NavigationItem(_("Evidence"), reverse("assessments:evidence-list", args=[slug]))
        yield NavigationItem(_("Requests"), reverse("assessments:request-list", args=[slug]))


def reference_pages(viewer: Viewer) -> Iterator[NavigationItem]:
    """What everybody may look up; it comes last in the navigation. The invited have their sheet and nothing else."""
    if viewer.roles <= {Role.INVITED_CONTRIBUTOR}:
        return
    yield NavigationItem(_("Frameworks"), reverse("assessments:framework-list", args=[viewer.party.slug]))


def work_groups(viewer: Viewer) -> Iterator[WorkGroup]:
    """What waits for the viewer in this app."""
    if not viewer.party.assesses:
        return
    if viewer.has_role(Role.CONTRIBUTOR, Role.EDITOR):
        returned = tuple(_returned(viewer, row) for row in returned_indicators(viewer))
        yield WorkGroup("returned", _("Indicators returned to you"), returned)
    if viewer.has_role(*ASSIGNABLE_ROLES):
        yield from _tasks(viewer)
    if viewer.has_role(*STATE_STAFF):
        yield WorkGroup("mentions", _("You are named in a comment"), _mentions(viewer))
    if viewer.has_role(Role.EDITOR):
        under_way = assessments_in(viewer, *OPEN_ASSESSMENTS)
        rating = tuple(_baseline(viewer, row) for row in under_way)
        yield WorkGroup("baselines", _("Baselines to rate"), rating)
        newer = tuple(_upgrade(viewer, row) for row in upgrades_open(viewer, under_way))
        yield WorkGroup("upgrades", _("A newer version of the framework"), newer)
        yield WorkGroup("disagreements", _("Disagreements to decide"), _disagreements(viewer, under_way))
        drafts = tuple(_request(viewer, row) for row in requests_in(viewer, RequestStatus.DRAFT))
        yield WorkGroup("drafts", _("Requests to complete"), drafts)
        expiring = tuple(_evidence(viewer, row) for row in expiring_evidence(viewer, MOST))
        note = _("Upload a newer version and set a new date, or say that it does not expire.")
        yield WorkGroup("evidence", _("Evidence that expires"), expiring, note)
    if viewer.has_role(Role.APPROVER):
        review = tuple(_baseline(viewer, row) for row in assessments_to_review(viewer))
        yield WorkGroup("review", _("Baselines to review"), review)
        complete = tuple(_request(viewer, row) for row in requests_to_endorse(viewer))
        yield WorkGroup("endorse", _("Requests to endorse"), complete)
    if viewer.has_role(*CAN_SHARE):
        kept = tuple(_request(viewer, row) for row in requests_not_shared(viewer))
        yield WorkGroup("share", _("Endorsed and not shared"), kept, _("No donor can see these."))
        ending = tuple(_grant(viewer, row) for row in grants_ending(viewer))
        yield WorkGroup("ending", _("Grants that end soon"), ending)
    if can_read_meetings(viewer):
        yield WorkGroup(
            "meetings", _("Meetings to hold"), tuple(_meeting(viewer, row) for row in meetings_to_hold(viewer))
        )
    if viewer.has_role(*GAP_READERS) and not viewer.has_role(Role.EDITOR, Role.APPROVER):
        recent = tuple(_baseline(viewer, row) for row in assessments_in(viewer, *OPEN_ASSESSMENTS))
        yield WorkGroup("running", _("Baselines under way"), recent)


def _tasks(viewer: Viewer) -> Iterator[WorkGroup]:
    """What is assigned to the viewer, with a link straight to where it is rated."""
    tasks = tasks_of(viewer)
    waiting = [task for task in tasks if not task.finished]
    answering = tuple(_task(viewer, task) for task in waiting if task.mode == AssignmentMode.FOR_STATE)
    yield WorkGroup("sections", _("Assigned to you"), answering)
    rating = tuple(_task(viewer, task) for task in waiting if task.mode == AssignmentMode.INDEPENDENT)
    note = _("You do not see what others rated, and they do not see yours.")
    yield WorkGroup("ratings", _("To rate independently"), rating, note)
    finished = tuple(_task(viewer, task) for task in tasks if task.finished)
    yield WorkGroup("finished", _("All rated"), finished, _("You can still change what you rated here."))


def _mentions(viewer: Viewer) -> tuple[WorkItem, ...]:
    return tuple(
        WorkItem(
            label=format_labelled(mention.comment.author.full_name, Truncator(mention.comment.body).chars(90)),
            url=reverse(
                "assessments:answer-edit",
                args=[viewer.party.slug, mention.comment.assessment.uuid, mention.comment.indicator.key],
            )
            + f"#comments-{mention.comment.indicator.key}",
            context=mention.comment.indicator.code or mention.comment.indicator.key,
            since=mention.comment.created_at,
        )
        for mention in mentions_waiting(viewer, MOST)
    )


def _task(viewer: Viewer, task: Task) -> WorkItem:
    if task.mode == AssignmentMode.INDEPENDENT:
        sheet = reverse("assessments:rating-sheet", args=[viewer.party.slug, task.assessment])
        url = f"{sheet}?{urlencode({'section': task.section})}"
    else:
        url = reverse("assessments:section-sheet", args=[viewer.party.slug, task.assessment, task.section])
    label = task.section_title
    if not task.whole:
        number = ngettext("%(number)d indicator", "%(number)d indicators", task.indicators)
        label = format_labelled(task.section_title, number % {"number": task.indicators})
    rated = ngettext("%(done)d of %(asked)d rated", "%(done)d of %(asked)d rated", task.done)
    progress = rated % {"done": task.done, "asked": task.asked}
    due = None if task.finished else task.due_on
    return WorkItem(label=label, url=url, context=f"{task.assessment_title} · {progress}", due=due)


def _returned(viewer: Viewer, row: IndicatorReturn) -> WorkItem:
    slug, code = viewer.party.slug, row.indicator.code or row.indicator.key
    url = reverse("assessments:answer-edit", args=[slug, row.assessment.uuid, row.indicator.key])
    label = f"{code} · {row.reason[:120]}"
    return WorkItem(label, url, row.assessment.title, due=row.assessment.due_on, since=row.returned_at)


def _baseline(viewer: Viewer, row: Assessment) -> WorkItem:
    url = reverse("assessments:assessment-detail", args=[viewer.party.slug, row.uuid])
    context = _("Returned: %(reason)s") % {"reason": row.return_reason[:120]} if row.return_reason else row.cycle
    return WorkItem(row.title, url, context, due=row.due_on, since=row.status_changed_at, happened=_("status changed"))


def _upgrade(viewer: Viewer, row: UpgradeOpen) -> WorkItem:
    url = reverse("assessments:assessment-upgrade", args=[viewer.party.slug, row.uuid, row.newer])
    label = _("Version %(number)s is published: see what an upgrade would do") % {"number": row.number}
    return WorkItem(label, url, f"{row.title} · {row.cycle}")


def _meeting(viewer: Viewer, row: Meeting) -> WorkItem:
    url = reverse("assessments:meeting-detail", args=[viewer.party.slug, row.uuid])
    return WorkItem(row.title, url, row.place, due=localdate(row.starts_at))


def _disagreements(viewer: Viewer, baselines: Sequence[Assessment]) -> tuple[WorkItem, ...]:
    waiting = disagreements_waiting(viewer)
    return tuple(
        WorkItem(
            label=ngettext(
                "%(count)d indicator is rated differently", "%(count)d indicators are rated differently", count
            )
            % {"count": count},
            url=reverse("assessments:reconcile-list", args=[viewer.party.slug, row.uuid]),
            context=row.title,
        )
        for row in baselines
        if (count := waiting[row.pk])
    )


def _evidence(viewer: Viewer, row: ExpiringEvidence) -> WorkItem:
    url = reverse("assessments:evidence-detail", args=[viewer.party.slug, row.uuid])
    text = ngettext("%(count)d answer rests on it", "%(count)d answers rest on it", row.link_count)
    return WorkItem(row.title, url, text % {"count": row.link_count}, due=row.expires_on)


def _request(viewer: Viewer, row: AssistanceRequest) -> WorkItem:
    url = reverse("assessments:request-detail", args=[viewer.party.slug, row.uuid])
    return WorkItem(row.title, url, row.reference, since=row.updated_at, happened=_("changed"))


def _grant(viewer: Viewer, row: Grant) -> WorkItem:
    request = row.release.request_version.request
    url = reverse("assessments:request-detail", args=[viewer.party.slug, request.uuid])
    recipient = str(row.recipient) if row.recipient else row.get_recipient_kind_display()
    return WorkItem(f"{request.reference} · {recipient}", url, request.title, due=row.expires_at.date())
