"""Meetings: agendas drawn from what is open, decisions and dissent on the object, minutes that stand for good."""

from __future__ import annotations

import datetime as dt

import pytest

from assessments.enums import AnswerRating, AssignmentMode, OpenItemKind
from assessments.models import AgendaItem, Assessment, FrameworkVersion, Gap, IndependentRating, Meeting
from assessments.selectors.evidence_matrix import evidence_matrix
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.meetings import MINUTES_TAG, agenda_of, decisions_on, item_for
from assessments.selectors.open_items import OpenItem, open_items
from assessments.selectors.record import read_record
from assessments.services.answers import AnswerContent
from assessments.services.assessments import return_assessment, submit_assessment
from assessments.services.evidence import withdraw_evidence
from assessments.services.gaps import dismiss_gap
from assessments.services.meetings import (
    add_free_item,
    add_items,
    close_meeting,
    edit_meeting,
    move_item,
    plan_meeting,
    record_decision,
    record_dissent,
    remove_item,
)
from assessments.services.reconciliation import reconcile
from tests.assessments.evidence_factories import link, make_evidence
from tests.assessments.factories import (
    answer_everything,
    assign,
    give_answer,
    make_assessment,
    rate_independently,
    rated,
)
from tests.personas import Persona, make_persona
from wam_portal.accounts.enums import Role
from wam_portal.audit.models import Event
from wam_portal.canonical import content_hash
from wam_portal.errors import Conflict, Invalid, Refused

pytestmark = pytest.mark.django_db
STARTS = dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC)


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    """A baseline in which two things are open: nobody could tell on sto-01, and sto-02 rests on nothing."""
    made = make_assessment(amina.viewer, framework)
    give_answer(amina.viewer, made, "sto-01", AnswerContent(rating=AnswerRating.UNKNOWN, reason="No records."))
    give_answer(amina.viewer, made, "sto-02", rated("3", basis="none"))
    return made


@pytest.fixture
def meeting(amina: Persona, assessment: Assessment) -> Meeting:
    return plan_meeting(
        title="Session 1",
        starts_at=STARTS,
        participants=[("Ann", "Police"), (" ", "nobody")],
        assessment=assessment,
        actor=amina.viewer,
    )


def found(actor: Persona, assessment: Assessment) -> tuple[OpenItem, ...]:
    return open_items(actor.viewer, assessment, framework_tree(assessment.framework_version))


def fill(meeting: Meeting, assessment: Assessment, amina: Persona) -> list[AgendaItem]:
    """Both open items and a free one."""
    add_items(meeting=meeting, base_version=meeting.version, items=found(amina, assessment), actor=amina.viewer)
    add_free_item(meeting=meeting, base_version=meeting.version, title=" Next session ", actor=amina.viewer)
    return [item_for(meeting, row.uuid) for row in agenda_of(meeting)]


def titles(meeting: Meeting) -> list[str]:
    return [item.title.split()[0] for item in agenda_of(meeting)]


def test_everything_open_is_gathered_with_its_kind(
    amina: Persona, aldo: Persona, carl: Persona, assessment: Assessment
) -> None:
    assert carl.party is not None
    chris = make_persona("Chris", carl.party, Role.CONTRIBUTOR)
    for rater, level in ((carl, "2"), (chris, "4")):
        assign(amina.viewer, assessment, "coo-01", rater.viewer, mode=AssignmentMode.INDEPENDENT)
        rate_independently(rater.viewer, assessment, "coo-01", rated(level))
    give_answer(amina.viewer, assessment, "coo-02", rated("1", minority_note="The police disagree."))
    gap = Gap.objects.select_related("assessment").get(indicator__key="coo-02")
    dismiss_gap(gap=gap, base_version=gap.version, actor=amina.viewer, reason="Not for us.")
    answer_everything(amina.viewer, assessment)
    submitted = submit_assessment(assessment=assessment, base_version=1, actor=amina.viewer)
    return_assessment(
        assessment=submitted, base_version=2, reason="Again.", indicators={"coo-03": "Which law?"}, actor=aldo.viewer
    )
    assert [(item.kind, item.indicator.key, item.note) for item in found(amina, assessment)] == [
        (OpenItemKind.DISAGREEMENT, "coo-01", "2 raters do not agree"),
        (OpenItemKind.RETURNED, "coo-03", "Which law?"),
        (OpenItemKind.EVIDENCE_GAP, "coo-01", "no evidence is linked"),
        (OpenItemKind.EVIDENCE_GAP, "coo-02", "no evidence is linked"),
        (OpenItemKind.EVIDENCE_GAP, "coo-03", "no evidence is linked"),
        (OpenItemKind.EVIDENCE_GAP, "sto-02", "rated without any basis"),
        (OpenItemKind.EVIDENCE_GAP, "sto-03", "no evidence is linked"),
        (OpenItemKind.UNKNOWN, "sto-01", "No records."),
        (OpenItemKind.DISPUTED_GAP, "coo-02", "Not for us."),
    ]


