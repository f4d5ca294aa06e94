"""What a release of a request would hold, built from the live record. Reduced by `release_keys.disclosed`."""

from __future__ import annotations

from typing import Any, Final

from assessments import severity
from assessments.enums import Basis, GapStatus, Tier
from assessments.models import AssessmentVersion, AssistanceRequest, Gap, Need
from assessments.severity import ConfirmedGap

SCHEMA_VERSION: Final = 1
AMOUNT_BANDS: Final = (0, 50_000, 200_000, 500_000, 1_000_000, 5_000_000)
"""Lower ends, in whole units of the request's currency: the small-grant and programme sizes usual in the field."""


def amount_band(amount_minor: int | None, minor_per_unit: int) -> dict[str, int | None] | None:
    """The band that holds an amount, as {"low", "high"} in minor units; "high" is absent (None) in the last one."""
    if amount_minor is None:
        return None
    ends = [*AMOUNT_BANDS[1:], None]
    for low, high in zip(AMOUNT_BANDS, ends, strict=True):
        if high is None or amount_minor < high * minor_per_unit:
            return {"low": low * minor_per_unit, "high": None if high is None else high * minor_per_unit}
    raise AssertionError("the last band is open")


def need_tier(gaps: list[Gap], *, baseline_endorsed: bool) -> str | None:
    """The highest tier among confirmed gaps, at most medium on a basis of "none" or without an endorsed baseline.

    None when no confirmed gap is linked. The rule is the one that matching uses (severity of a need).
    """
    confirmed = [
        ConfirmedGap(indicator=gap.indicator.key, tier=Tier(gap.tier), basis=Basis(gap.basis))
        for gap in gaps
        if gap.status == GapStatus.CONFIRMED
    ]
    tier = severity.need_tier(confirmed, endorsed=baseline_endorsed).tier
    return None if tier is None else tier.value


def _code(gap: Gap) -> str:
    return gap.indicator.code or gap.indicator.key


def _gap_headline(gap: Gap) -> dict[str, Any]:
    node = gap.indicator
    return {
        "code": _code(gap),
        "question": node.title,
        "level": gap.level.value,
        "level_label": gap.level.label,
        "target": gap.target.value,
        "target_label": gap.target.label,
        "tier": gap.tier,
        "severity_micro": gap.severity_micro,
        "stage": node.stage,
        "lenses": sorted(node.lenses),
    }


def _need_content(need: Need, *, minor_per_unit: int, baseline_endorsed: bool) -> dict[str, Any]:
    # Only what the State stands by: an open or dismissed gap leaves with no release.
    confirmed = [gap for gap in need.gaps.all() if gap.status == GapStatus.CONFIRMED]
    gaps = sorted(confirmed, key=lambda gap: gap.indicator.position)
    return {
        "uuid": str(need.uuid),
        "functional_area": need.functional_area,
        "assistance_types": sorted(need.assistance_types),
        "technology": need.technology,
        "amount_band": amount_band(need.amount_minor, minor_per_unit),
        "amount": need.amount_minor,
        "description": need.description,
        "tier": need_tier(gaps, baseline_endorsed=baseline_endorsed),
        "includes": {"maintenance": need.includes_maintenance, "training": need.includes_training},
        "gaps": [_gap_headline(gap) for gap in gaps],
        "gap_causes": [{"code": _code(gap), "cause": gap.root_cause} for gap in gaps if gap.root_cause],
    }


def _baseline(version: AssessmentVersion | None, request: AssistanceRequest) -> dict[str, Any]:
    framework = request.assessment.framework_version
    return {
        "cycle": request.assessment.cycle,
        "framework": f"{framework.title} {framework.version}",
        "endorsed": version is not None,
        "endorsed_on": version.endorsed_at.date().isoformat() if version else None,
        "version": version.number if version else None,
        "hash": version.content_hash if version else None,
        "coverage_percent": version.content["coverage_percent"] if version else None,
    }


def request_content(request: AssistanceRequest, *, number: int, minor_per_unit: int) -> dict[str, Any]:
    """Everything that a release of `request` may ever disclose, as plain JSON values in no one's language.

    `number` is the endorsed version this would be; amounts are integers in minor units, `minor_per_unit` of which
    make one unit of the request's currency. `languages` begins with the preferred one; `authority` is the value of an
    `EndorsingAuthority`. The profile by area comes from the endorsed baseline only.
    """
    version = request.assessment.versions.select_related("endorsed_by").order_by("-number").first()
    territory = request.state.territory
    needs = request.needs.prefetch_related("gaps__indicator", "gaps__level", "gaps__target")
    return {
        "schema": SCHEMA_VERSION,
        "state": {"code": territory.code if territory else "", "name": request.state.name},
        "reference": request.reference,
        "version": number,
        "title": request.title,
        "objective": request.objective,
        "currency": request.currency,
        "period": {
            "start": request.period_start.isoformat() if request.period_start else None,
            "end": request.period_end.isoformat() if request.period_end else None,
        },
        "places": request.places,
        "beneficiaries": request.beneficiaries,
        "what_exists": request.what_exists,
        "who_helps": request.who_helps,
        "national_contribution": request.national_contribution_minor,
        "sustainability": request.sustainability,
        "expected_results": request.expected_results,
        "strategies": request.strategies,
        "gender_marker": request.gender_marker,
        "oda_eligible": request.oda_eligible,
        "languages": list(request.languages),
        "contact": request.contact,
        "authority": version.authority if version else None,
        "baseline": _baseline(version, request),
        "profile": version.content["profile"] if version else [],
        "needs": [
            _need_content(need, minor_per_unit=minor_per_unit, baseline_endorsed=version is not None) for need in needs
        ],
    }
