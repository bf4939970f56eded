"""Named queries from the .sql files, the same for both databases (aiosql).

Two things differ between the dialects. SQLite has a single writer and knows no row locks, so
`FOR UPDATE` is left out there. And each asks its clock in its own words: `clock_micros()` in our
queries is the time by the database, in microseconds since 1970.
"""

import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import aiosql
import asyncpg
from aiosql.adapters.asyncpg import AsyncPGAdapter

from bot.ports.store import StorageBusy
from storage.errors import DRIVER_ERRORS, ours

Parameters: TypeAlias = Mapping[str, Any]
Row: TypeAlias = Mapping[str, Any]
"""A row by column name: sqlite3.Row and asyncpg.Record both read like one."""
PgConnection: TypeAlias = "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]"

_ROW_LOCK = re.compile(r"\s+FOR UPDATE(\s+SKIP LOCKED)?\b")
_CLOCK = "clock_micros()"
_SQLITE_CLOCK = "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"
_POSTGRES_CLOCK = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"


class SqliteAdapter:
    """Runs statements on a sqlite3 connection at once, in the thread of the event loop.

    A statement takes microseconds there, a hop to another thread ten times as much (measured, see
    docs/decisions/0003-storage.md). Only what waits for the disk, the commit, runs elsewhere.
    """

    is_aio_driver = True

    def process_sql(self, query_name: str, op_type: object, sql: str) -> str:
        return _ROW_LOCK.sub("", sql).replace(_CLOCK, _SQLITE_CLOCK)

    async def select(
        self, conn: sqlite3.Connection, name: str, sql: str, parameters: Parameters, *_: object
    ) -> AsyncIterator[Row]:
        for row in self._run(conn, sql, parameters):
            yield row

    async def select_one(
        self, conn: sqlite3.Connection, name: str, sql: str, parameters: Parameters, *_: object
    ) -> Row | None:
        rows = self._run(conn, sql, parameters)
        return rows[0] if rows else None

    async def select_value(
        self, conn: sqlite3.Connection, name: str, sql: str, parameters: Parameters
    ) -> object:
        rows = self._run(conn, sql, parameters)
        return rows[0][0] if rows else None

    async def insert_update_delete(
        self, conn: sqlite3.Connection, name: str, sql: str, parameters: Parameters
    ) -> None:
        self._run(conn, sql, parameters)

    async def insert_update_delete_many(
        self, conn: sqlite3.Connection, name: str, sql: str, parameters: Sequence[Parameters]
    ) -> None:
        _check_open(conn)
        try:
            conn.executemany(sql, parameters)
        except sqlite3.Error as error:
            raise ours(error) from None

    async def execute_script(self, conn: sqlite3.Connection, sql: str) -> None:
        self._run(conn, sql, {})

    def _run(self, conn: sqlite3.Connection, sql: str, parameters: Parameters) -> list[Any]:
        _check_open(conn)
        try:
            # All rows at once, so that no statement is left open when the transaction ends.
            return conn.execute(sql, parameters).fetchall()
        except sqlite3.Error as error:
            raise ours(error) from None


def _check_open(conn: sqlite3.Connection) -> None:
    """After a full disk SQLite has rolled everything back, and would take each further statement
    as a transaction of its own."""
    if not conn.in_transaction:
        raise StorageBusy("rolled back")


class PostgresAdapter(AsyncPGAdapter):
    """aiosql's own way of writing parameters, with the driver's errors made ours."""

    def process_sql(self, query_name: str, op_type: Any, sql: str) -> str:
        sql = sql.replace(_CLOCK, _POSTGRES_CLOCK)
        return str(super().process_sql(query_name, op_type, sql))  # type: ignore[no-untyped-call]  # aiosql leaves it untyped

    async def select(
        self, conn: PgConnection, name: str, sql: str, parameters: Parameters, *_: object
    ) -> AsyncIterator[Row]:
        for row in await self._ask(conn.fetch, name, sql, parameters):
            yield row

    async def select_one(
        self, conn: PgConnection, name: str, sql: str, parameters: Parameters, *_: object
    ) -> Row | None:
        row: Row | None = await self._ask(conn.fetchrow, name, sql, parameters)
        return row

    async def select_value(
        self, conn: PgConnection, name: str, sql: str, parameters: Parameters
    ) -> object:
        return await self._ask(conn.fetchval, name, sql, parameters)

    async def insert_update_delete(
        self, conn: PgConnection, name: str, sql: str, parameters: Parameters
    ) -> None:
        await self._ask(conn.execute, name, sql, parameters)

    async def insert_update_delete_many(
        self, conn: PgConnection, name: str, sql: str, parameters: Sequence[Parameters]
    ) -> None:
        try:
            await conn.executemany(sql, [self._ordered(name, row) for row in parameters])
        except DRIVER_ERRORS as error:
            raise ours(error) from None

    async def execute_script(self, conn: PgConnection, sql: str) -> None:
        await self._ask(conn.execute, "", sql, {})

    async def _ask(
        self, call: Callable[..., Awaitable[Any]], name: str, sql: str, parameters: Parameters
    ) -> Any:
        try:
            return await call(sql, *self._ordered(name, parameters))
        except DRIVER_ERRORS as error:
            raise ours(error) from None

    def _ordered(self, name: str, parameters: Parameters) -> Sequence[Any]:
        ordered: Sequence[Any] = self.maybe_order_params(name, parameters)  # type: ignore[no-untyped-call]  # aiosql leaves it untyped
        return ordered


Adapter: TypeAlias = Callable[[], Any]
"""SqliteAdapter or PostgresAdapter."""


@cache
def queries(topic: str, adapter: Adapter) -> Any:
    """The queries of storage/<topic>.sql as functions of a connection and named parameters."""
    path = Path(__file__).with_name(f"{topic}.sql")
    return aiosql.from_path(path, adapter, mandatory_parameters=False, encoding="utf-8")


@dataclass(slots=True)
class Link:
    """An open transaction: its connection, and the dialect that is spoken there.

    `brings_work` is set in it by whoever leaves work that another process could do at once.
    """

    connection: Any
    adapter: Adapter
    brings_work: bool = False

    def queries(self, topic: str) -> Any:
        return queries(topic, self.adapter)
