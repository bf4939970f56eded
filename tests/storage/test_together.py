"""More than one process on PostgreSQL: no row twice, none passed over, each chat in order."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.outbox import Lane
from bot.domain.people import PersonKey
from bot.ports.store import Conflict
from storage.audit import Verdict, verify
from storage.database import SqlStore
from tests.storage.examples import CARLA, CORPORATION, LINE, NOW, SIGNAL, row
from tests.stores import open_test_store

UNTIL = NOW + timedelta(minutes=1)


@pytest.fixture
async def stores(tmp_path: Path, fresh_database: str) -> AsyncIterator[list[SqlStore]]:
    """Three stores on one database, as three processes have them."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(open_test_store(tmp_path, fresh_database))
            for _ in range(3)
        ]


async def test_two_leases_at_once_never_take_the_same_row(stores: list[SqlStore]) -> None:
    async with stores[0].work() as work:
        for number in range(60):
            await work.outbox.put(row(f"{number:03}", PersonKey(CORPORATION, f"p{number % 20}")))

    async with stores[0].work() as first, stores[1].work() as second:
        one = await first.post.lease("telegram", Lane.STAFF, NOW, UNTIL, 15)
        other = await second.post.lease("telegram", Lane.STAFF, NOW, UNTIL, 15)
    assert len(one) == 15
    assert len(other) == 5
    assert not {taken.id for taken in one} & {taken.id for taken in other}


async def test_everything_is_sent_once_and_in_order(stores: list[SqlStore]) -> None:
    total = 120
    post = Delivered(total)
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for which in range(2):
            numbers = range(which, total, 2)
            group.create_task(put_all(stores[which], numbers))
        for store in stores:
            group.create_task(post.deliver(store))
    assert sum(map(len, post.sent.values())) == total
    for ids in post.sent.values():
        assert ids == sorted(set(ids))
    async with stores[0].work() as work:
        assert await work.post.undelivered(10) == []
        assert await work.post.next_due("telegram", Lane.STAFF) is None


async def put_all(store: SqlStore, numbers: Sequence[int]) -> None:
    """Each of four people gets all rows from one writer, so that their order is known."""
    for number in numbers:
        async with store.work() as work:
            await work.outbox.put(row(f"{number:03}", PersonKey(CORPORATION, f"p{number % 4}")))


class Delivered:
    """Takes and finishes rows until as many were sent as there should be."""

    def __init__(self, total: int) -> None:
        self.sent: defaultdict[str, list[str]] = defaultdict(list)
        self._left = total

    async def deliver(self, store: SqlStore) -> None:
        while self._left:
            async with store.work() as work:
                rows = await work.post.lease("telegram", Lane.STAFF, NOW, UNTIL, 3)
            for one in rows:
                assert one.recipient.person is not None
                self.sent[one.recipient.person.person].append(one.id)
                self._left -= 1
                async with store.work() as work:
                    await work.post.done(one.id)


async def test_a_row_put_while_the_last_one_ends_is_not_passed_over(
    stores: list[SqlStore],
) -> None:
    for number in range(0, 60, 2):
        async with stores[0].work() as work:
            await work.outbox.put(row(f"{number:03}"))
            (taken,) = await work.post.lease("telegram", Lane.STAFF, NOW, UNTIL, 9)
        await asyncio.gather(finish(stores[0], taken.id), put(stores[1], f"{number + 1:03}"))
        async with stores[2].work() as work:
            (found,) = await work.post.lease("telegram", Lane.STAFF, NOW, UNTIL, 9)
            assert found.id == f"{number + 1:03}"
            await work.post.done(found.id)


async def finish(store: SqlStore, id: str) -> None:
    async with store.work() as work:
        await work.post.done(id)


async def put(store: SqlStore, id: str) -> None:
    async with store.work() as work:
        await work.outbox.put(row(id))


async def test_a_chain_written_by_many_is_one_chain(stores: list[SqlStore]) -> None:
    async def write(store: SqlStore, writer: int) -> None:
        for number in range(10):
            async with store.work() as work:
                await work.audit.append(replace(LINE, subject=f"{writer}.{number}"))

    await asyncio.gather(*[write(stores[n % 3], n) for n in range(6)])
    async with stores[0].reading() as work:
        assert await verify(work, CORPORATION, None) == Verdict(60)
        subjects = [line.subject async for _, line, _ in work.audit.lines(CORPORATION)]
    for writer in range(6):
        own = [subject for subject in subjects if subject.startswith(f"{writer}.")]
        assert own == [f"{writer}.{number}" for number in range(10)]


async def test_of_two_who_change_a_signal_at_once_one_gets_a_conflict(
    stores: list[SqlStore],
) -> None:
    async with stores[0].work() as work:
        await work.signals.add(SIGNAL)

    async def read_first(store: SqlStore, owner: str, ready: asyncio.Barrier) -> bool:
        try:
            async with store.work() as work:
                found = await work.signals.get(CORPORATION, SIGNAL.ref)
                assert found is not None
                await ready.wait()
                await work.signals.save(replace(found, owner=owner, version=found.version + 1))
        except Conflict:
            return False
        return True

    ready = asyncio.Barrier(2)
    outcomes = await asyncio.gather(
        read_first(stores[0], "carla", ready), read_first(stores[1], "tess", ready)
    )
    assert sorted(outcomes) == [False, True]


async def test_two_who_open_an_empty_database_at_once_both_can(
    tmp_path: Path, fresh_database: str
) -> None:
    async def open_and_use(name: str) -> None:
        async with open_test_store(tmp_path, fresh_database) as store, store.work() as work:
            await work.cursors.put(name, "1")

    await asyncio.gather(*[open_and_use(f"n{number}") for number in range(4)])


async def test_a_person_gets_one_key_whoever_makes_it(stores: list[SqlStore]) -> None:
    async def seal(store: SqlStore) -> bytes:
        async with store.work() as work:
            return await work.vault.seal(CORPORATION, CARLA.person, "x", "tekst")

    for sealed in await asyncio.gather(*[seal(store) for store in stores]):
        async with stores[0].work() as work:
            assert await work.vault.open(CORPORATION, CARLA.person, "x", sealed) == "tekst"
