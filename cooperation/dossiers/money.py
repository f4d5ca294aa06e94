"""What is sought and what the State gives, as exactly as the release discloses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from assessments.public import AssistanceType, FunctionalArea
from cooperation.dossiers.parts import Budget, BudgetLine
from cooperation.dossiers.wording import amount_text, band_text
from wam_portal.documents import label, labels
from wam_portal.formats import format_money, format_share

Content = Mapping[str, Any]


def build_budget(content: Content) -> Budget:
    """One line a need; sums, shares and the national contribution where they are disclosed."""
    currency, total = content["currency"], exact_total(content)
    national = content.get("national_contribution")
    lines = tuple(
        BudgetLine(
            number=number,
            area=label(FunctionalArea, need["functional_area"]),
            types=labels(AssistanceType, need["assistance_types"]),
            amount=amount_text(need, currency),
            share=format_share(need["amount"], total) if total and need.get("amount") is not None else "",
        )
        for number, need in enumerate(content["needs"], start=1)
    )
    whole = None if total is None or national is None else total + national
    return Budget(
        lines=lines,
        exact=total is not None,
        total=sought_text(content),
        national=_national(content, currency),
        together="" if whole is None else format_money(whole, currency),
        national_share="" if whole is None or national is None else format_share(national, whole),
    )


def exact_total(content: Content) -> int | None:
    """The sum of all needs in minor units, where every amount is disclosed and stated."""
    amounts = [need.get("amount") for need in content["needs"]]
    return None if not amounts or None in amounts else sum(amounts)


def sought_text(content: Content) -> str:
    """The whole sum, or between which sums it lies."""
    currency, total = content["currency"], exact_total(content)
    if total is not None:
        return format_money(total, currency)
    bands = [need.get("amount_band") for need in content["needs"]]
    known = [band for band in bands if band is not None]
    if not known:
        return _("not stated")
    open_end = any(band["high"] is None for band in known) or len(known) < len(bands)
    high = None if open_end else sum(band["high"] for band in known)
    return band_text({"low": sum(band["low"] for band in known), "high": high}, currency)


def _national(content: Content, currency: str) -> str:
    if "national_contribution" not in content:
        return ""
    amount = content["national_contribution"]
    return _("not stated") if amount is None else format_money(amount, currency)
