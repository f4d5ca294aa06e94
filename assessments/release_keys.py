"""Which keys of a released request each level of a grant discloses.

The lists are frozen by a test: a new field of a request reaches nobody until it is added here on purpose. Every
level holds State, area, type, period and amount band; site details, narratives and evidence are in none.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from assessments.enums import GrantLevel

ALWAYS: Final = frozenset(
    {
        "state",
        "reference",
        "version",
        "released_on",
        "title",
        "period",
        "currency",
        "needs.uuid",
        "needs.functional_area",
        "needs.assistance_types",
        "needs.technology",
        "needs.amount_band",
    }
)
SUMMARY: Final = ALWAYS | {"objective", "languages", "gender_marker", "oda_eligible", "authority"}
GAPS: Final = SUMMARY | {
    "strategies",
    "baseline",
    "needs.amount",
    "needs.description",
    "needs.tier",
    "needs.includes",
    "needs.gaps",
    "national_contribution",
}
DOSSIER: Final = GAPS | {
    "places",
    "beneficiaries",
    "what_exists",
    "who_helps",
    "sustainability",
    "expected_results",
    "contact",
    "profile",
    "needs.gap_causes",
}
LEVEL_KEYS: Final[dict[GrantLevel, frozenset[str]]] = {
    GrantLevel.SUMMARY: SUMMARY,
    GrantLevel.GAPS: GAPS,
    GrantLevel.DOSSIER: DOSSIER,
}
ALL_KEYS: Final = DOSSIER


def disclosed(content: dict[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """Copy from a release's content what `keys` allow; a key that is not allowed is absent, never empty."""
    allowed = frozenset(keys) | ALWAYS
    shown = {key: value for key, value in content.items() if key in allowed}
    shown["needs"] = [
        {key: value for key, value in need.items() if f"needs.{key}" in allowed} for need in content["needs"]
    ]
    return shown
