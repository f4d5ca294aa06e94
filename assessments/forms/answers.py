"""The form of one answer: what it takes from the browser, and what it shows there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.enums import INDEPENDENT_RATINGS, AnswerRating, Basis, Confidence, Lens
from assessments.frameworks.tree import IndicatorView, NodeView
from assessments.models import Answer, IndependentRating
from assessments.services.answers import AnswerContent, content_of
from wam_portal.formats import format_distance, format_labelled, format_moment

LEVEL: Final = "level:"
"""What stands before an option's key in the value of a level's radio button; other ratings stand bare."""

OTHER_RATINGS: Final = (AnswerRating.NOT_APPLICABLE, AnswerRating.UNKNOWN, AnswerRating.NOT_RATED)
OTHER_TEXTS: Final = {
    AnswerRating.NOT_APPLICABLE: gettext_lazy("Your State has nothing that this asks about. Say why below."),
    AnswerRating.UNKNOWN: gettext_lazy(
        "Nobody could tell. It lowers the coverage and is never taken for the lowest level."
    ),
    AnswerRating.NOT_RATED: gettext_lazy("Left out of this baseline on purpose."),
}
LABELS: Final = {
    "rating": gettext_lazy("Level"),
    "reason": gettext_lazy("Reason"),
    "narrative": gettext_lazy("What is in place, and what is not"),
    "basis": gettext_lazy("Basis"),
    "confidence": gettext_lazy("Confidence"),
    "minority_note": gettext_lazy("Who disagrees, and why"),
    "target": gettext_lazy("Your State's own target"),
}
Saved = Answer | IndependentRating
"""What a card can show as stored: the answer of the State, or what one person rated independently."""

MULTILINE: Final = frozenset({"reason", "narrative", "minority_note"})
STATE_ONLY: Final = frozenset({"minority_note", "target"})
"""Fields that an independent rating does not have."""

HUGE: Final = 20_000
"""Beyond this a text is not even read; the exact limits are the service's, with messages that count."""


class AnswerForm(forms.Form):
    """Reads an answer to one indicator. Whether it makes sense is the service's to say; here only shape is checked."""

    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    rating = forms.CharField(label=LABELS["rating"])
    reason = forms.CharField(label=LABELS["reason"], required=False, max_length=HUGE)
    narrative = forms.CharField(label=LABELS["narrative"], required=False, max_length=HUGE)
    basis = forms.CharField(label=LABELS["basis"], required=False)
    confidence = forms.CharField(label=LABELS["confidence"], required=False)
    minority_note = forms.CharField(label=LABELS["minority_note"], required=False, max_length=HUGE)
    target = forms.CharField(label=LABELS["target"], required=False)

    def __init__(self, data: Mapping[str, Any], *, indicator: IndicatorView) -> None:
        super().__init__(data, auto_id=f"id_{indicator.key}_%s")
        self.indicator = indicator
        self.fields["rating"].error_messages["required"] = _("Choose a level, or say why there is none.")

    @property
    def lacks_rating(self) -> bool:
        """Whether nothing has been chosen yet: words alone are not an answer."""
        return not str(self.data.get("rating", "")).strip()

    def content(self) -> AnswerContent:
        """What was answered; only of a valid form."""
        values = self.cleaned_data
        rating, option = split_rating(values["rating"])
        return AnswerContent(
            rating=rating,
            option=option,
            reason=values["reason"],
            narrative=values["narrative"],
            basis=values["basis"] or Basis.NONE.value,
            confidence=values["confidence"],
            minority_note=values["minority_note"],
            target=values["target"],
        )

    def typed(self) -> dict[str, str]:
        """Every field as it was sent, right or wrong, so that nothing has to be typed again."""
        return {name: str(self.data.get(name, "")) for name in LABELS}


def split_rating(value: str) -> tuple[str, str]:
    """The rating and the key of the option that a radio button's value stands for."""
    if value.startswith(LEVEL):
        return AnswerRating.RATED.value, value.removeprefix(LEVEL)
    # "rated" without a level is no choice the form offers; the service refuses it like any unknown word.
    return value, ""


