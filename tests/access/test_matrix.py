"""Every route, as everybody: what is one's own is shown, and nothing of anybody else's ever is."""

from __future__ import annotations

import random

import pytest

from tests.access.matrix import Matrix, is_closed, run_sample
from tests.access.realm import Realm
from tests.access.verdict import SEED, verdict
from tests.lots import AGAIN, LOT, drawn

pytestmark = [pytest.mark.django_db, pytest.mark.every_database]


@pytest.mark.parametrize("half", [0, 1])
def test_what_is_ones_own_is_shown_and_nothing_else(realm: Realm, half: int) -> None:
    """In two halves, so that two processes share the longest test of all."""
    matrix = Matrix(realm)
    matrix.rows = matrix.rows[half::2]
    if AGAIN:
        matrix.rows = drawn(matrix.rows, "rows of the access table")
    run_sample(matrix, random.Random(f"{SEED} {LOT}"), drawn(matrix.rows, "rows tried in every way"))
    assert not matrix.report.problems, verdict(matrix, SEED)
    # Every cell that opens something was tried, and every trial was judged.
    opening = {
        (row.route, row.kind, hat.column)
        for row in matrix.rows
        for hat in matrix.hats_for(row)
        if not is_closed(matrix.cell(row, hat))
    }
    assert opening
    assert opening <= matrix.report.cells
    assert matrix.report.effective > 8 * len(matrix.rows)
