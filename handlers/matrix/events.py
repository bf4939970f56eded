"""What a sync brought, event by event, and how far each can be believed."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.ports.store import Work


class Kind(StrEnum):
    """Only a MESSAGE without a fault may act; all else is plain text that the server can forge."""

    MESSAGE = "message"
    REACTION = "reaction"
    REDACTION = "redaction"
    MEMBER = "member"
    STATE = "state"
    INVITED = "invited"
    """We were invited to a room; there is no event id yet, so `event` names the room."""


class Fault(StrEnum):
    """Why a message may not act."""

    PLAINTEXT = "plaintext"
    """Written in clear in a room that should be encrypted."""
    UNDECRYPTABLE = "undecryptable"
    """The key did not reach us; the sender is asked to send it again."""
    UNSIGNED = "unsigned"
    """From a device its owner did not sign."""
    CHANGED_IDENTITY = "changed_identity"
    """The sender's identity is another than the one that was pinned."""
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event. `event` is its id for ever, `at` the server's time (UTC).

    `content` is what was decrypted; it is empty when there is a fault. Of a MEMBER `about` is the
    member, of other state its key; of a REACTION or REDACTION the event it is about.
    """

    kind: Kind
    room: str
    event: str
    sender: str
    at: datetime
    type: str
    content: Mapping[str, Any] = field(default_factory=dict, repr=False)
    about: str = ""
    fault: Fault | None = None


Take = Callable[[Work, Incoming], Awaitable[None]]
"""Handles one event in the transaction in which the sync token is stored too. The same event can
come again: after a restart, and after a gap. It is called for other people's events only."""

Changed = Callable[[Work, str], Awaitable[None]]
"""Told once, in the transaction that notes it, that this Matrix user's identity changed. Nothing
goes to them, and nothing of theirs counts, until the new identity is confirmed."""
