"""Forms of meetings: planning one, its agenda, decisions and dissent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.forms.assessments import day_input
from assessments.models import AgendaItem, Assessment, Meeting
from assessments.models.meetings import TEXT_MAX, TITLE_MAX


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class MeetingForm(forms.Form):
    """When and where, and who takes part."""

    title = forms.CharField(label=_("Title"), max_length=160)
    starts_at = forms.DateTimeField(
        label=_("Begins (UTC)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    place = forms.CharField(label=_("Place"), max_length=160, required=False)
    participants = forms.CharField(
        label=_("Participants"),
        required=False,
        max_length=20_000,
        widget=_text(6),
        help_text=_("One a line: the name, a comma, the agency."),
    )

    @classmethod
    def of(cls, meeting: Meeting) -> MeetingForm:
        """The form filled with what is stored."""
        lines = (", ".join(filter(None, (row["name"], row.get("agency", "")))) for row in meeting.participants)
        values = {name: getattr(meeting, name) for name in ("title", "starts_at", "place")}
        return cls(initial={**values, "participants": "\n".join(lines)})

    def clean_participants(self) -> list[tuple[str, str]]:
        """Name and agency of each line."""
        lines = [line.partition(",") for line in str(self.cleaned_data["participants"]).splitlines()]
        return [(name.strip(), agency.strip()) for name, _comma, agency in lines if name.strip()]


class PlanForm(MeetingForm):
    """A new meeting, about a baseline or about none."""

    field_order = ("title", "assessment", "starts_at", "place", "participants")

    def __init__(self, *args: Any, baselines: QuerySet[Assessment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessment"] = forms.ModelChoiceField(
            label=_("Baseline"),
            queryset=baselines,
            required=False,
            to_field_name="uuid",
            empty_label=_("None"),
            help_text=_("Its open items can be put on the agenda."),
        )
        self.order_fields(self.field_order)


class DecisionForm(forms.Form):
    """What was decided on an item of the agenda."""

    decision = forms.CharField(label=_("Decision"), required=False, max_length=TEXT_MAX, widget=_text(4))
    responsible = forms.CharField(label=_("Who is responsible"), required=False, max_length=160)
    due_on = forms.DateField(label=_("Until"), required=False, widget=day_input())

    @classmethod
    def of(cls, item: AgendaItem) -> DecisionForm:
        """The form filled with what is stored."""
        return cls(initial={name: getattr(item, name) for name in ("decision", "responsible", "due_on")})


class DissentForm(forms.Form):
    """Who does not agree, and why."""

    who = forms.CharField(label=_("Who disagrees"), max_length=160)
    why = forms.CharField(label=_("Why"), max_length=TEXT_MAX, widget=_text(3))


class FreeItemForm(forms.Form):
    """Something else to talk about."""

    title = forms.CharField(label=_("Another item"), max_length=TITLE_MAX)
