"""Asking for a dossier."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from wam_portal.languages import document_languages


class DossierForm(forms.Form):
    """What the dossier is made of, named by one of two hidden identifiers, and its language."""

    request = forms.UUIDField(widget=forms.HiddenInput, required=False)
    grant = forms.UUIDField(widget=forms.HiddenInput, required=False)
    language = forms.ChoiceField(label=_("Language of the dossier"), choices=document_languages)

    def clean(self) -> dict[str, Any]:
        """Refuse a form that names nothing, or both."""
        cleaned = super().clean() or {}
        if not self.errors and bool(cleaned.get("request")) == bool(cleaned.get("grant")):
            raise forms.ValidationError(_("Choose one request or one grant to make a dossier of."))
        return cleaned
