"""Several people who write at the same moment, each from a thread and a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import connections

One = TypeVar("One")


def at_once(write: Callable[[One], None], attempts: Sequence[One]) -> None:
    """Let all attempts start together and wait for the last; what `write` does not expect fails the test."""
    start = threading.Barrier(len(attempts))
    faults: list[str] = []

    def run(attempt: One) -> None:
        try:
            start.wait(timeout=30)
            write(attempt)
        except Exception as error:  # noqa: BLE001  (a thread must hand over whatever went wrong)
            faults.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(attempt,)) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