def form_values(content: AnswerContent) -> dict[str, str]:
    """An answer as the form's fields hold it."""
    rating = LEVEL + content.option if content.rating == AnswerRating.RATED else content.rating
    return {
        "rating": rating,
        "reason": content.reason,
        "narrative": content.narrative,
        "basis": content.basis,
        "confidence": content.confidence,
        "minority_note": content.minority_note,
        "target": content.target,
    }


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a select or of the option cards; `position` counts levels from 1."""

    value: str
    label: Any
    checked: bool
    text: Any = ""
    position: int | None = None
    count: int = 5


@dataclass(frozen=True, slots=True)
class Beside:
    """What lies beside an indicator on the sheet: the drawer, fetched when it is opened, and the marks on it.

    `threads` counts open threads; `waiting` where ratings disagree and nobody has decided.
    """

    panel_url: str
    reconcile_url: str
    threads: int
    flagged: bool
    waiting: bool


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """One indicator with its answer as values ready for the template; `errors` are messages by field.

    An `independent` card is that of a rater: without what only the State decides. The one that `comes_next` is unfolded
    where others are folded.
    """

    indicator: IndicatorView
    url: str
    version: int
    values: Mapping[str, str]
    errors: Mapping[str, list[str]]
    answer: Saved | None = None
    editable: bool = True
    back: str = ""
    new_headings: tuple[NodeView, ...] = ()
    independent: bool = False
    beside: Beside | None = None
    comes_next: bool = False

    @property
    def locked(self) -> bool:
        """Whether the answer is only shown."""
        return not self.editable

    @property
    def lens_labels(self) -> list[str]:
        """The lenses of the indicator in words."""
        return [str(Lens(lens).label) for lens in self.indicator.lenses]

    @property
    def key(self) -> str:
        """The permanent key of the indicator, from which the ids on the page are made."""
        return self.indicator.key

    @property
    def problems(self) -> list[dict[str, str]]:
        """What is wrong, each with the id of the control that it is about ("" for those of no visible control)."""
        ids = {name: f"id_{self.key}_{name}" for name in LABELS} | {"rating": f"{self.rating_id}_0"}
        return [{"text": text, "target": ids.get(name, "")} for name, texts in self.errors.items() for text in texts]

    @property
    def rating_id(self) -> str:
        """The id of the group of option cards; the error summary leads to its first choice."""
        return f"id_{self.key}_rating"

    @property
    def chosen(self) -> Choice | None:
        """What stands as the answer; None where nothing is saved, or what was sent is not."""
        if self.answer is None or self.errors:
            return None
        value, levels = self.values["rating"], self.indicator.levels
        for position, level in enumerate(levels, start=1):
            if value == LEVEL + level.option.key:
                return Choice(value, level.option.label, True, level.text, position, len(levels))
        return Choice(value, AnswerRating(value).label, True)

    @property
    def options(self) -> list[Choice]:
        """The levels of the scale, then the ways to give none."""
        chosen, count = self.values["rating"], len(self.indicator.levels)
        levels = [
            Choice(value, level.option.label, value == chosen, level.text, position, count)
            for position, level in enumerate(self.indicator.levels, start=1)
            for value in (LEVEL + level.option.key,)
        ]
        others = [
            Choice(rating.value, rating.label, rating.value == chosen, OTHER_TEXTS[rating])
            for rating in OTHER_RATINGS
            if not self.independent or rating in INDEPENDENT_RATINGS
        ]
        return levels + others

    @property
    def target_position(self) -> int:
        """The place of the target that counts here, own or the framework's, from 1."""
        key = self.values["target"] or self.indicator.target.key
        keys = [option.key for option in self.indicator.scale.options]
        return keys.index(key if key in keys else self.indicator.target.key) + 1

    @property
    def bases(self) -> list[Choice]:
        """What the answer can rest on."""
        chosen = self.values["basis"] or Basis.NONE.value
        return [Choice(basis.value, basis.label, basis.value == chosen) for basis in Basis]

    @property
    def confidences(self) -> list[Choice]:
        """How sure one can be; first of all not to say."""
        chosen = self.values["confidence"]
        stated = [Choice(degree.value, degree.label, degree.value == chosen) for degree in Confidence]
        return [Choice("", _("Not stated"), not chosen), *stated]

    @property
    def targets(self) -> list[Choice]:
        """Own targets; first of all the framework's."""
        chosen = self.values["target"]
        preset = _("As in the framework: %(label)s") % {"label": self.indicator.target.label}
        own = [Choice(option.key, option.label, option.key == chosen) for option in self.indicator.scale.options]
        return [Choice("", preset, not chosen), *own]

    @property
    def saved_text(self) -> str:
        """Who saved what stands there, and when."""
        if self.answer is None:
            return _("Nothing saved yet")
        return _("Saved by %(who)s %(distance)s (%(moment)s)") % {
            "who": self.answer.updated_by.full_name,
            "distance": format_distance(self.answer.updated_at),
            "moment": format_moment(self.answer.updated_at),
        }

    @property
    def more_open(self) -> bool:
        """Whether the seldom used fields hold something that must not stay hidden."""
        return any(self.values[name] or self.errors.get(name) for name in ("minority_note", "target"))


