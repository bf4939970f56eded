"""The conversation with a consultant or team lead. On Telegram: references and urgency only."""

from dataclasses import replace
from datetime import datetime

from bot.app import absence_talk, agreement_talk, forms, matters, settings, sharing
from bot.app.cards import show_card
from bot.app.house import House
from bot.app.identity import ask_who
from bot.app.letters import answer, to_person
from bot.app.matters import NotYours
from bot.dialogues import engine
from bot.dialogues.absence import ABSENCE
from bot.dialogues.agreement import AGREEMENT
from bot.dialogues.engine import Dialogue, DialogueState, Press, Stale, Typed
from bot.dialogues.matters import HAND_OVER, RESOLVE, SNOOZE, MatterFacts
from bot.dialogues.sharing import SHARING
from bot.dialogues.who import WHO
from bot.domain.outbox import OutboxRow, Template
from bot.domain.people import Person
from bot.domain.signals import Act, NotPossible, Outcome, transition
from bot.ports.doors import Inbound, Kind
from bot.ports.store import Conflict, Work

CARD_BUTTON = "card"
"""Marks a card's buttons, `card:REF:act`; forms have tokens of their own."""

DIALOGUES: dict[str, Dialogue[MatterFacts]] = {
    "close": RESOLVE,
    "pass": HAND_OVER,
    "later": SNOOZE,
    "who": WHO,
}
ENDS_IN = {"close": Act.RESOLVE, "pass": Act.REASSIGN, "later": Act.SNOOZE}
"""What a dialogue leads to; one that can lead to nothing is not begun."""
BY_NAME = {dialogue.name: dialogue for dialogue in DIALOGUES.values()}
LIST_COMMANDS = frozenset({"/zaken", "/open", "/cases", "/mijn"})


async def talk(house: House, work: Work, person: Person, inbound: Inbound) -> None:
    """Answers one event of a consultant or team lead. Raises Stale or Repeated."""
    now = house.clock.now()
    try:
        if inbound.kind is Kind.PRESS:
            await _press(house, work, person, inbound)
        elif inbound.kind is Kind.TEXT:
            await _text(house, work, person, inbound)
        else:
            await work.outbox.put(answer(person, inbound, now, "answer.only_text"))
    except NotYours:
        await work.outbox.put(_toast(house, person, inbound, "matter.not_yours"))
    except (NotPossible, Conflict):
        await work.outbox.put(_toast(house, person, inbound, "matter.already"))


async def _press(house: House, work: Work, person: Person, inbound: Inbound) -> None:
    if inbound.token.startswith(f"{CARD_BUTTON}:"):
        await _card_button(house, work, person, inbound)
        return
    state = await forms.current(house, work, person, inbound)
    given = forms.press_of(inbound.token)
    if state is None:
        raise Stale
    await go_on(house, work, person, inbound, state, given)


async def _card_button(house: House, work: Work, person: Person, inbound: Inbound) -> None:
    _, ref, act = (*inbound.token.split(":"), "", "")[:3]
    await act_on_card(house, work, person, inbound, ref, act)


async def act_on_card(
    house: House, work: Work, person: Person, inbound: Inbound, ref: str, act: str
) -> None:
    """Does what a card offers. Raises NotYours, NotPossible, Conflict, or Stale."""
    if act == "take":
        await matters.take_up(house, work, person, ref)
        await work.outbox.put(_toast(house, person, inbound, "matter.taken_up"))
    elif act == "busy":
        await matters.go_on_with(house, work, person, ref)
        await work.outbox.put(_toast(house, person, inbound, "matter.goes_on"))
    elif act == "show":
        await matters.matter_of(house, work, person, ref)
        await work.outbox.put(answer(person, inbound, house.clock.now()))
        await show_card(house, work, person, ref, inbound.platform)
    elif act in ENDS_IN:
        await ask_about(house, work, person, inbound, ref, act)
        if inbound.press:
            await work.outbox.put(answer(person, inbound, house.clock.now()))
    else:
        raise Stale


