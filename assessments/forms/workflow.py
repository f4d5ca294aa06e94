"""Forms of the way to endorsement: returning with reasons, signing, and the rule for signing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import EndorsingAuthority
from assessments.forms.assessments import day_input
from assessments.frameworks.tree import FrameworkTree, IndicatorView, SectionView
from assessments.models.answers import REASON_MAX
from assessments.models.assessments import REFERENCE_MAX
from assessments.models.endorsement import MOST_SIGNERS

PREFIX = "indicator-"


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """An indicator on the page of the return, with the field for its reason."""

    indicator: IndicatorView
    field: forms.BoundField


@dataclass(frozen=True, slots=True)
class ReturnGroup:
    """A section with its rows; `open` where something is written in it already."""

    section: SectionView
    rows: tuple[ReturnRow, ...]

    @property
    def open(self) -> bool:
        """Whether the section must not stay folded."""
        return any(row.field.value() or row.field.errors for row in self.rows)


class ReturnForm(forms.Form):
    """Why a baseline goes back: in general, and indicator by indicator where something is to be said."""

    reason = forms.CharField(
        label=_("Reason for the return"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Everybody who rates reads it."),
    )

    def __init__(self, *args: Any, tree: FrameworkTree, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tree = tree
        for indicator in tree.indicators:
            self.fields[PREFIX + indicator.key] = forms.CharField(
                label=indicator.code or indicator.key,
                required=False,
                max_length=REASON_MAX,
                widget=forms.Textarea(attrs={"rows": 1, "class": "form-control"}),
            )

    def groups(self) -> list[ReturnGroup]:
        """The sections with a field for each indicator."""
        return [
            ReturnGroup(
                section, tuple(ReturnRow(indicator, self[PREFIX + indicator.key]) for indicator in section.indicators)
            )
            for section in self.tree.sections
        ]

    def indicators(self) -> dict[str, str]:
        """The reasons given, by permanent key; only of a valid form."""
        return {
            name.removeprefix(PREFIX): text
            for name, text in self.cleaned_data.items()
            if name.startswith(PREFIX) and text
        }


class EndorseForm(forms.Form):
    """Who decided for the State, when, and where it is written down."""

    authority = forms.ChoiceField(label=_("Endorsed by"), choices=EndorsingAuthority.choices)
    decided_on = forms.DateField(
        label=_("Date of the decision"),
        widget=day_input(),
        initial=timezone.localdate,
        required=False,
        help_text=_("Today unless you say otherwise."),
    )
    reference = forms.CharField(
        label=_("Reference of the decision"),
        required=False,
        max_length=REFERENCE_MAX,
        help_text=_("For example the number of the decree or of the minutes. You may leave it empty."),
    )


class PolicyForm(forms.Form):
    """By which rule the State endorses."""

    quorum = forms.IntegerField(
        label=_("Approvers who must sign"),
        min_value=1,
        max_value=MOST_SIGNERS,
        help_text=_("All of them sign the same content; the last signature endorses."),
    )
    four_eyes = forms.BooleanField(
        label=_("Four eyes: whoever submits a baseline does not sign it"),
        required=False,
    )
    reason = forms.CharField(
        label=_("Reason for the change"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It is kept beside the rule, and everybody at your State can read it."),
    )
