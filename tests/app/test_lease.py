"""What only one of several processes may do is done by one at a time."""

import asyncio
from datetime import timedelta

import pytest

from bot.app import lease as leases
from bot.app.lease import Lease
from handlers.clock import SystemClock
from storage.database import SqlStore
from tests.stores import database_url as database_url
from tests.stores import store as store

PATIENCE = 20.0


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "RENEWED_EVERY_SECONDS", 0.05)
    monkeypatch.setattr(leases, "ASKED_EVERY_SECONDS", 0.05)


class Worker:
    """One process that wants to do it."""

    def __init__(self, store: SqlStore) -> None:
        self.lease = Lease(store, SystemClock(), "poller")
        self.stop, self.begun, self.ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def works(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.lease.hold(self.stop, self._doing)

    async def _doing(self, end: asyncio.Event) -> None:
        self.begun.set()
        assert self.lease.is_held
        await end.wait()
        self.ended.set()


async def test_the_second_begins_when_the_first_has_stopped(store: SqlStore) -> None:
    first, second = Worker(store), Worker(store)
    async with asyncio.TaskGroup() as both:
        both.create_task(first.works())
        await first.begun.wait()
        both.create_task(second.works())
        first.stop.set()
        await second.begun.wait()
        assert first.ended.is_set()
        second.stop.set()


async def test_whoever_lost_it_ends(store: SqlStore) -> None:
    worker = Worker(store)
    async with asyncio.TaskGroup() as running:
        running.create_task(worker.works())
        await worker.begun.wait()
        async with store.work() as work:
            await work.leases.release("poller", worker.lease._holder)
            assert await work.leases.take("poller", "another", timedelta(hours=1))
        await worker.ended.wait()
        assert not worker.lease.is_held
        worker.stop.set()
