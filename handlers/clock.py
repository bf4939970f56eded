"""The time: the machine's own, or one driven by hand for tests and the demonstration."""

import asyncio
import heapq
import itertools
from datetime import UTC, datetime, timedelta


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
