"""Wakes a loop when there is work; without it the loop looks round by itself now and then."""

import asyncio
from contextlib import suppress

from bot.ports.tools import Clock


class Bell:
    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, clock: Clock, seconds: float) -> None:
        """Until it is rung or the time has passed. A ring while nobody waits is not lost."""
        waits = {
            asyncio.ensure_future(self._rung.wait()),
            asyncio.ensure_future(clock.sleep(seconds)),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
            for one in waits:
                with suppress(asyncio.CancelledError):
                    await one
        self._rung.clear()
