"""Groups and channels, as the people in them use them."""

from handlers.loopback.chats import CHANNEL, Telegram
from handlers.loopback.entities import formatted
from handlers.loopback.messages import Account, Message


class _Gathering:
    def __init__(self, telegram: Telegram, title: str, kind: str) -> None:
        self._telegram = telegram
        self._chat = telegram.gathering(kind, title)

    @property
    def id(self) -> int:
        return self._chat.id

    @property
    def bot_is_in(self) -> bool:
        return self._chat.bot_is_in

    @property
    def visible(self) -> tuple[Message, ...]:
        return self._chat.visible

    @property
    def screen(self) -> str:
        return self._chat.transcript()

    async def removes_bot(self, by: Account) -> None:
        self._telegram.set_bot_status(self._chat, by, "kicked")


class LoopbackGroup(_Gathering):
    """The bot reads all messages in it, or only those that are meant for it (privacy mode)."""

    def __init__(self, telegram: Telegram, title: str, kind: str, bot_reads_all: bool) -> None:
        super().__init__(telegram, title, kind)
        self._bot_reads_all = bot_reads_all

    async def adds_bot(self, by: Account) -> None:
        bot = self._telegram.bot.json()
        self._telegram.set_bot_status(self._chat, by, "member")
        joined = self._telegram.post(self._chat, by, content={"new_chat_members": [bot]})
        self._telegram.tell("message", joined)

    async def hears(self, by: Account, text: str, reply_to: Message | None = None) -> Message:
        """Somebody writes in it."""
        plain, entities = formatted(text)
        message = self._telegram.post(self._chat, by, plain, entities, reply_to=reply_to)
        if self._bot_reads_all or self._is_for_bot(message):
            self._telegram.tell("message", message)
        return message

    def _is_for_bot(self, message: Message) -> bool:
        replied = message.reply_to is not None and message.reply_to.sender == self._telegram.bot
        commands = any(entity["type"] == "bot_command" for entity in message.entities)
        return replied or commands or f"@{self._telegram.bot.username}" in message.text


class LoopbackChannel(_Gathering):
    async def adds_bot(self, by: Account) -> None:
        self._telegram.set_bot_status(self._chat, by, "administrator")

    async def posts(self, text: str) -> Message:
        plain, entities = formatted(text)
        post = self._telegram.post(self._chat, None, plain, entities)
        self._telegram.tell(f"{CHANNEL}_post", post)
        return post
