"""What is written in an encrypted room: commands, and numbers that choose.

A command does what the button does elsewhere. A number answers the open question, or the card it
replies to; `ok` is the first choice, and on a card takes it up. A reaction only marks a card seen:
it is plain text and can be forged.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from bot.app import (
    absence_talk,
    agreement_talk,
    care,
    consultants,
    forms,
    matters,
    settings,
    sharing,
)
from bot.app.cards import freshen_card, show_card
from bot.app.house import House
from bot.app.letters import answer, to_person
from bot.app.matter_wording import card_acts
from bot.app.matters import NotYours
from bot.app.staff import staff_today
from bot.dialogues.care_intake import CARE_INTAKE
from bot.dialogues.commands import COMMANDS, Command, Incomplete, Needs, Unknown, Verb, parse
from bot.dialogues.engine import DialogueState, Press, Typed
from bot.domain.agreement_changes import Change
from bot.domain.escalation import WAITING
from bot.domain.outbox import Template
from bot.domain.people import OWNER_ROLES, Person, Role
from bot.domain.routing import may_act
from bot.domain.signals import NotPossible
from bot.ports.doors import Inbound, Kind, Place
from bot.ports.store import Card, Conflict, Work

SEEN_SIGNS = frozenset({"✅", "✔", "☑", "👀", "👍"})
HELP_OF = dict.fromkeys(OWNER_ROLES, "matrix.help.staff") | {Role.CARE_WORKER: "matrix.help.care"}
YES = frozenset({"ok", "oke", "oké", "okay", "ja", "yes"})
_NUMBER = re.compile(r"\s*(\d{1,2})\s*[.)!]?\s*")
_VARIATION = "\ufe0f"

CHANGE_OF = {Verb.WITHDRAW: Change.WITHDRAW, Verb.PAUSE: Change.PAUSE}

Doing = Callable[[House, Work, Person, Inbound, Command], Awaitable[None]]


async def talk(house: House, work: Work, person: Person, inbound: Inbound) -> None:
    """Answers one decrypted event of a linked person. Raises Stale or Repeated."""
    try:
        if inbound.kind is Kind.REACTION:
            await _mark_seen(house, work, person, inbound)
        elif inbound.kind is Kind.TEXT:
            await _text(house, work, person, inbound)
        else:
            await _say(house, work, person, inbound, "answer.only_text")
    except NotYours:
        await _say(house, work, person, inbound, "matter.not_yours")
    except (NotPossible, Conflict):
        await _say(house, work, person, inbound, "matter.already")


async def _text(house: House, work: Work, person: Person, inbound: Inbound) -> None:
    read = parse(inbound.text)
    if isinstance(read, Command):
        await _do(house, work, person, inbound, read)
    elif isinstance(read, Incomplete):
        needs = COMMANDS[read.verb].needs
        key = "matrix.which_case" if needs is Needs.CASE else "matrix.which_matter"
        await _hint(house, work, person, inbound, key, read.verb)
    elif isinstance(read, Unknown) and read.nearest is not None:
        await _hint(house, work, person, inbound, "matrix.did_you_mean", read.nearest)
    elif isinstance(read, Unknown):
        await _say(house, work, person, inbound, "matrix.unknown")
    else:
        await _answer(house, work, person, inbound)


async def _do(house: House, work: Work, person: Person, inbound: Inbound, command: Command) -> None:
    does = DOES.get(command.verb)
    if does is None:
        await _say(house, work, person, inbound, "matrix.not_yet")
    elif inbound.place is not Place.PRIVATE and command.verb not in IN_CASE_ROOMS:
        await _say(house, work, person, inbound, "matrix.only_own_room")
    elif command.verb in FOR_OWNERS and person.role not in OWNER_ROLES:
        await _say(house, work, person, inbound, "matrix.not_for_you")
    else:
        await does(house, work, person, inbound, command)


async def _answer(house: House, work: Work, person: Person, inbound: Inbound) -> None:
    """A number, `ok` or other words: to the card replied to, or to the open question. What people
    say to each other in a shared room is not for the service."""
    if inbound.place is not Place.PRIVATE:
        return
    text = inbound.text.strip()
    number = _number_in(text)
    card = await _card_replied_to(work, person, inbound)
    if card is not None and number is not None:
        await _choose_on_card(house, work, person, inbound, card, number)
        return
    state = await forms.current(house, work, person, inbound)
    if state is None:
        await _say(house, work, person, inbound, "matrix.how_to")
        return
    given = Typed(text) if number is None else Press(state.id, state.revision, number - 1)
    await _go_on(house, work, person, inbound, state, given)


async def _go_on(
    house: House,
    work: Work,
    person: Person,
    inbound: Inbound,
    state: DialogueState,
    given: Press | Typed,
) -> None:
    if isinstance(given, Press) and state.screen and given.index >= len(state.screen.choices):
        given = Typed(str(given.index + 1))
    if state.dialogue == CARE_INTAKE.name:
        await care.go_on(house, work, person, inbound, state, given)
    elif person.role in OWNER_ROLES:
        await consultants.go_on(house, work, person, inbound, state, given)
    else:
        await settings.go_on(house, work, person, inbound, state, given)


def _number_in(text: str) -> int | None:
    """The choice a short answer names; `ok` is the first."""
    if text.casefold().rstrip(".!") in YES:
        return 1
    found = _NUMBER.fullmatch(text)
    return int(found[1]) if found and int(found[1]) > 0 else None


# cards


async def _card_replied_to(work: Work, person: Person, inbound: Inbound) -> Card | None:
    """The reader's own card that this is a reply to."""
    if not inbound.reply_to:
        return None
    card = await work.cards.at(inbound.platform, inbound.reply_to)
    return card if card is not None and card.person == person.key else None


