"""The only place where objects meet: settings in, a running service out."""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import structlog
from starlette.routing import Route

from bot.app.bell import Bell, set_or_passed
from bot.app.cleaning import clean_up
from bot.app.converse import converse, say_it_went_wrong
from bot.app.daily import arm_daily
from bot.app.delivery import Delivery
from bot.app.due import work_off
from bot.app.house import House
from bot.app.housekeeping import check_team_leads, tidy_expired_forms
from bot.app.lease import Lease
from bot.app.outage import note_contact
from bot.app.pace import pace_of
from bot.app.parcels import ParcelDesk
from bot.app.route import route_new
from bot.app.trouble import Trouble
from bot.app.trusting import note_changed_identity
from bot.config import (
    BadConfiguration,
    Matrix,
    Settings,
    Telegram,
    matrix_password,
    telegram_token,
)
from bot.config import Service as ServiceSettings
from bot.domain.disclosure import Door, Text, public
from bot.domain.outbox import Lane
from bot.domain.screening import OwnAddress, Screening
from bot.domain.worktime import WorkCalendar
from bot.ports.doors import Inbound
from bot.ports.store import StorageBusy, Store, Work
from bot.ports.tools import Clock, Screener
from bot.texts.catalogue import Catalogue, load_catalogue
from handlers.clock import Tick, ticking
from handlers.telegram.client import Client, make_client
from handlers.telegram.commands import tell_commands
from handlers.telegram.poll import Poller
from handlers.telegram.send import TelegramChannel
from handlers.telegram.webhook import webhook_route
from handlers.web import Health, age, serving, small_server
from storage.database import open_store
from storage.keys import create_master_key, read_master_key

if TYPE_CHECKING:
    from handlers.matrix.events import Incoming

log = structlog.get_logger()

YEARS_OF_HOLIDAYS_AHEAD = 3
POLLER_LEASE = "telegram:poller"
LOOK_ROUND_SECONDS = 1.0
"""How often to look for work that another process has put there."""
DUE_LOOK_ROUND_SECONDS = 30.0
"""Should a tick be missed, because the machine slept, this is how late due work can be."""
ANOTHER_HAS_IT = timedelta(seconds=1)
HOUSEKEEPING_SECONDS = 60.0
MATRIX_LEASE = "matrix:device"
MATRIX_MESSAGES_PER_SECOND = 20.0
LONGEST_PAUSE_SECONDS = 30.0
STORAGE_ADVICE = "check the disk and the database; nothing is lost"
AUDIT_ADVICE = "keep the database as it is, run `seintje audit verify`, call the privacy officer"


@dataclass(frozen=True, slots=True)
class Parts:
    """What every command needs."""

    settings: Settings
    store: Store
    house: House
    catalogue: Catalogue
    clock: Clock


@asynccontextmanager
async def opened(
    settings: Settings, clock: Clock, screener: Screener | None = None
) -> AsyncIterator[Parts]:
    """The parts of the house, with the store open while the block runs.

    The very first start makes the master key. Without a screener the recognisers are loaded when
    first needed. Raises BadKey, NewerSchema, StorageBusy, BadConfiguration.
    """
    secrets = settings.secrets
    if not secrets.master_key_file.exists() and not secrets.keystore.exists():
        _begin(settings)
    master_key = read_master_key(secrets.master_key_file)
    screener = screener or ScreenerOnDemand(settings)
    house = House(clock, screener, work_calendar(settings.service, clock.now()))
    async with open_store(settings.storage.url, secrets.keystore, master_key) as store:
        yield Parts(settings, store, house, load_catalogue(), clock)


def _begin(settings: Settings) -> None:
    """The very first start: folders and the master key. Raises BadConfiguration."""
    secrets = settings.secrets
    files = {
        "secrets.master_key_file": secrets.master_key_file,
        "secrets.keystore": secrets.keystore,
        "storage.url": settings.storage.sqlite_file,
    }
    for key, file in files.items():
        if file is None:
            continue
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            if file == secrets.master_key_file:
                create_master_key(file)
        except OSError as closed:
            fields = {
                "key": public(key),
                "file": public(str(file)),
                "reason": public(closed.strerror or type(closed).__name__),
            }
            raise BadConfiguration(Text("config.cannot_make", fields)) from None
    log.warning("master_key_made", file=str(secrets.master_key_file))


