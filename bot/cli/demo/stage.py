"""Where the story plays: the real service on a simulated clock, and people with phones."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time
from pathlib import Path

from bot.app import linking
from bot.app.registry.filing import Filing
from bot.app.registry.importing import import_checked, read_registry
from bot.config import Secrets, Settings, Storage, Telegram
from bot.config import Service as ServiceSettings
from bot.domain.people import Person, PersonKey
from bot.wiring import Parts, Service, opened
from handlers.clock import HandDrivenClock
from handlers.loopback.bot_api import LoopbackBotApi
from handlers.loopback.user import LoopbackUser
from handlers.loopback.waiting import NeverHappened

EXAMPLE = Path(__file__).parents[3] / "docs" / "example"
"""The example registry of the checkout."""

OPENS = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)
"""A Tuesday morning in Enschede, on which the example registry holds."""

PATIENCE_SECONDS = 60.0
LOOKS_EVERY_SECONDS = 0.01
TICK_SECONDS = 0.1
"""Much less than a lease of the outbox lasts: a slow machine must not look like a dead one."""

POLLING = "getUpdates"


@dataclass(frozen=True, slots=True)
class Player:
    """One person of the registry with a phone, and what corporation that person works for."""

    person: Person
    house: str
    user: LoopbackUser

    @property
    def first_name(self) -> str:
        return self.user.account.first_name


@dataclass(frozen=True, slots=True)
class Stage:
    """`filing` is the registry as it was read; `folder` holds every file of the service."""

    parts: Parts
    api: LoopbackBotApi
    clock: HandDrivenClock
    filing: Filing
    folder: Path
    service: asyncio.Task[None]

    async def invited(self, key: PersonKey, number: int) -> tuple[Player, str]:
        """A person with a new phone, and the one-time code to link it with."""
        async with self.parts.store.work() as work:
            invitation = await linking.invite(self.parts.house, work, key, "demo")
            houses = {house.id: house.name for house in await work.people.corporations()}
        person = invitation.person
        user = self.api.person(person.name.split()[0], number, person.language)
        return Player(person, houses[person.organisation], user), invitation.code

    @property
    def local_time(self) -> datetime:
        return self.clock.now().astimezone(self.parts.house.calendar.zone)

    async def wait_until(self, moment: time) -> None:
        """Lets the day go on to this local time; never back."""
        calendar = self.parts.house.calendar
        await self.clock.move_to(calendar.at(calendar.local_day(self.clock.now()), moment))

    async def settle(self) -> None:
        """Until the service has done all there is to do. Raises NeverHappened when it does not.

        Whatever the service waits for (its own pace, a second try) needs the clock to move on; it
        does so only while nothing is on its way, or a simulated lease would run out in no time.
        """
        give_up_at = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while not await self._is_quiet():
            if self.service.done():
                self.service.result()
            if asyncio.get_running_loop().time() > give_up_at:
                raise NeverHappened(f"not done within {PATIENCE_SECONDS} s")
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
            if not self._calls_under_way():
                await self.clock.move_on(seconds=TICK_SECONDS)

    async def _is_quiet(self) -> bool:
        if self.api.pending_updates or not self.api.is_polled or self._calls_under_way():
            return False
        async with self.parts.store.reading() as work:
            return not (await work.matters.unrouted(1) or await work.post.undelivered(1))

    def _calls_under_way(self) -> bool:
        return any(call.status is None and call.method != POLLING for call in self.api.traffic)


@asynccontextmanager
async def opened_stage(folder: Path) -> AsyncIterator[Stage]:
    """The example registry imported and the service running, with all its files in `folder`."""
    _keep_off_proxies()
    clock = HandDrivenClock(OPENS)
    async with (
        LoopbackBotApi(now=clock.now, ids_per_chat=True) as api,
        opened(_settings(folder, api), clock) as parts,
    ):
        checked = read_registry(EXAMPLE, parts.house.calendar.local_day(OPENS))
        await import_checked(parts.store, checked, "demo", OPENS)
        async with _running(parts) as service:
            yield Stage(parts, api, clock, checked.filing, folder, service)


@asynccontextmanager
async def _running(parts: Parts) -> AsyncIterator[asyncio.Task[None]]:
    stop, ready = asyncio.Event(), asyncio.Event()
    service = asyncio.create_task(Service(parts).run(stop, ready))
    is_ready = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({service, is_ready}, return_when=asyncio.FIRST_COMPLETED)
        yield service
    finally:
        is_ready.cancel()
        stop.set()
        await service


def _settings(folder: Path, api: LoopbackBotApi) -> Settings:
    """Made without the environment: what is set there is for the real service."""
    return Settings.model_construct(
        service=ServiceSettings(listen="127.0.0.1:0"),
        storage=Storage(url=f"sqlite:///{folder / 'seintje.db'}"),
        secrets=Secrets(master_key_file=folder / "master.key", keystore=folder / "keystore.db"),
        telegram=Telegram.model_validate({"token": api.token, "base_url": api.base_url}),
        matrix=None,
    )


def _keep_off_proxies() -> None:
    """A proxy in the environment is for the network; the demonstration never leaves the machine."""
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1"
