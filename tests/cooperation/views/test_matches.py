"""Match review through HTTP: list, one match, decisions of both sides."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import FrameworkVersion, Grant
from assessments.services.releases import revoke_grant
from cooperation.enums import MarkKind
from cooperation.models import Match, MatchMark, Offer
from cooperation.services.match_reviews import mark_match, send_message
from cooperation.services.match_runs import run_matching_for_offer
from cooperation.services.matches import accept_match, decline_match, propose_match
from cooperation.services.offers import edit_offer
from tests.cooperation.factories import make_match, make_offer, make_request, offer_values, share
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.audit.models import Event
from wam_portal.jobs.enums import JobState
from wam_portal.jobs.models import Job
from wam_portal.jobs.services import enqueue

World = dict[str, Territory]
DETAIL, LIST = "cooperation:match-detail", "cooperation:match-list"


@pytest.fixture
def match(amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World) -> Match:
    return make_match(amina, aldo, dana, framework, world["XR1"])


def text_of(response: object) -> str:
    """The words of a page, without its tags."""
    body = html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", body)


def test_the_donor_reads_rules_points_and_reasons(match: Match, dana: Persona) -> None:
    response = dana.client.get(dana.url(DETAIL, match.uuid))
    text = text_of(response)
    assert response.status_code == 200
    assert match.request["title"] in text
    assert "15 rules met, none broken." in text
    assert "The offer names the region, Eastern Demo Region." in text
    assert "The tier of the need is medium." in text or "The tier is held at medium" in text
    assert "100" in text
    assert "Propose this match" in text
    assert "no limit" in text


def test_the_state_reads_the_same_points(match: Match, dana: Persona, aldo: Persona) -> None:
    def points(persona: Persona) -> list[str]:
        page = persona.client.get(persona.url(DETAIL, match.uuid)).content.decode()
        return re.findall(r'points-figure"><bdi dir="ltr"><strong>([^<]+)', page)

    assert len(points(dana)) == 11
    assert points(dana) == points(aldo)


@pytest.mark.parametrize("name", ["boris", "bela", "dirk", "rita", "carl"])
def test_outsiders_find_no_match(match: Match, name: str, request: pytest.FixtureRequest) -> None:
    persona: Persona = request.getfixturevalue(name)
    assert persona.client.get(persona.url(DETAIL, match.uuid)).status_code == 404
    listing = persona.client.get(persona.url(LIST))
    assert match.request["title"] not in listing.content.decode()
    for step in ("propose", "accept", "decline", "withdraw"):
        data = {"base_version": match.version, "reason": "No.", "amount": "10"}
        assert persona.client.post(persona.url(f"cooperation:match-{step}", match.uuid), data).status_code == 404
    match.refresh_from_db()
    assert (match.status, match.version) == ("suggested", 1)


def test_an_unknown_match_looks_the_same_as_a_foreign_one(match: Match, dirk: Persona) -> None:
    foreign = dirk.client.get(dirk.url(DETAIL, match.uuid))
    unknown = dirk.client.get(dirk.url(DETAIL, uuid4()))
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert len(foreign.content) == len(unknown.content)


def test_a_match_whose_grant_was_revoked_is_gone_for_the_donor_at_once(
    match: Match, dana: Persona, aldo: Persona
) -> None:
    grant = Grant.objects.select_related("release__request_version__request", "release__state").get()
    revoke_grant(grant=grant, actor=aldo.viewer)
    assert dana.client.get(dana.url(DETAIL, match.uuid)).status_code == 404
    assert match.request["title"] not in dana.client.get(dana.url(LIST)).content.decode()
    data = {"base_version": match.version, "amount": "10"}
    assert dana.client.post(dana.url("cooperation:match-propose", match.uuid), data).status_code == 404


def test_a_donor_proposes_and_the_state_accepts(match: Match, dana: Persona, aldo: Persona) -> None:
    data = {"base_version": match.version, "amount": "80000.50", "reason": "Gladly.", "conflict": "none"}
    page = dana.client.post(dana.url("cooperation:match-propose", match.uuid), data, follow=True)
    assert "The other side decides now." in text_of(page)
    match.refresh_from_db()
    assert (match.status, match.amount_minor) == ("proposed", 8_000_050)
    seen = text_of(aldo.client.get(aldo.url(DETAIL, match.uuid)))
    assert "USD 80,000.50" in seen
    assert "Gladly." in seen
    assert "Dana" not in seen
    page = aldo.client.post(
        aldo.url("cooperation:match-accept", match.uuid),
        {"base_version": match.version, "reason": "", "conflict": "none"},
        follow=True,
    )
    assert "Both sides have accepted this match." in text_of(page)
    for told in ("Amount agreed USD 80,000.50", "Proposed: USD 80,000.50", "Agreed: USD 80,000.50"):
        assert told in text_of(page)
    assert "This match is agreed. It can no longer be changed." in text_of(page)
    match.refresh_from_db()
    assert match.status == "accepted"
    assert Offer.objects.get().committed_minor == 8_000_050


def test_an_agreed_match_says_what_comes_next_and_asks_for_no_decision(
    match: Match, dana: Persona, aldo: Persona
) -> None:
    proposed = propose_match(match=match, base_version=1, amount_minor=1_000, actor=dana.viewer, conflict="")
    accept_match(match=proposed, base_version=2, actor=aldo.viewer, conflict="")
    for persona in (dana, aldo):
        page = persona.client.get(persona.url(DETAIL, match.uuid))
        assert 'id="decide"' not in page.content.decode()
        assert text_of(page).count("This match is agreed.") == 1
        assert persona.url("cooperation:activity-add") in page.content.decode()
        assert "What comes next" in text_of(page)
    page = dana.client.get(dana.url(DETAIL, match.uuid)).content.decode()
    assert page.count(dana.url("cooperation:granted-detail", match.grant_uuid)) == 2


def test_a_declined_match_asks_for_no_decision(match: Match, dana: Persona) -> None:
    decline_match(match=match, base_version=1, reason="No.", actor=dana.viewer)
    page = dana.client.get(dana.url(DETAIL, match.uuid))
    assert 'id="decide"' not in page.content.decode()
    assert text_of(page).count("This match was declined. It can no longer be changed.") == 1
    assert "What comes next" not in text_of(page)


def test_what_was_written_is_counted_on_the_page_of_the_match_that_was_replaced(match: Match, dana: Persona) -> None:
    send_message(match=match, text="When could it begin?", actor=dana.viewer)
    offer = Offer.objects.get()
    edit_offer(
        offer=offer,
        base_version=offer.version,
        values=offer_values(Territory.objects.get(code="XR1"), ceiling_minor=9_000_000),
        actor=dana.viewer,
    )
    run_matching_for_offer(offer.uuid)
    newer = Match.objects.exclude(pk=match.pk).get()
    old = dana.client.get(dana.url(DETAIL, match.uuid))
    assert "1 message between both sides" in text_of(old)
    assert dana.url("cooperation:match-messages", newer.uuid) in old.content.decode()
    new = dana.client.get(dana.url(DETAIL, newer.uuid))
    assert "It continues an earlier match" in text_of(new)
    assert dana.url(DETAIL, match.uuid) in new.content.decode()


def test_the_figures_of_a_proposed_match_are_dated_once_its_offer_has_changed(
    match: Match, dana: Persona, aldo: Persona
) -> None:
    propose_match(match=match, base_version=1, amount_minor=1_000, actor=dana.viewer, conflict="")
    said = "when the two were compared; the offer has changed since"
    assert said not in text_of(aldo.client.get(aldo.url(DETAIL, match.uuid)))
    offer = Offer.objects.get()
    edit_offer(
        offer=offer,
        base_version=offer.version,
        values=offer_values(Territory.objects.get(code="XR1"), ceiling_minor=9_000_000),
        actor=dana.viewer,
    )
    for url in (DETAIL, "cooperation:need-compare"):
        uuid = match.uuid if url == DETAIL else match.need_uuid
        assert said in text_of(aldo.client.get(aldo.url(url, uuid)))


@pytest.mark.parametrize("accepts", [True, False])
def test_the_other_sides_answer_stands_in_the_work_list_of_who_proposed_for_two_weeks(
    match: Match, dana: Persona, aldo: Persona, accepts: bool
) -> None:
    proposed = propose_match(match=match, base_version=1, amount_minor=1_000, actor=dana.viewer, conflict="")
    url = dana.url("work-list")
    assert "Answers to your proposals" not in text_of(dana.client.get(url))
    if accepts:
        accept_match(match=proposed, base_version=2, actor=aldo.viewer, conflict="")
    else:
        decline_match(match=proposed, base_version=2, reason="No.", actor=aldo.viewer)
    text = text_of(dana.client.get(url)).partition("Answers to your proposals")[2]
    assert ("Accepted by both sides ·" if accepts else "Declined ·") in text
    assert "Answers to your proposals" not in text_of(aldo.client.get(aldo.url("work-list")))
    Match.objects.filter(pk=match.pk).update(updated_at=timezone.now() - timedelta(days=15))
    assert "Answers to your proposals" not in text_of(dana.client.get(url))


def test_a_state_proposes_and_the_donor_accepts_with_the_amount(match: Match, dana: Persona, aldo: Persona) -> None:
    data = {"base_version": match.version, "conflict": "none"}
    aldo.client.post(aldo.url("cooperation:match-propose", match.uuid), data)
    match.refresh_from_db()
    assert (match.status, match.amount_minor) == ("proposed", None)
    data = {"base_version": match.version, "amount": "75000", "conflict": "none"}
    dana.client.post(dana.url("cooperation:match-accept", match.uuid), data)
    match.refresh_from_db()
    assert (match.status, match.amount_minor) == ("accepted", 7_500_000)


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("", "Amount you give, in USD"),
        ("-5", "An amount cannot be negative."),
        ("10.005", "This currency has no such small parts."),
        ("0", "The amount must be above zero."),
        ("600000", "The offer holds only USD 500,000 any more."),
        ("much", "Write digits only"),
    ],
)
def test_a_bad_amount_is_explained_and_what_was_typed_stays(
    match: Match, dana: Persona, amount: str, message: str
) -> None:
    data = {"base_version": match.version, "amount": amount, "reason": "We like this a lot.", "conflict": "none"}
    response = dana.client.post(dana.url("cooperation:match-propose", match.uuid), data)
    assert response.status_code == 422
    assert message in text_of(response)
    page = response.content.decode()
    assert "We like this a lot." in page
    assert f'value="{amount}"' in page or not amount
    match.refresh_from_db()
    assert (match.status, match.version) == ("suggested", 1)


def test_an_amount_beyond_the_offer_is_told_together_with_a_missing_declaration(match: Match, dana: Persona) -> None:
    data = {"base_version": match.version, "amount": "600000"}
    text = text_of(dana.client.post(dana.url("cooperation:match-propose", match.uuid), data))
    assert "Declare first whether your side has a conflict of interest." in text
    assert "The offer holds only USD 500,000 any more." in text


def test_declining_tells_of_a_missing_reason_and_of_a_bad_day_at_once(match: Match, dana: Persona) -> None:
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    data = {"base_version": 1, "kind": "", "reason": "", "review_on": yesterday}
    text = text_of(dana.client.post(dana.url("cooperation:match-decline", match.uuid), data))
    for words in ("Why, in short: Choose one.", "Reason: Fill this in.", "Give a day from tomorrow on"):
        assert words in text


def test_declining_needs_a_reason_and_a_review_date_ahead(match: Match, dana: Persona) -> None:
    url = dana.url("cooperation:match-decline", match.uuid)
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    response = dana.client.post(
        url, {"base_version": 1, "kind": "timing", "reason": "Too soon.", "review_on": yesterday}
    )
    assert response.status_code == 422
    assert "Give a day from tomorrow on" in text_of(response)
    assert "Too soon." in response.content.decode()
    assert dana.client.post(url, {"base_version": 1, "kind": "timing", "reason": "  "}).status_code == 422
    unsorted = dana.client.post(url, {"base_version": 1, "reason": "Too soon."})
    assert (unsorted.status_code, "Too soon." in unsorted.content.decode()) == (422, True)
    dana.client.post(url, {"base_version": 1, "kind": "timing", "reason": "Too soon."})
    match.refresh_from_db()
    assert match.decline_kind == "timing"
    timeline = text_of(dana.client.get(dana.url(DETAIL, match.uuid)))
    assert "The time does not suit. Too soon." in timeline
    assert "To be looked at again on" in timeline
    assert (match.status, match.declined_by, match.decline_reason) == ("declined", "donor", "Too soon.")
    assert match.review_on == timezone.localdate() + timedelta(days=180)


def test_a_stale_decision_gets_the_conflict_page_with_what_was_typed(
    match: Match, dana: Persona, aldo: Persona
) -> None:
    propose_match(match=match, base_version=1, actor=aldo.viewer)
    response = dana.client.post(
        dana.url("cooperation:match-decline", match.uuid),
        {"base_version": 1, "kind": "other", "reason": "A long thought-out reason."},
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert "A long thought-out reason." in page
    assert 'name="base_version" value="2"' in page
    match.refresh_from_db()
    assert match.status == "proposed"


def test_a_stale_step_that_is_no_longer_possible_still_shows_what_was_typed(
    match: Match, dana: Persona, aldo: Persona
) -> None:
    stale = match.version
    proposed = propose_match(match=match, base_version=1, amount_minor=1_000, actor=dana.viewer)
    decline_match(match=proposed, base_version=2, reason="No.", actor=aldo.viewer)
    response = dana.client.post(
        dana.url("cooperation:match-withdraw", match.uuid), {"base_version": stale, "reason": "We erred."}
    )
    assert response.status_code == 409
    assert "We erred." in text_of(response)


def test_a_viewer_of_the_state_sees_who_decides(match: Match, vera: Persona) -> None:
    text = text_of(vera.client.get(vera.url(DETAIL, match.uuid)))
    assert "You may read this match but not decide on it." in text
    assert "An approver of the State can." in text
    response = vera.client.post(vera.url("cooperation:match-propose", match.uuid), {"base_version": 1})
    assert response.status_code == 403
    match.refresh_from_db()
    assert match.status == "suggested"


def test_a_failed_rule_is_named_with_what_would_change_it(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World
) -> None:
    match = make_match(amina, aldo, dana, framework, world["XR1"], languages=("fr",))
    text = text_of(dana.client.get(dana.url(DETAIL, match.uuid)))
    assert "The request can be worked on in English; the offer needs French." in text
    assert "What the State could change" in text
    assert "Let the request also be worked on in French" in text
    assert "This pair cannot be proposed: 1 rule is not met." in text
    assert 'id="decide"' not in dana.client.get(dana.url(DETAIL, match.uuid)).content.decode()
    assert "What both sides did Compared: not eligible" in text
    own = text_of(aldo.client.get(aldo.url(DETAIL, match.uuid)))
    assert "What you could change" in own


def test_the_list_filters_and_refuses_a_foreign_offer(match: Match, dana: Persona, dirk: Persona, world: World) -> None:
    foreign = make_offer(dirk, world["XR1"], title="A secret fund of basalt")
    url = dana.url(LIST)
    assert match.request["title"] in dana.client.get(f"{url}?offer={match.offer.uuid}").content.decode()
    refused = dana.client.get(f"{url}?offer={foreign.uuid}").content.decode()
    assert "Choose from those listed" in refused
    assert "A secret fund of basalt" not in refused
    title = match.request["title"]
    for query, there in (
        (f"q={match.request['reference']}", True),
        ("q=ALDOR", True),
        ("q=elsewhere", False),
        ("status=suggested", True),
        ("status=accepted", False),
        ("eligible=yes", True),
        ("eligible=no", False),
        (f"need={match.need_uuid}", True),
        (f"need={uuid4()}", False),
    ):
        page = dana.client.get(f"{url}?{query}").content.decode()
        assert (title in page) is there, query


def test_a_filter_that_was_not_chosen_narrows_nothing_and_suggested_means_what_is_suggested(
    match: Match, dana: Persona, world: World
) -> None:
    run_matching_for_offer(make_offer(dana, world["XR1"], languages=("fr",)).uuid)
    broken = Match.objects.get(eligible=False)
    assert (broken.status, match.status) == ("suggested", "suggested")

    def listed(query: str) -> tuple[bool, bool]:
        text = dana.client.get(f"{dana.url(LIST)}?{query}").content.decode()
        return dana.url(DETAIL, match.uuid) in text, dana.url(DETAIL, broken.uuid) in text

    unchosen = re.findall(
        r'<select name="(\w+)"[^>]*>\s*<option value=""', dana.client.get(dana.url(LIST)).content.decode()
    )
    assert {"status", "eligible", "mark"} <= set(unchosen)
    assert listed("") == (True, True)
    assert listed("status=suggested") == (True, False)
    assert listed("eligible=no") == (False, True)
    assert "A rule not met" in text_of(dana.client.get(dana.url(LIST) + "?eligible=no")).split("Rules:")[1][:30]


def test_of_what_is_over_nothing_is_said_about_overlaps(match: Match, dana: Persona, aldo: Persona) -> None:
    assert "Nothing that your side can see touches this need." in text_of(dana.client.get(dana.url(DETAIL, match.uuid)))
    decline_match(match=match, base_version=1, actor=aldo.viewer, reason="Somebody else does it.")
    assert "Overlaps" not in text_of(dana.client.get(dana.url(DETAIL, match.uuid)))


@pytest.mark.parametrize("donors_view", [True, False])
def test_the_list_costs_the_same_with_three_rows(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World, donors_view: bool
) -> None:
    reader = dana if donors_view else aldo
    client = reader.client
    first = make_request(amina, aldo, framework)
    make_offer(dana, world["XR1"])
    share(aldo, first, dana.viewer.party)
    client.get(reader.url(LIST))
    with CaptureQueriesContext(connection) as one:
        client.get(reader.url(LIST))
    make_offer(dana, world["XA"])
    make_offer(dana, world["XB"])
    share(aldo, first, dana.viewer.party)
    assert Match.objects.exclude(status="superseded").count() == 3
    with CaptureQueriesContext(connection) as three:
        client.get(reader.url(LIST))
    assert len(one) == len(three) == LIST_QUERIES


LIST_QUERIES = 7


def test_the_panel_of_a_need_shows_its_matches_and_only_to_its_state(
    match: Match, vera: Persona, boris: Persona, dana: Persona, carl: Persona
) -> None:
    name = "cooperation:need-matches-panel"
    page = vera.client.get(vera.url(name, match.need_uuid)).content.decode()
    assert match.offer.title in page
    assert "Offers compared with this need" in page
    assert f"?need={match.need_uuid}" in page
    for persona in (boris, dana, carl):
        assert persona.client.get(persona.url(name, match.need_uuid)).status_code == 404


def test_both_logs_note_every_step_without_a_word_of_it(match: Match, dana: Persona, aldo: Persona) -> None:
    proposed = propose_match(
        match=match, base_version=1, amount_minor=5_000, reason="Words in confidence.", actor=dana.viewer
    )
    accept_match(conflict="", match=proposed, base_version=2, actor=aldo.viewer)
    for party in (dana.viewer.party, aldo.viewer.party):
        verbs = list(Event.objects.filter(chain__party=party).order_by("seq").values_list("verb", flat=True))
        assert verbs[-3:] == ["match.proposed", "match.interests_declared", "match.accepted"]
    assert "Words in confidence." not in str(list(Event.objects.values_list("changes", flat=True)))


def test_a_replaced_match_leads_to_the_one_that_took_its_place(match: Match, dana: Persona, world: World) -> None:
    offer = match.offer
    values = offer_values(world["XR1"], capacity_minor=5_000_000)
    edit_offer(offer=offer, base_version=offer.version, values=values, actor=dana.viewer)
    run_matching_for_offer(offer.uuid)
    new = Match.objects.get(status="suggested")
    page = dana.client.get(dana.url(DETAIL, match.uuid)).content.decode()
    assert dana.url(DETAIL, new.uuid) in page
    assert "What this match rested on has changed." in page
    assert str(match.uuid) not in dana.client.get(dana.url(LIST)).content.decode()


@pytest.mark.parametrize(("kind", "told"), [("offer", {"dana", "aldo"}), ("request", {"aldo"})])
def test_a_match_that_is_being_worked_out_again_says_so_to_who_may_know(
    match: Match, dana: Persona, aldo: Persona, kind: str, told: set[str]
) -> None:
    """A run over the request follows every grant of the State, to whomever: the donor would learn of others."""
    Job.objects.update(state=JobState.DONE)
    subject = match.offer.uuid if kind == "offer" else match.request_uuid
    job = enqueue(kind=f"cooperation.match_{kind}", unique_key="again", payload={kind: str(subject)})
    people = {"dana": dana, "aldo": aldo}
    notice = "is being worked out again"
    pages = {name: who.url("cooperation:match-detail", match.uuid) for name, who in people.items()}
    assert {name for name, who in people.items() if notice in text_of(who.client.get(pages[name]))} == told
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE)
    assert [name for name, who in people.items() if notice in text_of(who.client.get(pages[name]))] == []


def test_a_match_that_is_put_off_waits_in_no_work_list_until_its_day(match: Match, dana: Persona) -> None:
    waiting, work_list = "Suggested for your offers", dana.url("work-list")
    assert waiting in text_of(dana.client.get(work_list))
    tomorrow = timezone.localdate() + timedelta(days=1)
    mark_match(match=match, kind=MarkKind.DEFERRED, until=tomorrow, reason="Next week.", actor=dana.viewer)
    assert waiting not in text_of(dana.client.get(work_list))
    MatchMark.objects.update(until=timezone.localdate())
    assert waiting in text_of(dana.client.get(work_list))
