"""From what a grant discloses and what an offer says to the values that the engine takes.

A field that the grant does not show becomes `NOT_DISCLOSED`; so does one that the State left open, because the engine
must not read silence as an answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from assessments import public
from cooperation import matching
from cooperation.matching import NOT_DISCLOSED, NotDisclosed
from cooperation.matching.money import MAX_MINOR
from cooperation.models import Offer
from wam_portal.accounts.enums import PartyKind

EQUIPMENT_TYPES: Final = frozenset({"EQUIP", "INFRA", "SOFTW"})
"""Types of assistance that must be maintained and that people must be trained on."""
REGIONAL_WORD: Final = "regional"
REGIONAL_PREFIX: Final = "regional:"
WORST_FIRST: Final = tuple(tier.value for tier in public.TIER_ORDER)
MICRO_PER_PERCENT: Final = matching.UNIT // 100


def needs_of(
    released: public.ReleasedRequest, territories: Mapping[int, matching.Territory]
) -> tuple[matching.Need, ...]:
    """The needs of a released request, each with its siblings.

    Nothing for a request without a period or a State without a territory, and no need without a type of assistance:
    these cannot be compared with any offer.
    """
    territory = territories.get(released.state.territory_id or 0)
    period = _period(released.content["period"])
    if territory is None or period is None or released.released_on is None:
        return ()
    shared = _shared_facts(released, territory, period, released.released_on)
    return matching.with_siblings(
        matching.Need(**shared, **_line(need, released.content)) for need in released.needs if need["assistance_types"]
    )


def request_facts(released: public.ReleasedRequest, need_id: str) -> dict[str, Any]:
    """What a list of matches shows of the request: only what the grant discloses."""
    need = next(need for need in released.needs if need["uuid"] == need_id)
    return {
        "reference": released.reference,
        "title": released.title,
        "state": released.state.name,
        "version": released.content["version"],
        "level": released.level,
        "release_hash": released.release_hash,
        "description": need.get("description", ""),
    }


def offer_value(offer: Offer, territories: Mapping[int, matching.Territory]) -> matching.Offer:
    """A stored offer as the engine takes it, with what is left of its capacity.

    Needs `donor`, `included` and `excluded`. Lenses count in their own criterion, so they are not given as
    priorities too.
    """
    own = territories.get(offer.donor.territory_id or 0) if offer.donor.kind == PartyKind.STATE else None
    return matching.Offer(
        offer_id=str(offer.uuid),
        donor_id=str(offer.donor.uuid),
        donor_territory=own.code if own else None,
        period=matching.Period(offer.period_start, offer.period_end),
        areas=frozenset(offer.functional_areas),
        types=frozenset(offer.assistance_types),
        technologies=frozenset(offer.technologies),
        included=frozenset(territory.code for territory in offer.included.all()),
        excluded=frozenset(territory.code for territory in offer.excluded.all()),
        languages=frozenset(offer.languages),
        applicant_kinds=frozenset(offer.applicant_kinds),
        conditions=matching.Conditions(
            endorsed_baseline=offer.needs_endorsed_baseline,
            min_gender_marker=offer.min_gender_marker,
            oda_only=offer.oda_only,
            min_co_funding=_share(offer.min_cofunding_percent),
        ),
        priorities=matching.Priorities(areas=frozenset(offer.priority_areas)),
        strategies=frozenset(strategy_names(offer.strategies)),
        lenses=frozenset(offer.priority_lenses),
        valid_until=offer.valid_until,
        **_capacity(offer),
    )


def strategy_names(text: str) -> list[str]:
    """The strategies of a text, one a line or parted by semicolons, as they are written there first.

    Spaces, letter case and a full stop at the end do not tell two of them apart, nor does "Regional:" before the name.
    """
    found: dict[str, str] = {}
    for part in re.split(r"[;\n]", text):
        name = " ".join(part.split()).rstrip(".")
        if name.casefold().startswith(REGIONAL_PREFIX):
            name = name[len(REGIONAL_PREFIX) :].strip()
        if name:
            found.setdefault(name.casefold(), name)
    return list(found.values())


def _capacity(offer: Offer) -> dict[str, Any]:
    requests_left = None if offer.max_requests is None else offer.max_requests - offer.committed_requests
    if offer.capacity_minor is None:
        return {"requests_left": requests_left}

    def money(minor: int | None) -> matching.Money | None:
        return None if minor is None else matching.Money(minor, offer.currency)

    return {
        "requests_left": requests_left,
        "capacity": money(offer.capacity_minor - offer.committed_minor),
        "floor": money(offer.floor_minor),
        "ceiling": money(offer.ceiling_minor),
    }


def _share(percent: int | None) -> int | None:
    return None if percent is None else percent * MICRO_PER_PERCENT


def _period(content: Mapping[str, str | None]) -> matching.Period | None:
    start, end = content["start"], content["end"]
    if start is None or end is None:
        return None
    return matching.Period(date.fromisoformat(start), date.fromisoformat(end))


def _shared_facts(
    released: public.ReleasedRequest, territory: matching.Territory, period: matching.Period, released_on: date
) -> dict[str, Any]:
    content = released.content
    return {
        "request_id": str(released.request_uuid),
        "requester_id": str(released.state.uuid),
        "state": territory,
        "period": period,
        "applicant_kind": str(released.state.kind),
        "requested_on": released_on,
        "languages": tuple(content.get("languages") or ()) or NOT_DISCLOSED,
        "strategies": _strategies(content),
        "gender_marker": _gender_marker(content),
        "oda_eligible": NOT_DISCLOSED if content.get("oda_eligible") is None else content["oda_eligible"],
    }


def _strategies(content: Mapping[str, Any]) -> frozenset[matching.Strategy] | NotDisclosed:
    """A strategy that is written with "regional" first counts as a regional one, any other as national."""
    if "strategies" not in content:
        return NOT_DISCLOSED
    found: set[matching.Strategy] = set()
    for part in re.split(r"[;\n]", content["strategies"]):
        regional = part.strip().casefold().startswith(REGIONAL_WORD)
        level = matching.StrategyLevel.REGIONAL if regional else matching.StrategyLevel.NATIONAL
        found.update(matching.Strategy(name, level) for name in strategy_names(part))
    return frozenset(found)


def _gender_marker(content: Mapping[str, Any]) -> int | NotDisclosed | None:
    if "gender_marker" not in content:
        return NOT_DISCLOSED
    return int(content["gender_marker"]) if content["gender_marker"] else None


def _line(need: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    gaps = need.get("gaps")
    worst = max(gaps, key=lambda gap: gap["severity_micro"], default=None) if gaps else None
    return {
        "need_id": str(need["uuid"]),
        "area": need["functional_area"],
        "types": frozenset(need["assistance_types"]),
        "technologies": frozenset({need["technology"]} if need["technology"] else ()),
        "amount": _amount(need, content["currency"]),
        "tier": matching.Tier(need["tier"]) if need.get("tier") else NOT_DISCLOSED,
        "tier_cap": _tier_cap(need, content),
        "level": NOT_DISCLOSED if worst is None else worst["level"],
        "target": NOT_DISCLOSED if worst is None else worst["target"],
        "lenses": NOT_DISCLOSED if gaps is None else frozenset(lens for gap in gaps for lens in gap["lenses"]),
        "readiness": _readiness(need, content),
    }


def _amount(need: Mapping[str, Any], currency: str) -> matching.Amount | None:
    if "amount" in need:
        return None if need["amount"] is None else matching.Money(need["amount"], currency)
    band = need["amount_band"]
    if band is None:
        return None
    high = MAX_MINOR if band["high"] is None else band["high"]
    return matching.MoneyBand(band["low"], high, currency)


def _tier_cap(need: Mapping[str, Any], content: Mapping[str, Any]) -> matching.TierCap | None:
    """Why a need with a worse gap stands at medium: its baseline is not endorsed, or its worse gaps have no basis."""
    if need.get("tier") != public.Tier.MEDIUM:
        return None
    above = WORST_FIRST[: WORST_FIRST.index(public.Tier.MEDIUM)]
    if not any(gap["tier"] in above for gap in need.get("gaps", ())):
        return None
    if content.get("baseline", {}).get("endorsed") is False:
        return matching.TierCap.BASELINE_NOT_ENDORSED
    return matching.TierCap.NO_BASIS


def _readiness(need: Mapping[str, Any], content: Mapping[str, Any]) -> matching.Readiness:
    baseline = content.get("baseline")
    facts: dict[str, Any] = {"co_funding_share": _co_funding(content), "sustainment": _sustainment(need)}
    if baseline is not None:
        endorsed_on = baseline["endorsed_on"]
        coverage = baseline["coverage_percent"]
        facts["endorsed_baseline"] = baseline["endorsed"]
        facts["baseline_endorsed_on"] = date.fromisoformat(endorsed_on) if endorsed_on else None
        facts["completeness"] = NOT_DISCLOSED if coverage is None else round(coverage * MICRO_PER_PERCENT)
    return matching.Readiness(**facts)


def _co_funding(content: Mapping[str, Any]) -> int | NotDisclosed:
    """The national contribution as a share of it and all amounts sought together."""
    amounts = [need["amount"] for need in content["needs"] if need.get("amount") is not None]
    if "national_contribution" not in content or not amounts:
        return NOT_DISCLOSED
    own = content["national_contribution"] or 0
    whole = own + sum(amounts)
    return own * matching.UNIT // whole if whole else NOT_DISCLOSED


def _sustainment(need: Mapping[str, Any]) -> bool | NotDisclosed | None:
    if EQUIPMENT_TYPES.isdisjoint(need["assistance_types"]):
        return None
    includes = need.get("includes")
    return NOT_DISCLOSED if includes is None else includes["maintenance"] and includes["training"]
