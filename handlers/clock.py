"""The time: the machine's own, or one driven by hand for tests and the demonstration."""

import asyncio
import heapq
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol

from bot.ports.tools import Clock


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class HandDrivenClock:
    """Stands still until it is moved; whoever sleeps wakes in the order of the moments asked."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._order = itertools.count()
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        wakes = asyncio.get_running_loop().create_future()
        until = self._now + timedelta(seconds=seconds)
        heapq.heappush(self._sleepers, (until, next(self._order), wakes))
        await wakes

    async def move_to(self, moment: datetime) -> None:
        """Moves forward, waking each sleeper at its own moment and letting it run on."""
        while self._sleepers and self._sleepers[0][0] <= moment:
            self._now, _, wakes = heapq.heappop(self._sleepers)
            if not wakes.done():
                wakes.set_result(None)
                await asyncio.sleep(0)
        self._now = max(self._now, moment)

    async def move_on(self, **by: float) -> None:
        """Moves forward by a time span, given as to timedelta."""
        await self.move_to(self._now + timedelta(**by))


class Tick(Protocol):
    """Rings at one moment; setting it again moves that moment."""

    def set(self, moment: datetime | None) -> None:
        """A moment that has passed rings at once; None is never."""
        ...


@contextmanager
def ticking(clock: Clock, ring: Callable[[], None]) -> Iterator[Tick]:
    """A tick by this clock: APScheduler's for the machine's own time, else one that sleeps."""
    tick = ScheduledTick(ring) if isinstance(clock, SystemClock) else SleepingTick(clock, ring)
    try:
        yield tick
    finally:
        tick.end()


class ScheduledTick:
    def __init__(self, ring: Callable[[], None]) -> None:
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self._ring = ring
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler.start()

    def set(self, moment: datetime | None) -> None:
        self._scheduler.remove_all_jobs()
        if moment is not None:
            # However late the loop is, it rings.
            self._scheduler.add_job(self._ring, "date", run_date=moment, misfire_grace_time=None)

    def end(self) -> None:
        self._scheduler.shutdown(wait=False)


class SleepingTick:
    def __init__(self, clock: Clock, ring: Callable[[], None]) -> None:
        self._clock = clock
        self._ring = ring
        self._sleeping: asyncio.Task[None] | None = None

    def set(self, moment: datetime | None) -> None:
        self.end()
        if moment is not None:
            self._sleeping = asyncio.create_task(self._ring_at(moment))

    def end(self) -> None:
        if self._sleeping is not None:
            self._sleeping.cancel()

    async def _ring_at(self, moment: datetime) -> None:
        await self._clock.sleep(max(0.0, (moment - self._clock.now()).total_seconds()))
        self._ring()
