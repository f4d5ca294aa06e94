"""What a portfolio says, in words and figures: nothing is worked out anew, only read from what is stored.

Money and the value of help in kind stand in columns of their own and are never added up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cooperation import matching
from cooperation.matching.portfolio.problem import region_of_state
from cooperation.models import MatchEvent, PortfolioRun
from cooperation.selectors.portfolios import policy_of_run, stored_rates, stored_result
from cooperation.selectors.rates import BASE
from cooperation.selectors.wording import NOTHING, area_label, listed, translated
from wam_portal.accounts.models import Territory
from wam_portal.formats import (
    alphabetical,
    format_about,
    format_day,
    format_money,
    format_number,
    format_percent,
    format_place,
    format_share,
)
from wam_portal.money import minor_per_unit
from wam_portal.wording import TIER_LABELS

UNDISCLOSED: Final = ""
WORST_FIRST: Final = {tier: place for place, tier in enumerate([*matching.Tier, None])}
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class TierLine:
    """One tier: what it seeks, what is proposed for it, and how good that is."""

    tier: str
    label: str
    sought: str
    cash: str
    in_kind: str
    share: str
    before: str
    after: str
    judgement: str
    basis: str


@dataclass(frozen=True, slots=True)
class CoverLine:
    """What a group of needs seeks and gets. `share`: of what is sought, by money alone.

    before, after: how many of its needs have help, as the register knows it, and how many with this proposal.
    """

    label: str
    sought: str
    cash: str
    in_kind: str
    share: str
    before: str
    after: str
    tier: str = ""


@dataclass(frozen=True, slots=True)
class CoverTable:
    """Coverage by one way of grouping. `first`: what the groups are."""

    first: str
    rows: tuple[CoverLine, ...]


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """Money or help proposed from one offer to one need. `key` names the pair in forms; sent: to both sides before."""

    key: str
    state: str
    reference: str
    grant: str
    area: str
    tier: str
    donor: str
    offer: str
    offer_uuid: str
    amount: str
    about: str
    score: float
    steps: str
    in_kind: bool
    sent: bool


@dataclass(frozen=True, slots=True)
class UnmetLine:
    """A need that stays without a part of what it seeks, and why."""

    state: str
    reference: str
    grant: str
    area: str
    tier: str
    sought: str
    left: str
    reason: str
    more: str


@dataclass(frozen=True, slots=True)
class AsideLine:
    """A request, need or offer that takes no part."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class MarginalLine:
    """What one more unit would add for needs of one area in one region; indicative."""

    tier: str
    label: str
    area: str
    region: str
    needs: str
    value: str


@dataclass(frozen=True, slots=True)
class NeedFacts:
    """What a page says of a need. `tier`: None where it is not disclosed."""

    request_id: str
    area: str
    tier: matching.Tier | None
    region: str


@dataclass(frozen=True)
class PortfolioReading:
    """A portfolio that was worked out, ready to be put into words. `sent`: pairs that were sent to both sides;
    `helped`: the needs that running or planned help touches, as the reader may see it now.

    The needs are read as they are stored: to build the engine's values of a large input takes seconds.
    """

    run: PortfolioRun
    result: matching.Portfolio
    needs: Mapping[str, NeedFacts]
    regions: Mapping[str, str]
    sent: frozenset[Pair] = field(default_factory=frozenset)
    helped: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def rates(self) -> matching.RateSet:
        return stored_rates(self.run)

    @cached_property
    def sought(self) -> dict[str, int]:
        """Grains that each need seeks: told for those that are not fully funded, and by the proposal for others."""
        found: Counter[str] = Counter()
        for entry in self.result.allocations:
            found[entry.need_id] += entry.grains
        return {**found, **{entry.need_id: entry.sought for entry in self.result.unmet}}

    @cached_property
    def given(self) -> frozenset[str]:
        """The needs to which something is proposed."""
        return frozenset(entry.need_id for entry in self.result.allocations)

    def with_help(self, needs: Collection[str]) -> tuple[str, str]:
        """How many of these needs have help already, and how many with this proposal: "2 of 7"."""
        before = self.helped.intersection(needs)
        after = before | self.given.intersection(needs)
        return _of(len(before), len(needs)), _of(len(after), len(needs))

    def request_of(self, need_id: str) -> Mapping[str, str]:
        """Reference, title, State and grant of the request that a need belongs to."""
        return self._named("requests", self.needs[need_id].request_id)

    def offer_of(self, offer_id: str) -> Mapping[str, str]:
        """Title, donor and currency of an offer."""
        return self._named("offers", offer_id)

    def _named(self, kind: str, identifier: str) -> Mapping[str, str]:
        found: Mapping[str, str] = self.run.names[kind][identifier]
        return found

    def money(self, grains: int) -> str:
        """Grains as money of the base currency."""
        return format_money(grains * self.result.grain_minor, self.result.currency)


