"""The matching engine: plain frozen values in, plain frozen values out.

No database, no clock, no HTTP, no Django. Everything it says can be recomputed from what it was given: the values, the
weights, the rate set, and `as_of`, the one date that every date rule uses.

    values.py   what goes in: Need, Offer, ...        results.py   what comes out: Explanation, Ranking, ...
    money.py    amounts, dated rates                   weights.py   the versioned weights
    rules.py, conditions.py, floor.py                  the hard rules, each with a stable code (`RULES`)
    criteria.py, score.py                              the criteria (`CRITERIA`), the exact score and its ledger
    changes.py  what a requester could change          explain.py   one pair, in full
    ranking.py  many pairs                             codec.py     JSON and the input hash
    shown.py, sentences.py                             values and sentences for people, translated elsewhere

Degrees and weights are whole millionths; a score is their exact product, in millionths of a millionth.
A portfolio, overlaps and partners belong in modules beside these, built on `values`, `floor.RULES` and `score`.
"""

from cooperation.matching.codec import DecodeError, from_json, input_hash, to_json
from cooperation.matching.criteria import CRITERIA
from cooperation.matching.explain import explain
from cooperation.matching.floor import RULES
from cooperation.matching.money import Amount, Converter, Money, MoneyBand, Rate, RateSet
from cooperation.matching.ranking import rank, rank_needs
from cooperation.matching.results import (
    Change,
    ChangeKind,
    Explanation,
    LedgerRow,
    Outcome,
    Ranked,
    Ranking,
    Refused,
    RuleResult,
    Sentence,
    Shown,
    WhyNot,
)
from cooperation.matching.sentences import (
    CHANGE_LABELS,
    CRITERION_LABELS,
    OUTCOME_LABELS,
    RULE_LABELS,
    TEMPLATES,
    render,
)
from cooperation.matching.shown import KINDS
from cooperation.matching.values import (
    NOT_DISCLOSED,
    UNIT,
    WORLD,
    Conditions,
    DeclinedPair,
    GeoLevel,
    Need,
    NotDisclosed,
    Offer,
    Period,
    Priorities,
    Readiness,
    Strategy,
    StrategyLevel,
    Territory,
    Tier,
    TierCap,
    with_siblings,
)
from cooperation.matching.version import ENGINE_VERSION
from cooperation.matching.weights import CRITERION_CODES, DEFAULT_WEIGHTS, Weights, WeightsError, find_problems

__all__ = [
    "CHANGE_LABELS",
    "CRITERIA",
    "CRITERION_CODES",
    "CRITERION_LABELS",
    "DEFAULT_WEIGHTS",
    "ENGINE_VERSION",
    "KINDS",
    "NOT_DISCLOSED",
    "OUTCOME_LABELS",
    "RULES",
    "RULE_LABELS",
    "TEMPLATES",
    "UNIT",
    "WORLD",
    "Amount",
    "Change",
    "ChangeKind",
    "Conditions",
    "Converter",
    "DeclinedPair",
    "DecodeError",
    "Explanation",
    "GeoLevel",
    "LedgerRow",
    "Money",
    "MoneyBand",
    "Need",
    "NotDisclosed",
    "Offer",
    "Outcome",
    "Period",
    "Priorities",
    "Ranked",
    "Ranking",
    "Rate",
    "RateSet",
    "Readiness",
    "Refused",
    "RuleResult",
    "Sentence",
    "Shown",
    "Strategy",
    "StrategyLevel",
    "Territory",
    "Tier",
    "TierCap",
    "Weights",
    "WeightsError",
    "WhyNot",
    "explain",
    "find_problems",
    "from_json",
    "input_hash",
    "rank",
    "rank_needs",
    "render",
    "to_json",
    "with_siblings",
]
