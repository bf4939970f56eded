"""All or nothing, also when the database is locked, full or away."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg
import pytest

from bot.ports.store import Conflict, StorageBusy, StorageFailed
from storage import sqlite
from storage.database import SqlStore, UnknownDatabase, open_store
from storage.sqlite import SqliteDatabase
from storage.work import SqlWork
from tests.storage.examples import CORPORATION, EVENT, LATER, NOW, PIET, SIGNAL, fill_registry
from tests.stores import MASTER_KEY, keystore_path, open_test_store, sqlite_path


@pytest.fixture
async def sqlite_store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    async with open_test_store(tmp_path) as opened:
        yield opened


@pytest.fixture
async def postgres_store(tmp_path: Path, fresh_database: str) -> AsyncIterator[SqlStore]:
    async with open_test_store(tmp_path, fresh_database) as opened:
        yield opened


async def mark(work: SqlWork, event: str) -> None:
    assert await work.seen.first_time("telegram", event, NOW)


async def marked(store: SqlStore) -> set[str]:
    """The events that have been kept."""
    kept = set()
    for event in ("1", "2", "3", "4"):
        with suppress(Undone):
            async with store.work() as work:
                if not await work.seen.first_time("telegram", event, NOW):
                    kept.add(event)
                raise Undone
    return kept


class Undone(Exception):
    """Only to undo what was tried."""


async def test_all_is_kept_or_nothing(store: SqlStore) -> None:
    async with store.work() as work:
        await mark(work, "1")
        await mark(work, "2")
    with suppress(Undone):
        async with store.work() as work:
            await mark(work, "3")
            raise Undone
    assert await marked(store) == {"1", "2"}


async def test_a_savepoint_undoes_only_its_own(store: SqlStore) -> None:
    async with store.work() as work:
        await mark(work, "1")
        with suppress(Undone):
            async with work.savepoint():
                await mark(work, "2")
                async with work.savepoint():
                    await mark(work, "3")
                raise Undone
        async with work.savepoint():
            await mark(work, "4")
            with suppress(Undone):
                async with work.savepoint():
                    await mark(work, "3")
                    raise Undone
    assert await marked(store) == {"1", "4"}


async def test_after_a_conflict_a_savepoint_lets_the_rest_go_on(store: SqlStore) -> None:
    async with store.work() as work:
        await mark(work, "1")
        try:
            async with work.savepoint():
                await mark(work, "2")
                await work.signals.add_event(CORPORATION, "GEHEIM-REF", EVENT)
        except Conflict:
            await mark(work, "3")
    assert await marked(store) == {"1", "3"}


async def test_what_went_wrong_without_a_savepoint_is_not_kept_in_silence(
    postgres_store: SqlStore,
) -> None:
    async def swallow() -> None:
        async with postgres_store.work() as work:
            await mark(work, "1")
            with suppress(Conflict):
                await work.signals.add_event(CORPORATION, "GEHEIM-REF", EVENT)

    with pytest.raises(StorageFailed):
        await swallow()
    assert await marked(postgres_store) == set()


async def test_errors_quote_no_values(store: SqlStore) -> None:
    with pytest.raises(Conflict) as caught:
        async with store.work() as work:
            await work.signals.add_event(CORPORATION, "GEHEIM-REF", EVENT)
    assert "GEHEIM" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_wrong_values_are_not_quoted_either(postgres_store: SqlStore) -> None:
    with pytest.raises(StorageFailed) as caught:
        async with postgres_store.work() as work:
            await work.cursors.put("name", 4711)  # type: ignore[arg-type]  # the fault to be seen
    assert "4711" not in repr(caught.value)


async def test_reading_sees_one_moment_and_writes_nothing(store: SqlStore) -> None:
    await fill_registry(store)
    async with store.reading() as reader:
        before = await reader.signals.get(CORPORATION, SIGNAL.ref)
        async with store.work() as work:
            await work.signals.add(SIGNAL)
        assert await reader.signals.get(CORPORATION, SIGNAL.ref) == before is None
    async with store.reading() as reader:
        assert await reader.signals.get(CORPORATION, SIGNAL.ref) == SIGNAL
    with pytest.raises((StorageFailed, StorageBusy)):
        async with store.reading() as reader:
            await reader.signals.add(SIGNAL)


async def test_the_intake_side_cannot_reach_the_inner_side(store: SqlStore) -> None:
    async with store.work() as work:
        inner = {"cards", "challenges", "cursors", "invites", "matters", "post", "registry"}
        inner |= {"tenancies", "intake"}
        assert all(hasattr(work, name) for name in inner)
        assert not [name for name in inner if hasattr(work.intake, name)]
        public = {name for name in dir(work.intake) if not name.startswith("_")}
        assert public == {
            "accounts",
            "audit",
            "dialogues",
            "outbox",
            "people",
            "photos",
            "places",
            "savepoint",
            "seen",
            "signals",
            "vault",
        }
        await work.intake.signals.add(SIGNAL)
        assert await work.signals.get(CORPORATION, SIGNAL.ref) == SIGNAL


async def test_a_cancelled_transaction_leaves_nothing_and_frees_the_database(
    store: SqlStore,
) -> None:
    inside = asyncio.Event()

    async def hang() -> None:
        async with store.work() as work:
            await mark(work, "1")
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await marked(store) == set()


async def test_transactions_of_one_process_take_turns(store: SqlStore) -> None:
    async def count() -> None:
        async with store.work() as work:
            guesses = await work.invites.guesses(b"x")
            await asyncio.sleep(0)
            await work.cursors.put("x", "y")
            number = int(await work.cursors.get("n") or 0) + 1
            assert guesses.failures == 0
            await work.cursors.put("n", str(number))

    async with store.work() as work:
        await work.cursors.put("x", "locks the row on PostgreSQL, so that they take turns there")
    await asyncio.gather(*[count() for _ in range(20)])
    async with store.work() as work:
        assert await work.cursors.get("n") == "20"


# SQLite ----------------------------------------------------------------------------------------


def test_a_database_is_for_its_owner_alone(tmp_path: Path, sqlite_store: SqlStore) -> None:
    files = list(tmp_path.glob("seintje.db*"))
    assert len(files) == 3
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_sqlite_is_set_to_lose_and_leave_nothing(sqlite_store: SqlStore) -> None:
    database = sqlite_store._database
    assert isinstance(database, SqliteDatabase)
    settings = {
        name: database._writer.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
    }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
    }


@contextmanager
def write_lock(path: Path) -> Iterator[sqlite3.Connection]:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield other
    other.close()


async def test_a_short_lock_is_waited_for_while_others_go_on(
    tmp_path: Path, sqlite_store: SqlStore
) -> None:
    with write_lock(sqlite_path(tmp_path)) as other:
        work = asyncio.create_task(mark_one(sqlite_store))
        for _ in range(3):
            await asyncio.sleep(0.01)
            assert not work.done()
        other.execute("ROLLBACK")
        await work
    assert await marked(sqlite_store) == {"1"}


async def mark_one(store: SqlStore) -> None:
    async with store.work() as work:
        await mark(work, "1")


async def test_a_long_lock_means_try_later(
    tmp_path: Path, sqlite_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0.05)
    with write_lock(sqlite_path(tmp_path)), pytest.raises(StorageBusy, match="SQLITE_BUSY"):
        await mark_one(sqlite_store)
    await mark_one(sqlite_store)


async def test_a_full_disk_means_try_later_and_keeps_nothing_by_halves(
    sqlite_store: SqlStore,
) -> None:
    async def go_on_regardless() -> None:
        async with sqlite_store.work() as work:
            await mark(work, "2")
            with suppress(StorageBusy):
                async with work.savepoint():
                    await work.cursors.put("much", "x" * 1_000_000)
            await mark(work, "3")

    await mark_one(sqlite_store)
    with full_disk(sqlite_store):
        with pytest.raises(StorageBusy, match="SQLITE_FULL"):
            await fill_disk(sqlite_store)
        with pytest.raises(StorageBusy, match="rolled back"):
            await go_on_regardless()
    assert await marked(sqlite_store) == {"1"}
    await fill_disk(sqlite_store)


async def test_a_swallowed_full_disk_still_keeps_nothing(sqlite_store: SqlStore) -> None:
    async def swallow() -> None:
        async with sqlite_store.work() as work:
            await mark(work, "2")
            with suppress(StorageBusy):
                await work.cursors.put("much", "x" * 1_000_000)

    with full_disk(sqlite_store), pytest.raises(StorageBusy, match="rolled back"):
        await swallow()
    assert await marked(sqlite_store) == set()


@contextmanager
def full_disk(store: SqlStore) -> Iterator[None]:
    database = store._database
    assert isinstance(database, SqliteDatabase)
    (pages,) = database._writer.execute("PRAGMA page_count").fetchone()
    database._writer.execute(f"PRAGMA max_page_count = {pages + 2}")
    yield
    database._writer.execute("PRAGMA max_page_count = 1000000")


async def fill_disk(store: SqlStore) -> None:
    async with store.work() as work:
        await work.cursors.put("much", "x" * 1_000_000)


async def test_a_commit_that_is_cancelled_is_finished_first(sqlite_store: SqlStore) -> None:
    database = sqlite_store._database
    assert isinstance(database, SqliteDatabase)
    with busy_thread(database._committing):
        task = asyncio.create_task(mark_one(sqlite_store))
        for _ in range(2):
            for _ in range(3):
                await asyncio.sleep(0)
            assert database._committing._work_queue.qsize() == 1
            task.cancel()
        await asyncio.sleep(0)
        assert not task.done()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await marked(sqlite_store) == {"1"}


@contextmanager
def busy_thread(executor: ThreadPoolExecutor) -> Iterator[None]:
    """Nothing else that is given to the executor begins before the block ends."""
    begun, release = threading.Event(), threading.Event()

    def wait() -> None:
        begun.set()
        release.wait()

    executor.submit(wait)
    begun.wait()
    try:
        yield
    finally:
        release.set()


async def test_a_folder_that_is_not_there_means_try_later(tmp_path: Path) -> None:
    with pytest.raises(StorageBusy):
        async with open_test_store(tmp_path / "nowhere"):
            pass


async def test_a_file_that_is_no_database_fails(tmp_path: Path) -> None:
    sqlite_path(tmp_path).write_bytes(b"not a database at all" * 100)
    with pytest.raises(StorageFailed, match="NOTADB"):
        async with open_test_store(tmp_path):
            pass


async def test_another_kind_of_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownDatabase, match="sqlite:///"):
        async with open_store("mysql://x", keystore_path(tmp_path), MASTER_KEY):
            pass


# PostgreSQL ------------------------------------------------------------------------------------


async def test_a_lost_connection_means_try_later_and_the_next_one_works(
    postgres_store: SqlStore, fresh_database: str
) -> None:
    async def go_on() -> None:
        async with postgres_store.work() as work:
            await mark(work, "1")
            await end_connections(fresh_database)
            await mark(work, "2")

    with pytest.raises(StorageBusy):
        await go_on()
    assert await marked(postgres_store) == set()


async def test_a_connection_lost_before_the_commit_keeps_nothing(
    postgres_store: SqlStore, fresh_database: str
) -> None:
    async def commit() -> None:
        async with postgres_store.work() as work:
            await mark(work, "1")
            await end_connections(fresh_database)

    with pytest.raises(StorageBusy):
        await commit()
    assert await marked(postgres_store) == set()


async def test_a_connection_lost_while_idle_is_replaced(
    postgres_store: SqlStore, fresh_database: str
) -> None:
    await mark_one(postgres_store)
    await end_connections(fresh_database)
    with suppress(StorageBusy):  # whether this one notices in time is chance, the next one does
        assert await marked(postgres_store) == {"1"}
    assert await marked(postgres_store) == {"1"}


async def end_connections(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()


async def test_a_server_that_is_not_there_means_try_later(tmp_path: Path) -> None:
    with pytest.raises(StorageBusy):
        async with open_test_store(tmp_path, f"postgresql://postgres@/x?host={tmp_path}"):
            pass


async def test_the_second_of_two_waits_for_the_same_event(
    postgres_store: SqlStore,
) -> None:
    async def handle() -> bool:
        async with postgres_store.work() as work:
            first = await work.seen.first_time("telegram", "1", NOW)
            await work.invites.put(b"x", PIET, LATER)
            return first

    assert sorted(await asyncio.gather(*[handle() for _ in range(6)])) == [False] * 5 + [True]
