"""Forms of working copies: the file that comes back, and what is decided of each row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assessments.services.working_copies import RowDecision
from assessments.services.working_copy_rows import OpenRow
from wam_portal.workbook_check import MAX_BYTES
from wam_portal.workbooks import UnreadableWorkbook

MINE = "mine"
OTHERS = frozenset({"theirs", "skip"})
_DIGITS = 9


class WorkingCopyForm(forms.Form):
    """The filled workbook; whether it is one is the service's to say."""

    file = forms.FileField(
        label=_("Filled working copy"),
        help_text=_("The .xlsx file that you downloaded here. You see what would change before anything is saved."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": _("Choose the filled working copy."),
            "empty": _("The file is empty. Choose the filled working copy."),
        },
    )

    def clean_file(self) -> Any:
        """Too large a file is refused by its size: it is not even read."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError(UnreadableWorkbook("large").message)
        return file


def posted_decisions(data: Mapping[str, str], rows: Iterable[OpenRow]) -> dict[str, RowDecision]:
    """What was chosen for each of the rows; rows without a choice, or with a strange one, are left to wait."""
    decisions: dict[str, RowDecision] = {}
    for row in rows:
        key = row.filled.key
        chosen, seen = data.get(f"decide-{key}", ""), data.get(f"seen-{key}", "")
        if seen.isascii() and seen.isdigit() and len(seen) <= _DIGITS and (chosen == MINE or chosen in OTHERS):
            decisions[key] = RowDecision(mine=chosen == MINE, seen=int(seen))
    return decisions
