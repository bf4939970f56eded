"""A session of ours at a real homeserver with a real store, and what it took in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

from bot.app.house import House
from bot.app.trusting import confirm_identity
from bot.domain.screening import OwnAddress, Screening
from bot.domain.worktime import WorkCalendar
from bot.ports.store import Work
from handlers.matrix.account import Login
from handlers.matrix.events import Incoming, Kind, Take
from handlers.matrix.rooms import RoomRules
from handlers.matrix.session import MatrixSession
from storage.database import SqlStore
from tests.matrix_person import PASSWORD, PATIENCE_SECONDS, Person
from tests.stores import open_test_store
from tests.synapse import Synapse


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class NobodyLooks:
    """A screener for tests in which no note is taken in."""

    def screen(self, text: str, own: OwnAddress | None = None) -> Screening:
        raise AssertionError("nothing is taken in here")


HOUSE = House(RealClock(), NobodyLooks(), WorkCalendar(ZoneInfo("Europe/Amsterdam")))


class Desk:
    """The bot's side of a test: `took` is what took effect, in order."""

    def __init__(self, synapse: Synapse, store: SqlStore, folder: Path, mxid: str) -> None:
        self.synapse = synapse
        self.store = store
        self.folder = folder
        self.mxid = mxid
        self.took: list[Incoming] = []
        self.changed: list[str] = []
        self.fails: Callable[[Incoming], bool] = lambda incoming: False
        self.aside: list[str] = []
        self._news = asyncio.Event()
        self._run: asyncio.Task[None]
        self.session = self.new_session()

    @property
    def login(self) -> Login:
        return Login(self.synapse.url, self.mxid, PASSWORD, self.folder / "matrix")

    def new_session(self) -> MatrixSession:
        return MatrixSession(self.login, self.store, RealClock(), self._note_changed)

    async def _note_changed(self, work: Work, mxid: str) -> None:
        self.changed.append(mxid)

    async def take(self, work: Work, incoming: Incoming) -> None:
        if self.fails(incoming):
            raise ZeroDivisionError
        if await work.seen.first_time("matrix", incoming.event, RealClock().now()):
            self.took.append(incoming)
            self._news.set()

    async def set_aside(self, work: Work, incoming: Incoming) -> None:
        self.aside.append(incoming.event)
        self._news.set()

    @property
    def messages(self) -> list[str]:
        """The texts that may act."""
        return [
            str(one.content["body"])
            for one in self.took
            if one.kind is Kind.MESSAGE and one.fault is None
        ]

    @asynccontextmanager
    async def reading(self, take: Take | None = None) -> AsyncIterator[None]:
        """The session starts, and runs while the block does; a fault that ends it comes out."""
        await self.session.start()
        stop = asyncio.Event()
        reading = self.session.sync_forever(take or self.take, stop, self.set_aside)
        self._run = asyncio.create_task(reading)
        try:
            yield
        finally:
            stop.set()
            await self._run

    async def until(self, wanted: Callable[[], bool]) -> None:
        """Waits until what was taken in makes it so."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not wanted() and not self._run.done():
                self._news.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), 0.2)

    async def until_event(self, event: str) -> Incoming:
        await self.until(lambda: any(one.event == event for one in self.took))
        return next(one for one in self.took if one.event == event)

    async def confirm(self, mxid: str) -> None:
        """What somebody does who compared the new identity."""
        async with self.store.work() as work:
            confirmed = await confirm_identity(HOUSE, work, mxid, "beheer")
        assert (confirmed.confirmed_by, confirmed.offered) == ("beheer", None)

    async def restart(self) -> None:
        """The process ends and another begins."""
        await self.session.close()
        self.session = self.new_session()

    async def room_with(self, *people: Person) -> str:
        rules = RoomRules("K-1042", tuple(one.mxid for one in people))
        room = await self.session.create_room(rules)
        for one in people:
            await one.join(room)
        joined = {one.mxid for one in people}
        await self.until(lambda: self.session.members(room).joined >= joined)
        return room


@asynccontextmanager
async def desk(synapse: Synapse, folder: Path) -> AsyncIterator[Desk]:
    mxid = synapse.register(f"seintje-{uuid4().hex[:8]}", PASSWORD)
    async with open_test_store(folder) as store:
        found = Desk(synapse, store, folder, mxid)
        try:
            yield found
        finally:
            await found.session.close()


def text(body: str) -> dict[str, str]:
    return {"msgtype": "m.text", "body": body}
