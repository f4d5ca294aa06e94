"""Inviting people: making, sending again, withdrawing and accepting an invitation."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Final

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from wam_portal.access import Viewer, require
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Invitation, Membership, Party, User
from wam_portal.accounts.models.invitation import token_hash
from wam_portal.accounts.permissions import can_give_roles, roles_of_party
from wam_portal.accounts.services import add_membership
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid, NotVisible, PortalError

LIFETIME: Final = timedelta(days=7)
LAPSED_KEPT_FOR: Final = timedelta(days=30)
SECRET_BYTES: Final = 32
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Invitee:
    """Whom somebody invites: address, name, roles, agency, language, and when the roles end by themselves."""

    email: str
    full_name: str
    roles: Sequence[Role]
    agency: str = ""
    language: str = "en"
    membership_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation with its link. The link is known at this moment only: what is stored is a hash."""

    invitation: Invitation
    link: str


def invite_member(*, invitee: Invitee, actor: Viewer) -> Invited:
    """Invite somebody to the acting party. Raises `Refused` and `Invalid`.

    The mail is a step of its own, after the transaction: see `mail_invitation`.
    """
    require(can_give_roles(actor, invitee.roles))
    return _invite(party=actor.party, invitee=invitee, actor=actor)


def invite_from_outside(*, party: Party, invitee: Invitee) -> Invited:
    """Invite the first members of a party, by the operator at the command line. Raises `Invalid`."""
    if not set(invitee.roles) <= set(roles_of_party(party)):
        raise Invalid({"roles": [_("This party has no such role.")]})
    return _invite(party=party, invitee=invitee, actor=None)


def resend_invitation(*, invitation: Invitation, actor: Viewer, membership_until: datetime | None = None) -> Invited:
    """Replace the link by a new one that works for another week; the old one works no more.

    `membership_until` moves the end of the roles, which may have come near. Raises `Refused`, and `Conflict` when the
    invitation was accepted, withdrawn or sent again meanwhile.
    """
    require(can_give_roles(actor, invitation.roles))
    token = secrets.token_urlsafe(SECRET_BYTES)
    until = membership_until or invitation.membership_until
    fields = {"token_hash": token_hash(token), "expires_at": timezone.now() + LIFETIME, "membership_until": until}
    with audited():
        waiting = Invitation.objects.unanswered().filter(pk=invitation.pk, token_hash=invitation.token_hash)
        if not waiting.update(**fields):
            raise _changed(invitation)
        record(verb="invitation.resent", target=invitation, actor=actor, parties=[invitation.party])
    for name, value in fields.items():
        setattr(invitation, name, value)
    return Invited(invitation, _link(token))


def revoke_invitation(*, invitation: Invitation, actor: Viewer) -> None:
    """Withdraw an invitation; its link works no more. Raises `Refused`, and `Conflict` when it was answered."""
    require(can_give_roles(actor, invitation.roles))
    with audited():
        if not Invitation.objects.unanswered().filter(pk=invitation.pk).update(revoked_at=timezone.now()):
            raise _changed(invitation)
        record(verb="invitation.revoked", target=invitation, actor=actor, parties=[invitation.party])


def retire_lapsed_invitations() -> int:
    """Withdraw what ran out a month ago and nobody sent again, as if somebody had; how many."""
    lapsed = Invitation.objects.unanswered().filter(expires_at__lte=timezone.now() - LAPSED_KEPT_FOR)
    retired = 0
    for invitation in lapsed.select_related("party").order_by("pk"):
        with audited():
            same = Invitation.objects.unanswered().filter(pk=invitation.pk, token_hash=invitation.token_hash)
            if same.update(revoked_at=timezone.now()):
                record(verb="invitation.lapsed", target=invitation, actor=None, parties=[invitation.party])
                retired += 1
    return retired


def accept_invitation(*, token: str, user: User) -> Invitation:
    """Give the roles to the account that the invitation was sent to.

    Raises `NotVisible` for a link that does not work (any more), `Invalid` when the account has another address.
    """
    with audited():
        invitation = _claim(token, user)
        _give_roles(invitation, user)
    return invitation


def accept_as_new_person(*, token: str, full_name: str, password: str) -> tuple[Invitation, User]:
    """Make the account that the invitation was sent to and give it the roles.

    Raises `NotVisible` for a link that does not work (any more), `Invalid` for a weak password or a second account.
    """
    invitation = Invitation.objects.usable().filter(token_hash=token_hash(token)).first()
    if invitation is None:
        raise NotVisible
    language = invitation.language
    user = User(email=invitation.email, full_name=full_name.strip(), language=language)
    try:
        validate_password(password, user)
    except ValidationError as weak:
        raise Invalid({"password1": weak.messages}) from weak
    user.set_password(password)
    try:
        with audited():
            user.save()
            invitation = _claim(token, user)
            _give_roles(invitation, user)
    except IntegrityError as error:
        raise Invalid({"": [_("There is already an account with this e-mail address. Sign in with it.")]}) from error
    return invitation, user


