"""The door outward: a parcel as calls of the Bot API. Sends once; retrying is delivery's."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import structlog
from telegram import InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.domain.disclosure import Door
from bot.ports.doors import Parcel, Refused, TryLater, Unreachable
from bot.texts.catalogue import Catalogue
from handlers.telegram.client import Client
from handlers.telegram.read import PLATFORM
from handlers.telegram.render import LONGEST_TOAST, keyboard

log = structlog.get_logger()

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
MOST_DELETIONS = 100
SAME_AS_BEFORE = "message is not modified"
CANNOT_EDIT = ("message to edit not found", "message can't be edited", "message_id_invalid")
NOBODY_THERE = ("chat not found", "user is deactivated", "peer_id_invalid", "user not found")


class TelegramChannel:
    """Sends parcels by one bot."""

    platform = PLATFORM
    door = Door.TELEGRAM

    def __init__(self, client: Client, catalogue: Catalogue) -> None:
        self._client = client
        self._catalogue = catalogue
        self._unknown: set[str] = set()

    async def send(self, parcel: Parcel) -> int | None:
        """See bot.ports.doors.Channel.

        What must go is deleted first: that can be repeated, a message cannot be unsaid.
        """
        confirmed = asyncio.create_task(self._confirm(parcel)) if parcel.press else None
        try:
            await self._tidy(parcel)
            message = await self._say(parcel)
        except TelegramError as error:
            raise fault_of(error) from None
        finally:
            if confirmed is not None:
                await confirmed
        if parcel.leave:
            await self._nicety("leaveChat", self._client.leave_chat(parcel.address))
        return message

    async def _say(self, parcel: Parcel) -> int | None:
        if parcel.text is None:
            return None
        text = self._catalogue.say(parcel.text, parcel.language).strip()
        buttons = keyboard(parcel.buttons, self._catalogue, parcel.language)
        if parcel.edit is not None and await self._edit(parcel, text, buttons):
            return parcel.edit
        sent = await self._client.send_message(
            parcel.address,
            text,
            parse_mode=ParseMode.HTML,
            reply_markup=buttons,
            link_preview_options=NO_PREVIEW,
        )
        return sent.message_id

    async def _edit(self, parcel: Parcel, text: str, buttons: InlineKeyboardMarkup | None) -> bool:
        """False when the message cannot be edited any more and must be sent anew."""
        try:
            await self._client.edit_message_text(
                text,
                chat_id=parcel.address,
                message_id=parcel.edit,
                parse_mode=ParseMode.HTML,
                reply_markup=buttons,
                link_preview_options=NO_PREVIEW,
            )
        except BadRequest as refused:
            reason = str(refused).lower()
            if SAME_AS_BEFORE in reason:
                return True
            if any(cannot in reason for cannot in CANNOT_EDIT):
                return False
            raise
        return True

    async def _confirm(self, parcel: Parcel) -> None:
        """Stops the button's spinner; worth nothing later, so it is tried once."""
        toast = None
        if parcel.toast is not None:
            toast = self._catalogue.plain(parcel.toast, parcel.language)[:LONGEST_TOAST]
        query = parcel.press or ""
        await self._nicety("answerCallbackQuery", self._client.answer_callback_query(query, toast))

    async def _tidy(self, parcel: Parcel) -> None:
        """What is gone already, or too old to delete, is no fault; all else is tried again."""
        for start in range(0, len(parcel.delete), MOST_DELETIONS):
            some = parcel.delete[start : start + MOST_DELETIONS]
            if len(some) == 1 or not await self._deleted_together(parcel.address, some):
                for one in some:
                    with suppress(BadRequest):
                        await self._client.delete_message(parcel.address, one)

    async def _deleted_together(self, address: str, messages: tuple[int, ...]) -> bool:
        try:
            return await self._client.delete_messages(address, messages)
        except (BadRequest, InvalidToken):
            return False

    async def _nicety(self, method: str, call: Coroutine[Any, Any, object]) -> bool:
        """Tries once. A method the server does not know is said once and done without."""
        if method in self._unknown:
            call.close()
            return False
        try:
            await call
        except (EndPointNotFound, InvalidToken):
            self._unknown.add(method)
            log.warning("bot_api_method_unknown", method=method)
            return False
        except TelegramError as error:
            log.info("nicety_failed", method=method, error=type(error).__name__)
            return False
        return True


def fault_of(error: TelegramError) -> TryLater | Unreachable | Refused:
    """What an error of the library means for a row of the outbox."""
    name = type(error).__name__
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        seconds = wait if isinstance(wait, int) else int(wait.total_seconds())
        return TryLater("flood", float(seconds))
    if isinstance(error, Forbidden):
        return Unreachable("forbidden")
    if isinstance(error, BadRequest):
        reason = str(error).lower()
        if any(nobody in reason for nobody in NOBODY_THERE):
            return Unreachable("no_chat")
        return Refused("bad_request")
    if isinstance(error, ChatMigrated):
        return Unreachable("migrated")
    if isinstance(error, TimedOut):
        return TryLater("timed_out")
    return TryLater(name)
