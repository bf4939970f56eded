"""What is due of an open signal, and when (docs/domain.md, "Urgency").

Pure: from a signal's urgency and the moment something began to the next step and its moment.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.signals import Act, SignalEvent, State
from bot.domain.urgency import LADDERS, Urgency
from bot.domain.worktime import Hours, Span, WorkCalendar


class Step(StrEnum):
    """What comes next of an open signal. The first five are the ladder of one nobody takes up;
    AGAIN follows them for ever, COME_BACK is for one taken up, WAKE for one put off."""

    FIRST = "first"
    REMINDER = "reminder"
    DEPUTY = "deputy"
    TEAM_LEAD = "team_lead"
    ALARM = "alarm"
    AGAIN = "again"
    COME_BACK = "come_back"
    WAKE = "wake"


@dataclass(frozen=True, slots=True)
class Planned:
    """A step and its moment, UTC."""

    step: Step
    at: datetime


WAITING = frozenset({State.ROUTED, State.REOPENED})
"""States in which nobody has taken a signal up."""

BEGINS_THE_LADDER = frozenset({Act.ROUTE, Act.REASSIGN, Act.LEND, Act.RETURN, Act.REOPEN})
"""Acts after which somebody (else) is to take it up, with the full time for it."""

WEEK = timedelta(days=7)


def ladder(urgency: Urgency, since: datetime, calendar: WorkCalendar) -> tuple[Planned, ...]:
    """The steps of a signal nobody takes up, in order of time."""
    row = LADDERS[urgency]
    steps = {
        Step.FIRST: Span(),
        Step.DEPUTY: row.deputy,
        Step.TEAM_LEAD: row.team_lead,
        Step.REMINDER: row.reminder,
        Step.ALARM: row.alarm,
    }
    planned = (
        Planned(step, calendar.after(since, span, row.hours)) for step, span in steps.items()
    )
    return tuple(sorted(planned, key=lambda one: one.at))


def after_step(urgency: Urgency, since: datetime, done: Planned, calendar: WorkCalendar) -> Planned:
    """What follows on a step of the ladder: the next one, and then the repeated alarm."""
    row = LADDERS[urgency]
    later = iter(ladder(urgency, since, calendar))
    if any(one.step is done.step for one in later):
        following = next(later, None)
        if following is not None:
            return following
    return Planned(Step.AGAIN, calendar.after(done.at, row.again, row.hours))


def act_before(urgency: Urgency, since: datetime, calendar: WorkCalendar) -> datetime:
    """The deadline for doing something about it."""
    row = LADDERS[urgency]
    return calendar.after(since, row.act_within, row.hours)


def first_return(urgency: Urgency, taken_up: datetime, calendar: WorkCalendar) -> Planned:
    """A signal taken up comes back after the time to act has passed once more."""
    return Planned(Step.COME_BACK, act_before(urgency, taken_up, calendar))


def next_return(returned: datetime, calendar: WorkCalendar) -> Planned:
    """And then weekly, at a working moment, until it is closed with an outcome."""
    return Planned(Step.COME_BACK, calendar.next_moment(returned + WEEK, Hours.OFFICE))


def began(history: tuple[SignalEvent, ...]) -> datetime | None:
    """Since when the owner is to take it up; None before it was ever routed."""
    return next((e.at for e in reversed(history) if e.act in BEGINS_THE_LADDER), None)
