"""Four visits inside the first year, whatever the calendar says (docs/domain.md, "Visits")."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.visits import (
    OPEN_VISITS,
    TRANSITIONS,
    Visit,
    VisitAct,
    VisitRefused,
    VisitState,
    Window,
    add_months,
    propose_day,
    remaining,
    visit_steps,
    windows,
)
from bot.domain.worktime import Hours, WorkCalendar
from tests.domain import slow_worktime
from tests.domain.slow_worktime import dutch_holidays

CALENDAR = WorkCalendar(
    ZoneInfo("Europe/Amsterdam"), frozenset().union(*map(dutch_holidays, range(2025, 2031)))
)
key_days = st.dates(date(2025, 6, 1), date(2028, 6, 1))
spreads = st.lists(st.integers(0, 12), min_size=1, max_size=6).map(sorted).map(tuple)


def said(window: Window) -> str:
    return f"{window.number}: {window.opens:%d-%m} {window.target:%d-%m} {window.closes:%d-%m-%Y}"


def test_the_windows_of_a_tenancy_that_began_in_march() -> None:
    assert [said(one) for one in windows(date(2026, 3, 2), CALENDAR)] == [
        "1: 19-03 02-04 20-04-2026",
        "2: 18-06 02-07 16-07-2026",
        "3: 19-10 02-11 16-11-2026",
        "4: 15-02 01-03 01-03-2027",
    ]


@given(key_days)
@example(date(2027, 12, 24))
@example(date(2028, 2, 29))
def test_four_windows_apart_from_each_other_inside_the_year(keys: date) -> None:
    found = windows(keys, CALENDAR)
    assert [one.number for one in found] == [1, 2, 3, 4]
    for one in found:
        assert keys < one.opens <= one.target <= one.closes < add_months(keys, 12)
        assert CALENDAR.is_working_day(one.target)
    assert all(one.closes < other.opens for one, other in pairwise(found))


@given(key_days, spreads, st.integers(0, 30))
def test_any_spread_stays_in_the_year(keys: date, months: tuple[int, ...], margin: int) -> None:
    for one in windows(keys, CALENDAR, months, margin):
        assert keys < one.opens <= one.closes < add_months(keys, 12)


@given(key_days, st.integers(0, 500))
def test_a_year_that_had_begun_keeps_what_can_still_be_visited(keys: date, days: int) -> None:
    today = keys + timedelta(days=days)
    left = remaining(windows(keys, CALENDAR), today)
    assert all(today <= one.opens <= one.closes for one in left)
    assert [one.number for one in left] == list(range(5 - len(left), 5))


@given(
    key_days,
    st.integers(1, 4),
    st.sets(st.integers(0, 400)),
    st.dictionaries(st.integers(0, 400), st.integers(1, 3)),
)
def test_the_proposal_avoids_free_days_absences_and_other_visits(
    keys: date, number: int, away: set[int], others: dict[int, int]
) -> None:
    window = windows(keys, CALENDAR)[number - 1]

    def is_away(day: date) -> bool:
        return (day - keys).days in away

    def visits_on(day: date) -> int:
        return others.get((day - keys).days, 0)

    day = propose_day(window, keys, CALENDAR, visits_on, is_away)
    length = (window.closes - window.opens).days + 1
    inside = [window.opens + timedelta(days=n) for n in range(length)]
    possible = [d for d in inside if CALENDAR.is_working_day(d) and not is_away(d)]
    assert CALENDAR.is_working_day(day)
    assert not is_away(day)
    if possible:
        assert day in possible
        assert visits_on(day) == min(map(visits_on, possible))
        nearer = [d for d in possible if visits_on(d) == visits_on(day)]
        assert abs(day - window.target) == min(abs(d - window.target) for d in nearer)


def visit(at: datetime, closes: date) -> Visit:
    return Visit(
        "voorbeeld", "AAA-1111", "subject", 1, VisitState.CONFIRMED, "sanne", date(2026, 11, 1),
        closes, at,
    )  # fmt: skip


def test_what_falls_due_of_a_visit() -> None:
    monday = datetime(2026, 12, 28, 10, 0, tzinfo=CALENDAR.zone)
    planned = visit_steps(visit(monday, date(2026, 12, 31)), CALENDAR)
    assert [f"{step} {at.astimezone(CALENDAR.zone):%d-%m %H:%M}" for step, at in planned] == [
        "in_ten_days 11-12 08:30",
        "in_two_days 23-12 08:30",
        "today 28-12 08:30",
        "check 29-12 08:30",
        "overdue 04-01 08:30",
    ]


@given(key_days, st.integers(-10, 60))
def test_everything_due_of_a_visit_is_at_a_working_moment(closes: date, days: int) -> None:
    day = closes + timedelta(days=days)
    day = CALENDAR.add_working_days(day, 1)
    at = CALENDAR.at(day, datetime(2026, 1, 1, 10).time())  # noqa: DTZ001  # only its time
    for step, moment in visit_steps(visit(at, closes), CALENDAR):
        assert slow_worktime.runs(moment, Hours.OFFICE, CALENDAR), step


acts = st.lists(st.sampled_from(VisitAct), max_size=12)


@given(acts)
def test_whatever_is_done_a_visit_stays_one_visit(done: list[VisitAct]) -> None:
    one = visit(datetime(2026, 12, 28, 10, 0, tzinfo=CALENDAR.zone), date(2026, 12, 31))
    for act in done:
        if (one.state, act) in TRANSITIONS:
            before, one = one, one.after(act)
            assert (one.number, one.subject, one.ref) == (before.number, before.subject, before.ref)
            assert one.sequence == before.sequence + 1
        else:
            assert one.state not in OPEN_VISITS or act is VisitAct.CONFIRM
            with pytest.raises(VisitRefused):
                one.after(act)
