"""What can go wrong between a bot and Telegram, planned as data and met over real HTTP."""

import asyncio
from datetime import timedelta

import pytest
from telegram import Bot
from telegram.error import (
    BadRequest,
    Conflict,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from handlers.clock import HandDrivenClock
from handlers.loopback.bot_api import LoopbackBotApi
from handlers.loopback.faults import (
    ANY_METHOD,
    CutAfter,
    CutBefore,
    Fault,
    Garbage,
    Hold,
    Refusal,
    ServerError,
    TooManyRequests,
)
from handlers.loopback.limits import FloodLimits, Rate
from handlers.loopback.user import LoopbackUser


@pytest.mark.parametrize(
    ("fault", "error", "arrives"),
    [
        (TooManyRequests(retry_after=3), RetryAfter, False),
        (Refusal(400, "CHAT_WRITE_FORBIDDEN"), BadRequest, False),
        (Refusal(409, "terminated by other getUpdates request"), Conflict, False),
        (ServerError(), NetworkError, False),
        (ServerError(500), NetworkError, False),
        (Garbage(), TelegramError, False),
        (CutBefore(), NetworkError, False),
        (CutAfter(), NetworkError, True),
    ],
)
async def test_a_planned_fault_meets_the_next_call(
    api: LoopbackBotApi,
    bot: Bot,
    piet: LoopbackUser,
    fault: Fault,
    error: type[Exception],
    arrives: bool,
) -> None:
    api.faults.next("sendMessage", fault)
    with pytest.raises(error):
        await bot.send_message(piet.id, "hallo")
    assert [message.text for message in piet.visible[1:]] == ["hallo"] * arrives
    await bot.send_message(piet.id, "daarna")
    assert piet.last.text == "daarna"


async def test_how_long_to_wait_is_told(api: LoopbackBotApi, bot: Bot, piet: LoopbackUser) -> None:
    api.faults.next("sendMessage", TooManyRequests(retry_after=3))
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(piet.id, "hallo")
    assert refused.value.retry_after == timedelta(seconds=3)
    assert b"retry-after: 3\r\n" in api.wire.to_bot.lower()


async def test_faults_can_be_for_one_chat_some_times_or_until_removed(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    mia = api.person("Mia", 1002)
    await mia.types("/start")
    for_piet = api.faults.always("sendMessage", ServerError(), chat=piet.id)
    twice = api.faults.next(ANY_METHOD, ServerError(), chat=mia.id, times=2)
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_chat_action(mia.id, "typing")
    for _ in range(3):
        with pytest.raises(NetworkError):
            await bot.send_message(piet.id, "hallo")
    await bot.send_message(mia.id, "hallo")
    for_piet.remove()
    await bot.send_message(piet.id, "hallo")
    assert (for_piet.met, twice.met) == (3, 2)


@pytest.mark.parametrize("acted", [False, True])
async def test_a_call_can_be_held_before_or_after_it_is_carried_out(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser, acted: bool
) -> None:
    hold = Hold(acted)
    api.faults.next("sendMessage", hold)
    sending = asyncio.create_task(bot.send_message(piet.id, "hallo"))
    await api.until(lambda: hold.held)
    assert [message.text for message in piet.visible[1:]] == ["hallo"] * acted
    hold.release()
    assert (await sending).text == "hallo"
    assert [message.text for message in piet.visible[1:]] == ["hallo"]


async def test_a_bot_that_gives_up_waiting_cannot_know_whether_it_was_done(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    api.faults.next("sendMessage", Hold(acted=True))
    with pytest.raises(TimedOut):
        await bot.send_message(piet.id, "hallo", read_timeout=0.05)
    assert piet.last.text == "hallo"


async def test_a_server_that_ends_lets_go_of_what_it_held() -> None:
    async with LoopbackBotApi() as api, Bot(api.token, api.base_url) as bot:
        hold = Hold()
        api.faults.next("getMyCommands", hold)
        api.faults.next("sendMessage", ServerError())
        asking = asyncio.create_task(bot.get_my_commands())
        await api.until(lambda: hold.held)
    with pytest.raises(NetworkError):
        await asking
    assert hold.held == 0


async def test_a_bot_may_die_while_it_is_writing(caplog: pytest.LogCaptureFixture) -> None:
    async with LoopbackBotApi() as api:
        _, writer = await asyncio.open_connection("127.0.0.1", api.port)
        request = f"POST /bot{api.token}/sendMessage HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
        writer.write(request.encode() + b"\r\ntext=")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        async with Bot(api.token, api.base_url) as bot:
            assert bot.bot.is_bot
    assert api.calls("sendMessage") == ()
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_without_network_nothing_is_forgotten(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=50))
    await api.until(lambda: api.is_polled)
    await api.stop()
    with pytest.raises(NetworkError):
        await poll
    with pytest.raises(NetworkError):
        await bot.send_message(piet.id, "hallo")
    await piet.types("ben je er nog?")
    await api.start()
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.text == "ben je er nog?"


async def test_methods_that_a_server_does_not_know(api: LoopbackBotApi, bot: Bot) -> None:
    api.unknown_methods({"setMyCommands"})
    with pytest.raises(InvalidToken, match="Not Found"):
        await bot.set_my_commands([("help", "Hulp")])
    with pytest.raises(InvalidToken, match="Not Found"):
        await bot.get_my_name()
    api.unknown_methods(())
    assert await bot.set_my_commands([("help", "Hulp")])
    assert [command.command for command in await bot.get_my_commands()] == ["help"]


@pytest.mark.parametrize("token", ["7000000001:another-token", "nonsense"])
async def test_a_wrong_token_is_refused(api: LoopbackBotApi, token: str) -> None:
    with pytest.raises(InvalidToken):
        async with Bot(token, api.base_url):
            pass
    assert api.calls("getMe")[-1].status == 401


async def test_a_flood_in_one_chat_is_stopped(
    api: LoopbackBotApi, clock: HandDrivenClock, bot: Bot, piet: LoopbackUser
) -> None:
    api.limit_floods(FloodLimits(chat=Rate(per_second=1, burst=2)))
    await bot.send_message(piet.id, "een")
    sent = await bot.send_message(piet.id, "twee")
    with pytest.raises(RetryAfter):
        await bot.send_message(piet.id, "drie")
    with pytest.raises(RetryAfter):
        await bot.edit_message_text("twee!", piet.id, sent.message_id)
    assert await bot.delete_message(piet.id, sent.message_id)
    await clock.move_on(seconds=1)
    await bot.send_message(piet.id, "drie")
    api.limit_floods(None)
    await bot.send_message(piet.id, "vier")


async def test_a_flood_over_all_chats_is_stopped(
    api: LoopbackBotApi, clock: HandDrivenClock, bot: Bot
) -> None:
    api.limit_floods(FloodLimits(overall=Rate(per_second=2, burst=3)))
    people = [api.person(f"Buur {number}", 2000 + number) for number in range(4)]
    for person in people:
        await person.types("/start")
    for person in people[:3]:
        await bot.send_message(person.id, "hallo")
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(people[3].id, "hallo")
    assert refused.value.retry_after == timedelta(seconds=1)
    await clock.move_on(seconds=0.5)
    await bot.send_message(people[3].id, "hallo")
