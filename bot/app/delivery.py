"""The one way out: leases rows, has them put into words, sends them, and keeps what came of it.

Promise: at least once. A message may repeat (with the same reference) when the platform acted but
its answer was lost, or after a crash between sending and noting it. No attempt is made without
consent asked in the transaction just before it. What cannot be sent never vanishes: it waits, is
held until the person can be reached, or is given up where `seintje outbox` shows it.
"""

import asyncio
import random
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.app.bell import Bell
from bot.app.pace import Pace
from bot.app.parcels import ConsentRefused, NoWay, ParcelDesk
from bot.app.route import reroute
from bot.app.templates import NothingToSay
from bot.domain.audit import Action, AuditLine
from bot.domain.disclosure import NotCleared
from bot.domain.outbox import Lane, OutboxRow, Template
from bot.domain.people import PersonKey
from bot.ports.doors import Channel, Parcel, Refused, TryLater, Unreachable
from bot.ports.store import StorageBusy, Store, Work
from bot.ports.tools import Clock

log = structlog.get_logger()

LEASE = timedelta(seconds=20)
IN_FLIGHT = 32
LOOK_ROUND_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 900.0
FAULTS_BEFORE_GIVING_UP = 3
STOP_WITHIN_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Sent:
    row: OutboxRow
    parcel: Parcel
    message: int | None


@dataclass(frozen=True, slots=True)
class NotSent:
    row: OutboxRow
    parcel: Parcel
    fault: TryLater | Unreachable | Refused


