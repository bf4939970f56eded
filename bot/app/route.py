"""The second transaction of a signal: from NEW to the one responsible person.

Only here does the service ask who lives somewhere. Nothing it finds can reach the sender: the
receipt was decided before (invariant I1).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.app import escalate
from bot.app.cards import refresh_cards
from bot.app.holds import hold_sharing
from bot.app.house import House
from bot.app.photos import seal_for
from bot.app.staff import staff_today
from bot.app.submit import INTAKE_SUBJECT, note_context
from bot.domain.audit import Action, AuditLine
from bot.domain.known_names import without_known_names
from bot.domain.routing import NoTeamLead, Responsible, Staff, on_behalf_of, responsible_for
from bot.domain.signals import Act, Purpose, Signal, SignalEvent
from bot.domain.tenancies import Tenancy
from bot.domain.urgency import Urgency, most_urgent
from bot.ports.store import StorageBusy, Work

log = structlog.get_logger()

JOINED_WITHIN = timedelta(days=14)
"""A second signal like an open one of this age or younger is joined to it."""

NEIGHBOURS = 60
"""In how many homes of the same postcode names are looked for."""

ROUTING_SUBJECT = "routing"
SUBJECT_LENGTH = 64
"""Every sealed subject is filled up to this, so that its size does not tell who has a tenancy."""
BATCH = 50


async def route_new(house: House, work: Work) -> int:
    """Routes waiting signals, oldest first, at most a batch; returns how many.

    A signal that cannot be routed as usual goes to the team lead: none stays lying.
    """
    waiting = await work.matters.take_unrouted(BATCH)
    for signal in waiting:
        try:
            async with work.savepoint():
                await route(house, work, signal)
        except (StorageBusy, NoTeamLead):
            raise
        except Exception as fault:  # noqa: BLE001  # whatever is wrong, a person must hear of it
            log.error("routing_failed", ref=signal.ref, error=type(fault).__name__)
            await _route_to_team_lead(house, work, signal)
    return len(waiting)


async def _route_to_team_lead(house: House, work: Work, signal: Signal) -> None:
    staff = await staff_today(house, work, signal.corporation)
    lead = responsible_for(None, None, staff).person
    now = house.clock.now()
    routed = replace(signal.after(Act.ROUTE), owner=lead, merged_into=None)
    await _keep(work, routed, SignalEvent(now, Act.ROUTE, None))
    await work.audit.append(_line("signal.routed_by_fallback", routed, now, lead))
    await escalate.follow(house, work, routed, Act.ROUTE)


async def route(house: House, work: Work, signal: Signal) -> None:
    """Finds the responsible person, seals the note for that home, and begins its ladder: the owner
    is told when the hour allows it, of acute danger everybody behind the owner too, at once."""
    now = house.clock.now()
    tenancy = await _tenancy(house, work, signal)
    signal = await _sealed_for(house, work, signal, tenancy)
    if signal.purpose is Purpose.WITHDRAWAL_HINT and tenancy is not None:
        await hold_sharing(house, work, tenancy)
    first = await _first_like_it(work, signal, tenancy)
    if first is not None:
        await _join(house, work, signal, first)
        return
    staff = await staff_today(house, work, signal.corporation)
    found, belongs_to = await _responsible(work, signal, tenancy, staff)
    routed = replace(
        signal.after(Act.ROUTE), owner=found.person, merged_into=None, belongs_to=belongs_to
    )
    await _keep(work, routed, SignalEvent(now, Act.ROUTE, None))
    await work.audit.append(_line("signal.routed", routed, now, found.person))
    await escalate.follow(house, work, routed, Act.ROUTE)


async def reroute(house: House, work: Work, corporation: str, person: str) -> None:
    """Moves what a person cannot be told to whoever stands in; nothing stays with them.

    Where nobody can be reached the matter stays where it is, and its row shows in the outbox.
    """
    staff = await staff_today(house, work, corporation)
    known = staff.people.get(person)
    if known is None:
        return
    for signal in await work.matters.open_of(known.key):
        found = responsible_for(signal.belongs_to or person, None, staff)
        if found.person == person:
            continue
        belongs_to = signal.belongs_to if signal.belongs_to != found.person else None
        act = Act.LEND if belongs_to else Act.REASSIGN
        moved = replace(signal.after(act), owner=found.person, belongs_to=belongs_to)
        now = house.clock.now()
        await _keep(work, moved, SignalEvent(now, act, None))
        await work.audit.append(_line("signal.rerouted", moved, now, found.person))
        await escalate.follow(house, work, moved, act)
        await refresh_cards(house, work, corporation, signal.ref)


async def subject_of(work: Work, signal: Signal) -> str:
    """The vault subject whose key seals the note of this signal."""
    if signal.sealed_subject is None:
        return INTAKE_SUBJECT
    filled = await work.vault.open(
        signal.corporation, ROUTING_SUBJECT, _subject_context(signal.ref), signal.sealed_subject
    )
    return filled.strip()


def _subject_context(ref: str) -> str:
    return f"signal.subject.{ref}"


async def _tenancy(house: House, work: Work, signal: Signal) -> Tenancy | None:
    today = house.calendar.local_day(house.clock.now())
    return await work.tenancies.of_unit(signal.corporation, signal.unit, today)


async def _names_near(house: House, work: Work, signal: Signal) -> Sequence[str]:
    """The names that a sender could mean: of that home and its neighbours."""
    today = house.calendar.local_day(house.clock.now())
    units = await work.places.neighbours(signal.corporation, signal.unit, NEIGHBOURS)
    return await work.tenancies.names_at(signal.corporation, {signal.unit, *units}, today)


async def _sealed_for(house: House, work: Work, signal: Signal, tenancy: Tenancy | None) -> Signal:
    """The photos, and the note without names that only the vault knows, under the tenancy's own
    key: erasing the tenant erases them too.

    Without a tenancy the same is done under the intake's key: no row may tell the two apart.
    """
    corporation, ref = signal.corporation, signal.ref
    subject = tenancy.subject if tenancy else INTAKE_SUBJECT
    sealed_subject = await work.vault.seal(
        corporation, ROUTING_SUBJECT, _subject_context(ref), subject.ljust(SUBJECT_LENGTH)
    )
    await seal_for(work, corporation, ref, subject)
    note = signal.sealed_note
    if note is not None:
        text = await work.vault.open(corporation, INTAKE_SUBJECT, note_context(ref), note)
        text = without_known_names(text, await _names_near(house, work, signal))
        note = await work.vault.seal(corporation, subject, note_context(ref), text)
    return replace(signal, sealed_note=note, sealed_subject=sealed_subject)


async def _responsible(
    work: Work, signal: Signal, tenancy: Tenancy | None, staff: Staff
) -> tuple[Responsible, str | None]:
    """Who is responsible, and for whom that one stands in."""
    home = await work.places.dwelling(signal.corporation, signal.unit)
    area = await work.places.neighbourhood(signal.corporation, home.neighbourhood) if home else None
    contact, consultant = tenancy.contact if tenancy else None, area.consultant if area else None
    found = responsible_for(contact, consultant, staff)
    return found, on_behalf_of(contact, consultant, staff)


async def _first_like_it(work: Work, signal: Signal, tenancy: Tenancy | None) -> Signal | None:
    """The open signal this one belongs to: named by the sender, or same unit, tenancy, category."""
    if signal.urgency is Urgency.ACUTE or signal.purpose is Purpose.WITHDRAWAL_HINT:
        return None
    meant = await _meant_by_sender(work, signal)
    for other in await work.matters.open_at(signal.corporation, signal.unit):
        if other.ref == signal.ref or other.owner is None:
            continue
        named = other.ref == meant
        alike = other.category is signal.category and other.purpose is Purpose.OBSERVATION
        recent = signal.created_at - other.created_at <= JOINED_WITHIN
        if (named or (alike and recent)) and await _same_tenancy(work, other, tenancy):
            return other
    return None


async def _meant_by_sender(work: Work, signal: Signal) -> str | None:
    """The matter that the sender's own earlier signal is part of, if news on it is brought."""
    if signal.merged_into is None:
        return None
    earlier = await work.signals.get(signal.corporation, signal.merged_into)
    return (earlier.merged_into or earlier.ref) if earlier else None


