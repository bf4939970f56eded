"""The keystore: a data key for every person and tenancy, wrapped under the master key.

It is a SQLite file of its own, outside the data backup, so that destroying a key makes every copy
of what it sealed unreadable. Scheme and procedures: docs/keys.md.
"""

import asyncio
import hmac
import os
import secrets
import sqlite3
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.domain.audit import ChainHead
from bot.ports.store import KeyDestroyed, SealBroken, StorageFailed
from storage.errors import ours
from storage.keys import KEY_BYTES, Keys, KeystoreMissing, WrongMasterKey, bound, mac

NONCE_BYTES = 12
MOST_CACHED = 4096
MADE_AT_ONCE = 500
BUSY_SECONDS = 5.0
ERASE_PAUSE_SECONDS = 0.05
NO_HASH = ""
"""The hash of an anchor that was not written by us: no chain fits it."""

_TABLES = """
CREATE TABLE IF NOT EXISTS setting (name TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS data_key (
    corporation TEXT NOT NULL,
    subject TEXT NOT NULL,
    version INTEGER NOT NULL,
    wrapped BLOB,
    PRIMARY KEY (corporation, subject, version)
);
CREATE TABLE IF NOT EXISTS anchor (
    corporation TEXT NOT NULL PRIMARY KEY,
    number INTEGER NOT NULL,
    hash TEXT NOT NULL,
    mac BLOB NOT NULL
);
"""
"""`wrapped` is NULL once the key was destroyed, so that it can never be made anew."""


