"""Forms of gaps: what people write when they decide on one."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.services.gaps import REASON_MAX


class DismissGapForm(forms.Form):
    """Why a gap is none."""

    reason = forms.CharField(
        label=_("Why this is no gap for your State"),
        help_text=_("Your colleagues read it; it leaves your State with no release."),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RootCauseForm(forms.Form):
    """Why a gap is there."""

    root_cause = forms.CharField(
        label=_("Root cause"),
        help_text=_("Why the level is below target: law, money, people, equipment. It goes into a full dossier only."),
        required=False,
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
