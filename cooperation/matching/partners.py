"""Who could carry a project out: operational partners, suggested by rules and a ledger like those of an offer.

A partner is suggested only where it consents to being suggested and has declared no conflict of interest with the
requester or the donor. The exact score is made as for offers: degrees and weights in whole millionths.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from cooperation.matching import shown
from cooperation.matching.codec import input_hash
from cooperation.matching.criteria import GEOGRAPHY, HALF, UNDISCLOSED, Measure, share
from cooperation.matching.ranking import check_unique
from cooperation.matching.results import LedgerRow, Outcome, RuleResult, Shown
from cooperation.matching.rules import reach
from cooperation.matching.values import UNIT, Need, NotDisclosed
from cooperation.matching.verdicts import Facts, Verdict, asks, fails, passes
from cooperation.matching.version import ENGINE_VERSION

FULL_EXPERIENCE: Final = 3
"""Finished projects of full likeness that give full marks. Our choice, like the parts below."""
RECENT_DAYS: Final = 5 * 365


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedProject:
    """A project that the partner has finished."""

    areas: frozenset[str]
    territories: frozenset[str]
    ended_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """An organisation that can implement, as its profile says.

    presence: codes of States and regions where it works. areas, types: what it can do; one that names nothing can do
    nothing. projects_left: how many further projects it can take on; None: not said.
    consents: whether it agreed to be suggested. conflicts: parties with which it has declared a conflict of interest.
    """

    partner_id: str
    areas: frozenset[str]
    types: frozenset[str]
    presence: frozenset[str]
    languages: frozenset[str]
    technologies: frozenset[str] = frozenset()
    finished: tuple[FinishedProject, ...] = ()
    projects_left: int | None = None
    consents: bool = False
    conflicts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Setting:
    """What all partners of one call share."""

    donor_id: str | None
    as_of: date


@dataclass(frozen=True, slots=True)
class _Rule:
    code: str
    check: Callable[[Need, Partner, _Setting], Verdict]
    facts: Callable[[Need, Partner, _Setting], Facts]

    def result(self, need: Need, partner: Partner, setting: _Setting) -> RuleResult:
        verdict, facts = self.check(need, partner, setting), self.facts(need, partner, setting)
        return RuleResult(self.code, verdict.outcome, facts.need, facts.offer, facts.sentence(verdict.code))


PARTNER_IS_OTHER: Final = passes("partner_is_other")
PARTNER_IS_REQUESTER: Final = fails("partner_is_requester")
CONSENT_GIVEN: Final = passes("partner_consents")
CONSENT_MISSING: Final = fails("partner_consent_missing")
NO_CONFLICT: Final = passes("partner_no_conflict")
CONFLICT: Final = fails("partner_conflict")
PRESENT: Final = passes("partner_present")
ABSENT: Final = fails("partner_absent")
AREA_KNOWN: Final = passes("partner_area_known")
AREA_NOT_KNOWN: Final = fails("partner_area_not_known")
TYPE_KNOWN: Final = passes("partner_type_known")
TYPE_NOT_KNOWN: Final = fails("partner_type_not_known")
LANGUAGE_KNOWN: Final = passes("partner_language_shared")
LANGUAGE_UNDISCLOSED: Final = asks("partner_language_not_disclosed")
LANGUAGE_NOT_KNOWN: Final = fails("partner_language_not_shared")
CAPACITY_LEFT: Final = passes("partner_capacity_left")
CAPACITY_NOT_SAID: Final = asks("partner_capacity_not_said")
CAPACITY_USED: Final = fails("partner_capacity_used")


def _parties(need: Need, setting: _Setting) -> frozenset[str]:
    return frozenset(filter(None, (need.requester_id, setting.donor_id)))


def _language(need: Need, partner: Partner, setting: _Setting) -> Verdict:
    if isinstance(need.languages, NotDisclosed):
        return LANGUAGE_UNDISCLOSED
    return LANGUAGE_NOT_KNOWN if partner.languages.isdisjoint(need.languages) else LANGUAGE_KNOWN


def _languages(need: Need, partner: Partner, setting: _Setting) -> Facts:
    languages = need.languages
    wanted = shown.UNKNOWN if isinstance(languages, NotDisclosed) else Shown("languages", languages)
    return Facts(wanted, shown.codes("languages", partner.languages))


def _capacity(need: Need, partner: Partner, setting: _Setting) -> Verdict:
    if partner.projects_left is None:
        return CAPACITY_NOT_SAID
    return CAPACITY_LEFT if partner.projects_left > 0 else CAPACITY_USED


def _capacities(need: Need, partner: Partner, setting: _Setting) -> Facts:
    left = partner.projects_left
    return Facts(shown.NONE, shown.NONE if left is None else Shown("count", left))


def _places(need: Need, partner: Partner, setting: _Setting) -> Facts:
    return Facts(shown.one("territory", need.state.code), Shown("territories", (tuple(sorted(partner.presence)), ())))


def _is_present(need: Need, partner: Partner) -> bool:
    return bool(partner.presence) and not reach(need.state, partner.presence, frozenset()).failed


PARTNER_RULES: Final = (
    _Rule(
        "partner_other",
        lambda need, partner, setting: (
            PARTNER_IS_REQUESTER if partner.partner_id == need.requester_id else PARTNER_IS_OTHER
        ),
        lambda need, partner, setting: Facts(
            shown.one("party", need.requester_id), shown.one("party", partner.partner_id)
        ),
    ),
    _Rule(
        "partner_consent",
        lambda need, partner, setting: CONSENT_GIVEN if partner.consents else CONSENT_MISSING,
        lambda need, partner, setting: Facts(shown.NONE, shown.one("yes_no", partner.consents)),
    ),
    _Rule(
        "partner_conflict",
        lambda need, partner, setting: (
            NO_CONFLICT if partner.conflicts.isdisjoint(_parties(need, setting)) else CONFLICT
        ),
        lambda need, partner, setting: Facts(
            shown.NONE, shown.one("yes_no", not partner.conflicts.isdisjoint(_parties(need, setting)))
        ),
    ),
    _Rule(
        "partner_presence",
        lambda need, partner, setting: PRESENT if _is_present(need, partner) else ABSENT,
        _places,
    ),
    _Rule(
        "partner_area",
        lambda need, partner, setting: AREA_KNOWN if need.area in partner.areas else AREA_NOT_KNOWN,
        lambda need, partner, setting: Facts(shown.one("area", need.area), shown.codes("areas", partner.areas)),
    ),
    _Rule(
        "partner_type",
        lambda need, partner, setting: TYPE_NOT_KNOWN if need.types.isdisjoint(partner.types) else TYPE_KNOWN,
        lambda need, partner, setting: Facts(shown.codes("types", need.types), shown.codes("types", partner.types)),
    ),
    _Rule("partner_language", _language, _languages),
    _Rule("partner_capacity", _capacity, _capacities),
)
"""All rules, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class _Criterion:
    code: str
    measure: Callable[[Need, Partner, _Setting], Measure]
    facts: Callable[[Need, Partner, _Setting], Facts]

    def row(self, need: Need, partner: Partner, setting: _Setting, weight: int) -> LedgerRow:
        degree, reason = self.measure(need, partner, setting)
        facts = self.facts(need, partner, setting)
        sentence = facts.sentence(f"{self.code}.{reason}")
        return LedgerRow(self.code, facts.need, facts.offer, degree, weight, degree * weight, sentence)


