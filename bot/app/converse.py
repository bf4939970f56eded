"""The one door every channel calls: one event in, its effects in the caller's transaction."""

from bot.app import consultants, linking, managers, matrix_talk
from bot.app.house import House
from bot.app.letters import answer, to_address
from bot.dialogues.engine import Repeated, Stale
from bot.domain.outbox import MATRIX, Recipient
from bot.domain.people import OWNER_ROLES, Person, Role
from bot.ports.doors import Inbound, Kind, Place
from bot.ports.store import Account, Work

MATRIX_ROLES = frozenset(Role) - {Role.MANAGER}
"""Neighbourhood managers send their signals by Telegram."""


async def converse(house: House, work: Work, inbound: Inbound) -> None:
    """Handles one event. Promise: an event takes effect once, however often it is delivered,
    because its mark commits together with its effects."""
    if not await work.seen.first_time(inbound.platform, inbound.event, house.clock.now()):
        return
    if inbound.place not in (Place.PRIVATE, Place.CASE_ROOM):
        row = to_address(inbound, "answer.stranger", house.clock.now(), leave=True)
        await work.outbox.put(row)
        return
    account = await work.accounts.by_address(inbound.platform, inbound.address)
    person = await work.people.get(account.person) if account else None
    if account is None or person is None or not person.active:
        if inbound.place is Place.CASE_ROOM:
            return
        await linking.meet_stranger(house, work, inbound)
        return
    if account.unreachable_since is not None:
        await _welcome_back(house, work, account)
    if inbound.kind is Kind.EDIT:
        return
    await _talk(house, work, person, inbound)


async def say_it_went_wrong(house: House, work: Work, inbound: Inbound) -> None:
    """Tells whoever wrote that the message could not be handled, and what to do."""
    await work.outbox.put(to_address(inbound, "answer.went_wrong", house.clock.now()))


async def _talk(house: House, work: Work, person: Person, inbound: Inbound) -> None:
    code = linking.code_in(inbound.text) if inbound.place is Place.PRIVATE else None
    if code is not None and await linking.link(house, work, inbound, code):
        return
    try:
        if inbound.platform == MATRIX and person.role in MATRIX_ROLES:
            await matrix_talk.talk(house, work, person, inbound)
        elif inbound.platform == MATRIX:
            now = house.clock.now()
            await work.outbox.put(answer(person, inbound, now, "answer.other_door"))
        elif person.role is Role.MANAGER:
            await managers.talk(house, work.intake, person, inbound)
        elif person.role in OWNER_ROLES:
            await consultants.talk(house, work, person, inbound)
        else:
            now = house.clock.now()
            await work.outbox.put(answer(person, inbound, now, "answer.other_door"))
    except Repeated:
        await work.outbox.put(answer(person, inbound, house.clock.now()))
    except Stale:
        await _say_expired(house, work, person, inbound)


async def _say_expired(house: House, work: Work, person: Person, inbound: Inbound) -> None:
    now = house.clock.now()
    row = answer(person, inbound, now, "", toast="form.expired", remove=inbound.message or "")
    await work.outbox.put(row)


async def _welcome_back(house: House, work: Work, account: Account) -> None:
    """Whoever writes can be reached again: what was held for them goes out."""
    await work.accounts.mark_unreachable(account.person, account.platform, None)
    await work.post.release_held(Recipient(account.person, account.platform), house.clock.now())
