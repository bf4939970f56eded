"""The content of a matter: all that was told about it, with the class of every value."""

from dataclasses import replace

from bot.app.house import House
from bot.app.route import subject_of
from bot.app.submit import note_context
from bot.domain.agreements import state_on
from bot.domain.consent import Facts, Listener, Speaker, decide
from bot.domain.disclosure import Field, FieldClass, Text, housing_fact, note
from bot.domain.signals import Signal, Source
from bot.domain.tenancies import Case
from bot.ports.store import Work


async def told_together(work: Work, signal: Signal) -> tuple[Signal, ...]:
    """The matter and the signals that were joined to it, in one."""
    joined = await work.matters.merged_into(signal.corporation, signal.ref)
    return (signal, *joined)


async def content_fields(house: House, work: Work, signal: Signal) -> dict[str, Field]:
    """Unit, address and every report, the joined signals' included."""
    together = await told_together(work, signal)
    reports = tuple([await _report(house, work, one) for one in together])
    home = await work.places.dwelling(signal.corporation, signal.unit)
    return {
        "unit": housing_fact(signal.unit),
        "address": housing_fact(home.address if home else ""),
        "reports": note(reports),
    }


def speaker_of(signal: Signal) -> Speaker:
    """Whose words a signal holds. A care worker's sender names the provider too."""
    if "/" in signal.sender:
        return Speaker.CARE_WORKER
    neighbours = signal.source is Source.NEIGHBOURS
    return Speaker.NEIGHBOURS_VIA_STAFF if neighbours else Speaker.MANAGER


async def agreement_facts(house: House, work: Work, case: Case) -> Facts:
    """What the decision table asks of a case whose care worker was assigned when it was told."""
    today = house.calendar.local_day(house.clock.now())
    agreement = await work.tenancies.agreement_of(case.corporation, case.code, today)
    state = state_on(agreement, today) if agreement else None
    return Facts(same_corporation=True, agreement=state, assigned=True, housing=True)


async def consent_facts(house: House, work: Work, signal: Signal, facts: Facts) -> Facts:
    """With what the agreement allows now, where a care worker told it."""
    if speaker_of(signal) is not Speaker.CARE_WORKER:
        return facts
    provider = signal.sender.partition("/")[0]
    subject = await subject_of(work, signal)
    for case in await work.tenancies.cases_of(signal.corporation, subject):
        if case.provider == provider:
            allowed = await agreement_facts(house, work, case)
            return replace(allowed, same_corporation=facts.same_corporation)
    return facts


async def may_be_told(house: House, work: Work, signal: Signal) -> bool:
    """Whether all the words of a matter may reach the responsible person now."""
    classes = frozenset({FieldClass.HOUSING_FACT, FieldClass.NOTE})
    for one in await told_together(work, signal):
        facts = await consent_facts(house, work, one, Facts(same_corporation=True))
        if not decide(speaker_of(one), Listener.RESPONSIBLE, classes, facts).allowed:
            return False
    return True


async def _report(house: House, work: Work, signal: Signal) -> Text:
    observed = signal.observed_at.astimezone(house.calendar.zone)
    fields: dict[str, Field] = {
        "when": housing_fact(f"{observed:%d-%m-%Y %H:%M}"),
        "category": housing_fact(Text(f"category.{signal.category}")),
        "source": housing_fact(Text(f"source.{signal.source}")),
        "purpose": housing_fact(Text(f"purpose.{signal.purpose}")),
        "note": Field(await _note_of(work, signal) or Text("show.no_note"), FieldClass.NOTE),
    }
    return Text("show.report", fields)


async def _note_of(work: Work, signal: Signal) -> str:
    if signal.sealed_note is None:
        return ""
    subject = await subject_of(work, signal)
    return await work.vault.open(
        signal.corporation, subject, note_context(signal.ref), signal.sealed_note
    )
