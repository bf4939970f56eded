"""Working days and release moments, summer time and holidays included.

The rule: docs/domain.md, "Urgency".
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.worktime import WorkCalendar, last_release

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HOLIDAYS = frozenset(
    {
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 4, 27),
        date(2026, 5, 5),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 12, 25),
        date(2026, 12, 26),
    }
)
TWENTE = WorkCalendar(AMSTERDAM, HOLIDAYS)

YEAR = [date(2026, 1, 1) + timedelta(days=count) for count in range(365)]
days = st.sampled_from(YEAR)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
around_the_clock_change = st.builds(
    lambda day, minutes: day + timedelta(minutes=minutes),
    st.sampled_from([datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)]),
    st.integers(0, 4 * 24 * 60),
)
closing_days = st.frozensets(days, max_size=40)


def local(year: int, month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)


def slowly(now: datetime, calendar: WorkCalendar) -> datetime:
    """Walks back half an hour at a time until the clock on the wall says that it is a release."""
    moment = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    while True:
        wall = moment.astimezone(AMSTERDAM)
        working = wall.weekday() < 5 and wall.date() not in calendar.free_days
        if working and (wall.hour, wall.minute) in ((8, 30), (13, 0)):
            return moment
        moment -= timedelta(minutes=30)


@given(st.one_of(moments, around_the_clock_change), closing_days)
@example(local(2026, 3, 29, 12, 0), frozenset())
@example(local(2026, 10, 26, 8, 30), frozenset())
@example(local(2026, 12, 28, 8, 29), HOLIDAYS)
def test_the_last_release_is_the_one_a_walk_back_finds(
    now: datetime, closed: frozenset[date]
) -> None:
    calendar = WorkCalendar(AMSTERDAM, closed)
    assert last_release(now, calendar) == slowly(now, calendar)


@given(moments, moments)
def test_releases_never_go_back_in_time(one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    assert last_release(earlier, TWENTE) <= last_release(later, TWENTE) <= later


@pytest.mark.parametrize(
    ("now", "released"),
    [
        (local(2026, 11, 23, 8, 29), local(2026, 11, 20, 13, 0)),
        (local(2026, 11, 23, 8, 30), local(2026, 11, 23, 8, 30)),
        (local(2026, 11, 23, 12, 59), local(2026, 11, 23, 8, 30)),
        (local(2026, 11, 23, 13, 0), local(2026, 11, 23, 13, 0)),
        (local(2026, 11, 22, 15, 0), local(2026, 11, 20, 13, 0)),
        (local(2026, 4, 28, 8, 0), local(2026, 4, 24, 13, 0)),
        (local(2026, 3, 30, 8, 30), local(2026, 3, 30, 8, 30)),
    ],
    ids=[
        "before the first of the week",
        "on the first",
        "between the two",
        "on the second",
        "on a Sunday",
        "after King's Day on a Monday",
        "the day after the clock went forward",
    ],
)
def test_statuses_are_released_twice_a_working_day(now: datetime, released: datetime) -> None:
    assert last_release(now, TWENTE) == released


def test_a_release_moment_follows_the_clock_on_the_wall() -> None:
    friday, monday = (TWENTE.at(date(2026, 3, day), time(8, 30)) for day in (27, 30))
    assert monday - friday == timedelta(days=3) - timedelta(hours=1)


@given(days, st.integers(0, 30), closing_days)
def test_working_days_are_counted_one_by_one(
    day: date, count: int, closed: frozenset[date]
) -> None:
    calendar = WorkCalendar(AMSTERDAM, closed)
    after = [day + timedelta(days=ahead) for ahead in range(1, 120)]
    working = [one for one in after if one.strftime("%a") not in ("Sat", "Sun")]
    working = [one for one in working if one not in closed]
    assert calendar.add_working_days(day, count) == ([day, *working][count])


def test_two_working_days_after_maundy_thursday() -> None:
    assert TWENTE.add_working_days(date(2026, 4, 2), 2) == date(2026, 4, 8)


def test_a_count_below_zero_stays_where_it_is() -> None:
    assert TWENTE.add_working_days(date(2026, 4, 2), -1) == date(2026, 4, 2)


@given(moments)
def test_the_day_is_the_one_on_the_calendar_in_amsterdam(now: datetime) -> None:
    assert TWENTE.local_day(now) == (now.astimezone(AMSTERDAM)).date()


def test_late_in_the_evening_in_utc_it_is_already_tomorrow() -> None:
    assert TWENTE.local_day(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == date(2026, 7, 2)


@given(days, st.times())
def test_a_moment_on_the_wall_comes_back_as_it_was(day: date, moment: time) -> None:
    instant = TWENTE.at(day, moment)
    assert instant.tzinfo is UTC
    skipped = day == date(2026, 3, 29) and moment.hour == 2
    if not skipped:
        assert instant.astimezone(AMSTERDAM).replace(tzinfo=None, fold=0) == datetime.combine(
            day, moment
        ).replace(fold=0)
