"""Starting a baseline and its way to endorsement: who may, what is refused, what an endorsement is bound to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from assessments.enums import AnswerRating, AssessmentStatus, EndorsingAuthority
from assessments.models import Answer, Assessment, AssessmentVersion, FrameworkVersion
from assessments.selectors.assessment_content import CONTENT_TAG, assessment_content
from assessments.selectors.frameworks import framework_tree
from assessments.services.answers import AnswerContent
from assessments.services.assessments import (
    edit_assessment,
    end_consultation,
    endorse_assessment,
    open_consultation,
    reopen_assessment,
    return_assessment,
    start_assessment,
    submit_assessment,
)
from assessments.services.frameworks import import_framework
from assessments.transitions import ASSESSMENT
from tests.assessments.factories import STARTED, answer_everything, give_answer, make_assessment, make_endorsed, rated
from tests.assessments.frameworks.documents import as_yaml, small_document
from tests.personas import Persona, make_persona
from wam_portal.access import SystemViewer
from wam_portal.accounts.enums import Role
from wam_portal.audit.models import Event
from wam_portal.canonical import content_hash
from wam_portal.errors import Conflict, Invalid, Refused

pytestmark = pytest.mark.django_db
Take = Callable[[Assessment, int, Persona], object]
STEPS: dict[str, Take] = {
    "consult": lambda a, v, p: open_consultation(assessment=a, base_version=v, actor=p.viewer),
    "resume": lambda a, v, p: end_consultation(assessment=a, base_version=v, actor=p.viewer),
    "submit": lambda a, v, p: submit_assessment(assessment=a, base_version=v, actor=p.viewer),
    "return": lambda a, v, p: return_assessment(assessment=a, base_version=v, reason="Look again.", actor=p.viewer),
    "endorse": lambda a, v, p: endorse_assessment(
        assessment=a, base_version=v, authority=EndorsingAuthority.CABINET, actor=p.viewer
    ),
    "reopen": lambda a, v, p: reopen_assessment(assessment=a, base_version=v, reason="New law.", actor=p.viewer),
}


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return make_assessment(amina.viewer, framework)


EDITORS_STEPS = {"consult", "resume", "submit"}
WAY = {
    AssessmentStatus.DRAFT: (),
    AssessmentStatus.IN_CONSULTATION: ("consult",),
    AssessmentStatus.IN_REVIEW: ("submit",),
    AssessmentStatus.RETURNED: ("submit", "return"),
    AssessmentStatus.ENDORSED: ("submit", "endorse"),
    AssessmentStatus.SUPERSEDED: ("submit", "endorse"),
}


def bring_to(status: str, assessment: Assessment, amina: Persona, aldo: Persona) -> Assessment:
    """The answered baseline in that status, as it is stored."""
    answer_everything(amina.viewer, assessment)
    for place, verb in enumerate(WAY[AssessmentStatus(status)], start=1):
        STEPS[verb](assessment, place, amina if verb in EDITORS_STEPS else aldo)
    if status == AssessmentStatus.SUPERSEDED:
        make_endorsed(amina.viewer, aldo.viewer, assessment.framework_version, cycle="later")
    return Assessment.objects.get(pk=assessment.pk)


def verbs() -> list[str]:
    return list(Event.objects.filter(target_type="Assessment").order_by("seq").values_list("verb", flat=True))


def test_draft_framework_and_taken_cycle_are_refused_with_their_field(
    amina: Persona, framework: FrameworkVersion, assessment: Assessment
) -> None:
    draft = import_framework(document=as_yaml(small_document() | {"version": "2"}), actor=SystemViewer("framework"))
    assert draft.version is not None
    with pytest.raises(Invalid) as caught:
        make_assessment(amina.viewer, draft.version)
    assert list(caught.value.errors) == ["framework_version"]
    with pytest.raises(Invalid) as caught:
        make_assessment(amina.viewer, framework, due_on=STARTED - dt.timedelta(days=1))
    assert sorted(caught.value.errors) == ["cycle", "due_on"]
    assert Assessment.objects.count() == 1


def test_two_states_may_use_the_same_cycle(boris: Persona, framework: FrameworkVersion, assessment: Assessment) -> None:
    assert make_assessment(boris.viewer, framework).state == boris.party


@pytest.mark.parametrize("persona", ["aldo", "nadia", "vera", "carl", "dana"])
def test_only_focal_points_start(persona: str, framework: FrameworkVersion, request: pytest.FixtureRequest) -> None:
    with pytest.raises(Refused):
        start_assessment(
            framework_version=framework,
            cycle="2026",
            title="Baseline",
            started_on=STARTED,
            actor=request.getfixturevalue(persona).viewer,
        )
    assert not Assessment.objects.exists()


def test_editing_is_recorded_by_field_name_and_refuses_a_stale_version(amina: Persona, assessment: Assessment) -> None:
    edit_assessment(
        assessment=assessment, base_version=1, title="New", started_on=STARTED, purpose="Why.", actor=amina.viewer
    )
    assert Event.objects.get(verb="assessment.edited").changes == {"fields": ["purpose", "title"], "version": 2}
    with pytest.raises(Conflict):
        edit_assessment(assessment=assessment, base_version=1, title="Other", started_on=STARTED, actor=amina.viewer)
    assert Assessment.objects.get().title == "New"


@pytest.mark.parametrize("status", AssessmentStatus.values)
@pytest.mark.parametrize("verb", sorted(STEPS))
def test_every_step_is_taken_from_its_own_status_only(
    amina: Persona, aldo: Persona, assessment: Assessment, verb: str, status: str
) -> None:
    stored = bring_to(status, assessment, amina, aldo)
    assert stored.status == status
    actor = amina if verb in EDITORS_STEPS else aldo
    step = next(step for step in ASSESSMENT if step.verb == verb)
    if status in step.sources:
        STEPS[verb](stored, stored.version, actor)
        after = Assessment.objects.get(pk=stored.pk)
        assert (after.status, after.version) == (step.target, stored.version + 1)
    else:
        with pytest.raises(Refused):
            STEPS[verb](stored, stored.version, actor)
        assert Assessment.objects.get(pk=stored.pk).version == stored.version


@pytest.mark.parametrize("verb", sorted(STEPS))
def test_step_on_a_stale_version_changes_nothing(
    amina: Persona, aldo: Persona, assessment: Assessment, verb: str
) -> None:
    source = min(next(step for step in ASSESSMENT if step.verb == verb).sources)
    stored = bring_to(source, assessment, amina, aldo)
    before, events = AssessmentVersion.objects.count(), Event.objects.count()
    with pytest.raises(Conflict) as caught:
        STEPS[verb](stored, stored.version - 1, amina if verb in EDITORS_STEPS else aldo)
    assert caught.value.current == stored
    assert (Assessment.objects.get(pk=stored.pk).status, AssessmentVersion.objects.count()) == (source, before)
    assert Event.objects.count() == events


def test_submission_needs_an_answer_to_everything(amina: Persona, assessment: Assessment) -> None:
    answers = [
        rated(),
        AnswerContent(rating=AnswerRating.UNKNOWN),
        AnswerContent(rating=AnswerRating.NOT_RATED),
        AnswerContent(rating=AnswerRating.NOT_APPLICABLE, reason="None."),
        rated("5"),
    ]
    for key, content in zip(("coo-01", "coo-02", "coo-03", "sto-01", "sto-02"), answers, strict=True):
        give_answer(amina.viewer, assessment, key, content)
    with pytest.raises(Invalid, match="1 indicator has no answer yet"):
        STEPS["submit"](assessment, 1, amina)
    give_answer(amina.viewer, assessment, "sto-03")
    STEPS["submit"](assessment, 1, amina)
    assert Assessment.objects.get().submitted_by == amina.user
    assert verbs() == ["assessment.started", "assessment.submitted"]


@pytest.mark.parametrize("verb", ["return", "reopen"])
@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001])
def test_return_and_reopening_need_a_reason(
    amina: Persona, aldo: Persona, assessment: Assessment, verb: str, reason: str
) -> None:
    status = AssessmentStatus.IN_REVIEW if verb == "return" else AssessmentStatus.ENDORSED
    stored = bring_to(status, assessment, amina, aldo)
    service = return_assessment if verb == "return" else reopen_assessment
    with pytest.raises(Invalid) as caught:
        service(assessment=stored, base_version=stored.version, reason=reason, actor=aldo.viewer)
    assert list(caught.value.errors) == ["reason"]
    assert Assessment.objects.get().status == status


def test_reasons_are_shown_and_never_recorded(amina: Persona, aldo: Persona, assessment: Assessment) -> None:
    stored = bring_to(AssessmentStatus.IN_REVIEW, assessment, amina, aldo)
    return_assessment(assessment=stored, base_version=2, reason="CANARY reason", actor=aldo.viewer)
    assert Assessment.objects.get().return_reason == "CANARY reason"
    assert "CANARY" not in str(list(Event.objects.values_list("changes", flat=True)))


def test_who_submitted_cannot_endorse(aldo: Persona, framework: FrameworkVersion) -> None:
    assert aldo.party is not None
    both = make_persona("Bruno", aldo.party, Role.EDITOR, Role.APPROVER)
    assessment = make_assessment(both.viewer, framework)
    stored = bring_to(AssessmentStatus.IN_REVIEW, assessment, both, aldo)
    with pytest.raises(Refused, match="somebody else must endorse"):
        STEPS["endorse"](stored, 2, both)
    assert not AssessmentVersion.objects.exists()
    STEPS["endorse"](stored, 2, aldo)
    assert AssessmentVersion.objects.get().endorsed_by == aldo.user


def test_unknown_authority_is_invalid(amina: Persona, aldo: Persona, assessment: Assessment) -> None:
    stored = bring_to(AssessmentStatus.IN_REVIEW, assessment, amina, aldo)
    with pytest.raises(Invalid) as caught:
        endorse_assessment(assessment=stored, base_version=2, authority="king", actor=aldo.viewer)
    assert list(caught.value.errors) == ["authority"]


def test_endorsed_version_holds_the_answers_and_their_hash_but_nobody_and_no_time(
    amina: Persona, aldo: Persona, assessment: Assessment
) -> None:
    give_answer(amina.viewer, assessment, "sto-03", AnswerContent(rating=AnswerRating.UNKNOWN))
    give_answer(amina.viewer, assessment, "coo-02", AnswerContent(rating=AnswerRating.NOT_APPLICABLE, reason="None."))
    give_answer(amina.viewer, assessment, "coo-01", rated("5", narrative="Decree.", target="5"))
    answer_everything(amina.viewer, assessment)
    STEPS["submit"](assessment, 1, amina)
    version = endorse_assessment(
        assessment=assessment, base_version=2, authority=EndorsingAuthority.MINISTER, actor=aldo.viewer
    )
    content = AssessmentVersion.objects.get().content
    assert (version.number, version.authority) == (1, "minister")
    assert version.content_hash == content_hash(CONTENT_TAG, content)
    assert content["framework"]["hash"] == assessment.framework_version.content_hash
    assert [entry["indicator"] for entry in content["answers"]] == [
        "coo-01", "coo-02", "coo-03", "sto-01", "sto-02", "sto-03",
    ]  # fmt: skip
    assert content["answers"][0] == {
        "indicator": "coo-01",
        "rating": "rated",
        "option": "5",
        "target": "5",
        "reason": "",
        "narrative": "Decree.",
        "basis": "document",
        "confidence": "",
        "minority_note": "",
        "evidence": [],
    }
    # Level 2 is a quarter of the way; (1 + 1/4) / 2 of coordination, 1/4 of storage with one of three unknown.
    assert content["coverage_percent"] == 80
    assert content["profile"] == [
        {"area": "COO", "title": "Coordination", "score_percent": 62, "coverage_percent": 100},
        {"area": "STO", "title": "Storage", "score_percent": 25, "coverage_percent": 66},
    ]
    assert "Amina" not in str(content)
    event = Event.objects.get(verb="assessment.endorsed")
    assert event.changes["content_hash"] == version.content_hash


def test_hash_depends_on_what_was_answered_and_not_on_order_or_person(
    amina: Persona, aldo: Persona, framework: FrameworkVersion
) -> None:
    assert amina.party is not None
    anna = make_persona("Anna", amina.party, Role.EDITOR)
    tree = framework_tree(framework)
    contents = []
    for editor, keys, last in (
        (amina, ["coo-01", "sto-01"], "3"),
        (anna, ["sto-01", "coo-01"], "3"),
        (amina, ["coo-01", "sto-01"], "4"),
    ):
        assessment = make_assessment(editor.viewer, framework, cycle="2026", title="Same")
        for key in keys:
            give_answer(editor.viewer, assessment, key, rated(last if key == "sto-01" else "2"))
        contents.append(content_hash(CONTENT_TAG, assessment_content(assessment, tree)))
        Assessment.objects.filter(pk=assessment.pk).update(cycle=f"moved away {len(contents)}")
    assert contents[0] == contents[1]
    assert contents[0] != contents[2]


def test_nothing_that_applies_gives_no_score_and_a_coverage_of_zero(
    amina: Persona, aldo: Persona, assessment: Assessment
) -> None:
    answer_everything(amina.viewer, assessment, AnswerContent(rating=AnswerRating.NOT_APPLICABLE, reason="None."))
    content = assessment_content(assessment, framework_tree(assessment.framework_version))
    assert content["coverage_percent"] == 0
    assert {(row["score_percent"], row["coverage_percent"]) for row in content["profile"]} == {(None, None)}


def test_reopening_keeps_what_was_signed_and_the_next_endorsement_is_numbered_two(
    amina: Persona, aldo: Persona, framework: FrameworkVersion
) -> None:
    signed = make_endorsed(amina.viewer, aldo.viewer, framework)
    assessment = signed.assessment
    STEPS["reopen"](assessment, 3, aldo)
    assessment.refresh_from_db()
    give_answer(amina.viewer, assessment, "coo-01", rated("5"), base_version=1)
    STEPS["submit"](assessment, 4, amina)
    STEPS["endorse"](assessment, 5, aldo)
    first, second = AssessmentVersion.objects.order_by("number")
    assert (first.number, second.number) == (1, 2)
    assert first.content_hash == signed.content_hash == content_hash(CONTENT_TAG, first.content)
    assert first.content_hash != second.content_hash
    assert Answer.objects.get(indicator__key="coo-01").version == 2
