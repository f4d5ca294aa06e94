"""Translations of a published version: they come and change without touching what was published."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from assessments.enums import AssignmentMode
from assessments.frameworks.tree import language_of
from assessments.models import AgendaItem, FrameworkVersion
from assessments.selectors.frameworks import framework_tree, source_tree, titles_of
from assessments.selectors.released_words import in_words_of
from assessments.selectors.successions import version_differences
from assessments.services.assessments import endorse_assessment, submit_assessment
from assessments.services.frameworks import ImportOutcome, ImportResult, import_framework
from assessments.services.meetings import plan_meeting
from tests.assessments.evidence_factories import link, make_evidence
from tests.assessments.factories import answer_everything, assign, make_assessment, rate_independently, rated
from tests.assessments.frameworks.documents import as_yaml, small_document
from tests.assessments.frameworks.test_translations import FRENCH, document
from tests.personas import Persona, in_french
from wam_portal.access import SystemViewer
from wam_portal.audit.models import Event

pytestmark = pytest.mark.django_db


def take_over(made: dict[str, Any], **options: Any) -> ImportResult:
    return import_framework(document=as_yaml(made), actor=SystemViewer("framework"), publish=True, **options)


def published(made: dict[str, Any]) -> FrameworkVersion:
    version = take_over(made).version
    assert version is not None
    return version


def test_tree_speaks_the_language_of_the_reader_and_falls_back_text_by_text() -> None:
    version = published(document(fr=FRENCH))
    with translation.override("fr"):
        tree = framework_tree(version)
    first = tree.indicators[0]
    shown = (tree.version.title, tree.sections[0].node.title, first.question)
    assert [(text, language_of(text)) for text in shown] == [
        ("Petit", "fr"), ("Stockage", "fr"), ("Est-ce ainsi ?", "fr"),
    ]  # fmt: skip
    assert [(level.text, language_of(level.text)) for level in first.levels] == [
        ("Not at all.", "en"), ("En partie.", "fr"), ("In full.", "en"),
    ]  # fmt: skip
    assert first.evidence == ("Law", "Registre")
    assert [option.label for option in first.scale.options] == ["Rien", "Some", "Full"]
    with translation.override("es"):
        assert framework_tree(version) is source_tree(version)
    assert source_tree(version).indicators[0].question == "Is it so?"


def test_translation_added_later_reaches_readers_and_leaves_the_content_alone(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    version = published(document())
    with translation.override("fr"):
        assert framework_tree(version).indicators[0].question == "Is it so?"
        result = take_over(document(fr=FRENCH))
        version.refresh_from_db()
        assert (result.outcome, result.content_hash) == (ImportOutcome.TRANSLATED, version.content_hash)
        assert framework_tree(version).indicators[0].question == "Est-ce ainsi ?"
        with django_assert_num_queries(0):
            framework_tree(version)
        take_over(document(fr=FRENCH | {"title": "Tout petit"}))
        version.refresh_from_db()
        assert framework_tree(version).version.title == "Tout petit"
    assert take_over(document(fr=FRENCH | {"title": "Tout petit"})).outcome is ImportOutcome.UNCHANGED
    assert take_over(document(es={"title": "Pequeño"})).outcome is ImportOutcome.TRANSLATED
    assert list(version.translations.values_list("language", "percent")) == [("es", 6), ("fr", 37)]
    events = Event.objects.filter(verb="framework.imported").order_by("pk")
    assert [event.changes["languages"] for event in events] == [[], ["fr"], ["fr"], ["es"]]


def test_dry_run_of_a_translation_writes_nothing() -> None:
    version = published(document())
    assert take_over(document(fr=FRENCH), dry_run=True).outcome is ImportOutcome.TRANSLATED
    assert not version.translations.exists()


def test_endorsed_content_is_the_same_whatever_language_the_signatory_reads(amina: Persona, aldo: Persona) -> None:
    hashes = set()
    for language in ("en", "fr"):
        made = small_document() | {"key": "small", "translations": {"fr": {"nodes": {"sto": {"title": "Stockage"}}}}}
        version = published(made)
        with translation.override(language):
            assessment = make_assessment(amina.viewer, version, cycle="2026", title="Baseline")
            answer_everything(amina.viewer, assessment, rated("1"))
            submitted = submit_assessment(assessment=assessment, base_version=1, actor=amina.viewer)
            signed = endorse_assessment(
                assessment=submitted, base_version=submitted.version, authority="commission", actor=aldo.viewer
            )
        assert signed.content["profile"][0]["title"] == "Storage"
        hashes.add(signed.content_hash)
        assessment.__class__.objects.filter(pk=assessment.pk).update(cycle=f"{language} before")
    assert len(hashes) == 1


def test_pages_mark_texts_that_fell_back(amina: Persona) -> None:
    version = published(document(fr=FRENCH))
    assessment = make_assessment(amina.viewer, version)
    amina.user.language = "fr"
    amina.user.save()
    html = amina.client.get(amina.url("assessments:section-sheet", assessment.uuid, "sto")).content.decode()
    assert '<html lang="fr"' in html
    assert "<bdi>Est-ce ainsi ?</bdi>" in html
    assert '<bdi lang="en">Not at all.</bdi>' in html
    assert "<bdi>En partie.</bdi>" in html
    page = amina.client.get(amina.url("assessments:framework-detail", version.uuid)).content.decode()
    assert "Petit" in page
    assert re.search(r"37\s%", page)


def test_what_is_kept_with_indicators_is_read_in_the_reader_s_language(
    amina: Persona, aldo: Persona, carl: Persona
) -> None:
    version = published(document(fr=FRENCH))
    key = source_tree(version).indicators[0].key
    assessment = make_assessment(amina.viewer, version)
    assign(amina.viewer, assessment, key, carl.viewer, mode=AssignmentMode.INDEPENDENT)
    rate_independently(carl.viewer, assessment, key, rated("1"))
    answer_everything(amina.viewer, assessment, rated("1"))
    meeting = plan_meeting(
        title="Session", starts_at=dt.datetime(2026, 5, 4, tzinfo=dt.UTC), assessment=assessment, actor=amina.viewer
    )
    add = amina.url("assessments:agenda-add", meeting.uuid)
    client = amina.client
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    with translation.override("en"):
        client.post(add, {"base_version": "1", "items": [f"evidence_gap:{key}"]})
    assert "Is it so?" in AgendaItem.objects.get().title
    evidence = make_evidence(amina.viewer, "Register")
    link(amina.viewer, evidence, assessment, key)
    submitted = submit_assessment(assessment=assessment, base_version=1, actor=amina.viewer)
    signed = endorse_assessment(assessment=submitted, base_version=2, authority="commission", actor=aldo.viewer)
    for name, ids, words in (
        ("meeting-detail", [meeting.uuid], "STO-01 Est-ce ainsi ?"),
        ("meeting-run", [meeting.uuid], "STO-01 Est-ce ainsi ?"),
        ("evidence-detail", [evidence.uuid], "Est-ce ainsi ?"),
        ("version-detail", [assessment.uuid, signed.number], "<span>Petit</span>"),
        ("reconcile-indicator", [assessment.uuid, key], "<bdi>1</bdi> <bdi>Rien</bdi>"),
    ):
        text = in_french(amina, amina.url(f"assessments:{name}", *ids))
        assert words in text, name
        assert "STO-01 Is it so?" not in text, name
    assert ">Modifier</a>" in in_french(amina, amina.url("assessments:evidence-detail", evidence.uuid))


def test_titles_of_versions_are_read_in_one_statement_in_the_readers_language(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    version = published(document(fr=FRENCH))
    with translation.override("fr"), django_assert_num_queries(1):
        title = titles_of([version])[version.pk]
    assert (title, language_of(title)) == ("Petit", "fr")
    with translation.override("es"):
        title = titles_of([version])[version.pk]
    assert (title, language_of(title)) == (version.title, "en")


def test_a_release_is_read_in_the_readers_language_where_the_framework_still_says_the_same() -> None:
    version = published(document(fr=FRENCH))
    gap = {
        "code": framework_tree(version).indicators[0].code or "sto-01",
        "question": "Is it so?", "level": 1, "level_label": source_tree(version).indicators[0].scale.options[0].label,
        "target": 3, "target_label": "Wholly different",
    }  # fmt: skip
    gap["level"] = source_tree(version).indicators[0].scale.options[0].value
    content = {
        "needs": [{"gaps": [gap, {**gap, "question": "As it was asked once."}]}],
        "baseline": {"framework": f"{version.title} {version.version}"},
        "profile": [{"title": source_tree(version).sections[0].node.title}],
    }
    with translation.override("fr"):
        worded = in_words_of(content, version)
    now, once = worded["needs"][0]["gaps"]
    told = (now["question"], now["level_label"], now["target_label"], once["question"])
    assert [(text, language_of(text)) for text in told] == [
        ("Est-ce ainsi ?", "fr"), ("Rien", "fr"), ("Wholly different", "en"), ("As it was asked once.", "en"),
    ]  # fmt: skip
    assert worded["baseline"]["framework"] == f"Petit {version.version}"
    assert worded["profile"][0]["title"] == "Stockage"
    assert content["needs"][0]["gaps"][0]["question"] == "Is it so?"


def test_what_changed_is_told_by_the_source_and_missing_translations_apart() -> None:
    old = published(document(fr=FRENCH))
    newer = document() | {"version": "2.0", "replaces": {"version": "1.0"}}
    newer["nodes"][0]["nodes"][1]["question"] = "Is it really so?"
    new = published(newer)
    with translation.override("fr"):
        found = version_differences(old, new)
    assert [one.after.key for one in found.changed] == ["sto-02"]
    (change,) = found.changed[0].changes
    assert (str(change.label), change.language) == ("Question", "en")
    assert [one.key for one in found.untranslated] == ["sto-01"], "what was never translated is not missing"
    assert (found.unchanged, found.reworded) == (1, ())
    with translation.override("en"):
        assert version_differences(old, new).untranslated == ()


def test_a_change_that_is_translated_is_read_in_the_reader_s_language_and_a_new_translation_is_no_change() -> None:
    old = published(document(fr=FRENCH))
    words = FRENCH["nodes"]["sto-01"] | {"question": "En est-il ainsi ?", "levels": {"2": "Partiellement."}}
    french = FRENCH | {"nodes": FRENCH["nodes"] | {"sto-01": words}}
    newer = document(fr=french) | {"version": "2.0", "replaces": {"version": "1.0"}}
    newer["nodes"][0]["nodes"][0]["question"] = "Is it so today?"
    new = published(newer)
    with translation.override("fr"):
        found = version_differences(old, new)
    (changed,) = found.changed
    assert [
        (change.language, [run.text for run in change.runs if run.change == "added"]) for change in changed.changes
    ] == [
        ("fr", ["En est-il"]),
    ]
    assert (found.untranslated, found.reworded) == ((), ())
    again = document(fr=french) | {"version": "3.0", "replaces": {"version": "1.0"}}
    with translation.override("fr"):
        found = version_differences(old, published(again))
    assert (found.changed, [one.after.key for one in found.reworded]) == ((), ["sto-01"])
