"""A PostgreSQL database for the time of one measurement."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg2
from psycopg2 import sql

from scripts.run_tests import find_postgresql


@contextlib.contextmanager
def scratch_database() -> Iterator[str]:
    """Make an empty database on the server that the tests use, answer its address ("" without one), drop it after."""
    found = find_postgresql()
    if found is None:
        yield ""
        return
    address = urlsplit(found[0])
    name = f"wam_bench_{secrets.token_hex(4)}"
    connection = psycopg2.connect(found[0])
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit((address.scheme, address.netloc, f"/{name}", address.query, ""))
    finally:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        connection.close()