def _type_fit(need: Need, partner: Partner, setting: _Setting) -> Measure:
    """The share of the types asked for that the partner can give."""
    return share(len(need.types & partner.types), len(need.types)), "share"


def _technology_fit(need: Need, partner: Partner, setting: _Setting) -> Measure:
    """The share of the technologies asked for that the partner knows."""
    if isinstance(need.technologies, NotDisclosed):
        return UNDISCLOSED
    if not need.technologies:
        return HALF, "none_asked"
    return share(len(need.technologies & partner.technologies), len(need.technologies)), "share"


def _presence(need: Need, partner: Partner, setting: _Setting) -> Measure:
    """The closer to the State, the more: country, subregion, region, the world."""
    if not partner.presence:
        return 0, "not_reached"
    return GEOGRAPHY.get(reach(need.state, partner.presence, frozenset()).code, (0, "not_reached"))


def experience(need: Need, partner: Partner, as_of: date) -> int:
    """Points for finished projects like the need: in its area and region one each, in its State itself two.

    Only for those that ended in the last five years.
    """
    near = {code for code, _ in need.state.chain}
    return sum(
        1 + (need.state.code in project.territories)
        for project in partner.finished
        if need.area in project.areas
        and not near.isdisjoint(project.territories)
        and 0 <= (as_of - project.ended_on).days <= RECENT_DAYS
    )


def _experience(need: Need, partner: Partner, setting: _Setting) -> Measure:
    """Finished projects in the area and the region or State; full marks from three in the State itself."""
    found = experience(need, partner, setting.as_of)
    return share(found, 2 * FULL_EXPERIENCE), "some" if found else "none"


