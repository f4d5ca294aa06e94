"""What the answers of a baseline rest on, indicator by indicator, and how strong that is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from assessments.enums import AnswerRating, Basis
from assessments.evidence_strength import Expiry, Standing, Strength, strength_by_area, worst
from assessments.frameworks.tree import IndicatorView
from assessments.selectors.answers import Given
from assessments.selectors.evidence import LinkedEvidence
from assessments.selectors.record import Record


class MatrixFilter(StrEnum):
    """Which answers the tab of evidence shows."""

    ALL = ""
    NONE = "none"
    EXPIRED = "expired"
    SOON = "soon"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """An indicator with its answer's rating and basis (None where there is none) and what it rests on.

    `expiry` is the worst state among that.
    """

    indicator: IndicatorView
    rating: AnswerRating | None
    basis: Basis | None
    linked: tuple[LinkedEvidence, ...]
    expiry: Expiry

    @property
    def is_gap(self) -> bool:
        """Whether it is rated and rests on nothing."""
        return self.rating == AnswerRating.RATED and not self.linked

    def fits(self, shown: MatrixFilter) -> bool:
        """Whether the filter shows it."""
        match shown:
            case MatrixFilter.NONE:
                return self.is_gap
            case MatrixFilter.EXPIRED:
                return self.expiry is Expiry.EXPIRED
            case MatrixFilter.SOON:
                return self.expiry is Expiry.SOON
            case MatrixFilter.UNKNOWN:
                return self.rating == AnswerRating.UNKNOWN
        return True


@dataclass(frozen=True, slots=True)
class Matrix:
    """The indicators of a baseline that the viewer may read, with what each rests on."""

    rows: tuple[MatrixRow, ...]

    def fitting(self, shown: MatrixFilter) -> list[MatrixRow]:
        """The rows of a filter."""
        return [row for row in self.rows if row.fits(shown)]

    def strength_of(self, sections: Collection[str]) -> dict[str, Strength]:
        """The strength of each of the sections that has an answer, by its key."""
        return strength_by_area(
            Standing(row.indicator.section, row.rating, row.basis, tuple(item.expiry for item in row.linked))
            for row in self.rows
            if row.indicator.section in sections and row.rating is not None and row.basis is not None
        )


def evidence_matrix(record: Record) -> Matrix:
    """What the answers of a record rest on; no statement of its own."""
    return Matrix(
        tuple(
            _row(indicator, record.given.get(indicator.pk), record.linked.get(indicator.pk, ()))
            for indicator in record.shown.indicators
        )
    )


def _row(indicator: IndicatorView, given: Given | None, linked: Sequence[LinkedEvidence]) -> MatrixRow:
    rating, basis = (given.rating, given.basis) if given else (None, None)
    expiry = worst(item.expiry for item in linked) if linked else Expiry.CURRENT
    return MatrixRow(indicator, rating, basis, tuple(linked), expiry)
