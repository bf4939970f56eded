"""The PostgreSQL side: a small pool, one connection a transaction.

Several processes can share it. A commit that brought work wakes the others with NOTIFY.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import asyncpg

from bot.ports.store import StorageFailed
from storage.errors import DRIVER_ERRORS, ours
from storage.sql import Link, PgConnection, PostgresAdapter

MOST_CONNECTIONS = 8
TIMEOUT_SECONDS = 30.0
STATEMENTS_KEPT = 300
CHANNEL = "seintje_work"
LISTENS_AGAIN_AFTER_SECONDS = 2.0
MIGRATION_LOCK = 0x5E1A7
"""Any number, the same in every process: two must not migrate at once."""


class PostgresDatabase:
    is_shared = True

    def __init__(self, url: str, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._url = url
        self._pool = pool
        self._id = uuid4().hex

    @classmethod
    async def open(cls, url: str) -> "PostgresDatabase":
        """Raises StorageBusy when the server is away."""
        try:
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=MOST_CONNECTIONS,
                command_timeout=TIMEOUT_SECONDS,
                timeout=TIMEOUT_SECONDS,
                statement_cache_size=STATEMENTS_KEPT,
            )
        except DRIVER_ERRORS as error:
            raise ours(error) from None
        return cls(url, pool)

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Link]:
        async with self._transaction("BEGIN") as link:
            yield link
            if link.brings_work:
                await _execute(link.connection, f"SELECT pg_notify('{CHANNEL}', '{self._id}')")

    @asynccontextmanager
    async def serving(self, ring: Callable[[], None]) -> AsyncIterator[None]:
        listening = asyncio.create_task(self._listen(ring))
        try:
            yield
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)

    async def _listen(self, ring: Callable[[], None]) -> None:
        """For ever. While there is no connection, whoever waits looks round by himself."""
        while True:
            with suppress(*DRIVER_ERRORS):
                await self._listen_once(ring)
            await asyncio.sleep(LISTENS_AGAIN_AFTER_SECONDS)

    async def _listen_once(self, ring: Callable[[], None]) -> None:
        """Until the connection ends."""
        ended = asyncio.Event()

        def heard(_connection: object, _pid: object, _channel: object, sender: object) -> None:
            if sender != self._id:
                ring()

        connection = await asyncpg.connect(self._url, timeout=TIMEOUT_SECONDS)
        try:
            connection.add_termination_listener(lambda _: ended.set())
            await connection.add_listener(CHANNEL, heard)
            ring()  # what was brought before there was anybody to hear it
            await ended.wait()
        finally:
            connection.terminate()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[Link]:
        async with self._transaction("BEGIN") as link:
            await _execute(link.connection, f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
            yield link

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Link]:
        async with self._transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") as link:
            yield link

    @asynccontextmanager
    async def _transaction(self, begin: str) -> AsyncIterator[Link]:
        connection = await self._connection()
        try:
            await _execute(connection, begin)
            try:
                yield Link(connection, PostgresAdapter)
            except BaseException:
                with suppress(*DRIVER_ERRORS):
                    await connection.execute("ROLLBACK")
                raise
            # After an error that somebody swallowed the server answers ROLLBACK to COMMIT.
            if await _execute(connection, "COMMIT") != "COMMIT":
                raise StorageFailed("rolled back")
        finally:
            with suppress(*DRIVER_ERRORS):
                await self._pool.release(connection)

    async def _connection(self) -> PgConnection:
        try:
            return await self._pool.acquire(timeout=TIMEOUT_SECONDS)
        except DRIVER_ERRORS as error:
            raise ours(error) from None


async def _execute(connection: PgConnection, statement: str) -> Any:
    try:
        return await connection.execute(statement)
    except DRIVER_ERRORS as error:
        raise ours(error) from None
