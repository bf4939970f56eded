"""A care worker's signal: taken in only under an ACTIVE agreement on a case of one's own. Without
it there is one neutral sentence, the same for every reason, and nothing is stored.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from bot.app import forms
from bot.app.content import agreement_facts
from bot.app.house import House
from bot.app.letters import answer, to_person
from bot.app.submit import send_receipt, take_in
from bot.dialogues import engine
from bot.dialogues.care_intake import CARE_INTAKE, opening
from bot.dialogues.commands import Command
from bot.dialogues.engine import DialogueState, Press, Typed
from bot.dialogues.intake_facts import IntakeFacts
from bot.dialogues.intake_note import LONGEST_NOTE
from bot.domain.consent import Listener, Speaker, decide
from bot.domain.disclosure import FieldClass
from bot.domain.outbox import Template
from bot.domain.people import Person
from bot.domain.screening import Outcome
from bot.domain.tenancies import Case
from bot.ports.doors import Inbound
from bot.ports.store import Work

CONTENTS = frozenset(
    {FieldClass.PUBLIC, FieldClass.REFERENCE, FieldClass.HOUSING_FACT, FieldClass.NOTE}
)


async def begin(
    house: House, work: Work, person: Person, inbound: Inbound, command: Command
) -> None:
    """`!signaal`, with or without the whole signal behind it on one line."""
    cases = await _cases(house, work, person)
    facts = _facts(house, person, cases)
    code = command.rest.split(" ")[0].casefold()
    if not cases or (_looks_like_a_code(code) and code not in _codes(cases)):
        await _refuse(house, work, person, inbound)
        return
    await _call_112_first(house, work, person, inbound)
    given = {} if code in _codes(cases) else opening(facts)
    state = await forms.open_form(house, work, person, inbound, CARE_INTAKE, facts, given)
    if command.rest:
        state = engine.answer_line(CARE_INTAKE, state, command.rest, facts)
    await _go_on(house, work, person, inbound, state, cases)


async def go_on(
    house: House,
    work: Work,
    person: Person,
    inbound: Inbound,
    state: DialogueState,
    given: Press | Typed,
) -> None:
    """Answers the running form. Raises Stale or Repeated."""
    cases = await _cases(house, work, person)
    await _call_112_first(house, work, person, inbound)
    state = engine.answer(CARE_INTAKE, state, given, _facts(house, person, cases))
    await _go_on(house, work, person, inbound, state, cases)


async def _go_on(
    house: House,
    work: Work,
    person: Person,
    inbound: Inbound,
    state: DialogueState,
    cases: Sequence[Case],
) -> None:
    case = next((one for one in cases if one.code == state.answers.get("unit")), None)
    if case is not None and not await _may_tell(house, work, case):
        await forms.finish(work, person, inbound, state)
        await _refuse(house, work, person, inbound, state.id)
        return
    if not state.finished:
        await forms.show(house, work, person, inbound, state)
        return
    await forms.finish(work, person, inbound, state)
    tenancy = await work.tenancies.get(case.corporation, case.subject) if case else None
    if state.cancelled:
        now = house.clock.now()
        row = answer(person, inbound, now, "form.cancelled", dialogue=state.id)
        await work.outbox.put(row)
    elif case is None or tenancy is None:
        await _refuse(house, work, person, inbound, state.id)
    else:
        sender = replace(
            person, organisation=case.corporation, id=f"{person.organisation}/{person.id}"
        )
        answers = {**state.answers, "unit": tenancy.unit}
        signal = await take_in(house, work, sender, inbound, answers)
        await send_receipt(work, person, inbound, state, signal)


async def _may_tell(house: House, work: Work, case: Case) -> bool:
    facts = await agreement_facts(house, work, case)
    return decide(Speaker.CARE_WORKER, Listener.RESPONSIBLE, CONTENTS, facts).allowed


async def _refuse(
    house: House, work: Work, person: Person, inbound: Inbound, dialogue: str = ""
) -> None:
    """One sentence, whatever the reason; what was written goes from the room."""
    now = house.clock.now()
    row = answer(
        person,
        inbound,
        now,
        "care.not_passed_on",
        dialogue=dialogue,
        remove=inbound.message or "",
    )
    await work.outbox.put(row)


async def _call_112_first(house: House, work: Work, person: Person, inbound: Inbound) -> None:
    if house.screener.screen(inbound.text[:LONGEST_NOTE]).outcome is Outcome.EMERGENCY:
        now = house.clock.now()
        row = to_person(person, Template.CALL_112, "", now, platform=inbound.platform)
        await work.outbox.put(row)


async def _cases(house: House, work: Work, person: Person) -> Sequence[Case]:
    today = house.calendar.local_day(house.clock.now())
    return await work.tenancies.cases_of_worker(person.key, today)


def _looks_like_a_code(word: str) -> bool:
    return "-" in word and any(sign.isdigit() for sign in word)


def _codes(cases: Sequence[Case]) -> frozenset[str]:
    return frozenset(one.code.casefold() for one in cases)


def _facts(house: House, person: Person, cases: Sequence[Case]) -> IntakeFacts:
    return IntakeFacts(
        role=person.role,
        areas=(),
        screen=cache(house.screener.screen),
        cases=tuple(one.code for one in cases),
    )
