"""A person with Telegram in hand: types, presses, and sees what a screen would show."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

from handlers.loopback.chats import Press, Telegram
from handlers.loopback.entities import Entity, formatted
from handlers.loopback.groups import LoopbackGroup
from handlers.loopback.messages import Account, Button, Message
from handlers.loopback.saying import LONGEST_TEXT, photo_size

T = TypeVar("T")

PATIENCE = 10.0  # seconds

# A button, and the message it is below; without message it is on the reply keyboard.
Place = tuple[Message | None, Button]


class CannotDo(Exception):
    """No person could do this: what it needs is not on the screen."""


class StillThere(AssertionError):
    """Something is on the screen that should not be."""


class LoopbackUser:
    """One person in a private chat with the bot.

        piet = api.person("Piet", 1001)
        await piet.types("/signaal")
        await piet.presses("Versturen")
        receipt = await piet.sees("doorgegeven")

    `patience` is how long this person waits for something to appear, in seconds.

    Messages that it hands out are values: what was on the screen at that moment.
    """

    def __init__(self, telegram: Telegram, name: str, id: int, language_code: str = "nl") -> None:
        first_name, _, last_name = name.partition(" ")
        self.account = Account(id, first_name, last_name, language_code=language_code)
        self._telegram = telegram
        self._chat = telegram.private_chat(self.account)
        self._presses: list[Press] = []
        self.patience = PATIENCE

    @property
    def id(self) -> int:
        """Of the person, and of the private chat: at Telegram they are the same."""
        return self.account.id

    # What is on the screen

    @property
    def visible(self) -> tuple[Message, ...]:
        """The messages in the chat now, oldest first."""
        return self._chat.visible

    @property
    def history(self) -> tuple[Message, ...]:
        """Every state that every message in the chat ever had; the last one may be `deleted`."""
        return tuple(self._chat.changed)

    @property
    def screen(self) -> str:
        """The messages in the chat now, as text."""
        keyboard = " ".join(f"[{label}]" for row in self._chat.keyboard for label in row)
        return "\n".join(filter(None, (self._chat.transcript(), keyboard)))

    @property
    def last(self) -> Message:
        """The newest message of the bot that is still there. Raises CannotDo."""
        for message in self._from_bot():
            return message
        raise CannotDo(f"{self.account.first_name} has nothing from the bot.\n{self.screen}")

    @property
    def toasts(self) -> tuple[str, ...]:
        """What popped up after presses, in the order of the presses; alerts too."""
        return tuple(press.answer for press in self._presses if press.answer)

    @property
    def alerts(self) -> tuple[str, ...]:
        """What popped up and had to be clicked away."""
        return tuple(press.answer for press in self._presses if press.answer and press.is_alert)

    @property
    def spinning(self) -> int:
        """How many pressed buttons the bot has not confirmed."""
        return sum(not press.answered for press in self._presses)

    def _from_bot(self) -> Iterator[Message]:
        return filter(self._is_from_bot, self._chat.newest_first())

    def _is_from_bot(self, message: Message) -> bool:
        return message.sender == self._telegram.bot

    # Looking

    def sees(self, text: str, after: Message | None = None) -> Awaitable[Message]:
        """Waits until the bot shows the text, and gives the message with it.

        What changed last comes first. With `after` only what was sent or edited later than that
        message counts. Raises NeverHappened with what is on the screen.
        """
        since = after.version if after is not None else 0

        def shown() -> Message | None:
            later = self._chat.changed_after(since)
            return next((m for m in later if self._is_from_bot(m) and text in m.text), None)

        return self._waits(shown, f"did not see “{text}”")

    async def sees_no(self, text: str) -> None:
        """Looks now, without waiting, at everything the bot shows. Raises StillThere."""
        if any(text in message.shown for message in self._from_bot()):
            raise StillThere(f"{self.account.first_name} sees “{text}”.\n{self.screen}")

    async def is_answered(self) -> None:
        """Waits until every button that was pressed is confirmed. Raises NeverHappened."""
        await self._waits(lambda: not self.spinning, "has buttons that keep spinning")

    def _waits(self, condition: Callable[[], T | None], failing: str) -> Awaitable[T]:
        """Only looks when something changed in this very chat: many people may be waiting."""
        looked_at = -1

        def look() -> T | None:
            nonlocal looked_at
            if looked_at == self._chat.version:
                return None
            looked_at = self._chat.version
            return condition()

        def otherwise() -> str:
            name = self.account.first_name
            return f"{name} {failing} within {self.patience} s.\n{self.screen}"

        return self._telegram.changes.until(look, self.patience, otherwise)

    # Doing

    async def types(self, text: str, reply_to: Message | None = None) -> Message:
        """Sends a text; one that is too long goes out in pieces, as from any Telegram client.

        Gives the (last) message. Raises CannotDo.
        """
        self._refuse_if_blocked()
        self._chat.open = True
        plain = text.strip()
        if not plain:
            raise CannotDo("An empty message cannot be sent.")
        starts = range(0, len(plain), LONGEST_TEXT)
        pieces = [formatted(plain[start : start + LONGEST_TEXT]) for start in starts]
        return [self._sends(*piece, reply_to=reply_to) for piece in pieces][-1]

    async def follows(self, link: str) -> Message:
        """Opens a link to the bot (https://t.me/<bot>?start=<code>) and presses START."""
        start = parse_qs(urlsplit(link).query).get("start", [""])[0]
        return await self.types(f"/start {start}".strip())

    async def presses(
        self,
        label: str,
        *,
        message: Message | None = None,
        twice: bool = False,
    ) -> None:
        """Presses a button, in the newest message that has it, waiting until there is one.

        A label that is nowhere in full is looked for as a part. With `message` the button as it
        was in that message is pressed, even if the message has changed meanwhile. Raises
        NeverHappened with what is on the screen, or CannotDo.
        """
        self._refuse_if_blocked()
        failing = f"found no button “{label}”"
        if message is None:
            holder, button = await self._waits(lambda: self._button(label), failing)
        else:
            holder, button = self._button_in(message, label)
        if holder is None:
            await self.types(button.label)
            return
        if button.data is None:
            raise CannotDo(f"The button “{label}” opens {button.url}.")
        for _ in range(2 if twice else 1):
            self._presses.append(self._telegram.press(self.account, self._chat, holder, button))

    async def edits(self, message: Message, text: str) -> Message:
        """Changes an own message. Raises CannotDo."""
        current = self._own(message)
        plain, entities = formatted(text)
        changed = self._telegram.change(
            self._chat, current, text=plain, entities=entities, edited=self._telegram.now()
        )
        self._telegram.tell("edited_message", changed)
        return changed

    async def deletes(self, message: Message) -> None:
        """Takes an own message back for both; the bot is not told. Raises CannotDo."""
        self._telegram.delete(self._chat, self._own(message))

    async def sends_photo(self, photo: bytes, caption: str = "", album: str = "") -> Message:
        plain, entities = formatted(caption)
        size = photo_size(self._telegram, self._telegram.keep_file(photo))
        content = {"photo": [size], **({"media_group_id": album} if album else {})}
        return await self.sends(content, plain, entities)

    async def sends_album(self, photos: Sequence[bytes], caption: str = "") -> list[Message]:
        """Several photos at once: an update each, the caption with the first."""
        album = f"album-{self._chat.version}"
        captions = [caption, *[""] * (len(photos) - 1)]
        return [
            await self.sends_photo(photo, below, album)
            for photo, below in zip(photos, captions, strict=True)
        ]

    async def sends(
        self, content: dict[str, Any], text: str = "", entities: tuple[Entity, ...] = ()
    ) -> Message:
        """Sends anything else, as the Bot API shows it: a location, a sticker, a contact."""
        self._refuse_if_blocked()
        self._chat.open = True
        return self._sends(text, entities, content=content)

    async def blocks_bot(self) -> None:
        self._telegram.set_bot_status(self._chat, self.account, "kicked")

    async def unblocks_bot(self) -> None:
        self._telegram.set_bot_status(self._chat, self.account, "member")

    async def deletes_account(self) -> None:
        self._chat.person_is_gone = True

    async def adds_bot_to(self, group: LoopbackGroup) -> None:
        await group.adds_bot(self.account)

    async def writes_in_group(self, group: LoopbackGroup, text: str) -> Message:
        return await group.hears(self.account, text)

    def _sends(self, text: str, entities: tuple[Entity, ...] = (), **more: Any) -> Message:
        sent = self._telegram.post(self._chat, self.account, text, entities, **more)
        self._telegram.tell("message", sent)
        return sent

    def _own(self, message: Message) -> Message:
        current = self._chat.messages.get(message.id)
        if current is None or current.sender != self.account:
            raise CannotDo("Only an own message that is still there can be changed.")
        return current

    def _refuse_if_blocked(self) -> None:
        if self._chat.bot_is == "kicked":
            raise CannotDo(f"{self.account.first_name} blocked the bot.")

    def _button(self, label: str) -> Place | None:
        shown = self._chat.newest_first()
        inline = [(message, button) for message in shown for button in message.buttons]
        typed = [(None, Button(known)) for row in self._chat.keyboard for known in row]
        return _best([*inline, *typed], label)

    def _button_in(self, message: Message, label: str) -> Place:
        place = _best([(message, button) for button in message.buttons], label)
        if place is None:
            raise CannotDo(f"There is no button “{label}” in that message.\n{self.screen}")
        return place


def _best(places: Sequence[Place], label: str) -> Place | None:
    """The first with exactly this label, else the first with the label as a part."""
    exact = (place for place in places if place[1].label == label)
    near = (place for place in places if label in place[1].label)
    return next(exact, None) or next(near, None)
