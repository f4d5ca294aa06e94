"""Forms of the baseline itself: starting and changing it, and the steps that ask for something."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models import Assessment, FrameworkVersion
from assessments.models.frameworks import FrameworkVersionQuerySet


def day_input() -> forms.DateInput:
    """The browser's own calendar."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class AssessmentForm(forms.Form):
    """What can be changed of a baseline while it is rated."""

    title = forms.CharField(label=_("Title"), max_length=160)
    purpose = forms.CharField(
        label=_("Purpose and scope"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why you take stock now, and what the agreed scope is."),
    )
    started_on = forms.DateField(label=_("Starts on"), widget=day_input(), initial=timezone.localdate)
    due_on = forms.DateField(label=_("Due on"), widget=day_input(), required=False)

    @classmethod
    def of(cls, assessment: Assessment) -> AssessmentForm:
        """The form filled with what is stored."""
        names = ("title", "purpose", "started_on", "due_on")
        return cls(initial={name: getattr(assessment, name) for name in names})


class StartForm(AssessmentForm):
    """A new baseline; framework and cycle are chosen once."""

    cycle = forms.CharField(label=_("Cycle"), max_length=40, help_text=_("For example the year: 2026."))

    field_order = ("framework_version", "cycle", "title")

    def __init__(self, *args: Any, versions: FrameworkVersionQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["framework_version"] = forms.ModelChoiceField(
            label=_("Framework"),
            queryset=versions,
            empty_label=_("Choose a framework"),
            to_field_name="uuid",
            initial=_newest_of_the_only_framework(versions),
            error_messages={"required": _("Choose a framework.")},
        )
        self.order_fields(self.field_order)


def _newest_of_the_only_framework(versions: FrameworkVersionQuerySet) -> FrameworkVersion | None:
    """What goes without saying: a framework is chosen once, so nothing is where there are several."""
    found = list(versions)
    return found[0] if len({version.framework_id for version in found}) == 1 else None


class ReasonForm(forms.Form):
    """A step that needs a reason."""

    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class VersionForm(forms.Form):
    """The version on which somebody decided; every step sends it back."""

    base_version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
