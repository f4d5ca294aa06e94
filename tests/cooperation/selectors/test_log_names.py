"""The log of a State calls a match by its offer, as long as the State may see that offer."""

from __future__ import annotations

import pytest

from assessments.models import FrameworkVersion
from cooperation.services.matches import propose_match
from cooperation.services.offers import close_offer
from tests.cooperation.factories import make_match
from tests.personas import Persona
from tests.wam_portal.audit.test_names import lines
from wam_portal.accounts.models import Territory

pytestmark = pytest.mark.django_db


def test_a_match_is_named_by_its_offer_until_the_offer_is_out_of_sight(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: dict[str, Territory]
) -> None:
    match = make_match(amina, aldo, dana, framework, world["XR1"])
    title = match.offer.title
    propose_match(match=match, base_version=1, actor=aldo.viewer)
    assert [line for line in lines(aldo) if f"Match proposed {title}" in line]
    match.offer.refresh_from_db()
    close_offer(offer=match.offer, base_version=match.offer.version, actor=dana.viewer, reason="Spent.")
    assert [line for line in lines(aldo) if "Match proposed" in line]
    assert not [line for line in lines(aldo) if title in line]
