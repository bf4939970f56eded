"""What the responsible person does with the agreements of a case: begin, sign, pause, go on,
withdraw, renew, end (docs/domain.md, "Three-party agreement: states").

Whatever ends or holds the sharing counts from the commit of this transaction on: no message to the
care side is begun after it. What was under way by then is counted and told.
"""

from dataclasses import dataclass
from datetime import date

from bot.app.house import House
from bot.app.matters import NotYours
from bot.app.staff import staff_today
from bot.domain.agreement_changes import (
    ENDS_SHARING,
    STOPS_MESSAGES,
    CaseAgreements,
    Change,
    ChangeRefused,
    Evaluation,
    begun,
    changed,
    signed,
)
from bot.domain.agreements import Agreement, Party
from bot.domain.audit import Action, AuditLine
from bot.domain.due import DueKind
from bot.domain.outbox import MATRIX, Recipient, RowState
from bot.domain.people import Person
from bot.domain.routing import may_act
from bot.domain.tenancies import Case
from bot.ports.store import Work

CODE_PURPOSE = "case.matrix"
SUPPRESSED = "sharing_stopped"


def room_code(work: Work, case: Case) -> str:
    """The case's code by the Matrix door. Another door's code of the same case tells nothing about
    this one: both are keyed hashes."""
    return work.vault.reference(case.corporation, f"{CODE_PURPOSE}:{case.code}", 0)


def room_of(case: Case) -> Recipient:
    """To whom what is shared about this case goes: its room."""
    return Recipient(platform=MATRIX, address=f"case:{case.corporation}:{case.code}")


@dataclass(frozen=True, slots=True)
class Effects:
    """What a change does: how many care workers leave the room, how many messages are not sent, and
    how many were under way already."""

    workers: int = 0
    messages: int = 0
    under_way: int = 0


async def case_of(house: House, work: Work, person: Person, code: str) -> Case:
    """The case with this code, for whoever may act for its contact. Raises NotYours, also where
    there is no such case; which of the two is not told."""
    staff = await staff_today(house, work, person.organisation)
    for case in await work.tenancies.cases(person.organisation):
        if code.upper() not in (case.code.upper(), room_code(work, case)):
            continue
        tenancy = await work.tenancies.get(case.corporation, case.subject)
        contact = case.contact or (tenancy.contact if tenancy else None) or ""
        if may_act(person.id, contact, staff):
            return case
    raise NotYours


async def agreements_of(house: House, work: Work, case: Case) -> CaseAgreements:
    found = await work.tenancies.agreements_of(case.corporation, case.code)
    return CaseAgreements(tuple(found), house.calendar.local_day(house.clock.now()))


async def effects_of(house: House, work: Work, case: Case, change: Change) -> Effects:
    """What the change would do now."""
    today = house.calendar.local_day(house.clock.now())
    workers = await work.tenancies.workers_of(case.corporation, case.code)
    there = [one for one in workers if one.is_assigned_on(today)]
    if change not in STOPS_MESSAGES:
        return Effects()
    rows = await work.post.waiting_for(room_of(case))
    under_way = sum(row.state is RowState.SENDING for row in rows)
    return Effects(
        workers=len(there) if change in ENDS_SHARING else 0,
        messages=len(rows) - under_way,
        under_way=under_way,
    )


async def change(house: House, work: Work, person: Person, case: Case, wanted: Change) -> Effects:
    """Pauses, resumes, withdraws or ends; returns what that did. Raises ChangeRefused."""
    effects = await effects_of(house, work, case, wanted)
    for after in changed(await agreements_of(house, work, case), wanted):
        await work.tenancies.save_agreement(after)
    if wanted in STOPS_MESSAGES:
        await _suppress(work, case)
    await work.due.disarm(case.corporation, DueKind.HOLD, case.code)
    await _write_down(house, work, person, case, wanted)
    return effects


async def _suppress(work: Work, case: Case) -> None:
    """What waits for the room is not sent; it shows as given up, with why."""
    for row in await work.post.waiting_for(room_of(case)):
        if row.state is not RowState.SENDING:
            await work.post.give_up(row.id, SUPPRESSED)


async def end(
    house: House, work: Work, person: Person, case: Case, evaluation: Evaluation
) -> Effects:
    """Ends it with how it went. Raises ChangeRefused."""
    effects = await change(house, work, person, case, Change.END)
    await _write_down(house, work, person, case, Change.END, evaluation)
    return effects


async def begin(
    house: House, work: Work, person: Person, case: Case, months: int, renews: bool = False
) -> None:
    """A draft of so many months, from today or, where it renews, from the end of what counts now.
    Raises ChangeRefused."""
    found = await agreements_of(house, work, case)
    wanted = Change.RENEW if renews else Change.BEGIN
    if wanted not in found.possible:
        raise ChangeRefused
    starts = found.current.ends if renews and found.current else found.today
    draft = begun(case.corporation, case.code, _new_id(work, case, found), starts, months)
    await work.tenancies.save_agreement(draft)
    await _write_down(house, work, person, case, wanted)


def _new_id(work: Work, case: Case, found: CaseAgreements) -> str:
    return work.vault.reference(case.corporation, f"agreement:{case.code}", len(found.all))


async def sign(
    house: House, work: Work, person: Person, case: Case, party: Party, day: date
) -> Agreement:
    """Records that a party signed on that day; with the third it counts. Raises ChangeRefused."""
    found = await agreements_of(house, work, case)
    if found.draft is None or Change.SIGN not in found.possible or day > found.today:
        raise ChangeRefused
    after = signed(found.draft, party, day)
    await work.tenancies.save_agreement(after)
    await _write_down(house, work, person, case, Change.SIGN, party)
    return after


async def _write_down(
    house: House, work: Work, person: Person, case: Case, wanted: Change, detail: str = ""
) -> None:
    await work.audit.append(
        AuditLine(
            corporation=case.corporation,
            event=f"agreement.{wanted}",
            at=house.clock.now(),
            subject=case.code,
            user=person.id,
            role=person.role,
            action=Action.UPDATE,
            outcome="done",
            source="chat",
            detail=detail,
        )
    )
