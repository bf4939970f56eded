"""The server in a process of its own, its people under remote control."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup

JA = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="1")]])


@pytest.fixture
async def addresses() -> AsyncIterator[dict[str, str]]:
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "handlers.loopback", stdout=asyncio.subprocess.PIPE
    )
    assert server.stdout is not None
    yield json.loads(await server.stdout.readline())
    server.terminate()
    assert await server.wait() == 0


@pytest.fixture
async def control(addresses: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=addresses["control_url"], timeout=30) as control:
        yield control


def introductions() -> list[dict[str, Any]]:
    return [{"id": 1001, "name": "Piet"}, {"id": 1002, "name": "Mia", "language_code": "en"}]


async def answer_everything(bot: Bot, presses: int) -> None:
    """Asks whoever writes, until so many have pressed."""
    offset = 0
    while presses:
        for update in await bot.get_updates(offset=offset, timeout=10):
            offset = update.update_id + 1
            if update.message is not None:
                await bot.send_message(update.message.chat_id, "Klopt dit?", reply_markup=JA)
            elif update.callback_query is not None:
                await bot.answer_callback_query(update.callback_query.id, "Genoteerd")
                presses -= 1


async def test_people_play_a_script_with_a_bot_elsewhere(
    addresses: dict[str, str], control: httpx.AsyncClient
) -> None:
    assert (await control.post("/people", json=introductions())).json() == {"people": 2}
    script = [["types", "hallo"], ["sees", "Klopt dit?"], ["presses", "Ja"], ["is_answered"]]
    async with Bot(addresses["token"], addresses["base_url"]) as bot:
        answering = asyncio.create_task(answer_everything(bot, presses=4))
        for _ in range(2):
            played = await control.post("/play", json={"people": [1001, 1002], "script": script})
            assert played.json()["seconds"] > 0
        await answering
    screen = (await control.get("/people/1001")).json()
    assert [message["text"] for message in screen["messages"]] == ["hallo", "Klopt dit?"] * 2
    assert screen["messages"][-1]["buttons"] == ["Ja"]
    assert screen["toasts"] == ["Genoteerd", "Genoteerd"]
    assert "── Mia (private 1002)\nMia: hallo\nSeintje: " in (await control.get("/transcript")).text
    traffic = (await control.get("/traffic", params={"method": "sendMessage"})).json()
    assert len(traffic["exchanges"]) == 4
    assert traffic["count"] > 8


async def test_whoever_cannot_go_on_says_what_is_there(control: httpx.AsyncClient) -> None:
    await control.post("/people", json=introductions())
    script = [["types", "hallo"], ["blocks_bot"], ["types", "hallo?"]]
    refused = await control.post("/play", json={"people": [1001], "script": script})
    assert (refused.status_code, refused.json()) == (409, {"error": "Piet blocked the bot."})
