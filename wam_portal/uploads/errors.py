"""The one way in which a sent file is refused."""

from __future__ import annotations

from wam_portal.errors import PortalError


class FileRefused(PortalError):
    """A file that the portal does not keep; the message says why, in words for the person who sent it."""


class UnknownKind(FileRefused):
    """A file whose content is of no kind that the portal keeps."""
