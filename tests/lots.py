"""What a run leaves to the lot, and what a second database repeats.

`make test` must stay short, so a part of what looks alike is drawn anew each day; `--whole` leaves nothing out. The lot
is printed at the head of each run.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

import pytest

WHOLE: Final = bool(os.environ.get("WAM_TEST_WHOLE"))
LOT: Final = int(os.environ.get("WAM_TEST_LOT") or datetime.now(UTC).date().toordinal())
AGAIN: Final = bool(os.environ.get("WAM_TEST_AGAIN"))
"""Whether this run repeats on a second database what another ran on the first."""
ONE_IN: Final = 3

Thing = TypeVar("Thing")


def drawn(things: Sequence[Thing], what: str) -> list[Thing]:
    """One in three of these, in their order; all of them where nothing is left to the lot."""
    if WHOLE:
        return list(things)
    places = random.Random(f"{LOT} {what}").sample(range(len(things)), -(-len(things) // ONE_IN))
    return [things[place] for place in sorted(places)]


def is_drawn(item: pytest.Item) -> bool:
    """Whether this test is among the one in three; each by itself, so that all processes draw alike."""
    return random.Random(f"{LOT} {item.nodeid}").randrange(ONE_IN) == 0


def is_page(item: pytest.Item) -> bool:
    """Whether a test asks for pages or the API: what they read and write is tested by itself, on every database."""
    asking = ("/views/", "/api/", "/access/")
    return any(folder in item.nodeid for folder in asking) and not item.get_closest_marker("every_database")


def depends_on_database(item: pytest.Item) -> bool:
    """Whether the outcome could be another on another database: not where none is touched, nor for the browser."""
    if item.get_closest_marker("browser") or "chromium" in getattr(item, "fixturenames", ()):
        return False
    if item.get_closest_marker("every_database") or item.get_closest_marker("django_db"):
        return True
    # (the plugin gives every test its blocker)
    touching = {"db", "transactional_db", "django_db_setup", "live_server"}
    return not touching.isdisjoint(getattr(item, "fixturenames", ()))
