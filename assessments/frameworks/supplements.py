"""Reading what stands beside the tree of a framework file: its groups, and the map from the version it replaces."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from assessments.frameworks.errors import ErrorList, Path
from assessments.frameworks.fields import Fields, is_key, shortened
from assessments.frameworks.schema import (
    MAX_INDICATORS,
    MAX_SELECTIONS,
    TEXT_LENGTH,
    TITLE_LENGTH,
    VERSION_LENGTH,
    DroppedItem,
    Framework,
    MappedItem,
    Replacement,
    Selection,
)
from assessments.frameworks.strict_yaml import Plain


def read_selections(fields: Fields, framework: Framework) -> tuple[Selection, ...]:
    """Read `groups`: named selections of indicators, such as a core set. Notes every problem."""
    known = _known_indicators(framework, fields.errors)
    taken: set[str] = set()
    selections = []
    for index, item in enumerate(fields.take_list("groups", MAX_SELECTIONS)):
        own = Fields(item, ("groups", index), fields.errors)
        selection = Selection(
            key=own.take_key("key"),
            title=own.take_text("title", TITLE_LENGTH, required=True),
            description=own.take_text("description", TEXT_LENGTH, lines=True),
            indicators=_indicators(own, known),
        )
        own.finish()
        if selection.key in taken:
            fields.errors.add((*own.path, "key"), _("Another group has this key."))
        taken.add(selection.key)
        selections.append(selection)
    return tuple(selections)


def read_replacement(fields: Fields, framework: Framework) -> Replacement | None:
    """Read `replaces`: which version this one follows, where its items come from, and which were dropped and why.

    Whether the old version has these items, and whether all of them are mapped, is told when it is stored.
    """
    value = fields.take("replaces")
    if value is None:
        return None
    path: Path = ("replaces",)
    own = Fields(value, path, fields.errors)
    version = own.take_text("version", VERSION_LENGTH, required=True)
    if version and version == framework.version:
        fields.errors.add((*path, "version"), _("A version cannot replace itself."))
    replacement = Replacement(
        version=version,
        items=tuple(_items(own, _known_indicators(framework, fields.errors))),
        dropped=tuple(_dropped(own)),
    )
    own.finish()
    return replacement


def _known_indicators(framework: Framework, errors: ErrorList) -> Collection[str] | None:
    """The keys of the indicators; None where some could not be read, so that a missing key tells nothing."""
    return None if errors.has_any_under("nodes") else {indicator.key for indicator in framework.indicators()}


def _indicators(fields: Fields, known: Collection[str] | None) -> tuple[str, ...]:
    path = (*fields.path, "indicators")
    keys: list[str] = []
    for index, value in enumerate(fields.take_list("indicators", MAX_INDICATORS)):
        key = _key(value, (*path, index), fields.errors)
        if key and known is not None and key not in known:
            fields.errors.add((*path, index), _("There is no indicator “%(key)s”.") % {"key": shortened(key)})
        elif key in keys:
            fields.errors.add((*path, index), _("“%(word)s” is given twice.") % {"word": shortened(key)})
        elif key:
            keys.append(key)
    if not keys and not fields.errors.has_any_under("groups"):
        fields.errors.add(path, _("A group holds at least one indicator."))
    return tuple(keys)


def _items(fields: Fields, known: Collection[str] | None) -> Iterator[MappedItem]:
    path = (*fields.path, "items")
    value = fields.take("items")
    if value is None:
        return
    if not isinstance(value, dict):
        fields.errors.add(path, _("A mapping from new keys to old keys is expected here."))
        return
    for key, source in value.items():
        if known is not None and key not in known:
            fields.errors.add((*path, key), _("There is no indicator “%(key)s”.") % {"key": shortened(key)})
        yield _item(key, source, (*path, key), fields.errors)


def _item(key: str, value: Plain, path: Path, errors: ErrorList) -> MappedItem:
    """An old key, a list of them, or a mapping with `from` and `levels`."""
    if not isinstance(value, dict):
        return MappedItem(key, _sources(value, path, errors))
    fields = Fields(value, path, errors)
    sources = _sources(fields.take("from"), (*path, "from"), errors)
    levels = fields.take_text_map("levels", VERSION_LENGTH * 3)
    fields.finish()
    return MappedItem(key, sources, tuple(levels.items()))


def _sources(value: Plain, path: Path, errors: ErrorList) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    paths = [(*path, index) for index in range(len(values))] if isinstance(value, list) else [path]
    keys = [key for one, where in zip(values, paths, strict=True) if (key := _key(one, where, errors))]
    if not values:
        errors.add(path, _("This is required."))
    return tuple(dict.fromkeys(keys))


def _dropped(fields: Fields) -> Iterator[DroppedItem]:
    taken: set[str] = set()
    for index, value in enumerate(fields.take_list("dropped", MAX_INDICATORS)):
        own = Fields(value, (*fields.path, "dropped", index), fields.errors)
        item = DroppedItem(key=own.take_key("key"), reason=own.take_text("reason", TEXT_LENGTH, required=True))
        own.finish()
        if item.key in taken:
            fields.errors.add((*own.path, "key"), _("“%(word)s” is given twice.") % {"word": item.key})
        taken.add(item.key)
        yield item


def _key(value: Plain, path: Path, errors: ErrorList) -> str:
    if isinstance(value, str) and is_key(value):
        return value
    errors.add(path, _("A key is expected here, like coo-01."))
    return ""
