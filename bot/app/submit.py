"""Takes a finished intake in: one small transaction on the intake side, then the receipt.

Promise: exactly once per event (the event's mark, the signal, the audit line and the receipt commit
together). Nothing here can ask who lives somewhere, so the receipt cannot depend on it.
"""

from bot.app.house import House
from bot.app.letters import to_person
from bot.dialogues.engine import Answers, DialogueState
from bot.domain.audit import Action, AuditLine
from bot.domain.outbox import Template
from bot.domain.people import Person
from bot.domain.signals import Category, Purpose, Signal, Source, State
from bot.domain.urgency import Urgency
from bot.ports.doors import Inbound
from bot.ports.store import IntakeWork

INTAKE_SUBJECT = "intake"
"""Seals a note until routing knows whose home it is about."""


def note_context(ref: str) -> str:
    return f"signal.note.{ref}"


class NoFreeReference(Exception):
    """No free reference was found for this signal."""


async def submit(
    house: House, work: IntakeWork, person: Person, inbound: Inbound, form: DialogueState
) -> Signal:
    """Stores the signal with the photos of its form, and its receipt.

    Raises NoFreeReference after a hundred tries.
    """
    signal = await take_in(house, work, person, inbound, form.answers)
    await work.photos.send(person.organisation, form.id, signal.ref)
    await send_receipt(work, person, inbound, form, signal)
    return signal


async def take_in(
    house: House, work: IntakeWork, person: Person, inbound: Inbound, answers: Answers
) -> Signal:
    """Stores the signal with its audit line. Raises NoFreeReference after a hundred tries."""
    signal = await _store(house, work, person, inbound, answers)
    await work.audit.append(
        AuditLine(
            corporation=person.organisation,
            event="signal.taken_in",
            at=signal.created_at,
            subject=signal.ref,
            user=person.id,
            role=person.role,
            action=Action.CREATE,
            outcome="allowed",
            source=inbound.platform,
        )
    )
    return signal


async def send_receipt(
    work: IntakeWork, person: Person, inbound: Inbound, form: DialogueState, signal: Signal
) -> None:
    details: dict[str, str | int] = {"dialogue": form.id, "urgency": signal.urgency}
    if inbound.press:
        details["press"] = inbound.press
    receipt = to_person(
        person, Template.RECEIPT, signal.ref, signal.created_at, details, inbound.platform
    )
    await work.outbox.put(receipt)


async def _store(
    house: House, work: IntakeWork, person: Person, inbound: Inbound, answers: Answers
) -> Signal:
    event = f"{inbound.platform}:{inbound.event}"
    for attempt in range(100):
        ref = work.vault.reference(person.organisation, event, attempt)
        signal = await _signal(house, work, person, ref, inbound, answers)
        if await work.signals.add(signal):
            return signal
    raise NoFreeReference


async def _signal(
    house: House, work: IntakeWork, person: Person, ref: str, inbound: Inbound, answers: Answers
) -> Signal:
    corporation = person.organisation
    note = answers.get("note", "")
    sealed = (
        await work.vault.seal(corporation, INTAKE_SUBJECT, note_context(ref), note)
        if note
        else None
    )
    return Signal(
        corporation=corporation,
        ref=ref,
        unit=answers["unit"],
        category=Category(answers["category"]),
        urgency=Urgency(answers["urgency"]),
        source=Source(answers.get("source", Source.OWN)),
        purpose=Purpose(answers.get("purpose", Purpose.OBSERVATION)),
        state=State.NEW,
        sender=person.id,
        owner=None,
        observed_at=inbound.at,
        created_at=house.clock.now(),
        sealed_note=sealed,
        merged_into=answers.get("follows") or None,
    )
