"""Upgrading a baseline to a newer version of its framework: everything passes on or is kept to be read."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any, Final

import openpyxl
import pytest
from django.apps import apps
from django.utils import timezone, translation
from django.utils.translation import gettext

from assessments.enums import AnswerRating, AssignmentMode, GapStatus
from assessments.frameworks import FrameworkErrors
from assessments.frameworks.workbook_template import framework_template
from assessments.models import (
    Answer,
    AnswerRevision,
    Assessment,
    Assignment,
    EvidenceLink,
    FindingDismissal,
    FrameworkVersion,
    Gap,
    IndependentRating,
    LeftBehind,
    Node,
    WorkingCopyUpload,
)
from assessments.selectors.assessments import assessment_for
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.hanging import HangingRow
from assessments.selectors.overview import assessment_overview
from assessments.selectors.quality import quality_of
from assessments.selectors.record import read_record
from assessments.selectors.successions import in_words, left_behind_of, newer_versions_for, upgrade_plan
from assessments.services.answers import AnswerContent
from assessments.services.assessments import endorse_assessment, reopen_assessment, submit_assessment
from assessments.services.consultation_summaries import SummaryContent, add_summary
from assessments.services.consultations import RoundContent, begin_consultation
from assessments.services.discussion import add_comment, flag_indicator
from assessments.services.frameworks import import_framework
from assessments.services.gaps import confirm_gap, dismiss_gap
from assessments.services.quality import dismiss_finding
from assessments.services.requests import draft_request
from assessments.services.successions import HANGING, planned_moves, upgrade_assessment, what_stayed
from assessments.services.working_copy_reading import FilledRow
from tests.assessments.evidence_factories import link, make_evidence
from tests.assessments.factories import (
    answer_everything,
    assign,
    give_answer,
    make_assessment,
    make_foreign_framework,
    rate_independently,
    rated,
)
from tests.assessments.frameworks.documents import as_yaml, small_document, small_indicator
from tests.personas import Persona
from wam_portal.access import SystemViewer
from wam_portal.audit.models import Event
from wam_portal.errors import Conflict, Invalid, NotVisible, Refused

pytestmark = pytest.mark.django_db


def published(document: dict[str, Any]) -> FrameworkVersion:
    version = import_framework(document=as_yaml(document), actor=SystemViewer("framework"), publish=True).version
    assert version is not None
    return version


def first() -> FrameworkVersion:
    """Four indicators on a scale of three."""
    document = small_document()
    document["nodes"][0]["nodes"] += [small_indicator("sto-03"), small_indicator("sto-04")]
    return published(document)


def second_document() -> dict[str, Any]:
    """The first stays, the second and third become one in another area, the fourth is dropped, one is new."""
    document = small_document() | {"version": "2.0"}
    area = document["nodes"][0]
    area["nodes"] = [small_indicator("sto-01"), small_indicator("sto-new")]
    moved = {"kind": "area", "key": "rec", "code": "REC", "title": "Records", "nodes": [small_indicator("rec-01")]}
    document["nodes"].append(moved)
    document["replaces"] = {
        "version": "1.0",
        "items": {"rec-01": ["sto-02", "sto-03"]},
        "dropped": [{"key": "sto-04", "reason": "Asked in the survey."}],
    }
    return document


def second() -> FrameworkVersion:
    return published(second_document())


def upgraded(assessment: Assessment, to: FrameworkVersion, by: Persona) -> Assessment:
    plan = upgrade_plan(assessment, to)
    return upgrade_assessment(
        assessment=assessment, to=to, base_version=assessment.version, seen=plan.seen, actor=by.viewer
    )


def test_what_keeps_its_key_keeps_answer_and_gap_where_part_of_it_is_asked_apart(amina: Persona) -> None:
    assessment = make_assessment(amina.viewer, first())
    give_answer(amina.viewer, assessment, "sto-02", rated("1", narrative="Both stores.", target="3"))
    answer, gap = Answer.objects.get(assessment=assessment), Gap.objects.get(assessment=assessment)
    document = small_document() | {"version": "2.0"}
    keys = ("sto-01", "sto-05", "sto-02", "sto-03", "sto-04")
    document["nodes"][0]["nodes"] = [small_indicator(key) for key in keys]
    document["replaces"] = {"version": "1.0", "items": {"sto-05": "sto-02"}}
    newer = published(document)
    plan = upgrade_plan(assessment, newer)
    assert plan.left == []
    done = upgraded(assessment_for(amina.viewer, assessment.uuid), newer, amina)
    told = Answer.objects.filter(assessment=done).order_by("indicator__position")
    assert [(one.indicator.key, one.narrative, one.pk == answer.pk) for one in told] == [
        ("sto-05", "Both stores.", False),
        ("sto-02", "Both stores.", True),
    ]
    gaps = Gap.objects.filter(assessment=done).order_by("indicator__position")
    assert [(one.indicator.key, one.pk == gap.pk) for one in gaps] == [("sto-05", False), ("sto-02", True)]


def test_answers_gaps_and_tasks_pass_on_and_what_cannot_is_kept(amina: Persona, carl: Persona) -> None:
    assessment = make_assessment(amina.viewer, first())
    for key in ("sto-01", "sto-02", "sto-03", "sto-04"):
        give_answer(amina.viewer, assessment, key, rated("1", narrative=f"About {key}.", target="3"))
    gap = Gap.objects.get(assessment=assessment, indicator__key="sto-02")
    confirm_gap(gap=gap, base_version=gap.version, actor=amina.viewer, root_cause="No money.")
    assign(amina.viewer, assessment, "sto", carl.viewer)
    newer = second()
    assert newer_versions_for(amina.viewer, assessment.framework_version) == [newer]
    done = upgraded(assessment_for(amina.viewer, assessment.uuid), newer, amina)
    assert (done.framework_version, done.version) == (newer, assessment.version + 1)
    told = Answer.objects.filter(assessment=done).order_by("indicator__position")
    assert [(one.indicator.key, one.narrative, one.option.value, one.target.value, one.version) for one in told] == [  # type: ignore[union-attr]
        ("sto-01", "About sto-01.", 1, 3, 2),
        ("rec-01", "About sto-02.", 1, 3, 2),
    ]
    assert {one.indicator.framework_version for one in told} == {newer}
    assert list(AnswerRevision.objects.filter(answer=told[1]).values_list("version", flat=True)) == [2, 1]
    kept = left_behind_of(amina.viewer, done)
    assert [(one.answer.indicator.key, one.answer.narrative, one.reason) for one in kept] == [
        ("sto-03", "About sto-03.", "Several indicators became one, and the answer to STO-02 was carried over."),
        ("sto-04", "About sto-04.", "The newer version does not ask this any more: Asked in the survey."),
    ]
    with translation.override("fr"):
        french = [one.reason for one in in_words(kept)]
        assert french[1] == gettext("The newer version does not ask this any more: %(reason)s") % {
            "reason": "Asked in the survey."
        }
    assert french[0] not in {one.reason for one in kept}
    kept.update(said=None)
    with translation.override("fr"):
        assert [one.reason for one in in_words(kept.all())] == [one.reason for one in kept.all()], "as it was stored"
    moved = Gap.objects.get(assessment=done, indicator__key="rec-01")
    assert (moved.uuid, moved.status, moved.root_cause) == (gap.uuid, GapStatus.CONFIRMED, "No money.")
    assert Gap.objects.filter(assessment=done).count() == 2
    assert Assignment.objects.get(assessment=done).node.framework_version == newer
    overview = assessment_overview(amina.viewer, done, framework_tree(newer))
    assert ([one.key for one in overview.missing], overview.coverage.rated) == (["sto-new"], 2)
    event = Event.objects.filter(verb="assessment.upgraded").get()
    assert event.changes == {"framework_version": ["1.0", "2.0"], "carried": 2, "left": 2, "version": done.version}


def test_split_copies_the_answer_and_a_changed_scale_turns_its_level(amina: Persona) -> None:
    assessment = make_assessment(amina.viewer, first())
    give_answer(amina.viewer, assessment, "sto-01", rated("3"))
    give_answer(
        amina.viewer, assessment, "sto-02", AnswerContent(rating=AnswerRating.UNKNOWN, narrative="Nobody knew.")
    )
    document = small_document() | {"version": "2.0"}
    options = [
        {"key": "no", "value": 0, "label": "No", "meaning": "-"},
        {"key": "yes", "value": 1, "label": "Yes", "meaning": "-"},
    ]
    document["scales"] += [{"key": "yes-no", "target": "yes", "options": options}]
    document["default_scale"] = "three"
    turned = {"kind": "indicator", "key": "sto-01a", "code": "1A", "question": "Is it?", "scale": "yes-no"}
    document["nodes"][0]["nodes"] = [small_indicator("sto-01"), turned, small_indicator("sto-02")]
    document["replaces"] = {
        "version": "1.0",
        "items": {"sto-01": "sto-01", "sto-01a": {"from": "sto-01", "levels": {"1": "no", "2": "no", "3": "yes"}}},
        "dropped": [{"key": key, "reason": "Gone."} for key in ("sto-03", "sto-04")],
    }
    done = upgraded(assessment, published(document), amina)
    told = Answer.objects.filter(assessment=done).order_by("indicator__position")
    assert [(one.indicator.key, one.option and one.option.key, one.narrative) for one in told] == [
        ("sto-01", "3", ""),
        ("sto-01a", "yes", ""),
        ("sto-02", None, "Nobody knew."),
    ]
    assert not LeftBehind.objects.exists()


def test_endorsed_version_stays_as_signed(amina: Persona, aldo: Persona) -> None:
    assessment = make_assessment(amina.viewer, first())
    answer_everything(amina.viewer, assessment, rated("3"))
    submitted = submit_assessment(assessment=assessment, base_version=assessment.version, actor=amina.viewer)
    signed = endorse_assessment(
        assessment=submitted, base_version=submitted.version, authority="commission", actor=aldo.viewer
    )
    submitted.refresh_from_db()
    newer = second()
    with pytest.raises(Refused):
        upgraded(submitted, newer, amina)
    open_again = reopen_assessment(
        assessment=submitted, base_version=submitted.version, reason="New version.", actor=aldo.viewer
    )
    upgraded(open_again, newer, amina)
    before = (signed.content, signed.content_hash)
    signed.refresh_from_db()
    assert (signed.content, signed.content_hash) == before
    assert signed.content["framework"]["version"] == "1.0"


def test_upgrade_refuses_what_was_not_looked_at_and_what_does_not_follow(amina: Persona, vera: Persona) -> None:
    assessment = make_assessment(amina.viewer, first())
    newer = second()
    plan = upgrade_plan(assessment, newer)
    give_answer(amina.viewer, assessment, "sto-01", rated("1"))
    call = {"assessment": assessment, "to": newer, "base_version": assessment.version}
    with pytest.raises(Conflict):
        upgrade_assessment(**call, seen=plan.seen, actor=amina.viewer)
    seen = upgrade_plan(assessment, newer).seen
    with pytest.raises(Conflict):
        upgrade_assessment(**call | {"base_version": 99}, seen=seen, actor=amina.viewer)
    with pytest.raises(NotVisible):
        upgrade_assessment(**call | {"to": make_foreign_framework(1, 1, 1)}, seen=seen, actor=amina.viewer)
    with pytest.raises(Refused):
        upgrade_assessment(**call, seen=seen, actor=vera.viewer)
    make_assessment(amina.viewer, newer, title="Twin")
    with pytest.raises(Invalid):
        upgrade_assessment(**call, seen=seen, actor=amina.viewer)
    assessment.refresh_from_db()
    assert assessment.framework_version.version == "1.0"
    assert Answer.objects.get(assessment=assessment).indicator.key == "sto-01"


def test_map_must_fit_the_version_that_is_replaced() -> None:
    first()
    document = second_document()
    document["replaces"] |= {"items": {"rec-01": ["sto-02", "sto-99"]}, "dropped": [{"key": "sto-02", "reason": "?"}]}
    with pytest.raises(FrameworkErrors) as caught:
        published(document)
    text = as_yaml(document).splitlines()
    start, item, dropped = (
        next(number for number, line in enumerate(text, 1) if word in line)
        for word in ("replaces:", "rec-01:", "key: sto-02")
    )
    assert {(error.line, error.path, error.message) for error in caught.value.errors} == {
        (start, "replaces", "“sto-03” of version 1.0 is neither mapped nor dropped."),
        (start, "replaces", "“sto-04” of version 1.0 is neither mapped nor dropped."),
        (dropped, "replaces.dropped[0].key", "“sto-02” is both mapped and dropped."),
        (item, "replaces.items.rec-01", "Version 1.0 has no indicator “sto-99”."),
    }
    document["replaces"]["version"] = "0.9"
    with pytest.raises(
        FrameworkErrors, match=r"replaces\.version: Version 0\.9 of this framework is not published here"
    ):
        published(document)


def test_what_the_map_gets_wrong_is_told_together_with_the_other_mistakes_of_the_file() -> None:
    first()
    document = second_document()
    document["nodes"][0]["nodes"][0]["weight"] = "heavy"
    document["replaces"]["items"] = {"rec-01": ["sto-02", "sto-99"]}
    with pytest.raises(FrameworkErrors) as caught:
        published(document)
    # What seems to be neither mapped nor dropped waits until the indicators can be read.
    assert {error.path for error in caught.value.errors} == {"nodes[0].nodes[0].weight", "replaces.items.rec-01"}


def test_a_workbook_tells_unknown_old_keys_with_their_cells_and_together_with_the_rest() -> None:
    first()
    book = openpyxl.load_workbook(io.BytesIO(framework_template()))
    settings = {row[0].value: row[1] for row in book["Framework"].iter_rows()}
    settings["key"].value, settings["version"].value = "small", "2.0"
    settings["replaces"].value = "1.0"
    headings = {cell.value: cell.column_letter for cell in book["Indicators"][1]}
    book["Indicators"][f"{headings['replaces']}2"] = "sto-01, mar-05"
    book["Indicators"][f"{headings['weight']}2"] = "heavy"
    for row, key in ((2, "sto-02"), (3, "sto-77")):
        book["Dropped"][f"A{row}"], book["Dropped"][f"B{row}"] = key, "Not asked."
    content = io.BytesIO()
    book.save(content)
    with pytest.raises(FrameworkErrors) as caught:
        import_framework(document=content.getvalue(), actor=SystemViewer("framework"))
    assert [(error.line, error.path, error.column) for error in caught.value.errors] == [
        (2, f"Indicators!{headings['weight']}2", "weight"),
        (2, f"Indicators!{headings['replaces']}2", "replaces"),
        (3, "Dropped!A3", "key"),
    ]
    book["Indicators"][f"{headings['weight']}2"] = "1"
    book["Indicators"][f"{headings['replaces']}2"] = "sto-01"
    book["Dropped"]["A3"], book["Dropped"]["B3"] = None, None
    content = io.BytesIO()
    book.save(content)
    with pytest.raises(FrameworkErrors) as caught:
        import_framework(document=content.getvalue(), actor=SystemViewer("framework"))
    place = f"Framework!{settings['replaces'].coordinate}"
    assert [(error.path, error.message) for error in caught.value.errors] == [
        (place, "“sto-03” of version 1.0 is neither mapped nor dropped."),
        (place, "“sto-04” of version 1.0 is neither mapped nor dropped."),
    ]


def test_groups_reach_the_tree() -> None:
    document = second_document() | {"groups": [{"key": "core", "title": "Core set", "indicators": ["sto-01"]}]}
    first()
    group = framework_tree(published(document)).find_group("core")
    assert group is not None
    assert (group.title, group.indicators) == ("Core set", frozenset({"sto-01"}))


def test_everything_that_hangs_on_a_node_moves_in_an_upgrade() -> None:
    """A new model that refers to an indicator or a section is added to `HANGING`, or its rows would stay behind."""
    hanging = {
        model
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.related_model is Node and model is not Node
    }
    assert hanging == {Answer, Gap} | {one.model for one in HANGING}


def test_what_hangs_on_indicators_moves_with_them_and_what_cannot_is_listed(
    amina: Persona, carl: Persona, vera: Persona
) -> None:
    """sto-02 and sto-03 become rec-01, sto-04 is dropped: see `second_document`."""
    assessment = make_assessment(amina.viewer, first())
    for node in ("sto-02", "sto-04"):
        assign(amina.viewer, assessment, node, carl.viewer, mode=AssignmentMode.INDEPENDENT)
        rate_independently(carl.viewer, assessment, node, rated("2"))
    for key in ("sto-01", "sto-02", "sto-04"):
        give_answer(amina.viewer, assessment, key, rated("1"))
    gaps = {gap.indicator.key: gap for gap in Gap.objects.filter(assessment=assessment)}
    for gap in gaps.values():
        confirm_gap(gap=gap, base_version=gap.version, actor=amina.viewer, root_cause=f"Why {gap.indicator.key}.")
    request = draft_request(assessment=assessment, gap_uuids=[gap.uuid for gap in gaps.values()], actor=amina.viewer)
    dismissals = [
        FindingDismissal(
            assessment=assessment,
            rule="some-rule",
            subject=subject,
            fingerprint=subject,
            reason=f"Left as it is: {subject}.",
            dismissed_by=amina.user,
            dismissed_at=timezone.now(),
        )
        for subject in ("sto", "sto-01", "sto-04", "whole")
    ]
    FindingDismissal.objects.bulk_create(dismissals)
    now = timezone.now()
    waiting = FilledRow("sto-04", 6, 1, rated("2")).as_json()
    WorkingCopyUpload.objects.create(
        assessment=assessment, owner=carl.user, rows=[waiting], created_at=now, expires_at=now + dt.timedelta(days=1)
    )
    evidence = make_evidence(amina.viewer, "Register")
    link(amina.viewer, evidence, assessment, "sto-02", "sto-03", "sto-04")
    for key in ("sto-02", "sto-04"):
        add_comment(assessment=assessment, indicator=key, body=f"About {key}.", actor=amina.viewer)
        flag_indicator(assessment=assessment, indicator=key, note=f"Look at {key}.", actor=amina.viewer)
    consultation = begin_consultation(
        assessment=assessment, content=RoundContent("Talks", dt.date(2026, 2, 1)), actor=amina.viewer
    )
    said = SummaryContent("People said so.", ["sto-02", "sto-03", "sto-04"])
    summary = add_summary(consultation=consultation, content=said, actor=amina.viewer)
    newer = second()
    expected = [
        ("Assignments", "STO-04", "Carl"),
        ("Comments", "STO-04", "About sto-04."),
        ("Flags", "STO-04", "Look at sto-04."),
        # Two answers that rested on one evidence became one: one link is enough.
        ("Links to evidence", "STO-03", "Register"),
        ("Links to evidence", "STO-04", "Register"),
        ("Independent ratings", "STO-04", "Carl"),
        ("Summaries of consultations", "STO-03", "People said so."),
        ("Summaries of consultations", "STO-04", "People said so."),
        ("Gaps", "STO-04", "Why sto-04."),
        ("Needs of requests that rest on these gaps", "STO-04", request.reference),
        ("Dismissed findings", "STO-04", "Left as it is: sto-04."),
    ]

    def told(rows: list[HangingRow]) -> list[tuple[str, str, str]]:
        return [(str(row.kind.label), row.code, row.text) for row in rows]

    page = amina.client.get(amina.url("assessments:assessment-upgrade", assessment.uuid, newer.uuid)).content.decode()
    assert "1 uploaded working copy waits for its owner to decide." in page
    assert "11 other entries stay with the earlier version." in page
    assert told(planned_moves(assessment, upgrade_plan(assessment, newer)).worth_telling) == expected
    done = upgraded(assessment_for(amina.viewer, assessment.uuid), newer, amina)
    assert told(what_stayed(amina.viewer, done)) == expected
    assert what_stayed(carl.viewer, done) == []
    assert [node.key for node in summary.indicators.filter(framework_version=newer)] == ["rec-01"]
    assert EvidenceLink.objects.get(indicator__key="rec-01").evidence == evidence
    assert IndependentRating.objects.get(indicator__key="rec-01").option.scale.framework_version == newer  # type: ignore[union-attr]
    scope = vera.client.get(vera.url("assessments:assessment-scope", done.uuid)).content.decode()
    assert "12 entries that were not carried over" in scope
    page = vera.client.get(vera.url("assessments:left-behind", done.uuid)).content.decode()
    assert "What else stays with the earlier version" in page
    assert page.count("About sto-04.") == 1


BARE: Final[dict[str, Any]] = {
    "key": "bare",
    "severity": "warning",
    "message": "This level rests on nothing.",
    "when": {"kind": "answer", "bases": ["none"]},
}
MANY_UNKNOWN: Final[dict[str, Any]] = {
    "key": "many-unknown",
    "severity": "warning",
    "message": "Much is unknown.",
    "when": {"kind": "unknown_share", "of": "area", "percent": 10},
}


def with_rules(document: dict[str, Any]) -> dict[str, Any]:
    return document | {"quality_rules": [BARE, MANY_UNKNOWN]}


def dismiss_all_findings(assessment: Assessment, actor: Persona) -> None:
    tree = framework_tree(assessment.framework_version)
    for group in quality_of(actor.viewer, assessment, read_record(actor.viewer, assessment, tree)).groups:
        for view in group.open:
            finding = view.finding
            dismiss_finding(
                assessment=assessment,
                rule=finding.rule.key,
                subject=finding.subject,
                fingerprint=finding.fingerprint,
                reason=f"We know: {finding.subject}.",
                actor=actor.viewer,
            )


def test_dismissals_that_an_upgrade_ends_on_kept_indicators_are_listed(amina: Persona) -> None:
    """The newer version asks the same, but for a higher target on its scale."""
    assessment = make_assessment(amina.viewer, published(with_rules(small_document())))
    give_answer(amina.viewer, assessment, "sto-01", rated("1", basis="none"))
    give_answer(amina.viewer, assessment, "sto-02", AnswerContent(rating=AnswerRating.UNKNOWN))
    dismiss_all_findings(assessment, amina)
    # What somebody dismissed once and an answer has overtaken long since did not end by the upgrade.
    give_answer(amina.viewer, assessment, "sto-01", rated("1", basis="none", narrative="Still bare."), base_version=1)
    dismiss_all_findings(assessment, amina)
    gap = Gap.objects.get(assessment=assessment)
    dismiss_gap(gap=gap, base_version=gap.version, reason="Not worth it.", actor=amina.viewer)
    assert FindingDismissal.objects.count() == 3

    higher = with_rules(small_document()) | {"version": "2.0", "replaces": {"version": "1.0"}}
    higher["scales"][0]["target"] = "3"
    done = upgraded(assessment, published(higher), amina)
    gap.refresh_from_db()
    assert gap.status == "open"
    assert [(str(row.kind.label), row.code, row.text) for row in what_stayed(amina.viewer, done)] == [
        ("Dismissals of gaps that no longer hold", "STO-01", "Not worth it."),
        ("Dismissals of findings that no longer hold", "STO-01", "We know: sto-01."),
    ]
    page = amina.client.get(amina.url("assessments:left-behind", done.uuid)).content.decode()
    assert "We know: sto-01." in page
    assert "We know: sto." not in page, "nothing of that finding has changed: it is dismissed as before"

    dismiss_gap(gap=gap, base_version=gap.version, reason="Still not worth it.", actor=amina.viewer)
    assert [row.text for row in what_stayed(amina.viewer, done)] == ["We know: sto-01."]


def test_a_dismissal_of_a_gap_that_is_no_worse_holds_after_an_upgrade(amina: Persona) -> None:
    assessment = make_assessment(amina.viewer, published(small_document()))
    give_answer(amina.viewer, assessment, "sto-01", rated("1"))
    gap = Gap.objects.get(assessment=assessment)
    dismiss_gap(gap=gap, base_version=gap.version, reason="Not worth it.", actor=amina.viewer)
    done = upgraded(assessment, published(small_document() | {"version": "2.0", "replaces": {"version": "1.0"}}), amina)
    assert Gap.objects.get(assessment=done).status == "dismissed"
    assert what_stayed(amina.viewer, done) == []


def test_a_dismissed_gap_that_stays_behind_is_listed_with_why_it_was_dismissed(amina: Persona) -> None:
    assessment = make_assessment(amina.viewer, first())
    give_answer(amina.viewer, assessment, "sto-04", rated("1"))
    gap = Gap.objects.get(assessment=assessment)
    dismiss_gap(gap=gap, base_version=gap.version, reason="Not worth it.", actor=amina.viewer)
    done = upgraded(assessment, second(), amina)
    assert [(str(row.kind.label), row.text) for row in what_stayed(amina.viewer, done)] == [("Gaps", "Not worth it.")]
