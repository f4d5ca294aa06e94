"""Donors are asked whether their offers are still valid, answer with one click, and what is over matches no more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from assessments.models import FrameworkVersion
from cooperation.models import Match, Offer
from cooperation.services import offer_reminders
from cooperation.services.matches import propose_match
from cooperation.services.offer_reminders import ask_whether_valid, confirm_offer
from cooperation.services.offers import close_offer, edit_offer
from tests.cooperation.factories import make_match, make_offer, offer_values
from tests.cooperation.views.test_matches import text_of
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.audit.models import Event
from wam_portal.audit.services import audited
from wam_portal.errors import Refused
from wam_portal.jobs.models import Job
from wam_portal.jobs.periodic import enqueue_due_jobs
from wam_portal.jobs.runner import run

World = dict[str, Territory]
SOON, LONG = 30, 180


@pytest.fixture(autouse=True)
def _days(settings: Settings) -> None:
    settings.OFFER_ENDS_SOON_DAYS, settings.OFFER_UNTOUCHED_DAYS = SOON, LONG


def made(dana: Persona, world: World, *, ends_in: int = 400, touched_ago: int = 0) -> Offer:
    """A published offer that ends in so many days, last touched so many days ago."""
    offer = make_offer(dana, world["XR1"])
    touched = timezone.now() - timedelta(days=touched_ago)
    Offer.objects.filter(pk=offer.pk).update(
        valid_until=timezone.localdate() + timedelta(days=ends_in), confirmed_at=touched, updated_at=touched
    )
    offer.refresh_from_db()
    return offer


def ask(now: datetime | None = None) -> list[Offer]:
    with audited():
        return ask_whether_valid(now=now)


@pytest.mark.parametrize(
    ("ends_in", "touched_ago", "asked"),
    [
        (400, 0, False),
        (400, LONG - 1, False),
        (400, LONG + 1, True),
        (SOON + 1, 5, False),
        (SOON, 5, True),
        (SOON - 3, 1, False),
        (SOON - 3, 10, True),
        (0, 60, True),
        (-1, 0, False),
        (-1, 60, True),
        (-10, 5, False),
        (-10, 20, True),
    ],
)
def test_when_a_donor_is_asked(dana: Persona, world: World, ends_in: int, touched_ago: int, asked: bool) -> None:
    offer = made(dana, world, ends_in=ends_in, touched_ago=touched_ago)
    assert ask() == ([offer] if asked else [])


def test_one_question_is_asked_once_and_noted_in_the_donors_log(dana: Persona, world: World) -> None:
    offer = made(dana, world, touched_ago=LONG + 1)
    assert ask() == [offer]
    assert ask() == []
    verbs = list(Event.objects.filter(verb="offer.asked_still_valid").values_list("chain__party__slug", flat=True))
    assert verbs == ["amber-fund"]


def test_drafts_and_closed_offers_are_not_asked_about(dana: Persona, world: World) -> None:
    draft = make_offer(dana, world["XR1"], published=False)
    closed = made(dana, world)
    close_offer(offer=closed, base_version=closed.version, actor=dana.viewer, reason="Spent.")
    long_ago = timezone.now() - timedelta(days=1000)
    Offer.objects.filter(pk__in=[draft.pk, closed.pk]).update(confirmed_at=None, updated_at=long_ago)
    assert ask() == []


def test_one_click_answers_and_the_question_comes_back_when_its_time_comes_again(dana: Persona, world: World) -> None:
    offer = made(dana, world, touched_ago=LONG + 1)
    ask()
    work = dana.client.get(dana.url("work-list"))
    assert "Are these offers still valid?" in text_of(work)
    page = dana.client.get(dana.url("cooperation:offer-detail", offer.uuid))
    assert "Is this offer still valid? Nobody has changed or confirmed it" in " ".join(text_of(page).split())
    page = dana.client.post(dana.url("cooperation:offer-confirm", offer.uuid), follow=True)
    assert "The offer stands as it is." in text_of(page)
    assert "Is this offer still valid?" not in text_of(page)
    assert "Are these offers still valid?" not in text_of(dana.client.get(dana.url("work-list")))
    assert (Offer.objects.get().version, ask()) == (offer.version, [])
    assert ask(timezone.now() + timedelta(days=LONG + 1)) == [offer]


def test_a_change_answers_too(dana: Persona, world: World) -> None:
    offer = made(dana, world, touched_ago=LONG + 1)
    ask()
    edit_offer(offer=offer, base_version=offer.version, values=offer_values(world["XR1"]), actor=dana.viewer)
    assert (Offer.objects.get().asked_at, ask()) == (None, [])


def test_saying_it_twice_notes_it_once(dana: Persona, world: World) -> None:
    offer = made(dana, world, touched_ago=LONG + 1)
    ask()
    for _time in range(2):
        confirm_offer(offer=offer, actor=dana.viewer)
    assert Event.objects.filter(verb="offer.confirmed").count() == 1


def test_what_is_over_needs_a_later_day_instead(dana: Persona, world: World) -> None:
    offer = made(dana, world, ends_in=-1, touched_ago=60)
    ask()
    with pytest.raises(Refused, match="Give a later one, or close the offer"):
        confirm_offer(offer=offer, actor=dana.viewer)
    text = " ".join(text_of(dana.client.get(dana.url("cooperation:offer-detail", offer.uuid))).split())
    assert "Its last day for requests has passed" in text


@pytest.mark.parametrize("who", ["dirk", "aldo", "rita"])
def test_nobody_else_is_asked_or_answers(who: str, dana: Persona, world: World, request: pytest.FixtureRequest) -> None:
    other: Persona = request.getfixturevalue(who)
    offer = made(dana, world, touched_ago=LONG + 1)
    ask()
    assert "still valid" not in text_of(other.client.get(other.url("work-list")))
    assert "still valid" not in text_of(other.client.get(other.url("cooperation:offer-detail", offer.uuid)))
    assert other.client.post(other.url("cooperation:offer-confirm", offer.uuid)).status_code == 404
    with pytest.raises(Refused):
        confirm_offer(offer=offer, actor=other.viewer)


@pytest.fixture
def match(amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World) -> Match:
    return make_match(amina, aldo, dana, framework, world["XR1"])


def end(offer: Offer) -> None:
    Offer.objects.filter(pk=offer.pk).update(valid_until=timezone.localdate() - timedelta(days=1))


def test_what_is_over_is_proposed_no_more_even_before_the_daily_job(match: Match, dana: Persona, aldo: Persona) -> None:
    end(match.offer)
    found = Match.objects.select_related("offer", "donor", "state").get(pk=match.pk)
    for persona, amount in ((dana, 1_000_000), (aldo, None)):
        with pytest.raises(Refused, match="open for requests no more"):
            propose_match(match=found, base_version=1, amount_minor=amount, actor=persona.viewer)


def test_the_daily_job_asks_and_has_what_is_over_matched_no_more(match: Match, dana: Persona) -> None:
    end(match.offer)
    Offer.objects.update(confirmed_at=timezone.now() - timedelta(days=60))
    Job.objects.all().delete()
    [job] = [job for job in enqueue_due_jobs() if job.kind == "cooperation.ask_still_valid"]
    run(str(job.uuid))
    assert Offer.objects.get().asked_at is not None
    rematch = Job.objects.get(kind="cooperation.match_offer")
    run(str(rematch.uuid))
    match.refresh_from_db()
    assert match.status == "superseded"
    newer = Match.objects.exclude(pk=match.pk).get()
    failed = [rule["rule"] for rule in newer.rules if rule["outcome"] == "fail"]
    assert (newer.eligible, failed) == (False, ["validity"])
    assert offer_reminders.rematch_ended_offers(today=timezone.localdate()) == [], "it is matched again once"


def test_a_proposal_outlives_the_last_day_for_requests(match: Match, dana: Persona) -> None:
    propose_match(match=match, base_version=1, amount_minor=1_000_000, actor=dana.viewer)
    end(match.offer)
    Job.objects.all().delete()
    [job] = [job for job in enqueue_due_jobs() if job.kind == "cooperation.ask_still_valid"]
    run(str(job.uuid))
    assert not Job.objects.filter(kind="cooperation.match_offer").exists()
    match.refresh_from_db()
    assert match.status == "proposed"
