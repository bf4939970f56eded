"""How a matter is put into words: its card, nudges, and lists of matters."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from bot.app.consultants import CARD_BUTTON
from bot.app.content import content_fields, may_be_told
from bot.app.house import House
from bot.app.staff import staff_today
from bot.app.telling import NothingToSay, Telling
from bot.domain.disclosure import (
    Door,
    Field,
    Text,
    reference,
)
from bot.domain.due import DueKind
from bot.domain.escalation import WAITING, Step, act_before, began
from bot.domain.outbox import OutboxRow, Template
from bot.domain.routing import may_act
from bot.domain.signals import (
    OPEN_STATES,
    TOLD,
    Signal,
    SignalEvent,
    State,
)
from bot.domain.urgency import Urgency
from bot.ports.doors import Button, Parcel

MATTERS_LISTED = 20
CARDS_AT_ONCE = 3
NUDGES_WITH_BUTTONS = 8
STEPS_ON_A_CARD = 4
MINUTES_IN = {"age.days": 1440, "age.hours": 60, "age.minutes": 1}


async def open_matters(telling: Telling) -> Parcel:
    """What the reader is responsible for, oldest first."""
    matters = (await telling.work.matters.open_of(telling.person))[:MATTERS_LISTED]
    lines = tuple(Text("matters.line", matter_fields(telling, signal)) for signal in matters)
    if not lines:
        return telling.says(Text("matters.none"))
    return telling.says(Text("matters.list", {"lines": reference(lines)}))


async def card(telling: Telling) -> Parcel:
    """A matter as it stands now; it takes the place of the reader's earlier card of it."""
    return await _card(telling, anew=bool(telling.number("anew")))


async def nudge(telling: Telling) -> Parcel:
    """Draws attention to a matter by its card, shown anew. Many at once, and what comes late, are
    told as one list; acute danger always has a message of its own."""
    signal = await _still_waits(telling, telling.row)
    if signal is None:
        raise NothingToSay
    waiting = await telling.work.post.waiting(telling.row.recipient, Template.NUDGE)
    others = [(row, found) for row in waiting if (found := await _still_waits(telling, row))]
    still = [(row, one) for row, one in others if one.urgency is not Urgency.ACUTE]
    late = any(row.details.get("late") for row, _ in still)
    many = len(still) > CARDS_AT_ONCE
    if signal.urgency is Urgency.ACUTE or not (late or many):
        said = tuple(row.id for row, one in others if one.ref == signal.ref)
        return replace(await _card(telling, anew=True), covers=said)
    lines = tuple(Text("matters.line", matter_fields(telling, one)) for _, one in still)
    key = "nudges.late" if late else "nudges"
    return Parcel(
        address=telling.reader.address,
        language=telling.reader.language,
        text=Text(key, {"lines": reference(lines[:MATTERS_LISTED])}),
        buttons=tuple(
            (Button(Text("card.button.show", {"ref": reference(one.ref)}), _show_token(one)),)
            for _, one in still[:NUDGES_WITH_BUTTONS]
        ),
        covers=tuple(row.id for row, _ in still),
    )


async def _still_waits(telling: Telling, row: OutboxRow) -> Signal | None:
    """The signal of a nudge that is not yet overtaken by what somebody did."""
    signal = await telling.work.signals.get(row.corporation, row.about)
    step = Step(str(row.details["step"]))
    if signal is None or signal.state not in OPEN_STATES:
        return None
    mine = signal.owner == telling.person.person
    if step in (Step.FIRST, Step.WAKE, Step.COME_BACK):
        return signal if mine else None
    return signal if signal.state in WAITING else None


def _show_token(signal: Signal) -> str:
    return f"{CARD_BUTTON}:{signal.ref}:show"


async def _card(telling: Telling, anew: bool) -> Parcel:
    ref, corporation = telling.row.about, telling.row.corporation
    signal = await telling.work.signals.get(corporation, ref)
    if signal is None:
        raise NothingToSay
    joined = len(await telling.work.matters.merged_into(corporation, ref))
    cards = await telling.work.cards.of(corporation, ref)
    here = (telling.person, telling.row.recipient.platform)
    standing = next((one for one in cards if (one.person, one.platform) == here), None)
    earlier = standing.message if standing else None
    mine = signal.owner == telling.person.person
    helps = not mine and await _may_step_in(telling, signal)
    text = await _card_text(telling, signal, joined, mine)
    return Parcel(
        address=telling.reader.address,
        language=telling.reader.language,
        text=await _told_here(
            telling, signal, mine or helps, text, bool(standing and standing.seen_at)
        ),
        buttons=_card_buttons(signal, mine, helps),
        edit=None if anew else earlier,
        delete=(earlier,) if anew and earlier else (),
        is_card=True,
    )


