"""Migration operations that let the database itself refuse updates of rows that stand for good."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def _create(editor: BaseDatabaseSchemaEditor, table: str, columns: tuple[str, ...]) -> None:
    of = f" OF {', '.join(columns)}" if columns else ""
    if editor.connection.vendor == "sqlite":
        editor.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE{of} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        return
    editor.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    editor.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE{of} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
    )


def _drop(editor: BaseDatabaseSchemaEditor, table: str) -> None:
    if editor.connection.vendor == "sqlite":
        editor.execute(f"DROP TRIGGER {table}_append_only")
        return
    editor.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    editor.execute(f"DROP FUNCTION {table}_append_only()")


def append_only(table: str, *columns: str) -> migrations.RunPython:
    """Refuse every UPDATE of `table`, or of the named columns only. Deletion is left to PROTECT and to rights."""

    def forwards(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        _create(editor, table, columns)

    def backwards(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        _drop(editor, table)

    return migrations.RunPython(forwards, backwards)


def not_append_only(table: str, *columns: str) -> migrations.RunPython:
    """Lift the refusal before the table is altered; `append_only` sets it again after that.

    SQLite alters a table by building it anew, and a trigger would be lost with the old one unnoticed.
    """

    def forwards(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        _drop(editor, table)

    def backwards(apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
        _create(editor, table, columns)

    return migrations.RunPython(forwards, backwards)
