"""What each level of a grant discloses: frozen lists, and proof that nothing else gets out."""

from __future__ import annotations

import json
from typing import Any

import pytest

from assessments.enums import GrantLevel
from assessments.models import AssistanceRequest, FrameworkVersion, Need, Release
from assessments.public import releases_for
from assessments.release_keys import ALL_KEYS, ALWAYS, LEVEL_KEYS
from assessments.services.gaps import describe_root_cause
from tests.assessments.request_factories import (
    endorse,
    endorse_baseline,
    make_draft,
    make_gap,
    rate,
    release_to,
    start_baseline,
)
from tests.personas import Persona
from wam_portal.accounts.models import Party

EVERY_LEVEL = {
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
GOLDEN: dict[str, set[str]] = {
    "summary": EVERY_LEVEL | {"objective", "languages", "gender_marker", "oda_eligible", "authority"},
    "gaps": EVERY_LEVEL
    | {"objective", "languages", "gender_marker", "oda_eligible", "authority"}
    | {"strategies", "baseline", "national_contribution"}
    | {"needs.amount", "needs.description", "needs.tier", "needs.includes", "needs.gaps"},
    "dossier": EVERY_LEVEL
    | {"objective", "languages", "gender_marker", "oda_eligible", "authority"}
    | {"strategies", "baseline", "national_contribution"}
    | {"needs.amount", "needs.description", "needs.tier", "needs.includes", "needs.gaps"}
    | {"places", "beneficiaries", "what_exists", "who_helps", "sustainability", "expected_results", "contact"}
    | {"profile", "needs.gap_causes"},
}
CANARIES: dict[str, str] = {
    "title": "canary-title",
    "objective": "canary-objective",
    "places": "canary-places",
    "beneficiaries": "canary-beneficiaries",
    "what_exists": "canary-exists",
    "who_helps": "canary-helps",
    "sustainability": "canary-sustainability",
    "expected_results": "canary-results",
    "strategies": "canary-strategies",
    "contact": "canary-contact",
}
NEVER = ["canary-narrative", "canary-minority", "canary-dismissed", "canary-purpose", "amina@example.test", "Amina"]


@pytest.fixture
def endorsed(amina: Persona, aldo: Persona, framework: FrameworkVersion) -> AssistanceRequest:
    """An endorsed request of an endorsed baseline in which every text is a canary."""
    assessment = start_baseline(amina, framework)
    gap = make_gap(amina, assessment, "coo-01", 1)
    describe_root_cause(gap=gap, base_version=gap.version, actor=amina.viewer, root_cause="canary-cause")
    rate(amina, assessment, "coo-01", 1, narrative="canary-narrative", minority_note="canary-minority")
    endorse_baseline(amina, aldo, assessment)
    request = make_draft(amina, [gap], **CANARIES)
    Need.objects.filter(request=request).update(description="canary-description")
    endorse(aldo, request)
    return request


def flattened(content: dict[str, Any]) -> set[str]:
    """The keys of a released request as grants name them."""
    needs = {f"needs.{key}" for need in content["needs"] for key in need}
    return (set(content) - {"needs"}) | needs


def test_the_levels_are_frozen() -> None:
    assert {level.value: set(keys) for level, keys in LEVEL_KEYS.items()} == GOLDEN
    assert set(ALWAYS) == EVERY_LEVEL
    assert set(ALL_KEYS) == GOLDEN["dossier"]


@pytest.mark.parametrize("level", ["summary", "gaps", "dossier"])
def test_a_grant_serialises_to_exactly_the_keys_of_its_level(
    aldo: Persona, dana: Persona, donor_one: Party, endorsed: AssistanceRequest, level: str
) -> None:
    release_to(aldo, endorsed, donor_one, level=level)
    [released] = releases_for(dana.viewer)
    assert flattened(released.content) == GOLDEN[level]


@pytest.mark.parametrize("level", ["summary", "gaps", "dossier"])
def test_no_canary_of_another_key_gets_out(
    aldo: Persona, dana: Persona, donor_one: Party, endorsed: AssistanceRequest, level: str
) -> None:
    release_to(aldo, endorsed, donor_one, level=level)
    [released] = releases_for(dana.viewer)
    text = json.dumps(released.content)
    canaries = {**CANARIES, "needs.description": "canary-description", "needs.gap_causes": "canary-cause"}
    assert {key for key, canary in canaries.items() if canary in text} == set(canaries) & GOLDEN[level]
    assert [canary for canary in NEVER if canary in text] == []


@pytest.mark.parametrize("key", sorted(ALL_KEYS - ALWAYS))
def test_a_custom_grant_discloses_that_key_and_what_every_level_holds(
    aldo: Persona, dana: Persona, donor_one: Party, endorsed: AssistanceRequest, key: str
) -> None:
    release_to(aldo, endorsed, donor_one, level=GrantLevel.CUSTOM, keys=[key])
    [released] = releases_for(dana.viewer)
    assert flattened(released.content) == EVERY_LEVEL | {key}


def test_the_release_itself_holds_no_name_account_or_row_id(
    aldo: Persona, donor_one: Party, endorsed: AssistanceRequest
) -> None:
    release_to(aldo, endorsed, donor_one)
    text = json.dumps(Release.objects.get().content)
    assert [canary for canary in NEVER if canary in text] == []
    assert set(Release.objects.get().content) == {"schema", "needs", *(key for key in ALL_KEYS if "." not in key)}
