"""Reading the translations of a framework: part of its file, or a file of their own beside it.

A translation has the shape of what it translates, so it is read along the framework's own texts: whatever has no
counterpart there is a mistake, and whatever is left out or empty falls back to the source.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from assessments.frameworks.errors import ErrorList, FrameworkErrors, Path
from assessments.frameworks.fields import checked_text, shortened
from assessments.frameworks.schema import LANGUAGE_LENGTH, Framework, Slot, Translation
from assessments.frameworks.strict_yaml import Document, Plain, read_yaml
from assessments.frameworks.texts import SourceText, source_texts

# A language tag as RFC 5646 writes it: language, then script, region or variant.
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
FIELD = "translations"
_PARTS = ("scales", "nodes", "groups", "quality_rules")
_FIELD_DEPTH = 3
"""How many steps lead to a field of a node: ("nodes", "coo-01", "evidence")."""


def take_in_translation(source: Document, name: str, document: str | bytes) -> None:
    """Take a file `<framework>.<language>.yaml` into the framework beside which it lies, as if it stood there.

    Its texts stand below their language (`fr: ...`). Raises `FrameworkErrors` for a file that cannot be read, that
    holds anything else, or whose language the framework has already.
    """
    try:
        read = read_yaml(document)
    except FrameworkErrors as error:
        raise FrameworkErrors(replace(one, file=name) for one in error.errors) from None
    language = name.removesuffix(".yaml").rpartition(".")[2]
    errors = ErrorList(read.lines, {(): name})
    if not isinstance(read.value, dict) or set(read.value) != {language}:
        errors.add((), _("This file holds one mapping, “%(language)s: ...”.") % {"language": language})
    elif isinstance(source.value, dict) and source.value.get(FIELD) is None:
        source.value[FIELD] = {}
    translations = source.value.get(FIELD) if isinstance(source.value, dict) else None
    if isinstance(translations, dict) and language in translations:
        errors.add((language,), _("The framework itself holds this translation already."))
    errors.raise_if_any()
    if isinstance(translations, dict) and isinstance(read.value, dict):
        translations[language] = read.value[language]
        source.lines.update({(FIELD, *path): line for path, line in read.lines.items() if path})
        source.files[FIELD, language] = name


def read_translations(value: Plain, framework: Framework, errors: ErrorList) -> tuple[Translation, ...]:
    """Read the mapping from languages to texts, noting every problem; translations without any text are left out."""
    path: Path = (FIELD,)
    if value is None:
        return ()
    if not isinstance(value, dict):
        errors.add(path, _("A mapping from languages to texts is expected here, like “fr: ...”."))
        return ()
    reader = _Reader(framework, errors)
    taken = {framework.language.lower()}
    found = []
    for language, texts in value.items():
        if _is_another_language(language, taken, (*path, language), errors):
            found.append(Translation(language, tuple(reader.texts(texts, (*path, language)))))
        taken.add(language.lower())
    return tuple(translation for translation in found if translation.texts)


def _is_another_language(language: str, taken: Collection[str], path: Path, errors: ErrorList) -> bool:
    if len(language) > LANGUAGE_LENGTH or not LANGUAGE_TAG.fullmatch(language):
        errors.add(path, _("“%(tag)s” is not a language tag, like en, fr or zh-Hans.") % {"tag": shortened(language)})
        return False
    if language.lower() in taken:
        errors.add(path, _("The framework has its texts in this language already."))
        return False
    return True


@dataclass(slots=True)
class _Place:
    """What may stand at one place of a translation: a text, or places below it by name (items of a list by number)."""

    source: SourceText | None = None
    below: dict[str, _Place] = field(default_factory=dict)


class _Reader:
    """Reads translations along the texts of the framework."""

    def __init__(self, framework: Framework, errors: ErrorList) -> None:
        self._errors = errors
        # Of what could not be read itself, every translation would look wrong: the problem is told once, there.
        self._sound = {part: not errors.has_any_under(part) for part in _PARTS}
        self._root = _Place()
        for part in self._sound:
            self._root.below[part] = _Place()
        for slot, source in source_texts(framework).items():
            place = self._root
            for step in slot:
                place = place.below.setdefault(step, _Place())
            place.source = source
        self._order = {slot: number for number, slot in enumerate(source_texts(framework))}

    def texts(self, value: Plain, path: Path) -> list[tuple[Slot, str]]:
        """The texts of one language in the order of the framework."""
        found = self._read(value, path, (), self._root)
        return sorted(found, key=lambda item: self._order[item[0]])

    def _read(self, value: Plain, path: Path, slot: Slot, place: _Place) -> Iterator[tuple[Slot, str]]:
        if value is None:
            return
        if place.source is not None:
            text = checked_text(value, path, self._errors, place.source.limit, lines=place.source.lines)
            if text:
                yield slot, text
        elif len(slot) == _FIELD_DEPTH and slot[0] == "nodes" and slot[-1] == "evidence":
            yield from self._read_list(value, path, slot, place)
        elif isinstance(value, dict):
            for name, item in value.items():
                below = place.below.get(name)
                if below is not None:
                    yield from self._read(item, (*path, name), (*slot, name), below)
                elif not slot or self._sound[slot[0]]:
                    self._errors.add((*path, name), self._unknown(slot, name))
        else:
            self._errors.add(path, _("A mapping of names and values is expected here."))

    def _read_list(self, value: Plain, path: Path, slot: Slot, place: _Place) -> Iterator[tuple[Slot, str]]:
        if not isinstance(value, list):
            self._errors.add(path, _("A list is expected here."))
        elif len(value) != len(place.below) and self._sound[slot[0]]:
            self._errors.add(
                path,
                _("The list has %(count)d items, the framework's own has %(expected)d; leave an item empty to skip it.")
                % {"count": len(value), "expected": len(place.below)},
            )
        else:
            for number, (item, below) in enumerate(zip(value, place.below.values(), strict=False)):
                yield from self._read(item, (*path, number), (*slot, str(number)), below)

    @staticmethod
    def _unknown(slot: Slot, name: str) -> str:
        match slot:
            case ("scales",):
                message = _("There is no scale “%(name)s”.")
            case ("nodes",):
                message = _("There is no heading, area or indicator “%(name)s”.")
            case ("quality_rules",):
                message = _("There is no quality rule “%(name)s”.")
            case ("groups",):
                message = _("There is no group “%(name)s”.")
            case ("scales", scale, "options"):
                message = _("The scale “%(scale)s” has no option “%(name)s”.")
                return message % {"scale": shortened(scale), "name": shortened(name)}
            case _:
                message = _("The framework has no text “%(name)s” here that could be translated.")
        return message % {"name": shortened(name)}