def test_evidence_gaps_are_those_of_the_tab_of_evidence(amina: Persona, assessment: Assessment) -> None:
    give_answer(amina.viewer, assessment, "coo-01", rated("3"))
    give_answer(amina.viewer, assessment, "coo-02", rated("3"))
    register = make_evidence(amina.viewer, "Register")
    link(amina.viewer, register, assessment, "coo-01", "sto-02")
    tree = framework_tree(assessment.framework_version)

    def both() -> tuple[list[str], list[str]]:
        kind = OpenItemKind.EVIDENCE_GAP
        matrix = evidence_matrix(read_record(amina.viewer, assessment, tree))
        return (
            [item.indicator.key for item in found(amina, assessment) if item.kind == kind],
            [row.indicator.key for row in matrix.rows if row.is_gap],
        )

    assert both() == (["coo-02"], ["coo-02"])
    withdraw_evidence(evidence=register, base_version=1, reason="Forged.", actor=amina.viewer)
    assert both() == (["coo-01", "coo-02", "sto-02"], ["coo-01", "coo-02", "sto-02"])


def test_a_disagreement_leaves_the_open_items_when_it_is_reconciled_and_comes_back_with_a_new_rating(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    assert carl.party is not None
    chris = make_persona("Chris", carl.party, Role.CONTRIBUTOR)
    for rater, level in ((carl, "2"), (chris, "4")):
        assign(amina.viewer, assessment, "coo-01", rater.viewer, mode=AssignmentMode.INDEPENDENT)
        rate_independently(rater.viewer, assessment, "coo-01", rated(level))

    def disputed() -> list[tuple[str, str]]:
        kind = OpenItemKind.DISAGREEMENT
        return [(item.indicator.key, item.note) for item in found(amina, assessment) if item.kind == kind]

    assert disputed() == [("coo-01", "2 raters do not agree")]
    reconcile(
        assessment=assessment,
        indicator="coo-01",
        base_version=0,
        seen=dict(IndependentRating.objects.values_list("pk", "version")),
        choice=rated("3"),
        reason="Between the two.",
        actor=amina.viewer,
    )
    assert disputed() == []
    rate_independently(carl.viewer, assessment, "coo-01", rated("1"), base_version=1)
    assert disputed() == [("coo-01", "2 raters do not agree")]


def test_nothing_of_another_state_is_open_for_its_neighbour(boris: Persona, assessment: Assessment) -> None:
    assert found(boris, assessment) == ()


def test_open_items_come_on_the_agenda_once(amina: Persona, meeting: Meeting, assessment: Assessment) -> None:
    assert titles(meeting) == []
    fill(meeting, assessment, amina)
    again = add_items(meeting=meeting, base_version=meeting.version, items=found(amina, assessment), actor=amina.viewer)
    assert (again, titles(meeting)) == (0, ["STO-02", "STO-01", "Next"])
    assert meeting.participants == [{"name": "Ann", "agency": "Police"}]


def test_items_are_moved_and_removed_until_something_is_recorded_on_them(
    amina: Persona, meeting: Meeting, assessment: Assessment
) -> None:
    first, second, free = fill(meeting, assessment, amina)
    move_item(item=free, base_version=meeting.version, up=True, actor=amina.viewer)
    assert titles(meeting) == ["STO-02", "Next", "STO-01"]
    move_item(item=first, base_version=meeting.version, up=True, actor=amina.viewer)
    move_item(item=first, base_version=meeting.version, up=False, actor=amina.viewer)
    assert titles(meeting) == ["Next", "STO-02", "STO-01"]
    record_dissent(item=second, base_version=meeting.version, who="Police", why="Too early.", actor=amina.viewer)
    with pytest.raises(Invalid, match="stays on the agenda"):
        remove_item(item=second, base_version=meeting.version, actor=amina.viewer)
    remove_item(item=free, base_version=meeting.version, actor=amina.viewer)
    assert titles(meeting) == ["STO-02", "STO-01"]


def test_decisions_stand_beside_the_indicator_and_can_be_taken_back_before_the_close(
    amina: Persona, meeting: Meeting, assessment: Assessment
) -> None:
    first, _second, free = fill(meeting, assessment, amina)
    with pytest.raises(Invalid) as caught:
        record_decision(
            item=first, base_version=meeting.version, decision=" ", responsible="Police", actor=amina.viewer
        )
    assert list(caught.value.errors) == ["decision"]
    record_decision(
        item=first,
        base_version=meeting.version,
        decision="CANARY: the level stands.",
        responsible="Police",
        due_on=dt.date(2026, 6, 1),
        actor=amina.viewer,
    )
    record_decision(item=free, base_version=meeting.version, decision="In June.", actor=amina.viewer)
    [decided] = decisions_on(amina.viewer, assessment, first.indicator_id or 0)
    assert (decided.decision, decided.meeting) == ("CANARY: the level stands.", meeting)
    assert "CANARY" not in str(list(Event.objects.values_list("changes", flat=True)))
    record_decision(item=first, base_version=meeting.version, decision="", actor=amina.viewer)
    assert not decisions_on(amina.viewer, assessment, first.indicator_id or 0).exists()


def test_two_who_keep_the_same_minutes_do_not_overwrite_each_other(
    amina: Persona, aldo: Persona, meeting: Meeting, assessment: Assessment
) -> None:
    first, *_others = fill(meeting, assessment, amina)
    before = meeting.version
    record_decision(item=first, base_version=before, decision="Ours.", actor=amina.viewer)
    with pytest.raises(Conflict):
        record_decision(item=first, base_version=before, decision="Theirs.", actor=aldo.viewer)
    with pytest.raises(Conflict):
        close_meeting(meeting=Meeting.objects.get(), base_version=before, actor=aldo.viewer)
    assert AgendaItem.objects.get(pk=first.pk).decision == "Ours."


def test_closed_minutes_are_kept_with_their_hash_and_never_change(
    amina: Persona, meeting: Meeting, assessment: Assessment
) -> None:
    with pytest.raises(Invalid, match="nothing on the agenda"):
        close_meeting(meeting=meeting, base_version=meeting.version, actor=amina.viewer)
    first, *_others = fill(meeting, assessment, amina)
    record_decision(item=first, base_version=meeting.version, decision="The level stands.", actor=amina.viewer)
    record_dissent(item=first, base_version=meeting.version, who="Police", why="Too early.", actor=amina.viewer)
    close_meeting(meeting=meeting, base_version=meeting.version, actor=amina.viewer)
    stored = Meeting.objects.get()
    assert stored.content is not None
    assert (stored.status, stored.content_hash) == ("held", content_hash(MINUTES_TAG, stored.content))
    assert stored.content["items"][0]["decision"] == "The level stands."
    assert stored.content["items"][0]["dissents"] == [{"who": "Police", "why": "Too early."}]
    assert "Amina" not in str(stored.content)
    for change in (
        lambda: record_decision(item=first, base_version=stored.version, decision="Other.", actor=amina.viewer),
        lambda: add_free_item(meeting=stored, base_version=stored.version, title="More", actor=amina.viewer),
        lambda: edit_meeting(
            meeting=stored, base_version=stored.version, title="Other", starts_at=STARTS, actor=amina.viewer
        ),
        lambda: close_meeting(meeting=stored, base_version=stored.version, actor=amina.viewer),
    ):
        first.meeting = stored
        with pytest.raises(Refused, match="closed"):
            change()
    assert Event.objects.get(verb="meeting.closed").changes["items"] == 3


@pytest.mark.parametrize("persona", ["nadia", "vera", "carl", "boris", "dana"])
def test_only_focal_points_and_approvers_keep_minutes(
    persona: str, meeting: Meeting, request: pytest.FixtureRequest
) -> None:
    viewer = request.getfixturevalue(persona).viewer
    with pytest.raises(Refused):
        add_free_item(meeting=meeting, base_version=1, title="More", actor=viewer)
    if viewer.party != meeting.state:
        return
    with pytest.raises(Refused):
        plan_meeting(title="Mine", starts_at=STARTS, actor=viewer)


def test_faulty_input_is_named(amina: Persona, meeting: Meeting, assessment: Assessment) -> None:
    first, *_others = fill(meeting, assessment, amina)
    cases = (
        (lambda: plan_meeting(title=" ", starts_at=STARTS, actor=amina.viewer), "title"),
        (lambda: add_free_item(meeting=meeting, base_version=meeting.version, title="", actor=amina.viewer), "title"),
        (
            lambda: record_dissent(
                item=first, base_version=meeting.version, who="", why="Because.", actor=amina.viewer
            ),
            "who",
        ),
        (
            lambda: plan_meeting(title="Crowd", starts_at=STARTS, participants=[("A", "")] * 201, actor=amina.viewer),
            "participants",
        ),
    )
    for call, field in cases:
        with pytest.raises(Invalid) as caught:
            call()
        assert list(caught.value.errors) == [field]
