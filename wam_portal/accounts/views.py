"""The members of a party, and the page behind the link of an invitation."""

from __future__ import annotations

from uuid import UUID

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wam_portal.access import refuse, require
from wam_portal.accounts.forms import AcceptForm, AgencyForm, InviteForm
from wam_portal.accounts.invitations import (
    LIFETIME,
    Invited,
    accept_as_new_person,
    accept_invitation,
    invite_member,
    mail_invitation,
    resend_invitation,
    revoke_invitation,
)
from wam_portal.accounts.members import change_agency, end_role, hinders_ending
from wam_portal.accounts.models import Invitation, Membership, User
from wam_portal.accounts.permissions import (
    can_change_membership,
    can_give_roles,
    can_manage_members,
    can_read_members,
    roles_to_give,
)
from wam_portal.accounts.selectors import (
    has_account,
    invitation_behind,
    invitation_for,
    invitations_of,
    member_for,
    members_of,
)
from wam_portal.errors import Invalid, NotVisible
from wam_portal.forms import add_errors
from wam_portal.languages import language_of_words, speaking
from wam_portal.party_pages import PartyRequest, party_page

UNPROCESSABLE = 422
PAGE_LENGTH = 50


def _require_reader(request: PartyRequest) -> None:
    """Staff is told who reads the list; for somebody who is only invited there is no such page."""
    if not request.viewer.roles - {"invited_contributor"}:
        raise NotVisible
    require(can_read_members(request.viewer))


def _address(request: PartyRequest, name: str, *args: object) -> str:
    return reverse(name, args=[request.viewer.party.slug, *args])


def _crumbs(request: PartyRequest, last: str) -> list[tuple[str, str]]:
    return [(_("Members"), _address(request, "member-list")), (last, "")]


@party_page
@require_safe
def member_list(request: PartyRequest) -> HttpResponse:
    """Who may act for the party, and who is invited to."""
    _require_reader(request)
    viewer = request.viewer
    page = Paginator(members_of(viewer), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [(member, can_change_membership(viewer, member)) for member in page],
        "invitations": [(row, can_give_roles(viewer, row.roles)) for row in invitations_of(viewer)],
        "manage": can_manage_members(viewer),
        "breadcrumbs": [(_("Members"), "")],
    }
    return render(request, "accounts/member_list.html", context)


@party_page
@require_http_methods(["GET", "HEAD", "POST"])
def member_invite(request: PartyRequest) -> HttpResponse:
    """Invite somebody. The answer shows the link, once."""
    _require_reader(request)
    require(can_manage_members(request.viewer))
    roles = roles_to_give(request.viewer)
    form = InviteForm(request.POST or None, roles=roles, initial={"language": get_language()})
    if request.method == "POST" and form.is_valid():
        try:
            return show_link(request, invite_member(invitee=form.invitee(), actor=request.viewer))
        except Invalid as invalid:
            add_errors(form, invalid)
    context = {"form": form, "breadcrumbs": _crumbs(request, _("Invite somebody")), "days": LIFETIME.days}
    return render(request, "accounts/member_invite.html", context, status=UNPROCESSABLE if form.errors else 200)


def show_link(request: PartyRequest, invited: Invited, *, back_url: str = "", back_label: str = "") -> HttpResponse:
    """Send the mail and show the link, which nobody can look up later."""
    context = {
        "invited": invited,
        "mailed": mail_invitation(invited),
        "days": LIFETIME.days,
        "back_url": back_url or _address(request, "member-list"),
        "back_label": back_label or _("Members"),
        "breadcrumbs": [(back_label or _("Members"), back_url or _address(request, "member-list")), (_("Invited"), "")],
    }
    return render(request, "accounts/invitation_link.html", context)


