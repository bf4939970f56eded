"""What waits to be told: rows of references, never of text.

A row names a template and what it is about; the words are made at the moment of sending, from the
state of that moment, for that reader. So there is nothing to leak, nothing stale, nothing to erase.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.domain.people import PersonKey

TELEGRAM = "telegram"
MATRIX = "matrix"
"""The platforms by their names, as they stand in every row."""


class Template(StrEnum):
    """Every kind of parcel the service can send. Its sentences stand in the catalogues."""

    FORM = "form"
    TIDY = "tidy"
    RECEIPT = "receipt"
    ANSWER = "answer"
    CALL_112 = "call_112"
    OWN_SIGNALS = "own_signals"
    STATUSES = "statuses"
    OPEN_MATTERS = "open_matters"
    DIGEST = "digest"
    WEEKLY = "weekly"
    CARD = "card"
    NUDGE = "nudge"
    SHOW_CODE = "show_code"
    HINT = "hint"
    IDENTITY = "identity"
    CHANGED = "changed"
    SHARED = "shared"


class Lane(StrEnum):
    """Each lane has sending capacity of its own, so that none can delay another.

    What neighbourhood managers are told must not depend on how busy the others are (invariant I1).
    """

    MANAGERS = "managers"
    STAFF = "staff"
    STRANGERS = "strangers"


class RowState(StrEnum):
    PENDING = "pending"
    SENDING = "sending"
    HELD = "held"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person on a platform, or (for a stranger, or a room of several) only an address there."""

    person: PersonKey | None = None
    platform: str = TELEGRAM
    address: str | None = None


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """`about` is a reference or dialogue id; `details` holds ids, numbers and text keys only.

    `id` sorts by creation. All times UTC. `error` is an error class, never a message.
    """

    id: str
    recipient: Recipient
    lane: Lane
    template: Template
    about: str
    created_at: datetime
    not_before: datetime
    corporation: str = ""
    details: Mapping[str, str | int] = field(default_factory=dict)
    attempts: int = 0
    state: RowState = RowState.PENDING
    error: str | None = None
