"""What comes in by a door and what leaves by it, for every channel alike."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.disclosure import Door, Text
from bot.domain.photos import PhotoFault


class Place(StrEnum):
    """Where something was written. Private chats are conversations; in the room of a case the
    care side and the consultant write."""

    PRIVATE = "private"
    CASE_ROOM = "case_room"
    GROUP = "group"
    CHANNEL = "channel"


class Kind(StrEnum):
    TEXT = "text"
    PRESS = "press"
    EDIT = "edit"
    REACTION = "reaction"
    PHOTO = "photo"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Inbound:
    """One event from a channel. `event` identifies it for ever, so that it takes effect once.

    `text` is raw and unscreened: it may not be stored or logged. `token` is what a button carried,
    `press` the id with which the platform wants a press confirmed. `room` is where it was written,
    when that is not the writer's address; `reply_to` the message it answers or reacts to (a
    reaction's sign is its text, plain and forgeable). `at` is UTC.

    A photo's `text` is what was written below it, and `file` what the door fetches it by; `picture`
    is the photo as a picture of ours, or `fault` says why there is none; photos sent together
    share an `album`. Of other things `what` says what was sent.
    """

    platform: str
    event: str
    address: str
    place: Place
    kind: Kind
    at: datetime
    text: str = ""
    token: str = ""
    message: str | None = None
    press: str | None = None
    room: str = ""
    reply_to: str = ""
    file: str = ""
    picture: bytes | None = None
    fault: PhotoFault | None = None
    album: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """`token` comes back in Inbound.token; at most 64 bytes, meaningless to a reader."""

    label: Text
    token: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """All that one outbox row does in one chat: confirm a press, say or edit, and tidy away.

    `text` is sent as a new message, or replaces message `edit` when that is given. A message to
    edit that is gone is sent anew. Messages to delete that are gone are no fault. `covers` are the
    ids of other outbox rows that are told by this message too; `is_card` says that it is where the
    row's matter stands in this chat from now on; `id` is the row's own, the same at every try.
    `room` is the private room with that person, where one is known; `quiet` asks for no alert.
    """

    address: str
    language: str
    text: Text | None = None
    buttons: tuple[tuple[Button, ...], ...] = ()
    edit: str | None = None
    delete: tuple[str, ...] = ()
    press: str | None = None
    toast: Text | None = None
    leave: bool = False
    covers: tuple[str, ...] = ()
    is_card: bool = False
    id: str = ""
    room: str = ""
    quiet: bool = False


class TryLater(Exception):
    """The platform could not take it now; nothing is lost, it is tried again.

    `retry_after` is in seconds, when the platform named a time.
    """

    def __init__(self, error: str, retry_after: float | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.retry_after = retry_after


class Unreachable(Exception):
    """This person cannot be reached by this channel: blocked the bot, or left."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Refused(Exception):
    """The platform will never take this message."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class Channel(Protocol):
    """A door, outward. Renders and sends; never decides what may be said."""

    @property
    def platform(self) -> str: ...
    @property
    def door(self) -> Door: ...
    async def send(self, parcel: Parcel) -> str | None:
        """Sends once, without retrying, and returns the id of the message shown, if any.

        Raises TryLater, Unreachable or Refused.
        """
        ...
