"""Matrix identities: a change is told, and stops everything with that person, until somebody who
compared the new fingerprint confirms it."""

from dataclasses import replace
from datetime import datetime

from bot.app.doors import nudge_door
from bot.app.house import House
from bot.app.letters import to_person
from bot.domain.audit import Action, AuditLine
from bot.domain.outbox import MATRIX, Recipient, Template
from bot.domain.people import Person, Role
from bot.ports.store import Pin, Work

NOTICE = "trust.notice"


class NobodyMet(Exception):
    """This Matrix address showed no identity yet."""


async def note_changed_identity(house: House, work: Work, mxid: str) -> None:
    """Writes it down, and tells the privacy officers of the corporations this person works for."""
    person = await _person_at(work, mxid)
    if person is None:
        return
    now = house.clock.now()
    await work.audit.append(_line(person, "identity.changed", now, "service", MATRIX))
    for corporation in await _corporations_of(work, person, now):
        for officer in await work.people.of(corporation):
            if officer.active and officer.role is Role.PRIVACY_OFFICER:
                door = await nudge_door(work, officer.key)
                details = {"text": NOTICE}
                row = to_person(officer, Template.ANSWER, NOTICE, now, details, door)
                await work.outbox.put(row)


async def confirm_identity(house: House, work: Work, mxid: str, user: str) -> Pin:
    """The identity this address shows is the pinned one from now on; what was held goes out.

    Raises NobodyMet.
    """
    pin = await work.trust.pin(mxid)
    if pin is None:
        raise NobodyMet
    pin = replace(pin, master_key=pin.offered or pin.master_key, offered=None, confirmed_by=user)
    await work.trust.put(pin)
    person = await _person_at(work, mxid)
    if person is not None:
        now = house.clock.now()
        await work.accounts.mark_unreachable(person.key, MATRIX, None)
        await work.post.release_held(Recipient(person.key, MATRIX), now)
        await work.audit.append(_line(person, "identity.confirmed", now, user, "console"))
    return pin


async def _person_at(work: Work, mxid: str) -> Person | None:
    account = await work.accounts.by_address(MATRIX, mxid)
    return await work.people.get(account.person) if account else None


async def _corporations_of(work: Work, person: Person, now: datetime) -> list[str]:
    """A care worker's identity concerns the corporations whose cases they are assigned to."""
    cases = await work.tenancies.cases_of_worker(person.key, now.date())
    return sorted({person.organisation, *(case.corporation for case in cases)})


def _line(person: Person, event: str, now: datetime, user: str, source: str) -> AuditLine:
    return AuditLine(
        corporation=person.organisation,
        event=event,
        at=now,
        subject=person.id,
        user=user,
        role=person.role,
        action=Action.UPDATE,
        outcome="done",
        source=source,
    )
