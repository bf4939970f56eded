"""A corporation's people as they are today."""

from bot.app.house import House
from bot.domain.routing import Staff
from bot.ports.store import Work


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
