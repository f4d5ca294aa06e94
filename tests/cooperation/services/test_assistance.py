"""The register of assistance: who may record, who reads, and that nobody overwrites anybody."""

from __future__ import annotations

from typing import Any

import pytest

from assessments.models import FrameworkVersion, Grant
from assessments.services.releases import revoke_grant
from cooperation.models import AssistanceActivity
from cooperation.services.assistance import change_activity, record_activity, remove_activity
from tests.assessments.request_factories import release_to
from tests.cooperation.factories import activity_values, make_activity, make_request
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.audit.models import Event
from wam_portal.errors import Conflict, Invalid, Refused

World = dict[str, Territory]


def readers(activity: AssistanceActivity, *people: Persona) -> list[str]:
    seen = AssistanceActivity.objects.filter(pk=activity.pk)
    return [person.user.full_name for person in people if seen.visible_to(person.viewer).exists()]


def test_an_entry_is_read_by_who_recorded_it_and_by_the_states_that_it_reaches(
    world: World,
    dana: Persona,
    dirk: Persona,
    rita: Persona,
    amina: Persona,
    vera: Persona,
    carl: Persona,
    boris: Persona,
    ines: Persona,
) -> None:
    people = (dana, dirk, rita, amina, vera, carl, boris, ines)
    in_a = make_activity(dana, world["XA"])
    assert readers(in_a, *people) == ["Dana", "Amina", "Vera"]
    in_the_region = make_activity(dana, world["XR1"])
    assert readers(in_the_region, *people) == ["Dana", "Amina", "Vera", "Boris"]
    plan_of_a = make_activity(amina, world["XA"])
    assert readers(plan_of_a, *people) == ["Amina", "Vera"]
    of_a_partner = make_activity(ines, world["XA"], shared=True)
    assert readers(of_a_partner, *people) == ["Amina", "Vera", "Ines"]


def test_a_shared_entry_is_read_besides_by_those_who_hold_a_request_of_the_state_while_they_hold_it(
    world: World,
    framework: FrameworkVersion,
    amina: Persona,
    aldo: Persona,
    dana: Persona,
    dirk: Persona,
    rita: Persona,
) -> None:
    shared = make_activity(amina, world["XA"], shared=True)
    kept = make_activity(amina, world["XA"])
    assert readers(shared, dana, dirk, rita) == []
    request = make_request(amina, aldo, framework)
    release_to(aldo, request, dana.viewer.party, rita.viewer.party)
    assert readers(shared, dana, dirk, rita) == ["Dana", "Rita"]
    assert readers(kept, dana, dirk, rita) == []
    for grant in Grant.objects.select_related("release__request_version__request", "release__state"):
        revoke_grant(grant=grant, actor=aldo.viewer)
    assert readers(shared, dana, dirk, rita) == []


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"title": " "}, "title"),
        ({"functional_areas": ()}, "functional_areas"),
        ({"functional_areas": ("XXX",)}, "functional_areas"),
        ({"assistance_types": ("LEGAL", "MAGIC")}, "assistance_types"),
        ({"included": ()}, "included"),
        ({"period_start": activity_values().period_end, "period_end": activity_values().period_start}, "period_end"),
        ({"provider_name": ""}, "provider"),
        ({"currency": "DOL"}, "currency"),
        ({"amount_minor": 2**60}, "amount"),
        ({"status": "dreamt"}, "status"),
        ({"places": "x" * 401}, "places"),
    ],
)
def test_what_is_wrong_with_an_entry_is_said_at_its_field(
    world: World, dana: Persona, fields: dict[str, Any], where: str
) -> None:
    with pytest.raises(Invalid) as invalid:
        record_activity(values=activity_values(**{"included": [world["XA"]], **fields}), actor=dana.viewer)
    assert list(invalid.value.errors) == [where]
    assert not AssistanceActivity.objects.exists()


def test_a_provider_is_a_known_party_or_a_name_but_never_both(
    world: World, dana: Persona, dirk: Persona, boris: Persona
) -> None:
    both = activity_values(world["XA"], provider=dirk.viewer.party, provider_name="Somebody")
    another_state = activity_values(world["XA"], provider=boris.viewer.party, provider_name="")
    for values, where in ((both, "provider_name"), (another_state, "provider")):
        with pytest.raises(Invalid) as invalid:
            record_activity(values=values, actor=dana.viewer)
        assert list(invalid.value.errors) == [where]
    made = make_activity(dana, world["XA"], provider=dirk.viewer.party, provider_name="")
    assert made.provider_label == "Basalt Fund"


def test_only_the_recorder_changes_and_removes_and_only_what_it_has_read(
    world: World, dana: Persona, amina: Persona, vera: Persona
) -> None:
    activity = make_activity(dana, world["XA"])
    values = activity_values(world["XB"], title="Renamed")
    for person in (amina, vera):
        with pytest.raises(Refused):
            change_activity(activity=activity, base_version=1, values=values, actor=person.viewer)
        with pytest.raises(Refused):
            remove_activity(activity=activity, base_version=1, actor=person.viewer)
    with pytest.raises(Refused):
        record_activity(values=values, actor=vera.viewer)
    change_activity(activity=activity, base_version=1, values=values, actor=dana.viewer)
    assert (activity.title, activity.version) == ("Renamed", 2)
    assert [place.code for place in activity.reaches.all()] == ["XB"]
    with pytest.raises(Conflict):
        change_activity(activity=activity, base_version=1, values=values, actor=dana.viewer)
    with pytest.raises(Conflict):
        remove_activity(activity=activity, base_version=1, actor=dana.viewer)
    remove_activity(activity=activity, base_version=2, actor=dana.viewer)
    assert not AssistanceActivity.objects.exists()
    verbs = Event.objects.filter(verb__startswith="activity.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["activity.recorded", "activity.changed", "activity.removed"]
