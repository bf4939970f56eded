"""The whole house without a channel, in a town of people who read like users.

Everything is real (store, screening, use cases, routing, delivery, catalogue) but the platform,
which is paper: it keeps what stands in every chat and an exact transcript of all that was done
there. Time is driven by hand.
"""

import asyncio
import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import linking
from bot.app.converse import converse
from bot.app.daily import arm_daily
from bot.app.delivery import Delivery
from bot.app.due import work_off
from bot.app.house import House
from bot.app.housekeeping import tidy_expired_forms
from bot.app.pace import Pace, pace_of
from bot.app.parcels import ParcelDesk
from bot.app.registry.importing import import_checked, read_registry
from bot.app.route import route_new
from bot.app.show import content
from bot.domain.disclosure import Door
from bot.domain.outbox import MATRIX, TELEGRAM, Lane
from bot.domain.people import PersonKey
from bot.domain.photos import PhotoFault
from bot.domain.signals import Signal
from bot.domain.worktime import WorkCalendar
from bot.ports.doors import Inbound, Kind, Place
from bot.ports.store import Store
from bot.screening.screener import load_screener
from bot.texts.catalogue import load_catalogue
from handlers.clock import HandDrivenClock
from tests.app.paper import Did, Line, Message, PaperPlatform
from tests.domain.slow_worktime import dutch_holidays
from tests.registries import EXAMPLE

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Monday 23 November 2026, ten o'clock in Amsterdam: between the two release moments."""

CALENDAR = WorkCalendar(
    ZoneInfo("Europe/Amsterdam"), frozenset().union(*map(dutch_holidays, range(2025, 2031)))
)

HOUSEKEEPING_EVERY = timedelta(days=1)
PIXELS = b"what a picture of ours looks like"
_BELLS = ("🔔", "🚨")
_REFERENCE = re.compile(r"\b[0-9A-Z]{3}-[0-9A-Z]{4}\b")

screener = cache(load_screener)
"""The shipped recognisers, loaded once in a process."""


class NothingLikeIt(AssertionError):
    """There is no such button or card in this chat."""


class Someone:
    """A person with a phone, and what stands in that person's chat with the bot."""

    def __init__(self, town: "Town", address: str) -> None:
        self.town = town
        self.address = address
        self.paper = town.platform
        self.room = ""
        self._last: Inbound | None = None
        self._pressed: Inbound | None = None

    async def types(self, text: str, place: Place = Place.PRIVATE) -> None:
        message = self.paper.takes(self.address, text)
        await self._sends(Kind.TEXT, place, text=text, message=str(message.id))

    async def sends_a_photo(
        self, caption: str = "", fault: PhotoFault | None = None, album: str = ""
    ) -> None:
        message = self.paper.takes(self.address, "(photo)")
        sent: dict[str, Any] = {
            "picture": None if fault else PIXELS,
            "fault": fault,
            "album": album,
        }
        await self._sends(Kind.PHOTO, text=caption, message=str(message.id), **sent)

    async def sends_something(self, what: str) -> None:
        message = self.paper.takes(self.address, f"({what})")
        await self._sends(Kind.OTHER, message=str(message.id), what=what)

    async def edits(self, message: int, text: str) -> None:
        self.paper.chats[self.address][message] = Message(message, text, own=True)
        await self._sends(Kind.EDIT, text=text, message=str(message))

    async def presses(self, label: str, on: Message | None = None) -> None:
        """Presses the button with this in its label, on the newest message that has one."""
        for message in [on] if on else reversed(self.messages):
            for shown, token in message.buttons:
                if label in shown:
                    await self._sends(Kind.PRESS, token=token, message=str(message.id))
                    return
        raise NothingLikeIt(f"{label}: {self.chat}")

    async def presses_that_again(self) -> None:
        """The last button, of the screen it was on, once more, as an event of its own."""
        assert self._pressed is not None
        await self._sends(Kind.PRESS, token=self._pressed.token, message=self._pressed.message)

    async def is_delivered_again(self) -> None:
        """The platform hands the last event over once more."""
        assert self._last is not None
        await self.town.hears(self._last)

    async def _sends(
        self,
        kind: Kind,
        place: Place = Place.PRIVATE,
        text: str = "",
        token: str = "",
        message: str | None = None,
        reply_to: str = "",
        **more: Any,
    ) -> None:
        event = self.town.next_event(self.address)
        self._last = Inbound(
            self.paper.platform,
            event,
            self.address,
            place,
            kind,
            self.town.clock.now(),
            text,
            token,
            message,
            press=f"press-{event}" if kind is Kind.PRESS else None,
            room=self.room,
            reply_to=reply_to,
            **more,
        )
        if kind is Kind.PRESS:
            self._pressed = self._last
        await self.town.hears(self._last)

    @property
    def has_pressed(self) -> bool:
        return self._pressed is not None

    @property
    def messages(self) -> tuple[Message, ...]:
        """What stands in the chat now, oldest first."""
        return tuple(sorted(self.paper.chats[self.address].values(), key=lambda m: m.id))

    @property
    def chat(self) -> tuple[str, ...]:
        return tuple(message.text for message in self.messages)

    @property
    def screen(self) -> Message:
        """The newest message of the bot."""
        return next(message for message in reversed(self.messages) if not message.own)

    @property
    def toast(self) -> str:
        """The last short word on a button, if there ever was one."""
        return next((line.text for line in reversed(self.lines) if line.did is Did.TOASTED), "")

    @property
    def lines(self) -> tuple[Line, ...]:
        """All that was ever done in this chat."""
        return tuple(line for line in self.paper.transcript if line.chat == self.address)

    @property
    def reference(self) -> str:
        """The reference in the newest message of the bot."""
        found = _REFERENCE.search(self.screen.text)
        assert found is not None, self.screen.text
        return found[0]

    def sees(self, *parts: str) -> None:
        """Every part stands in the newest message of the bot."""
        for part in parts:
            assert part in self.screen.text, self.screen.text

    def card(self, ref: str) -> Message:
        """The newest card of this matter."""
        cards = self._cards(ref)
        if not cards:
            raise NothingLikeIt(f"{ref}: {self.chat}")
        return cards[-1]

    def has_card(self, ref: str) -> bool:
        return bool(self._cards(ref))

    def _cards(self, ref: str) -> list[Message]:
        return [m for m in self.messages if m.text[:1] in _BELLS and ref in m.text.splitlines()[0]]

    def blocks_the_bot(self) -> None:
        self.paper.blocked.add(self.address)

    def unblocks_the_bot(self) -> None:
        self.paper.blocked.discard(self.address)


