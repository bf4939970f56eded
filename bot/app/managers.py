"""The conversation with a neighbourhood manager. It has the intake side in reach, nothing else."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache

from bot.app import forms, photos, settings
from bot.app.house import House
from bot.app.letters import answer, to_person
from bot.app.submit import submit
from bot.dialogues import engine
from bot.dialogues.engine import Answers, DialogueState, Typed
from bot.dialogues.intake import ANOTHER_UNIT, INTAKE, RECENT_UNITS, opening
from bot.dialogues.intake_facts import IntakeFacts, own_address
from bot.dialogues.intake_note import LONGEST_NOTE
from bot.dialogues.intake_sentence import prefill
from bot.dialogues.understanding import Intent, category_of, intent_of
from bot.domain.audit import Action, AuditLine
from bot.domain.homes import Dwelling, places_named
from bot.domain.outbox import Template
from bot.domain.people import Person
from bot.domain.screening import FindingClass, Outcome, Screening
from bot.domain.signals import Purpose, ReleasedStatus, Signal, released_status
from bot.domain.worktime import last_release
from bot.ports.doors import Inbound, Kind
from bot.ports.store import IntakeWork

ANSWERS_TO_QUESTIONS = {
    Intent.ASKS_ABOUT_AGREEMENT: "answer.no_word_on_agreements",
    Intent.ASKS_WHAT_TO_TELL_NEIGHBOURS: "answer.neighbour_sentence",
}
"""Questions that are never stored; each gets one fixed text, whatever home it is about."""

OWN_SIGNALS_LOOKED_AT = 20
WORDS_THAT_MAKE_A_SENTENCE = 3
ALBUM_ARRIVES_WITHIN = timedelta(minutes=1)

COMMANDS = {
    "/signaal": "signal",
    "/signal": "signal",
    "/mijn": "mine",
    "/mine": "mine",
    "/annuleren": "cancel",
    "/cancel": "cancel",
}


async def talk(house: House, work: IntakeWork, person: Person, inbound: Inbound) -> None:
    """Answers one event of a neighbourhood manager."""
    if inbound.kind is Kind.PRESS:
        await _press(house, work, person, inbound)
    elif inbound.kind is Kind.TEXT:
        await _text(house, work, person, inbound)
    elif inbound.kind is Kind.PHOTO:
        await _photo(house, work, person, inbound)
    else:
        key = f"sent.{inbound.what}" if inbound.what else "answer.only_text"
        row = answer(person, inbound, house.clock.now(), key, remove=inbound.message or "")
        await work.outbox.put(row)


async def _photo(house: House, work: IntakeWork, person: Person, inbound: Inbound) -> None:
    """A photo goes with the running form, or begins one; what is written below it is a sentence
    like any other."""
    state = await forms.current(house, work, person, inbound)
    running = state if state is not None and state.dialogue == INTAKE.name else None
    form = running.id if running else forms.blank(house, work, person, inbound).id
    if running is None and await _comes_after_sending(house, work, person, inbound):
        row = answer(
            person, inbound, house.clock.now(), "photo.too_late", remove=inbound.message or ""
        )
        await work.outbox.put(row)
        return
    kept = await photos.keep(house, work, person, inbound, form)
    if not kept:
        await work.outbox.put(photos.refusal(house, person, inbound))
    if inbound.text:
        await _sentence(house, work, person, inbound, inbound.text.strip())
        if running is None and await forms.current(house, work, person, inbound) is None:
            await work.photos.forget_draft(person.organisation, form)
    elif kept and running is not None:
        await forms.show(house, work, person, inbound, running)
    elif kept:
        await _begin(house, work, person, inbound, "")


async def _comes_after_sending(
    house: House, work: IntakeWork, person: Person, inbound: Inbound
) -> bool:
    """The rest of an album whose first photo said enough for the signal to go at once."""
    if not inbound.album or inbound.text:
        return False
    latest = await work.signals.sent_by(person.key, 1)
    now = house.clock.now()
    return any(now - signal.created_at < ALBUM_ARRIVES_WITHIN for signal in latest)


async def _press(house: House, work: IntakeWork, person: Person, inbound: Inbound) -> None:
    given = forms.press_of(inbound.token)
    state = await forms.current(house, work, person, inbound)
    if state is None:
        raise engine.Stale
    if state.dialogue != INTAKE.name:
        await settings.go_on(house, work, person, inbound, state, given)
        return
    gives = engine.pressed(state, given).gives
    facts = await _facts(
        house, work, person, unit_known="unit" in state.answers and gives != ANOTHER_UNIT
    )
    await _go_on(house, work, person, inbound, engine.answer(INTAKE, state, given, facts))


async def _text(house: House, work: IntakeWork, person: Person, inbound: Inbound) -> None:
    command, _, rest = inbound.text.strip().partition(" ")
    meaning = COMMANDS.get(command.lower())
    if meaning == "signal":
        await _begin(house, work, person, inbound, rest.strip())
    elif meaning == "mine":
        now = house.clock.now()
        row = to_person(person, Template.OWN_SIGNALS, "", now, platform=inbound.platform)
        await work.outbox.put(row)
    elif meaning == "cancel":
        await _cancel(house, work, person, inbound)
    elif not await settings.command(house, work, person, inbound):
        await _sentence(house, work, person, inbound, inbound.text.strip())


async def _begin(
    house: House, work: IntakeWork, person: Person, inbound: Inbound, line: str
) -> None:
    """`/signaal`, with or without the whole signal behind it on one line."""
    facts = await _facts(house, work, person, line)
    if await _is_refused(house, work, person, inbound, line, facts):
        return
    state = await forms.open_form(house, work, person, inbound, INTAKE, facts, opening(facts))
    if line:
        state = engine.answer_line(INTAKE, state, line, facts)
    await _go_on(house, work, person, inbound, state)


async def _sentence(
    house: House, work: IntakeWork, person: Person, inbound: Inbound, text: str
) -> None:
    """Free text: an answer in the running form, or the beginning of a signal."""
    state = await forms.current(house, work, person, inbound)
    if state is not None and state.dialogue != INTAKE.name:
        if not _is_told_regardless(house, text):
            await settings.go_on(house, work, person, inbound, state, Typed(text))
            return
        state = None
    answers = state.answers if state else {}
    facts = await _facts(house, work, person, text, answers, unit_known="unit" in answers)
    if await _is_refused(house, work, person, inbound, text, facts):
        return
    if state is not None:
        if await _goes_beside_the_form(house, work, person, inbound, text, facts, answers):
            return
        state = engine.answer(INTAKE, state, Typed(text), facts)
    elif _starts_a_signal(text, facts):
        answers = prefill(text, facts)
        state = await forms.open_form(house, work, person, inbound, INTAKE, facts, answers)
    else:
        await work.outbox.put(answer(person, inbound, house.clock.now(), "answer.how_to_start"))
        return
    await _go_on(house, work, person, inbound, state)


async def _goes_beside_the_form(
    house: House,
    work: IntakeWork,
    person: Person,
    inbound: Inbound,
    text: str,
    facts: IntakeFacts,
    answers: Answers,
) -> bool:
    """What needs no check and names another home than the open form's is a signal of its own: it
    may not go out under the wrong home. The form stays as it is."""
    if not facts.found or any(home.unit == answers.get("unit") for home in facts.found):
        return False
    own = engine.start(
        INTAKE, forms.blank(house, work, person, inbound), prefill(text, facts), facts
    )
    if not own.finished:
        return False
    if inbound.message:
        await work.dialogues.add_message(person.key, own.id, inbound.message)
    await photos.goes_with(work, person, inbound, own.id)
    await submit(house, work, person, inbound, own)
    return True


async def _is_refused(
    house: House, work: IntakeWork, person: Person, inbound: Inbound, text: str, facts: IntakeFacts
) -> bool:
    """Says what must be said before anything else; true when the text goes no further."""
    now = house.clock.now()
    found = _screened(text, facts)
    if found.outcome is Outcome.EMERGENCY:
        row = to_person(person, Template.CALL_112, "", now, platform=inbound.platform)
        await work.outbox.put(row)
    elif fixed := ANSWERS_TO_QUESTIONS.get(intent_of(text)):
        row = answer(person, inbound, now, fixed, remove=inbound.message or "")
        await work.outbox.put(row)
        return True
    if not facts.areas:
        row = answer(person, inbound, now, "answer.no_areas", remove=inbound.message or "")
        await work.outbox.put(row)
        return True
    if set(found.classes) - {FindingClass.EMERGENCY}:
        await work.audit.append(_findings_counted(person, inbound, now, found))
    return False


async def _go_on(
    house: House, work: IntakeWork, person: Person, inbound: Inbound, state: DialogueState
) -> None:
    """Shows the next screen, or ends the form."""
    if not state.finished:
        await forms.show(house, work, person, inbound, state)
        return
    await forms.finish(work, person, inbound, state)
    if state.cancelled:
        await work.photos.forget_draft(person.organisation, state.id)
        now = house.clock.now()
        row = answer(person, inbound, now, "form.cancelled", dialogue=state.id)
        await work.outbox.put(row)
    else:
        await submit(house, work, person, inbound, state)


async def _cancel(house: House, work: IntakeWork, person: Person, inbound: Inbound) -> None:
    await forms.close(house, work, person)
    await work.outbox.put(answer(person, inbound, house.clock.now(), "form.cancelled"))


def _findings_counted(
    person: Person, inbound: Inbound, now: datetime, found: Screening
) -> AuditLine:
    """What was found is counted by class, never kept; the privacy officer sees the count."""
    return AuditLine(
        corporation=person.organisation,
        event="note.screened",
        at=now,
        subject="",
        user=person.id,
        role=person.role,
        action=Action.EXECUTE,
        outcome=found.outcome,
        source=inbound.platform,
        detail=",".join(found.classes),
    )


def _screened(text: str, facts: IntakeFacts) -> Screening:
    """Of a text too long to be a note only the beginning is looked at; the rest goes nowhere."""
    home = facts.found[0] if facts.found else facts.home
    return facts.screen(text[:LONGEST_NOTE], own_address(home))


def _is_told_regardless(house: House, text: str) -> bool:
    """A sentence is a signal, even while another small question stands open."""
    acute = house.screener.screen(text[:LONGEST_NOTE]).outcome is Outcome.EMERGENCY
    return acute or len(text.split()) >= WORDS_THAT_MAKE_A_SENTENCE


def _starts_a_signal(text: str, facts: IntakeFacts) -> bool:
    screened = _screened(text, facts).outcome is not Outcome.ACCEPT
    sentence = len(text.split()) >= WORDS_THAT_MAKE_A_SENTENCE
    return bool(facts.found) or screened or sentence or category_of(text) is not None


async def _facts(
    house: House,
    work: IntakeWork,
    person: Person,
    text: str = "",
    answers: Answers | None = None,
    unit_known: bool = False,
) -> IntakeFacts:
    """Gathers the public settings a step may need. Homes elsewhere are as if they did not exist."""
    areas = tuple(await work.places.areas(person.key))
    mine = frozenset(area.id for area in areas)
    found = await _homes_named(work, person, text, mine)
    clear = intent_of(text) is Intent.ALL_CLEAR
    own = () if unit_known and not clear else await _own_signals(work, person)
    return IntakeFacts(
        role=person.role,
        areas=areas,
        recent=() if unit_known else await _recent_homes(work, person, own, mine),
        found=found,
        screen=cache(house.screener.screen),
        home=await _home_of(work, person, answers or {}),
        own_open=await _not_yet_done(house, work, own) if clear else (),
    )


async def _own_signals(work: IntakeWork, person: Person) -> Sequence[Signal]:
    return await work.signals.sent_by(person.key, OWN_SIGNALS_LOOKED_AT)


async def _homes_named(
    work: IntakeWork, person: Person, text: str, mine: frozenset[str]
) -> tuple[Dwelling, ...]:
    homes: dict[str, Dwelling] = {}
    for place in places_named(text):
        for home in await work.places.find(person.organisation, place.key):
            if home.neighbourhood in mine:
                homes.setdefault(home.unit, home)
    return tuple(homes.values())


async def _home_of(work: IntakeWork, person: Person, answers: Answers) -> Dwelling | None:
    unit = answers.get("unit")
    return await work.places.dwelling(person.organisation, unit) if unit else None


async def _recent_homes(
    work: IntakeWork, person: Person, own: Sequence[Signal], mine: frozenset[str]
) -> tuple[Dwelling, ...]:
    units = list(dict.fromkeys(signal.unit for signal in own))[:RECENT_UNITS]
    homes = [await work.places.dwelling(person.organisation, unit) for unit in units]
    return tuple(home for home in homes if home is not None and home.neighbourhood in mine)


async def _not_yet_done(
    house: House, work: IntakeWork, own: Sequence[Signal]
) -> tuple[Signal, ...]:
    """Own observations not yet reported done to the sender; what happened since stays unknown."""
    until = last_release(house.clock.now(), house.calendar)
    open_ones = []
    for signal in own:
        if signal.purpose is not Purpose.OBSERVATION:
            continue
        history = tuple(await work.signals.history(signal.corporation, signal.ref))
        if released_status(history, until) is not ReleasedStatus.DONE:
            open_ones.append(signal)
    return tuple(open_ones)
