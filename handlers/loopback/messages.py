"""Accounts, buttons and messages as Telegram holds them: values, and how the Bot API shows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """A person or a bot on Telegram."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False

    def json(self) -> dict[str, Any]:
        optional = {
            "last_name": self.last_name,
            "username": self.username,
            "language_code": self.language_code,
        }
        return {
            "id": self.id,
            "is_bot": self.is_bot,
            "first_name": self.first_name,
            **{name: value for name, value in optional.items() if value},
        }


@dataclass(frozen=True, slots=True)
class Button:
    """A button below a message: with `data` for the bot, or with a `url` to open."""

    label: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it stood at one moment; `version` grows with every change in any chat.

    `sender` is None for a channel's post. `content` holds what is neither text nor markup, as the
    Bot API shows it ("photo", "location", "new_chat_members"). `markup` is the inline keyboard.
    """

    chat: Json
    id: int
    sender: Account | None
    date: datetime
    version: int
    text: str = ""
    entities: tuple[Json, ...] = ()
    content: Json = field(default_factory=dict)
    markup: Json | None = None
    editable: bool = True
    protected: bool = False
    link_preview: Json | None = None
    reply_to: "Message | None" = None
    edited: datetime | None = None
    deleted: bool = False

    @property
    def rows(self) -> tuple[tuple[Button, ...], ...]:
        """The inline keyboard, row by row."""
        return tuple(
            tuple(
                Button(button["text"], button.get("callback_data"), button.get("url"))
                for button in row
            )
            for row in (self.markup or {}).get("inline_keyboard", ())
        )

    @property
    def buttons(self) -> tuple[Button, ...]:
        return tuple(button for row in self.rows for button in row)

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(button.label for button in self.buttons)

    @property
    def shown(self) -> str:
        """What a reader sees of it: media in brackets, the text, and the rows of buttons."""
        media = "".join(f"[{kind}] " for kind in self.content)
        rows = (" ".join(f"[{button.label}]" for button in row) for row in self.rows)
        return "\n".join((media + self.text, *rows))

    def json(self, replied: bool = True) -> dict[str, Any]:
        text, entities = ("caption", "caption_entities") if self.content else ("text", "entities")
        message: dict[str, Any] = {"message_id": self.id}
        if self.sender is None:
            message["sender_chat"] = self.chat
        else:
            message["from"] = self.sender.json()
        message |= {"chat": self.chat, "date": unix(self.date)}
        if self.edited is not None:
            message["edit_date"] = unix(self.edited)
        if self.reply_to is not None and replied:
            message["reply_to_message"] = self.reply_to.json(replied=False)
        message |= self.content
        optional = {
            text: self.text,
            entities: list(self.entities),
            "reply_markup": self.markup,
            "has_protected_content": self.protected,
            "link_preview_options": self.link_preview,
        }
        return message | {name: value for name, value in optional.items() if value}


def unix(moment: datetime) -> int:
    return int(moment.timestamp())