@party_page
@require_POST
def invitation_resend(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Send an invitation again, with a new link."""
    invitation = invitation_for(request.viewer, uuid)
    return show_link(request, resend_invitation(invitation=invitation, actor=request.viewer))


@party_page
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_revoke(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Ask, then withdraw an invitation."""
    invitation = invitation_for(request.viewer, uuid)
    require(can_give_roles(request.viewer, invitation.roles))
    if request.method == "POST":
        revoke_invitation(invitation=invitation, actor=request.viewer)
        messages.success(request, _("The invitation is withdrawn."))
        return redirect(_address(request, "member-list"))
    context = {
        "heading": _("Withdraw the invitation of %(email)s") % {"email": invitation.email},
        "effects": [_("The link in the mail works no more."), _("You can invite this person again.")],
        "confirm_label": _("Withdraw the invitation"),
        "danger": True,
        "cancel_url": _address(request, "member-list"),
        "breadcrumbs": _crumbs(request, _("Withdraw")),
    }
    return render(request, "components/confirm.html", context)


@party_page
@require_http_methods(["GET", "HEAD", "POST"])
def member_end(request: PartyRequest, membership: int) -> HttpResponse:
    """Ask, then end a member's role."""
    member = member_for(request.viewer, membership)
    require(can_change_membership(request.viewer, member))
    problems: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            end_role(membership=member, actor=request.viewer)
        except Invalid as invalid:
            problems = [{"text": invalid.message, "target": ""}]
        else:
            messages.success(request, _("The role has ended."))
            return _after_ending(request, member)
    return render(
        request,
        "components/confirm.html",
        _ending(request, member, problems),
        status=UNPROCESSABLE if problems else 200,
    )


def _ending(request: PartyRequest, member: Membership, problems: list[dict[str, str]]) -> dict[str, object]:
    words = {"role": member.get_role_display(), "name": member.user.full_name}
    return {
        "heading": _("End the role “%(role)s” of %(name)s") % words,
        "blocked": hinders_ending(member),
        "effects": [
            _("From the next page on, %(name)s can do nothing more in this role.") % words,
            _("What this person wrote stays, with their name."),
            _("The account stays; you can invite the person again."),
        ],
        "problems": problems,
        "confirm_label": _("End the role"),
        "danger": True,
        "cancel_url": _address(request, "member-list"),
        "breadcrumbs": _crumbs(request, _("End a role")),
    }


def _after_ending(request: PartyRequest, member: Membership) -> HttpResponse:
    """Back to the list; who ended their own role may have no list any more."""
    return redirect("home" if member.user_id == request.viewer.user.pk else _address(request, "member-list"))


@party_page
@require_http_methods(["GET", "HEAD", "POST"])
def member_agency(request: PartyRequest, membership: int) -> HttpResponse:
    """Change the ministry or agency of a member."""
    member = member_for(request.viewer, membership)
    require(can_change_membership(request.viewer, member))
    form = AgencyForm(request.POST if request.method == "POST" else None, initial={"agency": member.agency})
    if request.method == "POST" and form.is_valid():
        change_agency(membership=member, agency=form.cleaned_data["agency"], actor=request.viewer)
        messages.success(request, _("The agency is changed."))
        return redirect(_address(request, "member-list"))
    context = {"form": form, "member": member, "breadcrumbs": _crumbs(request, _("Change the agency"))}
    return render(request, "accounts/member_agency.html", context, status=UNPROCESSABLE if form.errors else 200)


@login_not_required
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the link. Opening it changes nothing: mail scanners open links too."""
    found = invitation_behind(token)
    if found is None:
        return _closed(request)
    if isinstance(request.user, User):
        return _accept_with_account(request, found, token, request.user)
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return _without_account(request, found, token)
    # Until the visitor chooses, the page goes on in the language of the mail.
    with speaking(found.language):
        answer = _without_account(request, found, token)
    answer.headers["Content-Language"] = language_of_words(found.language)
    return answer


def _without_account(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    if has_account(found.email):
        context = {"invitation": found, "here": request.path}
        return render(request, "accounts/invitation_sign_in.html", context)
    return _accept_as_new_person(request, found, token)


def _closed(request: HttpRequest) -> HttpResponse:
    """One page for links that were used, withdrawn, replaced, too old, or never given."""
    return render(request, "accounts/invitation_closed.html", {"days": LIFETIME.days}, status=404)


def _accept_with_account(request: HttpRequest, found: Invitation, token: str, user: User) -> HttpResponse:
    theirs = found.email == user.email.lower()
    if request.method == "POST":
        if not theirs:
            require(refuse(_("This invitation was sent to another address."), _("Sign out, then open it again.")))
        try:
            accept_invitation(token=token, user=user)
        except NotVisible:
            return _closed(request)
        messages.success(request, _("You act for %(party)s now.") % {"party": found.party})
        return redirect("work-list", found.party.slug)
    return render(request, "accounts/invitation_accept.html", {"invitation": found, "theirs": theirs})


def _accept_as_new_person(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    form = AcceptForm(
        request.POST if request.method == "POST" else None, email=found.email, initial={"full_name": found.full_name}
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            _accepted, user = accept_as_new_person(
                token=token, full_name=values["full_name"], password=values["password1"]
            )
        except NotVisible:
            return _closed(request)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            return _sign_in(request, user, reverse("work-list", args=[found.party.slug]))
    context = {"invitation": found, "form": form}
    return render(request, "accounts/invitation_new.html", context, status=UNPROCESSABLE if form.errors else 200)


def _sign_in(request: HttpRequest, user: User, url: str) -> HttpResponse:
    """Sign the new person in as if they had typed the password that they have just chosen."""
    record_authentication(request, user, "password", email=user.email, reauthenticated=True)
    answer: HttpResponse = perform_login(request, user, redirect_url=url)
    return answer
