"""Fetches updates: commit first, confirm with the next offset, so that Telegram is the inbox.

Promise: each update takes effect exactly once. An update is confirmed only after the transaction
with its mark and effects has committed; what is delivered again is recognised by its mark. An
update that keeps failing is set aside after three tries, and its sender is told.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.ports.doors import Inbound, Kind, Place
from bot.ports.store import StorageBusy, Store, Work
from bot.ports.tools import Clock
from handlers.telegram.client import LONG_POLL_SECONDS, Client, TokenRefused
from handlers.telegram.read import PLATFORM, address_in, inbound_of

log = structlog.get_logger()

TRIES = 3
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
CONTACT_NOTED_EVERY = timedelta(minutes=5)
OLD = timedelta(hours=20)
"""Telegram keeps updates for 24 hours; older than this, somebody should look."""


Handle = Callable[[Work, Inbound], Awaitable[None]]
SetAside = Callable[[Work, Inbound], Awaitable[None]]
"""Tells the sender that an event could not be handled."""
Contact = Callable[[Work], Awaitable[None]]
"""Notes that Telegram answered, and what follows from a long silence before."""


@dataclass(slots=True)
class Poller:
    """One poller of one bot. `committed` is called after every commit that may have made work."""

    client: Client
    store: Store
    clock: Clock
    handle: Handle
    set_aside: SetAside
    contact: Contact
    committed: Callable[[], None]
    last_update_at: datetime | None = None
    last_answer_at: datetime | None = None
    _offset: int | None = None
    _noted_at: datetime | None = None
    _pause: float = FIRST_PAUSE_SECONDS
    _trouble: str | None = field(default=None)

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; a batch in hand is finished. Raises TokenRefused."""
        stopping = asyncio.create_task(stop.wait())
        await self.client.fetch_updates_ourselves()
        try:
            while not stop.is_set():
                asking = asyncio.create_task(
                    self.client.raw_updates(self._offset, LONG_POLL_SECONDS)
                )
                await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not asking.done():
                    asking.cancel()
                    await asyncio.gather(asking, return_exceptions=True)
                    return
                await self._answered(asking)
        finally:
            stopping.cancel()

    async def _answered(self, asking: asyncio.Task[list[Any]]) -> None:
        try:
            updates = asking.result()
            self._now_fine("telegram")
            self.last_answer_at = self.clock.now()
            self._offset = await self.take_in(updates) or self._offset
            self._now_fine("storage")
        except InvalidToken:
            raise TokenRefused from None
        except RetryAfter as flood:
            await self._wait_after("telegram_flood", _seconds(flood))
        except Conflict:
            await self._wait_after("telegram_other_poller")
        except TelegramError as error:
            await self._wait_after(f"telegram_{type(error).__name__}")
        except StorageBusy:
            await self._wait_after("storage_unavailable")
        except Exception as fault:  # noqa: BLE001  # whatever it was, polling goes on
            await self._wait_after(f"telegram_{type(fault).__name__}")

    async def take_in(self, updates: Sequence[Any]) -> int | None:
        """Handles a batch in one transaction, with a savepoint each; returns the next offset.

        Stops at an update that fails and has tries left, so that each chat keeps its order.
        Raises StorageBusy when nothing was stored.
        """
        now = self.clock.now()
        offset: int | None = None
        note = self._noted_at is None or now - self._noted_at > CONTACT_NOTED_EVERY
        if not updates and not note:
            return None
        async with self.store.work() as work:
            if note:
                await self.contact(work)
            for raw in updates:
                number = raw.get("update_id") if isinstance(raw, dict) else None
                if not isinstance(number, int):
                    log.error("update_without_id")
                    continue
                if not await self._handled(work, raw, str(number)):
                    break
                offset = number + 1
        self._noted_at = now if note else self._noted_at
        if updates:
            self.last_update_at = now
        self.committed()
        return offset

    async def _handled(self, work: Work, raw: dict[str, Any], event: str) -> bool:
        """False when this update failed and is to be tried again."""
        try:
            async with work.savepoint():
                inbound = inbound_of(Update.de_json(raw, self.client), self.clock.now())
                if inbound is not None:
                    self._watch_age(inbound)
                    await self.handle(work, inbound)
        except StorageBusy:
            raise
        except Exception as fault:  # noqa: BLE001  # no update may stop all others
            error = type(fault).__name__
            tries = await work.seen.failed(PLATFORM, event, error, self.clock.now())
            log.error("update_failed", update=event, error=error, tries=tries)
            if tries < TRIES:
                return False
            await self._give_up(work, raw, event)
        return True

    async def _give_up(self, work: Work, raw: Any, event: str) -> None:
        log.error("update_set_aside", update=event)
        address = address_in(raw)
        if address is not None:
            now = self.clock.now()
            lost = Inbound(PLATFORM, event, address, Place.PRIVATE, Kind.OTHER, now)
            await self.set_aside(work, lost)

    def _watch_age(self, inbound: Inbound) -> None:
        age = self.clock.now() - inbound.at
        if age > OLD:
            log.warning("update_nearly_lost", update=inbound.event, hours=int(age / OLD * 20))

    async def _wait_after(self, trouble: str, at_least: float = 0.0) -> None:
        """Says each trouble once, and waits longer while it lasts."""
        if self._trouble != trouble:
            log.warning("polling_interrupted", reason=trouble, advice=ADVICE.get(trouble, "wait"))
            self._trouble = trouble
        await asyncio.sleep(max(self._pause, at_least))
        self._pause = min(LONGEST_PAUSE_SECONDS, self._pause * 2)

    def _now_fine(self, kind: str) -> None:
        if self._trouble is not None and self._trouble.startswith(kind):
            log.warning("polling_resumed", after=self._trouble)
            self._trouble = None
            self._pause = FIRST_PAUSE_SECONDS


ADVICE = {
    "telegram_other_poller": "another program polls with this token: stop it",
    "storage_unavailable": "check the disk and the database; nothing was confirmed or lost",
    "telegram_flood": "Telegram asks for a pause; it is kept",
    "telegram_NetworkError": "no connection to Telegram; trying again until there is one",
    "telegram_TimedOut": "Telegram does not answer; trying again until it does",
}


def _seconds(flood: RetryAfter) -> float:
    wait = flood.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()
