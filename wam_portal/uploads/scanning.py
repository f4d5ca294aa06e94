"""The malware scanner that an installation may plug in; without one, files are shown as unscanned."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string


class ScanVerdict(StrEnum):
    """What a scanner says of a file."""

    CLEAN = "clean"
    INFECTED = "infected"


Scanner = Callable[[Path], ScanVerdict]


def malware_scanner() -> Scanner | None:
    """The function named by the setting `MALWARE_SCANNER`; None where the installation has none.

    It takes the path of a stored file and answers a `ScanVerdict`. It raises when it cannot tell; the job
    then fails and the file stays unscanned. Raises ImportError for a name that does not exist.
    """
    return import_string(settings.MALWARE_SCANNER) if settings.MALWARE_SCANNER else None