def reading_of(run: PortfolioRun) -> PortfolioReading:
    """A portfolio with the names of places and the pairs that were sent. Two queries."""
    result = stored_result(run)
    needs = needs_in(run)
    places = Territory.objects.filter(code__in={need.region for need in needs.values()}).values_list("code", "name")
    regions = {code: format_place(code, name) for code, name in places}
    sent = MatchEvent.objects.filter(portfolio=run).values_list("match__need_uuid", "match__offer__uuid")
    return PortfolioReading(run, result, needs, regions, frozenset((str(need), str(offer)) for need, offer in sent))


def needs_in(run: PortfolioRun) -> dict[str, NeedFacts]:
    """The needs of a portfolio by identifier."""
    regions: dict[str, str] = {}
    found: dict[str, NeedFacts] = {}
    for need in (run.input or {}).get("needs", ()):
        state = need["state"]
        if state["code"] not in regions:
            regions[state["code"]] = region_of_state(matching.from_json(matching.Territory, state))
        tier = matching.Tier(need["tier"]) if isinstance(need["tier"], str) else None
        found[need["need_id"]] = NeedFacts(need["request_id"], need["area"], tier, regions[state["code"]])
    return found


def headline_of(reading: PortfolioReading) -> list[tuple[str, str]]:
    """The portfolio in a few figures: (label, value)."""
    result = reading.result
    facts = [
        (_("Money proposed"), reading.money(result.cash)),
        (_("Needs that would get something"), _of(len(reading.given), len(reading.sought))),
        (
            _("Offers that would give"),
            _of(len({entry.offer_id for entry in result.allocations}), len(reading.run.offers)),
        ),
    ]
    if result.in_kind:
        facts.insert(1, (_("Help in kind proposed, estimated and counted apart"), reading.money(result.in_kind)))
    return facts


def _of(part: int, whole: int) -> str:
    return _("%(part)s of %(whole)s") % {"part": format_number(part), "whole": format_number(whole)}


def tier_lines(reading: PortfolioReading) -> list[TierLine]:
    """Every tier in which something is sought, worst first."""
    needs: dict[str, list[str]] = {}
    for need_id in reading.sought:
        needs.setdefault(_tier(reading.needs[need_id].tier), []).append(need_id)
    helped = {tier: reading.with_help(found) for tier, found in needs.items()}
    return [
        TierLine(
            tier=_tier(entry.tier),
            label=tier_label(entry.tier),
            sought=reading.money(entry.sought),
            cash=reading.money(entry.funded_cash),
            in_kind=reading.money(entry.funded_in_kind) if entry.funded_in_kind else NOTHING,
            share=format_share(entry.funded_cash, entry.sought),
            before=helped[_tier(entry.tier)][0],
            after=helped[_tier(entry.tier)][1],
            judgement=_judgement(entry, first=position == 0),
            basis=translated(matching.BOUND_LABELS[entry.basis]),
        )
        for position, entry in enumerate(reading.result.tiers)
        if entry.sought
    ]


