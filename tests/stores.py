"""Real stores for tests, on both databases.

Tests that hold for both take the fixture `store`; it comes once for each.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from storage.database import SqlStore, open_store

MASTER_KEY = bytes(range(32))
KINDS = ("sqlite", "postgresql")


def open_test_store(
    folder: Path, url: str | None = None, master_key: bytes = MASTER_KEY
) -> AbstractAsyncContextManager[SqlStore]:
    """A store in this folder: on SQLite, or on the database at `url` (fixture `fresh_database`)."""
    return open_store(url or sqlite_url(folder), keystore_path(folder), master_key)


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{sqlite_path(folder)}"


def sqlite_path(folder: Path) -> Path:
    return folder / "seintje.db"


def keystore_path(folder: Path) -> Path:
    return folder / "keystore.db"


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, once of each kind."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    url: str = request.getfixturevalue("fresh_database")
    return url


@pytest.fixture
async def store(database_url: str, tmp_path: Path) -> AsyncIterator[SqlStore]:
    """An empty store, once on each database."""
    async with open_test_store(tmp_path, database_url) as opened:
        yield opened
