"""From what a coordinator may see to the input of a portfolio, and from a form to a policy.

What goes in: the needs of requests granted to the coordinator, each from the newest grant, and the offers that donors
show to coordinators, with what is left of them. Refusals and agreements between donors and States are not shown to
coordinators, so they do not enter either: from a figure that rests on them they could be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from assessments import public
from cooperation import matching
from cooperation.models import Offer, RateSet
from cooperation.selectors.portfolios import listed_offers
from cooperation.selectors.rates import engine_rates
from cooperation.selectors.territories import territory_chains
from cooperation.selectors.wording import Presenter
from cooperation.services.match_inputs import needs_of, offer_value
from wam_portal.access import Viewer
from wam_portal.errors import Invalid

NAME_MAX: Final = 160
LONGEST: Final = 90
"""Seconds that a search may take, beside reading, scoring and storing: what one person may ask of a worker."""
FIELD_OF: Final = {"grain": "grain", "donors": "max_donors", "seconds": "seconds"}
STEP_FIELD_OF: Final = {"width": "width", "gain": "gain", "gains_fall": "gain"}
PER_CENT: Final = matching.UNIT // 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyValues:
    """What a coordinator decides about a portfolio. Weights by criterion and gains are whole percent.

    steps: (width in whole units of the base currency, None for no limit; gain). grain: in whole units.
    """

    weights: Mapping[str, int]
    grain: int
    steps: Sequence[tuple[int | None, int]]
    max_donors: int
    seconds: int


def policy_errors(values: PolicyValues) -> dict[str, list[str]]:
    """Every fault of a policy, by field: `weights`, `grain`, `max_donors`, `seconds`, `steps`; of the second step
    `width_2` and `gain_2`.
    """
    problems = [("weights", problem) for problem in matching.find_problems("checked", _shares(values))]
    for problem in matching.find_policy_problems(version="checked", **_facts(values)):
        code, number = problem.code.partition(".")[2], dict(problem.params).get("step")
        field = f"{STEP_FIELD_OF[code]}_{number.value}" if number else FIELD_OF.get(code, "steps")
        problems.append((field, problem))
    if values.seconds > LONGEST and not any(field == "seconds" for field, _problem in problems):
        problems.append(("seconds", matching.Sentence("policy.seconds", (("most", matching.Shown("count", LONGEST)),))))
    presenter = Presenter()
    errors: dict[str, list[str]] = {}
    for field, problem in problems:
        errors.setdefault(field, []).append(presenter.sentence(problem))
    return errors


def checked_policy(values: PolicyValues) -> matching.Policy:
    """The policy as the engine takes it; its version is told by its content. Raises `Invalid`: see `policy_errors`."""
    errors = policy_errors(values)
    if errors:
        raise Invalid(errors)
    shares, facts = _shares(values), _facts(values)
    weights = matching.Weights.of(_weights_version(shares), dict(shares))
    return matching.Policy(version=_policy_version(facts), weights=weights, **facts)


def _shares(values: PolicyValues) -> list[tuple[str, int]]:
    return [(code, percent * PER_CENT) for code, percent in values.weights.items()]


def _facts(values: PolicyValues) -> dict[str, Any]:
    steps = tuple(matching.Step(width, gain * PER_CENT) for width, gain in values.steps)
    return {"grain": values.grain, "steps": steps, "max_donors": values.max_donors, "seconds": values.seconds}


def checked_name(name: str) -> str:
    """The name without blanks around it. Raises `Invalid`."""
    text = name.strip()
    if not text:
        raise Invalid({"name": [_("Give the portfolio a name by which you will find it again.")]})
    if len(text) > NAME_MAX:
        raise Invalid({"name": [_("At most %(limit)d characters.") % {"limit": NAME_MAX}]})
    return text


def _weights_version(shares: Sequence[tuple[str, int]]) -> str:
    default = matching.DEFAULT_WEIGHTS
    if dict(shares) == dict(default.shares):
        return default.version
    return f"own-{matching.input_hash(sorted(shares))[:12]}"


def _policy_version(facts: Mapping[str, Any]) -> str:
    """How long one is ready to search is no part of what is decided."""
    decided = {name: value for name, value in facts.items() if name != "seconds"}
    default = matching.DEFAULT_POLICY
    if all(getattr(default, name) == value for name, value in decided.items()):
        return default.version
    return f"own-{matching.input_hash(decided)[:12]}"


@dataclass(frozen=True, slots=True)
class Gathered:
    """The input of a portfolio, what it rests on, and how people call what is in it."""

    given: matching.PortfolioInput
    grants: tuple[str, ...]
    offers: tuple[str, ...]
    names: dict[str, Any]


def gather_input(viewer: Viewer, policy: matching.Policy, *, rate_set: RateSet | None, as_of: date) -> Gathered:
    """Everything that the portfolio of this coordinator is made from. Reads only."""
    territories = territory_chains()
    needs: list[matching.Need] = []
    requests: dict[str, dict[str, str]] = {}
    grants: list[str] = []
    for released in public.releases_for(viewer).newest_of_each_request():
        lines = needs_of(released, territories)
        needs += lines
        grants.append(str(released.grant_uuid))
        requests[str(released.request_uuid)] = {
            "reference": released.reference,
            "title": released.title,
            "state": released.state.name,
            "grant": str(released.grant_uuid),
            "compared": "yes" if lines else "",
        }
    rows = listed_offers(viewer).select_related("donor__territory").prefetch_related("included", "excluded")
    offers = list(rows.order_by("pk"))
    given = matching.PortfolioInput.of(
        needs,
        [offer_value(offer, territories) for offer in offers],
        policy,
        rates=engine_rates(rate_set, as_of),
        as_of=as_of,
        in_kind=[value for offer in offers for value in _value_left(offer)],
    )
    named = {str(row.uuid): {"title": row.title, "donor": row.donor.name, "currency": row.currency} for row in offers}
    return Gathered(
        given=given,
        grants=tuple(sorted(grants)),
        offers=tuple(sorted(named)),
        names={"requests": requests, "offers": named},
    )


def _value_left(offer: Offer) -> Sequence[matching.InKindValue]:
    """What help in kind is estimated to be worth, for the share of its requests that it can still serve."""
    if offer.capacity_minor is not None or offer.estimated_value_minor is None:
        return ()
    value = offer.estimated_value_minor
    if offer.max_requests:
        value = value * max(0, offer.max_requests - offer.committed_requests) // offer.max_requests
    return (matching.InKindValue(str(offer.uuid), matching.Money(value, offer.currency)),)
