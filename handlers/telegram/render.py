"""Texts and buttons as Telegram shows them."""

from collections.abc import Iterable

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot.ports.doors import Button
from bot.texts.catalogue import Catalogue

LONGEST_TOAST = 200
LONGEST_TOKEN_BYTES = 64
SHORT_LABEL = 18
"""Two labels of at most this length fit side by side on a small phone."""


class TokenTooLong(Exception):
    """A button's token must fit in 64 bytes."""


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