def card_of(
    indicator: IndicatorView,
    answer: Saved | None,
    *,
    url: str,
    editable: bool,
    back: str = "",
    new_headings: tuple[NodeView, ...] = (),
    independent: bool = False,
) -> AnswerCard:
    """The card of an indicator as it is stored; `new_headings` stand above it on the sheet."""
    values = form_values(content_of(answer, indicator) if answer else AnswerContent(rating=""))
    version = answer.version if answer else 0
    return AnswerCard(indicator, url, version, values, {}, answer, editable, back, new_headings, independent)


def card_of_form(
    form: AnswerForm, answer: Saved | None, *, url: str, back: str = "", independent: bool = False
) -> AnswerCard:
    """The card of an indicator as it was sent, with what is wrong with it."""
    errors = {
        "general" if name == NON_FIELD_ERRORS else name: [str(message) for message in messages]
        for name, messages in form.errors.items()
    }
    version = str(form.data.get("base_version", "0"))
    return AnswerCard(
        indicator=form.indicator,
        url=url,
        version=int(version) if version.isdecimal() else 0,
        values=form.typed(),
        errors=errors,
        answer=answer,
        back=back,
        independent=independent,
    )


@dataclass(frozen=True, slots=True)
class FieldPair:
    """One field of a conflict, as `components/compare_fields.html` shows it."""

    name: str
    label: Any
    theirs: str
    mine: str
    same: bool
    multiline: bool


def compared(form: AnswerForm, current: Saved, *, independent: bool = False) -> list[FieldPair]:
    """Every field with the stored and the typed value, in words; a rater has fewer of them."""
    typed = form.typed()
    typed["basis"] = typed["basis"] or Basis.NONE.value
    pairs = _pairs(form_values(content_of(current, form.indicator)), typed, form.indicator)
    return [pair for pair in pairs if not (independent and pair.name in STATE_ONLY)]


def compared_contents(stored: AnswerContent | None, mine: AnswerContent, indicator: IndicatorView) -> list[FieldPair]:
    """Every field of two answers, in words; without a stored one its side is empty."""
    theirs = form_values(stored) if stored else dict.fromkeys(LABELS, "")
    return _pairs(theirs, form_values(mine), indicator)


def _pairs(theirs: Mapping[str, str], mine: Mapping[str, str], indicator: IndicatorView) -> list[FieldPair]:
    return [
        FieldPair(
            name=name,
            label=label,
            theirs=in_words(name, theirs[name], indicator),
            mine=in_words(name, mine[name], indicator),
            same=_tidy(theirs[name]) == _tidy(mine[name]),
            multiline=name in MULTILINE,
        )
        for name, label in LABELS.items()
    ]


def resolved(data: Mapping[str, Any], current: Saved, indicator: IndicatorView) -> dict[str, str]:
    """The answer that somebody put together from both sides of a conflict, as form data on top of `current`."""
    stored = form_values(content_of(current, indicator))
    result = {"base_version": str(data.get("base_version", ""))}
    for name in LABELS:
        sources = {
            "theirs": stored[name],
            "mine": str(data.get(name, "")),
            "merged": str(data.get(f"merged-{name}", "")),
        }
        result[name] = sources.get(str(data.get(f"choose-{name}", "mine")), sources["mine"])
    return result


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def with_next(cards: Sequence[AnswerCard]) -> list[AnswerCard]:
    """The cards of a page with the first that can be rated and is not marked as the one that comes next."""
    first = next((place for place, card in enumerate(cards) if card.editable and not card.chosen), -1)
    return [replace(card, comes_next=place == first) for place, card in enumerate(cards)]


def in_words(name: str, value: str, indicator: IndicatorView) -> str:
    """A field's value in words that a person chose from."""
    if name == "rating":
        rating, option = split_rating(value)
        level = indicator.find_level(option)
        if level is not None:
            return format_labelled(level.option.label, level.text)
        return str(dict(AnswerRating.choices).get(rating, value))
    if name == "basis":
        return str(dict(Basis.choices).get(value, value))
    if name == "confidence":
        return str(dict(Confidence.choices).get(value, value))
    if name == "target":
        aim = indicator.scale.find_option(value)
        return aim.label if aim else value
    return _tidy(value)
