"""What came of every row that was taken in hand: said, again later, held, given up, or over.

One table of outcomes, in the transaction of whoever calls. A row is never just dropped.
"""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.app.doors import open_doors
from bot.app.letters import row_id
from bot.app.parcels import ConsentRefused, NoWay, ParcelDesk
from bot.app.route import reroute
from bot.app.telling import NothingToSay
from bot.domain.audit import Action, AuditLine
from bot.domain.disclosure import NotCleared
from bot.domain.outbox import OutboxRow, Template
from bot.ports.doors import Parcel, Refused, TryLater, Unreachable
from bot.ports.store import StorageBusy, Work

log = structlog.get_logger()

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 900.0
FAULTS_BEFORE_GIVING_UP = 3

STAYS_AT_ITS_DOOR = frozenset({Template.FORM, Template.TIDY})
"""What makes no sense anywhere else than where it was begun."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it; `message` is the one now shown, if any."""

    message: str | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one row. Without a parcel it was not put into words."""

    row: OutboxRow
    parcel: Parcel | None
    outcome: Sent | Exception


class Outcomes:
    """Notes what came of rows on one platform; `seed` is for the jitter of repeated tries."""

    def __init__(self, desk: ParcelDesk, platform: str, seed: int) -> None:
        self._desk = desk
        self._platform = platform
        self._clock = desk.house.clock
        self._random = random.Random(seed)  # noqa: S311  # jitter, not secrecy

    async def note(self, work: Work, attempt: Attempt) -> None:
        """Stores the outcome. Where that fails the row is tried again, unless it was sent: a fault
        of ours is no reason to say something twice. Raises StorageBusy."""
        row = attempt.row
        try:
            async with work.savepoint():
                await self._note(work, attempt)
        except StorageBusy:
            raise
        except Exception as fault:  # noqa: BLE001  # one bad row may not stop all others
            error = type(fault).__name__
            log.error("outcome_not_noted", row=row.id, error=error)
            if isinstance(attempt.outcome, Sent):
                await work.post.done(row.id)
            else:
                await self._again(work, row, TryLater(error))

    async def _note(self, work: Work, attempt: Attempt) -> None:
        row, parcel = attempt.row, attempt.parcel
        match attempt.outcome:
            case Sent(message) if parcel is not None:
                await self._desk.sent(work, row, parcel, message)
                for told in (row.id, *parcel.covers):
                    await work.post.done(told)
            case NothingToSay():
                await work.post.done(row.id)
            case NoWay() as way:
                await self._hold(work, row, str(way))
            case ConsentRefused() | NotCleared() as refused:
                reason = refused.reason if isinstance(refused, ConsentRefused) else "not_cleared"
                await self._forbid(work, row, str(reason))
            case Unreachable() as unreachable:
                await self._note_unreachable(work, row, parcel, unreachable)
            case TryLater() | Refused() if parcel is not None and not _lasts(parcel):
                await work.post.done(row.id)
            case TryLater() as later:
                log.info("delivery_later", row=row.id, error=later.error, attempts=row.attempts)
                await self._again(work, row, later)
            case Refused() as refused:
                await self._give_up(work, row, refused.error)
            case fault:
                await self._note_fault(work, row, type(fault).__name__)

    async def _again(self, work: Work, row: OutboxRow, later: TryLater) -> None:
        pause = FIRST_PAUSE_SECONDS * 2 ** min(row.attempts - 1, 20)
        pause = min(LONGEST_PAUSE_SECONDS, pause * self._random.uniform(0.8, 1.2))
        not_before = self._clock.now() + timedelta(seconds=max(pause, later.retry_after or 0.0))
        await work.post.again(row.id, not_before, later.error)

    async def _note_fault(self, work: Work, row: OutboxRow, error: str) -> None:
        """A fault of ours: tried a few times, in case it was the moment, but not for ever."""
        log.error("parcel_failed", row=row.id, error=error, attempts=row.attempts)
        if row.attempts >= FAULTS_BEFORE_GIVING_UP and row.error == error:
            await self._give_up(work, row, error)
        else:
            await self._again(work, row, TryLater(error))

    async def _give_up(self, work: Work, row: OutboxRow, error: str) -> None:
        log.warning("delivery_given_up", row=row.id, error=error)
        await work.post.give_up(row.id, error)

    async def _forbid(self, work: Work, row: OutboxRow, reason: str) -> None:
        log.warning("delivery_refused", row=row.id, reason=reason)
        await work.post.give_up(row.id, reason)
        await work.audit.append(_refused_line(row, self._clock.now(), reason))

    async def _note_unreachable(
        self, work: Work, row: OutboxRow, parcel: Parcel | None, fault: Unreachable
    ) -> None:
        """The account is marked, unless the person has meanwhile linked another."""
        person = row.recipient.person
        if person is None:
            await work.post.done(row.id)
            return
        account = await work.accounts.of(person, self._platform)
        if account is not None and parcel is not None and account.address != parcel.address:
            await self._again(work, row, TryLater("moved"))
            return
        log.warning("person_unreachable", person=person.person, organisation=person.organisation)
        await work.accounts.mark_unreachable(person, self._platform, self._clock.now())
        if parcel is not None and not _lasts(parcel):
            await work.post.done(row.id)
        else:
            await self._hold(work, row, fault.error)

    async def _send_by(self, work: Work, row: OutboxRow, platform: str) -> None:
        """What cannot be told by one door is told by the other."""
        await work.post.done(row.id)
        now = self._clock.now()
        to = replace(row.recipient, platform=platform)
        moved = replace(row, id=row_id(now), recipient=to, not_before=now, attempts=0, error=None)
        await work.outbox.put(moved)

    async def _hold(self, work: Work, row: OutboxRow, error: str) -> None:
        """Held until the person can be reached; what cannot wait goes to whoever stands in."""
        person = row.recipient.person
        if person is not None and row.template not in STAYS_AT_ITS_DOOR:
            others = await open_doors(work, person) - {row.recipient.platform}
            if others:
                await self._send_by(work, row, min(others))
                return
        await work.post.hold(row.id, error)
        if row.template in (Template.CARD, Template.NUDGE) and person is not None:
            await reroute(self._desk.house, work, person.organisation, person.person)


def _lasts(parcel: Parcel) -> bool:
    """Whether it is worth sending later: a mere word on a button is not."""
    return parcel.text is not None or bool(parcel.delete) or parcel.leave


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
