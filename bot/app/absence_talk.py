"""`/afwezig`: somebody says when they are away and who stands in, ends it, or takes it back."""

from dataclasses import replace

from bot.app import forms
from bot.app.absences import (
    AlreadyAway,
    GoesRound,
    end_absence,
    known_absences,
    plan_absence,
)
from bot.app.house import House
from bot.app.letters import answer
from bot.app.staff import staff_today
from bot.dialogues import engine
from bot.dialogues.absence import ABSENCE, NEW, AbsenceFacts, absence_in, chosen, read_line
from bot.dialogues.engine import DialogueState, Press, Typed
from bot.domain.absences import is_away
from bot.domain.people import Person
from bot.ports.doors import Inbound
from bot.ports.store import Work

COMMANDS = frozenset({"/afwezig", "/away", "/absent", "/vrij"})


async def begin(house: House, work: Work, person: Person, inbound: Inbound, line: str) -> None:
    """Asks what is missing of what was typed; typed with nothing, what is known is shown first."""
    facts = await _facts(house, work, person)
    answers, wrong = read_line(line, facts)
    state = await forms.open_form(house, work, person, inbound, ABSENCE, facts, answers)
    if wrong is not None and state.screen is not None:
        state = replace(state, screen=replace(state.screen, problem=wrong.text))
    await forms.show(house, work, person, inbound, state)


async def go_on(
    house: House,
    work: Work,
    person: Person,
    inbound: Inbound,
    state: DialogueState,
    given: Press | Typed,
) -> None:
    """Answers the running question. Raises Stale or Repeated."""
    facts = await _facts(house, work, person)
    state = engine.answer(ABSENCE, state, given, facts)
    if not state.finished:
        await forms.show(house, work, person, inbound, state)
        return
    await forms.finish(work, person, inbound, state)
    said = "" if state.cancelled else await _act(house, work, person, state, facts)
    now = house.clock.now()
    await work.outbox.put(answer(person, inbound, now, said, dialogue=state.id))


async def _act(
    house: House, work: Work, person: Person, state: DialogueState, facts: AbsenceFacts
) -> str:
    """Does what was answered, and returns what to say."""
    if state.answers.get("planned", NEW) != NEW:
        return await _end(house, work, person, state, facts)
    absence = absence_in(state.answers, facts)
    try:
        await plan_absence(house, work, person, absence)
    except GoesRound:
        return "absence.goes_round"
    except AlreadyAway:
        return "absence.known_already"
    return "absence.begun" if is_away(absence, facts.today) else "absence.arranged"


async def _end(
    house: House, work: Work, person: Person, state: DialogueState, facts: AbsenceFacts
) -> str:
    absence = chosen(state.answers, facts)
    if absence is None:
        return "absence.gone"
    await end_absence(house, work, person, absence)
    return "absence.ended" if is_away(absence, facts.today) else "absence.withdrawn"


async def _facts(house: House, work: Work, person: Person) -> AbsenceFacts:
    staff = await staff_today(house, work, person.organisation)
    colleagues = [
        one for id, one in staff.people.items() if id != person.id and staff.works_here(id)
    ]
    absences = await known_absences(house, work, person.organisation)
    today = house.calendar.local_day(house.clock.now())
    return AbsenceFacts(person, today, tuple(colleagues), absences)
