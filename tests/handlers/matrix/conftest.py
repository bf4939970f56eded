from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.handlers.matrix.desk import Desk, desk
from tests.matrix_person import Person, person
from tests.synapse import Synapse

NewPerson = Callable[..., Awaitable[Person]]


@pytest.fixture
async def bot(synapse: Synapse, tmp_path: Path) -> AsyncIterator[Desk]:
    async with desk(synapse, tmp_path) as found:
        yield found


@pytest.fixture
async def new_person(synapse: Synapse, tmp_path: Path) -> AsyncIterator[NewPerson]:
    """Makes people; `mxid` for one more device of somebody, `signed=False` for one unsigned."""
    async with AsyncExitStack() as people:

        async def new(name: str, **more: Any) -> Person:
            return await people.enter_async_context(person(synapse, tmp_path, name, **more))

        yield new


@pytest.fixture
async def carla(new_person: NewPerson) -> Person:
    return await new_person("carla")
