"""Prepare the database of this copy, then serve web pages and background jobs until Ctrl-C.

Usage: scripts/run.py [--prepare-only | --reset]. PORT chooses the port (8000), DATABASE_URL the database.
"""

import hashlib
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import FrameType

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
STAMPS = VAR / "stamps"
FRAMEWORKS = ROOT / "assessments" / "frameworks"
GRACE_SECONDS = 10


def fingerprint(files: Iterable[Path]) -> str:
    """Return a short hash of the files' names and contents."""
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def once(step: str, key: str, work: Callable[[], object]) -> None:
    """Do the work unless it was done for the same key; the stamp is written only after it succeeded."""
    stamp = STAMPS / f"{step}-{key}"
    if stamp.exists():
        return
    work()
    STAMPS.mkdir(parents=True, exist_ok=True)
    for old in STAMPS.glob(f"{step}-*"):
        old.unlink()
    stamp.touch()


def compile_messages() -> None:
    """Compile the translations of this project that changed (the virtual environment has its own).

    Each catalogue is replaced in one step: a process that reads it meanwhile finds the old or the new one whole.
    """
    for catalogue in (ROOT / "locale").glob("*/LC_MESSAGES/*.po"):
        compiled = catalogue.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= catalogue.stat().st_mtime:
            continue
        unfinished = compiled.with_suffix(f".{os.getpid()}.mo")
        subprocess.run(["msgfmt", "--check-format", "-o", unfinished, catalogue], check=True)  # noqa: S603, S607
        unfinished.replace(compiled)


def prepare() -> None:
    """Compile messages, collect static files, migrate, load the frameworks and the demo data once."""
    once("messages", fingerprint((ROOT / "locale").rglob("*.po")), compile_messages)
    django.setup()
    static_files = [path for path in (ROOT / "static").rglob("*") if path.is_file()]
    once(
        "static",
        fingerprint(static_files),
        lambda: call_command("collectstatic", "--clear", interactive=False, verbosity=0),
    )
    call_command("migrate", interactive=False, verbosity=0)
    call_command("check", "--database", "default", "--fail-level", "WARNING", stdout=io.StringIO())
    if not apps.get_model("assessments", "Framework").objects.exists():
        call_command("load_territories")
        call_command("import_framework", str(FRAMEWORKS), "--publish")
    call_command("load_demo")


def reset() -> None:
    """Throw away the database, uploads and collected files of this copy. On PostgreSQL: everything in its schema."""
    django.setup()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
    for path in (*VAR.glob("db.sqlite3*"), VAR / "keys.json", *STAMPS.glob("static-*")):
        path.unlink(missing_ok=True)
    for folder in ("media", "staticfiles", "tests"):
        shutil.rmtree(VAR / folder, ignore_errors=True)


def serve(commands: Sequence[Sequence[str]], ready: str) -> int:
    """Run the commands side by side; when one ends or a signal comes, end all. Return the exit code.

    ``ready`` is the line shown once they are started.
    """
    stopping = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    # A session of their own: Ctrl-C reaches only this program, which then ends each group in order.
    children = [subprocess.Popen(command, start_new_session=True) for command in commands]  # noqa: S603
    # One write: the children share this output, and an unbuffered print() would let theirs in before the line's end.
    print(f"{ready}\n", end="", flush=True)  # noqa: T201
    while not stopping and all(child.poll() is None for child in children):
        time.sleep(0.2)
    end(children)
    return 0 if stopping else 1


def end(children: list["subprocess.Popen[bytes]"]) -> None:
    """Ask every process group to end, and kill what is left after the grace time, so that no orphan stays."""
    for child in children:
        signal_group(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            continue
    for child in children:
        signal_group(child.pid, signal.SIGKILL)
        child.wait()


def signal_group(group: int, number: signal.Signals) -> None:
    """Send a signal to a process group that may be gone already."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def free_port() -> int:
    """Return the port of PORT (8000 when unset); end the program with one sentence when it cannot be used."""
    value = os.environ.get("PORT", "8000")
    if not value.isdecimal() or not 0 < int(value) < 65_536:  # noqa: PLR2004  (ports have 16 bits)
        sys.exit(f"PORT must be a number from 1 to 65535, not {value!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(value)))
        except OSError as error:
            sys.exit(f"Port {value} cannot be used ({error.strerror}). Choose another one: PORT=8001 make run")
    return int(value)


def main() -> int:
    """Prepare, show who can sign in, serve."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wam_portal.settings.development")
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    if "--reset" in sys.argv[1:]:
        reset()
        return 0
    if "--prepare-only" in sys.argv[1:]:
        prepare()
        return 0
    port = free_port()
    prepare()
    call_command("demo_accounts")
    address = f"127.0.0.1:{port}"
    web = [sys.executable, "-m", "gunicorn", "--config", "scripts/gunicorn.conf.py", "--bind", address]
    worker = [sys.executable, "manage.py", "run_worker"]
    return serve((web, worker), f"\nThe portal is at http://{address}/ (Ctrl-C stops it)")


if __name__ == "__main__":
    sys.exit(main())
