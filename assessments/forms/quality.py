"""Forms of the quality check."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models.quality import DISMISSAL_REASON_MAX


class DismissFindingForm(forms.Form):
    """Why a finding stays as it is."""

    reason = forms.CharField(
        label=_("Why this stays as it is"),
        help_text=_("Kept with the baseline; your colleagues read it."),
        max_length=DISMISSAL_REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