def _language_fit(need: Need, partner: Partner, setting: _Setting) -> Measure:
    """Full marks where the partner works in the requester's preferred language, half in another."""
    if isinstance(need.languages, NotDisclosed):
        return UNDISCLOSED
    if partner.languages.isdisjoint(need.languages):
        return 0, "not_shared"
    return (UNIT, "preferred") if need.languages[0] in partner.languages else (HALF, "other_shared")


PARTNER_CRITERIA: Final = (
    _Criterion(
        "partner_type",
        _type_fit,
        lambda need, partner, setting: Facts(shown.codes("types", need.types), shown.codes("types", partner.types)),
    ),
    _Criterion(
        "partner_technology",
        _technology_fit,
        lambda need, partner, setting: Facts(
            shown.codes("technologies", need.technologies), shown.codes("technologies", partner.technologies)
        ),
    ),
    _Criterion("partner_presence", _presence, _places),
    _Criterion(
        "partner_experience",
        _experience,
        lambda need, partner, setting: Facts(
            shown.one("area", need.area), Shown("count", experience(need, partner, setting.as_of))
        ),
    ),
    _Criterion("partner_language", _language_fit, _languages),
)
"""All criteria, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class PartnerWeights:
    """A version of the weights of the criteria for partners: code -> share in millionths.

    Raises ValueError unless every criterion stands once and all together are exactly one.
    """

    version: str
    shares: tuple[tuple[str, int], ...]

    def __post_init__(self) -> None:
        codes = [criterion.code for criterion in PARTNER_CRITERIA]
        if sorted(code for code, _ in self.shares) != sorted(codes):
            raise ValueError("every criterion for partners needs exactly one weight")
        if any(value < 0 for _, value in self.shares) or sum(value for _, value in self.shares) != UNIT:
            raise ValueError("the weights for partners must add up to one")


DEFAULT_PARTNER_WEIGHTS: Final = PartnerWeights(
    "2026.1",
    (
        ("partner_type", 250_000),
        ("partner_technology", 100_000),
        ("partner_presence", 250_000),
        ("partner_experience", 250_000),
        ("partner_language", 150_000),
    ),
)


@dataclass(frozen=True, slots=True)
class SuggestedPartner:
    """A partner with its rules; place, score and ledger only where it is suggested."""

    partner_id: str
    place: int | None
    score: int | None
    rules: tuple[RuleResult, ...]
    ledger: tuple[LedgerRow, ...]

    @property
    def failing(self) -> tuple[RuleResult, ...]:
        """The rules that keep it from being suggested: why not."""
        return tuple(rule for rule in self.rules if rule.outcome is Outcome.FAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerSuggestions:
    """Partners for one need: those suggested, best first, and the others by identifier with what fails."""

    engine_version: str
    input_hash: str
    weights_version: str
    as_of: date
    need_id: str
    suggested: tuple[SuggestedPartner, ...]
    others: tuple[SuggestedPartner, ...]


def suggest_partners(
    need: Need,
    partners: Iterable[Partner],
    *,
    as_of: date,
    donor_id: str | None = None,
    weights: PartnerWeights = DEFAULT_PARTNER_WEIGHTS,
) -> PartnerSuggestions:
    """Suggest who could carry the need out, to the State or to a donor (`donor_id`, whose conflicts count too).

    A suggestion asks the partner nothing and promises nothing. The order of the input never matters. Give only partners
    that the reader may see. Raises ValueError when a partner stands twice.
    """
    given = sorted(partners, key=lambda partner: partner.partner_id)
    check_unique([partner.partner_id for partner in given])
    setting, weight = _Setting(donor_id, as_of), dict(weights.shares)
    scored: list[SuggestedPartner] = []
    others: list[SuggestedPartner] = []
    for partner in given:
        rules = tuple(rule.result(need, partner, setting) for rule in PARTNER_RULES)
        if any(rule.outcome is Outcome.FAIL for rule in rules):
            others.append(SuggestedPartner(partner.partner_id, None, None, rules, ()))
            continue
        ledger = tuple(c.row(need, partner, setting, weight[c.code]) for c in PARTNER_CRITERIA)
        scored.append(SuggestedPartner(partner.partner_id, None, sum(row.points for row in ledger), rules, ledger))
    scored.sort(key=lambda entry: (-(entry.score or 0), entry.partner_id))
    return PartnerSuggestions(
        engine_version=ENGINE_VERSION,
        input_hash=input_hash(
            {"need": need, "partners": given, "weights": weights, "as_of": as_of, "donor_id": donor_id}
        ),
        weights_version=weights.version,
        as_of=as_of,
        need_id=need.need_id,
        suggested=tuple(
            SuggestedPartner(entry.partner_id, place, entry.score, entry.rules, entry.ledger)
            for place, entry in enumerate(scored, start=1)
        ),
        others=tuple(others),
    )
