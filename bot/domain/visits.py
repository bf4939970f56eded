"""Visits in the first year of a tenancy under agreement (docs/domain.md, "Visits").

Pure: from the day of the keys to four windows, from a window and a diary to a proposed day, and
from a visit's moment to what falls due of it. A tenancy has one visit of each number and no more,
whatever happens to its appointments. Days are local, instants UTC.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.domain.worktime import WorkCalendar

SPREAD_MONTHS = (1, 4, 8, 12)
MARGIN_WORKING_DAYS = 10
USUAL_TIME = time(10, 0)


class VisitState(StrEnum):
    """As VERA AFSPRAAKSTATUS: requested (AAN), planned (GEP), finished (AFG), cancelled (ANN)."""

    PROPOSED = "AAN"
    CONFIRMED = "GEP"
    DONE = "AFG"
    CANCELLED = "ANN"


OPEN_VISITS = frozenset({VisitState.PROPOSED, VisitState.CONFIRMED})


class VisitAct(StrEnum):
    CONFIRM = "confirm"
    MOVE = "move"
    PROPOSE = "propose"
    NOT_HOME = "not_home"
    DONE = "done"
    CANCEL = "cancel"


TRANSITIONS: Mapping[tuple[VisitState, VisitAct], VisitState] = MappingProxyType(
    {
        (VisitState.PROPOSED, VisitAct.PROPOSE): VisitState.PROPOSED,
        (VisitState.PROPOSED, VisitAct.CONFIRM): VisitState.CONFIRMED,
        (VisitState.PROPOSED, VisitAct.MOVE): VisitState.CONFIRMED,
        (VisitState.PROPOSED, VisitAct.NOT_HOME): VisitState.PROPOSED,
        (VisitState.PROPOSED, VisitAct.DONE): VisitState.DONE,
        (VisitState.PROPOSED, VisitAct.CANCEL): VisitState.CANCELLED,
        (VisitState.CONFIRMED, VisitAct.PROPOSE): VisitState.PROPOSED,
        (VisitState.CONFIRMED, VisitAct.MOVE): VisitState.CONFIRMED,
        (VisitState.CONFIRMED, VisitAct.NOT_HOME): VisitState.PROPOSED,
        (VisitState.CONFIRMED, VisitAct.DONE): VisitState.DONE,
        (VisitState.CONFIRMED, VisitAct.CANCEL): VisitState.CANCELLED,
    }
)
"""The whole life of a visit. Nobody at home keeps it open: it gets another day."""


class VisitRefused(Exception):
    """This step does not fit the state the visit is in."""


@dataclass(frozen=True, slots=True)
class Window:
    """When a visit of this number should be: best on `target`, from `opens` up to and including
    `closes`."""

    number: int
    target: date
    opens: date
    closes: date


@dataclass(frozen=True, slots=True)
class Visit:
    """One of the visits of a tenancy. `ref` is random and stands in chats; `subject` is the
    tenancy's pseudonym. `at` is the proposed or agreed moment. `sequence` counts what a calendar
    was told."""

    corporation: str
    ref: str
    subject: str
    number: int
    state: VisitState
    consultant: str
    opens: date
    closes: date
    at: datetime
    not_home: int = 0
    sequence: int = 0
    version: int = 1

    def after(self, act: VisitAct, at: datetime | None = None) -> "Visit":
        """This visit after the act, one version on. Raises VisitRefused."""
        try:
            state = TRANSITIONS[self.state, act]
        except KeyError:
            raise VisitRefused(f"{act} in {self.state}") from None
        return replace(
            self,
            state=state,
            at=at or self.at,
            not_home=self.not_home + (act is VisitAct.NOT_HOME),
            sequence=self.sequence + 1,
            version=self.version + 1,
        )


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def windows(
    keys: date,
    calendar: WorkCalendar,
    months: tuple[int, ...] = SPREAD_MONTHS,
    margin: int = MARGIN_WORKING_DAYS,
) -> tuple[Window, ...]:
    """The windows of a first year that began with the keys. All lie after that day and before its
    anniversary, and each opens after the one before it has closed."""
    last = _working_day_before(add_months(keys, 12), calendar)
    found: list[Window] = []
    opens_at_least = calendar.add_working_days(keys, 1)
    for number, month in enumerate(months, start=1):
        wanted = min(add_months(keys, month), last)
        target = max(_on_working_day(wanted, calendar), opens_at_least)
        target = min(target, last)
        opens = max(_working_days_before(target, margin, calendar), opens_at_least)
        closes = min(calendar.add_working_days(target, margin), last)
        found.append(Window(number, target, min(opens, closes), closes))
        opens_at_least = calendar.add_working_days(closes, 1)
    return tuple(found)


def remaining(all_windows: tuple[Window, ...], today: date) -> tuple[Window, ...]:
    """Of a first year that began before the service knew of it: what can still be visited."""
    return tuple(replace(w, opens=max(w.opens, today)) for w in all_windows if w.closes >= today)


def propose_day(
    window: Window,
    earliest: date,
    calendar: WorkCalendar,
    visits_on: Callable[[date], int],
    is_away: Callable[[date], bool],
) -> date:
    """A working day in the window when the consultant is there and has the fewest other visits, as
    near to the target as can be; after the window, or with nobody there in it, the first such day
    from then on."""
    start = max(window.opens, earliest)
    days = [
        day
        for day in _days(start, window.closes)
        if calendar.is_working_day(day) and not is_away(day)
    ]
    if days:
        return min(days, key=lambda day: (visits_on(day), abs(day - window.target), day))
    day = _on_working_day(max(start, earliest), calendar)
    for _ in range(366):
        if not is_away(day):
            break
        day = calendar.add_working_days(day, 1)
    return day


class VisitStep(StrEnum):
    """What falls due of a visit. CHECK asks how it went; OVERDUE tells the team lead."""

    IN_TEN_DAYS = "in_ten_days"
    IN_TWO_DAYS = "in_two_days"
    TODAY = "today"
    CHECK = "check"
    OVERDUE = "overdue"


DAYS_BEFORE: Mapping[VisitStep, int] = MappingProxyType(
    {VisitStep.IN_TEN_DAYS: 10, VisitStep.IN_TWO_DAYS: 2, VisitStep.TODAY: 0}
)
"""Working days before the visit."""


def visit_steps(visit: Visit, calendar: WorkCalendar) -> tuple[tuple[VisitStep, datetime], ...]:
    """What falls due of an open visit and when, in order: reminders when the office opens, the
    question how it went at its opening on the next working day, overdue once the window is over."""
    day, opens = calendar.local_day(visit.at), calendar.office[0]
    moments = {
        step: calendar.at(_working_days_before(day, count, calendar), opens)
        for step, count in DAYS_BEFORE.items()
    }
    moments[VisitStep.CHECK] = calendar.at(calendar.add_working_days(day, 1), opens)
    moments[VisitStep.OVERDUE] = calendar.at(calendar.add_working_days(visit.closes, 1), opens)
    return tuple(sorted(moments.items(), key=lambda one: (one[1], list(VisitStep).index(one[0]))))


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _on_working_day(day: date, calendar: WorkCalendar) -> date:
    while not calendar.is_working_day(day):
        day += timedelta(days=1)
    return day


def _working_day_before(day: date, calendar: WorkCalendar) -> date:
    return _working_days_before(day, 1, calendar)


def _working_days_before(day: date, count: int, calendar: WorkCalendar) -> date:
    """The count-th working day before `day`, which itself does not count; 0 gives `day`."""
    while count > 0:
        day -= timedelta(days=1)
        count -= calendar.is_working_day(day)
    return day
