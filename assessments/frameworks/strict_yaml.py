"""A small, strict reading of YAML: mappings, lists and text; nothing that could surprise or attack.

Only the event stream of PyYAML is used, never its constructors: no tag can make an object, an alias cannot
multiply a document, and `no` stays the word "no". The schema decides later which text is a number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.translation import gettext as _

from assessments.frameworks.errors import ErrorList, FrameworkErrors, Path

MAX_BYTES = 4 * 1024 * 1024
MAX_DEPTH = 32
# Three thousand indicators with all their texts hold about a hundred thousand.
MAX_VALUES = 250_000

# libyaml reads ten times faster; both loaders give the same events.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Plain = str | None | list["Plain"] | dict[str, "Plain"]


@dataclass(slots=True)
class Document:
    """What a file says: dicts, lists, texts and None; with the line on which each path begins (from 1).

    `files` names the files from which parts were taken in, by the path of the part. `is_whole` is False where some of
    it could not be used at all: what seems to be missing may only be unread.
    """

    value: Plain = None
    lines: dict[Path, int] = field(default_factory=dict)
    files: dict[Path, str] = field(default_factory=dict)
    is_whole: bool = True


def read_yaml(document: str | bytes) -> Document:
    """Read one YAML document.

    Raises `FrameworkErrors` for text that is not UTF-8 or not YAML, for a file above `MAX_BYTES` or `MAX_VALUES`, for
    nesting above `MAX_DEPTH`, for aliases, tags, several documents in one file, and a name given twice in a mapping.
    """
    return _Builder(_decoded(document)).build()


def _decoded(document: str | bytes) -> str:
    size = len(document) if isinstance(document, bytes) else len(document.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise _refusal(_("The file is larger than %(limit)d MB.") % {"limit": MAX_BYTES // 1024**2})
    if isinstance(document, str):
        return document.removeprefix("\ufeff")
    try:
        return document.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refusal(_("The file is not UTF-8 text.")) from None


def _refusal(message: str, line: int = 0) -> FrameworkErrors:
    errors = ErrorList({(): line})
    errors.add((), message)
    try:
        errors.raise_if_any()
    except FrameworkErrors as error:
        return error
    raise AssertionError("unreachable: one error was added")


class _Builder:
    """Turns the events of one document into plain values, noting duplicates and forbidden constructs."""

    def __init__(self, text: str) -> None:
        self._events: Iterator[Any] = self._safe_events(text)
        self._document = Document()
        self._errors = ErrorList(self._document.lines)
        self._values = 0

    def build(self) -> Document:
        self._document.lines[()] = 1
        started = False
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                if started:
                    raise _refusal(_("The file holds several YAML documents; keep one."), _line_of(event))
                started = True
                self._document.value = self._value(next(self._events), ())
        self._errors.raise_if_any()
        return self._document

    @staticmethod
    def _safe_events(text: str) -> Iterator[Any]:
        try:
            yield from yaml.parse(text, Loader=_LOADER)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise _refusal(
                _("This is not valid YAML: %(problem)s.") % {"problem": error.problem or error.context},
                mark.line + 1 if mark else 0,
            ) from None
        except yaml.YAMLError:
            raise _refusal(_("This is not valid YAML: it holds a character that is not allowed.")) from None
        except UnicodeError:
            raise _refusal(_("The file is not UTF-8 text.")) from None

    def _value(self, event: Any, path: Path) -> Plain:
        self._document.lines.setdefault(path, _line_of(event))
        self._values += 1
        if self._values > MAX_VALUES:
            raise _refusal(_("The file holds more than %(limit)d values.") % {"limit": MAX_VALUES}, _line_of(event))
        if isinstance(event, yaml.AliasEvent):
            self._errors.add(path, _("Aliases (*name) are not allowed; write the text out."))
            return None
        if event.tag is not None:
            self._errors.add(path, _("Tags (!name) are not allowed."))
        if isinstance(event, yaml.ScalarEvent):
            empty = event.style is None and event.value in ("", "~", "null")
            return None if empty else str(event.value)
        # A name and its value are one step of the path but two levels of YAML: a path longer than this is too deep.
        if len(path) >= MAX_DEPTH:
            raise _refusal(
                _("The file is nested more than %(limit)d levels deep.") % {"limit": MAX_DEPTH}, _line_of(event)
            )
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _sequence(self, path: Path) -> list[Plain]:
        items: list[Plain] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, Plain]:
        mapping: dict[str, Plain] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            name = self._name(event, path)
            child = (*path, name)
            if name in mapping:
                # Built apart so that the first one keeps its line, then thrown away.
                self._errors.add(
                    path,
                    _("“%(name)s” is given twice (again on line %(line)d).") % {"name": name, "line": _line_of(event)},
                )
                self._value(next(self._events), child)
                continue
            self._document.lines[child] = _line_of(event)
            mapping[name] = self._value(next(self._events), child)
        return mapping

    def _name(self, event: Any, path: Path) -> str:
        if isinstance(event, yaml.ScalarEvent) and event.tag is None:
            return str(event.value)
        raise _refusal(_("A name in a mapping must be plain text."), _line_of(event))


def _line_of(event: Any) -> int:
    return int(event.start_mark.line) + 1
