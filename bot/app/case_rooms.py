"""What the rooms of all cases should be now, and what is kept of them.

Who is to be in a room follows from the agreement, from who is assigned to the case and from who is
responsible today; nobody is ever added by hand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.app.agreements import room_code, room_of
from bot.app.doors import nudge_door
from bot.app.house import House
from bot.app.letters import to_person
from bot.app.staff import staff_today
from bot.domain.agreements import state_on
from bot.domain.audit import Action, AuditLine
from bot.domain.outbox import MATRIX, Template
from bot.domain.people import Person, PersonKey, Role
from bot.domain.rooms import CaseRoom, RoomState, Wanted, wanted
from bot.domain.routing import Staff, responsible_for
from bot.domain.tenancies import Case
from bot.ports.store import Work

FROZEN = "room.frozen"


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """What the room of a case should be. `code` is its name: it tells nothing. `addresses` are the
    Matrix addresses of those who should be in it and have one."""

    case: Case
    code: str
    want: Wanted
    addresses: Mapping[PersonKey, str]
    room: CaseRoom | None


async def room_plans(house: House, work: Work) -> Sequence[RoomPlan]:
    """Of every case that has a room or should have one."""
    plans = []
    for corporation in await work.people.corporations():
        staff = await staff_today(house, work, corporation.id)
        for case in await work.tenancies.cases(corporation.id):
            plan = await _plan(house, work, case, staff)
            if plan.room is not None or plan.want.exists:
                plans.append(plan)
    return plans


async def _plan(house: House, work: Work, case: Case, staff: Staff) -> RoomPlan:
    today = house.calendar.local_day(house.clock.now())
    agreement = await work.tenancies.agreement_of(case.corporation, case.code, today)
    tenancy = await work.tenancies.get(case.corporation, case.subject)
    contact = case.contact or (tenancy.contact if tenancy else None)
    responsible = PersonKey(case.corporation, responsible_for(contact, None, staff).person)
    assigned = [
        PersonKey(one.provider, one.person)
        for one in await work.tenancies.workers_of(case.corporation, case.code)
        if one.is_assigned_on(today)
    ]
    state = state_on(agreement, today) if agreement else None
    addresses = await _addresses(work, [responsible, *assigned])
    want = wanted(
        state,
        responsible if responsible in addresses else None,
        [one for one in assigned if one in addresses],
    )
    room = await work.sharing.room_of(case.corporation, case.code)
    return RoomPlan(case, room_code(work, case), want, addresses, room)


async def _addresses(work: Work, people: Sequence[PersonKey]) -> Mapping[PersonKey, str]:
    found = {}
    for key in people:
        person = await work.people.get(key)
        account = await work.accounts.of(key, MATRIX)
        if person is not None and person.active and account is not None:
            found[key] = account.address
    return found


async def known_address(work: Work, address: str) -> PersonKey | None:
    """Whose Matrix address this is; None for a stranger."""
    account = await work.accounts.by_address(MATRIX, address)
    return account.person if account else None


async def opened(house: House, work: Work, plan: RoomPlan, room: str) -> None:
    """The case has a room from now on; what waited for one goes out."""
    case = plan.case
    await work.sharing.put_room(CaseRoom(case.corporation, case.code, room))
    await work.post.release_held(room_of(case), house.clock.now())
    await _write_down(house, work, case, event="room.opened")


async def frozen(house: House, work: Work, plan: RoomPlan) -> None:
    """Nothing is said in this room any more; team leads and privacy officer hear of it, once."""
    if plan.room is None or plan.room.state is RoomState.FROZEN:
        return
    await work.sharing.put_room(replace(plan.room, state=RoomState.FROZEN))
    await _write_down(house, work, plan.case, event=FROZEN)
    for person in await work.people.of(plan.case.corporation):
        if person.active and person.role in (Role.TEAM_LEAD, Role.PRIVACY_OFFICER):
            await _tell(house, work, person)


async def removed(house: House, work: Work, plan: RoomPlan) -> None:
    await _write_down(house, work, plan.case, event="room.member_removed")


async def _tell(house: House, work: Work, person: Person) -> None:
    door = await nudge_door(work, person.key)
    details = {"text": FROZEN}
    now = house.clock.now()
    await work.outbox.put(to_person(person, Template.ANSWER, FROZEN, now, details, door))


async def _write_down(house: House, work: Work, case: Case, event: str) -> None:
    await work.audit.append(
        AuditLine(
            corporation=case.corporation,
            event=event,
            at=house.clock.now(),
            subject=case.code,
            user="service",
            role="service",
            action=Action.UPDATE,
            outcome="done",
            source=MATRIX,
        )
    )
