"""Working time against a slow second implementation, and the ladder (docs/domain.md, "Urgency")."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.config import Service
from bot.domain.escalation import (
    BEGINS_THE_LADDER,
    Planned,
    Step,
    act_before,
    after_step,
    began,
    first_return,
    ladder,
    next_return,
)
from bot.domain.signals import Act, SignalEvent
from bot.domain.urgency import LADDERS, Urgency
from bot.domain.worktime import Hours, Span, WorkCalendar
from bot.wiring import work_calendar
from tests.domain import slow_worktime
from tests.domain.slow_worktime import dutch_holidays

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CALENDAR = WorkCalendar(
    AMSTERDAM, frozenset().union(*(dutch_holidays(year) for year in range(2025, 2031)))
)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""Ten o'clock in Amsterdam."""

minutes = st.integers(0, 4 * 366 * 24 * 60).map(
    lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n)
)
spans = st.builds(Span, days=st.integers(0, 6), minutes=st.integers(0, 1500))


@settings(max_examples=200, deadline=None)
@given(minutes, spans, st.sampled_from(Hours))
@example(
    datetime(2027, 3, 26, 15, 0, tzinfo=UTC), Span(days=1), Hours.OFFICE
)  # Easter, summer time
@example(datetime(2026, 10, 23, 15, 0, tzinfo=UTC), Span(days=1), Hours.OFFICE)  # winter time
@example(datetime(2026, 10, 24, 16, 0, tzinfo=UTC), Span(minutes=720), Hours.EXTENDED)
@example(datetime(2026, 12, 24, 15, 59, tzinfo=UTC), Span(minutes=1), Hours.OFFICE)  # Christmas
@example(datetime(2026, 12, 24, 16, 0, tzinfo=UTC), Span(), Hours.OFFICE)
def test_working_time_is_what_counting_minutes_gives(
    start: datetime, span: Span, hours: Hours
) -> None:
    assert CALENDAR.after(start, span, hours) == slow_worktime.after(start, span, hours, CALENDAR)


@given(minutes, spans, st.sampled_from(Hours))
def test_it_ends_where_time_runs_and_never_before_it_began(
    start: datetime, span: Span, hours: Hours
) -> None:
    end = CALENDAR.after(start, span, hours)
    assert end >= start
    assert CALENDAR.runs_at(end, hours)
    assert slow_worktime.runs(end, hours, CALENDAR)


@given(minutes, spans, spans, st.sampled_from(Hours))
def test_time_in_two_parts_is_time_in_one(
    start: datetime, one: Span, other: Span, hours: Hours
) -> None:
    both = Span(one.days + other.days, one.minutes + other.minutes)
    in_parts = CALENDAR.after(CALENDAR.after(start, one, hours), other, hours)
    assert in_parts == CALENDAR.after(start, both, hours)


@pytest.mark.parametrize("year", range(2026, 2029))
def test_the_calendar_knows_the_holidays_of_the_sector(year: int) -> None:
    built = work_calendar(Service(closing_days=()), datetime(2027, 1, 1, tzinfo=UTC))
    assert {day for day in built.free_days if day.year == year} == dutch_holidays(year)


# The policy, written out a second time: a row per urgency, when what happens after Monday 10:00.
POLICY = """
U0: first 23-11 10:00, deputy 23-11 10:00, team_lead 23-11 10:00, reminder 23-11 10:15, alarm 23-11 10:30, again 23-11 11:30
U1: first 23-11 10:00, reminder 23-11 11:00, deputy 23-11 12:00, team_lead 23-11 14:00, alarm 23-11 18:00, again 24-11 18:00
U2: first 23-11 10:00, reminder 23-11 14:15, deputy 24-11 10:00, team_lead 25-11 10:00, alarm 27-11 10:00, again 04-12 10:00
U3: first 23-11 10:00, reminder 24-11 14:15, deputy 26-11 10:00, team_lead 30-11 10:00, alarm 07-12 10:00, again 14-12 10:00
"""  # noqa: E501  # a table reads best with its rows whole


@pytest.mark.parametrize("row", POLICY.strip().splitlines())
def test_the_ladder_of_a_signal_on_monday_morning(row: str) -> None:
    urgency, _, steps = row.partition(": ")
    planned = list(ladder(Urgency(urgency), MONDAY, CALENDAR))
    planned.append(after_step(Urgency(urgency), MONDAY, planned[-1], CALENDAR))
    said = [f"{one.step} {one.at.astimezone(AMSTERDAM):%d-%m %H:%M}" for one in planned]
    assert ", ".join(said) == steps


@given(st.sampled_from(Urgency), minutes)
def test_every_step_comes_once_in_order_and_in_its_hours(urgency: Urgency, since: datetime) -> None:
    row = LADDERS[urgency]
    planned = ladder(urgency, since, CALENDAR)
    assert next(one.step for one in planned) is Step.FIRST
    assert sorted(one.step for one in planned) == sorted(
        [Step.FIRST, Step.REMINDER, Step.DEPUTY, Step.TEAM_LEAD, Step.ALARM]
    )
    assert list(planned) == sorted(planned, key=lambda one: one.at)
    walked = [planned[0]]
    for _ in range(8):
        walked.append(after_step(urgency, since, walked[-1], CALENDAR))
    assert walked[:5] == list(planned)
    assert {one.step for one in walked[5:]} == {Step.AGAIN}
    moments = [one.at for one in walked]
    assert moments == sorted(moments)
    assert moments[5:] == sorted(set(moments[5:])), "the alarm moves on each time"
    assert all(slow_worktime.runs(moment, row.hours, CALENDAR) for moment in moments)


@given(st.sampled_from(Urgency), minutes)
def test_a_matter_taken_up_comes_back_after_the_time_to_act_and_then_weekly(
    urgency: Urgency, taken_up: datetime
) -> None:
    back = first_return(urgency, taken_up, CALENDAR)
    assert back == Planned(Step.COME_BACK, act_before(urgency, taken_up, CALENDAR))
    again = next_return(back.at, CALENDAR)
    assert timedelta(days=7) <= again.at - back.at <= timedelta(days=12)
    assert slow_worktime.runs(again.at, Hours.OFFICE, CALENDAR)


@pytest.mark.parametrize("act", Act)
def test_the_ladder_counts_from_when_somebody_was_to_take_it_up(act: Act) -> None:
    later = SignalEvent(MONDAY + timedelta(hours=1), act, None)
    since = began((SignalEvent(MONDAY, Act.ROUTE, None), later))
    assert since == (later.at if act in BEGINS_THE_LADDER else MONDAY)
    assert began(()) is None


def test_the_first_reminder_comes_at_half_the_time_to_the_deputy() -> None:
    for urgency in (Urgency.URGENT, Urgency.NORMAL, Urgency.LOW):
        row = LADDERS[urgency]
        assert CALENDAR.length_of(row.reminder) == CALENDAR.length_of(row.deputy) / 2
