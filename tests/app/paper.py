"""A platform of paper: what stands in every chat, and an exact transcript of all that was done."""

import html
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.disclosure import Door, Text
from bot.domain.outbox import TELEGRAM
from bot.ports.doors import Parcel, Unreachable
from bot.ports.tools import Clock
from bot.texts.catalogue import load_catalogue

_MARKUP = re.compile(r"</?\w+>")


class Did(StrEnum):
    """What the service did in a chat."""

    SAID = "said"
    EDITED = "edited"
    DELETED = "deleted"
    TOASTED = "toasted"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the transcript. `buttons` are labels with their tokens; `text` has its markup."""

    at: datetime
    chat: str
    did: Did
    message: int | None = None
    text: str = ""
    buttons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands in a chat, without markup; `own` when the person wrote it."""

    id: int
    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    own: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(label for label, _ in self.buttons)


class PaperPlatform:
    """A channel that shows what it is given on paper, and hands out message ids a chat."""

    def __init__(self, clock: Clock, platform: str = TELEGRAM, door: Door = Door.TELEGRAM) -> None:
        self.platform = platform
        self.door = door
        self.chats: defaultdict[str, dict[int, Message]] = defaultdict(dict)
        self.transcript: list[Line] = []
        self.blocked: set[str] = set()
        self._clock = clock
        self._ids: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))

    def takes(self, chat: str, text: str) -> Message:
        """A message of a person to the bot."""
        message = Message(next(self._ids[chat]), text, own=True)
        self.chats[chat][message.id] = message
        return message

    async def send(self, parcel: Parcel) -> str | None:
        """Does a parcel in the order Telegram's channel does it; see bot.ports.doors.Channel."""
        chat = self.chats[parcel.address]
        if parcel.address in self.blocked:
            raise Unreachable("blocked")
        if parcel.toast is not None:
            self._note(parcel, Did.TOASTED, None, _said(parcel.toast, parcel.language))
        for gone in parcel.delete:
            if chat.pop(int(gone), None) is not None:
                self._note(parcel, Did.DELETED, int(gone))
        shown = self._show(parcel, chat) if parcel.text is not None else None
        if parcel.leave:
            self._note(parcel, Did.LEFT)
        return None if shown is None else str(shown)

    def _show(self, parcel: Parcel, chat: dict[int, Message]) -> int:
        assert parcel.text is not None
        text = _said(parcel.text, parcel.language)
        buttons = tuple(
            (_plain(_said(button.label, parcel.language)), button.token)
            for line in parcel.buttons
            for button in line
        )
        edit = int(parcel.edit or 0)
        edits = edit in chat
        id = edit if edits else next(self._ids[parcel.address])
        message = Message(id, _plain(text), buttons)
        if chat.get(id) != message:
            chat[id] = message
            self._note(parcel, Did.EDITED if edits else Did.SAID, id, text, buttons)
        return id

    def _note(
        self,
        parcel: Parcel,
        did: Did,
        message: int | None = None,
        text: str = "",
        buttons: tuple[tuple[str, str], ...] = (),
    ) -> None:
        line = Line(self._clock.now(), parcel.address, did, message, text, buttons)
        self.transcript.append(line)


def _said(text: Text, language: str) -> str:
    return load_catalogue().say(text, language).strip()


def _plain(text: str) -> str:
    return html.unescape(_MARKUP.sub("", text))
