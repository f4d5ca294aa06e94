"""Working copies come back: what was not touched changes nothing, nobody's words are overwritten unseen."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine

from assessments.models import Answer, Assessment, FrameworkVersion, WorkingCopyUpload
from assessments.services.assessments import submit_assessment
from assessments.services.working_copies import (
    RowDecision,
    decide_rows,
    discard_expired_uploads,
    discard_upload,
    plain_decisions,
    upload_working_copy,
)
from assessments.services.working_copy_rows import Standing, open_rows
from tests.assessments.factories import answer_everything, assign, give_answer, make_assessment, rated
from tests.assessments.services.test_successions import first, published, second, second_document, upgraded
from tests.assessments.working_copies import filled, read, take
from tests.personas import Persona
from wam_portal.audit.models import Event
from wam_portal.errors import Conflict, Invalid, Refused


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    """A baseline with one answer, to coo-01."""
    made = make_assessment(amina.viewer, framework)
    give_answer(amina.viewer, made, "coo-01", rated("2", narrative="As it was.\nIn two lines.", confidence="low"))
    return made


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workbooks are read without a child process, which costs half a second each time."""
    monkeypatch.setattr("assessments.services.working_copies.read_workbook", read)


def upload(persona: Persona, assessment: Assessment, content: bytes) -> WorkingCopyUpload:
    return upload_working_copy(assessment=assessment, content=content, actor=persona.viewer)


def decide(persona: Persona, found: WorkingCopyUpload, *, base_version: int = 1, **mine: Any) -> WorkingCopyUpload:
    """Decide by key with hyphens written as underscores: True takes, False leaves out."""
    rows = {row.filled.key: row for row in open_rows(found, persona.viewer)}
    decisions = {
        key: RowDecision(mine=mine[name], seen=row.current.version if (row := rows[key]).current else 0)
        for name in mine
        for key in [name.replace("_", "-")]
    }
    return decide_rows(upload=found, base_version=base_version, decisions=decisions, actor=persona.viewer)


def standings(persona: Persona, found: WorkingCopyUpload) -> dict[str, Standing]:
    return {row.filled.key: row.standing for row in open_rows(found, persona.viewer)}


def narrative(assessment: Assessment, key: str) -> str:
    return Answer.objects.get(assessment=assessment, indicator__key=key).narrative


def problems(found: WorkingCopyUpload) -> list[tuple[str, str]]:
    return [(problem["cell"], problem["message"]) for problem in found.problems]


def test_an_untouched_export_changes_nothing(amina: Persona, assessment: Assessment) -> None:
    """Through the child process, as in life; also when somebody else has saved since."""
    answer_everything(amina.viewer, assessment, rated("3", narrative="=1+1\n“x” _x000D_ _x0041_ <&>", target="5"))
    content = take(amina.viewer, assessment)
    give_answer(amina.viewer, assessment, "coo-01", rated("4", narrative="Newer."), base_version=1)
    before = list(Answer.objects.order_by("pk").values())
    found = upload(amina, assessment, content)
    assert (found.rows, found.problems, found.unchanged) == ([], [], 6)
    assert list(Answer.objects.order_by("pk").values()) == before


@pytest.mark.usefixtures("inside")
def test_what_another_program_saved_without_a_change_is_no_change(amina: Persona, assessment: Assessment) -> None:
    found = upload(amina, assessment, filled(take(amina.viewer, assessment), {}))
    assert (found.rows, found.problems, found.unchanged) == ([], [], 6)


@pytest.mark.usefixtures("inside")
def test_new_and_changed_rows_wait_and_are_saved_as_decided(amina: Persona, assessment: Assessment) -> None:
    content = filled(
        take(amina.viewer, assessment),
        {
            "coo-01": {"level": "3 – In part", "narrative": "Better."},
            "coo-02": {"level": 4, "basis": "law – Law", "confidence": "high", "target": "5", "reason": 7},
            "coo-03": {"level": "NA – Not applicable", "reason": "No such thing."},
            "sto-01": {"level": "unknown – Unknown"},
        },
    )
    found = upload(amina, assessment, content)
    kinds = {"coo-01": "updated", "coo-02": "created", "coo-03": "created", "sto-01": "created"}
    assert standings(amina, found) == kinds
    assert Answer.objects.count() == 1
    found = decide(amina, found, coo_01=True, coo_02=True, coo_03=True, sto_01=False)
    assert (found.saved, found.left_out, found.rows) == (3, 1, [])
    assert narrative(assessment, "coo-01") == "Better."
    second = Answer.objects.select_related("option", "target").get(indicator__key="coo-02")
    assert second.option
    assert second.target
    assert (second.option.key, second.basis, second.confidence, second.target.key) == ("4", "law", "high", "5")
    assert second.reason == "7"
    assert Answer.objects.get(indicator__key="coo-03").rating == "not_applicable"
    assert not Answer.objects.filter(indicator__key="sto-01").exists()
    assert list(Event.objects.order_by("-pk").values_list("verb", flat=True)[:1]) == ["working_copy.decided"]


