"""Makes outbox rows: who is to be told, by which template, about what. Never with text."""

import itertools
import secrets
from collections.abc import Mapping
from datetime import datetime

from bot.domain.outbox import TELEGRAM, Lane, OutboxRow, Recipient, Template
from bot.domain.people import Person, Role
from bot.ports.doors import Inbound

_sequence = itertools.count()


def row_id(now: datetime) -> str:
    """Sorts by time and then by order of making; the tail keeps processes apart."""
    micros = int(now.timestamp() * 1_000_000)
    return f"{micros:016x}{next(_sequence) & 0xFFFFFFFF:08x}{secrets.token_hex(4)}"


def lane_of(role: Role) -> Lane:
    return Lane.MANAGERS if role is Role.MANAGER else Lane.STAFF


def to_person(
    person: Person,
    template: Template,
    about: str,
    now: datetime,
    details: Mapping[str, str | int] | None = None,
    platform: str = TELEGRAM,
) -> OutboxRow:
    return OutboxRow(
        id=row_id(now),
        recipient=Recipient(person.key, platform),
        lane=lane_of(person.role),
        template=template,
        about=about,
        created_at=now,
        not_before=now,
        corporation=person.organisation,
        details=details or {},
    )


def to_address(inbound: Inbound, key: str, now: datetime, leave: bool = False) -> OutboxRow:
    """A fixed sentence to whoever wrote from there, linked or not."""
    details: dict[str, str | int] = {"text": key, "leave": int(leave)}
    if inbound.press and inbound.message:
        details |= {"press": inbound.press, "remove": inbound.message}
    return OutboxRow(
        id=row_id(now),
        recipient=Recipient(platform=inbound.platform, address=inbound.room or inbound.address),
        lane=Lane.STRANGERS,
        template=Template.ANSWER,
        about=key,
        created_at=now,
        not_before=now,
        details=details,
    )


def answer(
    person: Person, inbound: Inbound, now: datetime, key: str = "", **details: str | int
) -> OutboxRow:
    """A fixed sentence, or only the confirmation of a press."""
    wanted: dict[str, str | int] = {"text": key, **details}
    if inbound.press:
        wanted["press"] = inbound.press
    about = key or inbound.event
    return to_person(person, Template.ANSWER, about, now, wanted, inbound.platform)
