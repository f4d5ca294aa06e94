"""Operational partners: who may be suggested, in which order, and why not."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cooperation.matching import (
    KINDS,
    NOT_DISCLOSED,
    PARTNER_CRITERIA,
    PARTNER_LABELS,
    PARTNER_RULES,
    UNIT,
    FinishedProject,
    Need,
    Outcome,
    Partner,
    PartnerSuggestions,
    PartnerWeights,
    SuggestedPartner,
    from_json,
    render,
    suggest_partners,
    to_json,
)
from tests.cooperation.matching import strategies
from tests.cooperation.matching.builders import AS_OF, make_need


def make_partner(**changes: Any) -> Partner:
    """A partner that can do what the need of the builders asks for."""
    values: dict[str, Any] = {
        "partner_id": "partner-1",
        "areas": frozenset({"STO"}),
        "types": frozenset({"TRAIN"}),
        "presence": frozenset({"XA"}),
        "languages": frozenset({"fr"}),
        "projects_left": 2,
        "consents": True,
    }
    return Partner(**{**values, **changes})


def only(need: Need, partner: Partner, **more: Any) -> SuggestedPartner:
    found = suggest_partners(need, [partner], as_of=AS_OF, **more)
    (entry,) = (*found.suggested, *found.others)
    return entry


FAILING: list[tuple[dict[str, Any], str]] = [
    ({"partner_id": "state-xa"}, "partner_is_requester"),
    ({"consents": False}, "partner_consent_missing"),
    ({"conflicts": frozenset({"state-xa"})}, "partner_conflict"),
    ({"conflicts": frozenset({"donor-1"})}, "partner_conflict"),
    ({"presence": frozenset({"XB"})}, "partner_absent"),
    ({"presence": frozenset()}, "partner_absent"),
    ({"areas": frozenset({"LEG"})}, "partner_area_not_known"),
    ({"types": frozenset()}, "partner_type_not_known"),
    ({"languages": frozenset({"ar"})}, "partner_language_not_shared"),
    ({"projects_left": 0}, "partner_capacity_used"),
]


@pytest.mark.parametrize(("changes", "code"), FAILING)
def test_a_failing_rule_is_named_and_keeps_the_partner_out(changes: dict[str, Any], code: str) -> None:
    entry = only(make_need(), make_partner(**changes), donor_id="donor-1")
    assert [rule.sentence.code for rule in entry.failing] == [code]
    assert (entry.place, entry.score, entry.ledger) == (None, None, ())


def test_a_fitting_partner_passes_every_rule() -> None:
    entry = only(make_need(), make_partner(conflicts=frozenset({"donor-2"})), donor_id="donor-1")
    assert entry.failing == ()
    assert entry.place == 1
    assert [rule.rule for rule in entry.rules] == [rule.code for rule in PARTNER_RULES]


def test_what_is_not_said_asks_and_does_not_refuse() -> None:
    entry = only(make_need(languages=NOT_DISCLOSED), make_partner(projects_left=None))
    asked = {rule.sentence.code for rule in entry.rules if rule.outcome is Outcome.UNDISCLOSED}
    assert asked == {"partner_language_not_disclosed", "partner_capacity_not_said"}
    assert entry.place == 1


def test_a_donors_conflict_counts_only_for_that_donor() -> None:
    partner = make_partner(conflicts=frozenset({"donor-1"}))
    assert only(make_need(), partner).place == 1
    assert only(make_need(), partner, donor_id="donor-1").place is None


def finished(area: str, place: str, ended_on: date = date(2025, 1, 1)) -> FinishedProject:
    return FinishedProject(areas=frozenset({area}), territories=frozenset({place}), ended_on=ended_on)


DEGREES: list[tuple[dict[str, Any], dict[str, Any], str, int, str]] = [
    ({"types": frozenset({"TRAIN", "EQUIP"})}, {}, "partner_type", UNIT // 2, "share"),
    ({}, {}, "partner_technology", UNIT // 2, "none_asked"),
    ({"technologies": NOT_DISCLOSED}, {}, "partner_technology", UNIT // 2, "not_disclosed"),
    (
        {"technologies": frozenset({"marking", "tracing"})},
        {"technologies": frozenset({"marking"})},
        "partner_technology",
        UNIT // 2,
        "share",
    ),
    ({}, {}, "partner_presence", UNIT, "country"),
    ({}, {"presence": frozenset({"X10"})}, "partner_presence", UNIT * 3 // 4, "subregion"),
    ({}, {"presence": frozenset({"X1"})}, "partner_presence", UNIT // 2, "region"),
    ({}, {"presence": frozenset({"001"})}, "partner_presence", UNIT // 4, "global"),
    ({}, {}, "partner_experience", 0, "none"),
    ({}, {"finished": (finished("STO", "XA"),)}, "partner_experience", 333_333, "some"),
    ({}, {"finished": (finished("STO", "X1"),) * 3}, "partner_experience", UNIT // 2, "some"),
    ({}, {"finished": (finished("STO", "XA"),) * 9}, "partner_experience", UNIT, "some"),
    (
        {},
        {
            "finished": (
                finished("LEG", "XA"),
                finished("STO", "XB"),
                finished("STO", "XA", date(2020, 1, 1)),
                finished("STO", "XA", date(2027, 1, 1)),
            )
        },
        "partner_experience",
        0,
        "none",
    ),
    ({}, {}, "partner_language", UNIT, "preferred"),
    ({}, {"languages": frozenset({"en"})}, "partner_language", UNIT // 2, "other_shared"),
    ({"languages": NOT_DISCLOSED}, {}, "partner_language", UNIT // 2, "not_disclosed"),
]


@pytest.mark.parametrize(("need", "partner", "criterion", "degree", "reason"), DEGREES)
def test_each_criterion_measures_what_it_says(
    need: dict[str, Any], partner: dict[str, Any], criterion: str, degree: int, reason: str
) -> None:
    entry = only(make_need(**need), make_partner(**partner))
    row = next(row for row in entry.ledger if row.criterion == criterion)
    assert (row.degree, row.reason.code) == (degree, f"{criterion}.{reason}")
    assert entry.score == sum(row.points for row in entry.ledger)


def test_partners_stand_best_first_and_the_order_of_input_never_matters() -> None:
    partners = [
        make_partner(partner_id="d", presence=frozenset({"X1"})),
        make_partner(partner_id="b"),
        make_partner(partner_id="c", finished=(finished("STO", "XA"),)),
        make_partner(partner_id="a"),
        make_partner(partner_id="z", consents=False),
        make_partner(partner_id="y", consents=False),
    ]
    found = suggest_partners(make_need(), partners, as_of=AS_OF)
    assert [(entry.place, entry.partner_id) for entry in found.suggested] == [(1, "c"), (2, "a"), (3, "b"), (4, "d")]
    assert [entry.partner_id for entry in found.others] == ["y", "z"]
    assert suggest_partners(make_need(), partners[::-1], as_of=AS_OF) == found
    assert from_json(PartnerSuggestions, to_json(found)) == found
    with pytest.raises(ValueError, match="stands twice"):
        suggest_partners(make_need(), [make_partner(), make_partner()], as_of=AS_OF)


def test_weights_that_do_not_add_up_or_miss_a_criterion_are_refused() -> None:
    codes = [criterion.code for criterion in PARTNER_CRITERIA]
    shares = dict.fromkeys(codes, UNIT // 5)
    assert PartnerWeights("even", tuple(shares.items())).version == "even"
    with pytest.raises(ValueError, match="add up to one"):
        PartnerWeights("v", tuple({**shares, codes[0]: 0}.items()))
    with pytest.raises(ValueError, match="exactly one weight"):
        PartnerWeights("v", tuple(shares.items())[1:])


partners = st.builds(
    Partner,
    partner_id=st.sampled_from(["partner-1", "state-1"]),
    areas=strategies.some(strategies.AREAS),
    types=strategies.some(strategies.TYPES),
    presence=strategies.some(strategies.CODES),
    languages=strategies.some(strategies.LANGUAGES),
    technologies=strategies.some(strategies.TECHNOLOGIES),
    finished=st.lists(
        st.builds(
            FinishedProject,
            areas=strategies.some(strategies.AREAS),
            territories=strategies.some(strategies.CODES),
            ended_on=strategies.dates,
        ),
        max_size=4,
    ).map(tuple),
    projects_left=st.none() | st.integers(0, 2),
    consents=st.booleans(),
    conflicts=strategies.some(["state-1", "donor-1"]),
)


@settings(deadline=None, max_examples=100)
@given(need=strategies.needs(), partner=partners, donor=st.sampled_from([None, "donor-1"]))
def test_whatever_is_said_of_a_partner_can_be_said_and_no_rule_is_broken(
    need: Need, partner: Partner, donor: str | None
) -> None:
    entry = only(need, partner, donor_id=donor)
    for row in (*entry.rules, *entry.ledger):
        assert {row.need_value.kind, row.offer_value.kind} <= KINDS
        sentence = row.sentence if hasattr(row, "sentence") else row.reason
        assert "%(" not in render(sentence, show=lambda value: str(value.value))
    assert all(0 <= row.degree <= UNIT for row in entry.ledger)
    suggested = entry.place is not None
    assert suggested is not bool(entry.failing)
    if suggested:
        assert partner.consents
        assert partner.conflicts.isdisjoint({need.requester_id, donor})
        assert partner.partner_id != need.requester_id
        assert need.area in partner.areas
        assert need.types & partner.types
        assert partner.projects_left != 0
        assert partner.presence & {code for code, _ in need.state.chain}


def test_every_rule_and_criterion_for_partners_has_a_label() -> None:
    codes = {rule.code for rule in PARTNER_RULES} | {criterion.code for criterion in PARTNER_CRITERIA}
    assert codes == set(PARTNER_LABELS)


def test_a_worldwide_partner_is_present_everywhere() -> None:
    assert only(replace(make_need()), make_partner(presence=frozenset({"001"}))).place == 1