class ScreenerOnDemand:
    """The recognisers, loaded when the first text comes: most commands never need them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._loaded: Screener | None = None

    def screen(self, text: str, own: OwnAddress | None = None) -> Screening:
        if self._loaded is None:
            self._loaded = own_screener(self._settings)
        return self._loaded.screen(text, own)


class ScreenerSoon:
    """The recognisers, loaded in a thread from now on, so that polling need not wait for them; the
    first text does."""

    def __init__(self, settings: Settings) -> None:
        thread = ThreadPoolExecutor(1, thread_name_prefix="recognisers")
        self._loading = thread.submit(own_screener, settings)
        thread.shutdown(wait=False)

    def screen(self, text: str, own: OwnAddress | None = None) -> Screening:
        return self._loading.result().screen(text, own)


def service_screener(settings: Settings) -> Screener:
    """The recognisers of a service that starts. A corporation's own words are read first, so that
    it does not start with words it cannot read. Raises BadConfiguration."""
    if settings.screening.words is not None:
        return own_screener(settings)
    return ScreenerSoon(settings)


def own_screener(settings: Settings) -> Screener:
    """The recognisers, with the corporation's own words. Raises BadConfiguration."""
    from bot.screening.screener import load_screener
    from bot.screening.wordlists import WordListError

    try:
        return load_screener(settings.screening.words)
    except (WordListError, OSError) as wrong:
        reason = public(str(wrong))
        raise BadConfiguration(Text("config.bad_words", {"reason": reason})) from None


def work_calendar(service: ServiceSettings, now: datetime) -> WorkCalendar:
    """Dutch public holidays as the sector keeps them (Good Friday and every 5 May are free days),
    and the office's own closing days."""
    import holidays

    years = range(now.year - 1, now.year + YEARS_OF_HOLIDAYS_AHEAD)
    public = holidays.country_holidays("NL", years=years, categories=("public", "optional"))
    own = {date.fromisoformat(day) for day in service.closing_days}
    return WorkCalendar(ZoneInfo(service.timezone), frozenset(public) | own)


def configure_logging(service: ServiceSettings, stream: TextIO | None = None) -> None:
    """Lines for people or for programs, to standard error unless given another stream; libraries
    say warnings only."""
    stream = stream or sys.stderr
    renderer = (
        structlog.processors.JSONRenderer()
        if service.log == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(file=stream),
    )
    logging.basicConfig(level=logging.WARNING, stream=stream, force=True)


