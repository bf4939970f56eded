"""The SQLite side: one file, one writer at a time, readers beside it.

Statements run in the event loop's own thread (see storage.sql); waiting never does: the write lock
is asked for again and again with pauses, and the commit, which waits for the disk, has a thread.
"""

import asyncio
import fcntl
import os
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from bot.ports.store import ServedAlready, StorageBusy
from storage.errors import is_busy, ours
from storage.sql import Link, SqliteAdapter

BUSY_SECONDS = 5.0
"""How long to wait for another process that is writing."""
FIRST_PAUSE_SECONDS = 0.002
LONGEST_PAUSE_SECONDS = 0.05

_PRAGMAS = (
    "busy_timeout = 5000",
    "journal_mode = WAL",
    "synchronous = FULL",
    "secure_delete = ON",
    "foreign_keys = ON",
    "temp_store = MEMORY",
)


class SqliteDatabase:
    is_shared = False

    def __init__(self, path: Path, writer: sqlite3.Connection) -> None:
        self._path = path
        self._writer = writer
        self._link = Link(writer, SqliteAdapter)
        self._turn = asyncio.Lock()
        self._committing = ThreadPoolExecutor(1, thread_name_prefix="commit")

    @classmethod
    async def open(cls, path: Path) -> "SqliteDatabase":
        """Opens the file, or makes it, readable by its owner alone. Raises StorageBusy."""
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise ours(error) from None
        writer = await asyncio.to_thread(_connect, path)
        # From here on waiting for the lock is done in `_begin`, without holding the thread.
        writer.execute("PRAGMA busy_timeout = 0")
        return cls(path, writer)

    async def close(self) -> None:
        async with self._turn:
            self._committing.shutdown()
            self._writer.close()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Link]:
        async with self._turn:
            await self._begin()
            changes = self._writer.total_changes
            try:
                yield self._link
            except BaseException:
                self._roll_back()
                raise
            await self._commit(changed=self._writer.total_changes != changes)

    alone = writing

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Link]:
        connection = _connect(self._path)
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("BEGIN")
            yield Link(connection, SqliteAdapter)
        finally:
            connection.close()

    @asynccontextmanager
    async def serving(self, ring: Callable[[], None]) -> AsyncIterator[None]:
        """`ring` is never called. The lock goes with the process, however that ends."""
        path = self._path.with_name(self._path.name + ".lock")
        try:
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ours(error) from None
        try:
            _take(lock)
            yield
        finally:
            os.close(lock)

    async def _begin(self) -> None:
        deadline = time.monotonic() + BUSY_SECONDS
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                if not is_busy(error) or time.monotonic() > deadline:
                    raise ours(error) from None
            else:
                return
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _commit(self, changed: bool) -> None:
        if not self._writer.in_transaction:
            raise StorageBusy("rolled back")
        try:
            if changed:
                await self._commit_in_thread()
            else:
                self._writer.execute("COMMIT")
        except sqlite3.Error as error:
            raise ours(error) from None
        finally:
            self._roll_back()

    async def _commit_in_thread(self) -> None:
        """Comes back when the commit has come to its end, also when it is cancelled before: nobody
        else may use the connection earlier."""
        loop = asyncio.get_running_loop()
        commit = loop.run_in_executor(self._committing, self._writer.execute, "COMMIT")
        cancelled = False
        while not commit.done():
            try:
                await asyncio.wait([commit])
            except asyncio.CancelledError:
                cancelled = True
        failure = commit.exception()
        if cancelled:
            raise asyncio.CancelledError
        if failure is not None:
            raise failure

    def _roll_back(self) -> None:
        # Nothing is open after a commit, nor after a full disk: SQLite then rolls back by itself.
        if self._writer.in_transaction:
            self._writer.execute("ROLLBACK")


def _take(lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ServedAlready(ServedAlready.__doc__) from None


def _connect(path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise ours(error) from None
    connection.row_factory = sqlite3.Row
    try:
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except sqlite3.Error as error:
        connection.close()
        raise ours(error) from None
    return connection
