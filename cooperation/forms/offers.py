"""The offer editor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import gettext_lazy as _

from assessments import public
from cooperation.enums import ApplicantKind, Modality
from cooperation.models import Offer
from cooperation.validators import STORED_FIELDS, OfferValues
from wam_portal.accounts.enums import TerritoryKind
from wam_portal.accounts.models import Territory
from wam_portal.forms import AmountField, format_minor, parse_money, validate_currency

AMOUNTS: Final = ("capacity", "floor", "ceiling")
KIND_ORDER: Final = [
    TerritoryKind.WORLD,
    TerritoryKind.REGION,
    TerritoryKind.SUBREGION,
    TerritoryKind.INTERMEDIATE,
    TerritoryKind.COUNTRY,
]
MONEY: Final = ("currency", "capacity", "floor", "ceiling", "max_requests")
DATES: Final = ("period_start", "period_end", "valid_until")
SHORT: Final = (MONEY, DATES, ("included", "excluded"))
SECTIONS: Final = (
    (_("What you offer"), ("title", "summary", "modality", "functional_areas", "assistance_types", "technologies")),
    (_("Where"), ("included", "excluded")),
    (_("How much"), MONEY),
    (_("When"), DATES),
    (
        _("Conditions"),
        (
            "applicant_kinds",
            "languages",
            "needs_endorsed_baseline",
            "oda_only",
            "min_gender_marker",
            "min_cofunding_percent",
        ),
    ),
    (_("What you would rather support"), ("priority_areas", "priority_lenses", "strategies")),
    (_("Who sees it"), ("listed",)),
)


def _many(label: Any, choices: Iterable[tuple[str, Any]], help_text: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, help_text=help_text, widget=forms.CheckboxSelectMultiple()
    )


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget)


def _text(label: Any, limit: int, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    return forms.CharField(label=label, required=False, max_length=limit, help_text=help_text, widget=widget)


class PlacesField(forms.ModelMultipleChoiceField[Territory]):
    """Regions first, then countries, by their codes."""

    widget = forms.SelectMultiple(attrs={"size": "10"})

    def __init__(self, **options: Any) -> None:
        order = Case(
            *[When(kind=kind, then=Value(place)) for place, kind in enumerate(KIND_ORDER)], output_field=IntegerField()
        )
        places = Territory.objects.order_by(order, "name", "code")
        super().__init__(places, to_field_name="code", required=False, **options)

    def label_from_instance(self, obj: Any) -> str:
        """The name, with the kind for what is not a country."""
        country = obj.kind in (TerritoryKind.COUNTRY, TerritoryKind.WORLD)
        return str(obj) if country else f"{obj} ({obj.get_kind_display()})"


class OfferForm(forms.Form):
    """Everything that an offer says. `values()` gives it as the service takes it."""

    base_version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput())
    title = forms.CharField(label=_("Title"), max_length=160, widget=forms.TextInput(attrs={"dir": "auto"}))
    summary = _text(_("Summary"), 4000)
    modality = forms.ChoiceField(label=_("Kind of help"), choices=Modality.choices, initial=Modality.GRANT)
    functional_areas = _many(
        _("Functional areas"), public.FunctionalArea.choices, _("None chosen: open to every area.")
    )
    assistance_types = _many(
        _("Types of assistance"), public.AssistanceType.choices, _("None chosen: open to every type.")
    )
    technologies = _many(_("Technologies"), public.Technology.choices, _("None chosen: no limit."))
    included = PlacesField(
        label=_("Countries and regions"),
        help_text=_("Hold Ctrl, or Command on a Mac, to choose several. A region takes in all its countries."),
    )
    excluded = PlacesField(label=_("But not in"), help_text=_("Taken out of what you chose above."))
    currency = forms.CharField(label=_("Currency"), max_length=3, initial="USD")
    capacity = AmountField(
        label=_("Amount that the offer holds"), help_text=_("Digits, with a point before cents: 80000.50")
    )
    floor = AmountField(label=_("Least for one request"))
    ceiling = AmountField(label=_("Most for one request"))
    max_requests = forms.IntegerField(
        label=_("Requests it can serve"),
        required=False,
        min_value=1,
        help_text=_("Needed for help in kind that holds no amount."),
    )
    period_start = _day(_("Help can be given from"))
    period_end = _day(_("Help can be given until"))
    valid_until = _day(_("Open for requests until"), _("After this day no new request is matched with the offer."))
    applicant_kinds = _many(_("Who may apply"), ApplicantKind.choices, _("None chosen: everybody."))
    languages = _many(_("Working languages"), settings.LANGUAGES, _("None chosen: any language."))
    needs_endorsed_baseline = forms.BooleanField(label=_("An endorsed baseline is required"), required=False)
    oda_only = forms.BooleanField(label=_("Only what is eligible as ODA"), required=False)
    min_gender_marker = forms.TypedChoiceField(
        label=_("Least gender marker"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("No minimum")), *[choice for choice in public.GenderMarker.choices if choice[0]]],
    )
    min_cofunding_percent = forms.IntegerField(
        label=_("Least national share, in percent"), required=False, min_value=0, max_value=100
    )
    priority_areas = _many(_("Priority areas"), public.FunctionalArea.choices)
    priority_lenses = _many(_("Lenses"), public.Lens.choices)
    strategies = _text(_("Strategies it supports"), 2000, _("One on each line, named as requests would name them."))
    listed = forms.BooleanField(label=_("Show the published offer to coordinators"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        """Amounts in minor units of the currency."""
        cleaned = super().clean() or {}
        currency = cleaned.get("currency")
        for name in AMOUNTS:
            amount = cleaned.get(name)
            if amount is None or currency is None:
                continue
            try:
                cleaned[name] = parse_money(amount, currency)
            except ValidationError as error:
                self.add_error(name, error)
        return cleaned

    def clean_currency(self) -> str:
        """The code in capital letters, where it is one."""
        code = str(self.cleaned_data["currency"]).upper()
        validate_currency(code)
        return code

    def values(self) -> OfferValues:
        """What was typed, once the form is valid."""
        data = dict(self.cleaned_data)
        data.pop("base_version")
        amounts = {f"{name}_minor": data.pop(name) for name in AMOUNTS}
        lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
        return OfferValues(**{**data, **amounts, **lists})

    def sections(self) -> list[tuple[Any, list[forms.BoundField], bool]]:
        """The fields in their groups, and whether those of a group are short enough to stand side by side."""
        return [(heading, [self[name] for name in names], names in SHORT) for heading, names in SECTIONS]


def initial_of(offer: Offer) -> dict[str, Any]:
    """What the editor shows of a stored offer."""
    stored = {name: getattr(offer, name) for name in STORED_FIELDS}
    amounts = {name: format_minor(stored.pop(f"{name}_minor"), offer.currency) for name in AMOUNTS}
    places = {name: [row.code for row in getattr(offer, name).all()] for name in ("included", "excluded")}
    return {**stored, **amounts, **places, "base_version": offer.version}
