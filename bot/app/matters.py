"""What the responsible people do with a matter: take it up, close it, pass it to a colleague.

Each act is one step of the life cycle, one line of history, one audit line, and a fresh card for
everybody who has one.
"""

from dataclasses import replace

from bot.app.house import House
from bot.app.letters import to_person
from bot.domain.audit import Action, AuditLine
from bot.domain.outbox import Template
from bot.domain.people import Person, PersonKey
from bot.domain.routing import Staff, may_act
from bot.domain.signals import Act, Outcome, Signal, SignalEvent
from bot.ports.store import Work


class NotYours(Exception):
    """This matter is somebody else's, or it does not exist; which of the two is not told."""


async def staff_today(house: House, work: Work, corporation: str) -> Staff:
    """The corporation's people with today's absences and unreachable ones."""
    people = {person.id: person for person in await work.people.of(corporation)}
    today = house.calendar.local_day(house.clock.now())
    absences = await work.tenancies.absences(corporation, today)
    reachable = await work.accounts.reachable(corporation)
    return Staff(
        people=people,
        away=frozenset(absence.person for absence in absences),
        unreachable=frozenset(people) - reachable,
        standing_in={a.person: a.deputy for a in absences if a.deputy is not None},
    )


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
    taken = replace(signal.after(Act.ACKNOWLEDGE), owner=person.id)
    await _act(house, work, person, taken, Act.ACKNOWLEDGE)


async def close(house: House, work: Work, person: Person, ref: str, outcome: Outcome) -> None:
    """Ends a matter with an outcome. Raises NotYours, NotPossible."""
    signal = await matter_of(house, work, person, ref)
    closed = replace(signal.after(Act.RESOLVE), outcome=outcome, owner=person.id)
    await _act(house, work, person, closed, Act.RESOLVE)


async def hand_over(house: House, work: Work, person: Person, ref: str, colleague: str) -> None:
    """Passes a matter to a colleague, who gets a card. Raises NotYours, NotPossible."""
    signal = await matter_of(house, work, person, ref)
    staff = await staff_today(house, work, person.organisation)
    if not staff.works_here(colleague):
        raise NotYours
    passed = replace(signal.after(Act.REASSIGN), owner=colleague)
    await _act(house, work, person, passed, Act.REASSIGN)
    await send_card(house, work, staff.people[colleague], ref)


async def send_card(house: House, work: Work, person: Person, ref: str, anew: bool = False) -> None:
    """Has the card of a matter shown to this person: in place where there is one already, or as a
    new message (which makes a phone buzz) that takes the old one's place."""
    now = house.clock.now()
    details = {"anew": 1} if anew else {}
    await work.outbox.put(to_person(person, Template.CARD, ref, now, details))


async def refresh_cards(house: House, work: Work, corporation: str, ref: str) -> None:
    for card in await work.cards.of(corporation, ref):
        person = await work.people.get(card.person)
        if person is not None:
            await send_card(house, work, person, ref)


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
    await refresh_cards(house, work, signal.corporation, signal.ref)


def owner_of(signal: Signal) -> PersonKey | None:
    return PersonKey(signal.corporation, signal.owner) if signal.owner else None
