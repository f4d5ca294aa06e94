"""What is looked for in a framework."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class FrameworkSearchForm(forms.Form):
    """Words to look for; each must stand somewhere in an indicator."""

    q = forms.CharField(
        label=_("Words to look for"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "class": "form-control"}),
    )

    @property
    def words(self) -> str:
        """The words, or none where what was sent cannot be read."""
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""
