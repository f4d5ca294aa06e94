"""Asking for dossiers and making them: for whom, once, and not after what they rest on has ended."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from uuid import uuid4

import pytest
from django.utils import timezone
from django.utils.translation import get_language
from pytest_django import Settings

from assessments.models import AssistanceRequest, FrameworkVersion
from assessments.services.releases import revoke_grant
from assessments.services.requests import update_request
from cooperation.models import Dossier
from cooperation.selectors.dossiers import dossiers_for, get_dossier, is_ready
from cooperation.services.dossiers import discard_orphans, request_dossier
from tests.assessments.request_factories import make_draft, make_gap, release_to, start_baseline
from tests.cooperation.dossier_cases import OWN_TEXTS, QuickRenderer, finish, quick, told_request, verbs_of
from tests.personas import Persona, make_persona
from wam_portal.access import Viewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership
from wam_portal.accounts.services import end_membership
from wam_portal.audit.models import Event
from wam_portal.errors import Invalid, LostLease, NotVisible, Refused
from wam_portal.files import stored_path
from wam_portal.jobs.models import Job
from wam_portal.jobs.registry import HANDLERS
from wam_portal.jobs.runner import JobContext, run
from wam_portal.pdf import RenderError

__all__ = ["quick"]


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> Path:
    """An empty store of files."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def request_a(amina: Persona, aldo: Persona, framework: FrameworkVersion) -> AssistanceRequest:
    """An endorsed request of State A."""
    return told_request(amina, aldo, framework)


def files_in(store: Path) -> list[str]:
    """The names of all files in the store."""
    return sorted(path.name for path in store.rglob("*") if path.is_file())


def ask(persona: Persona, grant: object, language: str = "en") -> Dossier:
    """Ask for the dossier of a grant."""
    return request_dossier(viewer=persona.viewer, language=language, grant_uuid=grant.uuid)  # type: ignore[attr-defined]


def test_the_holder_of_a_dossier_grant_gets_the_document_and_the_state_reads_so_in_its_log(
    request_a: AssistanceRequest, aldo: Persona, dana: Persona, quick: QuickRenderer
) -> None:
    [grant] = release_to(aldo, request_a, dana.viewer.party)
    dossier = ask(dana, grant)
    assert not is_ready(dossier)
    job = finish(dossier)
    assert job.state == "done"
    content = stored_path(dossier.file_name).read_bytes()
    assert dossier.file_sha256 == hashlib.sha256(content).hexdigest()
    assert (dossier.file_size, dossier.pages) == (len(content), 5)
    assert dossier.release_hash == grant.release.content_hash
    for text in OWN_TEXTS.values():
        assert text.encode() in content
    assert verbs_of(request_a.state) == ["dossier.requested", "dossier.rendered"]
    event = Event.objects.get(verb="dossier.rendered")
    assert (event.actor, event.actor_party) == (dana.user, dana.party)
    assert not any(text in str(event.changes) for text in OWN_TEXTS.values())


def test_the_same_content_is_rendered_once(
    request_a: AssistanceRequest, aldo: Persona, dana: Persona, quick: QuickRenderer
) -> None:
    [grant] = release_to(aldo, request_a, dana.viewer.party)
    first = ask(dana, grant)
    assert ask(dana, grant) == first
    finish(first)
    again = ask(dana, grant)
    assert (again, again.file_name) == (first, first.file_name)
    assert len(quick.rendered) == 1
    assert Job.objects.filter(kind="cooperation.render_dossier").count() == 1


def test_each_language_and_each_recipient_has_a_document_of_its_own(
    request_a: AssistanceRequest, aldo: Persona, dana: Persona, dirk: Persona, quick: QuickRenderer
) -> None:
    [grant] = release_to(aldo, request_a, all_donors=True)
    made = {ask(dana, grant), ask(dana, grant, "fr"), ask(dirk, grant)}
    assert len(made) == 3
    for dossier in made:
        assert finish(dossier).state == "done"
        assert stored_path(dossier.file_name).read_bytes().count(dossier.for_party.name.encode()) > 0
    assert set(dossiers_for(dirk.viewer)) == {item for item in made if item.for_party == dirk.party}


def test_a_state_has_its_national_copy_with_everything_in_it(
    request_a: AssistanceRequest, amina: Persona, quick: QuickRenderer
) -> None:
    dossier = request_dossier(viewer=amina.viewer, language="en", request_uuid=request_a.uuid)
    finish(dossier)
    content = stored_path(dossier.file_name).read_text()
    assert all(text in content for text in OWN_TEXTS.values())
    assert dossier.release_hash == request_a.versions.get().content_hash
    assert dossier.release_hash in content
    assert "watermark" not in content


def test_a_draft_is_marked_as_one_and_its_endorsement_makes_another_document(
    amina: Persona, aldo: Persona, framework: FrameworkVersion, quick: QuickRenderer
) -> None:
    baseline = start_baseline(amina, framework)
    draft = make_draft(amina, [make_gap(amina, baseline, "coo-01")])
    dossier = request_dossier(viewer=amina.viewer, language="en", request_uuid=draft.uuid)
    finish(dossier)
    assert "watermark" in stored_path(dossier.file_name).read_text()
    assert dossier.release_hash == ""