class Delivery:
    """Delivers one lane by one channel."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        desk: ParcelDesk,
        channel: Channel,
        lane: Lane,
        pace: Pace,
        seed: int = 0,
    ) -> None:
        self.bell = Bell()
        self._store = store
        self._clock = clock
        self._desk = desk
        self._channel = channel
        self._lane = lane
        self._pace = pace
        self._random = random.Random(seed)  # noqa: S311  # jitter, not secrecy
        self._sending: set[asyncio.Task[None]] = set()
        self._results: list[Sent | NotSent] = []
        self._storage_pause = FIRST_PAUSE_SECONDS

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; then what is being sent is awaited and noted."""
        while not stop.is_set():
            try:
                busy = await self.round()
                self._storage_pause = FIRST_PAUSE_SECONDS
            except StorageBusy as away:
                log.warning("delivery_waits_for_storage", lane=self._lane, error=str(away))
                await self.bell.wait(self._clock, self._storage_pause)
                self._storage_pause = min(30.0, self._storage_pause * 2)
                continue
            if not busy:
                await self.bell.wait(self._clock, LOOK_ROUND_SECONDS)
        await self.settle()

    async def round(self) -> bool:
        """Notes what was sent, takes what is due and starts sending it; false when idle."""
        results = self._results
        now = self._clock.now()
        parcels = []
        async with self._store.work() as work:
            for result in results:
                await self._note(work, result)
            limit = IN_FLIGHT - len(self._sending)
            rows = await work.post.lease(self._lane, now, now + LEASE, limit) if limit else ()
            for row in rows:
                parcel = await self._made(work, row)
                if parcel is not None:
                    parcels.append((row, parcel))
        self._results = self._results[len(results) :]
        for row, parcel in parcels:
            task = asyncio.create_task(self._send(row, parcel))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return bool(results or rows)

    async def settle(self) -> None:
        """Waits for what is being sent and notes it; nothing new is begun."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=STOP_WITHIN_SECONDS)
        results, self._results = self._results, []
        if results:
            async with self._store.work() as work:
                for result in results:
                    await self._note(work, result)

    async def _made(self, work: Work, row: OutboxRow) -> Parcel | None:
        """The parcel of a row, or None when there is nothing to send now."""
        try:
            async with work.savepoint():
                return await self._desk.make(work, row)
        except NothingToSay:
            await work.post.done(row.id)
        except NoWay as way:
            await self._hold(work, row, str(way))
        except (ConsentRefused, NotCleared) as refused:
            reason = refused.reason if isinstance(refused, ConsentRefused) else "not_cleared"
            log.warning("delivery_refused", row=row.id, reason=str(reason))
            await work.post.give_up(row.id, str(reason))
            await work.audit.append(_refused_line(row, self._clock.now(), str(reason)))
        except StorageBusy:
            raise
        except Exception as fault:  # noqa: BLE001  # one bad row may not stop all others
            await self._note_fault(work, row, type(fault).__name__)
        return None

    async def _send(self, row: OutboxRow, parcel: Parcel) -> None:
        wait = self._pace.take(parcel.address, self._clock.now())
        if wait:
            await self._clock.sleep(wait.total_seconds())
        try:
            message = await self._channel.send(parcel)
        except (TryLater, Unreachable, Refused) as fault:
            self._results.append(NotSent(row, parcel, fault))
        except Exception as fault:  # noqa: BLE001  # a fault of ours must not lose the row
            log.error("delivery_failed", row=row.id, error=type(fault).__name__)
            later = TryLater(type(fault).__name__)
            self._results.append(NotSent(row, parcel, later))
        else:
            self._results.append(Sent(row, parcel, message))
        self.bell.ring()

    async def _note(self, work: Work, result: Sent | NotSent) -> None:
        row = result.row
        if isinstance(result, Sent):
            await self._desk.sent(work, row, result.parcel, result.message)
            await work.post.done(row.id)
        elif isinstance(result.fault, Unreachable):
            await self._note_unreachable(work, row, result.fault)
        elif result.parcel.text is None:
            await work.post.done(row.id)
        elif isinstance(result.fault, Refused):
            log.warning("delivery_given_up", row=row.id, error=result.fault.error)
            await work.post.give_up(row.id, result.fault.error)
        else:
            await self._note_later(work, row, result.fault)

    async def _note_later(self, work: Work, row: OutboxRow, fault: TryLater) -> None:
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(row.attempts - 1, 20))
        pause *= self._random.uniform(0.8, 1.2)
        if fault.retry_after is not None:
            pause = max(pause, fault.retry_after)
        log.info("delivery_later", row=row.id, error=fault.error, attempts=row.attempts)
        not_before = self._clock.now() + timedelta(seconds=pause)
        await work.post.again(row.id, not_before, fault.error)

    async def _note_fault(self, work: Work, row: OutboxRow, error: str) -> None:
        log.error("parcel_failed", row=row.id, error=error, attempts=row.attempts)
        if row.attempts >= FAULTS_BEFORE_GIVING_UP:
            await work.post.give_up(row.id, error)
        else:
            not_before = self._clock.now() + timedelta(seconds=row.attempts * FIRST_PAUSE_SECONDS)
            await work.post.again(row.id, not_before, error)

    async def _note_unreachable(self, work: Work, row: OutboxRow, fault: Unreachable) -> None:
        person = row.recipient.person
        if person is None:
            await work.post.done(row.id)
            return
        platform = self._channel.platform
        log.warning("person_unreachable", person=person.person, organisation=person.organisation)
        await work.accounts.mark_unreachable(person, platform, self._clock.now())
        await self._hold(work, row, fault.error)

    async def _hold(self, work: Work, row: OutboxRow, error: str) -> None:
        """Held until the person can be reached; what cannot wait goes to whoever stands in."""
        await work.post.hold(row.id, error)
        person: PersonKey | None = row.recipient.person
        if row.template is Template.CARD and person is not None:
            await reroute(self._desk.house, work, person.organisation, person.person)


def _refused_line(row: OutboxRow, now: datetime, reason: str) -> AuditLine:
    person = row.recipient.person
    return AuditLine(
        corporation=row.corporation,
        event="delivery.refused",
        at=now,
        subject=row.about,
        user=person.person if person else "",
        role="",
        action=Action.READ,
        outcome="refused",
        source="delivery",
        detail=reason,
    )
