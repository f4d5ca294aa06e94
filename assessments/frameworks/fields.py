"""Reading the fields of one mapping of a framework file, noting every problem instead of stopping at the first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.frameworks.errors import ErrorList, Path
from assessments.frameworks.schema import CODE_LENGTH, ITEM_LENGTH, KEY_LENGTH, MAX_ITEMS
from assessments.frameworks.strict_yaml import Plain
from wam_portal.formats import format_number

_KEY = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_CODE = re.compile(r"\w+(?:[ ./()&-]+\w+)*\)?")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,5})(?:\.[0-9]{1,9})?")
# Bidirectional overrides reorder what a reader sees; isolates and marks, which Arabic text may need, are left alone.
_REORDERING = frozenset("\u202a\u202b\u202d\u202e")


def clean_text(value: str) -> str:
    """Bring text to Unicode NFC with plain line ends and no white space around it or at the end of a line."""
    lines = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def is_printable(value: str) -> bool:
    """Tell whether text is free of control, unassigned and reordering characters (line feeds and tabs may stand)."""
    return not any(
        character in _REORDERING
        or (unicodedata.category(character) in ("Cc", "Cs", "Cn", "Zl", "Zp") and character not in "\n\t")
        for character in value
    )


def is_key(text: str) -> bool:
    """Tell whether text is a permanent key."""
    return len(text) <= KEY_LENGTH and _KEY.fullmatch(text) is not None


class Fields:
    """One mapping. Each `take_...` reads a field once; `finish` notes the fields that nobody asked for.

    What cannot be read comes back empty (or as the default) after its problem was noted, so that reading goes on.
    """

    def __init__(self, value: Plain, path: Path, errors: ErrorList) -> None:
        self.path = path
        self.errors = errors
        self._values: dict[str, Plain] = {}
        if isinstance(value, dict):
            self._values = dict(value)
        else:
            errors.add(path, _("A mapping of names and values is expected here."))

    def take(self, name: str) -> Plain:
        """The raw value, None where the field is absent or empty."""
        return self._values.pop(name, None)

    def take_text(self, name: str, limit: int, *, required: bool = False, lines: bool = False) -> str:
        """Text of at most `limit` characters, on one line unless `lines`."""
        text = self._text(self.take(name), (*self.path, name), limit, lines=lines)
        if text is None:
            return ""
        if required and not text:
            self.errors.add((*self.path, name), _("This is required."))
        return text

    def take_key(self, name: str, *, required: bool = True) -> str:
        """A permanent key: lower-case letters, digits, and single hyphens or underscores between them."""
        key = self.take_text(name, KEY_LENGTH, required=required)
        if key and not _KEY.fullmatch(key):
            self.errors.add(
                (*self.path, name),
                _("“%(key)s” is not a key: use lower-case letters, digits and hyphens, like coo-01.") % {"key": key},
            )
            return ""
        return key

    def take_code(self, name: str, *, required: bool) -> str:
        """A code for people: letters and digits of any script with simple punctuation between them."""
        code = self.take_text(name, CODE_LENGTH, required=required)
        if code and not _CODE.fullmatch(code):
            self.errors.add(
                (*self.path, name),
                _("“%(code)s” is not a code: use letters, digits, and hyphens or dots between them.") % {"code": code},
            )
            return ""
        return code

    def take_whole_number(self, name: str, *, low: int, high: int) -> int | None:
        """A whole number within bounds; None after its problem was noted."""
        number = self.take_number(name, low=Decimal(low), high=Decimal(high), places=0)
        return None if number is None else int(number)

    def take_number(
        self, name: str, *, low: Decimal, high: Decimal, places: int, default: Decimal | None = None
    ) -> Decimal | None:
        """A decimal number within bounds, required where there is no default; None after its problem was noted."""
        value = self.take(name)
        path = (*self.path, name)
        if value is None and default is not None:
            return default
        if value is None:
            self.errors.add(path, _("This is required."))
        elif not isinstance(value, str) or not _NUMBER.fullmatch(value):
            self.errors.add(path, _("A plain number is expected here."))
        elif len(value.partition(".")[2]) > places:
            message = _("At most %(places)d decimal places are kept.") if places else _("A whole number is expected.")
            self.errors.add(path, message % {"places": places})
        elif not low <= Decimal(value) <= high:
            bounds = {"low": format_number(low), "high": format_number(high)}
            self.errors.add(path, _("The number must lie between %(low)s and %(high)s.") % bounds)
        else:
            return plain_number(Decimal(value))
        return None

    def take_choice(self, name: str, allowed: Collection[str]) -> str:
        """One word of a vocabulary, or nothing."""
        word = self.take_text(name, KEY_LENGTH)
        return word if self._known(word, (*self.path, name), allowed) else ""

    def take_choices(self, name: str, allowed: Collection[str]) -> tuple[str, ...]:
        """Words of a vocabulary, each once, in the order given."""
        words = self.take_texts(name)
        path = (*self.path, name)
        for index, word in enumerate(words):
            if self._known(word, (*path, index), allowed) and word in words[:index]:
                self.errors.add((*path, index), _("“%(word)s” is given twice.") % {"word": word})
        return words

    def take_texts(self, name: str) -> tuple[str, ...]:
        """A list of one-line texts."""
        path = (*self.path, name)
        texts = []
        for index, value in enumerate(self.take_list(name, MAX_ITEMS)):
            text = self._text(value, (*path, index), ITEM_LENGTH, lines=False)
            if text == "":
                self.errors.add((*path, index), _("This is empty."))
            if text:
                texts.append(text)
        return tuple(texts)

    def take_list(self, name: str, limit: int) -> list[Plain]:
        """The raw items of a list of at most `limit` items; an absent list is empty."""
        value = self.take(name)
        path = (*self.path, name)
        if value is None:
            return []
        if not isinstance(value, list):
            self.errors.add(path, _("A list is expected here."))
            return []
        if len(value) > limit:
            self.errors.add(
                path,
                _("The list has %(count)d items; at most %(limit)d are allowed.")
                % {"count": len(value), "limit": limit},
            )
            return value[:limit]
        return value

    def take_text_map(self, name: str, limit: int) -> dict[str, str]:
        """A mapping from option keys to texts; an absent mapping is empty."""
        value = self.take(name)
        path = (*self.path, name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.errors.add(path, _("A text for each option is expected here, like “1: ...”."))
            return {}
        texts = {}
        for key, item in value.items():
            text = "" if item is None else self._text(item, (*path, key), limit, lines=True)
            if text is not None:
                texts[key] = text
        return texts

    def finish(self) -> None:
        """Note every field that was not asked for."""
        for name in self._values:
            self.errors.add((*self.path, name), _("“%(name)s” is not a field known here.") % {"name": shortened(name)})

    def _known(self, word: str, path: Path, allowed: Collection[str]) -> bool:
        if not word or word in allowed:
            return True
        self.errors.add(
            path,
            _("“%(word)s” is not known here; use one of: %(allowed)s.")
            % {"word": shortened(word), "allowed": ", ".join(allowed)},
        )
        return False

    def _text(self, value: Plain, path: Path, limit: int, *, lines: bool) -> str | None:
        return checked_text(value, path, self.errors, limit, lines=lines)


def checked_text(value: Plain, path: Path, errors: ErrorList, limit: int, *, lines: bool) -> str | None:
    """The cleaned text, empty where there is none, or None after noting why it cannot be used."""
    if value is None:
        return ""
    if not isinstance(value, str):
        errors.add(path, _("Text is expected here."))
        return None
    text = clean_text(value)
    if len(text) > limit:
        errors.add(
            path,
            _("The text has %(count)d characters; at most %(limit)d are allowed.")
            % {"count": len(text), "limit": limit},
        )
    elif not is_printable(text):
        errors.add(path, _("The text holds a character that cannot be printed."))
    elif "\n" in text and not lines:
        errors.add(path, _("This must be one line."))
    else:
        return text
    return None


def plain_number(number: Decimal) -> Decimal:
    """The same number without trailing zeros or exponent, so that equal numbers are written alike."""
    return Decimal(f"{number.normalize():f}")


def shortened(text: str, limit: int = 60) -> str:
    """Text cut to be quoted in a message."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
