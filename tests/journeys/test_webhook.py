"""Webhook mode: Telegram brings the updates, and gets its 200 only after the commit."""

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import pytest

from bot.app.linking import invite
from bot.app.registry.importing import import_checked, read_registry
from bot.config import Settings, load_settings
from bot.domain.people import PersonKey
from bot.wiring import Parts, Service, opened
from handlers.clock import SystemClock
from handlers.loopback.bot_api import LoopbackBotApi
from handlers.telegram.webhook import SECRET_HEADER

EXAMPLE = Path("docs/example")
SECRET = "a-long-random-word"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def settings_for(folder: Path, api: LoopbackBotApi, port: int) -> Settings:
    config = folder / "config.toml"
    config.write_text(
        f'[service]\nlisten = "127.0.0.1:{port}"\n'
        f'[telegram]\ntoken = "{api.token}"\nbase_url = "{api.base_url}"\nmode = "webhook"\n'
        f'webhook_url = "http://127.0.0.1:{port}/telegram"\nwebhook_secret = "{SECRET}"\n'
    )
    return load_settings(config)


@asynccontextmanager
async def running(parts: Parts) -> AsyncIterator[None]:
    stop, ready = asyncio.Event(), asyncio.Event()
    task = asyncio.create_task(Service(parts).run(stop, ready))
    await ready.wait()
    try:
        yield
    finally:
        stop.set()
        await task


async def test_a_signal_comes_in_by_webhook_and_nobody_else_can_bring_one(tmp_path: Path) -> None:
    port = free_port()
    async with LoopbackBotApi() as api:
        settings = settings_for(tmp_path, api, port)
        async with opened(settings, SystemClock()) as parts:
            now = parts.clock.now()
            await import_checked(parts.store, read_registry(EXAMPLE, now.date()), "test", now)
            async with parts.store.work() as work:
                invitation = await invite(parts.house, work, PersonKey("voorbeeld", "piet"), "test")
            async with running(parts):
                await api.until(lambda: api.calls("setWebhook"))
                piet = api.person("Piet Voorbeeld", 1001)
                await piet.types(f"/start {invitation.code}")
                await piet.sees("Welkom")
                await piet.types("Brievenbus van E-4471 zit al twee weken propvol")
                await piet.presses("Versturen")
                await piet.sees("Doorgegeven")

                async with httpx.AsyncClient() as stranger:
                    url = f"http://127.0.0.1:{port}/telegram"
                    forged = {"update_id": 1, "message": {}}
                    assert (await stranger.post(url, json=forged)).status_code == 403
                    wrong = {SECRET_HEADER: "guess"}
                    answer = await stranger.post(url, json=forged, headers=wrong)
                    assert answer.status_code == 403
                    good = {SECRET_HEADER: SECRET}
                    answer = await stranger.post(url, content=b"rubbish", headers=good)
                    assert answer.status_code == 400
            async with parts.store.work() as work:
                sent = await work.signals.sent_by(PersonKey("voorbeeld", "piet"), 10)
            assert len(sent) == 1


async def test_while_the_database_is_away_telegram_keeps_the_update(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.sqlite.BUSY_SECONDS", 0.2)
    port = free_port()
    async with LoopbackBotApi(webhook_pause=0.05) as api:
        settings = settings_for(tmp_path, api, port)
        async with opened(settings, SystemClock()) as parts, running(parts):
            await api.until(lambda: api.calls("setWebhook"))
            path = settings.storage.url.removeprefix("sqlite:///")
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                ann = api.person("Ann Onbekend", 1002)
                await ann.types("hallo")
                await _failure_known(api)
                other.execute("ROLLBACK")
            await ann.sees("alleen voor medewerkers")


async def _failure_known(api: LoopbackBotApi) -> None:
    """Until the server has seen the webhook answer with something else than 200."""
    async with httpx.AsyncClient() as asking:
        while True:
            info = (await asking.get(f"{api.base_url}{api.token}/getWebhookInfo")).json()
            if "503" in info["result"].get("last_error_message", ""):
                return
            await asyncio.sleep(0)
