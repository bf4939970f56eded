"""One installation as it really runs: the service on SQLite files in a folder, python-telegram-bot
over HTTP against a Bot API on loopback, the example registry, and people with phones.

    async with installed(tmp_path) as here:
        piet = await here.has("piet")
        await piet.types("/signaal")
        await piet.presses("Annuleren")

Time begins on a Monday morning and runs many times faster than on the wall, so that pauses between
tries cost no patience. It can be made to jump.
"""

import asyncio
import re
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from bot.app import linking
from bot.app.registry.importing import import_checked, read_registry
from bot.config import Settings, load_settings
from bot.domain.outbox import OutboxRow, RowState
from bot.domain.people import PersonKey
from bot.domain.signals import Signal
from bot.ports.tools import Screener
from bot.screening.screener import load_screener
from bot.wiring import Parts, Service, opened
from handlers.loopback.bot_api import LoopbackBotApi
from handlers.loopback.user import PATIENCE, LoopbackUser
from handlers.loopback.waiting import NeverHappened

T = TypeVar("T")

EXAMPLE = Path(__file__).parents[2] / "docs" / "example"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TIMES_FASTER = 20.0
LOOKS_EVERY_SECONDS = 0.005
FIRST_PHONE = 1001
CORPORATION = "voorbeeld"
UNDER_WAY = (RowState.PENDING, RowState.SENDING)

_REFERENCE = re.compile(r"[0-9A-Z]{3}-[0-9A-Z]{4}")