class InMatrix(Someone):
    """A person's own encrypted room: everything is typed, and a reply names its message."""

    def __init__(self, town: "Town", address: str) -> None:
        super().__init__(town, address)
        self.paper = town.matrix

    async def replies(self, text: str, to: Message) -> None:
        message = self.paper.takes(self.address, text)
        await self._sends(Kind.TEXT, text=text, message=str(message.id), reply_to=str(to.id))

    async def reacts(self, sign: str, to: Message) -> None:
        await self._sends(Kind.REACTION, text=sign, reply_to=str(to.id))


class TownClock(HandDrivenClock):
    @property
    def next_waking(self) -> datetime | None:
        return self._sleepers[0][0] if self._sleepers else None


class Town:
    """One running service with its people. `paced` keeps the real sending pace in virtual time;
    without it everything is sent at once. After a restart it goes on with the chats of `before`;
    one that `is_dying` takes in what it hears and does no more about it."""

    def __init__(
        self,
        store: Store,
        now: datetime = MONDAY,
        paced: bool = False,
        before: "Town | None" = None,
    ) -> None:
        self.store = store
        self.clock: TownClock = before.clock if before else TownClock(now)
        self.platform: PaperPlatform = before.platform if before else PaperPlatform(self.clock)
        self.matrix: PaperPlatform = (
            before.matrix if before else PaperPlatform(self.clock, MATRIX, Door.MATRIX)
        )
        self.house = House(self.clock, screener(), CALENDAR)
        self.is_dying = False
        self._people: dict[str, Someone] = {}
        self._events: defaultdict[str, int] = before._events if before else defaultdict(int)
        self._next_chores = now + HOUSEKEEPING_EVERY
        self._deliveries = [
            Delivery(
                store,
                self.clock,
                ParcelDesk(self.house, platform.door),
                platform,
                lane,
                pace_of(lane, 25.0, 1.0) if paced else Pace(1e9, 1e9),
            )
            for platform in (self.platform, self.matrix)
            for lane in Lane
        ]

    def in_matrix(self, person: str) -> "InMatrix":
        """This person's own encrypted room with the bot."""
        return InMatrix(self, f"@{person}:voorbeeld.test")

    def somebody(self, address: str) -> Someone:
        """Whoever writes from this address."""
        return self._people.setdefault(address, Someone(self, address))

    async def has(self, person: str, organisation: str = "voorbeeld") -> Someone:
        """This person of the registry, invited and linked."""
        one = self.somebody(person)
        await one.types(f"/start {await self.code_for(person, organisation)}")
        return one

    async def code_for(self, person: str, organisation: str = "voorbeeld") -> str:
        key = PersonKey(organisation, person)
        async with self.store.work() as work:
            return (await linking.invite(self.house, work, key, "beheer")).code

    async def fills_its_registry(self, folder: Path = EXAMPLE) -> None:
        """Imports the registry files of a folder, the example's if none is named."""
        today = self.house.calendar.local_day(self.clock.now())
        checked = read_registry(folder, today)
        now = self.clock.now()
        outcome = await import_checked(self.store, checked, "beheer", now, house=self.house)
        assert not outcome.refused, [problem.text.key for problem in outcome.problems]
        async with self.store.work() as work:
            await arm_daily(self.house, work)

    def next_event(self, address: str) -> str:
        """Event ids count up in each chat, so that one chat's do not depend on another's."""
        self._events[address] += 1
        return f"{address}-{self._events[address]}"

    async def hears(self, inbound: Inbound) -> None:
        async with self.store.work() as work:
            await converse(self.house, work, inbound)
        if not self.is_dying:
            await self.settles()

    async def settles(self) -> None:
        """Until there is nothing left to do at this moment."""
        busy = True
        while busy:
            busy = await self._routes() | await self._works_off()
            for delivery in self._deliveries:
                busy |= await delivery.round()
                # A task that sends waits for nothing but the clock, so one turn is enough.
                await asyncio.sleep(0)

    async def goes_on(self, **by: float) -> None:
        """Lets time pass, given as to timedelta, with everything happening at its own moment."""
        await self.goes_on_until(self.clock.now() + timedelta(**by))

    async def goes_on_until(self, moment: datetime) -> None:
        while (upcoming := await self._next_moment()) <= moment:
            await self.clock.move_to(upcoming)
            if upcoming >= self._next_chores:
                self._next_chores += HOUSEKEEPING_EVERY
                await self.does_its_chores()
            await self.settles()
        await self.clock.move_to(moment)
        await self.settles()

    async def does_its_chores(self) -> None:
        async with self.store.work() as work:
            await tidy_expired_forms(self.house, work)
            await arm_daily(self.house, work)
        await self.settles()

    async def signal(self, ref: str, organisation: str = "voorbeeld") -> Signal:
        async with self.store.reading() as work:
            signal = await work.signals.get(organisation, ref)
        assert signal is not None
        return signal

    async def signals_of(self, person: str, organisation: str = "voorbeeld") -> list[Signal]:
        """What a person sent, newest first."""
        async with self.store.reading() as work:
            return list(await work.signals.sent_by(PersonKey(organisation, person), 100))

    async def content(self, ref: str, organisation: str = "voorbeeld") -> str:
        """What the responsible person reads of a matter on the corporation's own machine."""
        signal = await self.signal(ref, organisation)
        async with self.store.reading() as work:
            return load_catalogue().plain(await content(self.house, work, signal), "nl")

    async def audit_of(self, organisation: str = "voorbeeld") -> list[str]:
        """The audit lines, each as `event outcome detail`."""
        async with self.store.reading() as work:
            return [
                f"{line.event} {line.outcome} {line.detail}".strip()
                async for _, line, _ in work.audit.lines(organisation)
            ]

    async def _routes(self) -> bool:
        async with self.store.work() as work:
            return bool(await route_new(self.house, work))

    async def _works_off(self) -> bool:
        async with self.store.work() as work:
            return bool(await work_off(self.house, work))

    async def _next_moment(self) -> datetime:
        moments = [self._next_chores]
        if self.clock.next_waking is not None:
            moments.append(self.clock.next_waking)
        async with self.store.reading() as work:
            for platform, lane in product((TELEGRAM, MATRIX), Lane):
                if (due := await work.post.next_due(platform, lane)) is not None:
                    moments.append(due)
            if (due := await work.due.next_at()) is not None:
                moments.append(due)
        return max(min(moments), self.clock.now() + timedelta(microseconds=1))
