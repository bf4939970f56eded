"""Reading the content of a signal on the corporation's own machine.

Telegram carries references only, so the consultant asks for the content here and proves to be that
consultant with the one-time code the bot sends to the phone. Both halves are audited with the name
of the system user.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.app.content import content_fields, may_be_told, told_together
from bot.app.house import House
from bot.app.letters import to_person
from bot.app.matters import NotYours
from bot.app.photos import pictures_of
from bot.app.route import subject_of
from bot.app.staff import staff_today
from bot.app.templates import CODE_DIGITS
from bot.domain.audit import Action, AuditLine
from bot.domain.disclosure import (
    Audience,
    Door,
    Text,
    check_cleared,
    reference,
)
from bot.domain.outbox import Template
from bot.domain.people import Person
from bot.domain.routing import may_act
from bot.domain.signals import Signal
from bot.ports.store import Challenge, Work

CODE_VALID = timedelta(minutes=5)
TRIES = 3


class CodeExpired(Exception):
    """The code is no longer valid; ask for a new one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A code is on its way to this person's phone."""

    challenge: Challenge
    person: Person


async def ask(house: House, work: Work, ref: str, person_id: str | None, system_user: str) -> Asked:
    """Sends a one-time code to the responsible person (or to `person_id`, if he may act on it).

    Raises NotYours when there is no such matter or that person has nothing to do with it.
    """
    signal = await _find(work, ref)
    staff = await staff_today(house, work, signal.corporation)
    wanted = person_id or signal.owner or ""
    person = staff.people.get(wanted)
    if person is None or not may_act(wanted, signal.owner or "", staff):
        raise NotYours
    now = house.clock.now()
    stamp = f"{signal.ref}:{wanted}:{now.isoformat()}"
    challenge = Challenge(
        id=work.vault.fingerprint("challenge", stamp).hex()[:16],
        corporation=signal.corporation,
        ref=signal.ref,
        person=wanted,
        created_at=now,
        expires_at=now + CODE_VALID,
        tries_left=TRIES,
    )
    await work.challenges.put(challenge)
    await work.outbox.put(to_person(person, Template.SHOW_CODE, challenge.id, now))
    await work.audit.append(_line(house, challenge, person, "content.asked", system_user, "sent"))
    return Asked(challenge, person)


async def reveal(
    house: House, work: Work, challenge_id: str, code: str, system_user: str
) -> Text | None:
    """The content, or None when the code is wrong (one try fewer; the caller may ask again).

    Raises CodeExpired after five minutes, three wrong codes, or a second use.
    """
    challenge = await work.challenges.get(challenge_id)
    if challenge is None or challenge.expires_at <= house.clock.now() or challenge.tries_left <= 0:
        raise CodeExpired
    signal = await work.signals.get(challenge.corporation, challenge.ref)
    staff = await staff_today(house, work, challenge.corporation)
    person = staff.people.get(challenge.person)
    if signal is None or person is None or not may_act(person.id, signal.owner or "", staff):
        raise CodeExpired
    if code.strip() != work.vault.code("show", challenge.id, CODE_DIGITS):
        await work.challenges.put(replace(challenge, tries_left=challenge.tries_left - 1))
        line = _line(house, challenge, person, "content.read", system_user, "wrong_code")
        await work.audit.append(line)
        return None
    await work.challenges.remove(challenge.id)
    await work.audit.append(_line(house, challenge, person, "content.read", system_user, "shown"))
    return await content(house, work, signal)


async def content(house: House, work: Work, signal: Signal) -> Text:
    """All that was told about a matter, the joined signals included, for the responsible person.

    Where an agreement no longer lets it be told there is only how the matter stands. Raises
    NotCleared where the rules forbid it; that would be a fault of ours.
    """
    fields = {
        "ref": reference(signal.ref),
        "urgency": reference(Text(f"urgency.{signal.urgency}")),
        "state": reference(Text(f"card.state.{signal.state}")),
    }
    if not await may_be_told(house, work, signal):
        return Text("show.withheld", fields)
    text = Text("show.content", {**fields, **await content_fields(house, work, signal)})
    check_cleared(text, Audience.OWNER, Door.CONSOLE)
    return text


async def pictures(house: House, work: Work, signal: Signal) -> Sequence[bytes]:
    """The photos of a matter, the joined signals' included; none where its words are withheld."""
    if not await may_be_told(house, work, signal):
        return ()
    together = await told_together(work, signal)
    found: list[bytes] = []
    for one in together:
        subject = await subject_of(work, one)
        found += await pictures_of(work, one.corporation, one.ref, subject)
    return found


async def _find(work: Work, ref: str) -> Signal:
    for corporation in await work.people.corporations():
        signal = await work.signals.get(corporation.id, ref.strip().upper())
        if signal is not None:
            return signal
    raise NotYours


def _line(
    house: House, challenge: Challenge, person: Person, event: str, user: str, outcome: str
) -> AuditLine:
    return AuditLine(
        corporation=challenge.corporation,
        event=event,
        at=house.clock.now(),
        subject=challenge.ref,
        user=f"{person.id} ({user})",
        role=person.role,
        action=Action.READ,
        outcome=outcome,
        source="console",
    )
