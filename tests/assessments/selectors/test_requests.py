"""What is missing in a request, and what a release of it would hold."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from assessments.models import Assessment, AssistanceRequest, FrameworkVersion, Need
from assessments.selectors.release_content import AMOUNT_BANDS, amount_band, request_content
from assessments.selectors.request_completeness import completeness
from assessments.selectors.requests import request_for
from assessments.services.gaps import dismiss_gap, reopen_gap
from tests.assessments.request_factories import endorse_baseline, make_draft, make_gap, start_baseline
from tests.personas import Persona


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return start_baseline(amina, framework)


@pytest.fixture
def draft(amina: Persona, assessment: Assessment) -> AssistanceRequest:
    return make_draft(amina, [make_gap(amina, assessment, "coo-01")])


FULL = {
    "expected_results": "Ninety percent.",
    "beneficiaries": "Officers.",
    "national_contribution_minor": 0,
    "gender_marker": "0",
    "oda_eligible": False,
    "strategies": "National strategy.",
    "places": "North.",
    "contact": "Registry.",
}


def test_a_full_request_lacks_nothing(amina: Persona, aldo: Persona, assessment: Assessment) -> None:
    request = make_draft(amina, [make_gap(amina, assessment, "coo-01")], **FULL)
    endorse_baseline(amina, aldo, assessment)
    found = completeness(AssistanceRequest.objects.get(pk=request.pk))
    assert (found.findings, found.percent) == ((), 100)


def test_advice_does_not_block(draft: AssistanceRequest) -> None:
    found = completeness(draft)
    assert found.faults == ()
    assert {finding.key for finding in found.advice} == {
        "expected_results",
        "beneficiaries",
        "national_contribution",
        "gender_marker",
        "oda_eligible",
        "strategies",
        "places",
        "contact",
        "baseline",
    }
    assert found.percent < 100


@pytest.mark.parametrize(("today", "keys"), [(date(2028, 12, 31), set()), (date(2029, 1, 1), {"period_over"})])
def test_the_period_is_over_on_the_day_after_its_end(draft: AssistanceRequest, today: date, keys: set[str]) -> None:
    assert {finding.key for finding in completeness(draft, today=today).faults} == keys


@pytest.mark.parametrize(
    ("kind", "maintenance", "training", "sustainability", "blocks"),
    [
        ("EQUIP", False, False, "", True),
        ("SOFTW", True, False, "", True),
        ("EQUIP", False, True, "The army maintains it.", False),
        ("EQUIP", True, True, "", None),
        ("TRAIN", False, False, "", None),
    ],
)
def test_equipment_and_software_are_kept_running_or_explained(
    draft: AssistanceRequest, kind: str, maintenance: bool, training: bool, sustainability: str, blocks: bool | None
) -> None:
    AssistanceRequest.objects.update(sustainability=sustainability)
    Need.objects.update(assistance_types=[kind], includes_maintenance=maintenance, includes_training=training)
    found = completeness(AssistanceRequest.objects.get()).findings
    assert [finding.blocks for finding in found if finding.key == "sustained"] == ([] if blocks is None else [blocks])


def test_looking_through_costs_the_same_for_one_need_and_for_two(
    amina: Persona, assessment: Assessment, draft: AssistanceRequest, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    wide = make_draft(amina, [make_gap(amina, assessment, key) for key in ("coo-02", "sto-01")])
    for request in (draft, wide):
        seen = request_for(amina.viewer, request.uuid)
        with django_assert_num_queries(1):
            completeness(seen)


def test_gaps_that_the_state_does_not_stand_by_leave_with_no_release(amina: Persona, assessment: Assessment) -> None:
    kept, opened, dismissed = (make_gap(amina, assessment, key) for key in ("coo-01", "coo-02", "coo-03"))
    request = make_draft(amina, [kept, opened, dismissed])
    reopen_gap(gap=opened, base_version=opened.version, actor=amina.viewer)
    dismiss_gap(gap=dismissed, base_version=dismissed.version, actor=amina.viewer, reason="Not ours.")
    [need] = request_content(AssistanceRequest.objects.get(pk=request.pk), number=1, minor_per_unit=100)["needs"]
    assert [gap["code"] for gap in need["gaps"]] == ["COO-01"]


@given(amount=st.integers(0, 10**12), per_unit=st.sampled_from([1, 100, 1000]))
def test_an_amount_lies_in_its_band_whose_ends_are_among_the_known(amount: int, per_unit: int) -> None:
    band = amount_band(amount, per_unit)
    assert band is not None
    low, high = band["low"], band["high"]
    assert low is not None
    assert low <= amount
    assert high is None or amount < high
    assert low // per_unit in AMOUNT_BANDS
    assert high is None or high // per_unit in AMOUNT_BANDS


def test_no_amount_has_no_band() -> None:
    assert amount_band(None, 100) is None
