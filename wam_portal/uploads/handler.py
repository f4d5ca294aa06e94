"""Receiving files with a bound on the disk that one request can fill."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class BoundedUploadHandler(TemporaryFileUploadHandler):
    """Writes at most `UPLOAD_MAX_BYTES` of each file to the temporary folder; the size says how long it really is.

    So a file that is too large reaches the form, which refuses it by name, and its neighbours are kept. A request
    that announces more than all files together may have is not read at all.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: Mapping[str, Any],  # noqa: N803 (Django's name)
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Raise `RequestDataTooBig` for a request that is too large as a whole."""
        if content_length > settings.UPLOAD_MAX_REQUEST_BYTES:
            raise RequestDataTooBig("the request is larger than all files together may be")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Keep what lies within the bound, plus one byte by which the excess is seen."""
        room = settings.UPLOAD_MAX_BYTES + 1 - start
        if room > 0:
            self.file.write(raw_data[:room])
        return None
