"""The objects of the world that an address can name, with whose they are and what they show."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from django.db import models

NOWHERE = UUID("c0ffee00-0000-4000-8000-000000000000")
MISSING_PK = 987654321


@dataclass(frozen=True)
class Record:
    """An object of some kind ("request.draft") that belongs to `sides`; whoever else asks for it finds nothing.

    `values` are for the parameters of addresses; `shows` are the canaries that its page must hold, by label.
    """

    kind: str
    sides: frozenset[str]
    values: dict[str, Any]
    shows: dict[str, str]
    obj: models.Model | None = None

    def missing(self) -> Record:
        """The same address for something that does not exist: every identifier is one that was never given."""
        values = {
            name: uuid5(NOWHERE, str(value)) if isinstance(value, UUID) else value
            for name, value in self.values.items()
        }
        values |= {name: MISSING_PK for name in values if isinstance(values[name], int)}
        return Record(self.kind, frozenset(), values, {}, self.obj)


@dataclass
class Records:
    """All records of a world."""

    _all: list[Record] = field(default_factory=list)

    def add(
        self, kind: str, sides: str, values: dict[str, Any], shows: dict[str, str], obj: models.Model | None = None
    ) -> Record:
        """Add an object of the parties named in `sides`, words apart by spaces."""
        record = Record(kind, frozenset(sides.split()), values, shows, obj)
        self._all.append(record)
        return record

    def own(self, kind: str, side: str) -> list[Record]:
        """What a party has of a kind."""
        return [record for record in self._all if record.kind == kind and side in record.sides]

    def foreign(self, kind: str, side: str) -> list[Record]:
        """What others have of a kind."""
        return [record for record in self._all if record.kind == kind and side not in record.sides]

    def of_kind(self, kind: str) -> list[Record]:
        """Everything of a kind. Raises `KeyError` where there is none, which is a mistake in the table."""
        found = [record for record in self._all if record.kind == kind]
        if not found:
            raise KeyError(f"no record of kind {kind!r}; the realm has {sorted({record.kind for record in self._all})}")
        return found
