"""What an offer and an entry of the register may say. Pure: the facts and today's date in, messages by field out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from assessments import public
from cooperation.enums import ActivityKind, ActivityStatus, ApplicantKind, Modality
from wam_portal.accounts.models import Party, Territory
from wam_portal.formats import format_day, format_money
from wam_portal.money import currency_problem

MAX_MINOR: Final = 2**53 - 1
"""The largest amount that the matching engine and canonical JSON can carry."""
MAX_REQUESTS: Final = 10_000
CODED_FIELDS: Final[dict[str, Collection[str]]] = {
    "functional_areas": public.FunctionalArea.values,
    "assistance_types": public.AssistanceType.values,
    "technologies": public.Technology.values,
    "priority_areas": public.FunctionalArea.values,
    "priority_lenses": public.Lens.values,
    "applicant_kinds": ApplicantKind.values,
}
TEXT_LIMITS: Final = {"title": 160, "summary": 4000, "strategies": 2000}
AMOUNT_FIELDS: Final = ("capacity_minor", "floor_minor", "ceiling_minor", "estimated_value_minor")
REASON_MAX: Final = 2000

Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferValues:
    """Everything that a donor says in an offer. Amounts are minor units of `currency`, shares percent.

    An empty collection of codes means no limit. `valid_until`: the last day on which requests are matched with it;
    the period is when the help can be given. `estimated_value_minor`: what help in kind is worth in all.
    """

    title: str
    period_start: date
    period_end: date
    valid_until: date
    included: Sequence[Territory] = ()
    excluded: Sequence[Territory] = ()
    summary: str = ""
    listed: bool = True
    modality: str = Modality.GRANT
    functional_areas: Sequence[str] = ()
    assistance_types: Sequence[str] = ()
    technologies: Sequence[str] = ()
    currency: str = "USD"
    capacity_minor: int | None = None
    max_requests: int | None = None
    floor_minor: int | None = None
    ceiling_minor: int | None = None
    estimated_value_minor: int | None = None
    languages: Sequence[str] = ()
    applicant_kinds: Sequence[str] = ()
    needs_endorsed_baseline: bool = False
    min_gender_marker: int | None = None
    oda_only: bool = False
    min_cofunding_percent: int | None = None
    priority_areas: Sequence[str] = ()
    priority_lenses: Sequence[str] = ()
    strategies: str = ""


STORED_FIELDS: Final = tuple(name for name in OfferValues.__dataclass_fields__ if name not in {"included", "excluded"})
"""Those kept in the offer's own row."""


def draft_errors(values: OfferValues) -> Errors:
    """What is wrong even in a draft: unknown codes, contradictions, texts too long."""
    errors: Errors = {}
    _check_texts(values, errors)
    _check_codes(values, errors)
    _check_amounts(values, errors)
    if values.period_end < values.period_start:
        _add(errors, "period_end", _("The end must not be before the start."))
    if values.min_gender_marker not in (None, 0, 1, 2):
        _add(errors, "min_gender_marker", _("The gender marker is 0, 1 or 2."))
    if values.min_cofunding_percent is not None and not 0 <= values.min_cofunding_percent <= 100:  # noqa: PLR2004
        _add(errors, "min_cofunding_percent", _("Give a share from 0 to 100 percent."))
    return errors


def publication_errors(values: OfferValues, *, reached: Collection[int], today: date) -> Errors:
    """What must hold, besides, for an offer that is matched with requests. `reached`: the countries it reaches."""
    errors: Errors = {}
    if not values.included:
        _add(errors, "included", _("Name at least one country or region, or the world."))
    elif not reached:
        _add(errors, "excluded", _("What you leave out takes away every country that you named."))
    if values.period_end < today:
        _add(errors, "period_end", _("The period is over: give an end that lies ahead."))
    if values.valid_until < today:
        _add(errors, "valid_until", _("This day has passed: give one that lies ahead."))
    return errors


