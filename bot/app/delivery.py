"""The one way out: leases rows, has them put into words, sends them, and keeps what came of it.

Promise: at least once. A message may repeat (with the same reference) when the platform acted but
its answer was lost, or after a crash between sending and noting it. No attempt is made without
consent asked in the transaction just before it. What cannot be sent never vanishes: it waits, is
held until the person can be reached, or is given up where `seintje outbox` shows it.
"""

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.app.bell import Bell
from bot.app.outcomes import Attempt, Outcomes, Sent
from bot.app.pace import Pace
from bot.app.parcels import ParcelDesk
from bot.domain.outbox import Lane, OutboxRow
from bot.ports.doors import Channel, Parcel, TryLater
from bot.ports.store import StorageBusy, Store, Work
from bot.ports.tools import Clock

log = structlog.get_logger()

LEASE = timedelta(seconds=20)
SEND_WITHIN_SECONDS = 15.0
"""In real time, for all calls of a parcel; shorter than the lease, so that no other process can
begin the same row meanwhile."""
IN_FLIGHT = 32
LOOK_ROUND_SECONDS = 1.0
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STOP_WITHIN_SECONDS = 20.0
ADVICE = "check the disk and the database; nothing is lost"


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
        self._outcomes = Outcomes(desk, channel.platform, seed)
        self._sending: set[asyncio.Task[None]] = set()
        self._in_hand: set[str] = set()
        self._attempts: list[Attempt] = []
        self._trouble: str | None = None
        self._pause = FIRST_PAUSE_SECONDS

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop; then what is being sent is awaited and noted.

        No fault ends it: the same trouble is said once, and what was to be done is tried again.
        """
        while not stop.is_set():
            try:
                busy = await self.round()
            except Exception as fault:  # noqa: BLE001  # the one way out stays open
                await self._wait_after(type(fault).__name__)
                continue
            self._now_fine()
            if not busy:
                await self.bell.wait(self._clock, LOOK_ROUND_SECONDS)
        try:
            await self.settle()
        except StorageBusy:
            log.warning("delivery_stopped_unnoted", lane=self._lane, rows=sorted(self._in_hand))

    async def round(self) -> bool:
        """Notes what was sent, takes what is due and starts sending it; false when idle.

        Raises StorageBusy; nothing is lost then.
        """
        now = self._clock.now()
        attempts = tuple(self._attempts)
        parcels = []
        async with self._store.work() as work:
            for attempt in attempts:
                await self._outcomes.note(work, attempt)
            rows = await self._lease(work, now)
            for row in rows:
                made = await self._made(work, row)
                if isinstance(made, Parcel):
                    parcels.append((row, made))
                else:
                    await self._outcomes.note(work, Attempt(row, None, made))
        self._forget(attempts)
        for row, parcel in parcels:
            self._in_hand.add(row.id)
            task = asyncio.create_task(self._send(row, parcel))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return bool(attempts or rows)

    async def settle(self) -> None:
        """Waits for what is being sent and notes it; nothing new is begun. Raises StorageBusy."""
        if self._sending:
            await asyncio.wait(self._sending, timeout=STOP_WITHIN_SECONDS)
        attempts = tuple(self._attempts)
        if attempts:
            async with self._store.work() as work:
                for attempt in attempts:
                    await self._outcomes.note(work, attempt)
            self._forget(attempts)

    def _forget(self, noted: tuple[Attempt, ...]) -> None:
        """Others may have come in while these were being noted."""
        self._attempts = self._attempts[len(noted) :]
        self._in_hand -= {attempt.row.id for attempt in noted}

    async def _lease(self, work: Work, now: datetime) -> list[OutboxRow]:
        """What may be begun now. A row in hand is left alone, however old its lease."""
        limit = min(IN_FLIGHT - len(self._sending), self._pace.room(now))
        if limit <= 0:
            return []
        rows = await work.post.lease(self._channel.platform, self._lane, now, now + LEASE, limit)
        return [row for row in rows if row.id not in self._in_hand]

    async def _made(self, work: Work, row: OutboxRow) -> Parcel | Exception:
        """The parcel of a row, or why there is none."""
        try:
            async with work.savepoint():
                return await self._desk.make(work, row)
        except StorageBusy:
            raise
        except Exception as reason:  # noqa: BLE001  # one bad row may not stop all others
            return reason

    async def _send(self, row: OutboxRow, parcel: Parcel) -> None:
        wait = self._pace.take(parcel.address, self._clock.now())
        if wait:
            await self._clock.sleep(wait.total_seconds())
        outcome: Sent | Exception
        try:
            async with asyncio.timeout(SEND_WITHIN_SECONDS):
                outcome = Sent(await self._channel.send(parcel))
        except TimeoutError:
            outcome = TryLater("timed_out")
        except Exception as fault:  # noqa: BLE001  # a fault of ours must not lose the row
            outcome = fault
        if isinstance(outcome, TryLater) and outcome.retry_after is not None:
            until = self._clock.now() + timedelta(seconds=outcome.retry_after)
            self._pace.keep_quiet(parcel.address, until)
        self._attempts.append(Attempt(row, parcel, outcome))
        self.bell.ring()

    async def _wait_after(self, trouble: str) -> None:
        if trouble != self._trouble:
            log.warning("delivery_waits", lane=self._lane, error=trouble, advice=ADVICE)
            self._trouble = trouble
        await self.bell.wait(self._clock, self._pause)
        self._pause = min(LONGEST_PAUSE_SECONDS, self._pause * 2)

    def _now_fine(self) -> None:
        if self._trouble is not None:
            log.warning("delivery_goes_on", lane=self._lane, after=self._trouble)
            self._trouble, self._pause = None, FIRST_PAUSE_SECONDS
