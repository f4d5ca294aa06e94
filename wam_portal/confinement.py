"""Work on what strangers wrote, in a child process on a short chain: memory, time, files, and nothing of the outside.

The renderer of PDF files and the reader of workbooks run so. The child gets neither the portal's secrets nor the
address of its database; its end is awaited no longer than the wall clock allows.
"""

from __future__ import annotations

import os
import resource
import subprocess  # nosec B404 (runs our own modules with a fixed command line)
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

OUTPUT_FILE_BYTES: Final = 64 * 1024 * 1024
OPEN_FILES: Final = 256
TICK_SECONDS: Final = 2.0
_ROOT: Final = Path(__file__).resolve().parent.parent
_OUTSIDE: Final = frozenset(
    {"socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.Popen", "os.system", "os.exec"}
)


class TooSlow(Exception):
    """The child did not end within the wall clock, and was killed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: address space in bytes, processor time and wall clock in seconds."""

    memory: int = 1024**3
    cpu: int = 120
    wall: int = 180


@dataclass(frozen=True, slots=True)
class Ending:
    """How a child ended: its exit code, what it answered, and what it complained of."""

    code: int
    output: bytes
    complaint: bytes


def run_confined(module: str, order: bytes, *, wall: float, tick: Callable[[], None] | None = None) -> Ending:
    """Run one of our modules (`python -m module`) with `order` on its standard input, and wait for its end.

    `tick` is called about every two seconds while the child works; whatever it raises kills the child and goes on.
    Raises `TooSlow` after `wall` seconds. The module calls `confine` itself before it looks at what strangers wrote.
    """
    child = subprocess.Popen(  # noqa: S603  # nosec B603 (our own module by name, no shell)
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=_ROOT,
        env=_bare_environment(),
        start_new_session=True,
    )
    try:
        output, complaint = _watched(child, order, wall, tick)
    finally:
        if child.poll() is None:
            child.kill()
            child.communicate()
    return Ending(child.returncode, output, complaint)


def _watched(
    child: subprocess.Popen[bytes], order: bytes, wall: float, tick: Callable[[], None] | None
) -> tuple[bytes, bytes]:
    """Feed the child and wait for its end, not longer than `wall` seconds."""
    deadline = time.monotonic() + wall
    pending: bytes | None = order
    while True:
        try:
            return child.communicate(pending, timeout=min(TICK_SECONDS, max(0.05, deadline - time.monotonic())))
        except subprocess.TimeoutExpired:
            # What was handed over stays handed over; input may be given only once.
            pending = None
        if time.monotonic() >= deadline:
            raise TooSlow
        if tick is not None:
            tick()


def _bare_environment() -> dict[str, str]:
    """What the child may know: where programs and its font cache are, never a key or a database address."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "XDG_CACHE_HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}


def confine(limits: Limits) -> None:
    """Take away from this process what its work does not need: memory, time, files, connections, children."""
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_FSIZE, OUTPUT_FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(kind)
        ceiling = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (ceiling, ceiling))
    sys.addaudithook(refuse_outside)


def refuse_outside(event: str, _details: Any) -> None:
    """A second lock: no connection, no name look-up, no other program. Raises `PermissionError`."""
    if event in _OUTSIDE:
        raise PermissionError(event)
