"""Portfolios: what goes in, who reads what comes out, and when it is shown no more."""

from __future__ import annotations

from typing import Any
from unittest import mock
from uuid import uuid4

import pytest

from assessments.models import AssistanceRequest, FrameworkVersion
from assessments.selectors.releases import access_log, grants_of
from assessments.services.releases import revoke_grant
from cooperation import matching
from cooperation.enums import Standing
from cooperation.models import Match, MatchEvent, Offer, PortfolioRun
from cooperation.selectors.matches import match_for, timeline_of
from cooperation.selectors.portfolios import basis_of, portfolio_for, portfolios_for, standing_of, stored_values
from cooperation.services import portfolios
from cooperation.services.match_runs import run_matching_for_offer
from cooperation.services.matches import accept_match, decline_match, propose_match
from cooperation.services.offers import close_offer, edit_offer
from cooperation.services.portfolio_suggestions import suggest_pairs
from cooperation.services.portfolios import discard_portfolio
from tests.assessments.request_factories import release_to
from tests.cooperation.factories import make_offer, make_request, offer_values, share
from tests.cooperation.portfolio_cases import WEIGHTS, asked, finish, worked_out
from tests.personas import Persona, make_coordinator, make_persona
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership, Territory
from wam_portal.accounts.services import end_membership
from wam_portal.audit.models import Event
from wam_portal.errors import Invalid, NotVisible, Refused
from wam_portal.jobs.models import Job
from wam_portal.jobs.runner import JobContext
from wam_portal.jobs.services import cancel_job

World = dict[str, Territory]


@pytest.fixture
def offer(dana: Persona, world: World) -> Offer:
    """An offer of 500,000 USD in the region of State A."""
    return make_offer(dana, world["XR1"])


@pytest.fixture
def granted(
    amina: Persona, aldo: Persona, dana: Persona, rita: Persona, offer: Offer, framework: FrameworkVersion
) -> AssistanceRequest:
    """A request of 100,000 USD, granted to the coordinator in full and to the donor as a summary."""
    request = make_request(amina, aldo, framework)
    share(aldo, request, rita.viewer.party, level="dossier")
    share(aldo, request, dana.viewer.party, level="summary")
    return request


def pairs_of(run: PortfolioRun) -> list[tuple[str, str]]:
    return [(entry.need_id, entry.offer_id) for entry in stored_values(run)[1].allocations]


def standing(run: PortfolioRun, persona: Persona) -> Standing:
    run = PortfolioRun.objects.select_related("job").get(pk=run.pk)
    return standing_of(run, basis_of(persona.viewer))


def test_a_portfolio_is_made_from_what_was_granted_and_from_listed_offers_and_can_be_computed_again(
    granted: AssistanceRequest,
    offer: Offer,
    amina: Persona,
    aldo: Persona,
    rita: Persona,
    dirk: Persona,
    framework: FrameworkVersion,
    world: World,
) -> None:
    make_offer(dirk, world["XR1"], listed=False)
    other = make_request(amina, aldo, framework, cycle="2027", indicators=["sto-01"])
    share(aldo, other, dirk.viewer.party)
    run = worked_out(rita)
    assert run.job is not None
    assert (run.job.state, run.job.error) == ("done", "")
    given, result = stored_values(run)
    assert {need.request_id for need in given.needs} == {str(granted.uuid)}
    assert [entry.offer_id for entry in given.offers] == [str(offer.uuid)]
    assert [(entry.grains, entry.in_kind) for entry in result.allocations] == [(100, False)]
    assert matching.verify_portfolio(given, result) == ()
    assert standing(run, rita) == Standing.CURRENT
    chain = Event.objects.filter(verb="release.used_in_portfolio")
    assert [(event.chain.party, event.changes["request"]) for event in chain] == [(aldo.party, str(granted.uuid))]
    grants = list(grants_of(aldo.viewer, granted))
    assert [(entry.party, entry.what) for entry in access_log(aldo.viewer, grants)] == [
        ("Eastern Forum", "Used it in a portfolio")
    ]


def test_the_search_tells_its_job_how_far_it_is_and_ends_when_the_job_is_cancelled(
    granted: AssistanceRequest, rita: Persona
) -> None:
    run = asked(rita)
    told: list[int] = []
    progress = JobContext.progress

    def cancelled_while_searching(context: JobContext, done: int, total: int, note: str = "") -> None:
        progress(context, done, total, note)
        if note == "Looking for the best proposal":
            told.append(context.job.pk)
            cancel_job(job=context.job)

    with (
        mock.patch.object(JobContext, "progress", cancelled_while_searching),
        mock.patch.object(portfolios, "TOLD_EVERY", 0),
    ):
        run = finish(run)
    assert run.job is not None
    # the second report found the job cancelled, so that nothing was searched any further
    assert (run.job.state, len(told), run.computed_at) == ("cancelled", 1, None)


