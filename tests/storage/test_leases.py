"""Only one of several processes may do some things: who has the lease, by the database's clock."""

import asyncio
from datetime import timedelta

from storage.database import SqlStore

POLLER = "telegram:poller"
LONG = timedelta(hours=1)
OVER = timedelta(seconds=-1)


async def takes(store: SqlStore, holder: str, span: timedelta = LONG, name: str = POLLER) -> bool:
    async with store.work() as work:
        return await work.leases.take(name, holder, span)


async def test_one_has_it_and_keeps_it_as_long_as_it_asks_again(store: SqlStore) -> None:
    assert await takes(store, "one")
    assert not await takes(store, "two")
    assert await takes(store, "one")
    assert not await takes(store, "two")


async def test_another_gets_it_once_it_has_run_out(store: SqlStore) -> None:
    assert await takes(store, "one", OVER)
    assert await takes(store, "two")
    assert not await takes(store, "one")


async def test_it_ends_by_itself_at_its_moment(store: SqlStore) -> None:
    assert await takes(store, "one", timedelta(seconds=0.2))
    while not await takes(store, "two"):  # noqa: ASYNC110  # the database's clock tells
        await asyncio.sleep(0.02)
    assert not await takes(store, "one")


async def test_let_go_it_is_free_at_once(store: SqlStore) -> None:
    assert await takes(store, "one")
    async with store.work() as work:
        await work.leases.release(POLLER, "one")
    assert await takes(store, "two")


async def test_nobody_lets_go_of_what_is_anothers(store: SqlStore) -> None:
    assert await takes(store, "one")
    async with store.work() as work:
        await work.leases.release(POLLER, "two")
    assert not await takes(store, "two")


async def test_leases_with_other_names_do_not_touch(store: SqlStore) -> None:
    assert await takes(store, "one")
    assert await takes(store, "two", name="matrix:device")


async def test_of_many_that_ask_at_once_one_gets_it(store: SqlStore) -> None:
    answers = await asyncio.gather(*(takes(store, f"process-{n}") for n in range(8)))
    assert answers.count(True) == 1
