"""Signing a baseline: the State's rule, who may sign, what cancels a signature, and what the last one makes."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from assessments.enums import AssessmentStatus
from assessments.models import (
    Assessment,
    AssessmentVersion,
    EndorsementPolicy,
    EndorsementSignature,
    FrameworkVersion,
    Gap,
)
from assessments.selectors.endorsement import signing_of
from assessments.services.assessments import (
    endorse_assessment,
    reopen_assessment,
    return_assessment,
    submit_assessment,
)
from assessments.services.endorsement import change_endorsement_policy
from assessments.services.gaps import confirm_gap, describe_root_cause
from tests.assessments.factories import STARTED, answer_everything, give_answer, make_assessment, make_endorsed, rated
from tests.personas import Persona, make_persona
from wam_portal.accounts.enums import Role
from wam_portal.audit.models import Event
from wam_portal.errors import Conflict, Invalid, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def alba(aldo: Persona) -> Persona:
    """A second approver of State A."""
    assert aldo.party is not None
    return make_persona("Alba", aldo.party, Role.APPROVER)


@pytest.fixture
def submitted(amina: Persona, framework: FrameworkVersion) -> Assessment:
    assessment = make_assessment(amina.viewer, framework)
    answer_everything(amina.viewer, assessment)
    return submit_assessment(assessment=assessment, base_version=1, actor=amina.viewer)


def ask_for(nadia: Persona, quorum: int, *, four_eyes: bool = True, base: int = 0, reason: str = "Agreed.") -> None:
    change_endorsement_policy(base_number=base, quorum=quorum, four_eyes=four_eyes, reason=reason, actor=nadia.viewer)


def sign(assessment: Assessment, by: Persona, **fields: object) -> AssessmentVersion | None:
    fresh = Assessment.objects.get(pk=assessment.pk)
    values = {"authority": "commission", **fields}
    return endorse_assessment(assessment=fresh, base_version=fresh.version, actor=by.viewer, **values)  # type: ignore[arg-type]


def test_last_signature_of_the_quorum_makes_the_version(
    aldo: Persona, alba: Persona, nadia: Persona, submitted: Assessment
) -> None:
    ask_for(nadia, 2)
    assert sign(submitted, aldo) is None
    assert Assessment.objects.get().status == AssessmentStatus.IN_REVIEW
    assert signing_of(aldo.viewer, submitted).missing == 1
    day = timezone.localdate() - dt.timedelta(days=3)
    version = sign(submitted, alba, authority="cabinet", decided_on=day, reference="Decree 7")
    assert version is not None
    assert (version.authority, version.decided_on, version.reference) == ("cabinet", day, "Decree 7")
    signatures = list(version.signatures.values_list("signed_by__full_name", "authority", "content_hash"))
    assert signatures == [("Aldo", "commission", version.content_hash), ("Alba", "cabinet", version.content_hash)]
    assert Assessment.objects.get().status == AssessmentStatus.ENDORSED
    assert [event.verb for event in Event.objects.filter(verb__startswith="assessment.").order_by("seq")][-3:] == [
        "assessment.signed",
        "assessment.signed",
        "assessment.endorsed",
    ]


def test_nobody_signs_twice_and_who_signs_second_must_have_seen_the_first(
    aldo: Persona, alba: Persona, nadia: Persona, submitted: Assessment
) -> None:
    ask_for(nadia, 2)
    stale = submitted.version
    sign(submitted, aldo)
    with pytest.raises(Refused, match="You have signed"):
        sign(submitted, aldo)
    with pytest.raises(Conflict):
        endorse_assessment(assessment=submitted, base_version=stale, authority="minister", actor=alba.viewer)
    assert EndorsementSignature.objects.count() == 1


def test_a_return_cancels_the_signatures_and_the_new_content_is_signed_anew(
    amina: Persona, aldo: Persona, alba: Persona, nadia: Persona, submitted: Assessment
) -> None:
    ask_for(nadia, 2)
    sign(submitted, aldo)
    fresh = Assessment.objects.get()
    fresh = return_assessment(assessment=fresh, base_version=fresh.version, reason="Look again.", actor=alba.viewer)
    give_answer(amina.viewer, fresh, "coo-01", rated("5"), base_version=1)
    submit_assessment(assessment=fresh, base_version=fresh.version, actor=amina.viewer)
    assert sign(submitted, alba) is None
    version = sign(submitted, aldo)
    assert version is not None
    old = EndorsementSignature.objects.exclude(cancelled_at=None).get()
    assert (old.signed_by, old.version) == (aldo.user, None)
    assert old.content_hash != version.content_hash


def test_signatures_under_another_content_do_not_count(
    aldo: Persona, alba: Persona, nadia: Persona, submitted: Assessment
) -> None:
    ask_for(nadia, 2)
    sign(submitted, aldo)
    # Nothing in the portal changes an answer in review; the rule holds even if something does.
    submitted.answers.filter(indicator__key="coo-01").update(narrative="Other words.")
    assert sign(submitted, alba) is None
    signing = signing_of(aldo.viewer, submitted)
    assert [row.signed_by for row in signing.standing] == [alba.user]
    assert [row.signed_by for row in signing.cancelled] == [aldo.user]


def test_four_eyes_are_relaxed_by_the_rule_only(aldo: Persona, nadia: Persona, framework: FrameworkVersion) -> None:
    assert aldo.party is not None
    both = make_persona("Bruno", aldo.party, Role.EDITOR, Role.APPROVER)
    assessment = make_assessment(both.viewer, framework)
    answer_everything(both.viewer, assessment)
    submit_assessment(assessment=assessment, base_version=1, actor=both.viewer)
    with pytest.raises(Refused, match="somebody else"):
        sign(assessment, both)
    ask_for(nadia, 1, four_eyes=False, reason="One person runs the office.")
    assert sign(assessment, both) is not None


@pytest.mark.parametrize("persona", ["amina", "aldo", "vera", "carl", "boris", "dana"])
def test_only_a_national_administrator_changes_the_rule(persona: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(Refused):
        ask_for(request.getfixturevalue(persona), 1, four_eyes=False)
    assert not EndorsementPolicy.objects.exists()


def test_the_rule_needs_a_reason_a_reachable_quorum_and_a_change(nadia: Persona, aldo: Persona) -> None:
    with pytest.raises(Invalid) as caught:
        ask_for(nadia, 2, reason=" ")
    assert sorted(caught.value.errors) == ["quorum", "reason"]
    assert "1 approver" in caught.value.errors["quorum"][0]
    for quorum in (0, 10):
        with pytest.raises(Invalid):
            ask_for(nadia, quorum)
    with pytest.raises(Invalid, match="rule already"):
        ask_for(nadia, 1)
    ask_for(nadia, 1, four_eyes=False, reason="CANARY of few people.")
    event = Event.objects.get(verb="endorsement_policy.changed")
    assert event.changes["four_eyes"] == [True, False]
    assert "CANARY" not in str(event.changes)
    with pytest.raises(Conflict):
        ask_for(nadia, 1, four_eyes=True)


def test_changing_the_rule_cancels_signatures_and_keeps_its_history(
    aldo: Persona, alba: Persona, nadia: Persona, submitted: Assessment
) -> None:
    ask_for(nadia, 2)
    sign(submitted, aldo)
    ask_for(nadia, 1, base=1, reason="Back to one.")
    assert not EndorsementSignature.objects.standing().exists()
    assert list(EndorsementPolicy.objects.values_list("number", "quorum")) == [(2, 1), (1, 2)]
    assert sign(submitted, aldo) is not None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"authority": "king"}, "authority"),
        ({"decided_on": dt.date(2999, 1, 1)}, "decided_on"),
        ({"reference": "x" * 121}, "reference"),
    ],
)
def test_a_faulty_signature_is_named_and_not_kept(
    aldo: Persona, submitted: Assessment, fields: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        sign(submitted, aldo, **fields)
    assert list(caught.value.errors) == [field]
    assert not EndorsementSignature.objects.exists()


def test_the_baseline_that_began_last_stays_in_force_in_whatever_order_they_are_endorsed(
    amina: Persona, aldo: Persona, boris: Persona, bela: Persona, framework: FrameworkVersion
) -> None:
    def endorsed(editor: Persona, approver: Persona, cycle: str, years: int) -> Assessment:
        started = STARTED.replace(year=STARTED.year + years)
        made = make_assessment(editor.viewer, framework, cycle=cycle, started_on=started)
        answer_everything(editor.viewer, made)
        submit_assessment(assessment=made, base_version=1, actor=editor.viewer)
        sign(made, approver)
        return made

    middle = endorsed(amina, aldo, "2024", -2)
    newest = endorsed(amina, aldo, "2026", 0)
    oldest = endorsed(amina, aldo, "2022", -4)
    other = endorsed(boris, bela, "2020", -6)
    statuses = dict(Assessment.objects.values_list("pk", "status"))
    assert statuses == {
        middle.pk: "superseded",
        newest.pk: "endorsed",
        oldest.pk: "superseded",
        other.pk: "endorsed",
    }
    assert Event.objects.filter(verb="assessment.superseded").count() == 2


def test_a_superseded_baseline_and_its_gaps_are_never_changed(
    amina: Persona, aldo: Persona, framework: FrameworkVersion
) -> None:
    old = make_endorsed(amina.viewer, aldo.viewer, framework, cycle="2025").assessment
    make_endorsed(amina.viewer, aldo.viewer, framework, cycle="2026")
    old.refresh_from_db()
    gap = Gap.objects.select_related("assessment", "indicator").filter(assessment=old)[0]
    with pytest.raises(Refused, match="newer baseline"):
        give_answer(amina.viewer, old, "coo-01", rated("5"), base_version=1)
    with pytest.raises(Refused, match="newer baseline"):
        confirm_gap(gap=gap, base_version=gap.version, actor=amina.viewer)
    with pytest.raises(Refused, match="newer baseline"):
        describe_root_cause(gap=gap, base_version=gap.version, actor=amina.viewer, root_cause="Money.")
    with pytest.raises(Refused):
        reopen_assessment(assessment=old, base_version=old.version, reason="Again.", actor=aldo.viewer)
    assert old.versions.count() == 1


@pytest.mark.parametrize("table", ["assessments_assessmentversion", "assessments_endorsementpolicy"])
def test_the_database_refuses_to_change_what_was_signed(
    amina: Persona, aldo: Persona, nadia: Persona, framework: FrameworkVersion, table: str
) -> None:
    version = make_endorsed(amina.viewer, aldo.viewer, framework)
    ask_for(nadia, 1, four_eyes=False)
    rows = {
        "assessments_assessmentversion": lambda: AssessmentVersion.objects.update(reference="Forged"),
        "assessments_endorsementpolicy": lambda: EndorsementPolicy.objects.update(quorum=3),
    }
    with pytest.raises(DatabaseError), transaction.atomic():
        rows[table]()
    with pytest.raises(DatabaseError), transaction.atomic():
        EndorsementSignature.objects.update(authority="cabinet")
    assert AssessmentVersion.objects.get().reference == version.reference == ""
