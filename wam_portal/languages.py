"""Which language a page speaks: the one that was asked for where our words exist in it, else English.

A page in two languages cannot say truly which one it is in. So where the portal has no catalogue for the language
that was asked for, everything is English: words, dates and numbers, and also what Django could say in that language.
Only the direction stays that of the language asked for, so that an Arabic page is laid out from right to left
before its words are translated; see `PageLanguage` for how a page says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils import translation

_asked_for: ContextVar[str | None] = ContextVar("asked_for", default=None)


@dataclass(frozen=True)
class PageLanguage:
    """The language asked for, its direction, and the language of the words, with which a page marks its body."""

    asked_for: str
    words: str
    direction: str


@cache
def has_catalogue(language: str) -> bool:
    """Tell whether the portal's own words exist, compiled, in this language."""
    if language == settings.LANGUAGE_CODE:
        return True
    locale = translation.to_locale(language)
    return any((Path(root) / locale / "LC_MESSAGES" / "django.mo").is_file() for root in settings.LOCALE_PATHS)


def language_of_words(language: str) -> str:
    """The language in which the portal speaks to somebody who asked for this one."""
    return language if has_catalogue(language) else settings.LANGUAGE_CODE


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak as somebody who asked for this language hears it: its words, or English in its direction."""
    token = _asked_for.set(language)
    try:
        with translation.override(language_of_words(language)):
            yield
    finally:
        _asked_for.reset(token)


def page_language() -> PageLanguage:
    """What the page being made was asked for and is in."""
    asked_for = _asked_for.get() or translation.get_language() or settings.LANGUAGE_CODE
    mirrored = translation.get_language_info(asked_for)["bidi"]
    return PageLanguage(asked_for, language_of_words(asked_for), "rtl" if mirrored else "ltr")


def is_mirrored() -> bool:
    """Tell whether the page being made runs from right to left, so charts and arrows do too."""
    return page_language().direction == "rtl"


def page_languages() -> list[tuple[str, str, bool]]:
    """The languages to read pages in: code, name in that language, and whether the portal's words exist in it."""
    return [
        (code, translation.get_language_info(code)["name_local"], has_catalogue(code)) for code, _ in settings.LANGUAGES
    ]


def document_languages() -> list[tuple[str, str]]:
    """The languages to ask for a document in; of those without words of the portal it is said what they come in."""
    english = translation.gettext("%(language)s (the portal's words in English)")
    return [
        (code, str(name) if has_catalogue(code) else english % {"language": name}) for code, name in settings.LANGUAGES
    ]
