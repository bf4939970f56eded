"""Processes beside each other: SQLite is served by one, on PostgreSQL they wake each other."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from bot.domain.due import DueKind, DueRow
from bot.ports.store import ServedAlready
from storage.database import SqlStore
from tests.storage.examples import NOW, row
from tests.stores import open_test_store

PATIENCE = 10.0
DUE = DueRow("oostwijk", DueKind.SIGNAL, "4KQ-7HXD", "remind", NOW)
Brings = Callable[[SqlStore], Awaitable[None]]


def nobody() -> None:
    raise AssertionError("there is nobody else")


async def test_a_file_is_served_by_one(tmp_path: Path) -> None:
    async with open_test_store(tmp_path) as one, open_test_store(tmp_path) as two:
        async with one.serving(nobody):
            with pytest.raises(ServedAlready):
                async with two.serving(nobody):
                    pass
        async with two.serving(nobody):
            pass


async def test_other_commands_work_beside_the_one_that_serves(tmp_path: Path) -> None:
    async with open_test_store(tmp_path) as one, open_test_store(tmp_path) as two:
        async with one.serving(nobody), two.work() as work:
            await work.outbox.put(row("1"))
        async with one.reading() as work:
            assert [waiting.id for waiting in await work.post.undelivered(9)] == ["1"]


class Heard:
    def __init__(self) -> None:
        self.times = 0
        self._event = asyncio.Event()

    def ring(self) -> None:
        self.times += 1
        self._event.set()

    async def something(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self._event.wait()
        self._event.clear()


@pytest.fixture
async def pair(tmp_path: Path, fresh_database: str) -> AsyncIterator[tuple[SqlStore, SqlStore]]:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(open_test_store(tmp_path, fresh_database))
        second = await stack.enter_async_context(open_test_store(tmp_path, fresh_database))
        yield first, second


async def a_message(store: SqlStore) -> None:
    async with store.work() as work:
        await work.outbox.put(row("1"))


async def a_message_that_fails(store: SqlStore) -> None:
    async with store.work() as work:
        await work.outbox.put(row("1"))
        raise ZeroDivisionError


async def somebody_else_notifies(store: SqlStore) -> None:
    """After all that was sent before it: the database keeps them in order."""
    async with store._database.writing() as link:
        statement = "SELECT pg_notify('seintje_work', 'somebody else')"
        await link.connection.execute(statement)


async def something_due(store: SqlStore) -> None:
    async with store.work() as work:
        await work.due.arm(DUE)


async def something_sooner(store: SqlStore) -> None:
    async with store.work() as work:
        await work.due.arm_once(replace(DUE, at=NOW - timedelta(days=1)))


@pytest.mark.parametrize("brings", [a_message, something_due, something_sooner])
async def test_work_of_one_process_wakes_the_other(
    pair: tuple[SqlStore, SqlStore], brings: Brings
) -> None:
    heard, own = Heard(), Heard()
    async with pair[0].serving(own.ring), pair[1].serving(heard.ring):
        await own.something()
        await heard.something()
        await brings(pair[0])
        await heard.something()
        await somebody_else_notifies(pair[1])
        await own.something()
        # Whoever brings work has rung his own bell; from the database that would be twice.
        assert own.times == 2


async def test_what_was_rolled_back_wakes_nobody(pair: tuple[SqlStore, SqlStore]) -> None:
    heard = Heard()
    async with pair[1].serving(heard.ring):
        await heard.something()
        with pytest.raises(ZeroDivisionError):
            await a_message_that_fails(pair[0])
        await somebody_else_notifies(pair[0])
        await heard.something()
        assert heard.times == 2


async def test_whoever_lost_the_connection_listens_again(
    pair: tuple[SqlStore, SqlStore], fresh_database: str
) -> None:
    heard = Heard()
    async with pair[1].serving(heard.ring):
        await heard.something()
        somebody = await asyncpg.connect(fresh_database)
        await somebody.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        )
        await somebody.close()
        await heard.something()
        await a_message(pair[0])
        await heard.something()
