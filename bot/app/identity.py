"""Who lives at the home a matter is about: asked for by whoever may act on it, with a purpose that
is kept (docs/domain.md, "People and organisations")."""

from bot.app import matters
from bot.app.house import House
from bot.app.letters import to_person
from bot.domain.audit import Action, AuditLine
from bot.domain.outbox import MATRIX, Template
from bot.domain.people import Person
from bot.ports.store import Work


async def ask_who(house: House, work: Work, person: Person, ref: str, purpose: str) -> None:
    """Has the answer sent to the asker's own encrypted room. Raises NotYours."""
    await matters.matter_of(house, work, person, ref)
    now = house.clock.now()
    await work.audit.append(
        AuditLine(
            corporation=person.organisation,
            event="identity.asked",
            at=now,
            subject=ref,
            user=person.id,
            role=person.role,
            action=Action.READ,
            outcome="allowed",
            source=MATRIX,
            detail=purpose,
        )
    )
    row = to_person(person, Template.IDENTITY, ref, now, {"purpose": purpose}, MATRIX)
    await work.outbox.put(row)
