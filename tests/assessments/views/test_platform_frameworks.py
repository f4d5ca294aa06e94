"""The platform's pages: a framework file is checked, reviewed as a draft, and published for good."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.enums import FrameworkStatus
from assessments.models import Framework, FrameworkVersion
from tests.assessments.frameworks.documents import as_yaml, small_indicator
from tests.assessments.frameworks.test_translations import FRENCH, document
from tests.assessments.services.test_successions import first, second_document
from tests.personas import Persona
from wam_portal.audit.models import Event

pytestmark = pytest.mark.django_db
IMPORT = "/platform/frameworks/import/"


def upload(name: str, content: object) -> SimpleUploadedFile:
    text = content if isinstance(content, str) else as_yaml(content)
    return SimpleUploadedFile(name, text.encode())


def test_every_problem_of_an_upload_is_told_at_once_and_nothing_is_stored(pat: Persona) -> None:
    wrong = document(fr={"title": "x" * 201})
    wrong["nodes"][0]["functional_area"] = "XYZ"
    files = {"file": upload("small.yaml", wrong), "translations": [upload("small.es.yaml", {"es": {"subtitle": "?"}})]}
    answer = pat.client.post(IMPORT, files)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "3 problems; nothing was imported" in html
    for place in ("nodes[0].functional_area", "translations.fr.title", "es.subtitle", "small.es.yaml"):
        assert place in html
    assert pat.client.post(IMPORT, {"file": upload("x.yaml", "a: [")}).status_code == 422
    assert pat.client.post(IMPORT, {}).status_code == 422
    assert not FrameworkVersion.objects.exists()


def test_a_text_file_named_like_a_workbook_is_called_no_workbook(pat: Persona) -> None:
    for name in ("framework.xlsx", "framework.XLS"):
        answer = pat.client.post(IMPORT, {"file": upload(name, "just: text\n- and more")})
        assert answer.status_code == 422
        assert answer.context["form"].errors == {
            "file": ["This is not an Excel workbook (.xlsx). Save it as “Excel Workbook” and send that file."]
        }


def test_file_is_checked_imported_reviewed_and_published(pat: Persona) -> None:
    first()
    new = second_document()
    checked = pat.client.post(IMPORT, {"file": upload("f.yaml", new), "check": "1"}).content.decode()
    assert "The file holds a version that is new here." in checked
    assert not FrameworkVersion.objects.filter(version="2.0").exists()
    review = pat.client.post(IMPORT, {"file": upload("f.yaml", new)}, follow=True).content.decode()
    draft = FrameworkVersion.objects.get(version="2.0")
    assert draft.status == FrameworkStatus.DRAFT
    for text in ("3 indicators", "2 sections", "What changed since version 1.0", "Asked in the survey."):
        assert text in review
    publish = f"/platform/frameworks/{draft.uuid}/publish/"
    confirm = pat.client.get(publish).content.decode()
    assert draft.content_hash in confirm
    draft.refresh_from_db()
    assert draft.status == FrameworkStatus.DRAFT
    assert "Published." in pat.client.post(publish, follow=True).content.decode()
    draft.refresh_from_db()
    assert draft.status == FrameworkStatus.PUBLISHED
    event = Event.objects.get(verb="framework.published", target_id=str(draft.uuid))
    assert (event.actor, event.actor_party, event.changes["version"]) == (pat.user, None, "2.0")
    listed = pat.client.get("/platform/frameworks/").content.decode()
    assert draft.content_hash not in listed
    assert f"/platform/frameworks/{draft.uuid}/" in listed


def test_translation_of_a_published_version_is_added(pat: Persona) -> None:
    pat.client.post(IMPORT, {"file": upload("s.yaml", document())})
    version = FrameworkVersion.objects.get()
    pat.client.post(f"/platform/frameworks/{version.uuid}/publish/")
    files = {"file": upload("s.yaml", document()), "translations": [upload("s.fr.yaml", {"fr": FRENCH})]}
    html = pat.client.post(IMPORT, files, follow=True).content.decode()
    assert "the file holds translations that are new" in html
    assert list(version.translations.values_list("language", "percent")) == [("fr", 37)]


def test_a_version_that_loses_a_language_says_so_before_it_is_published(pat: Persona) -> None:
    pat.client.post(IMPORT, {"file": upload("s.yaml", document(fr=FRENCH))})
    pat.client.post(f"/platform/frameworks/{FrameworkVersion.objects.get().uuid}/publish/")
    newer = document() | {"version": "2.0", "replaces": {"version": "1.0"}}
    review = pat.client.post(IMPORT, {"file": upload("s.yaml", newer)}, follow=True).content.decode()
    draft = FrameworkVersion.objects.get(version="2.0")
    loss = "Version 1.0 has 37\N{NO-BREAK SPACE}% of its texts in French, this one none."
    confirm = pat.client.get(f"/platform/frameworks/{draft.uuid}/publish/").content.decode()
    for page in (review, confirm):
        assert loss in page
    assert "In English: 100\N{NO-BREAK SPACE}% of the texts." in confirm
    alone = document() | {"version": "3.0"}
    review = pat.client.post(IMPORT, {"file": upload("s.yaml", alone)}, follow=True).content.decode()
    assert loss in review, "also where the file does not say what it replaces"
    better = newer | {"translations": {"fr": FRENCH}}
    review = pat.client.post(IMPORT, {"file": upload("s.yaml", better)}, follow=True).content.decode()
    assert "of its texts in French" not in review
    draft = FrameworkVersion.objects.get(version="2.0")
    confirm = pat.client.get(f"/platform/frameworks/{draft.uuid}/publish/").content.decode()
    assert "In French: 37\N{NO-BREAK SPACE}% of the texts." in confirm


def test_the_last_text_in_a_language_is_not_lost_by_rounding(pat: Persona) -> None:
    long = document(fr={"title": "Petit cadre"})
    long["nodes"][0]["nodes"] += [small_indicator(f"sto-{number}") for number in range(10, 50)]
    pat.client.post(IMPORT, {"file": upload("s.yaml", long)})
    first = FrameworkVersion.objects.get()
    assert list(first.translations.values_list("language", "percent")) == [("fr", 0)]
    confirm = pat.client.get(f"/platform/frameworks/{first.uuid}/publish/").content.decode()
    assert "In French: less than 1\N{NO-BREAK SPACE}% of the texts." in confirm
    pat.client.post(f"/platform/frameworks/{first.uuid}/publish/")
    newer = long | {"version": "2.0", "replaces": {"version": "1.0"}, "translations": {}}
    review = pat.client.post(IMPORT, {"file": upload("s.yaml", newer)}, follow=True).content.decode()
    loss = "Version 1.0 has less than 1\N{NO-BREAK SPACE}% of its texts in French, this one none."
    assert loss in review


def test_a_draft_can_be_thrown_away_and_a_published_version_cannot(pat: Persona) -> None:
    published = first()
    pat.client.post(IMPORT, {"file": upload("f.yaml", second_document())})
    draft = FrameworkVersion.objects.get(version="2.0")
    discard = f"/platform/frameworks/{draft.uuid}/discard/"
    review = pat.client.get(f"/platform/frameworks/{draft.uuid}/").content.decode()
    assert discard in review
    assert "no State has read it" in pat.client.get(discard).content.decode()
    assert "is deleted" in pat.client.post(discard, follow=True).content.decode()
    assert list(FrameworkVersion.objects.values_list("pk", flat=True)) == [published.pk]
    assert pat.client.get(discard).status_code == 404
    event = Event.objects.get(verb="framework.discarded")
    assert (event.actor, event.changes["version"]) == (pat.user, "2.0")
    again = pat.client.post(IMPORT, {"file": upload("f.yaml", second_document())}, follow=True)
    assert "Kept as a draft." in again.content.decode()

    refused = pat.client.post(f"/platform/frameworks/{published.uuid}/discard/")
    assert refused.status_code == 403
    assert "never goes away" in refused.content.decode()
    assert "discard" not in pat.client.get(f"/platform/frameworks/{published.uuid}/").content.decode()
    assert FrameworkVersion.objects.filter(pk=published.pk).exists()


def test_the_only_version_of_a_framework_takes_it_along(pat: Persona) -> None:
    pat.client.post(IMPORT, {"file": upload("s.yaml", document())})
    draft = FrameworkVersion.objects.get()
    pat.client.post(f"/platform/frameworks/{draft.uuid}/discard/")
    assert not Framework.objects.exists()


def test_members_of_parties_find_no_platform_page(amina: Persona, dana: Persona) -> None:
    draft = FrameworkVersion.objects.create(
        framework=first().framework, version="9", title="Draft", content_hash="0" * 64
    )
    for persona in (amina, dana):
        for path in ("", "import/", f"{draft.uuid}/", f"{draft.uuid}/publish/", f"{draft.uuid}/discard/"):
            assert persona.client.get(f"/platform/frameworks/{path}").status_code == 404
        for step in ("publish", "discard"):
            assert persona.client.post(f"/platform/frameworks/{draft.uuid}/{step}/").status_code == 404
    draft.refresh_from_db()
    assert draft.status == FrameworkStatus.DRAFT
