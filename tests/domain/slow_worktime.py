"""Working time a second time: slow, obvious, a minute at a time."""

from datetime import date, datetime, time, timedelta

from bot.domain.worktime import Hours, Span, WorkCalendar

MINUTE = timedelta(minutes=1)


def runs(instant: datetime, hours: Hours, calendar: WorkCalendar) -> bool:
    local = instant.astimezone(calendar.zone)
    if hours is Hours.CLOCK:
        return True
    if hours is Hours.EXTENDED:
        return time(8, 0) <= local.time() < time(20, 0)
    is_free = local.date() in calendar.free_days or local.strftime("%a") in ("Sat", "Sun")
    return not is_free and time(8, 30) <= local.time() < time(17, 0)


def minutes_of(span: Span) -> int:
    return span.minutes + span.days * (17 * 60 - (8 * 60 + 30))


def after(start: datetime, span: Span, hours: Hours, calendar: WorkCalendar) -> datetime:
    """Walks on minute by minute; counts those in which time runs; ends in one that runs."""
    left, instant = minutes_of(span), start
    while not runs(instant, hours, calendar):
        instant = instant + MINUTE
    while left > 0:
        left -= 1
        instant = instant + MINUTE
        while not runs(instant, hours, calendar):
            instant = instant + MINUTE
    return instant


def easter(year: int) -> date:
    """The Sunday after the first full moon of spring, by trying (Gauss's rule)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    fix = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * fix) // 451
    month, day = divmod(h + fix - 7 * m + 114, 31)
    return date(year, month, day + 1)


def dutch_holidays(year: int) -> frozenset[date]:
    """As docs/domain.md, "Public holidays", lists them: Good Friday too, 5 May each year."""
    sunday = easter(year)
    moved = {sunday + timedelta(days=days) for days in (-2, 0, 1, 39, 49, 50)}
    kings = date(year, 4, 27) if date(year, 4, 27).weekday() != 6 else date(year, 4, 26)
    fixed = {date(year, 1, 1), kings, date(year, 5, 5), date(year, 12, 25), date(year, 12, 26)}
    return frozenset(moved | fixed)