def _judgement(entry: matching.TierOutcome, *, first: bool) -> str:
    percent = max(0.01, entry.gap * 100 / matching.UNIT)
    if entry.gap == 0:
        said = (
            _("No plan in whole units can do better.")
            if first
            else _("No plan that keeps what stands above does better.")
        )
    else:
        amount = {"gap": format_percent(percent, 2)}
        said = (
            _("No plan can be better by more than %(gap)s.") % amount
            if first
            else _("No plan that keeps what stands above can be better by more than %(gap)s.") % amount
        )
    return said if entry.finished else f"{said} {_('The search was ended by the time limit.')}"


def tier_label(tier: Any) -> str:
    """A tier in words, also where it was not disclosed."""
    code = _tier(tier)
    return str(TIER_LABELS[code]) if code else _("not disclosed")


def _tier(tier: Any) -> str:
    return str(tier.value) if isinstance(tier, matching.Tier) else UNDISCLOSED


def _disclosed(tier: Any) -> matching.Tier | None:
    return tier if isinstance(tier, matching.Tier) else None


def coverage_tables(reading: PortfolioReading) -> list[CoverTable]:
    """What is sought and proposed by region and by area."""
    return [
        CoverTable(_("Region"), tuple(_cover(reading, lambda need: reading.regions.get(need.region, NOTHING)))),
        CoverTable(_("Functional area"), tuple(_cover(reading, lambda need: area_label(need.area)))),
    ]


def tier_coverage(reading: PortfolioReading) -> CoverTable:
    """What is sought and proposed by tier, worst first."""
    rows = (
        CoverLine(line.label, line.sought, line.cash, line.in_kind, line.share, line.before, line.after, line.tier)
        for line in tier_lines(reading)
    )
    return CoverTable(_("Severity"), tuple(rows))


def _cover(reading: PortfolioReading, group: Callable[[NeedFacts], str]) -> Iterable[CoverLine]:
    sought: Counter[str] = Counter()
    needs: dict[str, list[str]] = {}
    funded: Counter[tuple[str, bool]] = Counter()
    for need_id, grains in reading.sought.items():
        label = group(reading.needs[need_id])
        sought[label] += grains
        needs.setdefault(label, []).append(need_id)
    for entry in reading.result.allocations:
        funded[group(reading.needs[entry.need_id]), entry.in_kind] += entry.grains
    for label in sorted(sought, key=alphabetical):
        cash, in_kind = funded[label, False], funded[label, True]
        before, after = reading.with_help(needs[label])
        yield CoverLine(
            label=label,
            sought=reading.money(sought[label]),
            cash=reading.money(cash),
            in_kind=reading.money(in_kind) if in_kind else NOTHING,
            share=format_share(cash, sought[label]),
            before=before,
            after=after,
        )


def ordered_allocations(reading: PortfolioReading) -> list[matching.Allocation]:
    """The proposal: severest first, then by State and request, the largest amounts first."""

    def key(entry: matching.Allocation) -> tuple[Any, ...]:
        need, request = reading.needs[entry.need_id], reading.request_of(entry.need_id)
        return (
            WORST_FIRST[need.tier],
            request["state"],
            request["reference"],
            -entry.grains,
            entry.need_id,
            entry.offer_id,
        )

    return sorted(reading.result.allocations, key=key)


def proposal_lines(reading: PortfolioReading, entries: Iterable[matching.Allocation]) -> list[ProposalLine]:
    """Some of the proposal, in words."""
    converter = matching.Converter(reading.rates)
    return [_proposal(reading, entry, converter) for entry in entries]


