"""Leaving areas and indicators out of a baseline."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.frameworks.tree import FrameworkTree


class LeaveOutForm(forms.Form):
    """Which areas and indicators to leave out, and why. The page lays the boxes out along the sections."""

    keys = forms.MultipleChoiceField(
        label=_("Areas and indicators"),
        error_messages={"required": _("Choose at least one area or indicator.")},
    )
    reason = forms.CharField(
        label=_("Why they are left out"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands beside each of them, in the record that is endorsed."),
        error_messages={"required": _("Say why this is left out.")},
    )

    def __init__(self, *args: Any, tree: FrameworkTree, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["keys"]
        field.choices = [(key, key) for key in _keys(tree)]

    @cached_property
    def chosen(self) -> frozenset[str]:
        """What is ticked: as sent, or as proposed."""
        if self.is_bound:
            return frozenset(self.data.getlist("keys") if hasattr(self.data, "getlist") else ())
        return frozenset(self.initial.get("keys", ()))


class LeaveOutAnsweredForm(LeaveOutForm):
    """The same choice sent again, hidden, by who has read that answers are set aside."""

    keys = forms.MultipleChoiceField(widget=forms.MultipleHiddenInput)
    reason = forms.CharField(widget=forms.HiddenInput)
    confirmed = forms.BooleanField(widget=forms.HiddenInput)


def _keys(tree: FrameworkTree) -> Iterable[str]:
    for section in tree.sections:
        yield section.key
        for indicator in section.indicators:
            yield indicator.key