class QuickClock:
    """Runs faster than the wall's, from a Monday morning."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._jumped = timedelta()

    def now(self) -> datetime:
        passed = (time.monotonic() - self._began) * TIMES_FASTER
        return MONDAY + self._jumped + timedelta(seconds=passed)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / TIMES_FASTER)

    def jumps(self, **by: float) -> None:
        """Forward, or back with a negative span, given as to timedelta."""
        self._jumped += timedelta(**by)


@cache
def recognisers() -> Screener:
    """Loaded once for all tests; it takes a second."""
    return load_screener()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


class Installation:
    """`api` and `clock` go on while the service is stopped."""

    def __init__(self, folder: Path, api: LoopbackBotApi, clock: QuickClock) -> None:
        self.folder = folder
        self.api = api
        self.clock = clock
        self.config = folder / "config.toml"
        self.port = free_port()
        self._phones = 0
        self._running = AsyncExitStack()
        self._parts: Parts | None = None

    def is_configured(self, more: str = "") -> None:
        """Writes the configuration; `more` goes below `[telegram]`."""
        self.config.write_text(
            f'[service]\nlisten = "127.0.0.1:{self.port}"\n\n'
            "[telegram]\n"
            f'token = "{self.api.token}"\nbase_url = "{self.api.base_url}"\n'
            "messages_per_second = 1000.0\nmessages_per_second_per_chat = 1000.0\n"
            f"{more}\n",
            encoding="utf-8",
        )

    @property
    def settings(self) -> Settings:
        return load_settings(self.config)

    @property
    def database(self) -> Path:
        return self.folder / "data" / "seintje.db"

    @property
    def parts(self) -> Parts:
        assert self._parts is not None, "the service is not running"
        return self._parts

    async def starts(self) -> None:
        """Returns when the service is ready. Raises what keeps it from starting."""
        stack = AsyncExitStack()
        try:
            parts = await stack.enter_async_context(
                opened(self.settings, self.clock, recognisers())
            )
            await stack.enter_async_context(_serving(parts))
        except BaseException:
            await stack.aclose()
            raise
        self._parts, self._running = parts, stack

    async def stops(self) -> None:
        """As at SIGTERM: the work in hand is finished first."""
        self._parts = None
        await self._running.aclose()

    async def reads_registry(self, folder: Path = EXAMPLE) -> None:
        checked = read_registry(folder, self.clock.now().date())
        now, house = self.clock.now(), self.parts.house
        outcome = await import_checked(self.parts.store, checked, "beheer", now, house=house)
        assert not outcome.refused

    def phone(self, name: str) -> LoopbackUser:
        """Somebody's phone, on which the bot is not known yet."""
        self._phones += 1
        return self.api.person(name, FIRST_PHONE + self._phones)

    async def has(self, person: str, corporation: str = CORPORATION) -> LoopbackUser:
        """The phone of somebody in the registry, linked with an invitation."""
        phone = self.phone(person.capitalize())
        await phone.types(f"/start {await self.code_for(person, corporation)}")
        await phone.sees("Seintje")
        return phone

    async def code_for(self, person: str, corporation: str = CORPORATION) -> str:
        async with self.parts.store.work() as work:
            key = PersonKey(corporation, person)
            return (await linking.invite(self.parts.house, work, key, "beheer")).code

    async def until(
        self, condition: Callable[[], Awaitable[T | None]], patience: float = PATIENCE
    ) -> T:
        """The first truthy value of the condition. Raises NeverHappened."""
        give_up_at = time.monotonic() + patience
        while not (value := await condition()):
            if time.monotonic() > give_up_at:
                raise NeverHappened(f"{condition} within {patience} s\n{self.api.transcript()}")
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
        return value

    async def is_quiet(self) -> None:
        """Until everything was taken in, routed, delivered and confirmed."""
        await self.until(self._is_quiet)

    async def _is_quiet(self) -> bool:
        if self.api.pending_updates or not self.api.is_polled:
            return False
        async with self.parts.store.reading() as work:
            unrouted = await work.matters.unrouted(1)
        return not unrouted and not any(row.state in UNDER_WAY for row in await self.outbox())

    async def outbox(self) -> Sequence[OutboxRow]:
        """Everything that was not delivered."""
        async with self.parts.store.reading() as work:
            return await work.post.undelivered(1000)

    async def signals_of(self, person: str, corporation: str = CORPORATION) -> Sequence[Signal]:
        """Newest first."""
        async with self.parts.store.reading() as work:
            return await work.signals.sent_by(PersonKey(corporation, person), 100)

    async def signal(self, ref: str, corporation: str = CORPORATION) -> Signal:
        async with self.parts.store.reading() as work:
            signal = await work.signals.get(corporation, ref)
        assert signal is not None
        return signal

    async def health(self) -> httpx.Response:
        async with httpx.AsyncClient() as somebody:
            return await somebody.get(f"http://127.0.0.1:{self.port}/healthz")

    async def audit(self, corporation: str = CORPORATION) -> list[str]:
        """The lines of the audit log, each as `event subject outcome detail`."""
        async with self.parts.store.reading() as work:
            return [
                f"{line.event} {line.subject} {line.outcome} {line.detail}".strip()
                async for _, line, _ in work.audit.lines(corporation)
            ]


@asynccontextmanager
async def _serving(parts: Parts) -> AsyncIterator[None]:
    stop, ready = asyncio.Event(), asyncio.Event()
    service = asyncio.create_task(Service(parts).run(stop, ready))
    is_ready = asyncio.create_task(ready.wait())
    try:
        await asyncio.wait({service, is_ready}, return_when=asyncio.FIRST_COMPLETED)
        if service.done():
            service.result()
        yield
    finally:
        is_ready.cancel()
        stop.set()
        await service


@asynccontextmanager
async def installed(folder: Path) -> AsyncIterator[Installation]:
    """The service running with the example registry, and nobody linked yet."""
    clock = QuickClock()
    async with LoopbackBotApi(now=clock.now) as api:
        here = Installation(folder, api, clock)
        here.is_configured()
        await here.starts()
        try:
            await here.reads_registry()
            yield here
        finally:
            await here.stops()


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Installation]:
    async with installed(tmp_path) as running:
        yield running


def reference_in(text: str) -> str:
    """The reference of a signal in what was shown."""
    found = _REFERENCE.search(text)
    assert found is not None, text
    return found[0]


def said_by_bot(phone: LoopbackUser) -> list[str]:
    """What the bot shows in this chat now, oldest first."""
    return [one.text for one in phone.visible if one.sender != phone.account]
