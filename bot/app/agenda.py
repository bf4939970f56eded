"""What will fall due if nobody does anything: reads, and does nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.app.digests import next_morning, next_week
from bot.app.house import House
from bot.domain.due import DueKind, DueRow
from bot.domain.escalation import Planned, Step, after_step, began, first_return, next_return
from bot.domain.signals import OPEN_STATES, Signal
from bot.domain.worktime import next_release
from bot.ports.store import Work

ROWS_READ = 20_000


@dataclass(frozen=True, slots=True)
class Coming:
    """One thing that will fall due, UTC. `owner` is the responsible person's id, where there is
    one."""

    at: datetime
    row: DueRow
    step: str
    owner: str | None = None


async def coming(
    house: House, work: Work, since: datetime, until: datetime, person: str | None = None
) -> Sequence[Coming]:
    """What falls due from `since` up to `until`, in order; of one person's matters only when asked.

    What is overdue counts as due at once. Steps after the next one are those that follow when
    nobody acts.
    """
    found: list[Coming] = []
    for row in await work.due.ahead(until, ROWS_READ):
        if row.kind is DueKind.SIGNAL:
            found += await _of_signal(house, work, row, until)
        else:
            found += [Coming(at, row, row.step) for at in _repeats(house, row, until)]
    wanted = [one for one in found if one.at >= since or one.at <= house.clock.now()]
    if person is not None:
        wanted = [one for one in wanted if person in (one.owner, one.row.about)]
    return sorted(wanted, key=lambda one: (one.at, one.row.kind, one.row.about))


async def _of_signal(house: House, work: Work, row: DueRow, until: datetime) -> Sequence[Coming]:
    signal = await work.signals.get(row.corporation, row.about)
    if signal is None or signal.state not in OPEN_STATES:
        return ()
    history = tuple(await work.signals.history(row.corporation, row.about))
    steps = _steps(house, signal, Planned(Step(row.step), row.at), began(history))
    found = []
    for planned in steps:
        if planned.at >= until:
            break
        found.append(Coming(planned.at, row, planned.step, signal.owner))
    return found


def _steps(
    house: House, signal: Signal, planned: Planned, since: datetime | None
) -> Iterator[Planned]:
    while True:
        yield planned
        if planned.step is Step.WAKE:
            planned = first_return(signal.urgency, planned.at, house.calendar)
        elif planned.step is Step.COME_BACK:
            planned = next_return(planned.at, house.calendar)
        else:
            planned = after_step(signal.urgency, since or planned.at, planned, house.calendar)


def _repeats(house: House, row: DueRow, until: datetime) -> Iterator[datetime]:
    at = row.at
    while at < until:
        yield at
        if row.kind is DueKind.RELEASE:
            at = next_release(at, house.calendar)
        elif row.kind is DueKind.DIGEST:
            at = next_morning(at, house.calendar)
        elif row.kind is DueKind.WEEKLY:
            at = next_week(at, house.calendar)
        else:
            return
