"""Waiting for something to become true, woken by what happens instead of by the clock."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class NeverHappened(Exception):
    """What was waited for did not happen in time; the message shows what is there instead."""


class Changes:
    """Tells whoever waits that the state changed. A change costs nothing while nobody waits."""

    def __init__(self) -> None:
        self._looks: dict[asyncio.Future[None], Callable[[], None]] = {}
        self._looking = False

    def happened(self) -> None:
        """Has every condition looked at again, once, when the step in hand is done."""
        if self._looks and not self._looking:
            self._looking = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._looking = False
        for look in tuple(self._looks.values()):
            look()

    async def until(
        self, condition: Callable[[], T | None], seconds: float, otherwise: Callable[[], str]
    ) -> T:
        """The first truthy value of the condition, which is looked at on every change.

        `seconds` of real time is how long it waits. Raises NeverHappened with what `otherwise`
        says, and whatever the condition raises.
        """
        value = condition()
        if value:
            return value
        found: list[T] = []
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def look() -> None:
            if done.done():
                return
            try:
                value = condition()
            except Exception as broken:  # noqa: BLE001 - it belongs to whoever waits
                done.set_exception(broken)
                return
            if value:
                found.append(value)
                done.set_result(None)

        self._looks[done] = look
        try:
            async with asyncio.timeout(seconds):
                await done
        except TimeoutError:
            raise NeverHappened(otherwise()) from None
        finally:
            del self._looks[done]
        return found[0]
