"""Evidence strength: shares of rated answers, and the life of an evidence, as pure figures."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import AnswerRating, Basis
from assessments.evidence_strength import Expiry, Share, Standing, expiry_of, strength_by_area, worst

DAY = dt.date(2026, 11, 25)
STANDINGS = st.lists(
    st.builds(
        Standing,
        area=st.sampled_from(["coo", "sto"]),
        rating=st.sampled_from(AnswerRating),
        basis=st.sampled_from(Basis),
        evidence=st.lists(st.sampled_from(Expiry), max_size=3).map(tuple),
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("expires_on", "state"),
    [
        (None, Expiry.CURRENT),
        (DAY - dt.timedelta(days=1), Expiry.EXPIRED),
        (DAY, Expiry.SOON),
        (DAY + dt.timedelta(days=30), Expiry.SOON),
        (DAY + dt.timedelta(days=31), Expiry.CURRENT),
    ],
)
def test_evidence_holds_until_the_end_of_its_last_day(expires_on: dt.date | None, state: Expiry) -> None:
    assert expiry_of(expires_on, DAY) is state


def test_worked_example() -> None:
    law, soon, old = Expiry.CURRENT, Expiry.SOON, Expiry.EXPIRED
    strength = strength_by_area(
        [
            Standing("coo", AnswerRating.RATED, Basis.LAW, (law,)),
            Standing("coo", AnswerRating.RATED, Basis.LAW, (old, soon)),
            Standing("coo", AnswerRating.RATED, Basis.DOCUMENT, (old,)),
            Standing("coo", AnswerRating.UNKNOWN, Basis.NONE, (law,)),
            Standing("sto", AnswerRating.NOT_APPLICABLE, Basis.LAW, (law,)),
        ]
    )
    assert strength["coo"].supported == Share(2, 3)
    assert strength["coo"].supported.percent == 67
    assert strength["coo"].by_basis == {Basis.LAW: Share(2, 2), Basis.DOCUMENT: Share(0, 1)}
    assert (strength["sto"].supported.percent, strength["sto"].by_basis) == (None, {})
    assert worst([law, soon, old]) is old
    assert worst([law, soon]) is soon
    assert worst([]) is Expiry.CURRENT


@given(STANDINGS, STANDINGS)
def test_bases_add_up_and_more_evidence_never_weakens(standings: list[Standing], others: list[Standing]) -> None:
    before = strength_by_area(standings)
    for strength in before.values():
        assert sum(share.whole for share in strength.by_basis.values()) == strength.supported.whole
        assert sum(share.part for share in strength.by_basis.values()) == strength.supported.part
        assert strength.supported.percent is None or 0 <= strength.supported.percent <= 100
    better = [Standing(s.area, s.rating, s.basis, (*s.evidence, Expiry.CURRENT)) for s in standings]
    for area, strength in strength_by_area(better).items():
        assert strength.supported.part == strength.supported.whole >= before[area].supported.part
    assert strength_by_area([*standings, *others]) == strength_by_area([*others, *standings])
