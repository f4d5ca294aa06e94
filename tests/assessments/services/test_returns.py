"""Returned indicators: given back with reasons, read by those who rate them, addressed before the next submission."""

from __future__ import annotations

import pytest

from assessments.enums import AssessmentStatus
from assessments.models import Assessment, FrameworkVersion, IndicatorReturn
from assessments.selectors.returns import latest_returns
from assessments.services.assessments import return_assessment, submit_assessment
from assessments.services.returns import address_return
from tests.assessments.factories import answer_everything, assign, make_assessment
from tests.personas import Persona
from wam_portal.audit.models import Event
from wam_portal.errors import Conflict, Invalid, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def submitted(amina: Persona, framework: FrameworkVersion) -> Assessment:
    assessment = make_assessment(amina.viewer, framework)
    answer_everything(amina.viewer, assessment)
    return submit_assessment(assessment=assessment, base_version=1, actor=amina.viewer)


def send_back(submitted: Assessment, aldo: Persona, **indicators: str) -> Assessment:
    return return_assessment(
        assessment=submitted,
        base_version=submitted.version,
        reason="Look again.",
        indicators={key.replace("_", "-"): text for key, text in indicators.items()},
        actor=aldo.viewer,
    )


def returned(key: str) -> IndicatorReturn:
    return IndicatorReturn.objects.select_related("assessment", "indicator").get(indicator__key=key)


def test_indicators_come_back_with_their_reasons_and_empty_ones_do_not(aldo: Persona, submitted: Assessment) -> None:
    back = send_back(submitted, aldo, coo_01=" CANARY which law? ", sto_02="", sto_03="Which depot?")
    assert back.status == AssessmentStatus.RETURNED
    reasons = dict(IndicatorReturn.objects.values_list("indicator__key", "reason"))
    assert reasons == {"coo-01": "CANARY which law?", "sto-03": "Which depot?"}
    event = Event.objects.get(verb="assessment.returned")
    assert event.changes["indicators"] == 2
    assert "CANARY" not in str(event.changes)


def test_unknown_keys_and_endless_reasons_return_nothing(aldo: Persona, submitted: Assessment) -> None:
    with pytest.raises(Invalid) as caught:
        send_back(submitted, aldo, coo_01="x" * 2001, zzz_99="Why?")
    assert sorted(caught.value.errors) == ["indicator-coo-01", "indicator-zzz-99"]
    assert not IndicatorReturn.objects.exists()
    assert Assessment.objects.get().status == AssessmentStatus.IN_REVIEW


def test_submission_waits_until_every_return_is_addressed(amina: Persona, aldo: Persona, submitted: Assessment) -> None:
    back = send_back(submitted, aldo, coo_01="Which law?")
    with pytest.raises(Invalid, match="1 returned indicator is not marked"):
        submit_assessment(assessment=back, base_version=back.version, actor=amina.viewer)
    address_return(returned=returned("coo-01"), note="The decree of May.", actor=amina.viewer)
    submit_assessment(assessment=back, base_version=back.version, actor=amina.viewer)
    stored = IndicatorReturn.objects.get()
    assert (stored.note, stored.addressed_by) == ("The decree of May.", amina.user)
    assert Event.objects.get(verb="assessment.return_addressed").changes == {"indicator": "coo-01"}


def test_an_indicator_can_come_back_again_and_the_newest_reason_stands_beside_it(
    amina: Persona, aldo: Persona, submitted: Assessment
) -> None:
    back = send_back(submitted, aldo, coo_01="Which law?")
    address_return(returned=returned("coo-01"), actor=amina.viewer)
    again = submit_assessment(assessment=back, base_version=back.version, actor=amina.viewer)
    send_back(again, aldo, coo_01="Not in force.")
    assert [row.reason for row in latest_returns(amina.viewer, again).values()] == ["Not in force."]
    assert IndicatorReturn.objects.count() == 2


def test_contributors_read_and_address_those_of_their_sections_only(
    amina: Persona, aldo: Persona, carl: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    assign(amina.viewer, assessment, "coo", carl.viewer)
    answer_everything(amina.viewer, assessment)
    submitted = submit_assessment(assessment=assessment, base_version=1, actor=amina.viewer)
    send_back(submitted, aldo, coo_01="Which law?", sto_01="Which depot?")
    assert [row.reason for row in latest_returns(carl.viewer, submitted).values()] == ["Which law?"]
    with pytest.raises(Refused):
        address_return(returned=returned("sto-01"), actor=carl.viewer)
    address_return(returned=returned("coo-01"), actor=carl.viewer)
    with pytest.raises(Conflict):
        address_return(returned=returned("coo-01"), actor=amina.viewer)


@pytest.mark.parametrize("persona", ["aldo", "nadia", "vera", "boris"])
def test_nobody_else_addresses(
    persona: str, aldo: Persona, submitted: Assessment, request: pytest.FixtureRequest
) -> None:
    send_back(submitted, aldo, coo_01="Which law?")
    with pytest.raises(Refused):
        address_return(returned=returned("coo-01"), actor=request.getfixturevalue(persona).viewer)
    with pytest.raises(Invalid):
        address_return(returned=returned("coo-01"), note="x" * 2001, actor=request.getfixturevalue("amina").viewer)
    assert IndicatorReturn.objects.open().count() == 1
