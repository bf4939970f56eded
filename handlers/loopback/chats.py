"""All of Telegram that matters here: accounts, chats, messages, presses on buttons, files."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count, takewhile
from typing import Any

from handlers.loopback.entities import Entity
from handlers.loopback.messages import Account, Button, Json, Message, unix
from handlers.loopback.updates import LongPoll, UpdateQueue
from handlers.loopback.waiting import Changes

PRIVATE, GROUP, SUPERGROUP, CHANNEL = "private", "group", "supergroup", "channel"
IN_CHAT = frozenset({"member", "administrator"})

# What the Bot API always says of such a member (https://core.telegram.org/bots/api#chatmember).
ADMINISTRATOR_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
MEMBER_FIELDS: dict[str, dict[str, Any]] = {
    "administrator": dict.fromkeys(ADMINISTRATOR_RIGHTS, False),
    "kicked": {"until_date": 0},
}


@dataclass(slots=True)
class Chat:
    """`bot_is` is the bot's status in it: member, administrator, left, or kicked (blocked).

    `person` is the other one in a private chat; it is `open` once that person has written.
    `keyboard` is the reply keyboard that the bot last showed. `messages` are those that are there,
    `changed` has every state of every message, oldest first. `version` grows with whatever
    happens in it.
    """

    id: int
    type: str
    title: str = ""
    person: Account | None = None
    bot_is: str = "member"
    bot_was_in: bool = False
    open: bool = False
    person_is_gone: bool = False
    keyboard: tuple[tuple[str, ...], ...] = ()
    messages: dict[int, Message] = field(default_factory=dict)
    changed: list[Message] = field(default_factory=list)
    version: int = 0
    ids: Iterator[int] = field(default_factory=lambda: count(1))

    @property
    def bot_is_in(self) -> bool:
        return self.bot_is in IN_CHAT

    @property
    def visible(self) -> tuple[Message, ...]:
        return tuple(self.messages.values())

    def newest_first(self) -> Iterator[Message]:
        return reversed(self.messages.values())

    def changed_after(self, version: int) -> Iterator[Message]:
        """The messages that are there and were sent or changed later, latest first."""
        later = takewhile(lambda message: message.version > version, reversed(self.changed))
        return (message for message in later if self.messages.get(message.id) is message)

    def json(self) -> dict[str, Any]:
        if self.person is None:
            return {"id": self.id, "title": self.title, "type": self.type}
        names = {key: value for key, value in self.person.json().items() if "name" in key}
        return {"id": self.id, **names, "type": self.type}

    def transcript(self) -> str:
        name = self.title or (self.person.first_name if self.person else "")
        return "\n".join((f"── {name} ({self.type} {self.id})", *map(_line, self.visible)))


def _line(message: Message) -> str:
    sender = message.sender.first_name if message.sender else "·"
    edited = " (edited)" if message.edited else ""
    first, *rest = message.shown.split("\n")
    return "\n".join((f"{sender}{edited}: {first}", *(f"    {line}" for line in rest)))


@dataclass(slots=True)
class Press:
    """One press on an inline button, until the bot answers it."""

    id: str
    by: Account
    chat: Chat
    at: datetime
    answer: str | None = None
    is_alert: bool = False
    answered: bool = False


class Telegram:
    """What Telegram knows. `changes` wakes whoever waits for something to be seen.

    With `ids_per_chat` the numbers of messages tell nothing of other chats; at Telegram all
    private chats of a bot share one sequence.
    """

    def __init__(
        self, bot: Account, now: Callable[[], datetime], *, ids_per_chat: bool = False
    ) -> None:
        self.bot = bot
        self.now = now
        self.changes = Changes()
        self.poll = LongPoll()
        self.queue = UpdateQueue(now, self._update_arrived)
        self.webhook_arrived: Callable[[], None] = lambda: None
        self.chats: dict[int, Chat] = {}
        self.accounts: dict[int, Account] = {}
        self.presses: dict[str, Press] = {}
        self.files: dict[str, bytes] = {}
        self.commands: dict[tuple[str, str], tuple[Json, ...]] = {}
        self._versions = count(1)
        self._message_ids = count(1)
        self._press_numbers: defaultdict[int, count[int]] = defaultdict(lambda: count(1))
        self._ids_per_chat = ids_per_chat

    def _update_arrived(self) -> None:
        self.poll.wake()
        self.webhook_arrived()
        self.changes.happened()

    def private_chat(self, person: Account) -> Chat:
        self.accounts[person.id] = person
        return self.chats.setdefault(person.id, Chat(person.id, PRIVATE, person=person))

    def gathering(self, kind: str, title: str) -> Chat:
        """A group, supergroup or channel that the bot is not in yet."""
        number = sum(1 for id in self.chats if id < 0) + 1
        id = -1000 - number if kind == GROUP else -1_000_000_001_000 - number
        self.chats[id] = Chat(id, kind, title, bot_is="left", open=True)
        return self.chats[id]

    def post(
        self,
        chat: Chat,
        sender: Account | None,
        text: str = "",
        entities: tuple[Entity, ...] = (),
        **more: Any,
    ) -> Message:
        message = Message(
            chat=chat.json(),
            id=self._next_message_id(chat),
            sender=sender,
            date=self.now(),
            version=next(self._versions),
            text=text,
            entities=entities,
            **more,
        )
        return self._keep(chat, message)

    def _next_message_id(self, chat: Chat) -> int:
        apart = self._ids_per_chat or chat.type in (SUPERGROUP, CHANNEL)
        return next(chat.ids if apart else self._message_ids)

    def change(self, chat: Chat, message: Message, **fields: Any) -> Message:
        return self._keep(chat, replace(message, version=next(self._versions), **fields))

    def delete(self, chat: Chat, message: Message) -> None:
        del chat.messages[message.id]
        chat.changed.append(replace(message, version=next(self._versions), deleted=True))
        self.touch(chat)

    def touch(self, chat: Chat) -> None:
        """Something happened in the chat."""
        chat.version += 1
        self.changes.happened()

    def _keep(self, chat: Chat, message: Message) -> Message:
        chat.messages[message.id] = message
        chat.changed.append(message)
        self.touch(chat)
        return message

    def tell(self, kind: str, message: Message) -> None:
        """Tells the bot of a message, if it is in that chat."""
        if self.chats[message.chat["id"]].bot_is_in:
            self.queue.push(kind, message.json())

    def set_bot_status(self, chat: Chat, by: Account, status: str) -> None:
        """The bot comes or goes, is blocked or unblocked; it is told so."""
        old, chat.bot_is = chat.bot_is, status
        chat.bot_was_in = True
        self.changes.happened()
        self.queue.push(
            "my_chat_member",
            {
                "chat": chat.json(),
                "from": by.json(),
                "date": unix(self.now()),
                "old_chat_member": self._bot_as_member(old),
                "new_chat_member": self._bot_as_member(status),
            },
        )

    def _bot_as_member(self, status: str) -> dict[str, Any]:
        rights = MEMBER_FIELDS.get(status, {})
        return {"user": self.bot.json(), "status": status, **rights}

    def press(self, by: Account, chat: Chat, message: Message, button: Button) -> Press:
        """A press on a button of a message as the presser saw it; the message may have changed."""
        number = next(self._press_numbers[by.id])
        press = Press(str((by.id << 32) + number), by, chat, self.now())
        self.presses[press.id] = press
        current = chat.messages.get(message.id)
        gone = {"message_id": message.id, "chat": chat.json(), "date": 0}
        self.changes.happened()
        self.queue.push(
            "callback_query",
            {
                "id": press.id,
                "from": by.json(),
                "message": current.json() if current else gone,
                "chat_instance": str(chat.id * 7919),
                "data": button.data,
            },
        )
        return press

    def keep_file(self, content: bytes) -> str:
        file_id = f"file-{len(self.files)}"
        self.files[file_id] = content
        return file_id

    def transcript(self) -> str:
        return "\n\n".join(chat.transcript() for chat in self.chats.values())