class Service:
    """The running service: one loop a task, woken by bells, stopped by one event."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._routing = Bell()
        self._due = Bell()
        self._deliveries: list[Delivery] = []
        self._bells: list[Bell] = []
        self._poller: Poller | None = None
        self._misfits: set[str] = set()

    async def run(self, stop: asyncio.Event, ready: asyncio.Event | None = None) -> None:
        """Until `stop` is set; then the work in hand is finished.

        Raises NoTeamLead, PortTaken, TokenRefused, BadConfiguration, ServedAlready.
        """
        async with self._parts.store.serving(self._ring):
            await self._run(stop, ready)

    async def _run(self, stop: asyncio.Event, ready: asyncio.Event | None) -> None:
        async with self._parts.store.work() as work:
            await check_team_leads(work)
            await arm_daily(self._parts.house, work)
            if not self._parts.store.is_shared:
                await work.post.take_back(self._parts.clock.now())
        settings = self._parts.settings
        doors = [self._matrix(settings.matrix, stop)] if settings.matrix is not None else []
        if settings.telegram is None:
            if not doors:
                log.warning("no_channel_is_on")
            async with self._serving():
                await self._work(stop, ready, doors)
            return
        client = make_client(telegram_token(settings.telegram), settings.telegram.base_url)
        poller = self._open_telegram(client, settings.telegram)
        async with client.connected(), self._serving(*_routes(settings.telegram, poller)):
            if settings.telegram.mode == "webhook":
                inward = call_us(client, settings.telegram, stop, self._parts.clock)
            else:
                inward = self._poll(poller, stop)
            doors += [inward, tell_commands(client, self._parts.catalogue)]
            await self._work(stop, ready, doors)

    def _matrix(self, matrix: Matrix, stop: asyncio.Event) -> Coroutine[Any, Any, None]:
        """Of the processes on one database one has the device, and so reads and writes there.

        Raises BadConfiguration.
        """
        # Who has no Matrix door does not wait for its libraries at every start.
        from handlers.matrix.account import Login
        from handlers.matrix.case_rooms import CaseRooms
        from handlers.matrix.door import MatrixChannel
        from handlers.matrix.running import run_matrix
        from handlers.matrix.session import MatrixSession

        parts = self._parts
        login = Login(
            matrix.homeserver,
            matrix.user_id,
            matrix_password(matrix),
            matrix.store_dir,
            matrix.device_name,
        )

        async def changed(work: Work, mxid: str) -> None:
            await note_changed_identity(parts.house, work, mxid)

        async def matrix_door(end: asyncio.Event) -> None:
            session = MatrixSession(login, parts.store, parts.clock, changed)
            channel = MatrixChannel(session, parts.store, parts.catalogue)
            desk = ParcelDesk(parts.house, Door.MATRIX)
            pace = (MATRIX_MESSAGES_PER_SECOND, MATRIX_MESSAGES_PER_SECOND)
            deliveries = [
                Delivery(parts.store, parts.clock, desk, channel, lane, pace_of(lane, *pace))
                for lane in Lane
            ]
            rooms = CaseRooms(session, parts.store, parts.house)
            bells = [rooms.bell, *(one.bell for one in deliveries)]
            self._bells += bells
            taking = (self._take, self._set_aside)
            try:
                await run_matrix(session, parts.clock, *taking, deliveries, rooms, end)
            finally:
                self._bells = [bell for bell in self._bells if bell not in bells]

        if not parts.store.is_shared:
            return matrix_door(stop)
        return Lease(parts.store, parts.clock, MATRIX_LEASE).hold(stop, matrix_door)

    async def _take(self, work: Work, incoming: "Incoming") -> None:
        from handlers.matrix.door import take

        await take(self._parts.house, work, incoming)
        self._ring()

    async def _set_aside(self, work: Work, incoming: "Incoming") -> None:
        log.error("matrix_event_given_up", id=incoming.event)

    async def _poll(self, poller: Poller, stop: asyncio.Event) -> None:
        """Of the processes on one database one asks Telegram."""
        if not self._parts.store.is_shared:
            await poller.run(stop)
            return
        lease = Lease(self._parts.store, self._parts.clock, POLLER_LEASE)

        async def poll(end: asyncio.Event) -> None:
            await poller.run(end, lambda: lease.is_held)

        await lease.hold(stop, poll)

    def _serving(self, *routes: Route) -> AbstractAsyncContextManager[int]:
        service = self._parts.settings.service
        return serving(small_server(self._health, *routes), service.host, service.port)

    async def _work(
        self,
        stop: asyncio.Event,
        ready: asyncio.Event | None,
        doors: Sequence[Coroutine[Any, Any, None]],
    ) -> None:
        try:
            async with asyncio.TaskGroup() as loops:
                loops.create_task(self._route(stop))
                loops.create_task(self._work_off(stop))
                loops.create_task(self._keep_house(stop))
                for delivery in self._deliveries:
                    loops.create_task(delivery.run(stop))
                for door in doors:
                    loops.create_task(door)
                loops.create_task(self._ring_when_stopped(stop))
                log.info("ready")
                if ready is not None:
                    ready.set()
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None
        try:
            await self._anchor_heads()
        except StorageBusy:
            log.warning("audit_not_anchored", advice=STORAGE_ADVICE)
        log.info("stopped")

    def _open_telegram(self, client: Client, telegram: Telegram) -> Poller:
        parts = self._parts
        desk = ParcelDesk(parts.house, Door.TELEGRAM)
        channel = TelegramChannel(client, parts.catalogue)
        for lane in Lane:
            pace = pace_of(
                lane, telegram.messages_per_second, telegram.messages_per_second_per_chat
            )
            delivery = Delivery(parts.store, parts.clock, desk, channel, lane, pace)
            self._deliveries.append(delivery)

        async def handle(work: Work, inbound: Inbound) -> None:
            await converse(parts.house, work, inbound)

        async def set_aside(work: Work, inbound: Inbound) -> None:
            await say_it_went_wrong(parts.house, work, inbound)

        async def contact(work: Work) -> None:
            await note_contact(parts.house, work, channel.platform)

        self._poller = Poller(
            client, parts.store, parts.clock, handle, set_aside, contact, self._ring
        )
        return self._poller

    def _ring(self) -> None:
        self._routing.ring()
        self._due.ring()
        for bell in (*self._bells, *(one.bell for one in self._deliveries)):
            bell.ring()

    async def _ring_when_stopped(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._ring()

    async def _route(self, stop: asyncio.Event) -> None:
        """Woken by every commit of the intake; looks round by itself for what others put there."""
        trouble = Trouble("routing", LOOK_ROUND_SECONDS, LONGEST_PAUSE_SECONDS)
        while not stop.is_set():
            routed, pause = 0, LOOK_ROUND_SECONDS
            try:
                async with self._parts.store.work() as work:
                    routed = await route_new(self._parts.house, work)
                trouble.over()
            except Exception as fault:  # noqa: BLE001  # whatever it was, routing goes on
                pause = trouble.met(type(fault).__name__, STORAGE_ADVICE)
            if routed:
                self._ring()
            else:
                await self._routing.wait(self._parts.clock, pause)

    async def _work_off(self, stop: asyncio.Event) -> None:
        """Woken by one tick at the next due moment, and by every commit, which may bring a sooner
        one; looks round by itself for what other processes set."""
        trouble = Trouble("due", LOOK_ROUND_SECONDS, LONGEST_PAUSE_SECONDS)
        with ticking(self._parts.clock, self._due.ring) as tick:
            while not stop.is_set():
                taken, pause = 0, DUE_LOOK_ROUND_SECONDS
                try:
                    taken = await self._work_off_once(tick)
                    trouble.over()
                except Exception as fault:  # noqa: BLE001  # whatever it was, due work goes on
                    pause = trouble.met(type(fault).__name__, STORAGE_ADVICE)
                if taken:
                    self._ring()
                else:
                    await self._due.wait(self._parts.clock, pause)

    async def _work_off_once(self, tick: Tick) -> int:
        """Does what is due, and sets the tick for what comes next; returns how much was taken."""
        async with self._parts.store.reading() as work:
            coming = await work.due.next_at()
        if coming is None or coming > self._parts.clock.now():
            tick.set(coming)
            return 0
        async with self._parts.store.work() as work:
            taken = await work_off(self._parts.house, work)
        if not taken:
            # Another process has it in hand; should that die, it is to be done here.
            tick.set(self._parts.clock.now() + ANOTHER_HAS_IT)
        return taken

    async def _keep_house(self, stop: asyncio.Event) -> None:
        trouble = Trouble("housekeeping", HOUSEKEEPING_SECONDS, HOUSEKEEPING_SECONDS)
        while not stop.is_set():
            try:
                async with self._parts.store.work() as work:
                    await tidy_expired_forms(self._parts.house, work)
                    await arm_daily(self._parts.house, work)
                async with self._parts.store.work() as work:
                    await clean_up(self._parts.house, work)
                await self._anchor_heads()
                trouble.over()
            except Exception as fault:  # noqa: BLE001  # whatever it was, the chores come again
                trouble.met(type(fault).__name__, STORAGE_ADVICE)
            await set_or_passed(stop, self._parts.clock, HOUSEKEEPING_SECONDS)

    async def _anchor_heads(self) -> None:
        """A chain that no longer holds its anchor was changed; that is said once."""
        for corporation in await self._parts.store.anchor_heads():
            if corporation not in self._misfits:
                log.error("audit_chain_changed", corporation=corporation, advice=AUDIT_ADVICE)
                self._misfits.add(corporation)

    async def _health(self) -> Health:
        now = self._parts.clock.now()
        last = self._poller.last_update_at if self._poller else None
        try:
            async with self._parts.store.reading() as work:
                oldest = await work.post.oldest_waiting()
        except StorageBusy:
            return Health(age(now, last), None, storage=False)
        return Health(age(now, last), age(now, oldest), storage=True)


def _routes(telegram: Telegram, poller: Poller) -> tuple[Route, ...]:
    if telegram.mode != "webhook" or telegram.webhook_secret is None:
        return ()
    path = urlsplit(telegram.webhook_url or "").path or "/"
    return (webhook_route(path, telegram.webhook_secret.get_secret_value(), poller),)


async def call_us(client: Client, telegram: Telegram, stop: asyncio.Event, clock: Clock) -> None:
    """Tells Telegram where to bring the updates."""
    if telegram.webhook_url and telegram.webhook_secret:
        secret = telegram.webhook_secret.get_secret_value()
        await client.bring_updates_to(telegram.webhook_url, secret, stop, clock)


async def bot_name(parts: Parts) -> str | None:
    """The bot's name on Telegram, or None when it cannot be asked now."""
    telegram = parts.settings.telegram
    if telegram is None:
        return None
    try:
        client = make_client(telegram_token(telegram), telegram.base_url)
    except BadConfiguration:
        return None
    async with client.connected():
        return await client.name_or_none()