@pytest.mark.parametrize(("level", "keys"), [("summary", None), ("gaps", None), ("custom", ["objective"])])
def test_a_grant_below_the_dossier_is_refused_with_the_reason(
    level: str, keys: list[str] | None, request_a: AssistanceRequest, aldo: Persona, dana: Persona
) -> None:
    [grant] = release_to(aldo, request_a, dana.viewer.party, level=level, keys=keys)
    with pytest.raises(Refused) as caught:
        ask(dana, grant)
    assert "does not include the dossier" in str(caught.value.decision.reason)
    assert not Dossier.objects.exists()


def test_a_grant_key_by_key_gives_a_document_of_those_keys(
    request_a: AssistanceRequest, aldo: Persona, dana: Persona, quick: QuickRenderer
) -> None:
    [grant] = release_to(aldo, request_a, dana.viewer.party, level="custom", keys=["what_exists", "objective"])
    dossier = ask(dana, grant)
    finish(dossier)
    content = stored_path(dossier.file_name).read_text()
    shown = {key for key, text in OWN_TEXTS.items() if text in content}
    assert shown == {"what_exists", "objective"}


def test_those_to_whom_nothing_was_granted_find_nothing(
    request_a: AssistanceRequest, aldo: Persona, dana: Persona, dirk: Persona, boris: Persona, rita: Persona
) -> None:
    [grant] = release_to(aldo, request_a, dana.viewer.party)
    for outsider in (dirk, boris, rita, aldo):
        with pytest.raises(NotVisible):
            ask(outsider, grant)
    for outsider in (dana, dirk, boris, rita):
        with pytest.raises(NotVisible):
            request_dossier(viewer=outsider.viewer, language="en", request_uuid=request_a.uuid)


def test_a_coordinator_with_a_grant_can_export(
    request_a: AssistanceRequest, aldo: Persona, rita: Persona, quick: QuickRenderer
) -> None:
    [grant] = release_to(aldo, request_a, rita.viewer.party)
    dossier = ask(rita, grant)
    assert finish(dossier).state == "done"
    assert get_dossier(rita.viewer, dossier.uuid) == dossier


def test_viewers_of_the_state_are_refused_and_told_who_can(request_a: AssistanceRequest, vera: Persona) -> None:
    with pytest.raises(Refused) as caught:
        request_dossier(viewer=vera.viewer, language="en", request_uuid=request_a.uuid)
    assert "approvers" in str(caught.value.decision.who)


def test_neither_source_both_sources_and_unknown_languages_are_refused(
    request_a: AssistanceRequest, amina: Persona
) -> None:
    with pytest.raises(NotVisible):
        request_dossier(viewer=amina.viewer, language="en")
    with pytest.raises(NotVisible):
        request_dossier(viewer=amina.viewer, language="en", request_uuid=request_a.uuid, grant_uuid=uuid4())
    with pytest.raises(Invalid) as caught:
        request_dossier(viewer=amina.viewer, language="xx", request_uuid=request_a.uuid)
    assert list(caught.value.errors) == ["language"]
    assert not Dossier.objects.exists()


def test_a_grant_revoked_before_the_work_begins_ends_the_job_with_a_sentence(
    request_a: AssistanceRequest, aldo: Persona, dana: Persona, quick: QuickRenderer, store: Path
) -> None:
    [grant] = release_to(aldo, request_a, dana.viewer.party)
    dossier = ask(dana, grant)
    revoke_grant(grant=grant, actor=aldo.viewer)
    job = finish(dossier)
    assert (job.state, job.error) == ("failed", "The grant was revoked or has expired. No dossier was made.")
    assert quick.rendered == []
    assert files_in(store) == []


def test_a_grant_revoked_while_it_is_rendered_leaves_no_file_behind(
    request_a: AssistanceRequest, aldo: Persona, dana: Persona, quick: QuickRenderer, store: Path
) -> None:
    [grant] = release_to(aldo, request_a, dana.viewer.party)
    dossier = ask(dana, grant)
    quick.during = lambda: revoke_grant(grant=grant, actor=aldo.viewer) and None
    job = finish(dossier)
    assert (job.state, job.error) == ("failed", "The grant was revoked or has expired. No dossier was made.")
    assert dossier.rendered_at is None
    assert files_in(store) == []
    assert verbs_of(request_a.state) == ["dossier.requested"]
    with pytest.raises(NotVisible):
        get_dossier(dana.viewer, dossier.uuid)


def test_a_person_who_left_the_party_meanwhile_gets_nothing(
    request_a: AssistanceRequest, aldo: Persona, dana: Persona, quick: QuickRenderer, store: Path
) -> None:
    [grant] = release_to(aldo, request_a, dana.viewer.party)
    dossier = ask(dana, grant)
    end_membership(membership=Membership.objects.get(user=dana.user), actor=None)
    job = finish(dossier)
    assert job.state == "failed"
    assert "no longer acts for that party" in job.error
    assert files_in(store) == []