def mail_invitation(invited: Invited) -> bool:
    """Send the link to the invited person, in their language; answers whether the mail server took it.

    The mail says who invites and nothing of what the party works on.
    """
    invitation = invited.invitation
    with translation.override(invitation.language):
        words = {"invitation": invitation, "link": invited.link, "days": LIFETIME.days}
        body = render_to_string("accounts/mail/invitation.txt", words)
        subject = _("Invitation to the WAM portal")
    try:
        return bool(send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [invitation.email]))
    except (SMTPException, OSError):
        logger.exception("The mail of invitation %s could not be sent", invitation.uuid)
        return False


def _invite(*, party: Party, invitee: Invitee, actor: Viewer | None) -> Invited:
    token = secrets.token_urlsafe(SECRET_BYTES)
    invitation = Invitation(
        party=party,
        email=invitee.email.strip().lower(),
        full_name=invitee.full_name.strip(),
        roles=[str(role) for role in Role if role in invitee.roles],
        agency=invitee.agency.strip(),
        language=invitee.language,
        membership_until=invitee.membership_until,
        token_hash=token_hash(token),
        invited_by=actor.user if actor else None,
        expires_at=timezone.now() + LIFETIME,
    )
    _check(invitation)
    try:
        with audited():
            _retire_outdated(invitation)
            invitation.save()
            changes = {"roles": invitation.roles}
            record(verb="invitation.made", target=invitation, actor=actor, parties=[party], changes=changes)
    except IntegrityError as error:
        raise Invalid({"email": [_invited_already()]}) from error
    return Invited(invitation, _link(token))


def _invited_already() -> str:
    return _("This person is invited already. Send the invitation again, or withdraw it.")


def _check(invitation: Invitation) -> None:
    """Raise `Invalid` for what cannot be invited: no role, an address that is none, roles that are held already."""
    if not invitation.roles:
        raise Invalid({"roles": [_("Choose at least one role.")]})
    try:
        invitation.clean_fields(exclude=["roles"])
    except ValidationError as error:
        raise Invalid(error.message_dict) from error
    members = Membership.objects.active().filter(party=invitation.party, user__email=invitation.email)
    if set(invitation.roles) <= {membership.role for membership in members}:
        raise Invalid({"email": [_("This person already holds these roles here.")]})


def _retire_outdated(invitation: Invitation) -> None:
    """An invitation that has run out stands in nobody's way."""
    same = Invitation.objects.unanswered().filter(party=invitation.party, email=invitation.email)
    same.filter(expires_at__lte=timezone.now()).update(revoked_at=timezone.now())


def _link(token: str) -> str:
    return f"{settings.PUBLIC_BASE_URL}{reverse('invitation', args=[token])}"


def _changed(invitation: Invitation) -> PortalError:
    return Conflict(_("This invitation was accepted, withdrawn or sent again meanwhile."), current=invitation)


def _claim(token: str, user: User) -> Invitation:
    """Use up the invitation: of two who try at the same moment one finds it used."""
    usable = Invitation.objects.usable().filter(token_hash=token_hash(token))
    invitation = usable.select_related("party__territory").first()
    if invitation is None:
        raise NotVisible
    if invitation.email != user.email.lower():
        raise Invalid({"": [_("This invitation was sent to another address.")]})
    if not usable.update(used_at=timezone.now(), used_by=user):
        raise NotVisible
    invitation.refresh_from_db(fields=["used_at", "used_by"])
    return invitation


def _give_roles(invitation: Invitation, user: User) -> None:
    actor = Viewer(user=user, party=invitation.party, roles=frozenset(invitation.roles))
    outdated = Membership.objects.filter(user=user, party=invitation.party, ended_at=None)
    outdated.filter(expires_at__lte=timezone.now()).update(ended_at=timezone.now())
    memberships = []
    for role in invitation.roles:
        membership = add_membership(
            user=user, party=invitation.party, role=Role(role), agency=invitation.agency, actor=actor
        )
        if membership.expires_at != invitation.membership_until and role == Role.INVITED_CONTRIBUTOR:
            later = max(filter(None, (membership.expires_at, invitation.membership_until)), default=None)
            Membership.objects.filter(pk=membership.pk).update(expires_at=later)
            membership.expires_at = later
        memberships.append(membership)
    record(verb="invitation.accepted", target=invitation, actor=actor, parties=[invitation.party])
    for path in settings.INVITATION_ACCEPTED:
        bring: Callable[..., None] = import_string(path)
        bring(invitation=invitation, memberships=memberships)
