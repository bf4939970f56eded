from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import SqlStore
from tests.app.town import Town
from tests.stores import database_url as database_url
from tests.stores import open_test_store
from tests.stores import store as store


@pytest.fixture
async def sqlite_store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    async with open_test_store(tmp_path) as opened:
        yield opened


@pytest.fixture
async def town(sqlite_store: SqlStore) -> Town:
    """The example registry, with nobody linked yet."""
    town = Town(sqlite_store)
    await town.fills_its_registry()
    return town
