"""Who looks and who acts: the values that every selector and every service takes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.functional import Promise

from wam_portal.errors import Refused

if TYPE_CHECKING:
    from wam_portal.accounts.models import Party, User

SYSTEM_PURPOSES: Final = frozenset({"matching", "dossier", "demo", "framework"})


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person acting for one party with the roles held there."""

    user: User
    party: Party
    roles: frozenset[str]

    def has_role(self, *roles: str) -> bool:
        """Tell whether any of the roles is held for the acting party."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class SystemViewer:
    """A background job; what it makes is filtered again for its reader."""

    purpose: str

    def __post_init__(self) -> None:
        if self.purpose not in SYSTEM_PURPOSES:
            raise ValueError(f"unknown system purpose {self.purpose!r}")


@dataclass(frozen=True, slots=True)
class PlatformViewer:
    """A platform administrator who acts for no party: sees and changes what belongs to the platform, no State's."""

    user: User


AnyViewer = Viewer | SystemViewer
PlatformActor = AnyViewer | PlatformViewer
"""Whoever may look at or change what belongs to the platform, such as its frameworks."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something is allowed; a refusal says why and who could do it.

    `roles` are those whose holders could, for pages that name the people where they are few.
    """

    allowed: bool
    reason: str | Promise = ""
    who: str | Promise = ""
    roles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED: Final = Decision(True)


def refuse(reason: str | Promise, who: str | Promise = "", *, roles: tuple[str, ...] = ()) -> Decision:
    """Make a refusal."""
    return Decision(False, reason, who, roles)


def require(decision: Decision) -> None:
    """Raise `Refused` unless the decision allows it."""
    if not decision:
        raise Refused(decision)