@pytest.mark.usefixtures("inside")
def test_a_conflict_shows_both_texts_and_saves_what_is_chosen(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    assign(amina.viewer, assessment, "coo", carl.viewer)
    content = filled(take(carl.viewer, assessment), {"coo-01": {"narrative": "Mine."}})
    give_answer(amina.viewer, assessment, "coo-01", rated("4", narrative="Theirs."), base_version=1)
    found = upload(carl, assessment, content)
    [row] = open_rows(found, carl.viewer)
    assert row.standing is Standing.CONFLICT
    assert row.stored
    assert (row.stored.narrative, row.filled.content.narrative) == ("Theirs.", "Mine.")
    assert plain_decisions([row]) == {}
    # Taken with the version that the person saw; somebody saves once more before the form arrives.
    give_answer(amina.viewer, assessment, "coo-01", rated("4", narrative="Theirs again."), base_version=2)
    late = decide_rows(
        upload=found, base_version=1, decisions={"coo-01": RowDecision(mine=True, seen=2)}, actor=carl.viewer
    )
    assert (late.saved, len(late.rows)) == (0, 1)
    assert narrative(assessment, "coo-01") == "Theirs again."
    assert decide(carl, late, base_version=2, coo_01=True).saved == 1
    assert narrative(assessment, "coo-01") == "Mine."


@pytest.mark.usefixtures("inside")
def test_the_same_decisions_sent_twice_save_once(amina: Persona, assessment: Assessment) -> None:
    found = upload(amina, assessment, filled(take(amina.viewer, assessment), {"coo-01": {"narrative": "Once."}}))
    decide(amina, found, coo_01=True)
    with pytest.raises(Conflict):
        decide_rows(upload=found, base_version=1, decisions={}, actor=amina.viewer)
    assert Answer.objects.get().version == 2


@pytest.mark.usefixtures("inside")
def test_every_problem_is_told_with_its_cell(amina: Persona, assessment: Assessment) -> None:
    def more(book: Any) -> None:
        sheet = book["Answers"]
        sheet["A9"], sheet["F9"] = "no-such-key", "3"
        sheet["A10"], sheet["F10"] = "coo-01", "3"
        sheet["B6"] = 99

    content = filled(
        take(amina.viewer, assessment),
        {
            "coo-01": {"level": "=1+1", "narrative": "Kept from being read."},
            "coo-02": {"level": "9 – No such level", "basis": "hearsay"},
            "coo-03": {"narrative": "Words without a level."},
            "sto-01": {"level": "3"},
            "sto-02": {"level": "NA – Not applicable"},
            "sto-03": {"level": "3", "narrative": "x" * 8001},
        },
        more=more,
    )
    found = upload(amina, assessment, content)
    told = dict(problems(found))
    assert "formula" in told["F3"]
    assert "not on the scale" in told["F4"]
    assert "bases offered" in told["I4"]
    assert "Choose a level" in told["F5"]
    assert "Say why" in told["G7"]
    assert "8000" in told["H8"]
    assert "no indicator" in told["A9"]
    assert "row 3" in told["C10"]
    assert "hidden version" in told["row 6"]
    assert found.rows == []
    assert Answer.objects.get().version == 1


@pytest.mark.usefixtures("inside")
def test_a_contributor_takes_and_brings_only_assigned_sections(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    assign(amina.viewer, assessment, "sto", carl.viewer)
    own = take(carl.viewer, assessment)
    assert b"As it was." not in own
    assert {cell.value for cell in read(own).sheets[0].cells if cell.column == 1 and cell.row > 2} == {
        "sto-01",
        "sto-02",
        "sto-03",
    }
    whole = filled(take(amina.viewer, assessment), {"coo-01": {"narrative": "No."}, "sto-01": {"level": "3"}})
    found = upload(carl, assessment, whole)
    assert [row["key"] for row in found.rows] == ["sto-01"]
    [(place, message)] = problems(found)
    assert (place, message) == ("row 3", "This is not assigned to you. A focal point can assign it to you.")


@pytest.mark.usefixtures("inside")
def test_a_workbook_from_elsewhere_is_refused_and_nothing_is_kept(
    amina: Persona, boris: Persona, assessment: Assessment, framework: FrameworkVersion
) -> None:
    other = make_assessment(amina.viewer, framework, cycle="2027")
    foreign = make_assessment(boris.viewer, framework)

    def older(book: Any) -> None:
        about = book["About"]
        row = next(row for row in range(1, about.max_row + 1) if about.cell(row, 1).value == "framework_hash")
        about.cell(row, 3).value = "0" * 64

    def no_names(book: Any) -> None:
        book["Answers"].cell(1, 1).value = "x"

    untouched = take(amina.viewer, assessment)
    for content, message in (
        (take(amina.viewer, other), "another baseline"),
        (take(boris.viewer, foreign), "another baseline"),
        (filled(untouched, {}, more=older), "another version of the framework"),
        (filled(untouched, {}, more=no_names), "first row"),
        (filled(untouched, {}, more=lambda book: book.remove(book["About"])), "not a working copy"),
    ):
        with pytest.raises(Invalid, match=message):
            upload(amina, assessment, content)
    assert not WorkingCopyUpload.objects.exists()


@pytest.mark.usefixtures("inside")
def test_uploads_are_their_owners_replaced_by_the_next_and_gone_in_a_day(
    amina: Persona, nadia: Persona, assessment: Assessment
) -> None:
    content = filled(take(amina.viewer, assessment), {"coo-01": {"narrative": "Mine."}})
    first = upload(amina, assessment, content)
    second = upload(amina, assessment, content)
    assert WorkingCopyUpload.objects.visible_to(amina.viewer).get() == second != first
    assert not WorkingCopyUpload.objects.visible_to(nadia.viewer).exists()
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(hours=25)):
        assert not WorkingCopyUpload.objects.visible_to(amina.viewer).exists()
        assert discard_expired_uploads() == 1
    third = upload(amina, assessment, content)
    discard_upload(upload=third, actor=nadia.viewer)
    assert WorkingCopyUpload.objects.count() == 1
    discard_upload(upload=third, actor=amina.viewer)
    assert not WorkingCopyUpload.objects.exists()


@pytest.mark.usefixtures("inside")
def test_waiting_rows_follow_their_indicators_through_an_upgrade(amina: Persona) -> None:
    made = make_assessment(amina.viewer, first())
    for key in ("sto-01", "sto-02"):
        give_answer(amina.viewer, made, key, rated("2", narrative=f"About {key}."))
    cells = {key: {"narrative": f"New words on {key}."} for key in ("sto-01", "sto-02")}
    cells |= {key: {"level": "3", "narrative": f"First words on {key}."} for key in ("sto-03", "sto-04")}
    found = upload(amina, made, filled(take(amina.viewer, made), cells))
    assert len(found.rows) == 4
    newer = second()
    upgraded(made, newer, amina)
    found = WorkingCopyUpload.objects.get()
    assert {row.filled.key: (row.standing, row.filled.content.narrative) for row in open_rows(found, amina.viewer)} == {
        "sto-01": (Standing.UPDATED, "New words on sto-01."),
        "rec-01": (Standing.UPDATED, "New words on sto-02."),
    }
    gone_into = "Several indicators became one, and the answer to STO-02 was carried over."
    not_asked = "The newer version does not ask this any more: Asked in the survey."
    assert [(problem["code"], problem["message"]) for problem in found.problems] == [
        ("STO-03", f"{gone_into} You wrote: “First words on sto-03.”"),
        ("STO-04", f"{not_asked} You wrote: “First words on sto-04.”"),
    ]
    with pytest.raises(Conflict):
        decide(amina, found, base_version=1, rec_01=True)
    decide(amina, found, base_version=found.version, sto_01=True, rec_01=True)
    assert narrative(made, "rec-01") == "New words on sto-02."


@pytest.mark.usefixtures("inside")
def test_an_upgrade_hides_no_conflict_and_carries_first_answers_with_their_levels(amina: Persona) -> None:
    made = make_assessment(amina.viewer, first())
    give_answer(amina.viewer, made, "sto-01", rated("2"))
    cells = {"sto-01": {"narrative": "Mine."}, "sto-03": {"level": "3"}, "sto-04": {"level": "1"}}
    upload(amina, made, filled(take(amina.viewer, made), cells))
    give_answer(amina.viewer, made, "sto-01", rated("2", narrative="Saved meanwhile."), base_version=1)
    document = second_document()
    document["replaces"]["items"] = {
        "rec-01": {"from": ["sto-02", "sto-03"], "levels": {"3": "2"}},
        "sto-new": "sto-04",
    }
    document["replaces"]["dropped"] = []
    upgraded(made, published(document), amina)
    rows = open_rows(WorkingCopyUpload.objects.get(), amina.viewer)
    assert [(row.filled.key, row.standing, row.filled.content.option) for row in rows] == [
        ("sto-01", Standing.CONFLICT, "2"),
        ("rec-01", Standing.CREATED, "2"),
        ("sto-new", Standing.CREATED, "1"),
    ]


@pytest.mark.usefixtures("inside")
def test_a_baseline_that_is_closed_takes_nothing_back(amina: Persona, vera: Persona, assessment: Assessment) -> None:
    answer_everything(amina.viewer, assessment)
    found = upload(amina, assessment, filled(take(amina.viewer, assessment), {"coo-01": {"narrative": "Late."}}))
    submit_assessment(assessment=assessment, base_version=assessment.version, actor=amina.viewer)
    assessment.refresh_from_db()
    with pytest.raises(Refused, match="being reviewed"):
        upload(amina, assessment, b"")
    with pytest.raises(Refused, match="not change"):
        upload(vera, assessment, b"")
    found.assessment = assessment
    late = decide(amina, found, coo_01=True)
    assert (late.saved, late.rows) == (0, [])
    assert "being reviewed" in problems(late)[0][1]
    assert narrative(assessment, "coo-01") == "As it was.\nIn two lines."
