"""What every printed document shares: texts in the direction of their own script, facts, level scales, its source.

The parts are plain values, ready to print, that the templates in templates/documents/ draw.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db.models import TextChoices
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from wam_portal.charts import FILLS, is_dark, level_step
from wam_portal.formats import format_day
from wam_portal.languages import language_of_words, speaking
from wam_portal.pdf import PdfSource

NOT_STATED_DASH: Final = "–"
BOX: Final = 15
MOST_BOXES: Final = 12
"""A scale whose numbers go beyond this is told in words: its boxes would not fit beside a question."""
_BLOCK: Final = "h[1-6]|p|li|th|td|caption"
_LINE: Final = re.compile(
    rf"<({_BLOCK})(\b[^>]*)>((?:(?!</?(?:{_BLOCK}|table|thead|tbody|tr|div|ul|ol|section|figure|svg)\b).)+)</\1>",
    re.DOTALL,
)
"""A block that holds words alone: its parts are one sentence, and stand in the order of their language."""
_TAG: Final = re.compile(r"<[^>]*>")
_RUN: Final = re.compile(r"<svg\b.*?</svg>|>(?P<text>[^<>]+)(?=<)", re.DOTALL)
_SHARED_FOLDERS: Final = ("documents", "charts")


@dataclass(frozen=True, slots=True)
class Prose:
    """A text that a person wrote, with the direction of its own script ("ltr" or "rtl")."""

    heading: str
    anchor: str
    paragraphs: tuple[str, ...]
    direction: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a list of facts; `code` keeps references and hashes in one piece."""

    label: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class ScaleStep:
    """A box of the level scale: `x` in the drawing's units, whether it is reached, whether it is the target."""

    x: str
    number: str
    fill: str
    dark: bool
    reached: bool
    target: bool


def direction_of(text: str) -> str:
    """The direction in which a text is read, by its first letter that has one."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def prose(heading: str, anchor: str, text: str, *, missing: str = "") -> Prose:
    """A text under a heading, split into paragraphs; an empty one is said to be missing."""
    paragraphs = tuple(part.strip() for part in re.split(r"\n\s*\n|\r\n\s*\r\n", text) if part.strip())
    if not paragraphs:
        said = missing or _("The State has not stated this.")
        return Prose(heading, anchor, (said,), direction_of(said))
    return Prose(heading, anchor, paragraphs, direction_of(text))


def label(choices: type[TextChoices], value: str | None) -> str:
    """The word for a code; a code that this version does not know is shown as it is."""
    if not value:
        return ""
    return str(choices(value).label) if value in choices.values else value


def labels(choices: type[TextChoices], values: Iterable[str]) -> str:
    """The words for codes, with commas between."""
    return _(", ").join(label(choices, value) for value in values)


def day_text(value: str | date | None) -> str:
    """A date, also one in ISO 8601 text, or a dash."""
    if not value:
        return NOT_STATED_DASH
    return format_day(date.fromisoformat(value) if isinstance(value, str) else value)


def scale_steps(
    level: int, target: int, *, options: int | None = None, numbers: Sequence[int] = (), mirrored: bool = False
) -> tuple[ScaleStep, ...]:
    """The boxes of a scale by position from 1: what is reached is shaded, the target is framed.

    `options` is the length of the scale; without it nothing above the target is drawn. `numbers` are what the scale
    calls its levels where that is not their place. `mirrored` puts the lowest level to the right. None are drawn of a
    scale of more than `MOST_BOXES`.
    """
    count = options or max(1, target)
    if count > MOST_BOXES:
        return ()
    steps = []
    for position in range(1, count + 1):
        kind = f"level-{level_step(position, count) if count > 1 else 1}"
        reached = position <= level
        steps.append(
            ScaleStep(
                x=str((count - position if mirrored else position - 1) * BOX + 1),
                number=str(numbers[position - 1] if numbers else position),
                fill=FILLS[kind] if reached else "#ffffff",
                dark=reached and is_dark(kind),
                reached=reached,
                target=position == target,
            )
        )
    return tuple(steps)


def scale_width(steps: int) -> str:
    """The width of the drawing of so many boxes."""
    return str(BOX * max(1, steps) + 2)


@cache
def software_digest(language: str, folder: str) -> dict[str, str]:
    """What of the software the bytes of a document depend on: its templates and messages, and the renderer.

    `folder` holds the document's own templates, beside the shared ones. Part of every render key.
    """
    digest = sha256()
    for path in [*_template_files((folder, *_SHARED_FOLDERS)), *_catalogues(language)]:
        digest.update(path.name.encode() + b"\n" + sha256(path.read_bytes()).digest())
    return {"templates": digest.hexdigest(), "renderer": f"weasyprint {version('weasyprint')}"}


def isolated(html: str) -> str:
    """A document that runs from right to left, with each line that does not kept in its own order.

    Where the portal's words fall back to English, they stand in a document of the other direction: without this, their
    numbers and full stops would move to the wrong end, and what stands apart in a line, a number or a name, would
    change places with the words around it. A line that has words of both directions keeps that of the document.
    Drawings say their direction themselves.
    """
    head, body, rest = html.partition("<body")
    return head + body + _RUN.sub(_isolate, _LINE.sub(_isolate_line, rest))


def _isolate_line(found: re.Match[str]) -> str:
    tag, attributes, inner = found.groups()
    words = _TAG.sub("", inner)
    if not words.strip() or _runs_left(words) or not _TAG.search(inner):
        return found[0]
    return f'<{tag}{attributes}><span dir="ltr">{inner.strip()}</span></{tag}>'


def _runs_left(text: str) -> bool:
    return any(unicodedata.bidirectional(one) in {"R", "AL"} for one in text)


def _isolate(found: re.Match[str]) -> str:
    text = found["text"]
    if text is None or not text.strip() or _runs_left(text):
        return found[0]
    core = text.strip()
    return ">" + text.replace(core, f'<span dir="ltr">{core}</span>', 1)


def document_source(template: str, context: Mapping[str, Any], *, language: str, identifier: str) -> PdfSource:
    """A document in HTML with the shared style sheets, as the renderer takes it.

    `identifier` is the render key; the template names the sheets "asset:document.css" and "asset:page-<direction>.css".
    """
    with speaking(language):
        html: str = render_to_string(template, dict(context))
    mirrored = translation.get_language_info(language)["bidi"]
    if mirrored and not translation.get_language_info(language_of_words(language))["bidi"]:
        html = isolated(html)
    direction = "rtl" if mirrored else "ltr"
    sheets = ("document.css", f"page-{direction}.css")
    styles = {name: render_to_string(f"documents/{name}") for name in sheets}
    return PdfSource(html=html, identifier=identifier, assets=styles)


def _template_files(folders: Iterable[str]) -> list[Path]:
    roots = [Path(root) / folder for root in settings.TEMPLATES[0]["DIRS"] for folder in folders]
    return sorted(path for root in roots for path in root.iterdir() if path.is_file())


def _catalogues(language: str) -> list[Path]:
    locale = translation.to_locale(language)
    names = sorted({locale, locale.partition("_")[0]})
    paths = [Path(root) / name / "LC_MESSAGES" / "django.mo" for root in settings.LOCALE_PATHS for name in names]
    return [path for path in paths if path.is_file()]