class Keystore:
    """Data keys by corporation and subject, unwrapped in memory as long as they are in use."""

    def __init__(self, connection: sqlite3.Connection, keys: Keys) -> None:
        self._db = connection
        self._keys = keys
        self._wrapping = AESGCM(keys.key_encryption)
        self._cache: OrderedDict[tuple[str, str, int], AESGCM] = OrderedDict()
        self._current: dict[tuple[str, str], int] = {}
        self._seen_version = self._data_version()

    @classmethod
    def open(cls, path: Path, keys: Keys, create: bool) -> "Keystore":
        """Opens the keystore file, or makes it when `create` says so.

        Raises WrongMasterKey, KeystoreMissing, StorageBusy.
        """
        if not path.exists():
            if not create:
                raise KeystoreMissing(path)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        try:
            connection = _connect(path)
        except sqlite3.Error as error:
            raise ours(error) from None
        try:
            store = cls(connection, keys)
            store._check_master_key(path)
        except BaseException:
            connection.close()
            raise
        return store

    def close(self) -> None:
        self._cache.clear()
        self._db.close()

    async def current(self, corporation: str, subject: str) -> tuple[int, AESGCM]:
        """The key to seal with and its version, made when missing and on disk before it is used.

        Raises KeyDestroyed when the subject was erased.
        """
        self._forget_if_changed()
        version = self._current.get((corporation, subject)) or self._newest(corporation, subject)
        if version is None:
            await self.make(corporation, (subject,))
            version = self._newest(corporation, subject)
            if version is None:
                raise StorageFailed("the new key was not kept")
        self._current[corporation, subject] = version
        return version, self._unwrapped(corporation, subject, version)

    async def make(self, corporation: str, subjects: Sequence[str]) -> None:
        """Makes a key for every subject that has had none; they are on the disk on return."""
        for start in range(0, len(subjects), MADE_AT_ONCE):
            some = subjects[start : start + MADE_AT_ONCE]
            # One statement, so that nobody reads a key that is not on the disk yet.
            rows = ", ".join(["(?, ?, 1, ?)"] * len(some))
            statement = f"INSERT INTO data_key VALUES {rows} ON CONFLICT DO NOTHING"  # noqa: S608  # only placeholders
            values: list[str | bytes] = []
            for subject in some:
                values += [corporation, subject, self._wrapped_key(corporation, subject)]
            await asyncio.to_thread(self._run, statement, *values)

    def key(self, corporation: str, subject: str, version: int) -> AESGCM:
        """Raises KeyDestroyed when there is none (any more)."""
        self._forget_if_changed()
        return self._unwrapped(corporation, subject, version)

    async def erase(self, corporation: str, subject: str) -> None:
        """Destroys every key of the subject, on the disk too, and for ever."""
        self._run(
            "INSERT INTO data_key VALUES (?, ?, 1, NULL) ON CONFLICT DO NOTHING",
            corporation,
            subject,
        )
        self._run(
            "UPDATE data_key SET wrapped = NULL WHERE corporation = ? AND subject = ?",
            corporation,
            subject,
        )
        self._forget()
        # The key is out of reach now, but its bytes stay in the write-ahead log until that is
        # emptied, which waits for readers.
        while self._is_log_in_use():  # noqa: ASYNC110  # readers elsewhere do not tell
            await asyncio.sleep(ERASE_PAUSE_SECONDS)

    def anchor(self, corporation: str) -> ChainHead | None:
        """The head of the audit chain when it was last anchored; with NO_HASH when forged."""
        rows = self._run("SELECT number, hash, mac FROM anchor WHERE corporation = ?", corporation)
        if not rows:
            return None
        number, hash_, seal = rows[0]
        if not hmac.compare_digest(seal, mac(self._keys.anchor, corporation, number, hash_)):
            return ChainHead(number, NO_HASH)
        return ChainHead(number, hash_)

    def anchored(self) -> frozenset[str]:
        """The corporations whose audit chain has an anchor."""
        return frozenset(row[0] for row in self._run("SELECT corporation FROM anchor"))

    def put_anchor(self, corporation: str, head: ChainHead) -> None:
        seal = mac(self._keys.anchor, corporation, head.number, head.hash)
        self._run(
            "INSERT INTO anchor VALUES (?, ?, ?, ?) ON CONFLICT (corporation) DO UPDATE"
            " SET number = excluded.number, hash = excluded.hash, mac = excluded.mac",
            corporation,
            head.number,
            head.hash,
            seal,
        )

    def _is_log_in_use(self) -> bool:
        self._run("PRAGMA busy_timeout = 0")  # waiting is done by the caller, who lets others go on
        ((in_use, _, _),) = self._run("PRAGMA wal_checkpoint(TRUNCATE)")
        self._run(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}")
        return bool(in_use)

    def _check_master_key(self, path: Path) -> None:
        self._run(
            "INSERT INTO setting VALUES ('check', ?) ON CONFLICT DO NOTHING", self._keys.check
        )
        ((stored,),) = self._run("SELECT value FROM setting WHERE name = 'check'")
        if not hmac.compare_digest(stored, self._keys.check):
            raise WrongMasterKey(path)

    def _newest(self, corporation: str, subject: str) -> int | None:
        ((version,),) = self._run(
            "SELECT max(version) FROM data_key WHERE corporation = ? AND subject = ?",
            corporation,
            subject,
        )
        return None if version is None else int(version)

    def _wrapped_key(self, corporation: str, subject: str) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        data = bound("data_key", corporation, subject, 1)
        return nonce + self._wrapping.encrypt(nonce, secrets.token_bytes(KEY_BYTES), data)

    def _unwrapped(self, corporation: str, subject: str, version: int) -> AESGCM:
        name = (corporation, subject, version)
        if name in self._cache:
            self._cache.move_to_end(name)
            return self._cache[name]
        rows = self._run(
            "SELECT wrapped FROM data_key WHERE corporation = ? AND subject = ? AND version = ?",
            *name,
        )
        if not rows or rows[0][0] is None:
            raise KeyDestroyed(KeyDestroyed.__doc__)
        key = self._unwrap(name, rows[0][0])
        self._cache[name] = key
        if len(self._cache) > MOST_CACHED:
            oldest = self._cache.popitem(last=False)[0]
            self._current.pop(oldest[:2], None)
        return key

    def _unwrap(self, name: tuple[str, str, int], wrapped: bytes) -> AESGCM:
        nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            return AESGCM(self._wrapping.decrypt(nonce, sealed, bound("data_key", *name)))
        except InvalidTag:
            raise SealBroken(SealBroken.__doc__) from None

    def _forget_if_changed(self) -> None:
        """Another process may have destroyed a key that is still in memory here."""
        version = self._data_version()
        if version != self._seen_version:
            self._seen_version = version
            self._forget()

    def _forget(self) -> None:
        self._cache.clear()
        self._current.clear()

    def _data_version(self) -> int:
        ((version,),) = self._run("PRAGMA data_version")
        return int(version)

    def _run(self, statement: str, *parameters: str | int | bytes) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(statement, parameters).fetchall()
        except sqlite3.Error as error:
            raise ours(error) from None


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    connection.executescript(_TABLES)
    return connection
