"""Sentences for people: one for every reason, filled by name, never with a user's text as the template."""

import re
from datetime import date

from hypothesis import given, settings

from cooperation.matching import (
    ASIDE_LABELS,
    BOUND_LABELS,
    CHANGE_LABELS,
    CRITERIA,
    CRITERION_LABELS,
    KINDS,
    OUTCOME_LABELS,
    RULE_LABELS,
    RULES,
    TEMPLATES,
    UNMET_LABELS,
    AsideReason,
    BoundBasis,
    ChangeKind,
    Explanation,
    Need,
    Offer,
    Outcome,
    RateSet,
    Sentence,
    Shown,
    Step,
    UnmetReason,
    WeightsError,
    find_policy_problems,
    find_problems,
    render,
)
from cooperation.matching import conditions as conditions_module
from cooperation.matching import floor as floor_module
from cooperation.matching import rules as rules_module
from cooperation.matching.verdicts import Verdict
from tests.cooperation.matching import strategies
from tests.cooperation.matching.builders import explained, make_need, make_offer
from tests.cooperation.matching.test_criteria import EXAMPLES


def show(value: Shown) -> str:
    return f"<{value.kind}:{value.value}>"


def sentences(explanation: Explanation) -> list[Sentence]:
    told = [result.sentence for result in explanation.rules] + [row.reason for row in explanation.ledger]
    if explanation.why_not:
        told.append(explanation.why_not.summary)
        told += [change.sentence for way in explanation.why_not.ways for change in way]
    return told


@settings(deadline=None, max_examples=60)
@given(need=strategies.needs(), offer=strategies.offers(), rates=strategies.rate_sets(), as_of=strategies.as_of_dates)
def test_everything_the_engine_says_can_be_said(need: Need, offer: Offer, rates: RateSet, as_of: date) -> None:
    explanation = explained(need, offer, rates=rates, as_of=as_of)
    for row in (*explanation.rules, *explanation.ledger):
        assert {row.need_value.kind, row.offer_value.kind} <= KINDS
    for sentence in sentences(explanation):
        assert {value.kind for _, value in sentence.params} <= KINDS
        text = render(sentence, show=show)
        assert text
        assert "%(" not in text


def test_every_verdict_of_every_rule_has_its_sentence() -> None:
    verdicts = [
        value
        for module in (rules_module, conditions_module, floor_module)
        for entry in vars(module).values()
        for value in (entry.values() if isinstance(entry, dict) else [entry])
        if isinstance(value, Verdict)
    ]
    codes = {verdict.code for verdict in verdicts}
    assert len(codes) > 40
    assert codes <= TEMPLATES.keys()


def test_every_reason_of_the_worked_examples_has_its_sentence() -> None:
    assert {f"{criterion}.{reason}" for criterion, _, _, _, reason in EXAMPLES} <= TEMPLATES.keys()


def test_every_rule_criterion_change_and_outcome_has_a_label() -> None:
    assert RULE_LABELS.keys() == {rule.code for rule in RULES}
    assert CRITERION_LABELS.keys() == {criterion.code for criterion in CRITERIA}
    assert set(CHANGE_LABELS) == set(ChangeKind)
    assert set(OUTCOME_LABELS) == set(Outcome)


def test_every_reason_of_a_portfolio_has_a_label_and_every_fault_of_a_policy_its_sentence() -> None:
    assert set(UNMET_LABELS) == set(UnmetReason)
    assert set(ASIDE_LABELS) == set(AsideReason)
    assert set(BOUND_LABELS) == set(BoundBasis)
    faults = find_policy_problems(version="", grain=0, steps=(Step(-1, 0),), max_donors=0, seconds=0)
    faults += find_policy_problems(version="", grain=1, steps=(Step(1, 5), Step(None, 5)), max_donors=0, seconds=0)
    faults += find_policy_problems(version="", grain=1, steps=(), max_donors=0, seconds=0, exact_links=-1)
    assert len({fault.code for fault in faults}) == 10
    for fault in faults:
        assert "%(" not in render(fault, show=show)


def test_every_fault_of_weights_has_its_sentence() -> None:
    problems = find_problems("", [("area", -1), ("area", 5), ("colour", 1)])
    said = [render(problem, show=show) for problem in problems]
    assert len(said) == len(problems)
    assert "The weights must add up to 100 %; they add up to <share:5>." in said
    assert WeightsError(problems).problems == problems


def test_text_of_a_user_is_put_in_and_never_read_as_a_template() -> None:
    evil = "%(need)s {0.__class__} %s"
    sentence = explained(make_need(area=evil), make_offer()).rules[4].sentence
    assert render(sentence, show=lambda value: str(value.value)) == (
        f"The need is in the area {evil}; the offer covers ('MAR', 'STO')."
    )


def test_the_template_is_translated_before_it_is_filled() -> None:
    sentence = explained(make_need(area="LEG"), make_offer()).rules[4].sentence
    french = {TEMPLATES["area_not_covered"]: "Le besoin relève de %(need)s ; l'offre couvre %(offer)s."}
    assert render(sentence, show=show, translate=french.__getitem__) == (
        "Le besoin relève de <area:LEG> ; l'offre couvre <areas:('MAR', 'STO')>."
    )


def test_templates_name_their_places_and_nothing_else() -> None:
    for code, template in TEMPLATES.items():
        rest = re.sub(r"%\([a-z_]+\)s|%%", "", template)
        assert "%" not in rest, code
        assert "{" not in rest, code
