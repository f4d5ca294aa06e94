"""A keep-alive client that measures: median seconds of interleaved requests to one server process."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Hashable, Iterator
from typing import TypeVar
from urllib.parse import urlencode

Key = TypeVar("Key", bound=Hashable)

SESSION_COOKIE, CSRF_COOKIE = "sessionid", "csrftoken"


class Caller:
    """One signed-in browser."""

    def __init__(self, port: int, session: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.session, self.token = session, "x" * 32

    def call(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        """Send a request; answers status and body."""
        headers = {"Cookie": f"{SESSION_COOKIE}={self.session}; {CSRF_COOKIE}={self.token}", "HX-Request": "true"}
        if method == "GET":
            headers.pop("HX-Request")
        body = None
        if fields is not None:
            body = urlencode(fields)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": self.token}
        self.connection.request(method, path, body=body, headers=headers)
        response = self.connection.getresponse()
        return response.status, response.read().decode()


@contextlib.contextmanager
def server(database_url: str) -> Iterator[int]:
    """gunicorn with one worker of one thread on a free port; answers the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "benchmarks.settings", "DATABASE_URL": database_url}
    command = [
        sys.executable, "-m", "gunicorn", "wam_portal.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "1",
        "--worker-class", "gthread", "--threads", "1", "--keep-alive", "60", "--log-level", "error",
        "--no-control-socket",
    ]  # fmt: skip
    process = subprocess.Popen(command, env=environment)
    try:
        _wait(port)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")


def medians(calls: dict[Key, Callable[[], None]], rounds: int) -> dict[Key, float]:
    """Milliseconds of each call: the median over rounds in which all calls take turns, after two rounds to warm up."""
    seconds: dict[Key, list[float]] = {name: [] for name in calls}
    for number in range(rounds + 2):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            if number >= 2:
                seconds[name].append(time.perf_counter() - start)
    return {name: round(1000 * statistics.median(values), 3) for name, values in seconds.items()}


def number_after(pattern: str, text: str) -> int:
    """The first whole number that `pattern` captures."""
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"{pattern} is not in the answer")
    return int(found.group(1))
