"""What the engine is given: plain frozen values, no database, no clock.

Conventions
- Identifiers are text, stable across versions and releases (UUIDs in their canonical lower-case form).
- A share or a degree is an integer in *millionths* (`UNIT` = 1), so that nothing is ever a float.
- `NOT_DISCLOSED` stands for a field that the grant does not show to this recipient. It is never guessed:
  a rule on it neither passes nor fails, a criterion on it scores a fixed half, and both say so.
- In an `Offer`, an empty set means that the donor sets no limit (all areas, everywhere, any language, ...).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum, StrEnum
from typing import Final, TypeAlias, TypeVar

from cooperation.matching.money import Amount, Money

UNIT: Final = 1_000_000
"""One, in millionths."""

WORLD: Final = "001"
"""The UN M49 code of the world, root of every territory's chain."""


class NotDisclosed(Enum):
    """Type of the one sentinel for a field that the viewer's grant does not show."""

    NOT_DISCLOSED = "not_disclosed"


NOT_DISCLOSED: Final = NotDisclosed.NOT_DISCLOSED

T = TypeVar("T")
Maybe: TypeAlias = T | NotDisclosed
"""A field that may not be disclosed."""


class Tier(StrEnum):
    """How severe a need is, worst first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class TierCap(StrEnum):
    """Why a need's tier was held at medium although its gaps are worse."""

    NO_BASIS = "no_basis"
    BASELINE_NOT_ENDORSED = "baseline_not_endorsed"


class GeoLevel(StrEnum):
    """How closely an offer names the requesting State."""

    COUNTRY = "country"
    SUBREGION = "subregion"
    REGION = "region"
    GLOBAL = "global"


class StrategyLevel(StrEnum):
    """Whose strategy a need serves."""

    NATIONAL = "national"
    REGIONAL = "regional"