async def _choose_on_card(
    house: House, work: Work, person: Person, inbound: Inbound, card: Card, number: int
) -> None:
    """The nth thing that can be done with the card as it stands now. `ok` only ever takes up."""
    signal = await matters.matter_of(house, work, person, card.ref)
    mine = signal.owner == person.id
    staff = await staff_today(house, work, signal.corporation)
    helps = not mine and signal.state in WAITING and may_act(person.id, signal.owner or "", staff)
    acts = card_acts(signal, mine, helps)
    says_yes = not inbound.text.strip()[:1].isdigit()
    if not 1 <= number <= len(acts) or (says_yes and acts[0] != "take"):
        raise NotPossible
    await consultants.act_on_card(house, work, person, inbound, card.ref, acts[number - 1])


async def _mark_seen(house: House, work: Work, person: Person, inbound: Inbound) -> None:
    if inbound.text.replace(_VARIATION, "") not in SEEN_SIGNS:
        return
    card = await _card_replied_to(work, person, inbound)
    if card is not None and card.seen_at is None:
        await work.cards.put(replace(card, seen_at=house.clock.now()))
        await freshen_card(house, work, person, card.ref, inbound.platform)


# commands


async def _signal(
    house: House, work: Work, person: Person, inbound: Inbound, command: Command
) -> None:
    if person.role is not Role.CARE_WORKER:
        await _say(house, work, person, inbound, "matrix.not_for_you")
        return
    await care.begin(house, work, person, inbound, command)


async def _take_up(
    house: House, work: Work, person: Person, inbound: Inbound, command: Command
) -> None:
    await consultants.act_on_card(house, work, person, inbound, command.about, "take")


async def _later(
    house: House, work: Work, person: Person, inbound: Inbound, command: Command
) -> None:
    await consultants.ask_about(house, work, person, inbound, command.about, "later", command.rest)


async def _close(
    house: House, work: Work, person: Person, inbound: Inbound, command: Command
) -> None:
    await consultants.ask_about(house, work, person, inbound, command.about, "close", command.rest)


async def _pass_on(
    house: House, work: Work, person: Person, inbound: Inbound, command: Command
) -> None:
    await consultants.ask_about(house, work, person, inbound, command.about, "pass", command.rest)


