"""The whole product of routes, hats, relations and methods, with dossiers as they are really rendered."""

from __future__ import annotations

import pytest

from tests.access.matrix import Matrix, run_full
from tests.access.realm import Realm
from tests.access.verdict import SEED, summary, verdict

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def test_every_relation_and_every_method_of_every_route(rendered_realm: Realm) -> None:
    matrix = Matrix(rendered_realm)
    run_full(matrix)
    print(summary(matrix, SEED))  # noqa: T201 (the figure of the access proof)
    assert not matrix.report.problems, verdict(matrix, SEED)
    assert matrix.report.effective > 200 * len(matrix.rows)
