"""What a dossier is made from: a released request, for whom, and in which language; and the key of the result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from assessments.public import ReleasedRequest
from cooperation.enums import Audience
from wam_portal.canonical import content_hash
from wam_portal.documents import software_digest

LAYOUT: Final = 1
"""Raise when the builder of the content changes what it says; changed templates are noticed by themselves."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Whom a copy was made for: printed on the cover and in the head of every page."""

    party: str
    grant_uuid: UUID | None = None
    purpose: str = ""
    expires_on: str = ""


@dataclass(frozen=True, slots=True)
class DossierInput:
    """All that the bytes of a dossier depend on, besides the software. `language` is a code of the settings."""

    released: ReleasedRequest
    audience: Audience
    mark: Mark
    language: str

    @property
    def bound_hash(self) -> str:
        """The release's hash; for an endorsed preview that of the version; empty for a draft."""
        return self.released.release_hash


def dossier_input(released: ReleasedRequest, *, for_party: str, language: str) -> DossierInput:
    """Put together what a dossier is made from; a release under a grant becomes that grant's copy."""
    if released.grant_uuid is None:
        return DossierInput(released, Audience.NATIONAL, Mark(for_party), language)
    # A grant ends at the first moment of a day; what a reader wants to know is the last day on which it holds.
    expires = (released.expires_at - timedelta(microseconds=1)).date().isoformat() if released.expires_at else ""
    mark = Mark(for_party, released.grant_uuid, released.purpose, expires)
    return DossierInput(released, Audience.GRANT, mark, language)


def render_key(source: DossierInput) -> str:
    """SHA-256 (64 hex digits) of everything that the file's bytes depend on: one file for each key."""
    released = source.released
    return content_hash(
        "wam-dossier",
        {
            "release": source.bound_hash,
            "request": str(released.request_uuid),
            "content": released.content,
            "keys": sorted(released.keys),
            "audience": source.audience.value,
            "mark": _mark_values(source.mark),
            "level": released.level,
            "draft": released.is_draft,
            "dates": [_iso(released.released_on), _iso(released.endorsed_on)],
            "language": source.language,
            "layout": LAYOUT,
            **software_digest(source.language, "dossiers"),
        },
    )


def _mark_values(mark: Mark) -> dict[str, str | None]:
    grant = str(mark.grant_uuid) if mark.grant_uuid else None
    return {"party": mark.party, "grant": grant, "purpose": mark.purpose, "expires": mark.expires_on}


def _iso(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())
