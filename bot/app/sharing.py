"""`!deel REF`: the responsible person tells the care side of a matter, in the room of the case.

The decision table is asked here and again in the transaction that begins each attempt to send:
whatever ends the sharing commits before that or after, so nothing is begun once it counts.
"""

from functools import cache

from bot.app import forms, matters
from bot.app.agreements import room_code, room_of
from bot.app.content import agreement_facts
from bot.app.house import House
from bot.app.letters import answer, row_id
from bot.app.route import subject_of
from bot.dialogues import engine
from bot.dialogues.engine import DialogueState, Press, Typed
from bot.dialogues.sharing import SHARING, SharingFacts
from bot.domain.audit import Action, AuditLine
from bot.domain.consent import Listener, Speaker, decide
from bot.domain.disclosure import FieldClass
from bot.domain.outbox import Lane, OutboxRow, Template
from bot.domain.people import Person
from bot.domain.tenancies import Case
from bot.ports.doors import Inbound
from bot.ports.store import Share, Work

SHARED = frozenset({FieldClass.PUBLIC, FieldClass.REFERENCE, FieldClass.HOUSING_FACT})


class NothingToShareUnder(Exception):
    """There is no agreement now under which this may be told."""


async def begin(
    house: House, work: Work, person: Person, inbound: Inbound, ref: str, words: str = ""
) -> None:
    """Asks what to tell; `words` were typed with it already. Raises NotYours."""
    try:
        case = await _case_of(house, work, person, ref)
    except NothingToShareUnder:
        await _say(house, work, person, inbound, "share.not_now")
        return
    facts = _facts(house, work, case, ref)
    state = await forms.open_form(house, work, person, inbound, SHARING, facts, about=ref)
    if words:
        state = engine.answer(SHARING, state, Typed(words), facts)
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
    try:
        case = await _case_of(house, work, person, state.about)
    except NothingToShareUnder:
        await forms.finish(work, person, inbound, state)
        await _say(house, work, person, inbound, "share.not_now", state.id)
        return
    state = engine.answer(SHARING, state, given, _facts(house, work, case, state.about))
    if not state.finished:
        await forms.show(house, work, person, inbound, state)
        return
    await forms.finish(work, person, inbound, state)
    if not state.cancelled:
        await share(house, work, person, case, state)
    said = "" if state.cancelled else "share.done"
    await _say(house, work, person, inbound, said, state.id)


async def share(house: House, work: Work, person: Person, case: Case, state: DialogueState) -> None:
    """Keeps what is shared, sealed, and has it said in the room of the case."""
    now = house.clock.now()
    words = state.answers["words"]
    shared = Share(case.corporation, state.id, case.code, person.id, state.about, words)
    await work.sharing.add(shared, case.subject, now)
    await work.outbox.put(
        OutboxRow(
            id=row_id(now),
            recipient=room_of(case),
            lane=Lane.STAFF,
            template=Template.SHARED,
            about=shared.id,
            created_at=now,
            not_before=now,
            corporation=case.corporation,
            details={"case": case.code},
        )
    )
    await work.audit.append(
        AuditLine(
            corporation=case.corporation,
            event="matter.shared",
            at=now,
            subject=case.code,
            user=person.id,
            role=person.role,
            action=Action.CREATE,
            outcome="allowed",
            source="chat",
        )
    )


async def _case_of(house: House, work: Work, person: Person, ref: str) -> Case:
    """The case under whose agreement this matter may be told. Raises NotYours,
    NothingToShareUnder."""
    signal = await matters.matter_of(house, work, person, ref)
    for case in await work.tenancies.cases_of(signal.corporation, await subject_of(work, signal)):
        facts = await agreement_facts(house, work, case)
        if decide(Speaker.CONSULTANT, Listener.CARE_WORKER, SHARED, facts).allowed:
            return case
    raise NothingToShareUnder


def _facts(house: House, work: Work, case: Case, ref: str) -> SharingFacts:
    return SharingFacts(ref, room_code(work, case), cache(house.screener.screen))


async def _say(
    house: House, work: Work, person: Person, inbound: Inbound, key: str, dialogue: str = ""
) -> None:
    await work.outbox.put(answer(person, inbound, house.clock.now(), key, dialogue=dialogue))
