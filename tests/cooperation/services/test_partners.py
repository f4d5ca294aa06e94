"""What a partner says of itself is checked, versioned, logged, and its consent is its own to give and take back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from cooperation.models import PartnerProfile
from cooperation.services.partners import (
    PartnerValues,
    add_project,
    change_project,
    declare_conflict,
    remove_project,
    save_profile,
    withdraw_conflict,
)
from tests.personas import Persona, make_partner, make_persona
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Territory
from wam_portal.audit.models import Event
from wam_portal.errors import Conflict, Invalid, NotVisible, Refused

World = dict[str, Territory]


def values(world: World, **fields: object) -> PartnerValues:
    """A profile that fits the requests of the factories."""
    given = {
        "functional_areas": ("COO",),
        "assistance_types": ("EXPERT", "TRAIN"),
        "presence": [world["XA"]],
        "languages": ("en",),
        "consents": True,
    }
    return PartnerValues(**{**given, **fields})  # type: ignore[arg-type]


def test_consent_has_its_time_and_ends_when_it_is_taken_back(ines: Persona, world: World) -> None:
    profile = save_profile(base_version=0, values=values(world), actor=ines.viewer)
    given = profile.consented_at
    assert given is not None
    again = save_profile(base_version=1, values=values(world, summary="Changed."), actor=ines.viewer)
    assert (again.version, again.consented_at) == (2, given)
    ended = save_profile(base_version=2, values=values(world, consents=False), actor=ines.viewer)
    assert (ended.consents, ended.consented_at) == (False, None)
    changes = Event.objects.filter(verb="partner.described").order_by("seq").values_list("changes__consents", flat=True)
    assert list(changes) == [True, True, False]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("functional_areas", ()),
        ("assistance_types", ()),
        ("presence", ()),
        ("languages", ()),
        ("functional_areas", ("NOPE",)),
        ("technologies", ("NOPE",)),
        ("projects_left", -1),
        ("summary", "x" * 4001),
        ("contact", "x" * 401),
    ],
)
def test_who_wants_to_be_suggested_has_to_be_comparable(ines: Persona, world: World, field: str, wrong: object) -> None:
    with pytest.raises(Invalid) as refused:
        save_profile(base_version=0, values=values(world, **{field: wrong}), actor=ines.viewer)
    assert list(refused.value.errors) == [field]
    assert not PartnerProfile.objects.exists()


def test_an_empty_profile_can_be_kept_without_consent(ines: Persona) -> None:
    assert save_profile(base_version=0, values=PartnerValues(), actor=ines.viewer).consents is False


@pytest.mark.parametrize("stale", [0, 1])
def test_a_stale_save_changes_nothing(ines: Persona, world: World, stale: int) -> None:
    save_profile(base_version=0, values=values(world), actor=ines.viewer)
    save_profile(base_version=1, values=values(world, summary="First."), actor=ines.viewer)
    with pytest.raises(Conflict) as conflict:
        save_profile(base_version=stale, values=values(world, summary="Second."), actor=ines.viewer)
    assert conflict.value.current.version == 2
    assert PartnerProfile.objects.get().summary == "First."


def test_a_version_of_what_was_never_written_is_no_server_error(ines: Persona) -> None:
    assert save_profile(base_version=7, values=PartnerValues(), actor=ines.viewer).version == 1


def test_only_implementing_members_describe_a_partner(dana: Persona, world: World) -> None:
    with pytest.raises(Refused):
        save_profile(base_version=0, values=values(world), actor=dana.viewer)


def test_a_project_has_ended_and_is_taken_off_by_its_own_partner_only(ines: Persona, world: World) -> None:
    save_profile(base_version=0, values=values(world), actor=ines.viewer)
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        add_project(title=" ", functional_areas=[], places=[], ended_on=tomorrow, actor=ines.viewer)
    assert set(refused.value.errors) == {"title", "functional_areas", "places", "ended_on"}
    project = add_project(
        title="Depots", functional_areas=["STO"], places=[world["XA"]], ended_on=date(2025, 1, 1), actor=ines.viewer
    )
    other = make_persona("Otto", make_partner("dahlia-aid", "Dahlia Aid"), Role.IMPLEMENTING_MEMBER)
    save_profile(base_version=0, values=PartnerValues(), actor=other.viewer)
    corrected = {"title": "Its right name", "functional_areas": ["STO"], "places": [world["XA"]]}
    with pytest.raises(NotVisible):
        change_project(project=project, **corrected, ended_on=project.ended_on, actor=other.viewer)
    change_project(project=project, **corrected, ended_on=project.ended_on, actor=ines.viewer)
    project.refresh_from_db()
    assert (project.title, project.functional_areas) == ("Its right name", ["STO"])
    with pytest.raises(NotVisible):
        remove_project(project=project, actor=other.viewer)
    remove_project(project=project, actor=ines.viewer)
    assert not PartnerProfile.objects.get(party=ines.viewer.party).projects.exists()


def test_a_conflict_is_with_one_side_once_and_can_be_over(ines: Persona, dana: Persona, world: World) -> None:
    save_profile(base_version=0, values=values(world), actor=ines.viewer)
    both = {"country": world["XA"], "donor": dana.viewer.party}
    for sides, field in ((both, "donor"), ({}, "country"), ({"country": world["XA"], "reason": " "}, "reason")):
        with pytest.raises(Invalid) as refused:
            declare_conflict(**{"reason": "Our board.", **sides}, actor=ines.viewer)  # type: ignore[arg-type]
        assert list(refused.value.errors) == [field]
    conflict = declare_conflict(country=world["XA"], reason="Our board.", actor=ines.viewer)
    with pytest.raises(Invalid):
        declare_conflict(country=world["XA"], reason="Again.", actor=ines.viewer)
    withdraw_conflict(conflict=conflict, actor=ines.viewer)
    assert declare_conflict(country=world["XA"], reason="Anew.", actor=ines.viewer).reason == "Anew."
    told = Event.objects.filter(verb__startswith="partner.conflict").order_by("seq").values_list("verb", flat=True)
    assert list(told) == ["partner.conflict_declared", "partner.conflict_withdrawn", "partner.conflict_declared"]
