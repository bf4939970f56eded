"""The Bot API client: python-telegram-bot over HTTP, with retries and chatter switched off."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from telegram import Bot
from telegram.error import BadRequest, InvalidToken, TelegramError
from telegram.request import HTTPXRequest

from bot.app.bell import set_or_passed
from bot.app.trouble import Trouble
from bot.domain.photos import MOST_BYTES, PhotoFault
from bot.ports.tools import Clock
from handlers.pictures import NoPicture

os.environ.setdefault("PTB_TIMEDELTA", "true")
"""Without it the library warns, in the middle of its own work, at every 429."""

LONG_POLL_SECONDS = 25
CALL_SECONDS = 8.0
CONNECTIONS = 64
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
WEBHOOK_ADVICE = "check webhook_url and the connection; trying again"


class TokenRefused(Exception):
    """Telegram does not know this token."""


def refuses_token(error: TelegramError) -> bool:
    """Whether Telegram itself says so; another server's page with status 404 does not count."""
    return isinstance(error, InvalidToken) and error.__cause__ is None


class Client(Bot):
    """A Bot whose updates come as they were sent, so that one malformed update is one update."""

    async def raw_updates(self, offset: int | None, wait: int, limit: int = 100) -> list[Any]:
        """Waits up to `wait` seconds for updates; `offset` confirms all before it.

        Raises telegram.error.TelegramError.
        """
        data = {"offset": offset, "timeout": wait, "limit": limit}
        updates: object = await self._post("getUpdates", data, read_timeout=wait + CALL_SECONDS)
        if not isinstance(updates, list):
            raise TelegramError("updates must be a list")
        return updates

    async def bring_updates_to(
        self, url: str, secret: str, stop: asyncio.Event, clock: Clock
    ) -> None:
        """Asks Telegram to bring updates there, until it has understood or `stop` is set.

        Raises TokenRefused.
        """
        asking = Trouble("webhook", FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
        while not stop.is_set():
            try:
                await self.set_webhook(url, secret_token=secret)
            except TelegramError as error:
                if refuses_token(error):
                    raise TokenRefused from None
                await set_or_passed(stop, clock, asking.met(type(error).__name__, WEBHOOK_ADVICE))
            else:
                asking.over()
                return

    async def fetch_updates_ourselves(self) -> None:
        """Ends a webhook of earlier days, which would keep everything from us."""
        with suppress(TelegramError):
            await self.delete_webhook()

    async def name_or_none(self) -> str | None:
        """The bot's user name; None when Telegram cannot be reached or refuses the token."""
        try:
            me = await self.get_me()
        except TelegramError:
            return None
        return me.username

    async def picture(self, file: str) -> bytes:
        """The bytes of a file, tried twice. Raises NoPicture."""
        for last_try in (False, True):
            try:
                found = await self.get_file(file)
                if (found.file_size or 0) > MOST_BYTES:
                    raise NoPicture(PhotoFault.TOO_LARGE)
                return bytes(await found.download_as_bytearray())
            except BadRequest as refused:
                too_large = "too big" in str(refused).lower()
                fault = PhotoFault.TOO_LARGE if too_large else PhotoFault.NOT_FETCHED
                raise NoPicture(fault) from None
            except TelegramError:
                if last_try:
                    raise NoPicture(PhotoFault.NOT_FETCHED) from None
        raise AssertionError("two tries")

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[None]:
        """Opens the connections without asking Telegram anything: it may be away just now."""
        for request in self._request:
            await request.initialize()
        try:
            yield
        finally:
            for request in self._request:
                await request.shutdown()


def make_client(token: str, base_url: str) -> Client:
    """`base_url` ends in /bot, as the library wants it. Nothing is sent yet."""
    silence_libraries()
    return Client(
        token,
        base_url=base_url,
        base_file_url=base_url.removesuffix("/bot") + "/file/bot",
        request=_request(CONNECTIONS),
        get_updates_request=_request(1),
    )


def _request(connections: int) -> HTTPXRequest:
    return HTTPXRequest(
        connection_pool_size=connections,
        read_timeout=CALL_SECONDS,
        write_timeout=CALL_SECONDS,
        connect_timeout=CALL_SECONDS,
        pool_timeout=CALL_SECONDS,
    )


def silence_libraries() -> None:
    """httpx logs the token in every URL, python-telegram-bot the raw data of what it cannot read.

    What matters of it is logged by us, without content.
    """
    for name in ("httpx", "httpcore", "telegram"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
