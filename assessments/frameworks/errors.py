"""What is wrong with a framework file: every problem, with its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from wam_portal.errors import PortalError

Path = tuple[str | int, ...]

# A hostile file may use a whole book as a name.
LONGEST_STEP = 64


def path_text(path: Path) -> str:
    """Write a path the way an editor reads it: `nodes[0].nodes[3].levels.4`; the whole file is an empty text."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step[:LONGEST_STEP]}"
    return text.removeprefix(".")


@dataclass(frozen=True, slots=True, order=True)
class FrameworkError:
    """One problem: the line (from 1; 0 where no line can be named), the path in the file, a plain sentence.

    `steps` is the path as a reader of another format needs it to name its own place. `file` names a file that came
    beside the framework's own; it is empty for the framework's. `column` names the column of a workbook's cell.
    """

    line: int
    path: str
    message: str
    steps: Path = field(default=(), compare=False)
    file: str = field(default="", compare=False)
    column: str = field(default="", compare=False)

    def __str__(self) -> str:
        place = self.path or _("the file")
        if self.file:
            place = f"{self.file}, {place}"
        if self.line:
            return _("line %(line)d, %(place)s: %(message)s") % {
                "line": self.line,
                "place": place,
                "message": self.message,
            }
        return f"{place}: {self.message}"


class FrameworkErrors(PortalError):
    """A framework file that cannot be taken over; `errors` holds every problem, in the order of the file."""

    def __init__(self, errors: Iterable[FrameworkError]) -> None:
        self.errors: tuple[FrameworkError, ...] = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


class ErrorList:
    """Collects problems while a file is read, so that all of them can be told at once."""

    LIMIT = 500

    def __init__(self, lines: Mapping[Path, int] | None = None, files: Mapping[Path, str] | None = None) -> None:
        self._lines = lines if lines is not None else {}
        self._files = files if files is not None else {}
        self._errors: list[FrameworkError] = []

    def add(self, path: Path, message: str | Promise) -> None:
        """Note a problem at a path. Past the limit a hostile file is told no more, but still refused."""
        if len(self._errors) < self.LIMIT:
            start, file = self._file(path)
            self._errors.append(FrameworkError(self._line(path), path_text(path[start:]), str(message), path, file))

    def has_any_under(self, field: str) -> bool:
        """Tell whether a problem was noted at or below a field of the file's top level."""
        return any(re.match(rf"{re.escape(field)}(?![a-z_])", error.path) for error in self._errors)

    def raise_if_any(self) -> None:
        """Raise `FrameworkErrors` with everything noted so far, if anything was."""
        if self._errors:
            raise FrameworkErrors(sorted(self._errors, key=lambda error: (error.file, error)))

    def place(self, path: Path) -> str:
        """Name another place of the same file in a message."""
        line = self._line(path)
        return _("at line %(line)d") % {"line": line} if line else _("at %(place)s") % {"place": path_text(path)}

    def _line(self, path: Path) -> int:
        for length in range(len(path), -1, -1):
            line = self._lines.get(path[:length])
            if line is not None:
                return line
        return 0

    def _file(self, path: Path) -> tuple[int, str]:
        """How many steps lead to the file in which a path lies, and its name."""
        for start, name in self._files.items():
            if path[: len(start)] == start:
                return max(0, len(start) - 1), name
        return 0, ""