def commitment_errors(values: OfferValues, *, currency: str, committed_minor: int, committed_requests: int) -> Errors:
    """What agreed matches forbid: another currency, or less than is committed already."""
    errors: Errors = {}
    if not committed_requests:
        return errors
    if values.currency != currency:
        _add(errors, "currency", _("Matches were agreed in %(currency)s, so it stays.") % {"currency": currency})
    elif values.capacity_minor is None and committed_minor:
        _add(errors, "capacity", _("Money of this offer is committed, so it needs a capacity."))
    elif values.capacity_minor is not None and values.capacity_minor < committed_minor:
        committed = format_money(committed_minor, currency)
        _add(
            errors,
            "capacity",
            _("%(committed)s are committed already: it cannot hold less.") % {"committed": committed},
        )
    if values.max_requests is not None and values.max_requests < committed_requests:
        _add(errors, "max_requests", _("It serves more requests than this already."))
    return errors


def closing_errors(reason: str, *, published: bool) -> Errors:
    """What is wrong with the reason for closing; a draft that nobody else has seen needs none."""
    errors: Errors = {}
    if published and not reason.strip():
        _add(errors, "reason", _("Say why you close the offer."))
    if len(reason) > REASON_MAX:
        _add(errors, "reason", _("At most %(limit)d characters.") % {"limit": REASON_MAX})
    return errors


def _add(errors: Errors, field: str, message: str) -> None:
    errors.setdefault(field, []).append(message)


def _check_texts(values: OfferValues, errors: Errors) -> None:
    if not values.title.strip():
        _add(errors, "title", _("Give the offer a title."))
    for field, limit in TEXT_LIMITS.items():
        if len(getattr(values, field)) > limit:
            _add(errors, field, _("At most %(limit)d characters.") % {"limit": limit})


def _check_codes(values: OfferValues, errors: Errors) -> None:
    languages = [code for code, _name in settings.LANGUAGES]
    for field, known in {**CODED_FIELDS, "languages": languages}.items():
        unknown = [code for code in getattr(values, field) if code not in known]
        if unknown:
            _add(errors, field, _("Unknown: %(codes)s.") % {"codes": ", ".join(unknown)})
    if values.modality not in Modality.values:
        _add(errors, "modality", _("Choose one of the kinds of help."))


def _check_amounts(values: OfferValues, errors: Errors) -> None:
    problem = currency_problem(values.currency)
    if problem:
        _add(errors, "currency", problem)
    for field in AMOUNT_FIELDS:
        minor = getattr(values, field)
        if minor is not None and not 0 <= minor <= MAX_MINOR:
            _add(errors, field.removesuffix("_minor"), _("An amount is not negative, and not beyond all measure."))
    if values.max_requests is not None and not 1 <= values.max_requests <= MAX_REQUESTS:
        _add(errors, "max_requests", _("Give a number from 1 to %(most)d.") % {"most": MAX_REQUESTS})
    _check_limits(values, errors)


def _check_limits(values: OfferValues, errors: Errors) -> None:
    capacity, floor, ceiling = values.capacity_minor, values.floor_minor, values.ceiling_minor
    if values.estimated_value_minor is not None and values.modality != Modality.IN_KIND:
        _add(errors, "estimated_value", _("Only help in kind has an estimated value; other help holds an amount."))
    if capacity is None:
        if values.modality != Modality.IN_KIND:
            _add(errors, "capacity", _("Give the amount that this offer holds."))
        elif values.max_requests is None:
            _add(errors, "max_requests", _("Say how many requests this help in kind can serve, or give an amount."))
        for field, limit in (("floor", floor), ("ceiling", ceiling)):
            if limit is not None:
                _add(errors, field, _("A limit per request needs a capacity."))
        return
    if floor is not None and ceiling is not None and ceiling < floor:
        _add(errors, "ceiling", _("The most per request must not be below the least."))
    if floor is not None and floor > capacity:
        _add(errors, "floor", _("The least per request is more than the offer holds."))


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityValues:
    """Everything that an entry of the register says. The amount is in minor units of `currency`."""

    title: str
    included: Sequence[Territory]
    functional_areas: Sequence[str]
    kind: str = ActivityKind.PROJECT
    status: str = ActivityStatus.RUNNING
    shared: bool = False
    provider: Party | None = None
    provider_name: str = ""
    assistance_types: Sequence[str] = ()
    places: str = ""
    beneficiaries: str = ""
    period_start: date | None = None
    period_end: date | None = None
    currency: str = "USD"
    amount_minor: int | None = None
    description: str = ""


