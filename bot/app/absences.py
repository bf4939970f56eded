"""Who goes away and who comes back: what is open moves along, and returns (docs/domain.md,
"Routing").

Promise: a person has one row that falls due, at the first working moment of the first day and of
the day after the last day; what then moves follows from who is away at that moment, so that a late
or repeated step ends the same.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.app import escalate
from bot.app.cards import refresh_cards
from bot.app.house import House
from bot.app.staff import staff_today
from bot.domain.absences import (
    DAY,
    ended,
    is_settled,
    next_boundary,
    overlap,
    stands_in_for_itself,
    working_moment,
)
from bot.domain.audit import Action, AuditLine
from bot.domain.due import DueKind, DueRow
from bot.domain.people import Person, PersonKey
from bot.domain.routing import Staff, settled
from bot.domain.signals import Act, Signal, SignalEvent
from bot.domain.tenancies import Absence
from bot.domain.worktime import Hours
from bot.ports.store import Work

LONGEST_CLOSED = timedelta(days=31)
"""How long after its last day an absence can still have to be ended: the office may be closed."""


class GoesRound(Exception):
    """With this deputy, people would stand in for each other in a circle."""


class AlreadyAway(Exception):
    """This person is away in that time already."""


async def plan_absence(house: House, work: Work, person: Person, absence: Absence) -> None:
    """Keeps an absence. What begins today begins at once, in office hours. Raises GoesRound,
    AlreadyAway."""
    known = await known_absences(house, work, person.organisation)
    if any(other.person == absence.person and overlap(other, absence) for other in known):
        raise AlreadyAway
    people = {one.id: one for one in await work.people.of(person.organisation)}
    if stands_in_for_itself(absence, known, people):
        raise GoesRound
    await work.tenancies.put_absence(absence)
    await work.audit.append(_told_by(house, person, "person.away_planned", absence))
    await look_again(house, work, person.key)


async def end_absence(house: House, work: Work, person: Person, absence: Absence) -> None:
    """Takes back what is planned, or ends what goes on: this person is there from today."""
    today = house.calendar.local_day(house.clock.now())
    await work.tenancies.put_absence(ended(absence, today))
    await work.audit.append(_told_by(house, person, "person.away_ended", absence))
    await look_again(house, work, person.key)


async def known_absences(house: House, work: Work, corporation: str) -> tuple[Absence, ...]:
    """What goes on and what is planned."""
    today = house.calendar.local_day(house.clock.now())
    absences = await work.tenancies.absences_from(corporation, today)
    return tuple(one for one in absences if not is_settled(one, today))


async def look_again(house: House, work: Work, person: PersonKey) -> None:
    """Lets what this person has be looked at when the office is open: now, or at its opening."""
    await _arm(work, person, house.calendar.next_moment(house.clock.now(), Hours.OFFICE))


async def step(house: House, work: Work, row: DueRow) -> None:
    """Somebody may have gone or come back: moves what has to move, and sets the next moment."""
    person = PersonKey(row.corporation, row.about)
    staff = await staff_today(house, work, row.corporation)
    for signal in await _touched(work, person, staff):
        await _settle(house, work, signal, staff)
    await _set_next(house, work, person, staff)


async def _touched(work: Work, person: PersonKey, staff: Staff) -> tuple[Signal, ...]:
    """What this person has or lent, and what lies with others who cannot act."""
    unable = [one for one in staff.people if staff.works_here(one) and not staff.can_act(one)]
    owners = [person, *(PersonKey(person.organisation, one) for one in sorted(unable))]
    lists = [await work.matters.open_of(owner) for owner in dict.fromkeys(owners)]
    lists.append(await work.matters.lent_by(person))
    return tuple({signal.ref: signal for some in lists for signal in some}.values())


async def _settle(house: House, work: Work, signal: Signal, staff: Staff) -> None:
    if signal.owner is None:
        return
    owner, belongs_to = settled(signal.owner, signal.belongs_to, staff)
    if owner == signal.owner:
        return
    act = Act.LEND if belongs_to else Act.RETURN
    moved = replace(signal.after(act), owner=owner, belongs_to=belongs_to)
    now = house.clock.now()
    await work.signals.save(moved)
    await work.signals.add_event(moved.corporation, moved.ref, SignalEvent(now, act, None))
    await work.audit.append(
        AuditLine(
            corporation=moved.corporation,
            event=f"signal.{act}",
            at=now,
            subject=moved.ref,
            user="service",
            role="service",
            action=Action.UPDATE,
            outcome="done",
            source="due",
            detail=owner,
        )
    )
    await escalate.follow(house, work, moved, act)
    await refresh_cards(house, work, moved.corporation, moved.ref)


async def _set_next(house: House, work: Work, person: PersonKey, staff: Staff) -> None:
    """The next boundary; while something lent waits for somebody who is there but cannot be
    reached, the next working day."""
    now, calendar = house.clock.now(), house.calendar
    since = calendar.local_day(now - LONGEST_CLOSED)
    absences = await work.tenancies.absences_from(person.organisation, since)
    own = [one for one in absences if one.person == person.person and one.starts <= one.ends]
    moments = [next_boundary(own, now, calendar)]
    if person.person not in staff.away and await work.matters.lent_by(person):
        moments.append(working_moment(calendar.local_day(now) + DAY, calendar))
    at = min((moment for moment in moments if moment is not None), default=None)
    if at is not None:
        await _arm(work, person, at)


async def first_looks(house: House, work: Work, corporation: str) -> tuple[DueRow, ...]:
    """A row for everybody who is or will be away, however that came to be known."""
    at = house.calendar.next_moment(house.clock.now(), Hours.OFFICE)
    people = sorted({one.person for one in await known_absences(house, work, corporation)})
    return tuple(_row(PersonKey(corporation, person), at) for person in people)


async def _arm(work: Work, person: PersonKey, at: datetime) -> None:
    await work.due.arm(_row(person, at))


def _row(person: PersonKey, at: datetime) -> DueRow:
    return DueRow(person.organisation, DueKind.ABSENCE, person.person, "", at)


def _told_by(house: House, person: Person, event: str, absence: Absence) -> AuditLine:
    return AuditLine(
        corporation=person.organisation,
        event=event,
        at=house.clock.now(),
        subject=absence.person,
        user=person.id,
        role=person.role,
        action=Action.UPDATE,
        outcome="done",
        source="chat",
        detail=f"{absence.starts} {absence.ends}",
    )
