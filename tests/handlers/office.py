"""Delivery and the Telegram door as they really run: python-telegram-bot over HTTP against the
loopback Bot API, a real store, and time driven by hand."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app.delivery import Delivery
from bot.app.house import House
from bot.app.letters import lane_of, to_person
from bot.app.pace import Pace
from bot.app.parcels import ParcelDesk
from bot.domain.disclosure import Door
from bot.domain.outbox import Lane, OutboxRow, Recipient, Template
from bot.domain.people import Organisation, OrganisationKind, Person, Role
from bot.domain.screening import OwnAddress, Screening
from bot.domain.worktime import WorkCalendar
from bot.ports.store import Account, Work
from bot.texts.catalogue import Catalogue, load_catalogue
from handlers.clock import HandDrivenClock
from handlers.loopback.bot_api import LoopbackBotApi
from handlers.loopback.user import LoopbackUser
from handlers.telegram.client import Client, make_client
from handlers.telegram.read import PLATFORM
from handlers.telegram.send import TelegramChannel
from storage.database import SqlStore
from tests.stores import open_test_store

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CORPORATION = Organisation("voorbeeld", OrganisationKind.CORPORATION, "Voorbeeld Wonen")
SENTENCE = "answer.only_text"
QUICK = 1e9
"""A pace at which nothing ever waits."""


class NobodyLooks:
    """A screener for tests in which nothing is taken in."""

    def screen(self, text: str, own: OwnAddress | None = None) -> Screening:
        raise AssertionError("nothing is taken in here")


class Office:
    """A post office with one counter a lane, in front of a Telegram of our own."""

    def __init__(self, api: LoopbackBotApi, client: Client, store: SqlStore) -> None:
        self.api = api
        self.client = client
        self.store = store
        self.clock = HandDrivenClock(MONDAY)
        self.catalogue: Catalogue = load_catalogue()
        self.channel = TelegramChannel(client, self.catalogue)
        calendar = WorkCalendar(ZoneInfo("Europe/Amsterdam"))
        self.house = House(self.clock, NobodyLooks(), calendar)
        self._made = 0
        self.deliveries = {lane: self.delivery(lane) for lane in Lane}

    def delivery(self, lane: Lane, pace: Pace | None = None) -> Delivery:
        desk = ParcelDesk(self.house, Door.TELEGRAM)
        return Delivery(
            self.store, self.clock, desk, self.channel, lane, pace or Pace(QUICK, QUICK)
        )

    async def knows(
        self, name: str, role: Role = Role.MANAGER, *, deputy: str | None = None
    ) -> tuple[Person, LoopbackUser]:
        """A person of the corporation, linked, who has started the bot."""
        self._made += 1
        person = Person(CORPORATION.id, name.lower(), role, name, deputy=deputy)
        user = self.api.person(name, 1000 + self._made)
        await user.types("/start")
        async with self.store.work() as work:
            await work.registry.put([CORPORATION])
            await work.registry.put([person])
            await self.links(work, person, user)
        return person, user

    async def links(self, work: Work, person: Person, user: LoopbackUser) -> None:
        await work.accounts.link(Account(PLATFORM, str(user.id), person.key, self.clock.now()))

    async def puts(self, row: OutboxRow) -> OutboxRow:
        async with self.store.work() as work:
            await work.outbox.put(row)
        return row

    async def tells(self, person: Person, ref: str) -> OutboxRow:
        """A receipt: the plainest thing that may never get lost."""
        return await self.puts(to_person(person, Template.RECEIPT, ref, self.clock.now()))

    async def answers(self, person: Person, about: str = "", **details: str | int) -> OutboxRow:
        now = self.clock.now()
        return await self.puts(to_person(person, Template.ANSWER, about or SENTENCE, now, details))

    async def answers_stranger(self, chat: int, **details: str | int) -> OutboxRow:
        piet = Person(CORPORATION.id, "", Role.MANAGER, "")
        now = self.clock.now()
        row = to_person(
            piet, Template.ANSWER, SENTENCE, now, {"text": "answer.stranger", **details}
        )
        to = Recipient(platform=PLATFORM, address=str(chat))
        return await self.puts(replace(row, recipient=to, lane=Lane.STRANGERS, corporation=""))

    async def goes_round(self, *lanes: Lane) -> None:
        """One whole round: what is due goes out, and what came of it is noted."""
        for lane in lanes or Lane:
            await self.deliveries[lane].round()
            await self.deliveries[lane].settle()

    async def goes_on(self, **by: float) -> None:
        """Lets time pass, given as to timedelta, going round once at the end of it."""
        await self.clock.move_on(**by)
        await self.goes_round()

    async def rows(self) -> Sequence[OutboxRow]:
        async with self.store.reading() as work:
            return await work.post.undelivered(1000)

    async def row(self, row: OutboxRow) -> OutboxRow:
        return next(one for one in await self.rows() if one.id == row.id)

    async def next_try(self, row: OutboxRow) -> timedelta:
        return (await self.row(row)).not_before - self.clock.now()

    async def account(self, person: Person) -> Account | None:
        async with self.store.reading() as work:
            return await work.accounts.of(person.key, PLATFORM)

    async def audit(self) -> list[str]:
        async with self.store.reading() as work:
            lines = [line async for _, line, _ in work.audit.lines(CORPORATION.id)]
        return [f"{line.event} {line.outcome} {line.detail}" for line in lines]

    def lane(self, person: Person) -> Delivery:
        return self.deliveries[lane_of(person.role)]


@asynccontextmanager
async def open_office(folder: Path) -> AsyncIterator[Office]:
    async with LoopbackBotApi() as api, open_test_store(folder) as store:
        client = make_client(api.token, api.base_url)
        async with client.connected():
            yield Office(api, client, store)


@asynccontextmanager
async def running(delivery: Delivery) -> AsyncIterator[asyncio.Event]:
    """The loop of a lane while the block runs; the event stops it earlier."""
    stop = asyncio.Event()
    task = asyncio.create_task(delivery.run(stop))
    try:
        yield stop
    finally:
        stop.set()
        delivery.bell.ring()
        await task


def texts(user: LoopbackUser) -> list[str]:
    """What the bot shows in this chat now, oldest first."""
    return [m.text for m in user.visible if m.sender is not None and m.sender.is_bot]
