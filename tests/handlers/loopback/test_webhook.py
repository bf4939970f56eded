"""Updates brought to the bot: with the secret, again until taken, and never polled beside it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot
from telegram.error import BadRequest, Conflict

from handlers.loopback.bot_api import LoopbackBotApi
from handlers.loopback.server import Server
from handlers.loopback.user import LoopbackUser
from handlers.loopback.wire import Wire


@dataclass
class Door:
    """A bot's own address, answering with the statuses it is told to, then with 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    received: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        secret = request.headers.get("X-Telegram-Bot-Api-Secret-Token")
        self.received.append((secret, await request.json()))
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200)

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for _, update in self.received]


@asynccontextmanager
async def open_door() -> AsyncIterator[Door]:
    door = Door()
    server = Server(Starlette(routes=[Route("/door", door.take, methods=["POST"])]), Wire())
    await server.start()
    door.url = f"http://127.0.0.1:{server.port}/door"
    yield door
    await server.stop()
    await server.finished()


async def test_an_update_is_brought_with_the_secret_until_it_is_taken(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    async with open_door() as door:
        door.statuses = [500, 429]
        await bot.set_webhook(door.url, secret_token="geheim-1", max_connections=1)
        await piet.types("een")
        await piet.types("twee")
        await api.until(lambda: not api.pending_updates)
        assert door.texts == ["een", "een", "een", "twee"]
        assert {secret for secret, _ in door.received} == {"geheim-1"}
        ids = [update["update_id"] for _, update in door.received]
        assert ids == [ids[0]] * 3 + [ids[0] + 1]
        info = await bot.get_webhook_info()
        assert (info.url, info.pending_update_count, info.max_connections) == (door.url, 0, 1)
        assert info.last_error_message == "Wrong response from the webhook: 429 Too Many Requests"
        await bot.delete_webhook()


async def test_with_a_webhook_nobody_can_poll(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    async with open_door() as door:
        poll = asyncio.create_task(bot.get_updates(timeout=50))
        await api.until(lambda: api.is_polled)
        await bot.set_webhook(door.url)
        with pytest.raises(Conflict, match="terminated by setWebhook request"):
            await poll
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        await bot.delete_webhook()
        await piet.types("weer zelf halen")
        assert len(await bot.get_updates()) == 1
        assert door.received == []


async def test_what_was_waiting_is_brought_or_dropped(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    async with open_door() as door:
        await piet.types("wacht al")
        await bot.set_webhook(door.url)
        await api.until(lambda: not api.pending_updates)
        assert door.texts == ["wacht al"]
        await bot.delete_webhook()
        await piet.types("vergeten")
        await bot.set_webhook(door.url, drop_pending_updates=True)
        await piet.types("nieuw")
        await api.until(lambda: not api.pending_updates)
        assert door.texts == ["wacht al", "nieuw"]


async def test_a_closed_door_is_tried_again(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    async with open_door() as door:
        url = door.url
    await bot.set_webhook(url)
    await piet.types("is daar iemand?")
    await api.until(lambda: b"is daar iemand?" in api.wire.to_bot)
    info = await bot.get_webhook_info()
    assert info.pending_update_count == 1
    await bot.delete_webhook()
    assert len(await bot.get_updates()) == 1


async def test_a_secret_has_letters_and_digits_only(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Secret token contains unallowed characters"):
        await bot.set_webhook("http://127.0.0.1:1/door", secret_token="geheim!")
    with pytest.raises(BadRequest, match="Invalid webhook url specified"):
        await bot.set_webhook("http:///door")
