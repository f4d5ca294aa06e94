"""Forms of requests and needs. They parse; the rules are those of the services."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.enums import AssistanceType, FunctionalArea, GenderMarker, Technology
from assessments.models import AssistanceRequest, Gap, Need
from wam_portal.forms import AmountField, format_minor, parse_money, validate_currency


@dataclass(frozen=True, slots=True)
class FormSection:
    """A part of a long form: its anchor, its heading, a word on it, and its fields."""

    key: str
    title: str | Promise
    note: str | Promise
    fields: tuple[forms.BoundField, ...]


def _text(label: Any, limit: int, rows: int, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=limit, required=False, widget=widget, help_text=help_text)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class RequestForm(forms.Form):
    """Everything that people write into a request but its needs."""

    title = forms.CharField(label=_("Title"), max_length=160)
    objective = _text(_("Objective"), 4000, 3, _("What will be different when the work is done, in two sentences."))
    strategies = _text(
        _("Strategies it serves"), 2000, 2, _("National security, defence planning, SSR, DDR; regional plans.")
    )
    currency = forms.CharField(
        label=_("Currency"),
        max_length=3,
        help_text=_("Three letters. Changing it keeps the figures as they read; nothing is converted."),
        widget=forms.TextInput(attrs={"dir": "ltr", "size": 4, "autocapitalize": "characters"}),
    )
    national_contribution = AmountField(
        label=_("National contribution"), help_text=_("Your own share, staff and premises among it. Zero is an answer.")
    )
    period_start = _day(_("From"))
    period_end = _day(_("Until"))
    places = forms.CharField(
        label=_("Places (coarse)"),
        max_length=400,
        required=False,
        help_text=_("Regions or provinces. Never name a site."),
    )
    beneficiaries = _text(_("Who benefits"), 2000, 2, _("Institutions and people; women and men where you know."))
    what_exists = _text(_("What already exists"), 4000, 3, _("Laws, staff, premises, equipment, software."))
    who_helps = _text(_("Who already helps"), 4000, 3, _("Every partner in this field, now or lately; or “nobody”."))
    expected_results = _text(_("Expected results"), 4000, 3, _("Indicators with their value today and their aim."))
    sustainability = _text(
        _("Sustainability and exit"), 4000, 3, _("Who runs, maintains and pays for the result afterwards.")
    )
    gender_marker = forms.ChoiceField(label=_("Gender marker"), choices=GenderMarker.choices, required=False)
    oda_eligible = forms.TypedChoiceField(
        label=_("Eligible as ODA"),
        choices=[("", _("Not known")), ("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
    )
    language = forms.ChoiceField(label=_("Preferred working language"), required=False)
    other_languages = forms.MultipleChoiceField(
        label=_("Other working languages"), required=False, widget=forms.CheckboxSelectMultiple
    )
    contact = forms.CharField(
        label=_("Point of contact"),
        max_length=200,
        required=False,
        help_text=_("An office rather than a person. It goes into a full dossier only."),
    )
    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    PARTS = (
        ("aim", _("Aim"), "", ("title", "objective", "strategies")),
        ("time", _("Time and money"), "", ("period_start", "period_end", "currency", "national_contribution")),
        (
            "today",
            _("What is there today"),
            _("Both are needed before the request can be endorsed: they keep help from being duplicated."),
            ("what_exists", "who_helps"),
        ),
        ("where", _("Where and for whom"), "", ("places", "beneficiaries", "gender_marker")),
        ("results", _("Results"), "", ("expected_results", "sustainability", "oda_eligible")),
        ("working", _("Working together"), "", ("language", "other_languages", "contact")),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        languages = [(code, name) for code, name in settings.LANGUAGES]
        self._choices("language", [("", _("Not said")), *languages])
        self._choices("other_languages", languages)

    @classmethod
    def initial_of(cls, request: AssistanceRequest) -> dict[str, Any]:
        """What the form shows for a stored request."""
        names = {name for _key, _title, _note, fields in cls.PARTS for name in fields}
        plain = {name: getattr(request, name) for name in names if hasattr(request, name)}
        return {
            **plain,
            "national_contribution": format_minor(request.national_contribution_minor, request.currency),
            "oda_eligible": {True: "yes", False: "no"}.get(request.oda_eligible, ""),  # type: ignore[arg-type]  # None too
            "language": request.languages[0] if request.languages else "",
            "other_languages": request.languages[1:],
            "base_version": request.version,
        }

    def sections(self) -> Iterator[FormSection]:
        """The form's parts in order, to be shown one under the other."""
        for key, title, note, names in self.PARTS:
            yield FormSection(key, title, note, tuple(self[name] for name in names))

    def clean_currency(self) -> str:
        """A currency that exists, in capitals."""
        currency = str(self.cleaned_data["currency"]).strip().upper()
        validate_currency(currency)
        return currency

    def clean(self) -> dict[str, Any]:
        """Check the period and turn the contribution into minor units."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = data.get("period_start"), data.get("period_end")
        if start and end and end < start:
            self.add_error("period_end", _("The end must not be before the start."))
        amount = data.get("national_contribution")
        if amount is not None and "currency" in data:
            try:
                data["national_contribution_minor"] = parse_money(amount, data["currency"])
            except ValidationError as error:
                self.add_error("national_contribution", error)
        return data

    def fields_for_service(self) -> dict[str, Any]:
        """What `update_request` takes."""
        data = dict(self.cleaned_data)
        data["national_contribution_minor"] = data.get("national_contribution_minor")
        first, others = data.pop("language"), data.pop("other_languages")
        data["languages"] = [code for code in dict.fromkeys([first, *others]) if code]
        for name in ("base_version", "national_contribution"):
            data.pop(name)
        return data

    def _choices(self, name: str, choices: Iterable[tuple[str, Any]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = list(choices)


class NeedForm(forms.Form):
    """A need: what is asked for, and the gaps it answers."""

    functional_area = forms.ChoiceField(label=_("Functional area"), choices=FunctionalArea.choices)
    assistance_types = forms.MultipleChoiceField(
        label=_("Types of assistance"),
        choices=AssistanceType.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    technology = forms.ChoiceField(
        label=_("Technology"), choices=[("", _("None in particular")), *Technology.choices], required=False
    )
    description = _text(_("What is needed"), 4000, 4, _("What, how much of it, for whom; so that it can be costed."))
    amount = AmountField(
        label=_("Amount sought"), help_text=_("In units of the currency; help in kind at its estimated value.")
    )
    includes_maintenance = forms.BooleanField(label=_("Maintenance is included"), required=False)
    includes_training = forms.BooleanField(label=_("Training is included"), required=False)
    gaps = forms.TypedMultipleChoiceField(
        label=_("Gaps it answers"), coerce=UUID, required=False, widget=forms.CheckboxSelectMultiple
    )
    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, currency: str, gaps: Iterable[Gap], **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency = currency
        choices = [(str(gap.uuid), _gap_label(gap)) for gap in gaps]
        cast("forms.TypedMultipleChoiceField", self.fields["gaps"]).choices = choices
        self.fields["amount"].label = _("Amount sought (%(currency)s)") % {"currency": currency}

    @classmethod
    def initial_of(cls, need: Need) -> dict[str, Any]:
        """What the form shows for a stored need."""
        return {
            "functional_area": need.functional_area,
            "assistance_types": need.assistance_types,
            "technology": need.technology,
            "description": need.description,
            "amount": format_minor(need.amount_minor, need.request.currency),
            "includes_maintenance": need.includes_maintenance,
            "includes_training": need.includes_training,
            "gaps": [str(gap.uuid) for gap in need.gaps.all()],
            "base_version": need.request.version,
        }

    def clean(self) -> dict[str, Any]:
        """Turn the amount into minor units."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        amount = data.get("amount")
        if amount is not None:
            try:
                data["amount_minor"] = parse_money(amount, self.currency)
            except ValidationError as error:
                self.add_error("amount", error)
        return data

    def fields_for_service(self) -> dict[str, Any]:
        """What `add_need` and `update_need` take."""
        data = dict(self.cleaned_data)
        data["amount_minor"] = data.get("amount_minor")
        data["gap_uuids"] = data.pop("gaps")
        for name in ("base_version", "amount"):
            data.pop(name)
        return data


def _gap_label(gap: Gap) -> str:
    code = gap.indicator.code or gap.indicator.key
    return f"{code} · {gap.indicator.title} ({gap.get_tier_display()}, {gap.get_status_display()})"
