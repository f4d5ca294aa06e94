"""An invitation opened by many at the same moment is accepted once; a code of an app signs in once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.personas import PASSWORD, Persona
from tests.reliability.test_request_races import at_once
from wam_portal.accounts.enums import Role
from wam_portal.accounts.invitations import Invitee, accept_as_new_person, accept_invitation, invite_member
from wam_portal.accounts.models import LastCode, Membership, User
from wam_portal.accounts.second_factor_forms import take_code

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_accept_one_invitation_or_use_one_code_exactly_one_succeeds(nadia: Persona, boris: Persona) -> None:
    links = [
        invite_member(invitee=Invitee(email, "Nora", [Role.VIEWER]), actor=nadia.viewer).link
        for email in (boris.user.email, "nora@example.test")
    ]
    known, new = (link.rstrip("/").rsplit("/", 1)[-1] for link in links)
    results = at_once(*[lambda: accept_invitation(token=known, user=boris.user)] * 6)
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert Membership.objects.filter(user=boris.user, party=nadia.party).count() == 1
    results = at_once(*[lambda: accept_as_new_person(token=new, full_name="Nora", password=PASSWORD)] * 4)
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert User.objects.filter(email="nora@example.test").count() == 1

    def use() -> bool:
        now = int(datetime.now(UTC).timestamp()) // 30
        return take_code(boris.user, SECRET, format_hotp_value(hotp_value(SECRET, now)))

    LastCode.objects.create(user=boris.user)
    taken = at_once(*[use] * 6)
    # More than one only where the clock passed to the next code between them.
    assert 1 <= taken.count(True) <= 2
    assert not use() or taken.count(True) == 1
