"""What differs between two versions of a framework: added, dropped, moved, texts by words, scale, weight and target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.frameworks.succession import ItemMap
from assessments.frameworks.tree import FrameworkTree, IndicatorView, ScaleView
from assessments.text_differences import Run, word_differences
from wam_portal.formats import format_labelled


@dataclass(frozen=True, slots=True)
class Change:
    """One thing about an indicator that is not as it was, as runs to read in a row."""

    label: str | Promise
    runs: tuple[Run, ...]


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
    """Everything that differs; `unchanged` counts the indicators in which nothing does."""

    added: tuple[IndicatorView, ...]
    dropped: tuple[DroppedIndicator, ...]
    changed: tuple[Changed, ...]
    unchanged: int


def differences(old: FrameworkTree, new: FrameworkTree, mapping: ItemMap) -> Differences:
    """Compare two versions along the item map of the newer one."""
    added, changed, unchanged = [], [], 0
    for indicator in new.indicators:
        source = mapping.sources.get(indicator.key)
        before = tuple(one for key in (source.keys if source else ()) if (one := old.find_indicator(key)))
        if not before:
            added.append(indicator)
            continue
        changes = tuple(_changes(old, before, new, indicator))
        if changes:
            changed.append(Changed(indicator, before, changes))
        else:
            unchanged += 1
    mapped = {key for source in mapping.sources.values() for key in source.keys}
    dropped = tuple(
        DroppedIndicator(one, mapping.dropped.get(one.key, "")) for one in old.indicators if one.key not in mapped
    )
    return Differences(tuple(added), dropped, tuple(changed), unchanged)


def _changes(
    old: FrameworkTree, before: tuple[IndicatorView, ...], new: FrameworkTree, after: IndicatorView
) -> Iterator[Change]:
    first = before[0]
    if len(before) > 1:
        yield _replaced(_("Brought together"), ", ".join(_name(one) for one in before), _name(after))
    for label, was, now in _values(old, first, new, after):
        if was != now:
            yield _replaced(label, was, now)
    for label, was, now in _texts(first, after):
        if was != now:
            yield Change(label, word_differences(was, now))


def _values(
    old: FrameworkTree, before: IndicatorView, new: FrameworkTree, after: IndicatorView
) -> Iterator[tuple[str | Promise, str, str]]:
    yield _("Key"), before.key, after.key
    yield _("Code"), before.code, after.code
    yield _("Moved"), _place(old, before), _place(new, after)
    yield _("Scale"), _scale_text(before.scale), _scale_text(after.scale)
    yield _("Target"), before.target.label, after.target.label
    yield _("Weight"), f"{before.weight.normalize():f}", f"{after.weight.normalize():f}"


def _texts(before: IndicatorView, after: IndicatorView) -> Iterator[tuple[str | Promise, str, str]]:
    yield _("Question"), before.question, after.question
    yield _("Guidance"), before.guidance, after.guidance
    yield _("Typical evidence"), "\n".join(before.evidence), "\n".join(after.evidence)
    olds = {level.option.key: level.text for level in before.levels}
    for level in after.levels:
        if level.option.key in olds:
            yield level.option.label, olds[level.option.key], level.text


def _name(indicator: IndicatorView) -> str:
    return indicator.code or indicator.key


def _place(tree: FrameworkTree, indicator: IndicatorView) -> str:
    above = (tree.section_of(indicator).node, *indicator.headings)
    return " › ".join(node.title for node in above)


def _scale_text(scale: ScaleView) -> str:
    return format_labelled(
        scale.title or scale.key, ", ".join(f"{option.value} {option.label}" for option in scale.options)
    )


def _replaced(label: str | Promise, before: str, after: str) -> Change:
    return Change(label, tuple(Run(kind, text) for kind, text in (("gone", before), ("new", after)) if text))