async def _same_tenancy(work: Work, other: Signal, tenancy: Tenancy | None) -> bool:
    return await subject_of(work, other) == (tenancy.subject if tenancy else INTAKE_SUBJECT)


async def _join(house: House, work: Work, signal: Signal, first: Signal) -> None:
    """Joined inside the house only: the sender's own reference stays as it is."""
    now = house.clock.now()
    joined = replace(signal.after(Act.MERGE), merged_into=first.ref, owner=first.owner)
    await _keep(work, joined, SignalEvent(now, Act.MERGE, None))
    raised = most_urgent(first.urgency, signal.urgency)
    first = replace(first, urgency=raised, version=first.version + 1)
    await work.signals.save(first)
    await work.audit.append(_line("signal.joined", joined, now, first.ref))
    await escalate.heard_more(house, work, first)


async def _keep(work: Work, signal: Signal, event: SignalEvent) -> None:
    await work.signals.save(signal)
    await work.signals.add_event(signal.corporation, signal.ref, event)


def _line(event: str, signal: Signal, now: datetime, detail: str) -> AuditLine:
    return replace(_audited(signal.corporation, event, now, signal.ref), detail=detail)


def _audited(corporation: str, event: str, now: datetime, subject: str) -> AuditLine:
    """One subject a line: no line may join a home's signal to its case."""
    return AuditLine(
        corporation=corporation,
        event=event,
        at=now,
        subject=subject,
        user="service",
        role="service",
        action=Action.UPDATE,
        outcome="done",
        source="routing",
    )
