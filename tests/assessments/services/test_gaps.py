"""What answers make of gaps, and what people decide about them."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from assessments.enums import Basis, GapStatus, Tier
from assessments.frameworks.tree import IndicatorView
from assessments.models import Answer, Assessment, FrameworkVersion, Gap
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.gaps import dismissed_indicators, live_counts
from assessments.selectors.requests import baselines_with_gaps
from assessments.services.gaps import confirm_gap, describe_root_cause, dismiss_gap, reopen_gap, sync_gap
from assessments.services.requests import draft_request
from assessments.services.scope import leave_out, put_back
from tests.assessments.request_factories import make_gap, rate, start_baseline
from tests.personas import Persona
from wam_portal.audit.models import Event
from wam_portal.audit.services import audited
from wam_portal.errors import Conflict, Invalid, Refused


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return start_baseline(amina, framework)


def the_gap(assessment: Assessment) -> Gap:
    return Gap.objects.select_related("assessment", "level", "target").get(assessment=assessment)


def verbs() -> list[str]:
    return list(Event.objects.filter(target_type="Gap").order_by("seq").values_list("verb", flat=True))


def test_a_rating_below_target_opens_a_gap_with_its_severity(amina: Persona, assessment: Assessment) -> None:
    rate(amina, assessment, "coo-01", 2, basis="law")
    gap = the_gap(assessment)
    # Half of the scale of five is missing from 2 to 4, with equal weights: 2 / 4.
    assert (gap.status, gap.tier, gap.severity_micro) == (GapStatus.OPEN, Tier.HIGH, 500_000)
    assert (gap.level.value, gap.target.value, gap.basis, gap.answer_version) == (2, 4, Basis.LAW, 1)


@pytest.mark.parametrize("level", [4, 5])
def test_a_rating_at_or_above_target_opens_none(amina: Persona, assessment: Assessment, level: int) -> None:
    rate(amina, assessment, "coo-01", level)
    assert not Gap.objects.exists()


def test_the_states_own_target_counts_before_that_of_the_framework(amina: Persona, assessment: Assessment) -> None:
    rate(amina, assessment, "coo-01", 4, target="5")
    gap = the_gap(assessment)
    assert (gap.level.value, gap.target.value, gap.tier) == (4, 5, Tier.MEDIUM)


def test_a_worse_rating_raises_the_severity_of_the_same_gap(amina: Persona, assessment: Assessment) -> None:
    before = make_gap(amina, assessment, "coo-01", 3, confirmed=False)
    rate(amina, assessment, "coo-01", 1)
    gap = the_gap(assessment)
    assert (gap.pk, gap.tier, gap.answer_version) == (before.pk, Tier.CRITICAL, 2)
    assert verbs() == ["gap.opened", "gap.changed"]


@pytest.mark.parametrize("answer", [{"level": 4}, {"rating": "not_applicable"}])
def test_reaching_the_target_closes_the_gap_and_keeps_where_it_stood(
    amina: Persona, assessment: Assessment, answer: dict[str, object]
) -> None:
    make_gap(amina, assessment, "coo-01", 2)
    rate(amina, assessment, "coo-01", **answer)  # type: ignore[arg-type]
    gap = the_gap(assessment)
    assert (gap.status, gap.level.value, gap.answer_version) == (GapStatus.CLOSED, 2, 2)
    assert verbs()[-1] == "gap.closed"


def test_a_closed_gap_opens_again_when_the_rating_falls(amina: Persona, assessment: Assessment) -> None:
    for level in (2, 4, 3):
        rate(amina, assessment, "coo-01", level)
    gap = the_gap(assessment)
    assert (gap.status, gap.level.value, gap.tier) == (GapStatus.OPEN, 3, Tier.MEDIUM)
    assert verbs() == ["gap.opened", "gap.closed", "gap.reopened"]


def test_a_confirmed_gap_stays_confirmed_when_its_level_changes(amina: Persona, assessment: Assessment) -> None:
    make_gap(amina, assessment, "coo-01", 2)
    rate(amina, assessment, "coo-01", 1)
    gap = the_gap(assessment)
    assert (gap.status, gap.tier) == (GapStatus.CONFIRMED, Tier.CRITICAL)


@pytest.mark.parametrize(("level", "status", "kept"), [(3, "dismissed", 2), (2, "dismissed", 2), (1, "open", 1)])
def test_a_dismissed_gap_opens_again_only_when_things_are_worse(
    amina: Persona, assessment: Assessment, level: int, status: str, kept: int
) -> None:
    gap = make_gap(amina, assessment, "coo-01", 2)
    dismiss_gap(gap=gap, base_version=gap.version, actor=amina.viewer, reason="Covered by the army.")
    rate(amina, assessment, "coo-01", level, narrative="Looked at again.")
    gap = the_gap(assessment)
    assert (gap.status, gap.level.value, gap.dismissal_reason) == (status, kept, "Covered by the army.")


def test_a_higher_target_counts_as_worse_for_a_dismissed_gap(amina: Persona, assessment: Assessment) -> None:
    gap = make_gap(amina, assessment, "coo-01", 3)
    dismiss_gap(gap=gap, base_version=gap.version, actor=amina.viewer, reason="Good enough.")
    rate(amina, assessment, "coo-01", 3, target="5")
    assert the_gap(assessment).status == GapStatus.OPEN


def test_not_knowing_leaves_the_gap_but_takes_its_basis(amina: Persona, assessment: Assessment) -> None:
    make_gap(amina, assessment, "coo-01", 1)
    rate(amina, assessment, "coo-01", rating="unknown", basis="none", confidence="")
    gap = the_gap(assessment)
    assert (gap.status, gap.level.value, gap.tier, gap.basis) == (GapStatus.CONFIRMED, 1, Tier.CRITICAL, Basis.NONE)


def left_out(persona: Persona, assessment: Assessment) -> Gap:
    leave_out(assessment=assessment, keys=["coo-01"], reason="Not this year.", actor=persona.viewer)
    return the_gap(assessment)


@pytest.mark.parametrize("status", ["open", "confirmed", "dismissed"])
def test_a_gap_outside_the_scope_is_none_and_comes_back_as_what_it_was(
    amina: Persona, assessment: Assessment, status: str
) -> None:
    gap = make_gap(amina, assessment, "coo-01", 1, confirmed=status == "confirmed")
    if status == "dismissed":
        gap = dismiss_gap(gap=gap, base_version=gap.version, actor=amina.viewer, reason="Covered by the army.")
    outside = left_out(amina, assessment)
    assert (outside.pk, outside.status, outside.status_inside) == (gap.pk, GapStatus.LEFT_OUT, status)
    assert (outside.level.value, outside.tier, outside.basis) == (1, Tier.CRITICAL, gap.basis)
    assert outside.left_out_at is not None
    assert not any(live_counts(amina.viewer, assessment).values())
    assert dismissed_indicators(amina.viewer, assessment) == ({"coo-01"} if status == "dismissed" else set())
    assert not baselines_with_gaps(amina.viewer).exists()
    with pytest.raises(Refused):
        confirm_gap(gap=outside, base_version=outside.version, actor=amina.viewer)
    with pytest.raises(Invalid):
        draft_request(assessment=assessment, gap_uuids=[gap.uuid], actor=amina.viewer)
    put_back(assessment=assessment, keys=["coo-01"], actor=amina.viewer)
    back = the_gap(assessment)
    assert (back.pk, back.status, back.status_inside, back.left_out_at) == (gap.pk, status, "", None)
    assert verbs()[-2:] == ["gap.left_out", "gap.put_back"]


def test_a_gap_put_back_is_met_with_what_the_indicator_is_rated_then(amina: Persona, assessment: Assessment) -> None:
    make_gap(amina, assessment, "coo-01", 1)
    left_out(amina, assessment)
    rate(amina, assessment, "coo-01", 5)
    closed = the_gap(assessment)
    assert (closed.status, closed.status_inside, closed.left_out_at) == (GapStatus.CLOSED, "", None)


def test_leaving_out_changes_and_logs_nothing_of_a_gap_that_is_closed(amina: Persona, assessment: Assessment) -> None:
    make_gap(amina, assessment, "coo-01", 1, confirmed=False)
    rate(amina, assessment, "coo-01", 5)
    assert left_out(amina, assessment).status == GapStatus.CLOSED
    assert verbs() == ["gap.opened", "gap.closed"]


def test_a_gap_left_out_keeps_what_it_was_through_another_word_of_the_reason(
    amina: Persona, assessment: Assessment
) -> None:
    make_gap(amina, assessment, "coo-01", 1)
    before = left_out(amina, assessment)
    rate(amina, assessment, "coo-01", rating="not_rated", basis="none", confidence="", reason="Next year.")
    after = the_gap(assessment)
    assert (after.status_inside, after.left_out_at, after.version) == ("confirmed", before.left_out_at, before.version)
    assert verbs()[-1] == "gap.left_out"


def test_not_knowing_opens_no_gap(amina: Persona, assessment: Assessment) -> None:
    rate(amina, assessment, "coo-01", rating="unknown", basis="none", confidence="")
    assert not Gap.objects.exists()


def test_an_edit_of_words_does_not_outdate_what_a_person_sees(amina: Persona, assessment: Assessment) -> None:
    seen = make_gap(amina, assessment, "coo-01", 2, confirmed=False)
    rate(amina, assessment, "coo-01", 2, narrative="More words.")
    confirmed = confirm_gap(gap=the_gap(assessment), base_version=seen.version, actor=amina.viewer)
    assert (confirmed.status, confirmed.answer_version) == (GapStatus.CONFIRMED, 2)


def indicator(assessment: Assessment) -> IndicatorView:
    found = framework_tree(assessment.framework_version).find_indicator("coo-01")
    assert found is not None
    return found


def test_bringing_a_gap_in_step_takes_two_statements_and_the_audit_links(
    amina: Persona, assessment: Assessment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_gap(amina, assessment, "coo-01", 2)
    answer = Answer.objects.get()
    answer.basis = Basis.LAW
    question = indicator(assessment)
    # Savepoint, read, write, head of the chain, link, head of the chain again, release of the savepoint.
    with django_assert_num_queries(7), audited():
        sync_gap(answer=answer, indicator=question, actor=amina.viewer)


def test_a_decision_made_meanwhile_is_met_again(
    amina: Persona, assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    gap = make_gap(amina, assessment, "coo-01", 2)
    reads: list[int] = []
    first = Gap.objects.filter

    def decide_in_between(*args: object, **kwargs: object) -> object:
        found = first(*args, **kwargs)
        if not reads and "indicator" in kwargs:
            reads.append(1)
            stale = found.get()
            first(pk=gap.pk).update(status=GapStatus.DISMISSED, dismissal_reason="Meanwhile.", version=gap.version + 1)
            return type("Found", (), {"first": lambda self: stale})()
        return found

    monkeypatch.setattr(Gap.objects, "filter", decide_in_between)
    answer = Answer.objects.get()
    answer.version = 9
    with audited():
        sync_gap(answer=answer, indicator=indicator(assessment), actor=amina.viewer)
    stored = the_gap(assessment)
    assert (stored.status, stored.answer_version) == (GapStatus.DISMISSED, 9)


def test_confirming_notes_who_decided_and_why_the_gap_is_there(amina: Persona, assessment: Assessment) -> None:
    gap = make_gap(amina, assessment, "coo-01", confirmed=False)
    confirm_gap(gap=gap, base_version=1, actor=amina.viewer, root_cause="  No budget line. ")
    gap = the_gap(assessment)
    assert (gap.status, gap.decided_by, gap.root_cause) == (GapStatus.CONFIRMED, amina.user, "No budget line.")


def test_approvers_decide_on_gaps_too(amina: Persona, aldo: Persona, assessment: Assessment) -> None:
    gap = make_gap(amina, assessment, "coo-01", confirmed=False)
    assert confirm_gap(gap=gap, base_version=1, actor=aldo.viewer).status == GapStatus.CONFIRMED


@pytest.mark.parametrize("who", ["vera", "carl", "boris"])
def test_nobody_else_decides_on_gaps(
    amina: Persona, assessment: Assessment, who: str, request: pytest.FixtureRequest
) -> None:
    gap = make_gap(amina, assessment, "coo-01", confirmed=False)
    person: Persona = request.getfixturevalue(who)
    with pytest.raises(Refused):
        confirm_gap(gap=gap, base_version=1, actor=person.viewer)
    with pytest.raises(Refused):
        describe_root_cause(gap=gap, base_version=1, actor=person.viewer, root_cause="Mine")
    assert the_gap(assessment).version == 1


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001])
def test_a_dismissal_needs_a_reason_of_reasonable_length(amina: Persona, assessment: Assessment, reason: str) -> None:
    gap = make_gap(amina, assessment, "coo-01")
    with pytest.raises(Invalid) as caught:
        dismiss_gap(gap=gap, base_version=gap.version, actor=amina.viewer, reason=reason)
    assert list(caught.value.errors) == ["reason"]
    assert the_gap(assessment).status == GapStatus.CONFIRMED


def test_a_decision_can_be_taken_back(amina: Persona, assessment: Assessment) -> None:
    gap = make_gap(amina, assessment, "coo-01")
    assert reopen_gap(gap=gap, base_version=gap.version, actor=amina.viewer).status == GapStatus.OPEN
    assert verbs() == ["gap.opened", "gap.confirmed", "gap.reopened"]


def test_a_closed_gap_takes_no_decision(amina: Persona, assessment: Assessment) -> None:
    make_gap(amina, assessment, "coo-01")
    rate(amina, assessment, "coo-01", 4)
    gap = the_gap(assessment)
    with pytest.raises(Refused, match="reached its target"):
        dismiss_gap(gap=gap, base_version=gap.version, actor=amina.viewer, reason="No.")


def test_a_stale_decision_is_a_conflict_and_changes_nothing(amina: Persona, assessment: Assessment) -> None:
    gap = make_gap(amina, assessment, "coo-01", 3, confirmed=False)
    rate(amina, assessment, "coo-01", 1)
    with pytest.raises(Conflict) as caught:
        confirm_gap(gap=gap, base_version=1, actor=amina.viewer)
    assert caught.value.current.tier == Tier.CRITICAL
    assert the_gap(assessment).status == GapStatus.OPEN


def test_a_root_cause_can_be_noted_and_taken_away(amina: Persona, assessment: Assessment) -> None:
    gap = make_gap(amina, assessment, "coo-01")
    describe_root_cause(gap=gap, base_version=gap.version, actor=amina.viewer, root_cause="No law.")
    assert the_gap(assessment).root_cause == "No law."
    describe_root_cause(gap=gap, base_version=gap.version, actor=amina.viewer, root_cause="")
    assert the_gap(assessment).root_cause == ""
