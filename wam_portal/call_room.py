"""Room on the interpreter's stack for the deep calls of a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

ROOM: Final = 17_000
"""Slots of eight bytes: a little over half of the 256 KiB that the interpreter then takes, so that the rest is free."""


def with_room(call: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """The same call, with room for some 150 KiB of Python frames below it.

    CPython 3.11 and later keep the frames of a thread in pieces of 16 KiB and give a piece back to the system as soon
    as its first frame returns. A template is rendered some hundred frames deep; where its loops happen to stand at the
    end of a piece, every small call in them asks the system for memory and returns it. One frame that says it is large
    makes the interpreter take one large piece for the whole request. The pages of it that are not used cost nothing.
    """

    def roomy(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        return call(*args, **kwargs)

    roomy.__code__ = roomy.__code__.replace(co_stacksize=ROOM)
    return roomy