async def _told_here(
    telling: Telling, signal: Signal, concerns: bool, card_text: Text, seen: bool
) -> Text:
    """The card with its content, by a door that is cleared for it and to whom it concerns now."""
    shown = concerns and signal.state in OPEN_STATES
    if telling.reader.door is not Door.MATRIX or not shown:
        return card_text
    if not await may_be_told(telling.house, telling.work, signal):
        return card_text
    fields = await content_fields(telling.house, telling.work, signal)
    seen_note = Text("card.seen") if seen else Text("nothing")
    return Text(
        "card.with_content",
        {"card": reference(card_text), "seen": reference(seen_note), **fields},
    )


async def _card_text(telling: Telling, signal: Signal, joined: int, mine: bool) -> Text:
    fields = matter_fields(telling, signal)
    if not mine and signal.state in OPEN_STATES:
        fields["state"] = reference(Text("card.state.with_colleague"))
    more = Text("card.joined", {"n": reference(joined)}) if joined else Text("nothing")
    fields["joined"] = reference(more)
    history = tuple(await telling.work.signals.history(signal.corporation, signal.ref))
    fields["steps"] = reference(_steps(telling.house, history))
    fields["deadline"] = reference(await _deadline(telling, signal, history))
    return Text("card.acute" if signal.urgency is Urgency.ACUTE else "card", fields)


def _steps(house: House, history: tuple[SignalEvent, ...]) -> Text:
    """What the service did to get it taken up, since the present owner has it."""
    since = began(history)
    told = [event for event in history if event.act in TOLD and (since is None or event.at > since)]
    if not told:
        return Text("nothing")
    lines = tuple(
        Text(f"card.step.{event.act}", {"when": reference(_moment(house, event.at))})
        for event in told[-STEPS_ON_A_CARD:]
    )
    return Text("card.steps", {"lines": reference(lines)})


async def _deadline(telling: Telling, signal: Signal, history: tuple[SignalEvent, ...]) -> Text:
    """Until when there is time to act, or when a matter that was taken up or put off comes back."""
    house = telling.house
    due = await telling.work.due.get(signal.corporation, DueKind.SIGNAL, signal.ref)
    if due is not None and due.step in (Step.COME_BACK, Step.WAKE):
        return Text("card.comes_back", {"when": reference(_moment(house, due.at))})
    since = began(history)
    if signal.state not in WAITING or since is None or signal.urgency is Urgency.ACUTE:
        return Text("nothing")
    until = act_before(signal.urgency, since, house.calendar)
    return Text("card.act_before", {"when": reference(_moment(house, until))})


def matter_fields(telling: Telling, signal: Signal) -> dict[str, Field]:
    return {
        "ref": reference(signal.ref),
        "urgency": reference(Text(f"urgency.{signal.urgency}")),
        "since": reference(_since(telling.house, signal)),
        "age": reference(_age(telling.house, signal)),
        "state": reference(Text(f"card.state.{signal.state}")),
    }


def _since(house: House, signal: Signal) -> str:
    """When it came in: true for as long as a card stands in a chat, which its age is not."""
    return _moment(house, signal.created_at)


def _moment(house: House, instant: datetime) -> str:
    return f"{instant.astimezone(house.calendar.zone):%d-%m %H:%M}"


def _age(house: House, signal: Signal) -> Text:
    minutes = int((house.clock.now() - signal.created_at).total_seconds() // 60)
    for key, length in MINUTES_IN.items():
        if minutes >= length:
            return Text(key, {"n": reference(minutes // length)})
    return Text("age.now")


BUTTONS_IN: Mapping[State, tuple[str, ...]] = MappingProxyType(
    {
        State.ROUTED: ("take", "later", "close", "pass"),
        State.REOPENED: ("take", "later", "close", "pass"),
        State.ACKNOWLEDGED: ("busy", "later", "close", "pass"),
        State.IN_PROGRESS: ("busy", "later", "close", "pass"),
        State.SNOOZED: ("take", "later", "close", "pass"),
    }
)
"""What the responsible person can do with a card, by the state of the matter."""


async def _may_step_in(telling: Telling, signal: Signal) -> bool:
    """Whoever stands behind the owner can take it up while nobody has."""
    if signal.state not in WAITING or signal.owner is None:
        return False
    staff = await staff_today(telling.house, telling.work, signal.corporation)
    return may_act(telling.person.person, signal.owner, staff)


def card_acts(signal: Signal, mine: bool, may_step_in: bool) -> tuple[str, ...]:
    """What this reader can do with a card, in the order it is offered."""
    return BUTTONS_IN.get(signal.state, ()) if mine else ("take",) if may_step_in else ()


def _card_buttons(signal: Signal, mine: bool, may_step_in: bool) -> tuple[tuple[Button, ...], ...]:
    acts = card_acts(signal, mine, may_step_in)
    return tuple(
        (Button(Text(f"card.button.{act}"), f"{CARD_BUTTON}:{signal.ref}:{act}"),) for act in acts
    )
