"""The matching engine: plain frozen values in, plain frozen values out.

No database, no clock, no HTTP, no Django. Everything it says can be recomputed from what it was given: the values, the
weights, the rate set, and `as_of`, the one date that every date rule uses.

    values.py   what goes in: Need, Offer, ...        results.py   what comes out: Explanation, Ranking, ...
    money.py    amounts, dated rates                   weights.py   the versioned weights
    rules.py, conditions.py, floor.py                  the hard rules, each with a stable code (`RULES`)
    criteria.py, score.py                              the criteria (`CRITERIA`), the exact score and its ledger
    changes.py  what a requester could change          explain.py   one pair, in full
    ranking.py  many pairs                             index.py     offers indexed, for very many pairs
    overlap.py  who already does it                    partners.py  who could carry it out
    portfolio/  who could fund what, under a policy    codec.py     JSON and the input hash
    shown.py, sentences.py                             values and sentences for people, translated elsewhere

Degrees and weights are whole millionths; a score is their exact product, in millionths of a millionth.
"""

from cooperation.matching.codec import DecodeError, from_json, input_hash, to_json
from cooperation.matching.criteria import CRITERIA
from cooperation.matching.explain import explain
from cooperation.matching.floor import RULES
from cooperation.matching.index import OfferIndex, rank_open
from cooperation.matching.money import Amount, Converter, Money, MoneyBand, Rate, RateSet
from cooperation.matching.overlap import (
    Activity,
    ActivityKind,
    Advice,
    Aspect,
    Grade,
    Likeness,
    Overlap,
    OverlapReason,
    Scope,
    activity_of,
    compare,
    find_overlaps,
)
from cooperation.matching.partners import (
    DEFAULT_PARTNER_WEIGHTS,
    PARTNER_CRITERIA,
    PARTNER_RULES,
    FinishedProject,
    Partner,
    PartnerSuggestions,
    PartnerWeights,
    SuggestedPartner,
    suggest_partners,
)
from cooperation.matching.portfolio.checker import Violation, check_plan
from cooperation.matching.portfolio.policy import (
    DEFAULT_POLICY,
    DEFAULT_STEPS,
    Policy,
    PolicyError,
    Step,
    find_policy_problems,
)
from cooperation.matching.portfolio.propose import BrokenPlanError, compute_portfolio, propose_portfolio
from cooperation.matching.portfolio.results import (
    Allocation,
    Aside,
    AsideReason,
    BoundBasis,
    Hindrance,
    MarginalValue,
    Portfolio,
    Remainder,
    TierOutcome,
    Unmet,
    UnmetReason,
)
from cooperation.matching.portfolio.values import Commitment, InKindValue, PortfolioInput
from cooperation.matching.portfolio.verify import Discrepancy, verify_portfolio
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
    ADVICE_LABELS,
    ASIDE_LABELS,
    ASPECT_LABELS,
    BOUND_LABELS,
    CHANGE_LABELS,
    CRITERION_LABELS,
    GRADE_LABELS,
    OUTCOME_LABELS,
    PARTNER_LABELS,
    RULE_LABELS,
    TEMPLATES,
    UNMET_LABELS,
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
    "ADVICE_LABELS",
    "ASIDE_LABELS",
    "ASPECT_LABELS",
    "BOUND_LABELS",
    "CHANGE_LABELS",
    "CRITERIA",
    "CRITERION_CODES",
    "CRITERION_LABELS",
    "DEFAULT_PARTNER_WEIGHTS",
    "DEFAULT_POLICY",
    "DEFAULT_STEPS",
    "DEFAULT_WEIGHTS",
    "ENGINE_VERSION",
    "GRADE_LABELS",
    "KINDS",
    "NOT_DISCLOSED",
    "OUTCOME_LABELS",
    "PARTNER_CRITERIA",
    "PARTNER_LABELS",
    "PARTNER_RULES",
    "RULES",
    "RULE_LABELS",
    "TEMPLATES",
    "UNIT",
    "UNMET_LABELS",
    "WORLD",
    "Activity",
    "ActivityKind",
    "Advice",
    "Allocation",
    "Amount",
    "Aside",
    "AsideReason",
    "Aspect",
    "BoundBasis",
    "BrokenPlanError",
    "Change",
    "ChangeKind",
    "Commitment",
    "Conditions",
    "Converter",
    "DeclinedPair",
    "DecodeError",
    "Discrepancy",
    "Explanation",
    "FinishedProject",
    "GeoLevel",
    "Grade",
    "Hindrance",
    "InKindValue",
    "LedgerRow",
    "Likeness",
    "MarginalValue",
    "Money",
    "MoneyBand",
    "Need",
    "NotDisclosed",
    "Offer",
    "OfferIndex",
    "Outcome",
    "Overlap",
    "OverlapReason",
    "Partner",
    "PartnerSuggestions",
    "PartnerWeights",
    "Period",
    "Policy",
    "PolicyError",
    "Portfolio",
    "PortfolioInput",
    "Priorities",
    "Ranked",
    "Ranking",
    "Rate",
    "RateSet",
    "Readiness",
    "Refused",
    "Remainder",
    "RuleResult",
    "Scope",
    "Sentence",
    "Shown",
    "Step",
    "Strategy",
    "StrategyLevel",
    "SuggestedPartner",
    "Territory",
    "Tier",
    "TierCap",
    "TierOutcome",
    "Unmet",
    "UnmetReason",
    "Violation",
    "Weights",
    "WeightsError",
    "WhyNot",
    "activity_of",
    "check_plan",
    "compare",
    "compute_portfolio",
    "explain",
    "find_overlaps",
    "find_policy_problems",
    "find_problems",
    "from_json",
    "input_hash",
    "propose_portfolio",
    "rank",
    "rank_needs",
    "rank_open",
    "render",
    "suggest_partners",
    "to_json",
    "verify_portfolio",
    "with_siblings",
]