@dataclass(frozen=True, slots=True)
class Territory:
    """A State with the regions above it, nearest first: subregion(s), then region, then the world.

    `ancestors` may leave the world out; `chain` always ends with it.
    """

    code: str
    ancestors: tuple[str, ...] = ()
    chain: tuple[tuple[str, GeoLevel], ...] = field(init=False, repr=False, compare=False)
    """(code, level) from the State itself up to the world. The last region below the world is the *region*, any
    region between it and the State is a *subregion*. Worked out, never stored."""

    def __post_init__(self) -> None:
        regions = [code for code in self.ancestors if code != WORLD]
        if len({self.code, *regions}) != len(regions) + 1:
            raise ValueError(f"a code stands twice in the chain of territory {self.code}")
        links = [(self.code, GeoLevel.COUNTRY)]
        links += [(code, GeoLevel.SUBREGION) for code in regions[:-1]]
        links += [(code, GeoLevel.REGION) for code in regions[-1:]]
        object.__setattr__(self, "chain", (*links, (WORLD, GeoLevel.GLOBAL)))


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start` to `end`, both included. Raises ValueError when it ends before it starts."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("a period must not end before it starts")

    @property
    def days(self) -> int:
        """Length in days, at least 1."""
        return (self.end - self.start).days + 1

    def overlap_days(self, other: "Period") -> int:
        """Days that both share; 0 when they stand apart."""
        return max(0, (min(self.end, other.end) - max(self.start, other.start)).days + 1)


@dataclass(frozen=True, slots=True)
class Strategy:
    """A national or regional strategy, plan or instrument that a need serves."""

    code: str
    level: StrategyLevel


def _check_share(value: object, name: str) -> None:
    if value is None or value is NOT_DISCLOSED:
        return
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= UNIT:
        raise ValueError(f"{name} must be a whole number of millionths from 0 to {UNIT}")


GENDER_MARKERS: Final = (0, 1, 2)
"""Not targeted, significant, principal (the OECD-DAC scale). "Not screened" is None, never 0."""


def _check_marker(value: int) -> None:
    if value not in GENDER_MARKERS:
        raise ValueError("the gender marker is 0, 1 or 2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """How ready the requesting State is to use help.

    endorsed_baseline: whether a baseline was endorsed. baseline_endorsed_on: when (None: never); its age is
    counted to `as_of`. completeness: of the request, in millionths. co_funding_share: the State's own part of the
    cost, in millionths. sustainment: maintenance and training are included (None: no equipment is asked for).
    """

    endorsed_baseline: Maybe[bool] = NOT_DISCLOSED
    baseline_endorsed_on: Maybe[date | None] = NOT_DISCLOSED
    completeness: Maybe[int] = NOT_DISCLOSED
    co_funding_share: Maybe[int] = NOT_DISCLOSED
    sustainment: Maybe[bool | None] = NOT_DISCLOSED

    def __post_init__(self) -> None:
        _check_share(self.completeness, "completeness")
        _check_share(self.co_funding_share, "co_funding_share")
        if self.endorsed_baseline is True and self.baseline_endorsed_on is None:
            raise ValueError("an endorsed baseline needs the date of its endorsement")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One line of a released request, as far as it was disclosed.

    Always disclosed (every grant level holds them): State, area, types, period, amount or its band.
    amount: None when no money is asked for. languages: working languages, preferred first.
    level, target: of the indicator, as numbers of its scale. gender_marker: 0 to 2; None means not screened, which
    is not 0. oda_eligible: follows from the State, cannot be changed by it. tier_cap: why the tier was held at medium.
    siblings: the other needs of the same request, themselves without siblings; used by the rule on the floor only.
    Raises ValueError for values that contradict each other.
    """

    need_id: str
    request_id: str
    requester_id: str
    state: Territory
    area: str
    types: frozenset[str]
    period: Period
    amount: Amount | None
    applicant_kind: str
    requested_on: date
    technologies: Maybe[frozenset[str]] = NOT_DISCLOSED
    languages: Maybe[tuple[str, ...]] = NOT_DISCLOSED
    tier: Maybe[Tier] = NOT_DISCLOSED
    tier_cap: TierCap | None = None
    level: Maybe[int | None] = NOT_DISCLOSED
    target: Maybe[int | None] = NOT_DISCLOSED
    lenses: Maybe[frozenset[str]] = NOT_DISCLOSED
    strategies: Maybe[frozenset[Strategy]] = NOT_DISCLOSED
    gender_marker: Maybe[int | None] = NOT_DISCLOSED
    oda_eligible: Maybe[bool] = NOT_DISCLOSED
    readiness: Readiness = Readiness()
    siblings: tuple["Need", ...] = ()

    def __post_init__(self) -> None:
        if not self.types:
            raise ValueError("a need asks for at least one type of assistance")
        if isinstance(self.gender_marker, int):
            _check_marker(self.gender_marker)
        if isinstance(self.languages, tuple) and len(set(self.languages)) != len(self.languages):
            raise ValueError("a language stands twice")
        if self.siblings:
            self._check_siblings()
            object.__setattr__(self, "siblings", tuple(sorted(self.siblings, key=lambda need: need.need_id)))

    def _check_siblings(self) -> None:
        ids = {self.need_id, *(other.need_id for other in self.siblings)}
        if len(ids) != len(self.siblings) + 1:
            raise ValueError("a need stands twice in its request")
        if any(other.siblings for other in self.siblings):
            raise ValueError("a sibling must not carry siblings of its own")
        if any(other.request_id != self.request_id for other in self.siblings):
            raise ValueError("a sibling belongs to the same request")


def with_siblings(needs: Iterable[Need]) -> tuple[Need, ...]:
    """The same needs, each given the others of its request among `needs`; sorted by identifier."""
    requests: dict[str, list[Need]] = defaultdict(list)
    for need in needs:
        requests[need.request_id].append(replace(need, siblings=()))
    whole = [
        replace(need, siblings=tuple(other for other in lines if other is not need))
        for lines in requests.values()
        for need in lines
    ]
    return tuple(sorted(whole, key=lambda need: need.need_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a donor asks of a request. min_gender_marker: 0 to 2; min_co_funding: in millionths. None: not asked."""

    endorsed_baseline: bool = False
    min_gender_marker: int | None = None
    oda_only: bool = False
    min_co_funding: int | None = None

    def __post_init__(self) -> None:
        _check_share(self.min_co_funding, "min_co_funding")
        if self.min_gender_marker is not None:
            _check_marker(self.min_gender_marker)


@dataclass(frozen=True, slots=True, kw_only=True)
class Priorities:
    """What a donor says it would rather support, kind by kind. An empty kind is not stated."""

    areas: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    technologies: frozenset[str] = frozenset()
    lenses: frozenset[str] = frozenset()
    territories: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Help that a donor published.

    Money: `capacity` left, `floor` and `ceiling` per request, all in one currency. In-kind help has no capacity and
    then `requests_left`, the number of requests it can still serve, is required. donor_territory: the code of the
    donor's own State, if it is one. valid_from, valid_until: the days on which the offer stands, both included;
    None: open. period: when the help can be given. technologies, strategies, lenses: what the donor wants
    to support, none of them a hard rule.
    Raises ValueError for values that contradict each other.
    """

    offer_id: str
    donor_id: str
    period: Period
    donor_territory: str | None = None
    areas: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    technologies: frozenset[str] = frozenset()
    included: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    capacity: Money | None = None
    requests_left: int | None = None
    floor: Money | None = None
    ceiling: Money | None = None
    languages: frozenset[str] = frozenset()
    applicant_kinds: frozenset[str] = frozenset()
    conditions: Conditions = Conditions()
    priorities: Priorities = Priorities()
    strategies: frozenset[str] = frozenset()
    lenses: frozenset[str] = frozenset()
    valid_from: date | None = None
    valid_until: date | None = None

    def __post_init__(self) -> None:
        if self.capacity is None:
            if self.requests_left is None:
                raise ValueError("an offer without money must say how many requests it can serve")
            if self.floor is not None or self.ceiling is not None:
                raise ValueError("floor and ceiling need a capacity in money")
        if self.requests_left is not None and self.requests_left < 0:
            raise ValueError("requests_left must not be negative")
        if len({money.currency for money in (self.capacity, self.floor, self.ceiling) if money}) > 1:
            raise ValueError("capacity, floor and ceiling must be in one currency")
        if self.floor and self.ceiling and self.ceiling.minor < self.floor.minor:
            raise ValueError("the ceiling must not lie below the floor")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("an offer must not end before it starts")


@dataclass(frozen=True, slots=True)
class DeclinedPair:
    """A need and an offer that one side declined; the pair is not proposed again before `review_on`."""

    need_id: str
    offer_id: str
    review_on: date
