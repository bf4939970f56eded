"""Working days and the moments tied to them (docs/domain.md, "Urgency").

Pure: the calendar is data, the time zone comes with it. Instants are UTC, days are local.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

RELEASE_TIMES = (time(8, 30), time(13, 0))
"""When neutral statuses are released on a working day, local time."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """A corporation's working days: Monday to Friday without public holidays and closing days."""

    zone: tzinfo
    free_days: frozenset[date] = field(default_factory=frozenset)

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


def last_release(now: datetime, calendar: WorkCalendar) -> datetime:
    """The last moment, at or before `now`, at which statuses were released to managers."""
    return next(moment for moment in _releases_backwards(now, calendar) if moment <= now)


def _releases_backwards(now: datetime, calendar: WorkCalendar) -> Iterator[datetime]:
    day = calendar.local_day(now)
    while True:
        if calendar.is_working_day(day):
            for moment in reversed(RELEASE_TIMES):
                yield calendar.at(day, moment)
        day -= timedelta(days=1)