async def _who(
    house: House, work: Work, person: Person, inbound: Inbound, command: Command
) -> None:
    await consultants.ask_about(house, work, person, inbound, command.about, "who", "")


async def _share(
    house: House, work: Work, person: Person, inbound: Inbound, command: Command
) -> None:
    await sharing.begin(house, work, person, inbound, command.about, command.rest)


async def _agreement(
    house: House, work: Work, person: Person, inbound: Inbound, command: Command
) -> None:
    change = CHANGE_OF.get(command.verb)
    await agreement_talk.begin(house, work, person, inbound, command.about, change)


async def _show(
    house: House, work: Work, person: Person, inbound: Inbound, command: Command
) -> None:
    await matters.matter_of(house, work, person, command.about)
    await show_card(house, work, person, command.about, inbound.platform)


async def _cases(
    house: House, work: Work, person: Person, inbound: Inbound, command: Command
) -> None:
    now = house.clock.now()
    row = to_person(person, Template.OPEN_MATTERS, "", now, platform=inbound.platform)
    await work.outbox.put(row)


async def _away(
    house: House, work: Work, person: Person, inbound: Inbound, command: Command
) -> None:
    await absence_talk.begin(house, work, person, inbound, command.rest)


async def _cancel(
    house: House, work: Work, person: Person, inbound: Inbound, command: Command
) -> None:
    await forms.close(house, work, person)
    await _say(house, work, person, inbound, "form.cancelled")


async def _setting(
    house: House, work: Work, person: Person, inbound: Inbound, command: Command
) -> None:
    """The general commands are the same by every door, but for the sign in front."""
    line = f"/{COMMANDS[command.verb].names[0]} {command.rest}".strip()
    await settings.command(house, work, person, replace(inbound, text=line))


async def _help(
    house: House, work: Work, person: Person, inbound: Inbound, command: Command
) -> None:
    key = HELP_OF.get(person.role, "matrix.help.others")
    await _say(house, work, person, inbound, key)


DOES: Mapping[Verb, Doing] = MappingProxyType(
    {
        Verb.SIGNAL: _signal,
        Verb.CASES: _cases,
        Verb.TAKE_UP: _take_up,
        Verb.LATER: _later,
        Verb.DONE: _close,
        Verb.COLLEAGUE: _pass_on,
        Verb.WHO: _who,
        Verb.SHARE: _share,
        Verb.WITHDRAW: _agreement,
        Verb.PAUSE: _agreement,
        Verb.AGREEMENT: _agreement,
        Verb.SHOW: _show,
        Verb.AWAY: _away,
        Verb.LANGUAGE: _setting,
        Verb.NUDGES: _setting,
        Verb.STOP: _setting,
        Verb.CANCEL: _cancel,
        Verb.HELP: _help,
    }
)
"""What each command does. A command without a row says that it is not there yet."""

IN_CASE_ROOMS = frozenset({Verb.SIGNAL, Verb.HELP})
"""What may be typed in a room that is shared; all else belongs in the person's own."""

FOR_OWNERS = frozenset(
    {Verb.CASES, Verb.TAKE_UP, Verb.LATER, Verb.DONE, Verb.COLLEAGUE, Verb.WHO, Verb.SHOW}
    | {Verb.AWAY, Verb.SHARE, Verb.WITHDRAW, Verb.PAUSE, Verb.AGREEMENT}
)


async def _say(house: House, work: Work, person: Person, inbound: Inbound, key: str) -> None:
    await work.outbox.put(answer(person, inbound, house.clock.now(), key))


async def _hint(
    house: House, work: Work, person: Person, inbound: Inbound, key: str, verb: Verb
) -> None:
    """A sentence that names a command as it should be typed."""
    now = house.clock.now()
    details: dict[str, str | int] = {"text": key, "verb": verb}
    row = to_person(person, Template.HINT, inbound.event, now, details, inbound.platform)
    await work.outbox.put(row)
