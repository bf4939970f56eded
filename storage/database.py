"""Opens the store: a database by its URL, with the keystore beside it."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    closing,
)
from pathlib import Path
from typing import Protocol

from bot.domain.audit import ChainHead
from storage.audit import SqlAudit
from storage.keys import derive_keys
from storage.keystore import Keystore
from storage.migrate import migrate
from storage.postgres import PostgresDatabase
from storage.sql import Link
from storage.sqlite import SqliteDatabase
from storage.vault import Vault
from storage.work import SqlWork

SQLITE = "sqlite:///"
POSTGRESQL = "postgresql://"


class UnknownDatabase(Exception):
    """The URL of a database begins with sqlite:/// or postgresql://."""


class Database(Protocol):
    """What differs between the two: connecting, and where a transaction begins and ends."""

    @property
    def is_shared(self) -> bool: ...
    def writing(self) -> AbstractAsyncContextManager[Link]: ...
    def reading(self) -> AbstractAsyncContextManager[Link]: ...
    def alone(self) -> AbstractAsyncContextManager[Link]:
        """A write transaction that excludes every other one like it."""
        ...

    def serving(self, ring: Callable[[], None]) -> AbstractAsyncContextManager[None]: ...
    async def close(self) -> None: ...


class SqlStore:
    """The Store of bot.ports.store."""

    def __init__(
        self, database: Database, keystore: Keystore, vault: Vault, crypto_key: str
    ) -> None:
        self._database = database
        self._keystore = keystore
        self._vault = vault
        self._crypto_key = crypto_key

    @property
    def is_shared(self) -> bool:
        return self._database.is_shared

    @property
    def crypto_key(self) -> str:
        return self._crypto_key

    @asynccontextmanager
    async def work(self) -> AsyncIterator[SqlWork]:
        async with self._database.writing() as link:
            yield SqlWork(link, self._vault)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqlWork]:
        async with self._database.reading() as link:
            yield SqlWork(link, self._vault)

    def serving(self, ring: Callable[[], None]) -> AbstractAsyncContextManager[None]:
        return self._database.serving(ring)

    async def erase(self, corporation: str, subject: str) -> None:
        await self._keystore.erase(corporation, subject)

    async def anchor_heads(self) -> Sequence[str]:
        misfits = []
        async with self._database.reading() as link:
            audit = SqlAudit(link)
            heads = await audit.heads()
            for corporation in sorted(heads.keys() | self._keystore.anchored()):
                anchor = self._keystore.anchor(corporation)
                if anchor and not await audit.passes_through(corporation, anchor):
                    misfits.append(corporation)
                elif heads[corporation] != anchor:
                    self._keystore.put_anchor(corporation, heads[corporation])
        return misfits

    def anchored(self) -> frozenset[str]:
        return self._keystore.anchored()

    def anchor(self, corporation: str) -> ChainHead | None:
        return self._keystore.anchor(corporation)


@asynccontextmanager
async def open_store(url: str, keystore: Path, master_key: bytes) -> AsyncIterator[SqlStore]:
    """The store while the block runs; closed after it. `url` is sqlite:///path (so four slashes for
    an absolute path) or postgresql://...; a new database gets its tables and a new keystore.

    Raises BadKey (see storage.keys), NewerSchema, StorageBusy, UnknownDatabase.
    """
    keys = derive_keys(master_key)
    async with AsyncExitStack() as opened:
        database = await _connected(url)
        opened.push_async_callback(database.close)
        async with database.alone() as link:
            is_new = await migrate(link)
            found = opened.enter_context(closing(Keystore.open(keystore, keys, create=is_new)))
        yield SqlStore(database, found, Vault(found, keys), keys.matrix.hex())


async def _connected(url: str) -> Database:
    if url.startswith(SQLITE):
        return await SqliteDatabase.open(Path(url.removeprefix(SQLITE)))
    if url.startswith(POSTGRESQL):
        return await PostgresDatabase.open(url)
    raise UnknownDatabase(UnknownDatabase.__doc__)
