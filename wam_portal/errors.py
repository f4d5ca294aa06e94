"""Errors that every layer may raise; `middleware.ErrorPages` and the API turn them into answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wam_portal.access import Decision


class PortalError(Exception):
    """An expected refusal with a message that a person can act on."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refused(PortalError):
    """You may see the object but not do this to it; carries the reason and who could."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(str(decision.reason))
        self.decision = decision


class NotVisible(PortalError):
    """The object does not exist for this viewer: missing and foreign look the same."""

    def __init__(self) -> None:
        super().__init__("")


class Conflict(PortalError):
    """Somebody saved before you; `current` is the stored object as it stands now."""

    def __init__(self, message: str, *, current: Any) -> None:
        super().__init__(message)
        self.current = current


class Invalid(PortalError):
    """Input that breaks a rule, as messages by field name ("" for the whole form)."""

    def __init__(self, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors: dict[str, list[str]] = {field: [str(text) for text in texts] for field, texts in errors.items()}
        super().__init__(" ".join(text for texts in self.errors.values() for text in texts))


class Problems:
    """Lets several checks speak before anything is refused, so that a person reads all at once."""

    def __init__(self) -> None:
        self.errors: dict[str, list[str]] = {}

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note what a check within raises as `Invalid`, and go on after it."""
        try:
            yield
        except Invalid as invalid:
            for field, texts in invalid.errors.items():
                self.errors.setdefault(field, []).extend(texts)

    def tell(self) -> None:
        """Raise `Invalid` with all that was noted, if anything was."""
        if self.errors:
            raise Invalid(self.errors)


class JobCancelled(PortalError):
    """The job was cancelled while it worked."""


class LostLease(PortalError):
    """Another worker has taken this job over; what this one made must not be published."""
