from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from telegram import Bot

from handlers.clock import HandDrivenClock
from handlers.loopback.bot_api import LoopbackBotApi
from handlers.loopback.user import LoopbackUser

MONDAY = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _terms_as_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else python-telegram-bot warns at every 429 that it will give them so one day."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def clock() -> HandDrivenClock:
    return HandDrivenClock(MONDAY)


@pytest.fixture
async def api(clock: HandDrivenClock) -> AsyncIterator[LoopbackBotApi]:
    async with LoopbackBotApi(now=clock.now, webhook_pause=0.01) as api:
        yield api


@pytest.fixture
async def bot(api: LoopbackBotApi) -> AsyncIterator[Bot]:
    async with Bot(api.token, api.base_url, api.base_file_url) as bot:
        yield bot


@pytest.fixture
async def piet(api: LoopbackBotApi, bot: Bot) -> LoopbackUser:
    """Piet has started the bot, and the bot has taken that in."""
    piet = api.person("Piet", 1001)
    await piet.types("/start")
    (started,) = await bot.get_updates()
    await bot.get_updates(offset=started.update_id + 1)
    return piet
