"""What a partner says of itself: the profile, a finished project, a conflict of interest."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from assessments import public
from cooperation.forms.offers import many_field, text_field
from cooperation.forms.places import CountryField, Place, PlacesField, places_of
from cooperation.models import FinishedProject, PartnerProfile
from cooperation.services.partners import (
    MOST_LEFT,
    REASON_MAX,
    STORED,
    TEXT_LIMITS,
    TITLE_MAX,
    PartnerValues,
    party_errors,
    profile_errors,
    project_errors,
)
from wam_portal.accounts.enums import TerritoryKind
from wam_portal.accounts.models import Party, Territory
from wam_portal.forms import add_other_errors


class _WithPlaces(forms.Form):
    """A form whose field `included` is chosen in the tree of places."""

    included = PlacesField(label=_("Countries and regions"))

    def places(self) -> list[Place]:
        """The tree with what is ticked, also where it was refused."""
        return places_of([str(code) for code in self["included"].value() or ()], ())


class PartnerForm(_WithPlaces):
    """The profile. `values()` gives it as the service takes it."""

    field_order = ("base_version", "summary", "functional_areas", "assistance_types", "technologies", "included")

    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput())
    summary = text_field(_("What your organisation does"), TEXT_LIMITS["summary"])
    functional_areas = many_field(_("Functional areas"), public.FunctionalArea.choices)
    assistance_types = many_field(_("Types of assistance"), public.AssistanceType.choices)
    technologies = many_field(_("Technologies"), public.Technology.choices)
    languages = many_field(_("Working languages"), settings.LANGUAGES)
    projects_left = forms.IntegerField(
        label=_("Further projects you can take on"),
        required=False,
        min_value=0,
        max_value=MOST_LEFT,
        help_text=_("Leave it empty where you would rather be asked."),
    )
    contact = text_field(_("Whom to ask"), TEXT_LIMITS["contact"], _("An office and its address, not a person."))
    consents = forms.BooleanField(
        label=_("We agree to be suggested"),
        required=False,
        help_text=_(
            "States, donors and coordinators then read this profile, and States and donors see you beside needs that "
            "you fit. You are promised nothing and asked for nothing by it. You can take it back at any time."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Where something is wrong, what else can be judged is too, so that all is told at once."""
        cleaned = super().clean() or {}
        if self.errors:
            found = profile_errors(self._values({"included": (), **cleaned}))
            add_other_errors(self, {"included" if name == "presence" else name: found[name] for name in found})
        return cleaned

    def values(self) -> PartnerValues:
        """What was typed, once the form is valid."""
        return self._values(self.cleaned_data)

    @staticmethod
    def _values(typed: dict[str, Any]) -> PartnerValues:
        data = {name: value for name, value in typed.items() if name != "base_version"}
        presence = tuple(data.pop("included"))
        lists = {name: tuple(value) for name, value in data.items() if isinstance(value, list)}
        return PartnerValues(**{**data, **lists}, presence=presence)


class ProjectForm(_WithPlaces):
    """A finished project."""

    field_order = ("title", "functional_areas", "ended_on", "included")
    title = forms.CharField(label=_("Title"), max_length=TITLE_MAX, widget=forms.TextInput(attrs={"dir": "auto"}))
    functional_areas = many_field(_("Functional areas"), public.FunctionalArea.choices, required=True)
    included = PlacesField(label=_("Countries and regions"), required=True)
    ended_on = forms.DateField(label=_("Ended on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def clean(self) -> dict[str, Any]:
        """Where something is missing, the day is judged too, so that all is told at once."""
        cleaned = super().clean() or {}
        if self.errors:
            found = project_errors(
                title=cleaned.get("title", ""),
                functional_areas=cleaned.get("functional_areas", ()),
                places=cleaned.get("included", ()),
                ended_on=cleaned.get("ended_on"),
            )
            add_other_errors(self, {name: found[name] for name in found if name != "places"})
        return cleaned


class PartnerConflictForm(forms.Form):
    """With whom, and why. Countries are all there are: whose State takes part in the portal is nobody's to learn."""

    country = CountryField(
        label=_("A State"),
        required=False,
        queryset=Territory.objects.filter(kind=TerritoryKind.COUNTRY),
        to_field_name="code",
    )
    donor = forms.ModelChoiceField(
        label=_("Or a donor"),
        required=False,
        queryset=Party.objects.filter(offers=True, assesses=False).order_by("name"),
        to_field_name="uuid",
    )
    reason = text_field(
        _("Why"), REASON_MAX, _("It stays with you: others read only that there is a conflict."), required=True
    )

    def clean(self) -> dict[str, Any]:
        """With whom is judged whatever else is wrong, so that all is told at once."""
        cleaned = super().clean() or {}
        if self.errors and not {"country", "donor"} & self.errors.keys():
            add_other_errors(self, party_errors(country=cleaned["country"], donor=cleaned["donor"]))
        return cleaned


def initial_of_project(project: FinishedProject) -> dict[str, Any]:
    """What the editor shows of a stored project."""
    stored = {name: getattr(project, name) for name in ("title", "functional_areas", "ended_on")}
    return {**stored, "included": [place.code for place in project.places.all()]}


def initial_of_profile(profile: PartnerProfile) -> dict[str, Any]:
    """What the editor shows of a stored profile."""
    stored = {name: getattr(profile, name) for name in STORED}
    return {**stored, "included": [place.code for place in profile.presence.all()], "base_version": profile.version}
