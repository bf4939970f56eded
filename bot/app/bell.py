"""Wakes a loop when there is work; without it the loop looks round by itself now and then."""

import asyncio

from bot.ports.tools import Clock


class Bell:
    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def wait(self, clock: Clock, seconds: float) -> None:
        """Until it is rung or the time has passed. A ring while nobody waits is not lost."""
        await set_or_passed(self._rung, clock, seconds)
        self._rung.clear()


async def set_or_passed(event: asyncio.Event, clock: Clock, seconds: float) -> None:
    """Waits until the event is set or so much time has passed, whichever comes first."""
    waits = {
        asyncio.ensure_future(event.wait()),
        asyncio.ensure_future(clock.sleep(seconds)),
    }
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waits:
            one.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
