"""Asking for a report of a baseline."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from assessments.enums import DocumentKind
from assessments.reports.baseline import CURRENT, ENDORSED
from wam_portal.languages import document_languages

SOURCES = (
    (ENDORSED, _("The newest endorsed version")),
    (CURRENT, _("The answers as they stand now (marked as a draft)")),
)


class DocumentForm(forms.Form):
    """What both forms ask: the language, beside their own choices."""

    kind: DocumentKind
    language = forms.ChoiceField(label=_("Language"), choices=document_languages)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Both forms stand on one page: their ids must differ.
        super().__init__(*args, **{"auto_id": f"id_{self.kind.value}_%s", **kwargs})
        self.fields["language"].initial = get_language()

    def options(self) -> dict[str, str]:
        """What was chosen besides the language; only of a valid form."""
        return {name: str(value) for name, value in self.cleaned_data.items() if name != "language"}


class ReportForm(DocumentForm):
    """The national report."""

    kind = DocumentKind.BASELINE_REPORT
    source = forms.ChoiceField(label=_("Made of"), choices=SOURCES, widget=forms.RadioSelect, initial=ENDORSED)

    field_order = ("source", "language")


class InsightForm(DocumentForm):
    """The public insight."""

    kind = DocumentKind.COUNTRY_INSIGHT
    levels = forms.BooleanField(
        label=_("Print the level of each indicator"),
        required=False,
        help_text=_("Without it only scores by area are public. Levels show where your State is weak."),
    )

    field_order = ("levels", "language")

    def options(self) -> dict[str, str]:
        """Whether levels are printed."""
        return {"levels": "yes" if self.cleaned_data["levels"] else "no"}
