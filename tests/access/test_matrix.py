"""Every route, as everybody: what is one's own is shown, and nothing of anybody else's ever is."""

from __future__ import annotations

import random

import pytest

from tests.access.matrix import Matrix, run_sample
from tests.access.realm import Realm
from tests.access.verdict import SEED, verdict
from tests.lots import AGAIN, drawn

pytestmark = pytest.mark.django_db


def test_what_is_ones_own_is_shown_and_nothing_else(realm: Realm) -> None:
    matrix, seed = Matrix(realm), SEED
    if AGAIN:
        matrix.rows = drawn(matrix.rows, "rows of the access table")
    run_sample(matrix, random.Random(seed))
    assert not matrix.report.problems, verdict(matrix, seed)
    # Every cell was tried, and every trial was judged.
    assert len(matrix.report.cells) == len(matrix.rows) * 11
    assert matrix.report.effective > 16 * len(matrix.rows)
