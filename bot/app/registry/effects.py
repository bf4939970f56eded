"""What a change of the registry sets in motion: open matters that move, people who leave, people
who go away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.app.absences import look_again
from bot.app.house import House
from bot.app.leaving import forget
from bot.app.moving import Move, Rules, move, moves_since, rules_for
from bot.app.registry.plan import Change, Plan
from bot.app.registry.tables import Table
from bot.domain.absences import is_settled
from bot.domain.people import OWNER_ROLES, PersonKey
from bot.domain.tenancies import Absence
from bot.ports.store import Work

ROUTES_BY = (Table.PEOPLE, Table.NEIGHBOURHOODS, Table.DWELLINGS, Table.TENANCIES, Table.ABSENCES)
"""What routing looks at; of these only what was there before can move an open matter."""


@dataclass(frozen=True, slots=True)
class Away:
    """A new or changed absence, and how many open matters this person has now."""

    absence: Absence
    matters: int


@dataclass(frozen=True, slots=True)
class Effects:
    """`moves` holds every open matter that changes hands at once."""

    moves: Sequence[Move] = ()
    leaving: Sequence[PersonKey] = ()
    away: Sequence[Away] = ()

    @property
    def must_be_asked(self) -> bool:
        """Whether open matters move, now or when somebody goes away, or people leave."""
        return bool(self.moves or self.leaving) or any(going.matters for going in self.away)


NOTHING = Effects()


class _Undone(Exception):
    """Ends a savepoint in which something was only tried."""


async def foreseen(house: House, work: Work, planned: Plan) -> Effects:
    """What would happen: what routing looks at is written, looked at, and taken back."""
    before = await rules_before(house, work, planned)
    moves: Sequence[Move] = ()
    away = await _away(house, work, planned)
    try:
        async with work.savepoint():
            for change in planned.changes:
                if any(before.values()) and change.table in ROUTES_BY:
                    await _put_known(work, change)
            moves = await _moves(house, work, before)
            raise _Undone
    except _Undone:
        return Effects(tuple(moves), tuple(planned.leaving), tuple(away))


async def take_effect(
    house: House, work: Work, planned: Plan, before: Mapping[str, Rules], user: str
) -> Effects:
    """After the change was written: who left is forgotten, what must move moves, and who goes away
    has a moment at which that begins."""
    away = await _away(house, work, planned)
    for person in planned.leaving:
        await forget(house, work, person)
    moves = await _moves(house, work, before)
    for one in moves:
        await move(house, work, one, user)
    for going in away:
        await look_again(house, work, PersonKey(going.absence.corporation, going.absence.person))
    return Effects(tuple(moves), tuple(planned.leaving), tuple(away))


async def _put_known(work: Work, change: Change[Any]) -> None:
    """New homes and tenancies cannot move what is open; new people and absences can."""
    small = change.table in (Table.PEOPLE, Table.NEIGHBOURHOODS, Table.ABSENCES)
    await work.registry.put([*(change.new if small else ()), *change.changed, *change.ended])


async def rules_before(house: House, work: Work, planned: Plan) -> Mapping[str, Rules]:
    """What holds for open matters before the change is written, by corporation."""
    organisations = sorted({change.organisation for change in planned.changes})
    return {one: await rules_for(house, work, one) for one in organisations}


async def _moves(house: House, work: Work, before: Mapping[str, Rules]) -> Sequence[Move]:
    return [
        one
        for corporation, rules in before.items()
        if rules
        for one in await moves_since(house, work, corporation, rules)
    ]


async def _away(house: House, work: Work, planned: Plan) -> Sequence[Away]:
    """Absences, not over yet, of people who can have matters."""
    today = house.calendar.local_day(house.clock.now())
    found = []
    for change in planned.changes:
        if change.table is not Table.ABSENCES:
            continue
        for absence in (*change.new, *change.changed):
            key = PersonKey(absence.corporation, absence.person)
            person = await work.people.get(key)
            can_have_any = person is None or person.role in OWNER_ROLES
            if can_have_any and not is_settled(absence, today):
                found.append(Away(absence, len(await work.matters.open_of(key))))
    return found
