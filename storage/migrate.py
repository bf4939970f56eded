"""Brings a database up to today's schema, or leaves it exactly as it was.

The numbered files in storage/migrations are applied in order, all in one transaction. What they
add up to is declared in storage/schema.sql.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from storage.errors import NewerSchema
from storage.sql import Link

FOLDER = Path(__file__).with_name("migrations")


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    script: str


def migrations(folder: Path = FOLDER) -> tuple[Migration, ...]:
    """The files NNNN_name.sql, numbered from 1 without gaps."""
    found = []
    for path in sorted(folder.glob("*.sql")):
        number, _, name = path.stem.partition("_")
        found.append(Migration(int(number), name, path.read_text(encoding="utf-8")))
    if [one.version for one in found] != list(range(1, len(found) + 1)):
        raise ValueError(f"the migrations in {folder} are not numbered 1, 2, 3, ...")
    return tuple(found)


async def migrate(link: Link) -> bool:
    """Applies what is missing; True when the database was empty. Raises NewerSchema."""
    known = migrations()
    sql = link.queries("migrate")
    await sql.make_schema_version(link.connection)
    version = await sql.version(link.connection) or 0
    if version > len(known):
        raise NewerSchema(NewerSchema.__doc__)
    for migration in known[version:]:
        for statement in statements(migration.script):
            await link.adapter().execute_script(link.connection, statement)
        await sql.applied(link.connection, version=migration.version, name=migration.name)
    return bool(version == 0)


def statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: a script as a whole would end the transaction."""
    statement = ""
    for line in script.splitlines():
        if statement or not line.lstrip().startswith("--"):
            statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement.strip()
            statement = ""
    if statement.strip():
        raise ValueError("the last statement has no end")