def _proposal(reading: PortfolioReading, entry: matching.Allocation, converter: matching.Converter) -> ProposalLine:
    need, request, offer = (
        reading.needs[entry.need_id],
        reading.request_of(entry.need_id),
        reading.offer_of(entry.offer_id),
    )
    pair = entry.need_id, entry.offer_id
    return ProposalLine(
        key=":".join(pair),
        state=request["state"],
        reference=request["reference"],
        grant=request["grant"],
        area=area_label(need.area),
        tier=_tier(need.tier),
        donor=offer["donor"],
        offer=offer["title"],
        offer_uuid=entry.offer_id,
        amount=reading.money(entry.grains),
        about=_about(reading, entry, converter, offer["currency"]),
        score=entry.score * 100 / (matching.UNIT * matching.UNIT),
        steps=listed(format_number(place) for place, grains in enumerate(entry.steps, start=1) if grains),
        in_kind=entry.in_kind,
        sent=pair in reading.sent,
    )


def _about(reading: PortfolioReading, entry: matching.Allocation, converter: matching.Converter, currency: str) -> str:
    result = reading.result
    minor = converter.convert(entry.grains * result.grain_minor, result.currency, currency)
    if currency == result.currency or minor is None:
        return ""
    about = {"about": format_about(minor, currency), "day": format_day(reading.rates.on)}
    return _("about %(about)s at the rate of %(day)s") % about


def unmet_lines(reading: PortfolioReading, entries: Iterable[matching.Unmet]) -> list[UnmetLine]:
    """Some of the needs that stay without a part of what they seek, in words."""
    return [_unmet(reading, entry) for entry in entries]


def ordered_unmet(reading: PortfolioReading) -> list[matching.Unmet]:
    """Needs that are not fully funded: severest first, then those to which most is missing."""
    return sorted(
        reading.result.unmet,
        key=lambda entry: (WORST_FIRST[reading.needs[entry.need_id].tier], entry.funded - entry.sought, entry.need_id),
    )


def _unmet(reading: PortfolioReading, entry: matching.Unmet) -> UnmetLine:
    need, request = reading.needs[entry.need_id], reading.request_of(entry.need_id)
    first, *others = (_hindrance(hindrance) for hindrance in entry.hindrances)
    return UnmetLine(
        state=request["state"],
        reference=request["reference"],
        grant=request["grant"],
        area=area_label(need.area),
        tier=_tier(need.tier),
        sought=reading.money(entry.sought),
        left=reading.money(entry.sought - entry.funded),
        reason=first,
        more=listed(others) if others else "",
    )


def _hindrance(entry: matching.Hindrance) -> str:
    label = translated(matching.UNMET_LABELS[entry.reason])
    if not entry.offers:
        return label
    count = ngettext("%(count)s offer", "%(count)s offers", entry.offers) % {"count": format_number(entry.offers)}
    return f"{label} ({count})"


def aside_lines(reading: PortfolioReading) -> list[AsideLine]:
    """Requests that cannot be compared, needs and offers that take no part, each with the reason."""
    lines = [
        AsideLine(f"{facts['reference']} · {facts['state']}", _("The request has no period or no type of assistance."))
        for facts in reading.run.names["requests"].values()
        if not facts["compared"]
    ]
    for entry in reading.result.needs_aside:
        facts = reading.request_of(entry.identifier)
        area = area_label(reading.needs[entry.identifier].area)
        what = f"{facts['reference']} · {facts['state']} · {area}"
        lines.append(AsideLine(what, translated(matching.ASIDE_LABELS[entry.reason])))
    for entry in reading.result.offers_aside:
        offer = reading.offer_of(entry.identifier)
        lines.append(AsideLine(f"{offer['title']} · {offer['donor']}", translated(matching.ASIDE_LABELS[entry.reason])))
    return lines


def ordered_values(reading: PortfolioReading) -> list[matching.MarginalValue]:
    """Marginal values above nothing: severest first, the highest at the top."""
    worth = [entry for entry in reading.result.marginal_values if entry.value > 0]
    return sorted(
        worth, key=lambda entry: (WORST_FIRST[_disclosed(entry.tier)], -entry.value, entry.area, entry.region)
    )


