"""What may be written into a request and its needs, and the rules for it. Amounts are integers in minor units."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, Final, TypedDict

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import CharField, Model, TextField
from django.utils.translation import gettext as _

from assessments.enums import AssistanceType, FunctionalArea, GenderMarker, Technology
from assessments.models import AssistanceRequest, Need
from wam_portal.errors import Invalid
from wam_portal.forms import MAX_MINOR, validate_currency


class RequestFields(TypedDict, total=False):
    """What people write into a request; `languages` begins with the preferred one."""

    title: str
    objective: str
    currency: str
    period_start: date | None
    period_end: date | None
    places: str
    beneficiaries: str
    what_exists: str
    who_helps: str
    national_contribution_minor: int | None
    sustainability: str
    expected_results: str
    strategies: str
    gender_marker: str
    oda_eligible: bool | None
    languages: list[str]
    contact: str


class NeedFields(TypedDict, total=False):
    """What people write into a need, beside the gaps it answers."""

    functional_area: str
    assistance_types: list[str]
    technology: str
    description: str
    amount_minor: int | None
    includes_maintenance: bool
    includes_training: bool


Check = Callable[[Any], str]
"""Answers what is wrong with a value in a sentence, or an empty text."""


def checked_request(request: AssistanceRequest, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with texts trimmed. Raises `Invalid` with every problem, and `TypeError` for a field that is none."""
    cleaned = _cleaned(AssistanceRequest, RequestFields.__annotations__, fields)
    errors = _errors(AssistanceRequest, _REQUEST_CHECKS, cleaned)
    start = cleaned.get("period_start", request.period_start)
    end = cleaned.get("period_end", request.period_end)
    if start and end and end < start:
        errors.setdefault("period_end", []).append(_("The end must not be before the start."))
    if errors:
        raise Invalid(errors)
    return cleaned


def checked_need(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields with texts trimmed and types in their usual order. Raises as `checked_request` does."""
    cleaned = _cleaned(Need, NeedFields.__annotations__, fields)
    if errors := _errors(Need, _NEED_CHECKS, cleaned):
        raise Invalid(errors)
    if "assistance_types" in cleaned:
        cleaned["assistance_types"] = [kind.value for kind in AssistanceType if kind in cleaned["assistance_types"]]
    return cleaned


def _cleaned(model: type[Model], known: Collection[str], fields: Mapping[str, Any]) -> dict[str, Any]:
    if strange := set(fields) - set(known):
        raise TypeError(f"{model.__name__} has no field for people named {sorted(strange)}")
    return {name: value.strip() if isinstance(value, str) else value for name, value in fields.items()}


def _errors(model: type[Model], checks: Mapping[str, Check], cleaned: Mapping[str, Any]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for name, value in cleaned.items():
        problem = _too_long(model, name, value) or (checks[name](value) if name in checks else "")
        if problem:
            errors[name] = [problem]
    return errors


def _too_long(model: type[Model], name: str, value: Any) -> str:
    field = model._meta.get_field(name)
    limit = field.max_length if isinstance(field, CharField | TextField) else None
    if limit is None or not isinstance(value, str) or len(value) <= limit:
        return ""
    return _("Use at most %(limit)d characters; this has %(count)d.") % {"limit": limit, "count": len(value)}


def _title(value: str) -> str:
    return "" if value else _("Give the request a title.")


def _currency(value: str) -> str:
    try:
        validate_currency(value)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _amount(value: int | None) -> str:
    if value is None:
        return ""
    if value < 0:
        return _("An amount cannot be negative.")
    return _("This amount is too large.") if value > MAX_MINOR else ""


def _one_of(values: Collection[str]) -> Check:
    def check(value: str) -> str:
        return "" if value in values else _("Choose one of the choices shown.")

    return check


def _languages(value: list[str]) -> str:
    known = {code for code, _name in settings.LANGUAGES}
    ok = len(set(value)) == len(value) and known.issuperset(value)
    return "" if ok else _("Choose languages from those shown, each once.")


def _types(value: list[str]) -> str:
    return "" if set(AssistanceType.values).issuperset(value) else _("Choose types of assistance from those shown.")


_REQUEST_CHECKS: Final[Mapping[str, Check]] = {
    "title": _title,
    "currency": _currency,
    "national_contribution_minor": _amount,
    "gender_marker": _one_of(GenderMarker.values),
    "languages": _languages,
}
_NEED_CHECKS: Final[Mapping[str, Check]] = {
    "functional_area": _one_of(FunctionalArea.values),
    "assistance_types": _types,
    "technology": _one_of(["", *Technology.values]),
    "amount_minor": _amount,
}
