"""Counting working days. Pure. Public holidays are not counted: the portal knows of none."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from cooperation.enums import Weekend

CLOSED: Final[dict[str, frozenset[int]]] = {
    Weekend.SAT_SUN: frozenset({5, 6}),
    Weekend.FRI_SAT: frozenset({4, 5}),
    Weekend.THU_FRI: frozenset({3, 4}),
    Weekend.FRI: frozenset({4}),
    Weekend.SUN: frozenset({6}),
}
"""Days of the week, Monday is 0."""


def working_days_after(day: date, count: int, weekend: str) -> date:
    """The last of `count` working days that follow `day`; `day` itself for none."""
    closed = CLOSED[weekend]
    while count > 0:
        day += timedelta(days=1)
        count -= day.weekday() not in closed
    return day
