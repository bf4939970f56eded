"""The schema: what the migrations make is what is declared, and a newer one is left alone."""

import sqlite3
from pathlib import Path

import asyncpg
import pytest

from bot.domain.outbox import TELEGRAM, Lane, Recipient, Template
from bot.domain.people import PersonKey
from bot.ports.store import StorageFailed
from storage import migrate as migrate_module
from storage.database import SqlStore
from storage.errors import NewerSchema
from storage.migrate import Migration, migrations, statements
from tests.storage.examples import LATER, NOW
from tests.stores import open_test_store, sqlite_path

DECLARED = Path(migrate_module.__file__).with_name("schema.sql").read_text(encoding="utf-8")
NEXT = Migration(len(migrations()) + 1, "extra", "CREATE TABLE extra (id TEXT NOT NULL);")

CATALOGUE = """
SELECT 'column', table_name, column_name, data_type, is_nullable, column_default::text,
    ordinal_position::text
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL
SELECT 'index', tablename, indexname, indexdef, '', '', ''
FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', ''
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
ORDER BY 1, 2, 3, 7
"""


async def test_sqlite_gets_the_declared_schema(tmp_path: Path) -> None:
    async with open_test_store(tmp_path):
        pass
    declared = sqlite3.connect(":memory:")
    declared.executescript(DECLARED)
    migrated = sqlite3.connect(sqlite_path(tmp_path))
    assert sqlite_schema(migrated) == sqlite_schema(declared)
    assert len(sqlite_schema(declared)) > 50
    declared.close()
    migrated.close()


def sqlite_schema(database: sqlite3.Connection) -> list[tuple[str, ...]]:
    rows = database.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name")
    return [(kind, name, " ".join((sql or "").split())) for kind, name, sql in rows]


async def test_postgresql_gets_the_declared_schema(tmp_path: Path, fresh_database: str) -> None:
    async with open_test_store(tmp_path, fresh_database):
        pass
    connection = await asyncpg.connect(fresh_database)
    migrated = await connection.fetch(CATALOGUE)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
    await connection.execute(DECLARED)
    declared = await connection.fetch(CATALOGUE)
    await connection.close()
    assert migrated == declared
    assert len(declared) > 150


async def test_opening_again_changes_nothing(database_url: str, tmp_path: Path) -> None:
    for first in (True, False):
        async with open_test_store(tmp_path, database_url) as store, store.work() as work:
            assert await work.seen.first_time("telegram", "1", NOW) is first


async def test_a_newer_schema_is_refused_and_left_alone(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(migrate_module, "migrations", lambda: (*migrations(), NEXT))
        async with open_test_store(tmp_path, database_url):
            pass
    with pytest.raises(NewerSchema, match="newer version of the program"):
        async with open_test_store(tmp_path, database_url):
            pass


async def test_a_later_migration_is_applied_to_what_is_there(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_test_store(tmp_path, database_url) as store, store.work() as work:
        await work.seen.first_time("telegram", "1", NOW)
    monkeypatch.setattr(migrate_module, "migrations", lambda: (*migrations(), NEXT))
    async with open_test_store(tmp_path, database_url) as store:
        assert await has_table_extra(store)
        async with store.work() as work:
            assert not await work.seen.first_time("telegram", "1", NOW)


async def test_a_migration_that_fails_leaves_the_old_schema(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Migration(NEXT.version, "broken", NEXT.script + "CREATE TABLE extra (id TEXT);")
    async with open_test_store(tmp_path, database_url):
        pass
    with monkeypatch.context() as later:
        later.setattr(migrate_module, "migrations", lambda: (*migrations(), broken))
        with pytest.raises(StorageFailed):
            async with open_test_store(tmp_path, database_url):
                pass
    async with open_test_store(tmp_path, database_url) as store:
        assert not await has_table_extra(store)


async def has_table_extra(store: SqlStore) -> bool:
    try:
        async with store._database.reading() as link:
            await link.adapter().select_value(link.connection, "", "SELECT count(*) FROM extra", {})
    except StorageFailed:
        return False
    return True


def test_migrations_are_numbered_without_gaps(tmp_path: Path) -> None:
    (tmp_path / "0001_one.sql").write_text("SELECT 1;")
    (tmp_path / "0003_three.sql").write_text("SELECT 1;")
    with pytest.raises(ValueError, match="not numbered"):
        migrations(tmp_path)


def test_a_script_is_taken_apart_into_statements() -> None:
    script = "-- first; second\nCREATE TABLE a (x TEXT, -- why; not\n y TEXT);\n\nDROP TABLE a;\n"
    assert list(statements(script)) == [
        "CREATE TABLE a (x TEXT, -- why; not\n y TEXT);",
        "DROP TABLE a;",
    ]
    with pytest.raises(ValueError, match="no end"):
        list(statements("CREATE TABLE a (x TEXT)"))


BEFORE_THE_DOORS = """
INSERT INTO organisation VALUES ('oostwijk', 'corporation', 'Oostwijk');
INSERT INTO outbox (id, recipient, organisation, person, lane, template, about, created_at,
    not_before, corporation, details, attempts, state)
    VALUES ('1', 'person:["oostwijk", "carla"]', 'oostwijk', 'carla', 'staff', 'card', 'ABC-1234',
    1, 1, 'oostwijk', '{"message": 12}', 0, 'pending');
INSERT INTO outbox_queue (recipient, lane, head, due_at)
    VALUES ('person:["oostwijk", "carla"]', 'staff', '1', 1);
INSERT INTO card VALUES ('oostwijk', 'ABC-1234', 'oostwijk', 'carla', 'telegram', 9000000000);
INSERT INTO dialogue_message (organisation, person, dialogue, message)
    VALUES ('oostwijk', 'carla', 'd1', 12);
"""


async def test_what_waited_before_there_were_two_doors_goes_out_by_the_first(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tuple(one for one in migrations() if one.version < 5)
    with monkeypatch.context() as earlier:
        earlier.setattr(migrate_module, "migrations", lambda: old)
        async with (
            open_test_store(tmp_path, database_url) as store,
            store._database.writing() as link,
        ):
            for statement in statements(BEFORE_THE_DOORS):
                await link.adapter().execute_script(link.connection, statement)
    carla = PersonKey("oostwijk", "carla")
    async with open_test_store(tmp_path, database_url) as store, store.work() as work:
        (row,) = await work.post.lease(TELEGRAM, Lane.STAFF, NOW, LATER, 9)
        assert row.recipient == Recipient(carla, TELEGRAM)
        assert await work.post.waiting(row.recipient, Template.CARD) != []
        (card,) = await work.cards.of("oostwijk", "ABC-1234")
        assert card.message == "9000000000"
        assert await work.dialogues.messages(carla, "d1") == ["12"]
