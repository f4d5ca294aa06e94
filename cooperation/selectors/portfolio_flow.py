"""Who would fund what, as a flow chart."""

from __future__ import annotations

from collections import Counter
from typing import Final

from django.utils.translation import gettext as _

from cooperation.selectors.portfolio_results import PortfolioReading, amount_text, offer_label
from wam_portal.chart_flows import Flow, FlowChart, FlowEnd, FlowTexts, flow_chart
from wam_portal.languages import is_mirrored

SHOWN_ENDS: Final = 10
"""Givers and takers that the flow chart names; all others stand together."""
KINDS: Final = {False: "level-3", True: "tier-medium"}


def money_flow(reading: PortfolioReading) -> FlowChart | None:
    """Who would fund what: offers on one side, requests on the other; None where nothing is proposed."""
    values: Counter[tuple[str, str, bool]] = Counter()
    for entry in reading.result.allocations:
        values[entry.offer_id, entry.request_id, entry.in_kind] += entry.grains
    if not values:
        return None
    givers = _largest(values, 0)
    takers = _largest(values, 1)
    merged: Counter[tuple[int, int, bool]] = Counter()
    for (offer, request, in_kind), grains in values.items():
        merged[givers.get(offer, SHOWN_ENDS), takers.get(request, SHOWN_ENDS), in_kind] += grains
    flows = [
        Flow(source, target, grains, amount_text(reading, grains, in_kind=in_kind), KINDS[in_kind])
        for (source, target, in_kind), grains in sorted(merged.items())
    ]
    legend = [(KINDS[False], _("Money"))]
    if reading.result.in_kind:
        legend.append((KINDS[True], _("Help in kind, estimated")))
    return flow_chart(
        _flow_ends(reading, merged, [offer_label(reading, offer) for offer in givers], side=0),
        _flow_ends(reading, merged, [_request_label(reading, request) for request in takers], side=1),
        flows,
        texts=FlowTexts(
            title=_("Who would fund what"),
            description=_("Bands run from offers to requests, as wide as the amount proposed."),
            headers=(_("Offer"), _("Request"), _("Amount")),
            legend=tuple(legend),
        ),
        key="flow",
        mirrored=is_mirrored(),
    )


def _largest(values: Counter[tuple[str, str, bool]], place: int) -> dict[str, int]:
    """The identifiers with the largest sums, each with its place; the rest is drawn together behind them."""
    sums: Counter[str] = Counter()
    for key, grains in values.items():
        sums[str(key[place])] += grains
    ordered = sorted(sums, key=lambda identifier: (-sums[identifier], identifier))
    return {identifier: number for number, identifier in enumerate(ordered[:SHOWN_ENDS])}


def _flow_ends(
    reading: PortfolioReading, merged: Counter[tuple[int, int, bool]], labels: list[str], *, side: int
) -> list[FlowEnd]:
    sums: Counter[tuple[int, bool]] = Counter()
    for key, grains in merged.items():
        sums[int(key[side]), key[2]] += grains
    others = any(place == SHOWN_ENDS for place, _in_kind in sums)
    padded = [*labels, *[""] * (SHOWN_ENDS - len(labels)), _("all others")] if others else labels
    return [
        FlowEnd(
            label,
            tuple(
                amount_text(reading, sums[place, in_kind], in_kind=in_kind)
                for in_kind in (False, True)
                if sums[place, in_kind]
            ),
        )
        for place, label in enumerate(padded)
    ]


def _request_label(reading: PortfolioReading, request_id: str) -> str:
    facts = reading.run.names["requests"][request_id]
    return f"{facts['state']} {facts['reference']}"