def test_what_donors_and_states_agree_or_refuse_leaves_no_trace_in_a_portfolio(
    granted: AssistanceRequest, aldo: Persona, dana: Persona, rita: Persona
) -> None:
    before = worked_out(rita)
    match = Match.objects.get(request_uuid=granted.uuid)
    decline_match(match=match, base_version=match.version, actor=aldo.viewer, reason="Somebody else does it.")
    after = worked_out(rita)
    assert (after.input_hash, after.result) == (before.input_hash, before.result)
    assert standing(before, rita) == Standing.CURRENT


def test_a_revoked_grant_hides_the_result_at_the_next_look_and_a_changed_offer_marks_it(
    granted: AssistanceRequest, offer: Offer, aldo: Persona, dana: Persona, rita: Persona
) -> None:
    run = worked_out(rita)
    values = offer_values(*offer.included.all(), title="Renamed")
    edit_offer(offer=offer, values=values, base_version=offer.version, actor=dana.viewer)
    assert standing(run, rita) == Standing.STALE
    [grant] = release_to(aldo, granted, rita.viewer.party)
    newer = worked_out(rita)
    assert standing(newer, rita) == Standing.CURRENT
    revoke_grant(grant=grant, actor=aldo.viewer)
    assert (standing(newer, rita), standing(run, rita)) == (Standing.ENDED, Standing.STALE)
    with pytest.raises(Refused):
        suggest_pairs(run=newer, pairs=pairs_of(newer), actor=rita.viewer)


def test_an_offer_that_is_closed_hides_what_rests_on_it(
    granted: AssistanceRequest, offer: Offer, dana: Persona, rita: Persona
) -> None:
    run = worked_out(rita)
    offer.refresh_from_db()
    close_offer(offer=offer, base_version=offer.version, actor=dana.viewer, reason="Spent.")
    assert standing(run, rita) == Standing.ENDED


def test_a_grant_that_ends_while_the_engine_computes_leaves_nothing(
    granted: AssistanceRequest, aldo: Persona, rita: Persona
) -> None:
    [grant] = release_to(aldo, granted, rita.viewer.party)
    run = asked(rita)
    compute = matching.compute_portfolio

    def revoked_meanwhile(given: matching.PortfolioInput, *listener: Any) -> matching.Portfolio:
        revoke_grant(grant=grant, actor=aldo.viewer)
        return compute(given, *listener)

    with mock.patch.object(portfolios.matching, "compute_portfolio", revoked_meanwhile):
        run = finish(run)
    assert run.job is not None
    assert run.job.state == "failed"
    assert "Make it anew" in run.job.error
    assert (run.computed_at, run.input, run.result, run.grants) == (None, None, None, [])
    assert standing(run, rita) == Standing.FAILED


def test_who_no_longer_coordinates_when_the_work_begins_gets_nothing(granted: AssistanceRequest, rita: Persona) -> None:
    run = asked(rita)
    end_membership(membership=Membership.objects.get(user=rita.user), actor=None)
    run = finish(run)
    assert run.job is not None
    assert run.job.state == "failed"
    assert run.computed_at is None


def test_only_coordinators_of_its_party_see_a_portfolio(
    granted: AssistanceRequest, dana: Persona, aldo: Persona, rita: Persona
) -> None:
    run = worked_out(rita)
    colleague = make_persona("Rosa", rita.viewer.party, Role.COORDINATOR)
    stranger = make_persona("Sten", make_coordinator("western-forum", "Western Forum"), Role.COORDINATOR)
    assert [row.pk for row in portfolios_for(colleague.viewer)] == [run.pk]
    assert list(portfolios_for(stranger.viewer)) == []
    for outsider in (dana, aldo):
        with pytest.raises(NotVisible):
            portfolios_for(outsider.viewer)
        with pytest.raises(Refused):
            asked(outsider)
    with pytest.raises(NotVisible):
        portfolio_for(stranger.viewer, run.uuid)


