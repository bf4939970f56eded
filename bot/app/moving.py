"""What is open moves to whoever is responsible now, when people or tenancies change.

Whose a matter is by the rules is compared before and after a change; what somebody passed on by
hand stays where it is, unless its owner is gone (docs/domain.md, "Routing").
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.app import escalate
from bot.app.cards import refresh_cards
from bot.app.house import House
from bot.app.route import subject_of
from bot.app.staff import staff_today
from bot.domain.audit import Action, AuditLine
from bot.domain.routing import Staff, on_behalf_of, responsible_for
from bot.domain.signals import Act, Signal, SignalEvent
from bot.ports.store import Work


class Cause(StrEnum):
    """Why a matter moves."""

    LEFT = "left"
    TENANCY_ENDED = "tenancy_ended"
    CONTACT = "contact"
    NEIGHBOURHOOD = "neighbourhood"


@dataclass(frozen=True, slots=True)
class Rule:
    """What the rules of routing know of an open matter, and whose it is by them with nobody
    away."""

    lives_there: bool
    contact: str | None
    consultant: str | None
    person: str


@dataclass(frozen=True, slots=True)
class Move:
    """An open matter that goes to another; `belongs_to` is whom the new owner stands in for."""

    signal: Signal
    cause: Cause
    before: str
    after: str
    belongs_to: str | None


Rules = Mapping[str, Rule]
"""By the reference of an open matter."""


async def rules_for(house: House, work: Work, corporation: str) -> Rules:
    """What now holds for every open matter of a corporation."""
    staff = await staff_today(house, work, corporation)
    return {
        signal.ref: await _rule(house, work, signal, staff)
        for signal in await work.matters.open_in(corporation)
    }


async def moves_since(house: House, work: Work, corporation: str, before: Rules) -> Sequence[Move]:
    """What has to move, now that other rules hold than before."""
    staff = await staff_today(house, work, corporation)
    found: list[Move] = []
    for signal in await work.matters.open_in(corporation):
        rule = await _rule(house, work, signal, staff)
        found += _moves(signal, before.get(signal.ref), rule, staff)
    return found


async def move(house: House, work: Work, one: Move, user: str) -> None:
    """Passes a matter on, as of a new one where its owner changes."""
    signal, now = one.signal, house.clock.now()
    if one.after == signal.owner:
        stays = replace(signal, belongs_to=one.belongs_to, version=signal.version + 1)
        await work.signals.save(stays)
    else:
        moved = replace(
            signal.after(Act.REASSIGN),
            owner=one.after,
            belongs_to=one.belongs_to,
            snoozed_until=None,
        )
        await work.signals.save(moved)
        event = SignalEvent(now, Act.REASSIGN, None)
        await work.signals.add_event(signal.corporation, signal.ref, event)
        await escalate.follow(house, work, moved, Act.REASSIGN)
        await refresh_cards(house, work, signal.corporation, signal.ref)
    await work.audit.append(
        AuditLine(
            corporation=signal.corporation,
            event="signal.moved",
            at=now,
            subject=signal.ref,
            user=user,
            role="service",
            action=Action.UPDATE,
            outcome=one.cause,
            source="registry",
            detail=one.after,
        )
    )


async def _rule(house: House, work: Work, signal: Signal, staff: Staff) -> Rule:
    today = house.calendar.local_day(house.clock.now())
    tenancy = await work.tenancies.get(signal.corporation, await subject_of(work, signal))
    if tenancy is not None and tenancy.ends is not None and tenancy.ends < today:
        tenancy = None
    home = await work.places.dwelling(signal.corporation, signal.unit)
    area = await work.places.neighbourhood(signal.corporation, home.neighbourhood) if home else None
    contact, consultant = tenancy.contact if tenancy else None, area.consultant if area else None
    everybody = replace(staff, away=frozenset(), unreachable=frozenset())
    person = responsible_for(contact, consultant, everybody).person
    return Rule(tenancy is not None, contact, consultant, person)


def _moves(signal: Signal, before: Rule | None, now: Rule, staff: Staff) -> Iterator[Move]:
    if signal.owner is None:
        return
    home = signal.belongs_to or signal.owner
    contact, consultant = now.contact, now.consultant
    cause = _cause(home, before, now, staff)
    if cause is None and not staff.works_here(signal.owner):
        cause, contact, consultant = Cause.LEFT, home, None
    if cause is not None:
        after = responsible_for(contact, consultant, staff).person
        yield Move(signal, cause, home, after, on_behalf_of(contact, consultant, staff))


def _cause(home: str, before: Rule | None, now: Rule, staff: Staff) -> Cause | None:
    if not staff.works_here(home):
        return Cause.LEFT
    if before is None or before.person != home or now.person == home:
        return None
    if before.lives_there and not now.lives_there:
        return Cause.TENANCY_ENDED
    return Cause.CONTACT if before.contact != now.contact else Cause.NEIGHBOURHOOD
