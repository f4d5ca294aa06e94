"""Runs of the engine over stored offers and granted requests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from assessments.models import FrameworkVersion, Grant
from assessments.services.releases import revoke_grant
from cooperation import matching
from cooperation.models import Match, MatchEvent, MatchRun
from cooperation.selectors.matches import matches_for, recompute
from cooperation.services import match_runs
from cooperation.services.match_runs import run_matching_for_offer, run_matching_for_request
from cooperation.services.matches import accept_match, decline_match, propose_match
from cooperation.services.offers import edit_offer
from tests.assessments.request_factories import release_to
from tests.cooperation.factories import make_match, make_offer, make_request, offer_values, share
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.audit.services import audited
from wam_portal.jobs.models import Job
from wam_portal.jobs.runner import run

World = dict[str, Territory]


@pytest.fixture
def match(amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World) -> Match:
    return make_match(amina, aldo, dana, framework, world["XR1"])


def test_a_granted_request_is_matched_with_the_offer_of_its_donor(match: Match, dana: Persona, aldo: Persona) -> None:
    assert match.eligible
    assert match.score_micro > 0
    assert [row.pk for row in matches_for(dana.viewer)] == [match.pk]
    assert [row.pk for row in matches_for(aldo.viewer)] == [match.pk]
    assert match.request["state"] == "Aldoria"
    assert [event.status for event in match.events.all()] == ["suggested"]


def test_a_stored_match_recomputes_to_what_is_stored(match: Match) -> None:
    stored = Match.objects.select_related("run__rate_set").get(pk=match.pk)
    again = recompute(stored)
    assert matching.to_json(again.rules) == stored.rules
    assert matching.to_json(again.ledger) == stored.ledger
    assert again.score_millionths == stored.score_micro
    assert again.input_hash == stored.input_hash


def test_running_again_changes_nothing(match: Match) -> None:
    outcome = run_matching_for_request(match.request_uuid)
    assert (outcome.suggested, outcome.superseded, outcome.unchanged) == (0, 0, 1)
    outcome = run_matching_for_offer(match.offer.uuid)
    assert (outcome.suggested, outcome.superseded, outcome.unchanged) == (0, 0, 1)
    assert MatchRun.objects.count() == 1
    assert MatchEvent.objects.count() == 1


def test_a_donor_without_the_grant_gets_no_row_at_all(
    amina: Persona, aldo: Persona, dana: Persona, dirk: Persona, framework: FrameworkVersion, world: World
) -> None:
    make_offer(dana, world["XR1"])
    make_offer(dirk, world["XR1"])
    share(aldo, make_request(amina, aldo, framework), dana.viewer.party)
    assert set(Match.objects.values_list("donor__slug", flat=True)) == {dana.viewer.party.slug}


def test_all_donors_get_their_rows_when_all_donors_hold_the_grant(
    amina: Persona, aldo: Persona, dana: Persona, dirk: Persona, framework: FrameworkVersion, world: World
) -> None:
    make_offer(dana, world["XR1"])
    make_offer(dirk, world["XR1"])
    share(aldo, make_request(amina, aldo, framework), all_donors=True)
    assert Match.objects.values_list("donor", flat=True).distinct().count() == 2


def test_no_count_in_a_log_tells_of_another_donor(
    amina: Persona, aldo: Persona, dana: Persona, dirk: Persona, framework: FrameworkVersion, world: World
) -> None:
    make_offer(dana, world["XR1"])
    make_offer(dirk, world["XR1"])
    make_offer(dirk, world["XR1"])
    share(aldo, make_request(amina, aldo, framework), all_donors=True)
    assert sorted(MatchRun.objects.values_list("pairs", flat=True)) == [1, 2]


def test_a_pair_that_fails_a_rule_is_kept_with_what_would_change_it(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World
) -> None:
    match = make_match(amina, aldo, dana, framework, world["XR1"], languages=("fr",))
    assert not match.eligible
    assert match.ledger == []
    why_not = matching.from_json(matching.WhyNot, match.why_not)
    assert [rule.rule for rule in why_not.failing] == ["language"]
    assert [[change.kind.value for change in way] for way in why_not.ways] == [["language"]]


def test_a_changed_offer_supersedes_its_suggestions(match: Match, dana: Persona, world: World) -> None:
    values = offer_values(world["XR1"], capacity_minor=5_000_000)
    edit_offer(offer=match.offer, base_version=match.offer.version, values=values, actor=dana.viewer)
    outcome = run_matching_for_offer(match.offer.uuid)
    assert (outcome.suggested, outcome.superseded) == (1, 1)
    match.refresh_from_db()
    assert match.status == "superseded"
    new = matches_for(dana.viewer).get()
    assert new.score_micro < match.score_micro


def test_a_run_never_touches_a_proposal(match: Match, dana: Persona, world: World) -> None:
    propose_match(match=match, base_version=match.version, amount_minor=1_000, actor=dana.viewer)
    values = offer_values(world["XR1"], capacity_minor=6_000_000)
    edit_offer(offer=match.offer, base_version=match.offer.version, values=values, actor=dana.viewer)
    before = Match.objects.values().get()
    outcome = run_matching_for_offer(match.offer.uuid)
    assert (outcome.suggested, outcome.superseded) == (0, 0)
    assert Match.objects.values().get() == before


def test_a_declined_pair_comes_back_on_its_review_date_and_not_before(
    match: Match, dana: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = timezone.localdate() + timedelta(days=20)
    decline_match(match=match, base_version=match.version, reason="Not this year.", review_on=again, actor=dana.viewer)
    assert run_matching_for_offer(match.offer.uuid).suggested == 0
    assert list(Match.objects.values_list("status", flat=True)) == ["declined"]

    def later() -> date:
        return again

    monkeypatch.setattr("cooperation.services.match_runs.timezone.localdate", later)
    assert run_matching_for_offer(match.offer.uuid).suggested == 1
    stored = Match.objects.select_related("run__rate_set").get(status="suggested")
    assert matching.to_json(recompute(stored).rules) == stored.rules


@pytest.mark.parametrize("proposed", [False, True])
def test_a_revoked_grant_withdraws_what_is_undecided(
    match: Match, aldo: Persona, dana: Persona, proposed: bool
) -> None:
    if proposed:
        propose_match(match=match, base_version=match.version, amount_minor=1_000, actor=dana.viewer)
    revoke_grant(grant=_grant(match), actor=aldo.viewer)
    assert not matches_for(dana.viewer).exists()
    outcome = run_matching_for_request(match.request_uuid)
    assert outcome.withdrawn == 1
    match.refresh_from_db()
    assert match.status == "withdrawn"
    last = match.events.order_by("pk").last()
    assert last is not None
    assert (last.reason, last.actor) == ("grant_ended", None)


def test_an_accepted_match_outlives_its_grant(match: Match, aldo: Persona, dana: Persona) -> None:
    match = propose_match(match=match, base_version=match.version, amount_minor=1_000, actor=dana.viewer)
    match = accept_match(conflict="", match=match, base_version=match.version, actor=aldo.viewer)
    revoke_grant(grant=_grant(match), actor=aldo.viewer)
    run_matching_for_request(match.request_uuid)
    assert matches_for(dana.viewer).get().status == "accepted"


@pytest.mark.parametrize(("level", "hidden"), [("summary", True), ("gaps", False)])
def test_the_engine_is_given_only_what_the_grant_discloses(
    amina: Persona,
    aldo: Persona,
    dana: Persona,
    framework: FrameworkVersion,
    world: World,
    level: str,
    hidden: bool,
) -> None:
    make_offer(dana, world["XR1"])
    share(aldo, make_request(amina, aldo, framework), dana.viewer.party, level=level)
    match = Match.objects.get()
    need = matching.from_json(matching.Need, match.need)
    assert (need.tier is matching.NOT_DISCLOSED) is hidden
    assert isinstance(need.amount, matching.MoneyBand) is hidden
    assert (match.request["description"] == "") is hidden
    assert ("Training of twelve officers." in str(Match.objects.values().get())) is not hidden


def test_publishing_and_granting_ask_for_jobs_that_do_the_matching(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World
) -> None:
    request = make_request(amina, aldo, framework)
    make_offer(dana, world["XR1"])
    release_to(aldo, request, dana.viewer.party)
    kinds = dict(Job.objects.values_list("kind", "uuid"))
    assert set(kinds) == {"cooperation.match_offer", "cooperation.match_request"}
    run(str(kinds["cooperation.match_request"]))
    run(str(kinds["cooperation.match_offer"]))
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}
    assert Match.objects.get().eligible


def test_an_offer_that_changed_while_the_run_computed_is_left_to_the_next_run(
    match: Match, dana: Persona, world: World
) -> None:
    values = offer_values(world["XR1"], capacity_minor=7_000_000)
    edit_offer(offer=match.offer, base_version=match.offer.version, values=values, actor=dana.viewer)
    plan = match_runs.plan_for_offer(match.offer.uuid)
    edit_offer(offer=match.offer, base_version=match.offer.version, values=values, actor=dana.viewer)
    with audited():
        outcome = match_runs.publish(plan)
    assert (outcome.suggested, outcome.superseded) == (0, 0)
    match.refresh_from_db()
    assert match.status == "suggested"


def _grant(match: Match) -> Grant:
    return Grant.objects.select_related("release__request_version__request", "release__state").get(
        uuid=match.grant_uuid
    )


def test_a_grant_made_while_the_job_computes_is_not_forgotten(
    amina: Persona,
    aldo: Persona,
    dana: Persona,
    dirk: Persona,
    framework: FrameworkVersion,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request = make_request(amina, aldo, framework)
    make_offer(dana, world["XR1"])
    make_offer(dirk, world["XR1"])
    release_to(aldo, request, dana.viewer.party)
    compute, runs = match_runs.plan_for_request, []

    def interrupted(*args: Any) -> match_runs.Plan:
        plan = compute(*args)
        runs.append(plan)
        if len(runs) == 1:
            release_to(aldo, request, dirk.viewer.party)
        return plan

    monkeypatch.setattr(match_runs, "plan_for_request", interrupted)
    job = Job.objects.get(kind="cooperation.match_request")
    run(str(job.uuid))
    job.refresh_from_db()
    assert (job.state, len(runs)) == ("done", 2)
    assert Job.objects.filter(kind="cooperation.match_request").count() == 1
    assert Match.objects.values("donor").distinct().count() == 2
