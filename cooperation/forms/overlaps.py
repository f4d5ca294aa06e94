"""The filters of the standing list of overlaps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments import public
from cooperation import matching
from cooperation.selectors.overlap_list import NeedOverlap
from cooperation.selectors.wording import translated


class OverlapFilterForm(forms.Form):
    """State, area and grade; only States that the list names can be chosen."""

    state = forms.ChoiceField(label=_("State"), required=False)
    area = forms.ChoiceField(
        label=_("Functional area"), required=False, choices=[("", "---------"), *public.FunctionalArea.choices]
    )
    grade = forms.ChoiceField(label=_("Grade"), required=False)

    def __init__(self, data: Any, *, rows: Iterable[NeedOverlap]) -> None:
        super().__init__(data)
        names = {str(row.released.state.slug): row.released.state.name for row in rows}
        states = sorted(names.items(), key=lambda item: item[1])
        grades = [(grade.value, translated(matching.GRADE_LABELS[grade])) for grade in matching.Grade]
        for name, choices in (("state", states), ("grade", grades)):
            self.fields[name].choices = [("", "---------"), *choices]  # type: ignore[attr-defined]  # a ChoiceField

    def chosen(self, rows: Iterable[NeedOverlap]) -> list[NeedOverlap]:
        """The rows that fit; all of them where a filter cannot be read."""
        if not self.is_valid():
            return list(rows)
        state, area, grade = (self.cleaned_data[name] for name in ("state", "area", "grade"))
        return [
            row
            for row in rows
            if state in ("", row.released.state.slug) and area in ("", row.area) and grade in ("", row.line.grade)
        ]
