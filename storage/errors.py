"""Turns what the database drivers raise into the three errors of bot.ports.store.

Driver messages can quote values of rows, so nothing of them is kept but a code.
"""

import sqlite3

import asyncpg

from bot.ports.store import Conflict, StorageBusy, StorageFailed


class NewerSchema(Exception):
    """This database belongs to a newer version of the program; nothing was changed in it."""


DRIVER_ERRORS = (
    sqlite3.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # raised too when the server ended the connection
    OSError,
    TimeoutError,
)

_SQLITE_CONFLICTS = frozenset(
    {
        sqlite3.SQLITE_CONSTRAINT_UNIQUE,
        sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY,
        sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY,
    }
)
_SQLITE_BUSY = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
_POSTGRES_CONFLICTS = frozenset({"23503", "23505"})
_POSTGRES_BUSY_CLASSES = frozenset({"08", "40", "53", "55", "57", "58"})
"""Connection, transaction rolled back, resources, object in use, operator, system error."""


def ours(error: BaseException) -> Conflict | StorageBusy | StorageFailed:
    """The error to raise instead of a driver's."""
    if isinstance(error, sqlite3.Error):
        return _from_sqlite(error)
    if isinstance(error, asyncpg.PostgresError):
        return _from_postgres(error)
    if isinstance(error, ValueError):
        return StorageFailed(type(error).__name__)
    return StorageBusy(type(error).__name__)


def is_busy(error: sqlite3.Error) -> bool:
    """True when another connection holds the lock that was asked for."""
    return _primary(error) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _from_sqlite(error: sqlite3.Error) -> Conflict | StorageBusy | StorageFailed:
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    if getattr(error, "sqlite_errorcode", None) in _SQLITE_CONFLICTS:
        return Conflict(name)
    if _primary(error) in _SQLITE_BUSY:
        return StorageBusy(name)
    return StorageFailed(name)


def _primary(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def _from_postgres(error: asyncpg.PostgresError) -> Conflict | StorageBusy | StorageFailed:
    state = str(error.sqlstate or "")
    name = f"{type(error).__name__} {state}"
    if state in _POSTGRES_CONFLICTS:
        return Conflict(name)
    if state[:2] in _POSTGRES_BUSY_CLASSES:
        return StorageBusy(name)
    return StorageFailed(name)
