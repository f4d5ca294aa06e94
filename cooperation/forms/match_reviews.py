"""What people type around a match: declarations, messages, marks."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cooperation.enums import MarkKind
from cooperation.services.match_reviews import MARK_REASON_MAX, MESSAGE_MAX, TEXT_MAX

NONE, DESCRIBED = "none", "described"
CONFLICT_CHOICES = [(NONE, _("No, none")), (DESCRIBED, _("Yes, as described here"))]


def conflict_fields() -> dict[str, forms.Field]:
    """Two fields: whether there is a conflict of interest, and which."""
    return {
        "conflict": forms.ChoiceField(
            label=_("Has your side a conflict of interest in this match?"),
            choices=CONFLICT_CHOICES,
            required=False,
            widget=forms.RadioSelect(),
            help_text=_("Such as family, business or employment ties with those who would carry it out."),
        ),
        "conflict_text": forms.CharField(
            label=_("Which conflict of interest"),
            required=False,
            max_length=TEXT_MAX,
            help_text=_("The other side reads this."),
            widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        ),
    }


def check_conflict(form: forms.Form, cleaned: dict[str, Any]) -> None:
    """Note what is missing in the two fields."""
    choice = cleaned.get("conflict")
    if "conflict" in form.fields and not choice and "conflict" not in form.errors:
        form.add_error("conflict", _("Declare first whether your side has a conflict of interest."))
    if choice == DESCRIBED and not cleaned.get("conflict_text", "").strip():
        form.add_error("conflict_text", _("Describe the conflict of interest."))


def declared(cleaned: dict[str, Any]) -> str:
    """What the service takes: the description, or an empty text for none."""
    return cleaned["conflict_text"].strip() if cleaned["conflict"] == DESCRIBED else ""


class DeclarationForm(forms.Form):
    """A side's declaration of interests."""

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields.update(conflict_fields())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        check_conflict(self, cleaned)
        return cleaned


class MessageForm(forms.Form):
    """A message to the other side."""

    text = forms.CharField(
        label=_("Message to the other side"),
        max_length=MESSAGE_MAX,
        help_text=_("Both sides keep it as it is; it cannot be changed or deleted."),
        error_messages={"required": _("Write a message.")},
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class MarkForm(forms.Form):
    """How one's own side sorts a match."""

    kind = forms.ChoiceField(
        label=_("What do you want to do?"),
        choices=[
            (MarkKind.SHORTLISTED, _("Put it on our shortlist")),
            (MarkKind.DEFERRED, _("Put it off until a day")),
            ("", _("Take the mark away")),
        ],
        required=False,
        widget=forms.RadioSelect(),
    )
    until = forms.DateField(
        label=_("Put off until"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=MARK_REASON_MAX,
        help_text=_("Only your side reads it. Needed when you put the match off."),
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
