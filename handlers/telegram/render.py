"""Texts and buttons as Telegram shows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import ParseMode

from bot.domain.disclosure import Text
from bot.ports.doors import Button, Parcel
from bot.texts.catalogue import Catalogue

LONGEST_MESSAGE = 4096
"""In UTF-16 units, after the markup has been taken out, as Telegram counts."""
LONGEST_TOAST = 200
LONGEST_TOKEN_BYTES = 64
SHORT_LABEL = 18
"""Two labels of at most this length fit side by side on a small phone."""


class TokenTooLong(Exception):
    """A button's token must fit in 64 bytes."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A parcel in words; `parse_mode` is None for plain text."""

    text: str | None
    parse_mode: ParseMode | None
    keyboard: InlineKeyboardMarkup | None
    toast: str | None


def rendered(parcel: Parcel, catalogue: Catalogue) -> Rendered:
    """Raises UnknownText, TokenTooLong."""
    text, parse_mode = None, None
    if parcel.text is not None:
        text, parse_mode = _message(parcel.text, catalogue, parcel.language)
    toast = None
    if parcel.toast is not None:
        toast = catalogue.plain(parcel.toast, parcel.language)[:LONGEST_TOAST]
    return Rendered(text, parse_mode, keyboard(parcel.buttons, catalogue, parcel.language), toast)


def _message(text: Text, catalogue: Catalogue, language: str) -> tuple[str, ParseMode | None]:
    """What is too long is cut off without its markup: a tag cut in two is refused altogether."""
    plain = catalogue.plain(text, language).strip()
    if _units(plain) <= LONGEST_MESSAGE:
        return catalogue.say(text, language).strip(), ParseMode.HTML
    cut = plain.encode("utf-16-le")[: 2 * (LONGEST_MESSAGE - 1)].decode("utf-16-le", "ignore")
    return cut + "…", None


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def keyboard(
    rows: Iterable[tuple[Button, ...]], catalogue: Catalogue, language: str
) -> InlineKeyboardMarkup | None:
    """The buttons, short ones two in a row; None when there are none. Raises TokenTooLong."""
    lines: list[list[InlineKeyboardButton]] = []
    for row in rows:
        made = [_button(button, catalogue, language) for button in row]
        if len(made) == 1 and lines and _fits_beside(lines[-1], made[0]):
            lines[-1].append(made[0])
        else:
            lines.append(made)
    return InlineKeyboardMarkup(lines) if lines else None


def _button(button: Button, catalogue: Catalogue, language: str) -> InlineKeyboardButton:
    if len(button.token.encode()) > LONGEST_TOKEN_BYTES:
        raise TokenTooLong
    return InlineKeyboardButton(catalogue.plain(button.label, language), callback_data=button.token)


def _fits_beside(line: list[InlineKeyboardButton], other: InlineKeyboardButton) -> bool:
    return len(line) == 1 and max(len(line[0].text), len(other.text)) <= SHORT_LABEL
