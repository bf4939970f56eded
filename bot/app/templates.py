"""What each template says: one function a template, from the state of this moment.

They compose; whether it may be said is decided in bot/app/parcels.py, the choke point.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from bot.app.consultants import CARD_BUTTON
from bot.app.content import content_fields, may_be_told
from bot.app.forms import form_token
from bot.app.house import House
from bot.app.staff import staff_today
from bot.dialogues.commands import COMMANDS, Verb
from bot.domain.disclosure import (
    Audience,
    Door,
    Field,
    Text,
    identity,
    own_form,
    public,
    reference,
)
from bot.domain.due import DueKind
from bot.domain.escalation import WAITING, Step, act_before, began
from bot.domain.outbox import OutboxRow, Template
from bot.domain.people import Person, PersonKey, Role
from bot.domain.routing import may_act
from bot.domain.signals import (
    OPEN_STATES,
    TOLD,
    Signal,
    SignalEvent,
    State,
    released_status,
)
from bot.domain.urgency import Urgency
from bot.domain.worktime import last_release
from bot.ports.doors import Button, Parcel
from bot.ports.store import Work

SIGNALS_LISTED = 10
MATTERS_LISTED = 20
CARDS_AT_ONCE = 3
NUDGES_WITH_BUTTONS = 8
STEPS_ON_A_CARD = 4
CODE_DIGITS = 6
MINUTES_IN = {"age.days": 1440, "age.hours": 60, "age.minutes": 1}

AUDIENCE_OF: Mapping[Role, Audience] = MappingProxyType(
    {
        Role.MANAGER: Audience.MANAGER,
        Role.CONSULTANT: Audience.OWNER,
        Role.TEAM_LEAD: Audience.OWNER,
        Role.CARE_WORKER: Audience.CARE_WORKER,
        Role.COORDINATOR: Audience.COORDINATOR,
        Role.PRIVACY_OFFICER: Audience.PRIVACY_OFFICER,
        Role.ADMINISTRATOR: Audience.ADMINISTRATOR,
    }
)


class NothingToSay(Exception):
    """What this row was about is over; there is nothing left to tell."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads it, and where: a person by an account, or a bare address."""

    person: Person | None
    address: str
    door: Door
    room: str = ""

    @property
    def audience(self) -> Audience:
        return AUDIENCE_OF[self.person.role] if self.person else Audience.STRANGER

    @property
    def language(self) -> str:
        return self.person.language if self.person else "nl"


@dataclass(frozen=True, slots=True)
class Telling:
    """One row being put into words."""

    house: House
    work: Work
    row: OutboxRow
    reader: Reader

    @property
    def person(self) -> PersonKey:
        """The reader as a known person. Raises NothingToSay for a bare address."""
        if self.row.recipient.person is None:
            raise NothingToSay
        return self.row.recipient.person

    def number(self, name: str) -> int | None:
        value = self.row.details.get(name)
        return int(value) if value else None

    def word(self, name: str) -> str:
        return str(self.row.details.get(name) or "")

    def says(self, text: Text | None) -> Parcel:
        return Parcel(self.reader.address, self.reader.language, text)


async def form(telling: Telling) -> Parcel:
    """The screen of the running dialogue: in place after a press, else new with the old away."""
    dialogues = telling.work.dialogues
    state = await dialogues.get(telling.person)
    if state is None or state.id != telling.row.about or state.screen is None:
        raise NothingToSay
    text = state.screen.text
    if state.screen.problem is not None:
        text = Text(
            "form.problem", {"what": own_form(state.screen.problem), "form": own_form(text)}
        )
    edit = telling.word("message") or None
    shown = await dialogues.messages(telling.person, state.id)
    return Parcel(
        address=telling.reader.address,
        language=telling.reader.language,
        text=text,
        buttons=tuple(
            (Button(choice.label, form_token(state, index)),)
            for index, choice in enumerate(state.screen.choices)
        ),
        edit=edit,
        delete=tuple(message for message in shown if message != edit),
        press=telling.word("press") or None,
    )


async def answer(telling: Telling) -> Parcel:
    """A fixed sentence, a word on a button, or nothing but tidying away."""
    key = telling.word("text")
    return await _with_tidying(telling, Text(key) if key else None)


async def tidy(telling: Telling) -> Parcel:
    return await _with_tidying(telling, None)


async def receipt(telling: Telling) -> Parcel:
    """Depends on nothing but what the sender sent (invariant I1)."""
    acute = telling.word("urgency") == Urgency.ACUTE
    key = "receipt.acute" if acute else "receipt"
    return await _with_tidying(telling, Text(key, {"ref": reference(telling.row.about)}))


