"""The editor of an entry in the register of running and planned assistance."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assessments import public
from cooperation.enums import ActivityKind, ActivityStatus
from cooperation.forms.offers import EditorSection, many_field
from cooperation.forms.places import PlacesField, places_of
from cooperation.models import AssistanceActivity
from cooperation.selectors.assistance import providers_for
from cooperation.services.assistance import errors_of_activity
from cooperation.validators import ACTIVITY_FIELDS, ACTIVITY_TEXT_LIMITS, ActivityValues
from wam_portal.access import Viewer
from wam_portal.accounts.models import Party
from wam_portal.forms import AmountField, add_other_errors, format_minor, parse_money, validate_currency

PLACES: Final = ("included",)
SHORT: Final = (("provider", "provider_name"), ("period_start", "period_end"), ("currency", "amount"))
SECTIONS: Final = (
    (_("What is done"), "", ("title", "kind", "status", "description", "functional_areas", "assistance_types")),
    (_("Who provides it"), _("One of the two is needed."), SHORT[0]),
    (_("Where"), _("A region takes in all its countries. Every State that is reached reads this entry."), PLACES),
    (_("For whom, as coarse as in a request"), "", ("places", "beneficiaries")),
    (_("When"), "", SHORT[1]),
    (_("How much"), "", SHORT[2]),
    (_("Who else reads it"), "", ("shared",)),
)


def _text(name: str, label: Any, help_text: Any = "") -> forms.CharField:
    limit = ACTIVITY_TEXT_LIMITS[name]
    widget = forms.TextInput(attrs={"dir": "auto"})
    return forms.CharField(label=label, required=False, max_length=limit, help_text=help_text, widget=widget)


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget)


class ActivityForm(forms.Form):
    """Everything that an entry says. `values()` gives it as the service takes it."""

    base_version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput())
    title = forms.CharField(label=_("Title"), max_length=160, widget=forms.TextInput(attrs={"dir": "auto"}))
    kind = forms.ChoiceField(label=_("Kind"), choices=ActivityKind.choices, initial=ActivityKind.PROJECT)
    status = forms.ChoiceField(label=_("Status"), choices=ActivityStatus.choices, initial=ActivityStatus.RUNNING)
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=ACTIVITY_TEXT_LIMITS["description"],
        help_text=_("What is done, in a few sentences. Requests with a similar description are pointed out."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    functional_areas = many_field(_("Functional areas"), public.FunctionalArea.choices, required=True)
    assistance_types = many_field(_("Types of assistance"), public.AssistanceType.choices, _("None chosen: not known."))
    provider = forms.ModelChoiceField(
        Party.objects.none(), to_field_name="uuid", label=_("Party"), required=False, empty_label=_("None of these")
    )
    provider_name = _text("provider_name", _("Or its name"), _("For somebody who does not use the portal."))
    included = PlacesField(label=_("Countries and regions"), required=True)
    places = _text("places", _("Places (coarse)"), _("Provinces or cities, parted by commas; never a site."))
    beneficiaries = _text("beneficiaries", _("Who benefits"), _("Groups, parted by commas."))
    period_start = _day(_("From"))
    period_end = _day(_("Until"))
    currency = forms.CharField(label=_("Currency"), max_length=3, initial="USD")
    amount = AmountField(label=_("Amount"), help_text=_("Digits, with a point before cents: 80000.50"))
    shared = forms.BooleanField(
        label=_("Show it to donors and coordinators to whom one of these States has granted a request"), required=False
    )

    def __init__(
        self, data: Any = None, *, viewer: Viewer, current: AssistanceActivity | None = None, **options: Any
    ) -> None:
        """`current`: the entry that is changed, None for a new one."""
        super().__init__(data, **options)
        self.viewer, self.current = viewer, current
        self.fields["provider"].queryset = providers_for(viewer)  # type: ignore[attr-defined]  # a ModelChoiceField
        if not viewer.party.assesses and (current is None or current.kind != ActivityKind.ACTION):
            kinds = [choice for choice in ActivityKind.choices if choice[0] != ActivityKind.ACTION]
            self.fields["kind"].choices = kinds  # type: ignore[attr-defined]  # a ChoiceField

    def clean_currency(self) -> str:
        """The code in capital letters, where it is one."""
        code = str(self.cleaned_data["currency"]).upper()
        validate_currency(code)
        return code

    def clean(self) -> dict[str, Any]:
        """The amount in minor units of the currency. What else can be judged is, so that all is told at once."""
        cleaned = super().clean() or {}
        if cleaned.get("amount") is not None and cleaned.get("currency"):
            try:
                cleaned["amount"] = parse_money(cleaned["amount"], cleaned["currency"])
            except ValidationError as error:
                self.add_error("amount", error)
        if self.errors:
            nothing = {"title": "", "included": (), "functional_areas": (), "amount": None}
            values = self._values({**nothing, **self.cleaned_data})
            found = errors_of_activity(values=values, actor=self.viewer, current=self.current)
            add_other_errors(self, found)
        return cleaned

    def values(self) -> ActivityValues:
        """What was typed, once the form is valid."""
        return self._values(self.cleaned_data)

    @staticmethod
    def _values(typed: dict[str, Any]) -> ActivityValues:
        data = {name: value for name, value in typed.items() if name != "base_version"}
        data["amount_minor"] = data.pop("amount")
        lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
        return ActivityValues(**{**data, **lists})

    def sections(self) -> list[EditorSection]:
        """The fields in their groups."""
        chosen = [str(code) for code in self["included"].value() or ()]
        return [
            EditorSection(
                heading,
                intro,
                [self[name] for name in names],
                compact=names in SHORT,
                places=places_of(chosen, ()) if names == PLACES else None,
            )
            for heading, intro, names in SECTIONS
        ]


def initial_of_activity(activity: AssistanceActivity) -> dict[str, Any]:
    """What the editor shows of a stored entry. Needs its places."""
    stored = {name: getattr(activity, name) for name in ACTIVITY_FIELDS}
    stored["amount"] = format_minor(stored.pop("amount_minor"), activity.currency)
    stored["provider"] = activity.provider.uuid if activity.provider else None
    places = [place.code for place in activity.included.all()]
    return {**stored, "included": places, "base_version": activity.version}