def test_a_draft_that_changed_while_it_waited_is_not_passed_off_as_what_was_asked_for(
    amina: Persona, framework: FrameworkVersion, quick: QuickRenderer
) -> None:
    baseline = start_baseline(amina, framework)
    draft = make_draft(amina, [make_gap(amina, baseline, "coo-01")])
    dossier = request_dossier(viewer=amina.viewer, language="en", request_uuid=draft.uuid)
    update_request(request=draft, base_version=draft.version, actor=amina.viewer, objective="Changed")
    job = finish(dossier)
    assert (job.state, quick.rendered) == ("failed", [])
    assert "changed while the dossier waited" in job.error
    fresh = request_dossier(viewer=amina.viewer, language="en", request_uuid=draft.uuid)
    assert fresh != dossier
    assert finish(fresh).state == "done"


def test_a_rendering_that_fails_ends_the_job_with_its_sentence_and_can_be_asked_for_again(
    request_a: AssistanceRequest, amina: Persona, quick: QuickRenderer, store: Path
) -> None:
    def fail() -> None:
        raise RenderError("The PDF could not be made: too large.")

    quick.during = fail
    dossier = request_dossier(viewer=amina.viewer, language="en", request_uuid=request_a.uuid)
    job = finish(dossier)
    assert (job.state, job.error) == ("failed", "The PDF could not be made: too large.")
    assert files_in(store) == []
    quick.during = None
    again = request_dossier(viewer=amina.viewer, language="en", request_uuid=request_a.uuid)
    assert again == dossier
    assert finish(again).state == "done"
    assert again.job != job


def test_a_worker_that_lost_its_lease_publishes_nothing(
    request_a: AssistanceRequest, amina: Persona, quick: QuickRenderer, store: Path
) -> None:
    dossier = request_dossier(viewer=amina.viewer, language="en", request_uuid=request_a.uuid)
    assert dossier.job is not None

    def taken_over() -> None:
        quick.during = None
        Job.objects.filter(pk=dossier.job_id).update(lease_until=timezone.now())
        run(str(dossier.job.uuid))  # type: ignore[union-attr]

    quick.during = taken_over
    run(str(dossier.job.uuid))
    dossier.refresh_from_db()
    job = Job.objects.get(pk=dossier.job_id)
    assert (job.state, job.fence, job.attempts) == ("done", 2, 2)
    assert len(quick.rendered) == 2
    assert files_in(store) == [Path(dossier.file_name).name]
    assert verbs_of(request_a.state).count("dossier.rendered") == 1


def test_a_zombie_is_stopped_at_its_next_step(
    request_a: AssistanceRequest, amina: Persona, quick: QuickRenderer, store: Path
) -> None:
    dossier = request_dossier(viewer=amina.viewer, language="en", request_uuid=request_a.uuid)
    assert dossier.job is not None
    Job.objects.filter(pk=dossier.job_id).update(state="running", fence=1, lease_until=timezone.now())
    zombie = JobContext(Job.objects.select_related("party", "requested_by").get(pk=dossier.job_id))
    Job.objects.filter(pk=dossier.job_id).update(fence=2)
    with pytest.raises(LostLease):
        HANDLERS["cooperation.render_dossier"](zombie, {"dossier": str(dossier.uuid)})
    dossier.refresh_from_db()
    assert dossier.rendered_at is None
    assert files_in(store) == []


def test_a_file_that_is_gone_is_made_again(request_a: AssistanceRequest, amina: Persona, quick: QuickRenderer) -> None:
    dossier = request_dossier(viewer=amina.viewer, language="en", request_uuid=request_a.uuid)
    finish(dossier)
    stored_path(dossier.file_name).unlink()
    again = request_dossier(viewer=amina.viewer, language="en", request_uuid=request_a.uuid)
    assert not is_ready(again)
    finish(again)
    assert is_ready(again)
    assert len(quick.rendered) == 2


def test_files_of_dead_workers_are_swept_and_those_of_dossiers_stay(
    request_a: AssistanceRequest, amina: Persona, quick: QuickRenderer, store: Path
) -> None:
    dossier = request_dossier(viewer=amina.viewer, language="en", request_uuid=request_a.uuid)
    finish(dossier)
    orphan = store / "dossiers" / ("0" * 32 + ".pdf")
    orphan.write_bytes(b"%PDF-half")
    old = time.time() - 7200
    for path in (orphan, stored_path(dossier.file_name)):
        os.utime(path, (old, old))
    assert discard_orphans() == 1
    assert files_in(store) == [Path(dossier.file_name).name]


def test_the_notes_of_the_work_are_in_the_language_of_who_asked(
    request_a: AssistanceRequest, quick: QuickRenderer
) -> None:
    speaker = make_persona("Fatou", request_a.state, Role.EDITOR)
    speaker.user.language = "ar"
    speaker.user.save(update_fields=["language"])
    seen: list[str] = []

    def note() -> None:
        seen.append(str(get_language()))

    quick.during = note
    viewer = Viewer(speaker.user, request_a.state, frozenset({Role.EDITOR}))
    finish(request_dossier(viewer=viewer, language="fr", request_uuid=request_a.uuid))
    assert seen == ["ar"]
