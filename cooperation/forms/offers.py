"""The offer editor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assessments import public
from cooperation.enums import ApplicantKind, Modality
from cooperation.forms.places import Place, PlacesField, places_of
from cooperation.models import Offer
from cooperation.services.offers import errors_of_change
from cooperation.validators import MAX_MINOR, REASON_MAX, STORED_FIELDS, OfferValues
from wam_portal.forms import AmountField, add_other_errors, format_minor, parse_money, validate_currency

AMOUNTS: Final = ("capacity", "floor", "ceiling", "estimated_value")
MONEY: Final = ("currency", "capacity", "floor", "ceiling")
REQUESTS: Final = ("max_requests", "estimated_value")
DATES: Final = ("period_start", "period_end", "valid_until")
PLACES: Final = ("included", "excluded")
SHORT: Final = (MONEY, REQUESTS, DATES)
SECTIONS: Final = (
    (
        _("What you offer"),
        "",
        ("title", "summary", "modality", "functional_areas", "assistance_types", "technologies"),
    ),
    (_("Where"), _("A region takes in all its countries. What you leave out is taken away again."), PLACES),
    (_("How much money"), _("Help in kind may leave this empty and say below how many requests it can serve."), MONEY),
    (_("How many requests"), "", REQUESTS),
    (_("When"), "", DATES),
    (
        _("Conditions"),
        "",
        (
            "applicant_kinds",
            "languages",
            "needs_endorsed_baseline",
            "oda_only",
            "min_gender_marker",
            "min_cofunding_percent",
        ),
    ),
    (_("What you would rather support"), "", ("priority_areas", "priority_lenses", "strategies")),
    (_("Who sees it"), "", ("listed",)),
)


NOT_JUDGED: Final = {
    "title": "",
    **dict.fromkeys(AMOUNTS),
    **dict.fromkeys(PLACES, ()),
    "capacity": MAX_MINOR,
    "period_start": date.min,
    "period_end": date.max,
    "valid_until": date.max,
}
"""What stands for a field that could not be read while the others are judged."""


@dataclass(frozen=True, slots=True)
class EditorSection:
    """A group of fields; `compact` ones stand side by side, `places` are chosen in the tree."""

    heading: Any
    intro: Any
    fields: list[forms.BoundField]
    compact: bool
    places: list[Place] | None


def many_field(
    label: Any, choices: Iterable[tuple[str, Any]], help_text: Any = "", *, required: bool = False
) -> forms.MultipleChoiceField:
    """Boxes to tick; `required`: at least one."""
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=required, help_text=help_text, widget=forms.CheckboxSelectMultiple()
    )


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget)


def text_field(label: Any, limit: int, help_text: Any = "", *, required: bool = False) -> forms.CharField:
    """A text of several lines."""
    widget = forms.Textarea(attrs={"rows": 3, "dir": "auto"})
    return forms.CharField(label=label, required=required, max_length=limit, help_text=help_text, widget=widget)


class OfferForm(forms.Form):
    """Everything that an offer says. `values()` gives it as the service takes it."""

    base_version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput())
    title = forms.CharField(label=_("Title"), max_length=160, widget=forms.TextInput(attrs={"dir": "auto"}))
    summary = text_field(_("Summary"), 4000)
    modality = forms.ChoiceField(label=_("Kind of help"), choices=Modality.choices, initial=Modality.GRANT)
    functional_areas = many_field(
        _("Functional areas"), public.FunctionalArea.choices, _("None chosen: open to every area.")
    )
    assistance_types = many_field(
        _("Types of assistance"), public.AssistanceType.choices, _("None chosen: open to every type.")
    )
    technologies = many_field(_("Technologies"), public.Technology.choices, _("None chosen: no limit."))
    included = PlacesField(label=_("Countries and regions"))
    excluded = PlacesField(label=_("But not in"))
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
    estimated_value = AmountField(
        label=_("Estimated value"), help_text=_("Of help in kind, all of it. Totalled apart from money.")
    )
    period_start = _day(_("Help can be given from"))
    period_end = _day(_("Help can be given until"))
    valid_until = _day(_("Open for requests until"), _("After this day no new request is matched with the offer."))
    applicant_kinds = many_field(_("Who may apply"), ApplicantKind.choices, _("None chosen: everybody."))
    languages = many_field(_("Working languages"), settings.LANGUAGES, _("None chosen: any language."))
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
    priority_areas = many_field(_("Priority areas"), public.FunctionalArea.choices)
    priority_lenses = many_field(_("Lenses"), public.Lens.choices)
    strategies = text_field(
        _("Strategies it supports"), 2000, _("One on each line, named as requests would name them.")
    )
    listed = forms.BooleanField(label=_("Show the published offer to coordinators"), required=False, initial=True)

    def __init__(
        self, data: Any = None, *, current: Offer | None = None, publishes: bool = False, **options: Any
    ) -> None:
        """`current`: the offer that is changed, None for a new one; `publishes`: whether it is published with it."""
        super().__init__(data, **options)
        self.current, self.publishes = current, publishes

    def clean(self) -> dict[str, Any]:
        """Amounts in minor units of the currency. What else can be judged is, so that all is told at once."""
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
        if self.errors:
            values = self._values({**NOT_JUDGED, **self.cleaned_data})
            add_other_errors(self, errors_of_change(values=values, offer=self.current, publishes=self.publishes))
        return cleaned

    def clean_currency(self) -> str:
        """The code in capital letters, where it is one."""
        code = str(self.cleaned_data["currency"]).upper()
        validate_currency(code)
        return code

    def values(self) -> OfferValues:
        """What was typed, once the form is valid."""
        return self._values(self.cleaned_data)

    @staticmethod
    def _values(typed: dict[str, Any]) -> OfferValues:
        data = {name: value for name, value in typed.items() if name != "base_version"}
        amounts = {f"{name}_minor": data.pop(name) for name in AMOUNTS}
        lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
        return OfferValues(**{**data, **amounts, **lists})

    def sections(self) -> list[EditorSection]:
        """The fields in their groups."""
        return [
            EditorSection(
                heading,
                intro,
                [self[name] for name in names],
                compact=names in SHORT,
                places=self._places() if names == PLACES else None,
            )
            for heading, intro, names in SECTIONS
        ]

    def _places(self) -> list[Place]:
        """The tree with what is ticked, also where it was refused."""
        return places_of(*[[str(code) for code in self[name].value() or ()] for name in PLACES])


class ClosingForm(forms.Form):
    """Why an offer is closed."""

    base_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput())
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=REASON_MAX,
        help_text=_("Your colleagues read it here. The States are told that the offer was closed."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


def initial_of(offer: Offer) -> dict[str, Any]:
    """What the editor shows of a stored offer."""
    stored = {name: getattr(offer, name) for name in STORED_FIELDS}
    amounts = {name: format_minor(stored.pop(f"{name}_minor"), offer.currency) for name in AMOUNTS}
    places = {name: [row.code for row in getattr(offer, name).all()] for name in ("included", "excluded")}
    return {**stored, **amounts, **places, "base_version": offer.version}
