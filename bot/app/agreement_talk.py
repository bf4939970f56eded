"""`!overeenkomst CODE`, and in one go `!intrekken CODE` and `!pauze CODE`."""

from datetime import date

from bot.app import agreements, forms
from bot.app.agreements import Effects
from bot.app.house import House
from bot.app.letters import answer, to_person
from bot.dialogues import engine
from bot.dialogues.agreement import AGREEMENT, AgreementFacts
from bot.dialogues.engine import Answers, DialogueState, Press, Typed
from bot.domain.agreement_changes import Change, ChangeRefused, Evaluation
from bot.domain.agreements import Agreement, AgreementState, Party
from bot.domain.outbox import Template
from bot.domain.people import Person
from bot.domain.tenancies import Case
from bot.ports.doors import Inbound
from bot.ports.store import Work


async def begin(
    house: House,
    work: Work,
    person: Person,
    inbound: Inbound,
    code: str,
    change: Change | None = None,
) -> None:
    """Shows how the agreement stands and what can be done, or asks at once about one change.

    Raises NotYours.
    """
    case = await agreements.case_of(house, work, person, code)
    facts = await _facts(house, work, case)
    if change is not None and change not in facts.agreements.possible:
        await work.outbox.put(answer(person, inbound, house.clock.now(), "agreement.not_now"))
        return
    given: Answers = {"change": change} if change else {}
    state = await forms.open_form(
        house, work, person, inbound, AGREEMENT, facts, given, about=case.code
    )
    await forms.show(house, work, person, inbound, state)


async def go_on(
    house: House,
    work: Work,
    person: Person,
    inbound: Inbound,
    state: DialogueState,
    given: Press | Typed,
) -> None:
    """Answers the running question. Raises Stale, Repeated, NotYours."""
    case = await agreements.case_of(house, work, person, state.about)
    facts = await _facts(house, work, case)
    state = engine.answer(AGREEMENT, state, given, facts)
    if not state.finished:
        await forms.show(house, work, person, inbound, state)
        return
    await forms.finish(work, person, inbound, state)
    now = house.clock.now()
    if state.cancelled:
        await work.outbox.put(answer(person, inbound, now, dialogue=state.id))
        return
    try:
        async with work.savepoint():
            effects, done = await _act(house, work, person, case, state.answers)
    except ChangeRefused:
        row = answer(person, inbound, now, "agreement.not_now", dialogue=state.id)
        await work.outbox.put(row)
        return
    details: dict[str, str | int] = {
        "dialogue": state.id,
        "done": done,
        "change": state.answers["change"],
        "workers": effects.workers,
        "messages": effects.messages,
        "under_way": effects.under_way,
    }
    row = to_person(person, Template.CHANGED, state.id, now, details, inbound.platform)
    await work.outbox.put(row)


async def _act(
    house: House, work: Work, person: Person, case: Case, answers: Answers
) -> tuple[Effects, str]:
    """Does it; returns what it did and the word for what happened."""
    change = Change(answers["change"])
    if change is Change.SIGN:
        day = date.fromisoformat(answers["day"])
        after = await agreements.sign(house, work, person, case, Party(answers["party"]), day)
        return Effects(), _signed(after)
    if change in (Change.BEGIN, Change.RENEW):
        renews = change is Change.RENEW
        await agreements.begin(house, work, person, case, int(answers["months"]), renews)
        return Effects(), change
    if change is Change.END:
        evaluation = Evaluation(answers["evaluation"])
        return await agreements.end(house, work, person, case, evaluation), change
    return await agreements.change(house, work, person, case, change), change


def _signed(after: Agreement) -> str:
    return "active" if after.state is AgreementState.ACTIVE else Change.SIGN


async def _facts(house: House, work: Work, case: Case) -> AgreementFacts:
    effects = {one: await agreements.effects_of(house, work, case, one) for one in Change}
    return AgreementFacts(
        code=agreements.room_code(work, case),
        agreements=await agreements.agreements_of(house, work, case),
        workers={one: found.workers for one, found in effects.items()},
        messages={one: found.messages for one, found in effects.items()},
    )
