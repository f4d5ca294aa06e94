"""Why needs stay without a part of their money: read off the finished plan, limit by limit."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Final

from cooperation.matching.portfolio.problem import Problem
from cooperation.matching.portfolio.results import Hindrance, Unmet, UnmetReason

PRECEDENCE: Final = (
    UnmetReason.LEFT_OPEN,
    UnmetReason.DONOR_LIMIT,
    UnmetReason.BELOW_FLOORS,
    UnmetReason.CEILING_REACHED,
    UnmetReason.CAPACITY_EXHAUSTED,
    UnmetReason.NO_ELIGIBLE_OFFER,
)
"""What people can do most about comes first."""


class _State:
    """What a plan uses of every limit."""

    def __init__(self, problem: Problem, grains: Mapping[int, int]) -> None:
        self.problem = problem
        self.of_line: Counter[int] = Counter()
        self.of_source: Counter[int] = Counter()
        self.of_link: Counter[int] = Counter()
        self.donors: dict[int, set[int]] = defaultdict(set)
        self.served: dict[int, set[int]] = defaultdict(set)
        for pair, amount in grains.items():
            link = problem.pair_link[pair]
            self.of_line[problem.pair_line[pair]] += amount
            self.of_source[problem.pair_source[pair]] += amount
            self.of_link[link] += amount
            entry = problem.links[link]
            if entry.new_donor:
                self.donors[entry.request].add(entry.donor)
            if entry.new_request:
                self.served[entry.source].add(entry.request)
        self.link_of = {(link.request, link.source): place for place, link in enumerate(problem.links)}
        self.missing: Counter[tuple[int, int]] = Counter()
        """(request, source) -> grains that the request still misses on lines open to the source."""
        for line, sources in problem.eligible.items():
            left = problem.lines[line].grains - self.of_line[line]
            for source in sources if left else ():
                self.missing[problem.lines[line].request, source] += left

    def hindrance(self, request: int, source: int) -> UnmetReason:
        """What keeps the source from giving more to the request."""
        problem, giver = self.problem, self.problem.sources[source]
        place = self.link_of.get((request, source))
        left = giver.capacity - self.of_source[source]
        if place is None:
            return self._without_link(request, source)
        link = problem.links[place]
        if not left:
            return UnmetReason.CAPACITY_EXHAUSTED
        if self.of_link[place]:
            return UnmetReason.CEILING_REACHED if self.of_link[place] >= link.most else UnmetReason.LEFT_OPEN
        if link.new_request and len(self.served[source]) >= (giver.requests_left or 0):
            return UnmetReason.CAPACITY_EXHAUSTED
        donors = self.donors[request]
        if link.new_donor and link.donor not in donors and len(donors) >= problem.donors_left[request]:
            return UnmetReason.DONOR_LIMIT
        reach = min(left, link.most, self.missing[request, source])
        return UnmetReason.BELOW_FLOORS if reach < link.least else UnmetReason.LEFT_OPEN

    def _without_link(self, request: int, source: int) -> UnmetReason:
        """Why the two were never linked."""
        giver = self.problem.sources[source]
        if not self.problem.donors_left[request]:
            return UnmetReason.DONOR_LIMIT
        return UnmetReason.BELOW_FLOORS if giver.floor else UnmetReason.CEILING_REACHED


def find_unmet(problem: Problem, grains: Mapping[int, int]) -> tuple[Unmet, ...]:
    """Every line that the plan does not fund in full, with what keeps each eligible offer from it."""
    state = _State(problem, grains)
    found = []
    for place, line in enumerate(problem.lines):
        if state.of_line[place] >= line.grains:
            continue
        reasons = Counter(state.hindrance(line.request, source) for source in problem.eligible.get(place, ()))
        hindrances = [Hindrance(reason, reasons[reason]) for reason in PRECEDENCE if reasons[reason]]
        found.append(
            Unmet(
                need_id=line.need.need_id,
                sought=line.grains,
                funded=state.of_line[place],
                hindrances=tuple(hindrances or [Hindrance(UnmetReason.NO_ELIGIBLE_OFFER, 0)]),
            )
        )
    return tuple(found)
