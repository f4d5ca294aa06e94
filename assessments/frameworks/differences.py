"""What differs between two versions of a framework: added, dropped, moved, texts by words, scale, weight and target.

Whether something differs is told by the texts in which the versions were written: a translation that one of them lacks
is no change of the framework. What differs is shown in the reader's language where both have it; which texts are not
translated any more, or otherwise, is told apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.frameworks.succession import ItemMap
from assessments.frameworks.tree import FrameworkText, FrameworkTree, IndicatorView, ScaleView, language_of
from assessments.text_changes import Run, replaced, word_changes
from wam_portal.formats import format_labelled


@dataclass(frozen=True, slots=True)
class Change:
    """One thing about an indicator that is not as it was, as runs to read in a row, in the language of that tag."""

    label: str | Promise
    runs: tuple[Run, ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """An indicator that both versions have, with everything that differs; `before` are those it comes from."""

    after: IndicatorView
    before: tuple[IndicatorView, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class DroppedIndicator:
    """An indicator that the newer version does not ask any more."""

    before: IndicatorView
    reason: str


@dataclass(frozen=True, slots=True)
class Differences:
    """Everything that differs; `unchanged` counts the indicators in which nothing does but translations.

    `untranslated` have texts that stand in another language than the older version was read in, and `reworded` those
    of which the translation differs and nothing else does.
    """

    added: tuple[IndicatorView, ...]
    dropped: tuple[DroppedIndicator, ...]
    changed: tuple[Changed, ...]
    unchanged: int
    untranslated: tuple[IndicatorView, ...] = ()
    reworded: tuple[Changed, ...] = ()


Row = tuple[str | Promise, str, str]
"""Something about an indicator: what it is, as it was, and as it is."""


def differences(
    old: FrameworkTree, new: FrameworkTree, mapping: ItemMap, shown: tuple[FrameworkTree, FrameworkTree] | None = None
) -> Differences:
    """Compare two versions, as they were written, along the item map of the newer one; `shown` are they as read."""
    old_shown, new_shown = shown or (old, new)
    language = "" if old_shown.version.language == old.version.language else old_shown.version.language
    added, changed, reworded, untranslated, unchanged = [], [], [], [], 0
    for indicator in new.indicators:
        source = mapping.sources.get(indicator.key)
        before = tuple(one for key in (source.keys if source else ()) if (one := old.find_indicator(key)))
        now = new_shown.indicator_of(indicator.pk)
        was = tuple(old_shown.indicator_of(one.pk) for one in before)
        if language and _lacks(language, was[0] if was else None, now):
            untranslated.append(now)
        if not before:
            added.append(now)
            continue
        changes, other_words = _changes((old, before, new, indicator), (old_shown, was, new_shown, now))
        if changes:
            changed.append(Changed(now, was, changes))
            continue
        unchanged += 1
        if other_words:
            reworded.append(Changed(now, was, other_words))
    mapped = {key for source in mapping.sources.values() for key in source.keys}
    dropped = tuple(
        DroppedIndicator(one, mapping.dropped.get(one.key, "")) for one in old_shown.indicators if one.key not in mapped
    )
    return Differences(tuple(added), dropped, tuple(changed), unchanged, tuple(untranslated), tuple(reworded))


Pair = tuple[FrameworkTree, tuple[IndicatorView, ...], FrameworkTree, IndicatorView]


def _changes(written: Pair, read: Pair) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """What differs in the texts as written, and where nothing does, what differs in their translations."""
    changes, other_words = [], []
    if len(read[1]) > 1:
        names = ", ".join(_name(one) for one in read[1])
        changes.append(_replaced(_("Brought together"), names, _name(read[3])))
    for rows, told in ((_values, _replaced), (_texts, _in_words)):
        for (label, was, now), (read_label, read_was, read_now) in zip(rows(written), rows(read), strict=True):
            fits = read_was != read_now and _one_language(read_was, read_now)
            if was != now:
                changes.append(told(read_label, read_was, read_now) if fits else told(label, was, now))
            elif fits:
                other_words.append(told(read_label, read_was, read_now))
    return tuple(changes), tuple(other_words)


def _values(pair: Pair) -> Iterator[Row]:
    old, (before, *_rest), new, after = pair
    yield _("Key"), before.key, after.key
    yield _("Code"), before.code, after.code
    yield _("Moved"), _place(old, before), _place(new, after)
    yield _("Scale"), _scale_text(before.scale), _scale_text(after.scale)
    yield _("Target"), before.target.label, after.target.label
    yield _("Weight"), f"{before.weight.normalize():f}", f"{after.weight.normalize():f}"


def _texts(pair: Pair) -> Iterator[Row]:
    _old, (before, *_rest), _new, after = pair
    yield _("Question"), before.question, after.question
    yield _("Guidance"), before.guidance, after.guidance
    yield _("Typical evidence"), _joined("\n", before.evidence), _joined("\n", after.evidence)
    olds = {level.option.key: level.text for level in before.levels}
    for level in after.levels:
        if level.option.key in olds:
            yield level.option.label, olds[level.option.key], level.text


def _lacks(language: str, before: IndicatorView | None, after: IndicatorView) -> bool:
    """Whether a text is not in that language that was before, or that is new."""
    fields = [
        (before.question if before else None, after.question),
        (before.guidance if before else None, after.guidance),
    ]
    evidence = before.evidence if before else ()
    fields += [(evidence[place] if place < len(evidence) else None, text) for place, text in enumerate(after.evidence)]
    olds = {level.option.key: level.text for level in before.levels} if before else {}
    fields += [(olds.get(level.option.key), level.text) for level in after.levels]
    return any(
        now and language_of(now) != language and (not was or language_of(was) == language) for was, now in fields
    )


def _one_language(was: str, now: str) -> bool:
    """Whether both stand in one language; what is empty, or no text of a framework, stands in any."""
    return len({language_of(text) for text in (was, now) if text} - {""}) <= 1


def _joined(between: str, parts: Sequence[str]) -> str:
    """The parts in a row, as a text of their language; of several, the tags in a row are a language of its own."""
    language = "+".join(sorted({language_of(part) for part in parts if part} - {""}))
    return FrameworkText(between.join(parts), language)


def _name(indicator: IndicatorView) -> str:
    return indicator.code or indicator.key


def _place(tree: FrameworkTree, indicator: IndicatorView) -> str:
    above = (tree.section_of(indicator).node, *indicator.headings)
    return _joined(" › ", [node.title for node in above])


def _scale_text(scale: ScaleView) -> str:
    words = ", ".join(f"{option.value} {option.label}" for option in scale.options)
    said = _joined("", [scale.title, *(option.label for option in scale.options)])
    return FrameworkText(format_labelled(scale.title or scale.key, words), language_of(said))


def _replaced(label: str | Promise, before: str, after: str) -> Change:
    runs = replaced(before, after)
    return Change(label, runs, _tag(before, after))


def _in_words(label: str | Promise, before: str, after: str) -> Change:
    return Change(label, word_changes(before, after), _tag(before, after))


def _tag(before: str, after: str) -> str:
    """The language of a change where it is one."""
    tag = language_of(after or before)
    return "" if "+" in tag else tag
