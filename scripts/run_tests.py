"""Run the tests on SQLite and, when a server can be reached, again on PostgreSQL; say which databases were used.

Usage: scripts/run_tests.py [--require-postgresql] [--whole] [PYTEST ARGUMENTS]
With --whole nothing is left to the lot (see tests/lots.py).
"""

import os
import sqlite3
import subprocess
import sys

import psycopg2

LOCAL = ("postgresql:///postgres", "postgresql://postgres@/postgres", "postgresql://127.0.0.1:5432/postgres")
LOCAL_POSTGRES = "postgresql://postgres@127.0.0.1:5432/postgres"


def find_postgresql() -> tuple[str, str] | None:
    """Return the address and version of the first server on which a test database can be made, or None."""
    named = os.environ.get("DATABASE_URL", "")
    candidates = (named,) if named.startswith("postgres") else (*LOCAL, LOCAL_POSTGRES)
    for url in candidates:
        try:
            connection = psycopg2.connect(url, connect_timeout=5)
        except psycopg2.OperationalError:
            continue
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            may_create = cursor.fetchone()
            cursor.execute("SHOW server_version")
            version = cursor.fetchone()
        connection.close()
        if may_create and may_create[0] and version:
            return url, str(version[0]).split()[0]
    return None


def run(name: str, url: str, arguments: list[str], *, again: bool) -> int:
    """Run pytest once with this database and return its exit code.

    `again` leaves out what a second database cannot change (see tests/lots.py).
    """
    print(f"\n=== Tests on {name} ===", flush=True)  # noqa: T201
    command = [sys.executable, "-m", "pytest", "-n", os.environ.get("TEST_PROCESSES", "2"), *arguments]
    chosen = {"DATABASE_URL": url, "WAM_TEST_AGAIN": "1" if again else ""}
    return subprocess.run(command, env=os.environ | chosen, check=False).returncode  # noqa: S603


def main(arguments: list[str]) -> int:
    """Run on each database; the exit code is that of the first run that failed."""
    required = "--require-postgresql" in arguments
    if "--whole" in arguments:
        os.environ["WAM_TEST_WHOLE"] = "1"
    arguments = [argument for argument in arguments if argument not in {"--require-postgresql", "--whole"}]
    databases = [(f"SQLite {sqlite3.sqlite_version}", "")]
    server = find_postgresql()
    if server:
        databases.append((f"PostgreSQL {server[1]}", server[0]))
    results = [(name, run(name, url, arguments, again=place > 0)) for place, (name, url) in enumerate(databases)]
    print("\nRan on: " + ", ".join(f"{name} ({'ok' if code == 0 else 'FAILED'})" for name, code in results))  # noqa: T201
    if not server:
        print("PostgreSQL was not reachable (DATABASE_URL, local socket, 127.0.0.1:5432).")  # noqa: T201
        if required:
            return 1
    return next((code for _, code in results if code), 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
