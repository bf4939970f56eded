"""Fetches updates: commit first, confirm with the next offset, so that Telegram is the inbox.

Promise: each update takes effect exactly once. An update is confirmed only after the transaction
with its mark and effects has committed; what is delivered again is recognised by its mark. An
update that keeps failing is set aside after three tries, and its sender is told.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from telegram import Update
from telegram.error import Conflict, RetryAfter, TelegramError

from bot.app.bell import set_or_passed
from bot.app.trouble import Trouble
from bot.domain.photos import PhotoFault
from bot.ports.doors import Inbound, Kind, Place
from bot.ports.store import StorageBusy, Store, Work
from bot.ports.tools import Clock
from handlers.pictures import NoPicture, cleaned
from handlers.telegram.client import LONG_POLL_SECONDS, Client, TokenRefused, refuses_token
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
Pictures = Mapping[str, bytes | PhotoFault]
Contact = Callable[[Work], Awaitable[None]]
"""Notes that Telegram answered, and what follows from a long silence before."""


def _trouble() -> Trouble:
    return Trouble("polling", FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)


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
    _offset: int | None = None
    _noted_at: datetime | None = None
    _fetching: Trouble = field(default_factory=_trouble)
    _taking_in: Trouble = field(default_factory=_trouble)
    _said_without_id: bool = False

    async def run(self, stop: asyncio.Event, may_ask: Callable[[], bool] = lambda: True) -> None:
        """Until told to stop, or it may not ask, and so not confirm, any more; a batch in hand is
        finished. Raises TokenRefused."""
        stopping = asyncio.create_task(stop.wait())
        await self.client.fetch_updates_ourselves()
        try:
            while not stop.is_set() and may_ask():
                # The first answer comes at once: it tells whether the service was away too long.
                wait = 0 if self._noted_at is None else LONG_POLL_SECONDS
                asking = asyncio.create_task(self.client.raw_updates(self._offset, wait))
                await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not asking.done():
                    asking.cancel()
                    await asyncio.gather(asking, return_exceptions=True)
                    return
                pause = await self._answered(asking)
                if pause:
                    await set_or_passed(stop, self.clock, pause)
        finally:
            stopping.cancel()

    async def _answered(self, asking: asyncio.Task[list[Any]]) -> float:
        """Returns how many seconds to wait before asking again."""
        try:
            updates = asking.result()
        except TelegramError as error:
            return await self._met(error)
        except Exception as fault:  # noqa: BLE001  # whatever it was, polling goes on
            return self._fetching.met(type(fault).__name__, ADVICE_ANY)
        self._fetching.over()
        try:
            offset = await self.take_in(updates)
        except StorageBusy:
            return self._taking_in.met("storage_unavailable", ADVICE_STORAGE)
        except Exception as fault:  # noqa: BLE001  # whatever it was, polling goes on
            return self._taking_in.met(type(fault).__name__, ADVICE_STORAGE)
        self._taking_in.over()
        self._offset = offset or self._offset
        return 0.0 if _all_taken(updates, offset) else FIRST_PAUSE_SECONDS

    async def _met(self, error: TelegramError) -> float:
        """Says a trouble of Telegram's once. Raises TokenRefused."""
        if refuses_token(error):
            raise TokenRefused from None
        if isinstance(error, RetryAfter):
            return max(self._fetching.met("flood", ADVICE_FLOOD), _seconds(error))
        if isinstance(error, Conflict) and "webhook" in str(error).lower():
            await self.client.fetch_updates_ourselves()
            return self._fetching.met("webhook", ADVICE_WEBHOOK)
        name = type(error).__name__
        return self._fetching.met(name, ADVICE.get(name, ADVICE_ANY))

    async def take_in(self, updates: Sequence[Any]) -> int | None:
        """Handles a batch in one transaction, with a savepoint each; returns the next offset.

        Stops at an update that fails and has tries left, so that each chat keeps its order.
        Raises StorageBusy when nothing was stored.
        """
        now = self.clock.now()
        offset: int | None = None
        note = self._noted_at is None or abs(now - self._noted_at) > CONTACT_NOTED_EVERY
        if not updates and not note:
            return None
        pictures = await self._pictures(updates)
        async with self.store.work() as work:
            if note:
                await self.contact(work)
            for raw in updates:
                number = _number_of(raw)
                if number is None:
                    self._say_without_id()
                    continue
                if not await self._handled(work, raw, str(number), pictures):
                    break
                offset = number + 1
        self._noted_at = now if note else self._noted_at
        if updates:
            self.last_update_at = now
        self.committed()
        return offset

    async def _pictures(self, updates: Sequence[Any]) -> Pictures:
        """The photos of these updates, by file, fetched before anything is stored: a transaction
        waits for no network. Only of people we know."""
        found: dict[str, bytes | PhotoFault] = {}
        for raw in updates:
            inbound = self._readable(raw)
            if inbound is None or inbound.kind is not Kind.PHOTO:
                continue
            if inbound.place is Place.PRIVATE and await self._is_known(inbound):
                found[inbound.file] = await self._picture(inbound.file)
        return found

    async def _picture(self, file: str) -> bytes | PhotoFault:
        try:
            return await asyncio.to_thread(cleaned, await self.client.picture(file))
        except NoPicture as nothing:
            log.info("no_picture", fault=nothing.fault)
            return nothing.fault

    def _readable(self, raw: Any) -> Inbound | None:
        try:
            return inbound_of(Update.de_json(raw, self.client), self.clock.now())
        except Exception:  # noqa: BLE001  # said where the update is handled
            return None

    async def _is_known(self, inbound: Inbound) -> bool:
        async with self.store.reading() as work:
            return await work.accounts.by_address(inbound.platform, inbound.address) is not None

    async def _handled(
        self, work: Work, raw: dict[str, Any], event: str, pictures: Pictures
    ) -> bool:
        """False when this update failed and is to be tried again."""
        try:
            async with work.savepoint():
                inbound = inbound_of(Update.de_json(raw, self.client), self.clock.now())
                if inbound is not None:
                    self._watch_age(inbound)
                    await self.handle(work, _with_picture(inbound, pictures))
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

    def _say_without_id(self) -> None:
        """Once: it cannot be confirmed either, so it comes back with every answer."""
        if not self._said_without_id:
            log.error("update_without_id", advice=ADVICE_ANY)
            self._said_without_id = True

    def _watch_age(self, inbound: Inbound) -> None:
        age = self.clock.now() - inbound.at
        if age > OLD:
            log.warning("update_nearly_lost", update=inbound.event, hours=int(age / OLD * 20))


