"""Working days, working hours and the moments tied to them (docs/domain.md, "Urgency").

Pure: the calendar is data, the time zone comes with it. Instants are UTC, days are local.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

RELEASE_TIMES = (time(8, 30), time(13, 0))
"""When neutral statuses are released on a working day, local time."""

MINUTE = timedelta(minutes=1)


class Hours(StrEnum):
    """When time runs: around the clock, 08:00-20:00 on any day, or in office hours."""

    CLOCK = "clock"
    EXTENDED = "extended"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Span:
    """An amount of running time. A day is as long as the office is open on one."""

    days: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """A corporation's working days: Monday to Friday without public holidays and closing days.

    `office` and `extended` are from when to when, local time, the end not included.
    """

    zone: tzinfo
    free_days: frozenset[date] = field(default_factory=frozenset)
    office: tuple[time, time] = (time(8, 30), time(17, 0))
    extended: tuple[time, time] = (time(8, 0), time(20, 0))

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.free_days

    def local_day(self, instant: datetime) -> date:
        return instant.astimezone(self.zone).date()

    def add_working_days(self, day: date, count: int) -> date:
        """The count-th working day after `day`, which itself does not count; 0 gives `day`."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def at(self, day: date, moment: time) -> datetime:
        """A local wall-clock moment as UTC."""
        return datetime.combine(day, moment, self.zone).astimezone(UTC)

    def after(self, start: datetime, span: Span, hours: Hours) -> datetime:
        """When so much time has run since `start`: a moment at which time runs."""
        left = self.length_of(span)
        if hours is Hours.CLOCK:
            return start + left
        for opens, closes in self._windows(start, hours):
            begins = max(start, opens)
            if left < closes - begins:
                return begins + left
            left -= closes - begins
        raise AssertionError("days never end")

    def next_moment(self, instant: datetime, hours: Hours) -> datetime:
        """The instant itself when time runs then, else the next opening."""
        return self.after(instant, Span(), hours)

    def runs_at(self, instant: datetime, hours: Hours) -> bool:
        return self.next_moment(instant, hours) == instant

    def length_of(self, span: Span) -> timedelta:
        opens, closes = (datetime.combine(date.min, moment) for moment in self.office)
        return span.days * (closes - opens) + span.minutes * MINUTE

    def half_of(self, span: Span) -> Span:
        """Half of it, in whole minutes."""
        return Span(minutes=int(self.length_of(span) / MINUTE) // 2)

    def _windows(self, start: datetime, hours: Hours) -> Iterator[tuple[datetime, datetime]]:
        """From when to when time runs, the first one that ends after `start` and all after it."""
        opens, closes = self.office if hours is Hours.OFFICE else self.extended
        day = self.local_day(start)
        while True:
            window = self.at(day, opens), self.at(day, closes)
            if (hours is Hours.EXTENDED or self.is_working_day(day)) and window[1] > start:
                yield window
            day += timedelta(days=1)


def last_release(now: datetime, calendar: WorkCalendar) -> datetime:
    """The last moment, at or before `now`, at which statuses were released to managers."""
    return next(moment for moment in _releases_backwards(now, calendar) if moment <= now)


def next_release(now: datetime, calendar: WorkCalendar) -> datetime:
    """The first moment after `now` at which statuses are released to managers."""
    day = calendar.local_day(now)
    while True:
        if calendar.is_working_day(day):
            for moment in RELEASE_TIMES:
                if calendar.at(day, moment) > now:
                    return calendar.at(day, moment)
        day += timedelta(days=1)


def _releases_backwards(now: datetime, calendar: WorkCalendar) -> Iterator[datetime]:
    day = calendar.local_day(now)
    while True:
        if calendar.is_working_day(day):
            for moment in reversed(RELEASE_TIMES):
                yield calendar.at(day, moment)
        day -= timedelta(days=1)
