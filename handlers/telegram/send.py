"""The door outward: a parcel as calls of the Bot API. Sends once; retrying is delivery's.

Messages are not protected against copying: all they hold is a random reference, which a consultant
wants to copy, or the reader's own form.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import structlog
from telegram import LinkPreviewOptions
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
from handlers.telegram.client import CALL_SECONDS, Client
from handlers.telegram.read import PLATFORM
from handlers.telegram.render import Rendered, rendered

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

    async def send(self, parcel: Parcel) -> str | None:
        """See bot.ports.doors.Channel. Nothing is done before everything is put into words.

        What must go is deleted first: that can be repeated, a message cannot be unsaid.
        """
        screen = rendered(parcel, self._catalogue)
        confirming = asyncio.create_task(self._confirm(parcel, screen))
        try:
            return await self._done_in_chat(parcel, screen)
        finally:
            await confirming

    async def _done_in_chat(self, parcel: Parcel, screen: Rendered) -> str | None:
        """A chat to be left is left too where nothing may be said."""
        try:
            await self._tidy(parcel)
            message = await self._say(parcel, screen)
        except TelegramError as error:
            fault = fault_of(error)
            if parcel.leave and not isinstance(fault, TryLater):
                await self._leave(parcel)
            raise fault from None
        if parcel.leave:
            await self._leave(parcel)
        return message

    async def _leave(self, parcel: Parcel) -> None:
        await self._nicety("leaveChat", self._client.leave_chat(parcel.address))

    async def _say(self, parcel: Parcel, screen: Rendered) -> str | None:
        if screen.text is None:
            return None
        if parcel.edit is not None and await self._edit(parcel, screen):
            return parcel.edit
        sent = await self._client.send_message(
            parcel.address,
            screen.text,
            parse_mode=screen.parse_mode,
            reply_markup=screen.keyboard,
            link_preview_options=NO_PREVIEW,
        )
        return str(sent.message_id)

    async def _edit(self, parcel: Parcel, screen: Rendered) -> bool:
        """False when the message cannot be edited any more and must be sent anew."""
        try:
            await self._client.edit_message_text(
                screen.text or "",
                chat_id=parcel.address,
                message_id=int(parcel.edit or 0),
                parse_mode=screen.parse_mode,
                reply_markup=screen.keyboard,
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

    async def _confirm(self, parcel: Parcel, screen: Rendered) -> None:
        """Stops the button's spinner; worth nothing later, so it is tried once."""
        if parcel.press is not None:
            confirmation = self._client.answer_callback_query(parcel.press, screen.toast)
            await self._nicety("answerCallbackQuery", confirmation)

    async def _tidy(self, parcel: Parcel) -> None:
        """What is gone already, or too old to delete, is no fault; all else is tried again."""
        for start in range(0, len(parcel.delete), MOST_DELETIONS):
            some = tuple(int(id) for id in parcel.delete[start : start + MOST_DELETIONS])
            if len(some) == 1 or not await self._deleted_together(parcel.address, some):
                for one in some:
                    with suppress(BadRequest):
                        await self._client.delete_message(parcel.address, one)

    async def _deleted_together(self, address: str, messages: tuple[int, ...]) -> bool:
        """False when they must be deleted one by one."""
        if "deleteMessages" in self._unknown:
            return False
        try:
            return await self._client.delete_messages(address, messages)
        except BadRequest:
            return False
        except (EndPointNotFound, InvalidToken):
            self._do_without("deleteMessages")
            return False

    async def _nicety(self, method: str, call: Coroutine[Any, Any, object]) -> None:
        """Tries once; nothing depends on it."""
        if method in self._unknown:
            call.close()
            return
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await call
        except (EndPointNotFound, InvalidToken):
            self._do_without(method)
        except (TelegramError, TimeoutError) as error:
            log.info("nicety_failed", method=method, error=type(error).__name__)

    def _do_without(self, method: str) -> None:
        """Says once that the server does not know a method. The library tells it as a bad token;
        a token that really is bad ends the service where updates are fetched."""
        if method not in self._unknown:
            self._unknown.add(method)
            log.warning("bot_api_method_unknown", method=method)


def fault_of(error: TelegramError) -> TryLater | Unreachable | Refused:
    """What an error of the library means for a row of the outbox."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return TryLater("flood", float(wait) if isinstance(wait, int) else wait.total_seconds())
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
    return TryLater(type(error).__name__)
