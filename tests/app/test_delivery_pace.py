"""Never faster than the platform allows, and no lane in another's way."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app.pace import (
    AHEAD_SECONDS,
    CHAT_BURST,
    CHATS_REMEMBERED,
    FLOODED_CHATS,
    LANE_BURST_SECONDS,
    LANE_SHARE,
    Pace,
    pace_of,
)
from bot.domain.outbox import Lane

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PAUSES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2000)), min_size=1, max_size=80)
"""Which chat, and how many milliseconds after the one before."""


def sendings(pace: Pace, steps: list[tuple[int, int]]) -> list[tuple[str, datetime]]:
    """When each message really goes out, wanted one after the other with these pauses."""
    now, sent = NOON, []
    for chat, millis in steps:
        now += timedelta(milliseconds=millis)
        sent.append((str(chat), now + pace.take(str(chat), now)))
    return sent


def most_in(sent: list[datetime], seconds: float) -> int:
    span = timedelta(seconds=seconds)
    return max(sum(start <= one < start + span for one in sent) for start in sent)


@given(PAUSES, st.sampled_from(list(Lane)), st.sampled_from([0.5, 1.0, 10.0]))
def test_no_stretch_of_time_holds_more_than_its_share(
    steps: list[tuple[int, int]], lane: Lane, seconds: float
) -> None:
    pace = pace_of(lane, 30.0, 1.0)
    sent = sendings(pace, steps)
    lane_rate = 30 * LANE_SHARE[lane]
    assert most_in([at for _, at in sent], seconds) <= 1 + lane_rate * (
        LANE_BURST_SECONDS + seconds
    )
    for chat in {chat for chat, _ in sent}:
        assert most_in([at for c, at in sent if c == chat], seconds) <= 1 + CHAT_BURST + seconds


@given(PAUSES)
def test_a_chat_keeps_its_order(steps: list[tuple[int, int]]) -> None:
    sent = sendings(Pace(18.0, 1.0), steps)
    for chat in {chat for chat, _ in sent}:
        moments = [at for c, at in sent if c == chat]
        assert moments == sorted(moments)


def test_the_lanes_share_all_there_is_and_no_more() -> None:
    assert sum(LANE_SHARE.values()) == pytest.approx(1.0)
    assert set(LANE_SHARE) == set(Lane)


@given(st.floats(0.01, 1000.0), st.integers(1, 200))
def test_what_is_taken_in_hand_waits_at_most_a_moment(rate: float, wanted: int) -> None:
    """Consent is asked before the wait, and a lease runs meanwhile."""
    pace = Pace(rate, 1e9)
    for _ in range(min(wanted, pace.room(NOON))):
        assert pace.take("chat", NOON) <= timedelta(seconds=AHEAD_SECONDS)


def test_a_slow_lane_still_moves() -> None:
    pace = Pace(0.1, 1.0)
    assert pace.room(NOON) == 1
    pace.take("chat", NOON)
    assert pace.room(NOON + timedelta(seconds=5)) == 0
    assert pace.room(NOON + timedelta(seconds=11)) == 1


def test_quiet_in_many_chats_is_quiet_everywhere_until_it_is_over() -> None:
    pace = Pace(18.0, 1.0)
    for number in range(FLOODED_CHATS - 1):
        pace.keep_quiet(str(number), NOON + timedelta(seconds=30))
    assert pace.room(NOON) > 0
    pace.keep_quiet("last", NOON + timedelta(seconds=10))
    assert pace.room(NOON + timedelta(seconds=9)) == 0
    assert pace.room(NOON + timedelta(seconds=10)) > 0


def test_a_clock_that_jumps_back_stops_nothing() -> None:
    pace = Pace(18.0, 1.0)
    for _ in range(10):
        pace.take("chat", NOON)
    before = NOON - timedelta(hours=1)
    assert pace.take("other", before) < timedelta(seconds=2)
    assert pace.take("chat", before) < timedelta(seconds=10)


def test_chats_that_are_quiet_are_forgotten() -> None:
    pace = Pace(1e9, 1.0)
    for number in range(CHATS_REMEMBERED):
        pace.take(str(number), NOON)
    pace.take("one more", NOON + timedelta(minutes=1))
    assert set(pace.chats) == {"one more"}
