"""What crosses the wire: every way to write a request, and all of it kept."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, ReplyKeyboardMarkup
from telegram.error import BadRequest, NetworkError

from handlers.clock import HandDrivenClock
from handlers.loopback.bot_api import LoopbackBotApi
from handlers.loopback.faults import CutAfter
from handlers.loopback.user import LoopbackUser
from handlers.loopback.waiting import NeverHappened

TEXT = "één & twee: 50% + 1 = 🏠"
MARKUP = {"inline_keyboard": [[{"text": "Ja", "callback_data": "1"}]]}
BOUNDARY = "grens-1"


@pytest.fixture
async def http(api: LoopbackBotApi) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=api.base_url + api.token) as http:
        yield http


def multipart(parts: dict[str, str]) -> bytes:
    lines = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts.items()
    ]
    return "".join([*lines, f"--{BOUNDARY}--\r\n"]).encode()


@pytest.mark.parametrize("way", ["json", "form", "multipart", "query"])
async def test_parameters_may_come_in_any_way(
    http: httpx.AsyncClient, piet: LoopbackUser, way: str
) -> None:
    native = {"chat_id": piet.id, "text": TEXT, "reply_markup": MARKUP, "protect_content": True}
    markup = json.dumps(MARKUP)
    written: dict[str, str | int] = {
        "chat_id": piet.id,
        "text": TEXT,
        "reply_markup": markup,
        "protect_content": "true",
    }
    if way == "json":
        answer = await http.post("/sendMessage", json=native)
    elif way == "form":
        answer = await http.post("/SENDMESSAGE", data=written)
    elif way == "multipart":
        answer = await http.post(
            "/sendMessage",
            content=multipart({name: str(value) for name, value in written.items()}),
            headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        )
    else:
        answer = await http.get("/sendmessage", params=written)
    assert answer.json()["ok"] is True
    sent = answer.json()["result"]
    assert (sent["text"], sent["reply_markup"]) == (TEXT, MARKUP)
    assert sent["has_protected_content"] is True
    assert piet.last.text == TEXT


@pytest.mark.parametrize(
    ("path", "content", "status", "description"),
    [
        ("/sendMessage", b"{", 400, "Bad Request: can't parse request body as JSON"),
        ("/sendMessage", b'{"text": "x"}', 400, "Bad Request: chat_id is empty"),
        ("/noSuchMethod", b"{}", 404, "Not Found: method not found"),
        ("/sendMessage/more", b"{}", 404, "Not Found"),
    ],
)
async def test_refusals_are_json_with_code_and_description(
    http: httpx.AsyncClient, path: str, content: bytes, status: int, description: str
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await http.post(path, content=content, headers=headers)
    assert answer.status_code == status
    assert answer.json() == {"ok": False, "error_code": status, "description": description}


async def test_every_request_is_kept_with_its_answer(
    api: LoopbackBotApi, clock: HandDrivenClock, bot: Bot, piet: LoopbackUser
) -> None:
    before = len(api.traffic)
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="1")]])
    await bot.send_message(piet.id, "12", reply_markup=keyboard)
    await clock.move_on(minutes=5)
    api.faults.next("sendMessage", CutAfter())
    with pytest.raises(NetworkError):
        await bot.send_message(piet.id, "13")
    first, second = api.traffic[before:]
    assert first.method == "sendMessage"
    assert first.parameters == {"chat_id": piet.id, "text": "12", "reply_markup": MARKUP}
    assert first.ok
    assert first.reply is not None
    assert first.reply["result"]["text"] == "12"
    assert first.at == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    assert second.at == datetime(2026, 3, 2, 8, 35, tzinfo=UTC)
    assert (second.status, second.reply) == (None, None)
    assert api.calls("sendmessage", chat=piet.id) == (first, second)
    assert api.calls("sendMessage", chat=999) == ()
    assert api.request_count == len(api.traffic)


@pytest.mark.parametrize("word", ["Kanarie", "gele kanarie", "kanariëntje", "kanarie 🐤 & co"])
async def test_a_word_of_the_bot_is_found_on_the_wire_however_it_was_written(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser, word: str
) -> None:
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton(word, callback_data="1")]])
    await piet.types(f"ik zag een {word}")
    await bot.get_updates()
    assert word not in api.wire.said_by_bot()
    await bot.send_message(piet.id, "?", reply_markup=keyboard)
    assert word in api.wire.said_by_bot()


async def test_a_photo_of_the_bot_is_on_the_wire_as_it_is(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    photo = bytes(range(256)) * 300
    await bot.send_photo(piet.id, photo)
    assert photo in api.wire.from_bot


async def test_long_measurements_keep_nothing() -> None:
    async with LoopbackBotApi(keep_traffic=False) as api:
        piet = api.person("Piet", 1001)
        await piet.types("/start")
        async with Bot(api.token, api.base_url) as bot:
            await bot.send_message(piet.id, "hallo")
        assert piet.last.text == "hallo"
        assert (api.traffic, api.wire.from_bot, api.wire.to_bot) == ((), b"", b"")
        assert api.request_count == 2


@pytest.mark.parametrize(("apart", "ids"), [(False, [3, 4]), (True, [2, 2])])
async def test_numbers_of_messages_tell_of_other_chats_or_not(apart: bool, ids: list[int]) -> None:
    async with LoopbackBotApi(ids_per_chat=apart) as api:
        people = [api.person("Piet", 1001), api.person("Mia", 1002)]
        for person in people:
            await person.types("/start")
        async with Bot(api.token, api.base_url) as bot:
            sent = [await bot.send_message(person.id, "hallo") for person in people]
    assert [message.message_id for message in sent] == ids


async def test_waiting_for_something_shows_all_chats_when_it_does_not_come(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    await bot.send_message(piet.id, "hallo")
    assert await api.until(lambda: piet.last.text) == "hallo"
    with pytest.raises(NeverHappened, match=r"(?s)nothing within 0\.01 s.*Seintje: hallo"):
        await api.until(lambda: False, timeout=0.01)
    with pytest.raises(ZeroDivisionError):
        await api.until(lambda: 1 / 0)


CHAT = {"chat_id": 1001, "text": "?"}


def inline(*rows: object) -> dict[str, object]:
    return {**CHAT, "reply_markup": {"inline_keyboard": list(rows)}}


@pytest.mark.parametrize(
    ("method", "parameters", "description"),
    [
        ("sendMessage", {**CHAT, "parse_mode": "MarkdownV2"}, "unsupported parse_mode"),
        (
            "sendMessage",
            {**CHAT, "reply_markup": "{"},
            "can't parse reply keyboard markup JSON object",
        ),
        ("sendMessage", {**CHAT, "reply_markup": [1]}, "object expected as reply markup"),
        (
            "sendMessage",
            {**CHAT, "reply_markup": {"inline_keyboard": "ja"}},
            'field "inline_keyboard" must be of type Array',
        ),
        ("sendMessage", inline("ja"), 'field "inline_keyboard" must be an Array of Arrays'),
        (
            "sendMessage",
            inline(["ja"]),
            "can't parse inline keyboard button: InlineKeyboardButton must be an Object",
        ),
        (
            "sendMessage",
            inline([{"callback_data": "1"}]),
            "can't parse inline keyboard button: Can't find field \"text\"",
        ),
        ("sendMessage", inline([{"text": "ja", "url": "nergens"}]), "BUTTON_URL_INVALID"),
        (
            "sendMessage",
            inline([{"text": "ja", "callback_data": "1"}] * 101),
            "reply markup is too long",
        ),
        (
            "sendMessage",
            {**CHAT, "reply_markup": {"keyboard": [[7]]}},
            "can't parse keyboard button: KeyboardButton must be a String or an Object",
        ),
        ("sendPhoto", {"chat_id": 1001}, "there is no photo in the request"),
        ("editMessageText", {**CHAT, "message_id": "x"}, "message to edit not found"),
        ("deleteMessage", {"chat_id": 1001}, "message identifier is not specified"),
        ("deleteMessages", {"chat_id": 1001}, "expected an Array of message identifiers"),
        (
            "deleteMessages",
            {"chat_id": 1001, "message_ids": []},
            "message identifiers are not specified",
        ),
        (
            "deleteMessages",
            {"chat_id": 1001, "message_ids": list(range(101))},
            "too many message identifiers specified",
        ),
        (
            "sendChatAction",
            {"chat_id": 1001, "action": "dances"},
            "wrong parameter action in request",
        ),
        ("setMyCommands", {"commands": "help"}, "expected an Array of BotCommand"),
    ],
)
async def test_what_is_malformed_is_refused(
    http: httpx.AsyncClient,
    piet: LoopbackUser,
    method: str,
    parameters: dict[str, object],
    description: str,
) -> None:
    answer = await http.post(f"/{method}", json=parameters)
    assert answer.status_code == 400
    assert answer.json()["description"] == f"Bad Request: {description}"
    assert [message.text for message in piet.visible] == ["/start"]


async def test_too_long_a_toast_or_caption_and_a_keyboard_where_none_fits(
    bot: Bot, piet: LoopbackUser
) -> None:
    with pytest.raises(BadRequest, match="Message caption is too long"):
        await bot.send_photo(piet.id, b"jpeg", caption="x" * 1025)
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="1")]])
    sent = await bot.send_message(piet.id, "?", reply_markup=keyboard)
    await piet.presses("Ja")
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.answer_callback_query(query.id, "x" * 201)
    with pytest.raises(BadRequest, match="Inline keyboard expected"):
        await bot.edit_message_text(
            "!",
            piet.id,
            sent.message_id,
            reply_markup=ReplyKeyboardMarkup([["Ja"]]),  # type: ignore[arg-type]  # on purpose
        )


async def test_without_chat_or_path_nothing_is_found(
    api: LoopbackBotApi, http: httpx.AsyncClient
) -> None:
    files = api.base_file_url + api.token
    for url in (f"{files}/photos/file-9.jpg", files.replace(api.token, "1:x") + "/photos/a.jpg"):
        assert (await http.get(url)).status_code == 404
    assert (await http.get(f"http://127.0.0.1:{api.port}/")).status_code == 404
