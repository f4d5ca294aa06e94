"""Drafting, changing, endorsing, reopening and withdrawing requests."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError

from assessments.enums import RequestStatus
from assessments.models import Assessment, AssistanceRequest, FrameworkVersion, Gap, Grant, Need, RequestVersion
from assessments.services import requests as service
from assessments.services.gaps import dismiss_gap, reopen_gap
from assessments.services.needs import add_need, delete_need, update_need
from assessments.services.requests import (
    draft_request,
    endorse_request,
    reopen_request,
    update_request,
    withdraw_request,
)
from tests.assessments.request_factories import (
    endorse,
    endorse_baseline,
    make_draft,
    make_gap,
    release_to,
    start_baseline,
)
from tests.personas import Persona
from wam_portal.accounts.models import Party
from wam_portal.audit.models import Event
from wam_portal.canonical import content_hash
from wam_portal.errors import Conflict, Invalid, NotVisible, Refused
from wam_portal.jobs.models import Job


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return start_baseline(amina, framework)


@pytest.fixture
def gap(amina: Persona, assessment: Assessment) -> Gap:
    return make_gap(amina, assessment, "coo-01", 2)


@pytest.fixture
def draft(amina: Persona, gap: Gap) -> AssistanceRequest:
    return make_draft(amina, [gap])


def stored(request: AssistanceRequest) -> AssistanceRequest:
    return AssistanceRequest.objects.get(pk=request.pk)


# --- Drafting ------------------------------------------------------------------------------------------------------


def test_a_draft_has_one_need_for_each_area_with_the_types_typical_for_its_gaps(
    amina: Persona, assessment: Assessment
) -> None:
    gaps = [make_gap(amina, assessment, key, confirmed=False) for key in ("sto-01", "coo-02", "coo-01")]
    request = draft_request(assessment=assessment, gap_uuids=[gap.uuid for gap in gaps], actor=amina.viewer)
    needs = list(request.needs.all())
    assert [need.functional_area for need in needs] == ["COO", "STO"]
    assert [need.assistance_types for need in needs] == [["EXPERT", "TRAIN"]] * 2
    assert [sorted(need.gaps.values_list("indicator__key", flat=True)) for need in needs] == [
        ["coo-01", "coo-02"],
        ["sto-01"],
    ]
    assert (request.status, request.state, request.languages) == (RequestStatus.DRAFT, amina.party, ["en"])
    assert Event.objects.filter(verb="request.drafted", target_id=str(request.uuid)).count() == 1


def test_references_count_within_state_and_year(
    amina: Persona, boris: Persona, assessment: Assessment, framework: FrameworkVersion, gap: Gap, monkeypatch: Any
) -> None:
    other = start_baseline(boris, framework)
    foreign = make_gap(boris, other, "coo-01")
    drafts = [
        draft_request(assessment=assessment, gap_uuids=[gap.uuid], actor=amina.viewer),
        draft_request(assessment=other, gap_uuids=[foreign.uuid], actor=boris.viewer),
        draft_request(assessment=assessment, gap_uuids=[gap.uuid], actor=amina.viewer),
    ]
    year = drafts[0].created_at.year
    assert [draft.reference for draft in drafts] == [f"XA-{year}-001", f"XB-{year}-001", f"XA-{year}-002"]


def test_references_go_on_after_a_thousand(amina: Persona, assessment: Assessment, gap: Gap) -> None:
    first = draft_request(assessment=assessment, gap_uuids=[gap.uuid], actor=amina.viewer)
    AssistanceRequest.objects.filter(pk=first.pk).update(reference=first.reference[:-3] + "999")
    second = draft_request(assessment=assessment, gap_uuids=[gap.uuid], actor=amina.viewer)
    third = draft_request(assessment=assessment, gap_uuids=[gap.uuid], actor=amina.viewer)
    assert (second.reference[-5:], third.reference[-5:]) == ("-1000", "-1001")


def test_a_reference_taken_meanwhile_is_skipped(
    amina: Persona, assessment: Assessment, gap: Gap, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_request(assessment=assessment, gap_uuids=[gap.uuid], actor=amina.viewer)
    numbers = iter([0, 0, 1])
    monkeypatch.setattr(service, "_last_number", lambda prefix: next(numbers))
    request = draft_request(assessment=assessment, gap_uuids=[gap.uuid], actor=amina.viewer)
    assert request.reference.endswith("-002")
    with pytest.raises(IntegrityError):
        AssistanceRequest.objects.filter(pk=request.pk).update(reference=request.reference[:-1] + "1")


@pytest.mark.parametrize("case", ["none", "unknown", "dismissed", "other State", "other baseline"])
def test_a_draft_takes_open_gaps_of_its_baseline_only(
    amina: Persona,
    boris: Persona,
    assessment: Assessment,
    framework: FrameworkVersion,
    wam: FrameworkVersion,
    case: str,
) -> None:
    good = make_gap(amina, assessment, "coo-01")
    chosen = [good.uuid]
    if case == "none":
        chosen = []
    elif case == "unknown":
        chosen.append(uuid4())
    elif case == "dismissed":
        bad = make_gap(amina, assessment, "coo-02")
        dismiss_gap(gap=bad, base_version=bad.version, actor=amina.viewer, reason="Not ours.")
        chosen.append(bad.uuid)
    elif case == "other State":
        chosen.append(make_gap(boris, start_baseline(boris, framework), "coo-01").uuid)
    else:
        chosen.append(make_gap(amina, start_baseline(amina, framework, "2027"), "coo-01").uuid)
    with pytest.raises(Invalid) as caught:
        draft_request(assessment=assessment, gap_uuids=chosen, actor=amina.viewer)
    assert list(caught.value.errors) == ["gaps"]
    assert not AssistanceRequest.objects.exists()


def test_a_foreign_baseline_does_not_exist(boris: Persona, assessment: Assessment, gap: Gap) -> None:
    with pytest.raises(NotVisible):
        draft_request(assessment=assessment, gap_uuids=[gap.uuid], actor=boris.viewer)


def test_only_focal_points_draft_and_change(
    aldo: Persona, vera: Persona, assessment: Assessment, gap: Gap, draft: AssistanceRequest
) -> None:
    for person in (aldo, vera):
        with pytest.raises(Refused):
            draft_request(assessment=assessment, gap_uuids=[gap.uuid], actor=person.viewer)
        with pytest.raises(Refused):
            update_request(request=draft, base_version=draft.version, actor=person.viewer, title="Mine")
    assert stored(draft).title == draft.title


# --- Changing ------------------------------------------------------------------------------------------------------


def test_only_the_fields_given_change(amina: Persona, draft: AssistanceRequest) -> None:
    before = draft.version
    update_request(request=draft, base_version=before, actor=amina.viewer, objective="  New aim. ", contact="Registry")
    after = stored(draft)
    assert (after.objective, after.contact, after.version) == ("New aim.", "Registry", before + 1)
    assert after.what_exists == "A paper register."
    event = Event.objects.filter(verb="request.changed").order_by("-seq")[0]
    assert event.changes == {"fields": ["contact", "objective"], "version": before + 1}


def test_saving_the_same_again_writes_nothing(amina: Persona, draft: AssistanceRequest) -> None:
    update_request(request=draft, base_version=draft.version, actor=amina.viewer, objective=draft.objective)
    assert stored(draft).version == draft.version


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"objective": "x" * 4001}, "objective"),
        ({"currency": "XXQ"}, "currency"),
        ({"national_contribution_minor": -1}, "national_contribution_minor"),
        ({"national_contribution_minor": 10**16}, "national_contribution_minor"),
        ({"period_start": date(2027, 5, 2), "period_end": date(2027, 5, 1)}, "period_end"),
        ({"period_end": date(2026, 12, 31)}, "period_end"),
        ({"gender_marker": "3"}, "gender_marker"),
        ({"languages": ["en", "xx"]}, "languages"),
        ({"languages": ["en", "en"]}, "languages"),
    ],
)
def test_bad_values_are_named_and_nothing_is_changed(
    amina: Persona, draft: AssistanceRequest, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        update_request(request=draft, base_version=draft.version, actor=amina.viewer, contact="New", **fields)
    assert list(caught.value.errors) == [field]
    assert (stored(draft).version, stored(draft).contact) == (draft.version, "")


def test_every_problem_is_told_at_once(amina: Persona, draft: AssistanceRequest) -> None:
    with pytest.raises(Invalid) as caught:
        update_request(request=draft, base_version=draft.version, actor=amina.viewer, title="", currency="?")
    assert sorted(caught.value.errors) == ["currency", "title"]


def test_a_field_that_is_not_for_people_is_a_programming_error(amina: Persona, draft: AssistanceRequest) -> None:
    with pytest.raises(TypeError):
        update_request(request=draft, base_version=draft.version, actor=amina.viewer, status="endorsed")  # type: ignore[call-arg]


def test_a_stale_change_is_a_conflict_that_shows_what_is_stored(amina: Persona, draft: AssistanceRequest) -> None:
    update_request(request=stored(draft), base_version=draft.version, actor=amina.viewer, contact="Theirs")
    with pytest.raises(Conflict) as caught:
        update_request(request=stored(draft), base_version=draft.version, actor=amina.viewer, contact="Mine")
    assert caught.value.current.contact == "Theirs"
    assert stored(draft).contact == "Theirs"


def test_another_currency_keeps_the_amounts_as_they_read(amina: Persona, draft: AssistanceRequest) -> None:
    update_request(request=draft, base_version=draft.version, actor=amina.viewer, national_contribution_minor=1_000_00)
    update_request(request=draft, base_version=draft.version, actor=amina.viewer, currency="JPY")
    assert (stored(draft).national_contribution_minor, draft.needs.get().amount_minor) == (1_000, 100_000)
    update_request(request=draft, base_version=draft.version, actor=amina.viewer, currency="KWD")
    assert (stored(draft).national_contribution_minor, draft.needs.get().amount_minor) == (1_000_000, 100_000_000)


def test_a_currency_without_such_small_parts_is_refused(amina: Persona, draft: AssistanceRequest) -> None:
    need = draft.needs.get()
    update_need(need=need, base_version=draft.version, actor=amina.viewer, amount_minor=10_050)
    with pytest.raises(Invalid) as caught:
        update_request(request=stored(draft), base_version=draft.version, actor=amina.viewer, currency="JPY")
    assert list(caught.value.errors) == ["currency"]
    assert (stored(draft).currency, draft.needs.get().amount_minor) == ("USD", 10_050)


# --- Needs ---------------------------------------------------------------------------------------------------------


def test_every_change_of_a_need_raises_the_version_of_its_request(amina: Persona, draft: AssistanceRequest) -> None:
    version = draft.version
    need = add_need(
        request=draft, base_version=version, actor=amina.viewer, functional_area="STO", assistance_types=["TRAIN"]
    )
    assert (need.position, stored(draft).version) == (2, version + 1)
    update_need(need=need, base_version=version + 1, actor=amina.viewer, description="Twelve courses.")
    delete_need(need=draft.needs.all()[0], base_version=version + 2, actor=amina.viewer)
    assert [need.description for need in draft.needs.all()] == ["Twelve courses."]
    assert stored(draft).version == version + 3


def test_saving_a_need_unchanged_writes_nothing(amina: Persona, draft: AssistanceRequest, gap: Gap) -> None:
    need = draft.needs.get()
    update_need(
        need=need, base_version=draft.version, actor=amina.viewer, description=need.description, gap_uuids=[gap.uuid]
    )
    assert stored(draft).version == draft.version


@pytest.mark.parametrize(
    "change",
    [
        lambda need, **by: add_need(request=need.request, functional_area="STO", **by),
        lambda need, **by: update_need(need=need, description="Mine", **by),
        lambda need, **by: delete_need(need=need, **by),
    ],
)
def test_a_stale_change_of_a_need_is_a_conflict(amina: Persona, draft: AssistanceRequest, change: Any) -> None:
    with pytest.raises(Conflict):
        change(Need.objects.get(), base_version=draft.version - 1, actor=amina.viewer)
    assert draft.needs.get().description == "Training of twelve officers."
    assert stored(draft).version == draft.version


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"functional_area": "XXX"}, "functional_area"),
        ({"assistance_types": ["TRAIN", "GOLD"]}, "assistance_types"),
        ({"technology": "magic"}, "technology"),
        ({"amount_minor": -5}, "amount_minor"),
        ({"description": "x" * 4001}, "description"),
    ],
)
def test_a_bad_value_in_a_need_changes_nothing(
    amina: Persona, draft: AssistanceRequest, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        update_need(need=draft.needs.get(), base_version=draft.version, actor=amina.viewer, **fields)
    assert list(caught.value.errors) == [field]
    assert stored(draft).version == draft.version


def test_a_need_takes_gaps_of_its_own_baseline_only(
    amina: Persona, boris: Persona, draft: AssistanceRequest, framework: FrameworkVersion, gap: Gap
) -> None:
    foreign = make_gap(boris, start_baseline(boris, framework), "coo-01")
    with pytest.raises(Invalid) as caught:
        update_need(
            need=draft.needs.get(), base_version=draft.version, actor=amina.viewer, gap_uuids=[gap.uuid, foreign.uuid]
        )
    assert list(caught.value.errors) == ["gaps"]
    assert [linked.pk for linked in draft.needs.get().gaps.all()] == [gap.pk]


def test_a_linked_gap_that_was_dismissed_since_may_stay(amina: Persona, draft: AssistanceRequest, gap: Gap) -> None:
    dismiss_gap(gap=gap, base_version=gap.version, actor=amina.viewer, reason="Not ours.")
    other = make_gap(amina, gap.assessment, "coo-02")
    update_need(
        need=draft.needs.get(), base_version=draft.version, actor=amina.viewer, gap_uuids=[gap.uuid, other.uuid]
    )
    assert draft.needs.get().gaps.count() == 2


# --- Endorsing -----------------------------------------------------------------------------------------------------


def test_endorsing_keeps_the_content_for_good_with_its_hash(
    amina: Persona, aldo: Persona, assessment: Assessment, draft: AssistanceRequest
) -> None:
    version = endorse(aldo, draft)
    assert stored(draft).status == RequestStatus.ENDORSED
    assert version.number == 1
    assert version.content_hash == content_hash("request", RequestVersion.objects.get().content)
    assert version.content["needs"][0]["amount"] == 10_000_000
    assert version.content["needs"][0]["amount_band"] == {"low": 5_000_000, "high": 20_000_000}


def test_the_tier_of_a_need_is_capped_until_the_baseline_is_endorsed(
    amina: Persona, aldo: Persona, assessment: Assessment
) -> None:
    gap = make_gap(amina, assessment, "coo-01", 1)
    first = endorse(aldo, make_draft(amina, [gap]))
    endorse_baseline(amina, aldo, assessment)
    second = endorse(aldo, make_draft(amina, [gap]))
    assert [version.content["needs"][0]["tier"] for version in (first, second)] == ["medium", "critical"]
    assert second.content["authority"] == "commission"
    assert [row["area"] for row in second.content["profile"]] == ["COO", "STO"]


def test_the_author_of_the_last_change_does_not_endorse(
    amina: Persona, draft: AssistanceRequest, state_a: Party
) -> None:
    both = Persona(amina.user, state_a, frozenset({"editor", "approver"}))
    with pytest.raises(Refused, match="last change"):
        endorse_request(request=draft, base_version=draft.version, actor=both.viewer)


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda r, n: AssistanceRequest.objects.filter(pk=r.pk).update(what_exists=""), "already exists"),
        (lambda r, n: AssistanceRequest.objects.filter(pk=r.pk).update(who_helps=""), "already helps"),
        (lambda r, n: AssistanceRequest.objects.filter(pk=r.pk).update(objective=""), "objective"),
        (lambda r, n: AssistanceRequest.objects.filter(pk=r.pk).update(period_end=None), "period"),
        (
            lambda r, n: AssistanceRequest.objects.filter(pk=r.pk).update(
                period_start=date(2020, 1, 1), period_end=date(2020, 2, 1)
            ),
            "over",
        ),
        (lambda r, n: AssistanceRequest.objects.filter(pk=r.pk).update(languages=[]), "language"),
        (lambda r, n: Need.objects.filter(pk=n.pk).update(amount_minor=None), "amount"),
        (lambda r, n: Need.objects.filter(pk=n.pk).update(description=""), "described"),
        (lambda r, n: Need.objects.filter(pk=n.pk).update(assistance_types=[]), "type of assistance"),
        (lambda r, n: n.gaps.clear(), "confirmed gap"),
        (lambda r, n: (n.gaps.clear(), n.delete()), "no need"),
    ],
)
def test_each_hard_fault_blocks_the_endorsement(
    aldo: Persona, draft: AssistanceRequest, spoil: Any, complaint: str
) -> None:
    spoil(draft, draft.needs.get())
    with pytest.raises(Invalid) as caught:
        endorse(aldo, stored(draft))
    assert len(caught.value.errors[""]) == 1
    assert complaint in caught.value.errors[""][0]
    assert (stored(draft).status, stored(draft).version) == (RequestStatus.DRAFT, draft.version)
    assert not RequestVersion.objects.exists()


def test_a_gap_reopened_since_blocks_the_endorsement(
    amina: Persona, aldo: Persona, draft: AssistanceRequest, gap: Gap
) -> None:
    reopen_gap(gap=gap, base_version=gap.version, actor=amina.viewer)
    with pytest.raises(Invalid, match="confirmed gap"):
        endorse(aldo, draft)


def test_equipment_needs_maintenance_and_training_or_a_word_on_how_it_is_kept(
    amina: Persona, aldo: Persona, draft: AssistanceRequest
) -> None:
    update_need(need=draft.needs.get(), base_version=draft.version, actor=amina.viewer, assistance_types=["EQUIP"])
    update_request(request=stored(draft), base_version=draft.version, actor=amina.viewer, sustainability="")
    with pytest.raises(Invalid, match="maintenance and training"):
        endorse(aldo, stored(draft))
    need = Need.objects.select_related("request").get()
    update_need(
        need=need,
        base_version=need.request.version,
        actor=amina.viewer,
        includes_maintenance=True,
        includes_training=True,
    )
    assert endorse(aldo, stored(draft)).number == 1


def test_a_stale_endorsement_is_a_conflict(amina: Persona, aldo: Persona, draft: AssistanceRequest) -> None:
    update_request(request=stored(draft), base_version=draft.version, actor=amina.viewer, contact="New")
    with pytest.raises(Conflict):
        endorse(aldo, draft)
    assert stored(draft).status == RequestStatus.DRAFT


def test_an_endorsed_request_does_not_change_until_it_is_reopened(
    amina: Persona, aldo: Persona, draft: AssistanceRequest
) -> None:
    endorse(aldo, draft)
    request = stored(draft)
    with pytest.raises(Refused, match="does not change"):
        update_request(request=request, base_version=request.version, actor=amina.viewer, contact="New")
    reopen_request(request=request, base_version=request.version, actor=aldo.viewer)
    update_request(request=request, base_version=request.version, actor=amina.viewer, contact="New")
    second = endorse(aldo, stored(request))
    assert (second.number, second.content["contact"]) == (2, "New")
    assert RequestVersion.objects.get(number=1).content["contact"] == ""


def test_withdrawing_revokes_every_grant_and_asks_for_matching(
    aldo: Persona, draft: AssistanceRequest, donor_one: Party
) -> None:
    endorse(aldo, draft)
    release_to(aldo, draft, donor_one, all_donors=True)
    Job.objects.all().delete()
    request = stored(draft)
    withdraw_request(request=request, base_version=request.version, actor=aldo.viewer)
    assert not Grant.objects.active().exists()
    assert stored(draft).status == RequestStatus.WITHDRAWN
    assert [(job.kind, job.payload) for job in Job.objects.all()] == [
        ("cooperation.match_request", {"request": str(draft.uuid)})
    ]


def test_a_withdrawn_request_stays_withdrawn(aldo: Persona, draft: AssistanceRequest) -> None:
    withdraw_request(request=draft, base_version=draft.version, actor=aldo.viewer)
    with pytest.raises(Refused):
        reopen_request(request=draft, base_version=draft.version, actor=aldo.viewer)
