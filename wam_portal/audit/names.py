"""The names of what the log speaks of, as far as its reader may see them.

The log itself holds identifiers only: what something is called stays where it was written, under the rules of who
reads it there. Each app says through the setting `AUDIT_NAMES` how its kinds of objects are found and called.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import CharField, Expression, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, NullIf
from django.utils.module_loading import import_string

from wam_portal.access import Viewer
from wam_portal.accounts.models import Invitation, Membership, Party
from wam_portal.audit.models import Event

_HEX_OF_UUID = 32


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of objects is found and called.

    `rows`: those that a viewer may see. `name`: the field or expression that names them. `key`: the field by which the
    log knows them. `say`: what a name is to a reader, where the field holds a code.
    """

    rows: Callable[[Viewer], QuerySet[Any]]
    name: Expression | str
    key: str = "uuid"
    say: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class LogNames:
    """The names of one app: its kinds of objects, and which detail of an event holds identifiers of which kind."""

    kinds: Mapping[str, Kind]
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Names:
    """What was found, by kind and identifier."""

    found: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def of_target(self, event: Event) -> str:
        """What an event happened to; nothing where the reader may not see it, or it is gone."""
        return self.found.get((event.target_type, event.target_id), "")

    def of_detail(self, detail: str, identifier: object) -> str:
        """What one identifier among the details of an event stands for."""
        return self.found.get((_names().details.get(detail, ""), str(identifier)), "")


def names_for(viewer: Viewer, events: Sequence[Event]) -> Names:
    """The names of all that these events speak of, in one query however many kinds there are."""
    wanted: dict[str, set[str]] = {}
    for name, identifier in _identifiers(events):
        wanted.setdefault(name, set()).add(identifier)
    if not wanted:
        return Names()
    first, *others = (_rows(viewer, name, identifiers) for name, identifiers in sorted(wanted.items()))
    kinds = _names().kinds
    return Names({(kind, _plain(key)): kinds[kind].say(text) for kind, key, text in first.union(*others, all=True)})


def _rows(viewer: Viewer, name: str, identifiers: Iterable[str]) -> QuerySet[Any, tuple[str, str, str]]:
    kind = _names().kinds[name]
    rows = kind.rows(viewer).filter(**{f"{kind.key}__in": identifiers}).order_by()
    text = F(kind.name) if isinstance(kind.name, str) else kind.name
    return rows.values_list(Value(name, output_field=CharField()), Cast(kind.key, CharField()), Cast(text, CharField()))


def _plain(key: str) -> str:
    """The identifier as the log writes it; some databases keep a UUID without its hyphens."""
    return str(UUID(key)) if len(key) == _HEX_OF_UUID else key


def _identifiers(events: Iterable[Event]) -> Iterator[tuple[str, str]]:
    known = _names()
    for event in events:
        if event.target_type in known.kinds:
            yield event.target_type, event.target_id
        for detail, value in event.changes.items():
            if detail in known.details:
                for one in value if isinstance(value, list) else [value]:
                    yield known.details[detail], str(one)


def _named_or(name: str, address: str) -> Expression:
    """What a person is called; the address of somebody who gave no name."""
    return Coalesce(NullIf(F(name), Value("")), F(address), output_field=CharField())


PLATFORM: Final = LogNames(
    kinds={
        "Invitation": Kind(Invitation.objects.visible_to, _named_or("full_name", "email")),
        "Membership": Kind(Membership.objects.visible_to, _named_or("user__full_name", "user__email"), key="pk"),
        "Party": Kind(lambda viewer: Party.objects.filter(pk=viewer.party.pk), "name"),
        # Somebody else's account is nobody's business: a person has a name here as a member, now or once.
        "User": Kind(Membership.objects.visible_to, _named_or("user__full_name", "user__email"), key="user__uuid"),
    },
    details={"invitation": "Invitation", "member": "User"},
)


@cache
def _names() -> LogNames:
    known: list[LogNames] = [PLATFORM, *(import_string(path) for path in settings.AUDIT_NAMES)]
    return LogNames(
        kinds=ChainMap(*(dict(names.kinds) for names in known)),
        details=ChainMap(*(dict(names.details) for names in known)),
    )
