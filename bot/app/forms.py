"""Runs a person's dialogue: starts it, answers it, shows it, and clears it away."""

from typing import TypeVar

from bot.app.house import DRAFTS_KEPT, House
from bot.app.letters import to_person
from bot.dialogues.engine import Answers, Dialogue, DialogueState, Press, Stale, start
from bot.domain.outbox import Template
from bot.domain.people import Person
from bot.ports.doors import Inbound
from bot.ports.store import IntakeWork

Facts = TypeVar("Facts")


async def current(
    house: House, work: IntakeWork, person: Person, inbound: Inbound
) -> DialogueState | None:
    """The person's running dialogue at this door; an expired one does not count."""
    state = await work.dialogues.get(person.key)
    if state is None or state.platform != inbound.platform:
        return None
    return state if state.expires_at > house.clock.now() else None


def blank(
    house: House, work: IntakeWork, person: Person, inbound: Inbound, about: str = ""
) -> DialogueState:
    """An empty form. Its id follows from the event, so that a redelivery makes the same form."""
    event = f"{inbound.platform}:{inbound.event}"
    return DialogueState(
        id=work.vault.fingerprint("dialogue", event).hex()[:10],
        dialogue="",
        about=about,
        answers={},
        screen=None,
        revision=0,
        expires_at=house.clock.now() + DRAFTS_KEPT,
        platform=inbound.platform,
    )


async def open_form(
    house: House,
    work: IntakeWork,
    person: Person,
    inbound: Inbound,
    dialogue: Dialogue[Facts],
    facts: Facts,
    answers: Answers | None = None,
    about: str = "",
) -> DialogueState:
    """Starts a dialogue in place of any other and returns its state; nothing is shown yet."""
    await close(house, work, person)
    blank_state = blank(house, work, person, inbound, about)
    return start(dialogue, blank_state, answers or {}, facts)


async def show(
    house: House, work: IntakeWork, person: Person, inbound: Inbound, state: DialogueState
) -> None:
    """Keeps the state and has its screen shown: in place after a press, else as a new message."""
    await work.dialogues.put(person.key, state)
    details: dict[str, str | int] = {}
    if inbound.press and inbound.message:
        details = {"press": inbound.press, "message": inbound.message}
    elif inbound.message:
        await work.dialogues.add_message(person.key, state.id, inbound.message)
    now = house.clock.now()
    row = to_person(person, Template.FORM, state.id, now, details, state.platform)
    await work.outbox.put(row)


async def finish(work: IntakeWork, person: Person, inbound: Inbound, state: DialogueState) -> None:
    """Forgets the answers. Whatever is sent next tidies the form's messages away."""
    await work.dialogues.remove(person.key)
    if inbound.message:
        await work.dialogues.add_message(person.key, state.id, inbound.message)


async def close(house: House, work: IntakeWork, person: Person) -> None:
    """Ends the running dialogue, if any, and tidies its messages away."""
    old = await work.dialogues.get(person.key)
    if old is not None:
        await work.dialogues.remove(person.key)
        await work.photos.forget_draft(person.organisation, old.id)
        now = house.clock.now()
        row = to_person(person, Template.TIDY, old.id, now, platform=old.platform)
        await work.outbox.put(row)


def press_of(token: str) -> Press:
    """Reads a form button's token `id:revision:index`. Raises Stale on anything else."""
    parts = token.split(":")
    if len(parts) != 3 or not (parts[1].isdigit() and parts[2].isdigit()):
        raise Stale
    return Press(parts[0], int(parts[1]), int(parts[2]))


def form_token(state: DialogueState, index: int) -> str:
    return f"{state.id}:{state.revision}:{index}"
