"""A released request with an own text in every key, so that a document shows which keys reached it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from assessments.public import ALL_KEYS, ReleasedRequest
from assessments.release_keys import disclosed
from wam_portal.accounts.models import Party

GRANT: Final = UUID("7d6b1f7e-3c1e-4d0a-9a4c-0f5a3c9e1b22")
REQUEST: Final = UUID("0b1c7c52-7c6a-4c0e-8a3b-5a5d8f4b6e11")
HASH: Final = "9f2c1b7a" * 8


def gap(code: str, question: str, level: int, target: int, tier: str, severity: int) -> dict[str, Any]:
    """A gap headline as a release holds it."""
    return {
        "code": code,
        "question": question,
        "level": level,
        "level_label": f"Level text {level}",
        "target": target,
        "target_label": f"Level text {target}",
        "tier": tier,
        "severity_micro": severity,
        "stage": "storage",
        "lenses": ["gender", "risk"],
    }


def need(number: int, area: str, amount: int | None, gaps: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """A need as a release holds it."""
    return {
        "uuid": f"00000000-0000-4000-8000-{number:012d}",
        "functional_area": area,
        "assistance_types": ["EQUIP", "TRAIN"],
        "technology": "storage_security",
        "amount_band": {"low": 20_000_000, "high": 50_000_000},
        "amount": amount,
        "description": f"Canary description {number}: locks, fences and a duty roster for the regional armouries.",
        "tier": "low",
        "includes": {"maintenance": True, "training": True},
        "gaps": gaps,
        "gap_causes": [{"code": item["code"], "cause": f"Canary cause {item['code']}"} for item in gaps],
        **more,
    }


def content() -> dict[str, Any]:
    """Everything that a release may hold."""
    areas = [
        ("COO", "National coordination and strategy", 62, 100),
        ("LEG", "Legal and regulatory framework", 48, 90),
        ("TRA", "Transfer controls", 35, 80),
        ("STO", "Stockpile management", 18, 100),
        ("MAR", "Marking", 25, 75),
        ("REC", "Record-keeping", None, 0),
        ("DIS", "Disposal and destruction", 40, 60),
    ]
    storage = [
        gap("STO-2", "Are armouries surveyed against a written standard?", 1, 4, "critical", 812_500),
        gap("STO-7", "Are stocks counted at fixed times and differences followed up?", 2, 4, "high", 560_000),
    ]
    records = [gap("REC-4", "Can every weapon be followed from entry to disposal?", 2, 4, "medium", 330_000)]
    return {
        "schema": 1,
        "state": {"code": "XA", "name": "Republic of Aravia"},
        "reference": "XA-2026-003",
        "version": 2,
        "title": "Safer armouries and records that can be traced",
        "objective": "Canary objective: fewer losses from stocks.\n\nSecond paragraph of the objective.",
        "currency": "USD",
        "period": {"start": "2027-01-01", "end": "2028-12-31"},
        "places": "Canary places: two northern districts",
        "beneficiaries": "Canary beneficiaries: 140 store-keepers, 38 of them women",
        "what_exists": "Canary what_exists: a store standard of 2019",
        "who_helps": "Canary who_helps: a regional centre trains store-keepers",
        "national_contribution": 8_765_400,
        "sustainability": "Canary sustainability: the ministry takes over running costs",
        "expected_results": "Canary expected_results: twelve armouries meet the standard",
        "strategies": "Canary strategies: national action plan 2025 to 2030",
        "gender_marker": "1",
        "oda_eligible": True,
        "languages": ["en", "fr"],
        "contact": "Canary contact: focal.point@example.org",
        "authority": "Canary authority",
        "baseline": {
            "cycle": "2026",
            "framework": "Canary framework 1.0",
            "endorsed": True,
            "endorsed_on": "2026-05-04",
            "version": 1,
            "hash": "ab" * 32,
            "coverage_percent": 91,
        },
        "profile": [
            {"area": key, "title": title, "score_percent": percent, "coverage_percent": coverage}
            for key, title, percent, coverage in areas
        ],
        "needs": [need(1, "STO", 34_567_800, storage), need(2, "REC", 21_234_500, records, technology="")],
    }


def released(
    *, keys: frozenset[str] = ALL_KEYS, grant: bool = True, draft: bool = False, **changes: Any
) -> ReleasedRequest:
    """The sample as one recipient may read it: under a grant, or as the State's own preview."""
    state = Party(pk=1, slug="aravia", name="Republic of Aravia", assesses=True)
    return ReleasedRequest(
        grant_uuid=GRANT if grant else None,
        request_uuid=REQUEST,
        state=state,
        recipient_kind="party" if grant else "",
        level=changes.pop("level", "dossier"),
        keys=keys,
        purpose="Planning of the 2027 programme" if grant else "",
        granted_at=datetime(2026, 6, 2, 9, tzinfo=UTC) if grant else None,
        expires_at=datetime(2026, 9, 1, 9, tzinfo=UTC) if grant else None,
        release_hash="" if draft else HASH,
        released_on=date(2026, 6, 1) if grant else None,
        is_draft=draft,
        content=disclosed({**content(), **changes}, keys),
        endorsed_on=None if grant or draft else date(2026, 5, 20),
    )
