"""Who is away when, and where that would lead in a circle (docs/domain.md, "Routing").

Pure. The first and the last day both belong to an absence.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from bot.domain.people import Person
from bot.domain.tenancies import Absence
from bot.domain.worktime import Hours, WorkCalendar

DAY = timedelta(days=1)


def is_away(absence: Absence, day: date) -> bool:
    return absence.starts <= day <= absence.ends


def overlap(one: Absence, other: Absence) -> bool:
    return one.starts <= other.ends and other.starts <= one.ends


def stands_in_for_itself(
    planned: Absence, others: Iterable[Absence], people: Mapping[str, Person]
) -> bool:
    """Whether on some day of it everybody along the chain of deputies is away, and the chain comes
    back to whoever it began with."""
    beside = [other for other in others if other.person != planned.person]
    beside = [other for other in beside if overlap(other, planned)]
    days = {planned.starts, *(max(other.starts, planned.starts) for other in beside)}
    return any(_comes_back(planned, beside, people, day) for day in days)


def _comes_back(
    planned: Absence, others: Sequence[Absence], people: Mapping[str, Person], day: date
) -> bool:
    away = {one.person: one for one in (*others, planned) if is_away(one, day)}
    current, passed = planned.person, {planned.person}
    while current in away:
        usual = people[current].deputy if current in people else None
        deputy = away[current].deputy or usual
        if deputy is None:
            return False
        if deputy in passed:
            return deputy == planned.person
        passed.add(deputy)
        current = deputy
    return False


def next_boundary(
    absences: Iterable[Absence], now: datetime, calendar: WorkCalendar
) -> datetime | None:
    """The next moment after `now` at which somebody with these absences goes or is back: the first
    working moment of a first day, and of the day after a last day. None when there is none."""
    moments = (
        working_moment(day, calendar)
        for absence in absences
        for day in (absence.starts, absence.ends + DAY)
    )
    return min((moment for moment in moments if moment > now), default=None)


def working_moment(day: date, calendar: WorkCalendar) -> datetime:
    """The first moment of that day, or after it, at which the office is open."""
    return calendar.next_moment(calendar.at(day, time()), Hours.OFFICE)


def ended(absence: Absence, today: date) -> Absence:
    """What is left of an absence when somebody is back today: what is over, or an empty period,
    which keeps a later import from bringing it back."""
    return replace(absence, ends=max(today, absence.starts) - DAY)


def is_settled(absence: Absence, today: date) -> bool:
    """Whether it is over, or was taken back: nothing can be added to it."""
    return absence.ends < max(today, absence.starts)