def marginal_lines(reading: PortfolioReading, entries: Iterable[matching.MarginalValue]) -> list[MarginalLine]:
    """Some of the marginal values, in words: a unit at full score and full gain is 100."""
    return [
        MarginalLine(
            tier=_tier(entry.tier),
            label=tier_label(entry.tier),
            area=area_label(entry.area),
            region=reading.regions.get(entry.region, NOTHING),
            needs=format_number(entry.needs),
            value=format_number(entry.value * 100 / matching.UNIT, 1),
        )
        for entry in entries
    ]


def policy_facts(run: PortfolioRun) -> list[tuple[str, str]]:
    """The policy in words: (label, value)."""
    weights = [f"{label} {share}" for label, share in weight_facts(run)]
    return [(_("Weights"), listed(weights)), *limit_facts(run)]


def weight_facts(run: PortfolioRun) -> list[tuple[str, str]]:
    """The weight of each criterion that has one: (criterion, percent)."""
    shares = policy_of_run(run).weights.shares
    return [(translated(matching.CRITERION_LABELS[code]), _percent(share)) for code, share in shares if share]


def limit_facts(run: PortfolioRun) -> list[tuple[str, str]]:
    """Everything of the policy but the weights: (label, value)."""
    policy = policy_of_run(run)
    seconds = ngettext("%(count)s second", "%(count)s seconds", policy.seconds)
    return [
        (_("Unit"), _base_money(policy.grain)),
        (_("Steps"), listed(map(_step, policy.steps))),
        (_("Most donors of one request"), format_number(policy.max_donors)),
        (_("Longest search"), seconds % {"count": format_number(policy.seconds)}),
    ]


def _step(step: matching.Step) -> str:
    if step.width is None:
        return _("all further money counts %(gain)s") % {"gain": _percent(step.gain)}
    return _("%(width)s count %(gain)s") % {"width": _base_money(step.width), "gain": _percent(step.gain)}


def _percent(share: int) -> str:
    return format_percent(share * 100 / matching.UNIT)


def _base_money(units: int) -> str:
    return format_money(units * minor_per_unit(BASE), BASE)


def technical_facts(run: PortfolioRun) -> list[tuple[str, str]]:
    """By what the portfolio can be told and computed again: (label, value)."""
    return [
        (_("Run"), str(run.uuid)),
        (_("Engine"), run.engine_version),
        (_("Policy version"), run.policy_version),
        (_("Weights version"), run.weights_version),
        (_("As of"), format_day(run.as_of) if run.as_of else NOTHING),
        (_("Rates"), format_day(run.rate_set.dated) if run.rate_set else _("none: one currency only")),
        (_("Input hash"), run.input_hash),
    ]


def pairs_to_send(reading: PortfolioReading, pairs: Iterable[Pair]) -> list[str]:
    """Lines of the proposal as they stand before they are sent, with State and amount."""
    wanted = set(pairs)
    chosen = (entry for entry in reading.result.allocations if (entry.need_id, entry.offer_id) in wanted)
    return [
        " · ".join(
            text
            for text in (
                line.state,
                line.reference,
                line.area,
                offer_label(reading, line.offer_uuid),
                line.amount,
                line.about,
            )
            if text
        )
        for line in proposal_lines(reading, chosen)
    ]


def pair_labels(reading: PortfolioReading, pairs: Iterable[Pair]) -> list[str]:
    """Pairs by the names that people know them by."""
    return [
        " · ".join(
            [
                reading.request_of(need)["reference"],
                area_label(reading.needs[need].area),
                offer_label(reading, offer),
            ]
        )
        for need, offer in pairs
        if need in reading.needs and offer in reading.run.names["offers"]
    ]


def offer_label(reading: PortfolioReading, offer_id: str) -> str:
    """Donor and title of an offer."""
    offer = reading.offer_of(offer_id)
    return _("%(label)s: %(text)s") % {"label": offer["donor"], "text": offer["title"]}


def amount_text(reading: PortfolioReading, grains: int, *, in_kind: bool) -> str:
    """Grains as money, or as the worth of help in kind."""
    amount = reading.money(grains)
    return _("%(amount)s in kind") % {"amount": amount} if in_kind else amount
