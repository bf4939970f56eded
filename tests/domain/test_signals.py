"""The life of a signal, and what its sender learns of it (docs/domain.md, "Signals")."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.people import Role
from bot.domain.signals import (
    CATEGORIES,
    OPEN_STATES,
    TRANSITIONS,
    Act,
    Category,
    NotPossible,
    Purpose,
    ReleasedStatus,
    Signal,
    SignalEvent,
    Source,
    State,
    categories_for,
    released_status,
    transition,
)
from bot.domain.urgency import SELECTABLE, Urgency, most_urgent

MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)

# The whole life of a signal, written out a second time: a row per state, what each act makes of it.
LIFE = """
NEW:           route ROUTED, merge MERGED
ROUTED:        reassign ROUTED, acknowledge ACKNOWLEDGED, snooze SNOOZED, resolve RESOLVED
ROUTED:        lend ROUTED, return ROUTED
ACKNOWLEDGED:  reassign ROUTED, progress IN_PROGRESS, snooze SNOOZED, resolve RESOLVED
ACKNOWLEDGED:  lend ACKNOWLEDGED, return ACKNOWLEDGED
IN_PROGRESS:   reassign ROUTED, progress IN_PROGRESS, snooze SNOOZED, resolve RESOLVED
IN_PROGRESS:   lend IN_PROGRESS, return IN_PROGRESS
SNOOZED:       reassign ROUTED, wake IN_PROGRESS, progress IN_PROGRESS, resolve RESOLVED
SNOOZED:       acknowledge ACKNOWLEDGED, snooze SNOOZED, lend SNOOZED, return SNOOZED
REOPENED:      reassign ROUTED, acknowledge ACKNOWLEDGED, snooze SNOOZED, resolve RESOLVED
REOPENED:      lend REOPENED, return REOPENED
RESOLVED:      reopen REOPENED
MERGED:
"""


def life() -> dict[tuple[str, str], str]:
    rows: dict[tuple[str, str], str] = {}
    for line in LIFE.strip().splitlines():
        state, _, acts = line.partition(":")
        for act in filter(None, acts.strip().split(", ")):
            name, becomes = act.split()
            rows[state, name] = becomes
    return rows


def a_signal(state: State = State.NEW) -> Signal:
    return Signal(
        corporation="wcv",
        ref="K7M2-9QXA",
        unit="E-4471",
        category=Category.MAIL_FULL,
        urgency=Urgency.NORMAL,
        source=Source.OWN,
        purpose=Purpose.OBSERVATION,
        state=state,
        sender="piet",
        owner=None,
        observed_at=MONDAY,
        created_at=MONDAY,
    )


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("act", Act)
def test_exactly_what_the_table_holds_can_happen(state: State, act: Act) -> None:
    becomes = life().get((state, act))
    if becomes is None:
        with pytest.raises(NotPossible):
            transition(state, act)
    else:
        assert transition(state, act) is State(becomes)


def test_both_tables_have_the_same_rows() -> None:
    assert {(str(s), str(a)): str(to) for (s, a), to in TRANSITIONS.items()} == life()


def test_nothing_can_be_refused_for_good_while_it_is_open() -> None:
    """From every state a signal that was not joined can still be brought to an outcome."""
    ending = {State.RESOLVED}
    while grown := {s for (s, _), to in TRANSITIONS.items() if to in ending} - ending:
        ending |= grown
    assert ending == frozenset(State) - {State.MERGED}


def test_a_joined_signal_stays_joined() -> None:
    assert not [act for state, act in TRANSITIONS if state is State.MERGED]


def test_what_is_resolved_or_joined_is_no_longer_open() -> None:
    assert frozenset(State) - OPEN_STATES == {State.RESOLVED, State.MERGED}


@given(st.sampled_from(State), st.sampled_from(Act))
def test_an_act_makes_the_next_version_and_changes_nothing_else(state: State, act: Act) -> None:
    before = a_signal(state)
    try:
        after = before.after(act)
    except NotPossible:
        return
    assert after == dataclasses.replace(
        before, state=transition(state, act), version=before.version + 1
    )


def test_a_refused_act_says_what_did_not_fit() -> None:
    with pytest.raises(NotPossible, match="acknowledge in MERGED"):
        a_signal(State.MERGED).after(Act.ACKNOWLEDGE)


# categories


def test_every_category_has_a_rule_and_a_selectable_urgency() -> None:
    assert set(CATEGORIES) == set(Category)
    assert {rule.urgency for rule in CATEGORIES.values()} <= set(SELECTABLE)


def test_a_manager_never_posts_arrears_or_changes_in_care() -> None:
    assert set(Category) - set(categories_for(Role.MANAGER)) == {
        Category.ARREARS,
        Category.CARE_CHANGE,
    }


def test_a_care_worker_does_not_speak_for_worried_neighbours() -> None:
    assert set(Category) - set(categories_for(Role.CARE_WORKER)) == {Category.WORRIED_NEIGHBOURS}


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.MANAGER, Role.CARE_WORKER)]
)
def test_nobody_else_posts_signals(role: Role) -> None:
    assert categories_for(role) == ()


FORBIDDEN_SUBJECTS = ("PSY", "ADDICT", "GUARDIAN", "CRIM", "TARGET", "ORIGIN", "HEALTH", "DRUG")


@pytest.mark.parametrize("subject", FORBIDDEN_SUBJECTS)
def test_no_category_names_what_may_never_be_selected(subject: str) -> None:
    assert not [category for category in Category if subject in category]


@given(st.lists(st.sampled_from(Urgency), min_size=1))
def test_joining_never_lowers_urgency(levels: list[Urgency]) -> None:
    joined = most_urgent(*levels)
    assert all(list(Urgency).index(joined) <= list(Urgency).index(level) for level in levels)
    assert joined in levels


def test_acute_is_not_for_choosing() -> None:
    assert set(Urgency) - set(SELECTABLE) == {Urgency.ACUTE}


# what the sender learns

ACTORS = st.sampled_from(["anna", "bert", None])


@st.composite
def histories(draw: st.DrawFn) -> tuple[SignalEvent, ...]:
    """A history in order of time, of acts that need not make sense together."""
    acts = draw(st.lists(st.tuples(st.sampled_from(Act), ACTORS), max_size=12))
    steps = draw(st.lists(st.integers(0, 300), min_size=len(acts), max_size=len(acts)))
    at, history = MONDAY, []
    for (act, actor), minutes in zip(acts, steps, strict=True):
        at += timedelta(minutes=minutes)
        history.append(SignalEvent(at, act, actor))
    return tuple(history)


moments = st.integers(-60, 3_600).map(lambda minutes: MONDAY + timedelta(minutes=minutes))

TOLD = {
    "acknowledge": "in_progress",
    "progress": "in_progress",
    "reopen": "in_progress",
    "resolve": "done",
}


@given(histories(), moments)
def test_the_sender_learns_the_last_human_act_before_the_release(
    history: tuple[SignalEvent, ...], until: datetime
) -> None:
    told = [
        TOLD[event.act]
        for event in history
        if event.at < until and event.actor is not None and event.act in TOLD
    ]
    assert released_status(history, until) == (told[-1] if told else "passed_on")


@given(histories(), moments)
def test_no_timer_routing_or_joining_ever_shows(
    history: tuple[SignalEvent, ...], until: datetime
) -> None:
    by_people = tuple(
        event
        for event in history
        if event.actor is not None and event.act not in (Act.ROUTE, Act.REASSIGN, Act.MERGE)
    )
    assert released_status(history, until) is released_status(by_people, until)


@given(histories(), moments, histories())
def test_what_happens_after_a_release_waits_for_the_next(
    history: tuple[SignalEvent, ...], until: datetime, later: tuple[SignalEvent, ...]
) -> None:
    past = tuple(event for event in history if event.at < until)
    future = tuple(dataclasses.replace(event, at=until + (event.at - MONDAY)) for event in later)
    assert released_status(past + future, until) is released_status(past, until)


NOBODY_NEEDED = (Act.ROUTE, Act.REASSIGN, Act.MERGE, Act.WAKE)


@st.composite
def lives(draw: st.DrawFn) -> tuple[SignalEvent, ...]:
    """A history as it can happen: a walk over the transition table, an hour a step."""
    state, history = State.NEW, []
    for hour in range(draw(st.integers(0, 15))):
        acts = [act for act in Act if (state, act) in TRANSITIONS]
        if not acts:
            break
        act = draw(st.sampled_from(acts))
        state = transition(state, act)
        actor = None if act in NOBODY_NEEDED else "anna"
        history.append(SignalEvent(MONDAY + timedelta(hours=hour), act, actor))
    return tuple(history)


@given(lives(), st.integers(0, 15), st.integers(0, 15))
def test_a_status_only_grows_until_a_person_reopens(
    history: tuple[SignalEvent, ...], one: int, other: int
) -> None:
    earlier, later = (MONDAY + timedelta(hours=hour) for hour in sorted((one, other)))
    rank = list(ReleasedStatus).index
    before, after = released_status(history, earlier), released_status(history, later)
    reopened = any(e.act is Act.REOPEN for e in history if earlier <= e.at < later)
    assert rank(after) >= rank(before) or reopened


def test_a_fresh_signal_was_passed_on() -> None:
    assert released_status((), MONDAY) is ReleasedStatus.PASSED_ON
