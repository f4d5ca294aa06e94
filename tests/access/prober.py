"""Sending one request as one hat, and keeping everything that came back or went out."""

from __future__ import annotations

import io
import logging
import re
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from http.cookies import SimpleCookie
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client

from tests.access.cast import Hat
from tests.personas import comparable
from wam_portal.workbooks import CONTENT_TYPE as WORKBOOK_TYPE

UNSAFE: Final = ("POST", "PUT", "PATCH", "DELETE")
SESSION_SECONDS: Final = settings.SESSION_IDLE_SECONDS / 3
BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
_WRITE: Final = re.compile(r'\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """What one request answered. `text` is all that could be read anywhere: body, headers, mails."""

    status: int
    headers: dict[str, str]
    body: str
    text: str
    writes: tuple[str, ...]
    url: str
    sent: str
    failure: str = ""

    def without(self, *words: str) -> tuple[int, str, frozenset[str]]:
        """Status, body and names of headers, without the address and the words that came in with it."""
        body = self.body.replace(quote(self.url), "").replace(self.url, "")
        for word in sorted(words, key=len, reverse=True):
            body = body.replace(word, "")
        return self.status, body, frozenset(self.headers)


@dataclass
class Prober:
    """Keeps a session for each hat; every request starts from the same stored world and leaves it as it was."""

    _sessions: dict[str, tuple[str, float]] = field(default_factory=dict)
    _client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    _strict: Client = field(default_factory=lambda: Client(raise_request_exception=False, enforce_csrf_checks=True))
    sent: int = 0

    def send(
        self,
        hat: Hat,
        method: str,
        url: str,
        data: dict[str, Any] | None = None,
        *,
        csrf: bool = False,
        json: bool = False,
    ) -> Answer:
        """Send a request and roll back what it wrote; with `csrf` the token is asked for, and not given."""
        client = self._strict if csrf else self._client
        client.cookies = self._cookies(hat)
        if url.startswith(("/api/", "/accounts/")):
            # Throttles count what a person does in a minute; the probes are not a person.
            cache.clear()
        outbox = getattr(mail, "outbox", [])
        del outbox[:]
        self.sent += 1
        with _quiet(), _writes() as writes, transaction.atomic():
            response = self._call(client, method, url, data, json=json)
            body, readable = _texts(response)
            transaction.set_rollback(True)
        headers = dict(response.headers.items())
        cookies = [morsel.OutputString() for morsel in response.cookies.values()]
        mails = [str(message.message()) for message in outbox]
        text = "\n".join([readable, *(f"{name}: {value}" for name, value in headers.items()), *cookies, *mails])
        return Answer(
            response.status_code, headers, body, text, tuple(writes), url, f"{url} {data}", _failure(response)
        )

    def client_for(self, hat: Hat) -> Client:
        """A client with the session of a hat, for tests that look at what a request stored."""
        self._client.cookies = self._cookies(hat)
        return self._client

    def _cookies(self, hat: Hat) -> SimpleCookie:
        cookies = SimpleCookie()
        if hat.user is not None:
            key, begun = self._sessions.get(hat.name, ("", 0.0))
            # What keeps a session alive is rolled back with all else, so a long campaign signs in again.
            if not key or time.monotonic() - begun > SESSION_SECONDS:
                client = Client()
                client.force_login(hat.user, backend=BACKEND)
                # The first page notes when the session began; later ones find that done.
                client.get("/healthz")
                key = client.cookies[settings.SESSION_COOKIE_NAME].value
                self._sessions[hat.name] = key, time.monotonic()
            cookies[settings.SESSION_COOKIE_NAME] = key
        return cookies

    @staticmethod
    def _call(client: Client, method: str, url: str, data: dict[str, Any] | None, *, json: bool) -> HttpResponseBase:
        send: Callable[..., HttpResponseBase] = getattr(client, method.lower())
        if method not in UNSAFE:
            return send(url, data) if method in {"GET", "HEAD"} else send(url)
        if method == "POST" and not json:
            return send(url, data or {})
        return send(url, data or {}, content_type="application/json")


def _failure(response: HttpResponseBase) -> str:
    """What a view raised that nobody caught."""
    raised = getattr(response, "exc_info", None)
    return f"{raised[0].__name__}: {str(raised[1])[:200]}" if raised else ""


@contextmanager
def _quiet() -> Iterator[None]:
    """Refusals are what is asked for here; they would fill the log."""
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


@contextmanager
def _writes() -> Iterator[list[str]]:
    """The tables that were written to, in order."""
    tables: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if found := _WRITE.match(sql):
            tables.append(found.group(2))
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield tables


def _texts(response: HttpResponseBase) -> tuple[str, str]:
    """The body for comparing, and the body for reading: of a PDF what a reader sees."""
    kind = response.headers.get("Content-Type", "")
    if kind.startswith("text/html"):
        body = comparable(response)
        return body, body
    if response.streaming:
        content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
        response.close()
    else:
        content = response.content  # type: ignore[attr-defined]
    body = content.decode("utf-8", "replace")
    if content and kind == WORKBOOK_TYPE:
        return body, _workbook_text(content)
    return body, _pdf_text(content) if content and kind == "application/pdf" else body


def _workbook_text(content: bytes) -> str:
    """Every part of a workbook, also what is hidden in it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


@lru_cache(maxsize=64)
def _pdf_text(content: bytes) -> str:
    found = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True)
    details = subprocess.run(["pdfinfo", "-"], input=content, capture_output=True, check=True)
    return (found.stdout + details.stdout).decode()
