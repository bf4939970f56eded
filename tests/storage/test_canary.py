"""Marked words never reach the disk in clear, nor does anything that joins a home to its tenant."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from bot.app.registry.importing import import_checked, read_registry
from storage.database import SqlStore
from tests.storage.examples import (
    AGREEMENT,
    CARLA,
    CASE,
    CORPORATION,
    IDENTITY,
    NOW,
    PIET,
    PROVIDER,
    SIGNAL,
    TENANCY,
    TODAY,
    fill_registry,
    state,
)
from tests.stores import MASTER_KEY, open_test_store, sqlite_path

NOTE = "Kanariekwetter-in-de-aantekening"
ANSWER = "Kanariefluit-in-het-formulier"
MARKED = (NOTE, ANSWER, IDENTITY.name, IDENTITY.phone or "", IDENTITY.email or "")


async def live(store: SqlStore) -> None:
    """Everything that takes content in: a form, a note, a registry with a tenant."""
    await fill_registry(store)
    async with store.work() as work:
        await work.dialogues.put(PIET, state(note=ANSWER))
        sealed = await work.vault.seal(CORPORATION, "intake", "signal.note.X", NOTE)
        await work.signals.add(replace(SIGNAL, sealed_note=sealed))
        tenancy = await work.tenancies.of_unit(CORPORATION, SIGNAL.unit, TODAY)
        assert tenancy is not None
        subject = await work.vault.seal(CORPORATION, "routing", "s", tenancy.subject)
        routed = replace(SIGNAL, sealed_note=sealed, sealed_subject=subject, version=2)
        await work.signals.save(replace(routed, owner=CARLA.person))


def on_disk(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.name, path.read_bytes()


def spellings(word: str) -> list[bytes]:
    return [word.encode(), word.encode("utf-16-le"), json.dumps(word).encode()[1:-1]]


async def test_no_marked_word_is_on_the_disk(tmp_path: Path) -> None:
    async with open_test_store(tmp_path) as store:
        await live(store)
        async with store.work() as work:
            assert (await work.dialogues.get(PIET) or state()).answers["note"] == ANSWER
        open_files = dict(on_disk(tmp_path))
    closed_files = dict(on_disk(tmp_path))
    assert set(open_files) == {
        "keystore.db",
        "keystore.db-shm",
        "keystore.db-wal",
        "seintje.db",
        "seintje.db-shm",
        "seintje.db-wal",
    }
    assert SIGNAL.unit.encode() in open_files["seintje.db-wal"]  # the search does find things
    for files in (open_files, closed_files):
        for name, content in files.items():
            for word in MARKED:
                assert not [s for s in spellings(word) if s in content], (name, word)
            assert MASTER_KEY not in content


async def test_no_marked_word_is_in_postgresql(tmp_path: Path, fresh_database: str) -> None:
    async with open_test_store(tmp_path, fresh_database) as store:
        await live(store)
    connection = await asyncpg.connect(fresh_database)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    content = "".join(
        [str(await connection.fetch(f"SELECT * FROM {table[0]}")) for table in tables]  # noqa: S608  # names from the catalogue
    )
    await connection.close()
    assert SIGNAL.unit in content
    assert not [word for word in MARKED if word in content]
    assert not [word for word in MARKED if word.encode().hex() in content]


HOMES = {"E-4471", "Voorbeeldstraat"}
TENANTS = {TENANCY.subject, CASE.code, AGREEMENT.id, PROVIDER}


async def test_no_row_joins_a_home_to_its_tenant(tmp_path: Path) -> None:
    async with open_test_store(tmp_path) as store:
        await live(store)
    rows = list(every_row(sqlite_path(tmp_path)))
    about_homes = [row for row in rows if any(word in row for word in HOMES)]
    about_tenants = [row for row in rows if any(word in row for word in TENANTS)]
    assert about_homes
    assert about_tenants
    assert not set(about_homes) & set(about_tenants)


async def test_tenancies_do_not_lie_in_the_order_of_their_homes(tmp_path: Path) -> None:
    registry = read_registry(Path(__file__).parents[2] / "docs" / "example", TODAY)
    async with open_test_store(tmp_path) as store:
        await import_checked(store, registry, "beheer", NOW)
        order = subjects_on_disk(sqlite_path(tmp_path))
        async with store.reading() as work:
            found = [await work.tenancies.get(*one) for one in order]
    homes = [tenancy.unit for tenancy in found if tenancy is not None]
    assert len(homes) > 10
    assert homes != [filed.record.unit for filed in registry.filing.tenancies]
    assert homes != sorted(homes)


def subjects_on_disk(path: Path) -> list[tuple[str, str]]:
    database = sqlite3.connect(path)
    rows = database.execute("SELECT corporation, subject FROM tenancy ORDER BY rowid").fetchall()
    database.close()
    return rows


def every_row(path: Path) -> Iterator[str]:
    database = sqlite3.connect(path)
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'"):
        for row in database.execute(f"SELECT * FROM {table}"):  # noqa: S608  # names from the catalogue
            yield f"{table}: {row}"
    database.close()


@pytest.mark.parametrize("table", ["tenancy", "vault", "care_case", "case_worker", "agreement"])
def test_tables_about_tenants_have_no_column_for_a_home(table: str) -> None:
    database = sqlite3.connect(":memory:")
    schema = Path(__file__).parents[2] / "storage" / "schema.sql"
    database.executescript(schema.read_text(encoding="utf-8"))
    columns = {row[1] for row in database.execute(f"PRAGMA table_info({table})")}
    database.close()
    assert columns
    assert not columns & {"unit", "ref", "street", "number", "postcode", "neighbourhood"}


async def test_what_a_dialogue_said_is_gone_from_the_disk_once_it_is_removed(
    tmp_path: Path,
) -> None:
    async with open_test_store(tmp_path) as store:
        async with store.work() as work:
            await work.dialogues.put(PIET, state(note=ANSWER))
        sealed = sealed_dialogue(sqlite_path(tmp_path))
        async with store.work() as work:
            await work.dialogues.remove(PIET)
    assert sealed not in sqlite_path(tmp_path).read_bytes()


def sealed_dialogue(path: Path) -> bytes:
    database = sqlite3.connect(path)
    ((sealed,),) = database.execute("SELECT sealed FROM dialogue").fetchall()
    database.close()
    assert isinstance(sealed, bytes)
    return sealed
