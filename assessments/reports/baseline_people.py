"""Who was consulted and who endorsed, from what `baseline_record` read to the parts of the national report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import EndorsingAuthority
from assessments.reports.baseline_parts import ConsultedPart, EndorsedPart
from wam_portal.documents import Fact, day_text, label, prose
from wam_portal.formats import format_number, format_percent


def consulted_part(found: Mapping[str, Any] | None) -> ConsultedPart | None:
    """Figures, people and rounds; None where nobody was consulted."""
    if not found:
        return None
    facts = [
        Fact(_("Indicators consulted"), _("%(part)s of %(whole)s") % _part(found["indicators"])),
        Fact(_("Areas consulted"), _("%(part)s of %(whole)s") % _part(found["areas"])),
    ]
    if found["women_percent"] is not None:
        facts.append(Fact(_("Women, of those whose sex was recorded"), format_percent(found["women_percent"])))
    return ConsultedPart(
        facts=tuple(facts),
        kinds=tuple((kind, *map(format_number, counts)) for kind, *counts in found["kinds"]),
        rounds=tuple(
            (
                row["title"],
                " – ".join(day_text(day) for day in (row["from"], row["to"]) if day),
                format_number(row["people"]),
                format_number(row["women"]),
            )
            for row in found["rounds"]
        ),
    )


def _part(share: Sequence[int]) -> dict[str, str]:
    part, whole = map(format_number, share)
    return {"part": part, "whole": whole}


def endorsed_part(record: Mapping[str, Any]) -> EndorsedPart | None:
    """Signatures and the reason for opening again; None where there is neither."""
    found, reopened = record.get("endorsed"), record.get("reopened")
    if not found and not reopened:
        return None
    facts: list[Fact] = []
    signatures: list[tuple[str, ...]] = []
    if found:
        facts.append(Fact(_("Approvers who must sign"), format_number(found["quorum"])))
        signatures = [
            (
                row["name"],
                label(EndorsingAuthority, row["authority"]),
                day_text(row["decided_on"]),
                row["reference"],
                day_text(row["signed_on"]),
            )
            for row in found["signatures"]
        ]
        if not signatures:
            # Versions from before signatures were kept name who endorsed them.
            facts.append(Fact(_("Signed by"), found["endorsed_by"]))
    return EndorsedPart(
        facts=tuple(facts),
        signatures=tuple(signatures),
        reopened=prose(_("Open again, because:"), "reopened", reopened) if reopened else None,
    )
