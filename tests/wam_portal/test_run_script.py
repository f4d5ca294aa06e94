"""`make run` ends what it started: no process outlives it, however stubborn."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts.run import free_port

ROOT = Path(__file__).resolve().parents[2]

# A child that starts a grandchild and says both numbers, in one write: several share the pipe, and print() makes one
# write a piece where Python runs unbuffered. "stubborn" ignores polite requests to end.
CHILD = """
import os, signal, subprocess, sys
if sys.argv[1] == "stubborn":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if sys.argv[1] == "broken":
    sys.exit(3)
grandchild = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
os.write(1, f"{os.getpid()} {grandchild.pid}\\n".encode())
signal.pause()
"""
SUPERVISOR = """
import sys
from scripts import run
run.GRACE_SECONDS = 1
child = [sys.executable, "-c", sys.argv[1]]
sys.exit(run.serve([[*child, kind] for kind in sys.argv[2:]], "started"))
"""


@contextmanager
def started(*kinds: str) -> Iterator["subprocess.Popen[str]"]:
    """A supervisor of one child a kind, unbuffered as in many containers; ended with the test, whatever it found."""
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISOR, CHILD, *kinds],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as supervisor:
        try:
            yield supervisor
        finally:
            # It ends its children when asked, and would leave them behind when killed.
            supervisor.terminate()


def read_process_numbers(supervisor: "subprocess.Popen[str]", children: int) -> list[int]:
    """Read until "started" and one line a child have come, in any order; return all process numbers."""
    assert supervisor.stdout is not None
    lines = [supervisor.stdout.readline().strip() for _ in range(children + 1)]
    return [int(number) for line in lines if line != "started" for number in line.split()]


def is_alive(number: int) -> bool:
    """Tell whether a process runs; one that ended but was not yet collected by its new parent does not count."""
    try:
        state = Path(f"/proc/{number}/stat").read_text("utf-8").rsplit(") ", 1)[1][0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_both_programs_and_what_they_started(number: signal.Signals) -> None:
    with started("polite", "stubborn") as supervisor:
        processes = read_process_numbers(supervisor, 2)
        assert len(processes) == 4
        assert all(is_alive(process) for process in processes)
        supervisor.send_signal(number)
        supervisor.communicate(timeout=20)
    assert supervisor.returncode == 0
    assert not [process for process in processes if is_alive(process)]


def test_when_one_program_fails_the_other_is_ended_and_the_failure_is_told() -> None:
    with started("polite", "broken") as supervisor:
        processes = read_process_numbers(supervisor, 1)
        supervisor.communicate(timeout=20)
    assert supervisor.returncode == 1
    assert not [process for process in processes if is_alive(process)]


def test_a_taken_port_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        with pytest.raises(SystemExit, match="PORT=8001 make run"):
            free_port()


@pytest.mark.parametrize("value", ["http", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORT", value)
    with pytest.raises(SystemExit, match="from 1 to 65535"):
        free_port()