async def call_112(telling: Telling) -> Parcel:
    return telling.says(Text("answer.call_112"))


async def own_signals(telling: Telling) -> Parcel:
    """The sender's own references with the last status released for each."""
    signals = await telling.work.signals.sent_by(telling.person, SIGNALS_LISTED)
    until = last_release(telling.house.clock.now(), telling.house.calendar)
    lines = []
    for signal in signals:
        history = tuple(await telling.work.signals.history(signal.corporation, signal.ref))
        day = telling.house.calendar.local_day(signal.created_at)
        fields = {
            "ref": reference(signal.ref),
            "day": reference(f"{day:%d-%m}"),
            "status": reference(Text(f"status.{released_status(history, until)}")),
        }
        lines.append(Text("mine.line", fields))
    if not lines:
        return telling.says(Text("mine.none"))
    return telling.says(Text("mine.list", {"lines": reference(tuple(lines))}))


async def open_matters(telling: Telling) -> Parcel:
    """What the reader is responsible for, oldest first."""
    matters = (await telling.work.matters.open_of(telling.person))[:MATTERS_LISTED]
    lines = tuple(Text("matters.line", _matter_fields(telling, signal)) for signal in matters)
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
    lines = tuple(Text("matters.line", _matter_fields(telling, one)) for _, one in still)
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


async def hint(telling: Telling) -> Parcel:
    """What may have been meant by a line that is no command, or lacks something."""
    verb = Verb(telling.word("verb"))
    command = public(COMMANDS[verb].named_in(telling.reader.language))
    return telling.says(Text(telling.word("text"), {"command": command}))


async def identity_asked(telling: Telling) -> Parcel:
    """Who lives where a matter is about: only to whoever asked for it and may act on it now."""
    house, work = telling.house, telling.work
    signal = await work.signals.get(telling.row.corporation, telling.row.about)
    if signal is None or signal.owner is None:
        raise NothingToSay
    staff = await staff_today(house, work, signal.corporation)
    if not may_act(telling.person.person, signal.owner, staff):
        raise NothingToSay
    day = house.calendar.local_day(signal.observed_at)
    names = await work.tenancies.names_at(signal.corporation, [signal.unit], day)
    ref = reference(signal.ref)
    if not names:
        return telling.says(Text("who.nobody", {"ref": ref}))
    lines = tuple(Text("choice.plain", {"label": identity(name)}) for name in names)
    return telling.says(Text("who.is", {"ref": ref, "names": identity(lines)}))


async def show_code(telling: Telling) -> Parcel:
    """The one-time code with which content is read on the corporation's own machine."""
    challenge = await telling.work.challenges.get(telling.row.about)
    if challenge is None or challenge.expires_at <= telling.house.clock.now():
        raise NothingToSay
    code = telling.work.vault.code("show", challenge.id, CODE_DIGITS)
    return telling.says(
        Text("show.code", {"code": reference(code), "ref": reference(challenge.ref)})
    )


WORDING: Mapping[Template, Callable[[Telling], Awaitable[Parcel]]] = MappingProxyType(
    {
        Template.FORM: form,
        Template.TIDY: tidy,
        Template.ANSWER: answer,
        Template.RECEIPT: receipt,
        Template.CALL_112: call_112,
        Template.OWN_SIGNALS: own_signals,
        Template.OPEN_MATTERS: open_matters,
        Template.CARD: card,
        Template.NUDGE: nudge,
        Template.SHOW_CODE: show_code,
        Template.HINT: hint,
        Template.IDENTITY: identity_asked,
    }
)
"""How each template is put into words."""


def dialogue_of(row: OutboxRow) -> str:
    """The dialogue whose messages a row tidies away or adds to; empty when there is none."""
    if row.template in (Template.FORM, Template.TIDY):
        return row.about
    return str(row.details.get("dialogue", ""))


async def _with_tidying(telling: Telling, text: Text | None) -> Parcel:
    dialogue, person = dialogue_of(telling.row), telling.row.recipient.person
    shown: tuple[str, ...] = ()
    if dialogue and person:
        shown = tuple(await telling.work.dialogues.messages(person, dialogue))
    remove, toast = telling.word("remove"), telling.word("toast")
    return Parcel(
        address=telling.reader.address,
        language=telling.reader.language,
        text=text,
        delete=(*shown, remove) if remove and remove not in shown else shown,
        press=telling.word("press") or None,
        toast=Text(toast) if toast else None,
        leave=bool(telling.number("leave")),
    )


async def _card_text(telling: Telling, signal: Signal, joined: int, mine: bool) -> Text:
    fields = _matter_fields(telling, signal)
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


def _matter_fields(telling: Telling, signal: Signal) -> dict[str, Field]:
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
