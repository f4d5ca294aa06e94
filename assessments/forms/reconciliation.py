"""The form in which a focal point chooses from what the agencies rated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.enums import INDEPENDENT_RATINGS, AnswerRating, Basis
from assessments.forms.answers import HUGE, LEVEL, Choice, form_values, split_rating
from assessments.frameworks.tree import IndicatorView
from assessments.selectors.reconciliation import Comparison
from assessments.services.answers import AnswerContent, content_of

MOST_RATINGS = 1_000
"""No State has so many agencies; a longer list was not made by our page."""


class ReconcileForm(forms.Form):
    """What is chosen, and why. Whether it makes sense is the service's to say."""

    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)
    decided = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    rating = forms.CharField()
    basis = forms.CharField(required=False)
    why = forms.CharField(max_length=HUGE)
    minority_note = forms.CharField(required=False, max_length=HUGE)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.fields["rating"].error_messages["required"] = _("Choose a level, or say why there is none.")
        self.fields["why"].error_messages["required"] = _("Say why you chose this.")

    def clean_seen(self) -> dict[int, int]:
        """The versions by row, as the page sent them out."""
        pairs = [part.split(":") for part in str(self.cleaned_data["seen"]).split(",")]
        if len(pairs) > MOST_RATINGS or not all(_is_pair(pair) for pair in pairs):
            raise ValidationError(_("Load the page again."))
        return {int(row): int(version) for row, version in pairs}

    def choice(self) -> AnswerContent:
        """What was chosen; only of a valid form."""
        values = self.cleaned_data
        rating, option = split_rating(values["rating"])
        return AnswerContent(
            rating=rating,
            option=option,
            basis=values["basis"] or Basis.NONE.value,
            minority_note=values["minority_note"],
        )


@dataclass(frozen=True, slots=True)
class ReconcileCard:
    """The comparison of one indicator with its form as values ready for the template."""

    comparison: Comparison
    url: str
    version: int
    decided: int
    values: Mapping[str, str]
    errors: Mapping[str, list[str]]

    @property
    def indicator(self) -> IndicatorView:
        """The indicator compared."""
        return self.comparison.indicator

    @property
    def key(self) -> str:
        """The permanent key, from which the ids on the page are made."""
        return self.comparison.indicator.key

    @property
    def ratings(self) -> list[Choice]:
        """What can be chosen: nothing yet, a level, or a way to give none."""
        chosen = self.values["rating"]
        levels = [
            Choice(LEVEL + option.key, f"{option.value}. {option.label}", LEVEL + option.key == chosen)
            for option in self.indicator.scale.options
        ]
        others = [
            Choice(rating.value, AnswerRating(rating).label, rating.value == chosen)
            for rating in INDEPENDENT_RATINGS
            if rating != AnswerRating.RATED
        ]
        return [Choice("", gettext_lazy("Choose"), not chosen), *levels, *others]

    @property
    def bases(self) -> list[Choice]:
        """What the answer can rest on."""
        chosen = self.values["basis"] or Basis.NONE.value
        return [Choice(basis.value, basis.label, basis.value == chosen) for basis in Basis]

    @property
    def problems(self) -> list[dict[str, str]]:
        """What is wrong, each with the id of the control that it is about."""
        shown = {"rating", "basis", "why", "minority_note"}
        return [
            {"text": text, "target": f"id_{self.key}_{name}" if name in shown else ""}
            for name, texts in self.errors.items()
            for text in texts
        ]


def reconcile_card(comparison: Comparison, *, url: str) -> ReconcileCard:
    """The card as it is stored: the State's answer is chosen where there is one, and its minority note stays."""
    answer = comparison.answer
    stored = form_values(content_of(answer, comparison.indicator) if answer else AnswerContent(rating=""))
    values = {name: stored[name] for name in ("rating", "basis", "minority_note")} | {"why": ""}
    if answer is None:
        values["basis"] = _commonest_basis(comparison)
    return ReconcileCard(comparison, url, answer.version if answer else 0, comparison.decided, values, {})


def reconcile_card_of(
    form: ReconcileForm, comparison: Comparison, *, url: str, version: int, decided: int
) -> ReconcileCard:
    """The card as it was sent, with what is wrong with it, over the version and decision that it is saved over next."""
    values = {name: str(form.data.get(name, "")) for name in ("rating", "basis", "minority_note", "why")}
    errors = {name: [str(message) for message in messages] for name, messages in form.errors.items()}
    return ReconcileCard(comparison, url, version, decided, values, errors)


def _commonest_basis(comparison: Comparison) -> str:
    bases = [rating.basis for rating in comparison.ratings]
    return max(bases, key=bases.count) if bases else Basis.NONE.value


def _is_pair(pair: list[str]) -> bool:
    return len(pair) == 2 and all(  # noqa: PLR2004  (row and version)
        part.isascii() and part.isdigit() and len(part) < 19  # noqa: PLR2004  (fits in 64 bits)
        for part in pair
    )
