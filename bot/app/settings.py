"""What everybody can do, whatever their role: help, language, unlinking."""

from bot.app import forms
from bot.app.doors import open_doors
from bot.app.house import House
from bot.app.letters import answer, to_address
from bot.dialogues import engine
from bot.dialogues.engine import DialogueState, Press, Typed
from bot.dialogues.settings import LANGUAGE, LANGUAGES, NUDGES, STOP
from bot.domain.audit import Action, AuditLine
from bot.domain.people import Person
from bot.ports.doors import Inbound
from bot.ports.store import IntakeWork

DIALOGUES = {one.name: one for one in (LANGUAGE, NUDGES, STOP)}

COMMANDS = {
    "/help": "help",
    "/hulp": "help",
    "/start": "help",
    "/taal": "language",
    "/language": "language",
    "/meldingen": "nudges",
    "/nudges": "nudges",
    "/stop": "stop",
}


async def command(house: House, work: IntakeWork, person: Person, inbound: Inbound) -> bool:
    """Answers a general command; false when the text is none."""
    word, _, rest = inbound.text.strip().partition(" ")
    meaning = COMMANDS.get(word.lower())
    if meaning == "help":
        key = f"help.{person.role}"
        await work.outbox.put(answer(person, inbound, house.clock.now(), key))
    elif meaning == "language" and rest.strip().lower() in LANGUAGES:
        await _set_language(house, work, person, inbound, rest.strip().lower())
    elif meaning == "nudges" and not await _has_both_doors(work, person):
        await work.outbox.put(answer(person, inbound, house.clock.now(), "answer.one_door"))
    elif meaning in DIALOGUES:
        dialogue = DIALOGUES[meaning]
        state = await forms.open_form(house, work, person, inbound, dialogue, None)
        await forms.show(house, work, person, inbound, state)
    elif word.startswith("/"):
        now = house.clock.now()
        await work.outbox.put(answer(person, inbound, now, "answer.unknown_command"))
    else:
        return False
    return True


async def go_on(
    house: House,
    work: IntakeWork,
    person: Person,
    inbound: Inbound,
    state: DialogueState,
    given: Press | Typed,
) -> None:
    """Answers a running settings dialogue. Raises Stale or Repeated."""
    state = engine.answer(DIALOGUES[state.dialogue], state, given, None)
    if not state.finished:
        await forms.show(house, work, person, inbound, state)
        return
    await forms.finish(work, person, inbound, state)
    if state.cancelled:
        row = answer(person, inbound, house.clock.now(), "answer.still_linked", dialogue=state.id)
        await work.outbox.put(row)
    elif state.dialogue == NUDGES.name:
        await work.accounts.choose_nudges(person.key, state.answers["nudges"])
        now = house.clock.now()
        row = answer(person, inbound, now, "answer.nudges", dialogue=state.id)
        await work.outbox.put(row)
    elif state.dialogue == LANGUAGE.name:
        await _set_language(house, work, person, inbound, state.answers["language"], state.id)
    else:
        await _unlink(house, work, person, inbound)


async def _has_both_doors(work: IntakeWork, person: Person) -> bool:
    return len(await open_doors(work, person.key)) > 1


async def _set_language(
    house: House,
    work: IntakeWork,
    person: Person,
    inbound: Inbound,
    language: str,
    dialogue: str = "",
) -> None:
    await work.people.set_language(person.key, language)
    now = house.clock.now()
    await work.outbox.put(answer(person, inbound, now, "answer.language", dialogue=dialogue))


async def _unlink(house: House, work: IntakeWork, person: Person, inbound: Inbound) -> None:
    """Ends the link at once. The goodbye goes to the address, which is nobody's from here on."""
    await work.accounts.unlink(person.key, inbound.platform)
    now = house.clock.now()
    await work.audit.append(
        AuditLine(
            corporation=person.organisation,
            event="account.unlinked",
            at=now,
            subject=person.id,
            user=person.id,
            role=person.role,
            action=Action.DELETE,
            outcome="done",
            source=inbound.platform,
        )
    )
    await work.outbox.put(to_address(inbound, "answer.unlinked", now))
