"""Invitations: who may talk to the bot. Codes are short-lived, hashed at rest, used once."""

import re
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.app.house import House
from bot.app.letters import answer, to_address, to_person
from bot.domain.audit import Action, AuditLine
from bot.domain.outbox import MATRIX, TELEGRAM, Recipient, Template
from bot.domain.people import Person, PersonKey
from bot.ports.doors import Inbound
from bot.ports.store import Account, Guesses, Work

CODE_ALPHABET = "BCDFGHJKLMNPQRSTVWXZ23456789"
CODE_LENGTH = 12
INVITATION_VALID = timedelta(hours=48)
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(hours=1)
FREE_GUESSES = 2


_MATRIX_ADDRESS = re.compile(r"@[a-z0-9._=/+-]+:[A-Za-z0-9.-]+(?::\d{1,5})?")


class NoSuchAddress(Exception):
    """This is no Matrix address; one looks like @name:server."""


class NobodyByThatName(Exception):
    """There is no active person with this id in the registry."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """`code` is shown once and never stored."""

    person: Person
    code: str
    expires_at: datetime


def normalised(code: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", code.upper())


def code_in(text: str) -> str | None:
    """The code in `/start CODE`, or a code typed on its own; None when there is none."""
    word, _, rest = text.strip().partition(" ")
    candidate = normalised(rest if word.lower() in ("/start", "/koppel", "/link") else text)
    fits = len(candidate) == CODE_LENGTH and set(candidate) <= set(CODE_ALPHABET)
    return candidate if fits else None


async def invite(house: House, work: Work, key: PersonKey, user: str) -> Invitation:
    """Makes an invitation; an earlier unused one stops working. Raises NobodyByThatName."""
    person = await work.people.get(key)
    if person is None or not person.active:
        raise NobodyByThatName
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    now = house.clock.now()
    expires_at = now + INVITATION_VALID
    await work.invites.put(work.vault.fingerprint("invite", code), key, expires_at)
    await work.audit.append(_line(person, "person.invited", now, user, "console"))
    grouped = "-".join(code[i : i + 4] for i in range(0, CODE_LENGTH, 4))
    return Invitation(person, grouped, expires_at)


async def link_matrix(house: House, work: Work, key: PersonKey, address: str, user: str) -> Person:
    """Links the Matrix address an administrator gives; the bot opens a room with it by itself.

    What is told there waits until a device of that address can be trusted. Raises NoSuchAddress,
    NobodyByThatName.
    """
    if not _MATRIX_ADDRESS.fullmatch(address):
        raise NoSuchAddress
    person = await work.people.get(key)
    if person is None or not person.active:
        raise NobodyByThatName
    now = house.clock.now()
    await work.accounts.link(Account(MATRIX, address, key, now))
    await _bring_what_was_held(work, key, MATRIX, now)
    await work.audit.append(_line(person, "account.linked", now, user, "console"))
    welcome = f"welcome.{person.role}"
    row = to_person(person, Template.ANSWER, welcome, now, {"text": welcome}, MATRIX)
    await work.outbox.put(row)
    return person


async def link(house: House, work: Work, inbound: Inbound, code: str) -> bool:
    """Links the address to the person invited with this code; false when it is no good.

    Each wrong code doubles the pause in which no code from that address is looked at.
    """
    now = house.clock.now()
    address = work.vault.fingerprint("guess", f"{inbound.platform}:{inbound.address}")
    guesses = await work.invites.guesses(address)
    if guesses.blocked_until is not None and now < guesses.blocked_until:
        return False
    key = await work.invites.take(work.vault.fingerprint("invite", code), now)
    person = await work.people.get(key) if key else None
    if person is None or not person.active:
        await work.invites.put_guesses(address, after_wrong_guess(guesses, now))
        return False
    await work.invites.put_guesses(address, Guesses())
    room = inbound.room or None
    account = Account(inbound.platform, inbound.address, person.key, now, room=room)
    await work.accounts.link(account)
    await _bring_what_was_held(work, person.key, inbound.platform, now)
    await work.audit.append(_line(person, "account.linked", now, person.id, inbound.platform))
    await work.outbox.put(answer(person, inbound, now, f"welcome.{person.role}"))
    return True


def after_wrong_guess(guesses: Guesses, now: datetime) -> Guesses:
    failures = guesses.failures + 1
    if failures <= FREE_GUESSES:
        return Guesses(failures)
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(failures - FREE_GUESSES, 20))
    return Guesses(failures, now + pause)


async def _bring_what_was_held(work: Work, person: PersonKey, platform: str, now: datetime) -> None:
    """What waited for this door goes out; what waited for a door that is not there comes here."""
    await work.post.release_held(Recipient(person, platform), now)
    linked = {account.platform for account in await work.accounts.every(person)}
    for other in {TELEGRAM, MATRIX} - linked:
        for row in await work.post.held(Recipient(person, other)):
            await work.post.done(row.id)
            moved = replace(row, recipient=Recipient(person, platform), not_before=now, attempts=0)
            await work.outbox.put(moved)


async def meet_stranger(house: House, work: Work, inbound: Inbound) -> None:
    """Links whoever brings a good code; everybody else reads the same short text."""
    code = code_in(inbound.text)
    if code is not None and await link(house, work, inbound, code):
        return
    await work.outbox.put(to_address(inbound, "answer.stranger", house.clock.now()))


def _line(person: Person, event: str, now: datetime, user: str, source: str) -> AuditLine:
    return AuditLine(
        corporation=person.organisation,
        event=event,
        at=now,
        subject=person.id,
        user=user,
        role=person.role,
        action=Action.CREATE,
        outcome="done",
        source=source,
    )
