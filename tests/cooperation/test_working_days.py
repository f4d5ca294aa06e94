"""Working days are counted by the State's own week."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooperation.enums import Weekend
from cooperation.working_days import CLOSED, working_days_after

THURSDAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("weekend", "last"),
    [
        (Weekend.SAT_SUN, date(2026, 12, 3)),
        (Weekend.FRI_SAT, date(2026, 12, 3)),
        (Weekend.THU_FRI, date(2026, 12, 2)),
        (Weekend.FRI, date(2026, 12, 2)),
        (Weekend.SUN, date(2026, 12, 2)),
    ],
)
def test_five_working_days_from_a_thursday(weekend: str, last: date) -> None:
    assert working_days_after(THURSDAY, 5, weekend) == last


@given(day=st.dates(date(2020, 1, 1), date(2060, 1, 1)), count=st.integers(0, 30), weekend=st.sampled_from(Weekend))
def test_exactly_that_many_open_days_lie_between(day: date, count: int, weekend: Weekend) -> None:
    last = working_days_after(day, count, weekend)
    between = [day + timedelta(days=step) for step in range(1, (last - day).days + 1)]
    assert sum(one.weekday() not in CLOSED[weekend] for one in between) == count
    assert not between or between[-1].weekday() not in CLOSED[weekend]