async def ask_about(
    house: House,
    work: Work,
    person: Person,
    inbound: Inbound,
    ref: str,
    act: str,
    answered: str = "",
) -> None:
    """Asks what an act needs; `answered` is what was typed with it already. Raises NotYours,
    NotPossible, Conflict."""
    signal = await matters.matter_of(house, work, person, ref)
    if act in ENDS_IN:
        transition(signal.state, ENDS_IN[act])
    facts = await _facts(house, work, person, ref)
    beside = _beside_the_card(inbound)
    state = await forms.open_form(house, work, person, beside, DIALOGUES[act], facts, about=ref)
    if answered:
        await go_on(house, work, person, beside, state, Typed(answered))
    else:
        await forms.show(house, work, person, beside, state)


async def _text(house: House, work: Work, person: Person, inbound: Inbound) -> None:
    word = inbound.text.strip().split(" ")[0].lower()
    state = await forms.current(house, work, person, inbound)
    if word in LIST_COMMANDS:
        now = house.clock.now()
        row = to_person(person, Template.OPEN_MATTERS, "", now, platform=inbound.platform)
        await work.outbox.put(row)
    elif word in absence_talk.COMMANDS:
        _, _, line = inbound.text.strip().partition(" ")
        await absence_talk.begin(house, work, person, inbound, line)
    elif await settings.command(house, work, person, inbound):
        return
    elif state is not None:
        await go_on(house, work, person, inbound, state, Typed(inbound.text.strip()))
    else:
        row = answer(
            person,
            inbound,
            house.clock.now(),
            "answer.use_the_buttons",
            remove=inbound.message or "",
        )
        await work.outbox.put(row)


async def go_on(
    house: House,
    work: Work,
    person: Person,
    inbound: Inbound,
    state: DialogueState,
    given: Press | Typed,
) -> None:
    if state.dialogue == SHARING.name:
        await sharing.go_on(house, work, person, inbound, state, given)
        return
    if state.dialogue == AGREEMENT.name:
        await agreement_talk.go_on(house, work, person, inbound, state, given)
        return
    if state.dialogue == ABSENCE.name:
        await absence_talk.go_on(house, work, person, inbound, state, given)
        return
    if state.dialogue not in BY_NAME:
        await settings.go_on(house, work, person, inbound, state, given)
        return
    facts = await _facts(house, work, person, state.about)
    state = engine.answer(BY_NAME[state.dialogue], state, given, facts)
    if not state.finished:
        await forms.show(house, work, person, inbound, state)
        return
    await forms.finish(work, person, inbound, state)
    refused = "" if state.cancelled else await _act(house, work, person, state)
    await work.outbox.put(_toast(house, person, inbound, refused, state.id))


async def _act(house: House, work: Work, person: Person, state: DialogueState) -> str:
    """Does what was answered; returns what to say where that can no longer be."""
    try:
        if state.dialogue == RESOLVE.name:
            outcome = Outcome(state.answers["outcome"])
            await matters.close(house, work, person, state.about, outcome)
        elif state.dialogue == SNOOZE.name:
            until = datetime.fromisoformat(state.answers["until"])
            await matters.snooze(house, work, person, state.about, until)
        elif state.dialogue == WHO.name:
            await ask_who(house, work, person, state.about, state.answers["purpose"])
        else:
            await matters.hand_over(house, work, person, state.about, state.answers["colleague"])
    except NotYours:
        return "matter.not_yours"
    except (NotPossible, Conflict):
        return "matter.already"
    return ""


async def _facts(house: House, work: Work, person: Person, ref: str) -> MatterFacts:
    colleagues = await matters.colleagues_of(house, work, person)
    return MatterFacts(ref, house.clock.now(), house.calendar, colleagues)


def _beside_the_card(inbound: Inbound) -> Inbound:
    """A question about a matter comes as a message of its own; the card stays as it is."""
    return replace(inbound, press=None, message=None)


def _toast(
    house: House, person: Person, inbound: Inbound, key: str, dialogue: str = ""
) -> OutboxRow:
    """A short word on a button, or a message where there was no button; tidies a dialogue away."""
    now = house.clock.now()
    if inbound.press:
        return answer(person, inbound, now, "", toast=key, dialogue=dialogue)
    return answer(person, inbound, now, key, dialogue=dialogue)
