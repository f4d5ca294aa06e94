"""Partners through HTTP: their own pages, and how a State and a donor find them beside a match."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import FrameworkVersion
from cooperation.models import Match, PartnerProfile
from cooperation.services.partners import declare_conflict, save_profile
from tests.cooperation.factories import make_match
from tests.cooperation.services.test_partners import values
from tests.cooperation.views.test_matches import text_of
from tests.personas import Persona, make_partner, make_persona
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party, Territory

World = dict[str, Territory]
FITS_QUERIES = 10
LIST_QUERIES = 7
SENT = {
    "base_version": "0",
    "summary": "Trainers for commissions.",
    "functional_areas": ["COO"],
    "assistance_types": ["EXPERT", "TRAIN"],
    "included": ["XA"],
    "languages": ["en"],
    "consents": "on",
}


@pytest.fixture
def match(amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World) -> Match:
    return make_match(amina, aldo, dana, framework, world["XR1"])


def partner(world: World, name: str, **fields: object) -> Persona:
    """A partner with a profile."""
    persona = make_persona(f"{name} Member", make_partner(name.lower(), name), Role.IMPLEMENTING_MEMBER)
    save_profile(base_version=0, values=values(world, **fields), actor=persona.viewer)
    return persona


def test_a_partner_describes_itself_and_both_sides_of_a_match_find_it(
    ines: Persona, amina: Persona, dana: Persona, match: Match
) -> None:
    client = ines.client
    assert "Describe your organisation" in text_of(client.get(ines.url("work-list")))
    edit = ines.url("cooperation:partner-edit")
    refused = client.post(edit, {**SENT, "languages": []})
    assert refused.status_code == 422
    assert "Name at least one working language" in text_of(refused)
    assert "Trainers for commissions." in refused.content.decode()
    client.post(edit, SENT)
    project = {"title": "A plan for a commission", "functional_areas": ["COO"], "included": ["XA"]}
    add = ines.url("cooperation:partner-project-add")
    future = client.post(add, {**project, "ended_on": "2999-01-01"})
    assert "Only finished projects count" in text_of(future)
    bare = text_of(client.post(add, {"ended_on": "2999-01-01"}))
    for told in ("Only finished projects count", "Name at least one country or region.", "Title: Fill this in."):
        assert told in bare
    assert "A plan for a commission" in future.content.decode()
    client.post(add, {**project, "ended_on": "2025-03-01"})
    [stored] = PartnerProfile.objects.get().projects.all()
    change = ines.url("cooperation:partner-project-edit", stored.uuid)
    assert 'value="A plan for a commission"' in client.get(change).content.decode()
    refused = client.post(change, {**project, "title": "", "ended_on": "2999-01-01"}).content.decode()
    order = [refused.index(f'href="#id_{name}"') for name in ("title", "ended_on")]
    assert order == sorted(order)
    client.post(change, {**project, "title": "A plan for a commission, renamed", "ended_on": "2025-03-01"})
    assert PartnerProfile.objects.get().projects.get().title == "A plan for a commission, renamed"
    assert "You have declared none." in text_of(client.get(ines.url("cooperation:partner-profile")))
    for reader in (amina, dana):
        beside = text_of(reader.client.get(reader.url("cooperation:match-detail", match.uuid)))
        assert "Who could carry it out" in beside
        text = text_of(reader.client.get(reader.url("cooperation:match-partners", match.uuid)))
        assert "1. Cedar Relief" in text
        assert "The partner works in Aldoria itself." in text
        assert "Why not the others" not in text
        profile = PartnerProfile.objects.get()
        shown = text_of(reader.client.get(reader.url("cooperation:partner-detail", profile.uuid)))
        assert "A plan for a commission" in shown
    assert "Cedar Relief" in text_of(dana.client.get(dana.url("cooperation:partner-list") + "?q=trainers"))
    assert "No partner fits these words" in text_of(dana.client.get(dana.url("cooperation:partner-list") + "?q=zzz"))


def test_whom_a_conflict_is_with_is_judged_at_once_and_says_what_is_wrong(
    ines: Persona, dana: Persona, world: World
) -> None:
    save_profile(base_version=0, values=values(world), actor=ines.viewer)
    url = ines.url("cooperation:partner-conflict-add")
    neither = text_of(ines.client.post(url, {"reason": ""}))
    assert "Name a State or a donor." in neither
    assert "Why: Fill this in." in neither
    both = text_of(ines.client.post(url, {"country": "XA", "donor": str(dana.party.uuid)}))
    assert "Name a State or a donor, not both." in both
    assert "Why: Fill this in." in both


def test_without_consent_a_partner_is_unknown_to_all_others(
    ines: Persona, amina: Persona, dana: Persona, rita: Persona, match: Match, world: World
) -> None:
    profile = save_profile(base_version=0, values=values(world, consents=False), actor=ines.viewer)
    for reader in (amina, dana, rita):
        assert "Cedar" not in text_of(reader.client.get(reader.url("cooperation:partner-list")))
        missing = reader.client.get(reader.url("cooperation:partner-detail", profile.uuid))
        assert missing.status_code == 404
    assert "Cedar" not in text_of(dana.client.get(dana.url("cooperation:match-partners", match.uuid)))
    assert "Agree to be suggested" in text_of(ines.client.get(ines.url("work-list")))


def test_beside_a_donor_that_carries_nothing_out_both_sides_see_who_could_and_may_ask_why(
    ines: Persona, amina: Persona, dana: Persona, match: Match, world: World
) -> None:
    def told(reader: Persona) -> str:
        return text_of(reader.client.get(reader.url("cooperation:match-partners-panel", match.uuid)))

    need_panel = amina.url("cooperation:need-matches-panel", match.need_uuid)
    panel_url = amina.url("cooperation:match-partners-panel", match.uuid)
    assert "No partner has agreed to be suggested yet." in told(dana)
    save_profile(base_version=0, values=values(world), actor=ines.viewer)
    for reader in (amina, dana):
        assert "Amber Fund carries nothing out itself." in told(reader)
        assert "Cedar Relief" in told(reader)
        assert (
            reader.url("cooperation:match-partners-panel", match.uuid)
            in reader.client.get(reader.url("cooperation:match-detail", match.uuid)).content.decode()
        )
    assert panel_url in amina.client.get(need_panel).content.decode()
    declare_conflict(reason="Our director owns it.", country=world["XA"], actor=ines.viewer)
    assert "No partner fits this need yet." in told(dana)
    assert "why not the others" in told(dana)
    Party.objects.filter(pk=match.donor.pk).update(implements=True)
    assert "Amber Fund carries projects out itself as well." in told(dana)
    assert panel_url not in amina.client.get(need_panel).content.decode()


@pytest.mark.parametrize("side", ["country", "donor"])
def test_a_declared_conflict_says_why_not_and_keeps_its_reason(
    ines: Persona, dana: Persona, match: Match, world: World, side: str
) -> None:
    save_profile(base_version=0, values=values(world), actor=ines.viewer)
    sides = {"country": {"country": world["XA"]}, "donor": {"donor": dana.viewer.party}}[side]
    declare_conflict(reason="Our director owns it.", **sides, actor=ines.viewer)  # type: ignore[arg-type]
    text = text_of(dana.client.get(dana.url("cooperation:match-partners", match.uuid)))
    assert "No partner fits this need yet" in text
    assert "The partner declared a conflict of interest with one side." in text
    assert "Our director" not in text
    own = text_of(ines.client.get(ines.url("cooperation:partner-profile")))
    assert "Our director owns it." in own


def test_a_conflict_elsewhere_changes_nothing_here(ines: Persona, dana: Persona, match: Match, world: World) -> None:
    save_profile(base_version=0, values=values(world), actor=ines.viewer)
    declare_conflict(reason="Our director owns it.", country=world["XB"], actor=ines.viewer)
    assert "1. Cedar Relief" in text_of(dana.client.get(dana.url("cooperation:match-partners", match.uuid)))


def test_two_colleagues_on_one_profile_lose_nothing(ines: Persona, world: World) -> None:
    save_profile(base_version=0, values=values(world, summary="Saved by a colleague."), actor=ines.viewer)
    conflict = ines.client.post(ines.url("cooperation:partner-edit"), SENT)
    assert conflict.status_code == 409
    body = conflict.content.decode()
    assert "Trainers for commissions." in body
    assert 'name="base_version" value="1"' in body
    assert PartnerProfile.objects.get().summary == "Saved by a colleague."


def test_partners_cost_the_same_however_many_there_are(dana: Persona, match: Match, world: World) -> None:
    pages = (
        dana.url("cooperation:match-partners", match.uuid),
        dana.url("cooperation:match-partners-panel", match.uuid),
        dana.url("cooperation:partner-list"),
    )
    client = dana.client
    client.get(pages[0])  # the first request of a process finds nothing in memory yet
    for names in (["Cedar"], ["Cedar", "Dahlia", "Elder"]):
        for name in names[-2:] if len(names) > 1 else names:
            partner(world, name)
        costs = []
        for page in pages:
            with CaptureQueriesContext(connection) as captured:
                text = text_of(client.get(page))
            assert [name for name in names if name not in text] == []
            costs.append(len(captured))
        assert costs == [FITS_QUERIES, FITS_QUERIES, LIST_QUERIES], names
