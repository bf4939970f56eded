"""What the responsible people do with a matter: take it up, go on with it, put it off, close it,
pass it to a colleague.

Each act is one step of the life cycle, one line of history, one audit line, what falls due next,
and a fresh card for everybody who has one.
"""

from dataclasses import replace
from datetime import datetime

from bot.app import escalate
from bot.app.cards import refresh_cards
from bot.app.house import House
from bot.app.staff import staff_today
from bot.domain.audit import Action, AuditLine
from bot.domain.people import Person, PersonKey
from bot.domain.routing import may_act
from bot.domain.signals import Act, Outcome, Signal, SignalEvent
from bot.domain.worktime import Hours
from bot.ports.store import Work


class NotYours(Exception):
    """This matter is somebody else's, or it does not exist; which of the two is not told."""


async def matter_of(house: House, work: Work, person: Person, ref: str) -> Signal:
    """The signal, for someone who may act on it. Raises NotYours."""
    signal = await work.signals.get(person.organisation, ref)
    if signal is None or signal.owner is None:
        raise NotYours
    staff = await staff_today(house, work, person.organisation)
    if not may_act(person.id, signal.owner, staff):
        raise NotYours
    return signal


async def take_up(house: House, work: Work, person: Person, ref: str) -> None:
    """Whoever takes a matter up is its owner from then on. Raises NotYours, NotPossible."""
    signal = await matter_of(house, work, person, ref)
    stands_in = signal.belongs_to if person.id == signal.owner else None
    taken = replace(signal.after(Act.ACKNOWLEDGE), owner=person.id, belongs_to=stands_in)
    await _act(house, work, person, taken, Act.ACKNOWLEDGE)


async def go_on_with(house: House, work: Work, person: Person, ref: str) -> None:
    """Says that something is being done about it. Raises NotYours, NotPossible."""
    signal = await matter_of(house, work, person, ref)
    await _act(house, work, person, signal.after(Act.PROGRESS), Act.PROGRESS)


async def snooze(house: House, work: Work, person: Person, ref: str, until: datetime) -> None:
    """Puts it off to a moment in office hours. Raises NotYours, NotPossible."""
    signal = await matter_of(house, work, person, ref)
    until = house.calendar.next_moment(until, Hours.OFFICE)
    later = replace(signal.after(Act.SNOOZE), snoozed_until=until)
    await _act(house, work, person, later, Act.SNOOZE)


async def close(house: House, work: Work, person: Person, ref: str, outcome: Outcome) -> None:
    """Ends a matter with an outcome. Raises NotYours, NotPossible."""
    signal = await matter_of(house, work, person, ref)
    closed = replace(
        signal.after(Act.RESOLVE), outcome=outcome, owner=person.id, snoozed_until=None
    )
    await _act(house, work, person, closed, Act.RESOLVE)


async def hand_over(house: House, work: Work, person: Person, ref: str, colleague: str) -> None:
    """Passes a matter to a colleague, who is told as of a new one. Raises NotYours, NotPossible."""
    signal = await matter_of(house, work, person, ref)
    staff = await staff_today(house, work, person.organisation)
    if not staff.works_here(colleague):
        raise NotYours
    passed = replace(signal.after(Act.REASSIGN), owner=colleague, belongs_to=None)
    await _act(house, work, person, passed, Act.REASSIGN)


async def colleagues_of(house: House, work: Work, person: Person) -> tuple[Person, ...]:
    """Who could take a matter over: at work today and reachable, the asker not included."""
    staff = await staff_today(house, work, person.organisation)
    able = [one for id, one in staff.people.items() if id != person.id and staff.can_act(id)]
    return tuple(sorted(able, key=lambda one: one.name))


async def _act(house: House, work: Work, person: Person, signal: Signal, act: Act) -> None:
    now = house.clock.now()
    await work.signals.save(signal)
    event = SignalEvent(now, act, person.id)
    await work.signals.add_event(signal.corporation, signal.ref, event)
    await work.audit.append(
        AuditLine(
            corporation=signal.corporation,
            event=f"signal.{act}",
            at=now,
            subject=signal.ref,
            user=person.id,
            role=person.role,
            action=Action.UPDATE,
            outcome=signal.outcome or "done",
            source="chat",
        )
    )
    await escalate.follow(house, work, signal, act)
    await refresh_cards(house, work, signal.corporation, signal.ref)


def owner_of(signal: Signal) -> PersonKey | None:
    return PersonKey(signal.corporation, signal.owner) if signal.owner else None