def test_the_same_form_sent_twice_asks_once_and_few_may_wait_at_a_time(db: None, rita: Persona) -> None:
    key = uuid4()
    assert asked(rita, form_key=key) == asked(rita, form_key=key)
    assert Job.objects.filter(kind=portfolios.JOB_KIND).count() == 1
    asked(rita)
    asked(rita)
    with pytest.raises(Invalid, match="Several portfolios"):
        asked(rita)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"weights": {**WEIGHTS, "area": 50}}, "weights"),
        ({"grain": 0}, "grain"),
        ({"seconds": 500}, "seconds"),
        ({"max_donors": 0}, "max_donors"),
        ({"steps": [(250_000, 30), (None, 60)]}, "gain_2"),
        ({"steps": [(250_000, 100)]}, "steps"),
    ],
)
def test_a_policy_that_cannot_be_used_says_which_field_is_wrong(
    db: None, rita: Persona, fields: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        asked(rita, "  ", **fields)
    assert set(refused.value.errors) == {"name", field}
    assert not PortfolioRun.objects.exists()
    assert not Job.objects.exists()


def test_a_discarded_portfolio_is_gone_with_all_that_it_held(granted: AssistanceRequest, rita: Persona) -> None:
    run, waiting = worked_out(rita), asked(rita, "Autumn")
    for each in (run, waiting, run):
        discard_portfolio(run=each, actor=rita.viewer)
    assert list(portfolios_for(rita.viewer)) == []
    run.refresh_from_db()
    assert (run.input, run.result, run.names) == (None, None, {})
    assert finish(waiting).computed_at is None
    assert Event.objects.filter(verb="portfolio.discarded").count() == 2


def test_a_chosen_pair_is_read_by_both_sides_and_commits_nothing(
    granted: AssistanceRequest, offer: Offer, aldo: Persona, dana: Persona, rita: Persona
) -> None:
    run = worked_out(rita)
    sent = suggest_pairs(run=run, pairs=pairs_of(run), actor=rita.viewer)
    assert (len(sent.sent), sent.before, sent.closed) == (1, (), ())
    match = Match.objects.get(request_uuid=granted.uuid)
    steps = {
        persona: timeline_of(persona.viewer, match_for(persona.viewer, match.uuid))[-1] for persona in (aldo, dana)
    }
    assert {(step.what, step.who) for step in steps.values()} == {("Suggested by a coordinator", "Eastern Forum")}
    assert steps[aldo].note == "Proposed: USD 100,000"
    assert steps[dana].note == ""  # the donor was granted the band of amounts only
    offer.refresh_from_db()
    assert (match.status, match.amount_minor, offer.committed_minor) == ("suggested", None, 0)
    chains = Event.objects.filter(verb="match.recommended").values_list("chain__party__name", flat=True)
    assert sorted(chains) == ["Aldoria", "Amber Fund", "Eastern Forum"]

    again = suggest_pairs(run=run, pairs=pairs_of(run), actor=rita.viewer)
    assert (again.sent, len(again.before)) == ((), 1)
    from_another = suggest_pairs(run=worked_out(rita), pairs=pairs_of(run), actor=rita.viewer)
    assert (from_another.sent, len(from_another.before)) == ((), 1)
    assert MatchEvent.objects.filter(party__isnull=False).count() == 1


def test_a_suggestion_stays_with_the_pair_when_the_match_is_worked_out_anew(
    granted: AssistanceRequest, offer: Offer, dana: Persona, rita: Persona
) -> None:
    run = worked_out(rita)
    suggest_pairs(run=run, pairs=pairs_of(run), actor=rita.viewer)
    values = offer_values(*offer.included.all(), ceiling_minor=40_000_000)
    edit_offer(offer=offer, values=values, base_version=offer.version, actor=dana.viewer)
    run_matching_for_offer(offer.uuid)
    match = Match.objects.get(request_uuid=granted.uuid, status="suggested")
    assert [event.party for event in match.events.all() if event.party] == [rita.party]


def test_pairs_that_nobody_can_decide_any_more_are_told_and_nothing_else_of_them(
    granted: AssistanceRequest, aldo: Persona, dana: Persona, rita: Persona
) -> None:
    run = worked_out(rita)
    match = Match.objects.select_related("offer", "donor", "state").get(request_uuid=granted.uuid)
    match = propose_match(match=match, base_version=match.version, actor=aldo.viewer)
    accept_match(conflict="", match=match, base_version=match.version, actor=dana.viewer, amount_minor=5_000_000)
    sent = suggest_pairs(run=run, pairs=pairs_of(run), actor=rita.viewer)
    assert (sent.sent, sent.before, list(sent.closed)) == ((), (), pairs_of(run))
    assert not MatchEvent.objects.filter(party__isnull=False).exists()


def test_only_lines_of_the_proposal_are_sent(granted: AssistanceRequest, rita: Persona) -> None:
    run = worked_out(rita)
    for pairs in ([], [(str(uuid4()), str(uuid4()))], [*pairs_of(run), (str(uuid4()), str(uuid4()))]):
        with pytest.raises(Invalid):
            suggest_pairs(run=run, pairs=pairs, actor=rita.viewer)
    with pytest.raises(Refused):
        suggest_pairs(run=asked(rita), pairs=pairs_of(run), actor=rita.viewer)
