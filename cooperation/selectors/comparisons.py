"""Several matches side by side: of one need for its State, of one offer for its donor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cooperation.models import Match
from cooperation.models.matches import MatchQuerySet
from cooperation.selectors.ledgers import LedgerLine, Review, RuleLine, names_in, review_of
from cooperation.selectors.matches import matches_for, matches_of_need
from cooperation.selectors.offers import own_offer
from cooperation.selectors.wording import Presenter
from wam_portal.access import Viewer

MOST_COMPARED: Final = 5
MOST_OFFERED: Final = 50
"""So many matches, the best, can be chosen from."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule, with how it came out in each match; None where a match does not hold it."""

    label: str
    cells: tuple[RuleLine | None, ...]

    @property
    def met_by_all(self) -> bool:
        """Whether there is nothing to compare, because every match meets it."""
        return all(cell is not None and cell.state == "passed" for cell in self.cells)


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One criterion, with both values, points and reason in each match; None where a match does not hold it."""

    label: str
    weight: float | None
    cells: tuple[LedgerLine | None, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The matches in their order, with all that is compared."""

    matches: tuple[Match, ...]
    totals: tuple[float, ...]
    rules: tuple[RuleRow, ...]
    criteria: tuple[CriterionRow, ...]


def comparable_of_need(viewer: Viewer, need_uuid: UUID) -> list[Match]:
    """The best matches of one need of one's own State. Raises `NotVisible` for another State's need."""
    return _best(matches_of_need(viewer, need_uuid))


def comparable_of_offer(viewer: Viewer, offer_uuid: UUID) -> list[Match]:
    """The best matches of one's own offer. Raises `NotVisible` for another's."""
    return _best(matches_for(viewer).filter(offer=own_offer(viewer, offer_uuid)))


def chosen_of(matches: Sequence[Match], wanted: Iterable[str]) -> list[Match]:
    """Those that are wanted by their identifier, in the order of `matches`; where none is, the best eligible ones."""
    words = {str(word) for word in wanted}
    named = [match for match in matches if str(match.uuid) in words]
    fit = [match for match in matches if match.eligible]
    return named or list((fit or matches)[:MOST_COMPARED])


def compare_matches(matches: Sequence[Match]) -> Comparison:
    """Rules on top, then every criterion. One query for the names in all of them."""
    presenter = Presenter(names_in(*matches)) if matches else Presenter()
    reviews = [review_of(match, presenter) for match in matches]
    return Comparison(
        matches=tuple(matches),
        totals=tuple(review.total for review in reviews),
        rules=_rule_rows(reviews),
        criteria=_criterion_rows(reviews),
    )


def _best(matches: MatchQuerySet) -> list[Match]:
    return list(matches.select_related("offer", "donor", "state", "run")[:MOST_OFFERED])


def _rule_rows(reviews: Sequence[Review]) -> tuple[RuleRow, ...]:
    """What some match fails first, then what is open, then what all meet."""
    columns = [{rule.label: rule for rule in (*review.failed, *review.open, *review.passed)} for review in reviews]
    labels = dict.fromkeys(label for column in columns for label in column)
    rank = {"failed": 0, "open": 1, "passed": 2}
    rows = [RuleRow(label, tuple(column.get(label) for column in columns)) for label in labels]
    return tuple(sorted(rows, key=lambda row: min(rank[cell.state] for cell in row.cells if cell)))


def _criterion_rows(reviews: Sequence[Review]) -> tuple[CriterionRow, ...]:
    columns = [{line.label: line for line in review.rows} for review in reviews]
    labels = dict.fromkeys(label for column in columns for label in column)
    return tuple(_criterion_row(label, [column.get(label) for column in columns]) for label in labels)


def _criterion_row(label: str, cells: Sequence[LedgerLine | None]) -> CriterionRow:
    """The weight stands once where all runs used the same."""
    weights = {cell.weight for cell in cells if cell}
    return CriterionRow(label, weights.pop() if len(weights) == 1 else None, tuple(cells))
