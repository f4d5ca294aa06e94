"""Evidence of the fictional States: laws, reports, plans and lists, some old, each linked to several answers."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from typing import Final

from assessments.demo import files
from assessments.enums import Classification
from assessments.models import Assessment, Evidence
from assessments.selectors.frameworks import framework_tree
from assessments.services.evidence import (
    EvidenceDetails,
    add_evidence_version,
    edit_evidence,
    upload_evidence,
    withdraw_evidence,
)
from assessments.services.evidence_links import link_evidence
from wam_portal.access import Viewer

PLACES: Final = ("Northern store", "Harbour store", "Capital store", "Training ground")


class DemoFile(BytesIO):
    """A file as a form would hand it over."""

    def __init__(self, name: str, content: bytes) -> None:
        super().__init__(content)
        self.name: str | None = name
        self.size: int | None = len(content)


@dataclass(frozen=True, slots=True)
class Item:
    """One document: what it is, how long ago its period began and ended, and in how many days it expires.

    `links` are (area, how many of its indicators), and `reference` says where to look.
    """

    name: str
    title: str
    text: tuple[str, ...] = ()
    classification: Classification = Classification.OFFICIAL
    period: tuple[int, int] | None = None
    expires: int | None = None
    links: tuple[tuple[str, int], ...] = ()
    reference: str = ""
    note: str = ""


ITEMS: Final = (
    Item(
        "arms-law-2019.pdf",
        "Law on weapons and ammunition of 2019",
        ("Article 1. The commission coordinates what this law asks for.", "Article 12. Weapons are marked when made."),
        classification=Classification.PUBLIC,
        links=(("leg", 5), ("coo", 2), ("mar", 1)),
        reference="Articles 1, 12 and 30",
        note="The text in force, with the changes of 2023.",
    ),
    Item(
        "inspection-report.pdf",
        "Report of the yearly inspection of stores",
        ("Twelve of fourteen stores were visited.", "Two lack a second lock; one lacks a lightning rod."),
        classification=Classification.RESTRICTED,
        period=(420, 60),
        expires=20,
        links=(("sto", 4), ("rec", 2)),
        reference="Pages 3 to 9",
    ),
    Item(
        "stock-count.csv",
        "Count of four stores",
        classification=Classification.CONFIDENTIAL,
        period=(500, 400),
        expires=-35,
        links=(("sto", 2), ("rec", 3)),
        note="The count is repeated once a year; this year's is under way.",
    ),
    Item(
        "store-plan.png",
        "Plan of the harbour store",
        classification=Classification.CONFIDENTIAL,
        period=(700, 700),
        links=(("sto", 2),),
    ),
    Item(
        "marking-circular.pdf",
        "Circular on the marking of weapons held by the State",
        ("Each weapon bears the letters of the State, the year, and a number.",),
        period=(900, 900),
        expires=-4,
        links=(("mar", 3), ("trc", 1)),
        reference="Annex 2",
    ),
    Item(
        "border-talks-summary.pdf",
        "Summary of the talks in border districts",
        ("Sixty people took part, more than half of them women.",),
        period=(80, 40),
        links=(("col", 3), ("coo", 1)),
    ),
    Item(
        "training-list.csv",
        "Store keepers trained since last year",
        period=(360, 30),
        expires=200,
        links=(("sto", 1), ("mar", 1)),
    ),
    Item("old-commission-decree.pdf", "Decree on the commission, replaced", ("Replaced by the law of 2019.",)),
)
TO_REPLACE, TO_WITHDRAW = "marking-circular.pdf", "old-commission-decree.pdf"
SHARES: Final = {"aldoria": len(ITEMS), "esmeria": len(ITEMS), "dravonia": 4}
"""How many of the documents a State has; the others have none."""


def load_evidence(rng: random.Random, assessment: Assessment, editor: Viewer, today: date) -> None:
    """Upload a State's documents and link them; one is replaced by a newer version and one withdrawn."""
    for item in ITEMS[: SHARES.get(editor.party.slug, 0)]:
        evidence = _upload(rng, item, editor, today)
        for area, count in item.links:
            keys = _indicators(assessment, area, count)
            link_evidence(
                evidence=evidence, assessment=assessment, indicators=keys, reference=item.reference, actor=editor
            )
        if item.name == TO_REPLACE:
            _replace(evidence, item, editor)
        if item.name == TO_WITHDRAW:
            reason = "It is no longer in force; the law of 2019 says the same."
            withdraw_evidence(evidence=evidence, base_version=evidence.version, reason=reason, actor=editor)


def _upload(rng: random.Random, item: Item, editor: Viewer, today: date) -> Evidence:
    details = EvidenceDetails(
        title=item.title,
        note=item.note,
        classification=item.classification,
        period_from=today - timedelta(days=item.period[0]) if item.period else None,
        period_to=today - timedelta(days=item.period[1]) if item.period else None,
        expires_on=today + timedelta(days=item.expires) if item.expires is not None else None,
    )
    file = DemoFile(item.name, _content(rng, item, editor.party.name))
    (result,) = upload_evidence(files=[file], details=details, actor=editor)
    if result.evidence is None:
        raise ValueError(f"{item.name}: {result.reason}")
    return result.evidence


def _content(rng: random.Random, item: Item, state: str) -> bytes:
    if item.name.endswith(".png"):
        return files.plan_png(rng)
    if item.name.endswith(".csv"):
        return files.csv_register(rng, PLACES)
    return files.pdf(item.title, (state, *item.text, "Fictional: no such document exists."))


def _replace(evidence: Evidence, item: Item, editor: Viewer) -> None:
    content = files.pdf(item.title, (editor.party.name, "Second edition.", *item.text, "Fictional."))
    add_evidence_version(
        evidence=evidence, base_version=evidence.version, file=DemoFile(item.name, content), actor=editor
    )
    evidence.refresh_from_db()
    details = EvidenceDetails(
        title=evidence.title,
        note="The second edition names the letters of the State.",
        classification=evidence.classification,
        period_from=evidence.period_from,
        period_to=evidence.period_to,
        expires_on=evidence.expires_on,
    )
    edit_evidence(evidence=evidence, base_version=evidence.version, details=details, actor=editor)


def _indicators(assessment: Assessment, area: str, count: int) -> list[str]:
    indicators = framework_tree(assessment.framework_version).indicators
    return [indicator.key for indicator in indicators if indicator.section == area][:count]
