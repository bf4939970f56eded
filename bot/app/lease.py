"""Does what only one of several processes may do: whoever has the lease does it, the others wait.

Promise: when a process dies, another has its lease within the span of a lease and a pause, twenty
seconds in all; when it stops as it should, within a pause. A process that cannot renew its lease
stops before another can have it. Nothing that must not happen twice may rest on this alone: a
machine that slept does not know that it did.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

import structlog

from bot.app.bell import set_or_passed
from bot.ports.store import StorageBusy, StorageFailed, Store
from bot.ports.tools import Clock

log = structlog.get_logger()

SPAN = timedelta(seconds=15)
RENEWED_EVERY_SECONDS = 4.0
ASKED_EVERY_SECONDS = 2.0
MARGIN_SECONDS = 3.0
"""A lease counts as lost so long before another can have it."""
ADVICE = "another process does this, or the database cannot be reached"

Doing = Callable[[asyncio.Event], Awaitable[None]]
"""Goes on until the event is set."""


class Lease:
    """One lease, as this process sees it."""

    def __init__(self, store: Store, clock: Clock, name: str) -> None:
        self._store = store
        self._clock = clock
        self._name = name
        self._holder = uuid4().hex
        self._ours_until = 0.0

    @property
    def is_held(self) -> bool:
        """Whether this process can be sure that no other has it."""
        return time.monotonic() < self._ours_until

    async def hold(self, stop: asyncio.Event, doing: Doing) -> None:
        """Until told to stop: waits for the lease, does it while it lasts, and lets the lease go.

        Raises whatever `doing` raises.
        """
        while not stop.is_set():
            if await self._ask():
                log.info("lease_taken", lease=self._name)
                await self._hold_once(stop, doing)
            else:
                await set_or_passed(stop, self._clock, ASKED_EVERY_SECONDS)

    async def _hold_once(self, stop: asyncio.Event, doing: Doing) -> None:
        end = asyncio.Event()
        keeping = asyncio.create_task(self._keep(stop, end))
        try:
            await doing(end)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await self._let_go()

    async def _keep(self, stop: asyncio.Event, end: asyncio.Event) -> None:
        """Renews the lease until told to stop; when that fails too long, sets `end`."""
        while not stop.is_set():
            await set_or_passed(stop, self._clock, RENEWED_EVERY_SECONDS)
            if not stop.is_set() and not await self._ask() and not self.is_held:
                log.warning("lease_lost", lease=self._name, advice=ADVICE)
                break
        end.set()

    async def _ask(self) -> bool:
        asked_at = time.monotonic()
        try:
            async with asyncio.timeout(MARGIN_SECONDS), self._store.work() as work:
                taken = await work.leases.take(self._name, self._holder, SPAN)
        except (StorageBusy, StorageFailed, TimeoutError):
            return False
        self._ours_until = asked_at + SPAN.total_seconds() - MARGIN_SECONDS if taken else 0.0
        return taken

    async def _let_go(self) -> None:
        self._ours_until = 0.0
        try:
            async with asyncio.timeout(MARGIN_SECONDS), self._store.work() as work:
                await work.leases.release(self._name, self._holder)
        except (StorageBusy, StorageFailed, TimeoutError):
            log.warning("lease_not_let_go", lease=self._name, advice="it ends by itself")
