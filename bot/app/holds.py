"""A withdrawal hint holds new sharing at once; what then becomes of it (docs/domain.md,
"Three-party agreement: states").

Only the responsible person's word removes people from sharing. Without it the hold ends after two
working days, and that is said loudly.
"""

from dataclasses import replace

import structlog

from bot.app.doors import nudge_door
from bot.app.house import House
from bot.app.letters import to_person
from bot.app.staff import staff_today
from bot.domain.agreements import Agreement, AgreementAct, AgreementState, state_on, transition
from bot.domain.audit import Action, AuditLine
from bot.domain.due import DueKind, DueRow
from bot.domain.outbox import Template
from bot.domain.people import Person
from bot.domain.routing import responsible_for
from bot.domain.tenancies import Case, Tenancy
from bot.domain.worktime import Hours, Span
from bot.ports.store import Work

log = structlog.get_logger()

HELD_FOR = Span(days=2)
"""Working time in which a hold is to be confirmed or lifted."""

LAPSED = "hold.lapsed"


async def hold_sharing(house: House, work: Work, tenancy: Tenancy) -> None:
    """Holds new sharing about every case of this tenancy."""
    today, now = house.calendar.local_day(house.clock.now()), house.clock.now()
    lapses = house.calendar.after(now, HELD_FOR, Hours.OFFICE)
    for case in await work.tenancies.cases_of(tenancy.corporation, tenancy.subject):
        agreement = await work.tenancies.agreement_of(case.corporation, case.code, today)
        if agreement is None or state_on(agreement, today) is not AgreementState.ACTIVE:
            continue
        await _step(house, work, agreement, AgreementAct.PAUSE, event="agreement.held")
        await work.due.arm(DueRow(case.corporation, DueKind.HOLD, case.code, "lapse", lapses))


async def lapse(house: House, work: Work, row: DueRow) -> None:
    """Nobody confirmed it in time: the agreement counts again, and whoever should have decided
    hears of it, the team lead too."""
    now = house.clock.now()
    opens = house.calendar.next_moment(now, Hours.OFFICE)
    if opens > now:
        await work.due.arm(replace(row, at=opens))
        return
    today = house.calendar.local_day(now)
    agreement = await work.tenancies.agreement_of(row.corporation, row.about, today)
    if agreement is None or agreement.state is not AgreementState.PAUSED:
        return
    log.warning("hold_lapsed", corporation=row.corporation, case=row.about)
    await _step(house, work, agreement, AgreementAct.RESUME, event="agreement.hold_lapsed")
    for person in await _to_be_told(house, work, row):
        door = await nudge_door(work, person.key)
        details = {"text": LAPSED}
        await work.outbox.put(to_person(person, Template.ANSWER, LAPSED, now, details, door))


async def _to_be_told(house: House, work: Work, row: DueRow) -> tuple[Person, ...]:
    staff = await staff_today(house, work, row.corporation)
    contact = await _contact(work, row)
    who = (responsible_for(contact, None, staff).person, *staff.team_leads())
    return tuple(staff.people[id] for id in dict.fromkeys(who))


async def _contact(work: Work, row: DueRow) -> str | None:
    case: Case | None = await work.tenancies.case(row.corporation, row.about)
    if case is None:
        return None
    tenancy = await work.tenancies.get(row.corporation, case.subject)
    return case.contact or (tenancy.contact if tenancy else None)


async def _step(
    house: House, work: Work, agreement: Agreement, act: AgreementAct, event: str
) -> None:
    after = replace(agreement, state=transition(agreement.state, act))
    await work.tenancies.save_agreement(after)
    await work.audit.append(
        AuditLine(
            corporation=agreement.corporation,
            event=event,
            at=house.clock.now(),
            subject=agreement.case_code,
            user="service",
            role="service",
            action=Action.UPDATE,
            outcome="done",
            source="due",
        )
    )
