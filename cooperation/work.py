"""What this app adds to the main navigation and to the work list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments import public
from cooperation.enums import MatchStatus, Side
from cooperation.models import Match, Offer
from cooperation.models.dossiers import NATIONAL_READERS
from cooperation.models.matches import STATE_READERS
from cooperation.models.partners import PARTNER_READERS
from cooperation.permissions import can_describe_partner
from cooperation.selectors.matches import reads_recommended_amount
from cooperation.selectors.offers import question_of
from cooperation.selectors.partners import own_consent
from cooperation.selectors.wording import area_label, status_label
from cooperation.selectors.work import (
    answers_to,
    best_suggestions,
    matches_waiting_for,
    newest_grants,
    offers_asked_about,
    recommended_to,
    unread_messages,
)
from wam_portal.access import Viewer
from wam_portal.accounts.enums import Role
from wam_portal.formats import format_money
from wam_portal.work_list import NavigationItem, WorkGroup, WorkItem

STATE_DECIDES = (Role.APPROVER, Role.NATIONAL_ADMIN)
STATE_WRITES = (Role.EDITOR, *STATE_DECIDES)


def navigation(viewer: Viewer) -> Iterator[NavigationItem]:
    """The main pages of this app that the viewer can use."""
    slug = viewer.party.slug
    receives = viewer.has_role(Role.OFFERING_MEMBER, Role.COORDINATOR)
    if receives:
        yield NavigationItem(_("Granted requests"), reverse("cooperation:granted-list", args=[slug]))
    reads_for_state = viewer.party.assesses and viewer.has_role(*STATE_READERS)
    if receives or reads_for_state:
        yield NavigationItem(_("Offers"), reverse("cooperation:offer-list", args=[slug]))
    if viewer.has_role(Role.OFFERING_MEMBER) or reads_for_state:
        needs = f"{reverse('work-list', args=[slug])}needs/"
        yield NavigationItem(_("Matches"), reverse("cooperation:match-list", args=[slug]), also=(needs,))
    if receives or reads_for_state or viewer.has_role(Role.IMPLEMENTING_MEMBER):
        yield NavigationItem(_("Assistance"), reverse("cooperation:activity-list", args=[slug]))
    if viewer.has_role(Role.COORDINATOR):
        yield NavigationItem(_("Overlaps"), reverse("cooperation:overlap-list", args=[slug]))
        yield NavigationItem(_("Portfolios"), reverse("cooperation:portfolio-list", args=[slug]))
        yield NavigationItem(_("Statistics"), reverse("cooperation:statistics", args=[slug]))
    if viewer.has_role(*PARTNER_READERS):
        yield NavigationItem(_("Partners"), reverse("cooperation:partner-list", args=[slug]))
    if can_describe_partner(viewer):
        yield NavigationItem(_("Your profile"), reverse("cooperation:partner-profile", args=[slug]))
    if receives or (viewer.party.assesses and viewer.has_role(*NATIONAL_READERS)):
        yield NavigationItem(_("Dossiers"), reverse("cooperation:dossier-list", args=[slug]))


def work_groups(viewer: Viewer) -> Iterator[WorkGroup]:
    """What waits for the viewer in this app."""
    if viewer.party.assesses and viewer.has_role(*STATE_DECIDES):
        yield _matches("state-waiting", _("Donors that wait for your answer"), viewer, Side.STATE)
        yield _answers(viewer, Side.STATE)
        yield _recommended(viewer, Side.STATE)
    if viewer.party.assesses and viewer.has_role(*STATE_WRITES):
        yield _threads(viewer, Side.STATE)
    if viewer.has_role(Role.OFFERING_MEMBER):
        yield _threads(viewer, Side.DONOR)
        yield _matches("donor-waiting", _("States that wait for your answer"), viewer, Side.DONOR)
        yield _answers(viewer, Side.DONOR)
        asked = tuple(_asked(viewer, row) for row in offers_asked_about(viewer))
        note = _("Say that it is still valid, change it, or close it.")
        yield WorkGroup("still-valid", _("Are these offers still valid?"), asked, note)
        yield _recommended(viewer, Side.DONOR)
        suggested = tuple(_match(viewer, row) for row in best_suggestions(viewer, Side.DONOR))
        yield WorkGroup("suggested", _("Suggested for your offers"), suggested, _("Best first."))
    if can_describe_partner(viewer):
        note = _("States and donors cannot find you yet.")
        yield WorkGroup("partner", _("Your profile as a partner"), tuple(_own_profile(viewer)), note)
    if viewer.has_role(Role.OFFERING_MEMBER, Role.COORDINATOR):
        granted = tuple(_granted(viewer, row) for row in newest_grants(viewer))
        yield WorkGroup("granted", _("Shared with you"), granted)


def _own_profile(viewer: Viewer) -> Iterator[WorkItem]:
    """What keeps a partner from being suggested."""
    consents = own_consent(viewer)
    if not consents:
        label = _("Agree to be suggested") if consents is False else _("Describe your organisation")
        yield WorkItem(label, reverse("cooperation:partner-profile", args=[viewer.party.slug]))


def _matches(key: str, title: str, viewer: Viewer, side: Side) -> WorkGroup:
    return WorkGroup(key, title, tuple(_match(viewer, row) for row in matches_waiting_for(viewer, side)))


def _answers(viewer: Viewer, side: Side) -> WorkGroup:
    items = []
    for row in answers_to(viewer, side):
        item = _match(viewer, row)
        items.append(replace(item, context=f"{status_label(row)} · {item.context}"))
    return WorkGroup("answers", _("Answers to your proposals"), tuple(items), _("They stand here for two weeks."))


def _threads(viewer: Viewer, side: Side) -> WorkGroup:
    items = tuple(_thread(viewer, row) for row in unread_messages(viewer, side))
    return WorkGroup(f"{side}-messages", _("Messages that your side has not read"), items)


def _thread(viewer: Viewer, row: Match) -> WorkItem:
    other = row.state if viewer.party.pk == row.donor_id else row.donor
    url = reverse("cooperation:match-messages", args=[viewer.party.slug, row.uuid])
    written_at = getattr(row, "written_at", None)
    return WorkItem(f"{row.request['title']} · {other}", url, row.offer.title, since=written_at)


def _recommended(viewer: Viewer, side: Side) -> WorkGroup:
    items, suggested = [], cast("list[Any]", recommended_to(viewer, side))
    for row in suggested:
        item = _match(viewer, row)
        context = f"{item.context} · {_suggested_by(viewer, row)}"
        items.append(replace(item, context=context, since=row.recommended_at))
    note = _("Nothing is agreed: look at the pair and decide.")
    return WorkGroup("recommended", _("Suggested by coordinators"), tuple(items), note)


def _suggested_by(viewer: Viewer, row: Any) -> str:
    """Who suggests it, and how much. `row`: a match as `recommended_to` gives it."""
    if row.recommended_minor is None or not reads_recommended_amount(viewer, row):
        return _("suggested by %(party)s") % {"party": row.recommended_by}
    amount = format_money(row.recommended_minor, row.offer.currency)
    return _("suggested by %(party)s, %(amount)s") % {"party": row.recommended_by, "amount": amount}


def _match(viewer: Viewer, row: Match) -> WorkItem:
    other = row.state if viewer.party.pk == row.donor_id else row.donor
    url = reverse("cooperation:match-detail", args=[viewer.party.slug, row.uuid])
    due = row.answer_due if row.status == MatchStatus.PROPOSED else None
    context = f"{area_label(row.need['area'])} · {row.offer.title}"
    return WorkItem(
        f"{row.request['title']} · {other}", url, context, due=due, since=row.updated_at, happened=_("changed")
    )


def _asked(viewer: Viewer, row: Offer) -> WorkItem:
    url = reverse("cooperation:offer-detail", args=[viewer.party.slug, row.uuid])
    question = question_of(row)
    return WorkItem(row.title, url, question.label if question else "", due=row.valid_until, since=row.asked_at)


def _granted(viewer: Viewer, row: public.ReleasedRequest) -> WorkItem:
    url = reverse("cooperation:granted-detail", args=[viewer.party.slug, row.grant_uuid])
    context = f"{row.state} · {row.reference}"
    return WorkItem(row.title, url, context, since=row.granted_at)