ACTIVITY_FIELDS: Final = tuple(name for name in ActivityValues.__dataclass_fields__ if name != "included")
"""Those kept in the entry's own row."""
ACTIVITY_TEXT_LIMITS: Final = {
    "title": 160,
    "provider_name": 160,
    "places": 400,
    "beneficiaries": 400,
    "description": 4000,
}
_BEGUN: Final = (ActivityStatus.RUNNING, ActivityStatus.FINISHED)
_ACTIVITY_CODES: Final[dict[str, Collection[str]]] = {
    "functional_areas": public.FunctionalArea.values,
    "assistance_types": public.AssistanceType.values,
    "kind": ActivityKind.values,
    "status": ActivityStatus.values,
}


def activity_errors(values: ActivityValues, *, providers: Collection[int], today: date) -> Errors:
    """What is wrong with an entry of the register. `providers`: the parties that may be named as provider."""
    errors: Errors = {}
    _check_activity_texts(values, errors)
    if not values.included:
        _add(errors, "included", _("Name at least one country or region."))
    if values.period_start and values.period_end and values.period_end < values.period_start:
        _add(errors, "period_end", _("The end must not be before the start."))
    elif values.period_start and values.period_start > today and values.status in _BEGUN:
        begins = format_day(values.period_start)
        text = _("It begins on %(day)s only: choose “Planned”, or correct the day.")
        _add(errors, "status", text % {"day": begins})
    problem = currency_problem(values.currency)
    if problem:
        _add(errors, "currency", problem)
    if values.amount_minor is not None and not 0 <= values.amount_minor <= MAX_MINOR:
        _add(errors, "amount", _("An amount is not negative, and not beyond all measure."))
    _check_provider(values, providers, errors)
    return errors


def _check_activity_texts(values: ActivityValues, errors: Errors) -> None:
    if not values.title.strip():
        _add(errors, "title", _("Give it a title."))
    for field, limit in ACTIVITY_TEXT_LIMITS.items():
        if len(getattr(values, field)) > limit:
            _add(errors, field, _("At most %(limit)d characters.") % {"limit": limit})
    if not values.functional_areas:
        _add(errors, "functional_areas", _("Choose at least one functional area."))
    for field, known in _ACTIVITY_CODES.items():
        codes = getattr(values, field)
        unknown = [code for code in ((codes,) if isinstance(codes, str) else codes) if code not in known]
        if unknown:
            _add(errors, field, _("Unknown: %(codes)s.") % {"codes": ", ".join(unknown)})


def _check_provider(values: ActivityValues, providers: Collection[int], errors: Errors) -> None:
    if values.provider is not None and values.provider_name.strip():
        _add(errors, "provider_name", _("Choose who provides it, or write the name; not both."))
    elif values.provider is None and not values.provider_name.strip():
        _add(errors, "provider", _("Say who provides it: choose a party, or write the name."))
    elif values.provider is not None and values.provider.pk not in providers:
        _add(errors, "provider", _("This party cannot be chosen. Write the name instead."))


def activity_values_of(activity: Any) -> ActivityValues:
    """What a stored entry says. Needs its places."""
    return ActivityValues(
        included=list(activity.included.all()), **{name: getattr(activity, name) for name in ACTIVITY_FIELDS}
    )


def values_of(offer: Any) -> OfferValues:
    """What a stored offer says."""
    return OfferValues(
        included=list(offer.included.all()),
        excluded=list(offer.excluded.all()),
        **{name: getattr(offer, name) for name in STORED_FIELDS},
    )
