"""The need's side of what is agreed: however many donors agree, together never more than the State asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from assessments import public
from assessments.models import AssistanceRequest, FrameworkVersion, Grant
from assessments.services.releases import revoke_grant
from cooperation.models import Match, NeedBalance
from cooperation.services.matches import accept_match, propose_match
from cooperation.services.rates import load_rates
from tests.cooperation.factories import make_offer, make_request, share
from tests.personas import Persona
from wam_portal.access import SystemViewer
from wam_portal.accounts.models import Territory
from wam_portal.errors import Invalid, NotVisible

World = dict[str, Territory]
MATCHING = SystemViewer("matching")
SHARED = "More would be agreed than this need asks for. Give less, or ask the State."


@dataclass(frozen=True)
class Deal:
    """A need of USD 100,000 that two donors may serve."""

    request: AssistanceRequest
    state: Persona

    def match(self, donor: Persona) -> Match:
        """The match of the donor."""
        found = Match.objects.select_related("offer", "donor", "state")
        return found.get(request_uuid=self.request.uuid, donor=donor.viewer.party)

    def offered(self, donor: Persona, amount: int) -> Match:
        """Proposed by the donor."""
        match = self.match(donor)
        return propose_match(match=match, base_version=match.version, amount_minor=amount, actor=donor.viewer)

    def asked(self, donor: Persona) -> Match:
        """Proposed by the State."""
        match = self.match(donor)
        return propose_match(match=match, base_version=match.version, actor=self.state.viewer)

    def agreed(self, donor: Persona, amount: int) -> Match:
        """Proposed by the donor, accepted by the State."""
        match = self.offered(donor, amount)
        return accept_match(conflict="", match=match, base_version=match.version, actor=self.state.viewer)


@pytest.fixture
def request_made(amina: Persona, aldo: Persona, framework: FrameworkVersion) -> AssistanceRequest:
    load_rates(
        lines=["currency,usd_per_unit", "EUR,1.25", "USD,1"], dated=date(2026, 5, 1), source="A bank", actor=None
    )
    return make_request(amina, aldo, framework)


@pytest.fixture
def deal(request_made: AssistanceRequest, aldo: Persona, dana: Persona, dirk: Persona, world: World) -> Deal:
    make_offer(dana, world["XR1"])
    make_offer(dirk, world["XR1"], currency="EUR")
    share(aldo, request_made, dana.viewer.party, dirk.viewer.party)
    return Deal(request_made, aldo)


@pytest.fixture
def banded(request_made: AssistanceRequest, aldo: Persona, dana: Persona, dirk: Persona, world: World) -> Deal:
    """The donors are shown the band of the amount alone: from 50,000 up to 200,000."""
    make_offer(dana, world["XR1"])
    make_offer(dirk, world["XR1"])
    share(aldo, request_made, dana.viewer.party, dirk.viewer.party, level="summary")
    return Deal(request_made, aldo)


def refusal(deal: Deal, donor: Persona, amount: int) -> str:
    """What the State is told when it accepts what a donor has proposed; nothing of it stays."""
    match = deal.offered(donor, amount)
    before = sum(NeedBalance.objects.values_list("committed_minor", flat=True))
    with pytest.raises(Invalid) as invalid:
        accept_match(conflict="", match=match, base_version=match.version, actor=deal.state.viewer)
    stored = deal.match(donor)
    assert (stored.status, stored.offer.committed_minor, stored.offer.committed_requests) == ("proposed", 0, 0)
    assert sum(NeedBalance.objects.values_list("committed_minor", flat=True)) == before
    [[message]] = invalid.value.errors.values()
    return message


def test_a_second_donor_gives_at_most_what_the_first_left(deal: Deal, dana: Persona, dirk: Persona) -> None:
    deal.agreed(dana, 7_000_000)
    message = refusal(deal, dirk, 2_400_001)  # one cent of a euro more than the 24,000.00 that USD 30,000 buy
    assert message == (
        "This need asks for USD 100,000, of which USD 70,000 are agreed: USD 30,000.01 more would be too much."
    )


def test_the_last_cent_can_be_agreed_in_another_currency(deal: Deal, dana: Persona, dirk: Persona) -> None:
    deal.agreed(dana, 7_000_000)
    deal.agreed(dirk, 2_400_000)
    balance = NeedBalance.objects.get()
    assert (balance.currency, balance.sought_minor, balance.committed_minor) == ("USD", 10_000_000, 10_000_000)


def test_more_than_the_grant_says_is_not_even_proposed(deal: Deal, dana: Persona, dirk: Persona) -> None:
    with pytest.raises(Invalid, match="This need asks for USD 100,000 at most"):
        deal.offered(dana, 10_000_001)
    with pytest.raises(Invalid, match="This need asks for USD 100,000 at most"):
        deal.offered(dirk, 8_000_001)
    assert deal.offered(dirk, 8_000_000).status == "proposed"


def test_without_a_rate_nothing_is_compared_and_nothing_agreed(deal: Deal, dirk: Persona) -> None:
    match = deal.offered(dirk, 1_000)
    load_rates(lines=["currency,usd_per_unit", "USD,1"], dated=date(2026, 6, 1), source="A bank", actor=None)
    with pytest.raises(Invalid, match="no exchange rate between EUR and USD"):
        accept_match(conflict="", match=match, base_version=match.version, actor=deal.state.viewer)


def test_a_donor_learns_neither_the_amount_behind_its_band_nor_what_others_give(
    banded: Deal, dana: Persona, dirk: Persona
) -> None:
    match = banded.asked(dana)
    with pytest.raises(Invalid) as invalid:
        accept_match(conflict="", match=match, base_version=match.version, amount_minor=10_000_001, actor=dana.viewer)
    assert invalid.value.errors == {"amount": [SHARED]}
    banded.agreed(dirk, 4_000_000)
    with pytest.raises(Invalid) as invalid:
        accept_match(conflict="", match=match, base_version=match.version, amount_minor=6_000_001, actor=dana.viewer)
    assert invalid.value.errors == {"amount": [SHARED]}
    accept_match(conflict="", match=match, base_version=match.version, amount_minor=6_000_000, actor=dana.viewer)


def test_a_band_bounds_a_proposal_and_the_state_is_told_the_rest(banded: Deal, dana: Persona) -> None:
    with pytest.raises(Invalid, match="asks for USD 200,000 at most"):
        banded.offered(dana, 20_000_001)
    assert "asks for USD 100,000" in refusal(banded, dana, 10_000_001)


def test_what_was_agreed_before_the_balance_was_kept_counts(deal: Deal, dana: Persona, dirk: Persona) -> None:
    deal.agreed(dana, 7_000_000)
    NeedBalance.objects.all().delete()
    match = deal.offered(dirk, 2_400_001)
    with pytest.raises(Invalid, match="of which USD 70,000 are agreed"):
        accept_match(conflict="", match=match, base_version=match.version, actor=deal.state.viewer)


def test_a_balance_in_the_currency_of_an_older_release_is_counted_anew(
    deal: Deal, dana: Persona, dirk: Persona
) -> None:
    deal.agreed(dana, 7_000_000)
    NeedBalance.objects.update(currency="EUR", sought_minor=99, committed_minor=1)
    match = deal.offered(dirk, 2_400_001)
    with pytest.raises(Invalid, match="of which USD 70,000 are agreed"):
        accept_match(conflict="", match=match, base_version=match.version, actor=deal.state.viewer)


def test_help_in_kind_takes_no_money_from_the_need(
    request_made: AssistanceRequest, aldo: Persona, dana: Persona, world: World
) -> None:
    make_offer(dana, world["XR1"], modality="in_kind", capacity_minor=None, max_requests=2)
    share(aldo, request_made, dana.viewer.party)
    deal = Deal(request_made, aldo)
    match = deal.asked(dana)
    assert accept_match(conflict="", match=match, base_version=match.version, actor=dana.viewer).status == "accepted"
    assert not NeedBalance.objects.exists()


def test_the_exact_amount_is_for_matching_alone_and_ends_with_the_grant(
    banded: Deal, dana: Persona, aldo: Persona
) -> None:
    match = banded.match(dana)
    assert public.amount_sought(MATCHING, match.grant_uuid, match.need_uuid) == public.Sought(10_000_000, "USD")
    with pytest.raises(NotVisible):
        public.amount_sought(SystemViewer("dossier"), match.grant_uuid, match.need_uuid)
    revoke_grant(grant=Grant.objects.get(uuid=match.grant_uuid), actor=aldo.viewer)
    with pytest.raises(NotVisible):
        public.amount_sought(MATCHING, match.grant_uuid, match.need_uuid)


def test_nobody_reads_a_balance(deal: Deal, dana: Persona, aldo: Persona, rita: Persona) -> None:
    deal.agreed(dana, 7_000_000)
    for persona in (dana, aldo, rita):
        assert not NeedBalance.objects.visible_to(persona.viewer).exists()
