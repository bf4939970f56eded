"""The `reply_markup` of a call: checked as Telegram checks it.

Limits: https://core.telegram.org/bots/api#inlinekeyboardbutton (callback data of 1-64 bytes).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.loopback.messages import Json
from handlers.loopback.refusals import bad_request

MOST_CALLBACK_BYTES = 64
MOST_BUTTONS = 100
WEB = ("http://", "https://", "tg://")


@dataclass(frozen=True, slots=True)
class Markup:
    """What a call wants below the message (`inline`) or below the writing field.

    `keyboard` are the labels of a reply keyboard; an empty tuple takes the keyboard away.
    """

    inline: Json | None = None
    keyboard: tuple[tuple[str, ...], ...] | None = None
    force_reply: bool = False

    @property
    def is_inline(self) -> bool:
        return self.keyboard is None and not self.force_reply


def read_markup(given: Any) -> Markup:
    """Raises Refused."""
    if given is None:
        return Markup()
    if isinstance(given, str):
        raise bad_request("can't parse reply keyboard markup JSON object")
    if not isinstance(given, Mapping):
        raise bad_request("object expected as reply markup")
    if rows := _rows(given, "keyboard"):
        labels = tuple(tuple(map(_label, row)) for row in rows)
        return Markup(keyboard=labels)
    if rows := _rows(given, "inline_keyboard"):
        buttons = [[_inline_button(button) for button in row] for row in rows]
        if sum(map(len, buttons)) > MOST_BUTTONS:
            raise bad_request("reply markup is too long")
        return Markup(inline={"inline_keyboard": buttons})
    if given.get("remove_keyboard"):
        return Markup(keyboard=())
    return Markup(force_reply=bool(given.get("force_reply")))


def _rows(given: Mapping[str, Any], name: str) -> list[list[Any]]:
    rows = given.get(name, [])
    if not isinstance(rows, list):
        raise bad_request(f'field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{name}" must be an Array of Arrays')
    return [row for row in rows if row]


def _label(button: Any) -> str:
    label = button.get("text") if isinstance(button, Mapping) else button
    if not isinstance(label, str):
        raise bad_request(
            "can't parse keyboard button: KeyboardButton must be a String or an Object"
        )
    return label


def _inline_button(button: Any) -> dict[str, Any]:
    wrong = "can't parse inline keyboard button: "
    if not isinstance(button, Mapping):
        raise bad_request(wrong + "InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request(wrong + 'Can\'t find field "text"')
    if url := button.get("url"):
        if not str(url).startswith(WEB):
            raise bad_request("BUTTON_URL_INVALID")
        return {"text": button["text"], "url": url}
    data = button.get("callback_data")
    if not data:
        raise bad_request(wrong + "Text buttons are unallowed in the inline keyboard")
    if len(str(data).encode()) > MOST_CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    return {"text": button["text"], "callback_data": str(data)}
