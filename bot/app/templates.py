"""What each template says: one function a template, from the state of this moment.

They compose; whether it may be said is decided in bot/app/parcels.py, the choke point.
"""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from bot.app.digests import digest, week
from bot.app.forms import form_token
from bot.app.matter_wording import card, nudge, open_matters
from bot.app.staff import staff_today
from bot.app.statuses import statuses, told_until
from bot.app.telling import NothingToSay, Telling
from bot.dialogues.agreement import effects_text
from bot.dialogues.commands import COMMANDS, Verb
from bot.domain.agreement_changes import Change
from bot.domain.disclosure import (
    Text,
    housing_fact,
    identity,
    own_form,
    public,
    reference,
)
from bot.domain.outbox import OutboxRow, Template
from bot.domain.routing import may_act
from bot.domain.signals import (
    released_status,
)
from bot.domain.urgency import Urgency
from bot.ports.doors import Button, Parcel

SIGNALS_LISTED = 10
CODE_DIGITS = 6


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
    photos = await telling.work.photos.count(telling.person.organisation, state.id)
    if photos:
        text = Text("form.photos", {"form": own_form(text), "n": own_form(photos)})
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
    until = await told_until(telling.house, telling.work, telling.row.corporation)
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


def _under_way(count: int) -> Text:
    return Text("agreement.under_way", {"n": reference(count)}) if count else Text("nothing")


async def changed(telling: Telling) -> Parcel:
    """What was done to an agreement, and what that did."""
    change = Change(telling.word("change"))
    effects = effects_text(change, telling.number("workers") or 0, telling.number("messages") or 0)
    fields = {
        "what": reference(Text(f"agreement.done.{telling.word('done')}")),
        "effects": reference(effects),
        "under_way": reference(_under_way(telling.number("under_way") or 0)),
    }
    return await _with_tidying(telling, Text("agreement.did", fields))


async def shared(telling: Telling) -> Parcel:
    """What the responsible person shares, in the room of the case: facts, and own words if any."""
    case = telling.reader.case
    if case is None:
        raise NothingToSay
    found = await telling.work.sharing.get(case.corporation, telling.row.about, case.subject)
    signal = await telling.work.signals.get(case.corporation, found.ref) if found else None
    if found is None or signal is None:
        raise NothingToSay
    words = Text("share.told_words", {"words": housing_fact(found.words)})
    day = telling.house.calendar.local_day(signal.observed_at)
    fields = {
        "category": housing_fact(Text(f"category.{signal.category}")),
        "day": housing_fact(f"{day:%d-%m-%Y}"),
        "words": housing_fact(words if found.words else Text("nothing")),
    }
    return telling.says(Text("share.told", fields))


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
        Template.STATUSES: statuses,
        Template.OPEN_MATTERS: open_matters,
        Template.DIGEST: digest,
        Template.WEEKLY: week,
        Template.CARD: card,
        Template.NUDGE: nudge,
        Template.SHOW_CODE: show_code,
        Template.HINT: hint,
        Template.IDENTITY: identity_asked,
        Template.CHANGED: changed,
        Template.SHARED: shared,
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
