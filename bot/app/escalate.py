"""No matter stays lying: what is due of an open signal is done, and the next step set
(docs/domain.md, "Urgency").

Promise: as long as a signal is open and has an owner, exactly one row of it is due. A step and the
next one are set in the same transaction, so that each is done once, restarts or not.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.app.cards import nudge, refresh_cards
from bot.app.house import House
from bot.app.letters import to_person
from bot.app.staff import staff_today
from bot.domain.audit import Action, AuditLine
from bot.domain.due import DueKind, DueRow
from bot.domain.escalation import (
    BEGINS_THE_LADDER,
    WAITING,
    Planned,
    Step,
    after_step,
    began,
    first_return,
    ladder,
    next_return,
)
from bot.domain.outbox import Template
from bot.domain.people import Person, Role
from bot.domain.routing import Staff, deputies
from bot.domain.signals import OPEN_STATES, Act, Signal, SignalEvent
from bot.domain.urgency import LADDERS
from bot.ports.store import Work

log = structlog.get_logger()

LATE = timedelta(minutes=15)
"""What is done so much later than planned is said to be late."""

UNANSWERED = "alarm.unanswered"

WROTE_DOWN_AS = {
    Step.REMINDER: Act.REMIND,
    Step.DEPUTY: Act.TELL_DEPUTY,
    Step.TEAM_LEAD: Act.TELL_TEAM_LEAD,
    Step.ALARM: Act.ALARM,
    Step.AGAIN: Act.ALARM,
    Step.COME_BACK: Act.COME_BACK,
    Step.WAKE: Act.WAKE,
}
"""How a step stands in the history, and so on the card."""


async def follow(house: House, work: Work, signal: Signal, act: Act) -> None:
    """What falls due after an act on this signal; what was due before no longer does."""
    now = house.clock.now()
    if signal.state not in OPEN_STATES:
        await work.due.disarm(signal.corporation, DueKind.SIGNAL, signal.ref)
    elif act in BEGINS_THE_LADDER and signal.state in WAITING:
        first, *_ = ladder(signal.urgency, now, house.calendar)
        await _go_on(house, work, signal, first)
    elif act in BEGINS_THE_LADDER:
        await _tell(house, work, await _owner(house, work, signal), signal, Step.FIRST, False)
    elif act is Act.SNOOZE and signal.snoozed_until is not None:
        await _arm(work, signal, Planned(Step.WAKE, signal.snoozed_until))
    elif act is Act.PROGRESS:
        await _arm(work, signal, next_return(now, house.calendar))
    else:
        await _arm(work, signal, first_return(signal.urgency, now, house.calendar))


async def heard_more(house: House, work: Work, signal: Signal) -> None:
    """After a signal was joined to this one: the owner hears of it when the hour allows it, and
    what falls due follows the urgency of now."""
    now = house.clock.now()
    if signal.state in WAITING:
        history = tuple(await work.signals.history(signal.corporation, signal.ref))
        await _arm(work, signal, _first_after(house, signal, began(history) or now, now))
    if house.calendar.runs_at(now, LADDERS[signal.urgency].hours):
        await _tell(house, work, await _owner(house, work, signal), signal, Step.FIRST, False)
    else:
        await refresh_cards(house, work, signal.corporation, signal.ref)


async def step(house: House, work: Work, row: DueRow) -> None:
    """Does what is due of a signal. Where the signal has moved on since, nothing is done."""
    signal = await work.signals.get(row.corporation, row.about)
    if signal is not None and signal.state in OPEN_STATES:
        await _go_on(house, work, signal, Planned(Step(row.step), row.at))


async def _go_on(house: House, work: Work, signal: Signal, planned: Planned) -> None:
    """Does every step whose time has come, in order, and sets the next one. Steps that come late
    wait for their hours like all others."""
    now = house.clock.now()
    since = await _since(work, signal, planned)
    opens = house.calendar.next_moment(now, LADDERS[signal.urgency].hours)
    while planned.at <= now == opens:
        signal = await _do(house, work, signal, planned, _is_late(house, signal, since, planned))
        planned = _following(house, signal, since, planned)
    await _arm(work, signal, replace(planned, at=max(planned.at, opens)))


def _is_late(house: House, signal: Signal, since: datetime, planned: Planned) -> bool:
    """Told so much later than was planned at first that it must be said."""
    steps = ladder(signal.urgency, since, house.calendar)
    first_planned = next((one.at for one in steps if one.step is planned.step), planned.at)
    if planned.step is Step.WAKE and signal.snoozed_until is not None:
        first_planned = signal.snoozed_until
    return house.clock.now() - first_planned > LATE


async def _since(work: Work, signal: Signal, planned: Planned) -> datetime:
    history = tuple(await work.signals.history(signal.corporation, signal.ref))
    return began(history) or planned.at


def _following(house: House, signal: Signal, since: datetime, done: Planned) -> Planned:
    """What comes after a step. What repeats counts from its own moment, or from now when late."""
    now, calendar = house.clock.now(), house.calendar
    if done.step is Step.WAKE:
        return first_return(signal.urgency, now, calendar)
    if now - done.at > LATE:
        done = replace(done, at=now)
    if done.step is Step.COME_BACK:
        return next_return(done.at, calendar)
    return after_step(signal.urgency, since, done, calendar)


def _first_after(house: House, signal: Signal, since: datetime, now: datetime) -> Planned:
    """The first step of the ladder that is still to come."""
    steps = ladder(signal.urgency, since, house.calendar)
    coming = next((one for one in steps if one.at > now), None)
    return coming or after_step(signal.urgency, since, Planned(steps[-1].step, now), house.calendar)


async def _do(house: House, work: Work, signal: Signal, planned: Planned, late: bool) -> Signal:
    staff = await staff_today(house, work, signal.corporation)
    if planned.step is Step.WAKE:
        signal = replace(signal.after(Act.WAKE), snoozed_until=None)
        await work.signals.save(signal)
    told = _told(signal, planned.step, staff)
    if told:
        await _write_down(house, work, signal, planned.step, told)
    if planned.step in (Step.ALARM, Step.AGAIN):
        await _raise_alarm(house, work, signal, staff)
    await _tell(house, work, told, signal, planned.step, late)
    return signal


async def _arm(work: Work, signal: Signal, planned: Planned) -> None:
    row = DueRow(signal.corporation, DueKind.SIGNAL, signal.ref, planned.step, planned.at)
    await work.due.arm(row)


def _told(signal: Signal, step: Step, staff: Staff) -> tuple[Person, ...]:
    """Whose attention a step draws."""
    owner = (signal.owner,) if signal.owner else ()
    match step:
        case Step.DEPUTY:
            behind = (d for d in deputies(signal.owner or "", staff) if staff.can_act(d))
            wanted: Iterable[str] = tuple(behind)[:1]
        case Step.TEAM_LEAD:
            wanted = _team_leads(staff)
        case Step.ALARM | Step.AGAIN:
            wanted = (*owner, *_team_leads(staff))
        case _:
            wanted = owner
    return tuple(staff.people[id] for id in dict.fromkeys(wanted) if id in staff.people)


def _team_leads(staff: Staff) -> tuple[str, ...]:
    """The team leads at work, or who stands in for them; where nobody can act, all of them."""
    leads = staff.team_leads()
    able = [one for one in leads if staff.can_act(one)]
    able = able or [d for lead in leads for d in deputies(lead, staff) if staff.can_act(d)]
    return tuple(able) or leads


async def _owner(house: House, work: Work, signal: Signal) -> tuple[Person, ...]:
    return _told(signal, Step.FIRST, await staff_today(house, work, signal.corporation))


async def _tell(
    house: House, work: Work, told: tuple[Person, ...], signal: Signal, step: Step, late: bool
) -> None:
    await refresh_cards(house, work, signal.corporation, signal.ref)
    for person in told:
        await nudge(house, work, person, signal.ref, step, late)


async def _write_down(
    house: House, work: Work, signal: Signal, step: Step, told: tuple[Person, ...]
) -> None:
    act = WROTE_DOWN_AS.get(step)
    if act is None:
        return
    now = house.clock.now()
    await work.signals.add_event(signal.corporation, signal.ref, SignalEvent(now, act, None))
    await work.audit.append(
        AuditLine(
            corporation=signal.corporation,
            event=f"signal.{act}",
            at=now,
            subject=signal.ref,
            user="service",
            role="service",
            action=Action.EXECUTE,
            outcome="done",
            source="due",
            detail=",".join(person.id for person in told),
        )
    )


async def _raise_alarm(house: House, work: Work, signal: Signal, staff: Staff) -> None:
    """The administrator learns that something lies still, by the log and where linked by one fixed
    sentence, and finds the reference with `seintje agenda`; nothing of the matter."""
    log.error("signal_unanswered", corporation=signal.corporation, ref=signal.ref)
    for person in staff.people.values():
        linked = person.id not in staff.unreachable
        if person.active and person.role is Role.ADMINISTRATOR and linked:
            details = {"text": UNANSWERED}
            row = to_person(person, Template.ANSWER, UNANSWERED, house.clock.now(), details)
            await work.outbox.put(row)