def _with_picture(inbound: Inbound, pictures: Pictures) -> Inbound:
    if inbound.kind is not Kind.PHOTO:
        return inbound
    found = pictures.get(inbound.file, PhotoFault.NOT_FETCHED)
    if isinstance(found, bytes):
        return replace(inbound, picture=found)
    return replace(inbound, fault=found)


def _number_of(raw: object) -> int | None:
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if isinstance(number, int) else None


def _all_taken(updates: Sequence[Any], offset: int | None) -> bool:
    """What is left would come back at once: it gets a moment first."""
    if not updates:
        return True
    numbers = [number for raw in updates if (number := _number_of(raw)) is not None]
    return bool(numbers) and offset == numbers[-1] + 1


ADVICE_STORAGE = "check the disk and the database; nothing was confirmed or lost"
ADVICE_FLOOD = "Telegram asks for a pause; it is kept"
ADVICE_WEBHOOK = "an address for updates was set for this bot; it is taken away"
ADVICE_ANY = "the answer makes no sense: check base_url; trying again"
ADVICE = {
    "Conflict": "another program polls with this token: stop it",
    "NetworkError": "no connection, or trouble at Telegram; trying again until it answers",
    "TimedOut": "Telegram does not answer; trying again until it does",
}


def _seconds(flood: RetryAfter) -> float:
    wait = flood.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()
