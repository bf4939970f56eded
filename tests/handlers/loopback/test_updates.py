"""How updates reach the bot: kept until confirmed, a day at most, to one poller only."""

import asyncio

import pytest
from telegram import Bot, Update
from telegram.error import Conflict

from handlers.clock import HandDrivenClock
from handlers.loopback.bot_api import LoopbackBotApi
from handlers.loopback.user import LoopbackUser


def texts(updates: tuple[Update, ...]) -> list[str | None]:
    return [update.message.text if update.message else None for update in updates]


async def test_an_update_comes_back_until_a_higher_offset_confirms_it(
    bot: Bot, piet: LoopbackUser
) -> None:
    await piet.types("een")
    await piet.types("twee")
    first, second = await bot.get_updates()
    assert texts(await bot.get_updates(offset=first.update_id)) == ["een", "twee"]
    assert texts(await bot.get_updates(offset=second.update_id)) == ["twee"]
    assert texts(await bot.get_updates()) == ["twee"]
    assert texts(await bot.get_updates(offset=second.update_id + 1)) == []


async def test_ids_go_up_one_by_one(bot: Bot, piet: LoopbackUser) -> None:
    for text in "abc":
        await piet.types(text)
    ids = [update.update_id for update in await bot.get_updates()]
    assert ids == list(range(ids[0], ids[0] + 3))


@pytest.mark.parametrize(("limit", "given"), [(1, 1), (2, 2), (100, 5), (0, 1), (500, 5)])
async def test_the_limit_lies_between_one_and_a_hundred(
    bot: Bot, piet: LoopbackUser, limit: int, given: int
) -> None:
    for number in range(5):
        await piet.types(str(number))
    assert len(await bot.get_updates(limit=limit)) == given


async def test_never_more_than_a_hundred_at_once(bot: Bot, piet: LoopbackUser) -> None:
    for number in range(101):
        await piet.types(str(number))
    assert len(await bot.get_updates(limit=1000)) == 100


async def test_a_negative_offset_leaves_only_the_last(bot: Bot, piet: LoopbackUser) -> None:
    for text in ("een", "twee", "drie"):
        await piet.types(text)
    assert texts(await bot.get_updates(offset=-1)) == ["drie"]
    assert texts(await bot.get_updates()) == ["drie"]


async def test_an_offset_from_elsewhere_confirms_nothing(bot: Bot, piet: LoopbackUser) -> None:
    await piet.types("hallo")
    assert texts(await bot.get_updates(offset=900_000_000)) == ["hallo"]


async def test_a_waiting_poll_is_answered_as_soon_as_something_happens(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=50))
    await api.until(lambda: api.is_polled)
    await piet.types("hallo")
    assert texts(await poll) == ["hallo"]


async def test_a_poll_ends_empty_when_nothing_happens(bot: Bot, piet: LoopbackUser) -> None:
    assert await bot.get_updates(timeout=1) == ()


async def test_a_second_poller_ends_the_first_with_409(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=50))
    await api.until(lambda: api.is_polled)
    async with Bot(api.token, api.base_url) as double:
        second = asyncio.create_task(double.get_updates(timeout=50))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        await piet.types("hallo")
        assert texts(await second) == ["hallo"]


async def test_the_poll_of_a_bot_that_died_takes_nothing_with_it(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=50))
    await api.until(lambda: api.is_polled)
    poll.cancel()
    await piet.types("hallo")
    assert texts(await bot.get_updates(timeout=5)) == ["hallo"]


async def test_updates_wait_for_a_day_and_no_longer(
    clock: HandDrivenClock, bot: Bot, piet: LoopbackUser
) -> None:
    await piet.types("vroeg")
    await clock.move_on(hours=1)
    await piet.types("later")
    await clock.move_on(hours=23)
    assert texts(await bot.get_updates()) == ["vroeg", "later"]
    await clock.move_on(seconds=1)
    assert texts(await bot.get_updates()) == ["later"]


async def test_only_the_kinds_asked_for_are_kept_from_then_on(bot: Bot, piet: LoopbackUser) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    await piet.types("hallo")
    assert await bot.get_updates() == ()
    await bot.get_updates(allowed_updates=[])
    await piet.types("hallo")
    assert texts(await bot.get_updates()) == ["hallo"]


async def test_a_malformed_update_sits_among_the_others(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    await piet.types("ervoor")
    broken = api.push_raw({"message": {"chat": "geen gesprek"}})
    await piet.types("erna")
    with pytest.raises(KeyError):
        await bot.get_updates()
    assert [update["update_id"] for update in api.pending_updates] == [
        broken - 1,
        broken,
        broken + 1,
    ]
    assert texts(await bot.get_updates(offset=broken + 1)) == ["erna"]
