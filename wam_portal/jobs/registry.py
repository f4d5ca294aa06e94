"""Which function does which kind of job; the apps' `tasks.py` register theirs when Django starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from wam_portal.jobs.runner import JobContext

Handler = Callable[["JobContext", dict[str, Any]], None]

HANDLERS: Final[dict[str, Handler]] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the decorated function for jobs of `kind` ("app.verb_noun")."""

    def register(function: Handler) -> Handler:
        if kind in HANDLERS:
            raise ValueError(f"two handlers for {kind!r}")
        HANDLERS[kind] = function
        return function

    return register
