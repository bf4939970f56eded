"""What the bot may say, change and take back, and what Telegram says when it may not."""

import contextlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import (
    Bot,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import BadRequest, Forbidden

from handlers.clock import HandDrivenClock
from handlers.loopback.bot_api import LoopbackBotApi
from handlers.loopback.entities import formatted, units
from handlers.loopback.refusals import Refused
from handlers.loopback.user import LoopbackUser

SEND = InlineKeyboardMarkup([[InlineKeyboardButton("Versturen", callback_data="a:1:0")]])
NOBODY = 4242


def saying(sentence: str) -> re.Pattern[str]:
    """python-telegram-bot takes the "Bad Request: " off and writes a capital instead."""
    return re.compile(re.escape(sentence), re.IGNORECASE)


async def test_a_message_arrives_and_is_given_back(bot: Bot, piet: LoopbackUser) -> None:
    sent = await bot.send_message(
        piet.id,
        "Klopt dit?",
        reply_markup=SEND,
        protect_content=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    assert sent.text == "Klopt dit?"
    assert sent.chat_id == piet.id
    assert sent.from_user == bot.bot
    assert sent.has_protected_content
    assert sent.link_preview_options is not None
    assert sent.link_preview_options.is_disabled
    assert sent.reply_markup == SEND
    assert piet.last.shown == "Klopt dit?\n[Versturen]"


async def test_html_becomes_entities(bot: Bot, piet: LoopbackUser) -> None:
    sent = await bot.send_message(
        piet.id,
        ' 🏠 <b>Let <i>op</i></b>: <code>a&lt;b</code> <a href="https://voorbeeld.nl/x">hier</a> ',
        parse_mode="HTML",
    )
    assert sent.text == "🏠 Let op: a<b hier"
    assert sent.parse_entities() == {
        MessageEntity("bold", 3, 6): "Let op",
        MessageEntity("italic", 7, 2): "op",
        MessageEntity("code", 11, 3): "a<b",
        MessageEntity("text_link", 15, 4, url="https://voorbeeld.nl/x"): "hier",
    }


@pytest.mark.parametrize(
    ("html", "wrong"),
    [
        ("<h1>Kop</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("één <b>vet", 'Can\'t find end tag corresponding to start tag "b"'),
        ("één </b>", "Unexpected end tag at byte offset 6"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("a < b", "Unclosed start tag at byte offset 2"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_broken_html_is_refused(bot: Bot, piet: LoopbackUser, html: str, wrong: str) -> None:
    with pytest.raises(BadRequest, match=saying(f"can't parse entities: {wrong}")):
        await bot.send_message(piet.id, html, parse_mode="HTML")


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_characters="<&")))
def test_entities_lie_within_the_text(text: str) -> None:
    plain, entities = formatted(f"<b>{text}</b>", "HTML")
    assert plain == text.strip()
    for entity in entities:
        assert 0 <= entity["offset"] < entity["offset"] + entity["length"] <= units(plain)


@settings(deadline=None)
@given(st.text(st.sampled_from("<>/b i&#x41;a='\"")))
def test_any_markup_is_taken_or_refused(text: str) -> None:
    with contextlib.suppress(Refused):
        formatted(text, "HTML")


async def test_commands_and_links_are_found_in_what_people_write(
    bot: Bot, piet: LoopbackUser
) -> None:
    await piet.types("/signaal zie https://voorbeeld.nl of mail a@voorbeeld.nl")
    (update,) = await bot.get_updates()
    assert update.message is not None
    found = {entity.type: text for entity, text in update.message.parse_entities().items()}
    assert found == {
        "bot_command": "/signaal",
        "url": "https://voorbeeld.nl",
        "email": "a@voorbeeld.nl",
    }


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("x" * 4097, "message is too long"),
        ("   ", "text must be non-empty"),
        ("", "message text is empty"),
    ],
)
async def test_texts_that_are_too_long_or_empty_are_refused(
    bot: Bot, piet: LoopbackUser, text: str, wrong: str
) -> None:
    with pytest.raises(BadRequest, match=saying(wrong)):
        await bot.send_message(piet.id, text)
    assert (await bot.send_message(piet.id, "x" * 4096)).text == "x" * 4096


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ("€" * 22, "BUTTON_DATA_INVALID"),
        ("", "can't parse inline keyboard button: Text buttons are unallowed"),
    ],
)
async def test_callback_data_has_at_most_64_bytes(
    bot: Bot, piet: LoopbackUser, data: str, wrong: str
) -> None:
    def keyboard(data: str) -> InlineKeyboardMarkup:
        return InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data=data)]])

    with pytest.raises(BadRequest, match=saying(wrong)):
        await bot.send_message(piet.id, "?", reply_markup=keyboard(data))
    await bot.send_message(piet.id, "?", reply_markup=keyboard("€" * 21))


async def test_a_reply_needs_its_message(bot: Bot, piet: LoopbackUser) -> None:
    asked = await piet.types("vraag")
    sent = await bot.send_message(
        piet.id, "antwoord", reply_parameters=ReplyParameters(message_id=asked.id)
    )
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "vraag"
    with pytest.raises(BadRequest, match=saying("message to be replied not found")):
        await bot.send_message(piet.id, "?", reply_parameters=ReplyParameters(message_id=999))
    without = ReplyParameters(message_id=999, allow_sending_without_reply=True)
    assert (await bot.send_message(piet.id, "?", reply_parameters=without)).message_id


async def test_an_edit_replaces_text_and_buttons(bot: Bot, piet: LoopbackUser) -> None:
    sent = await bot.send_message(piet.id, "Klopt dit?", reply_markup=SEND)
    edited = await bot.edit_message_text("Verstuurd", piet.id, sent.message_id)
    assert not isinstance(edited, bool)
    assert edited.edit_date is not None
    assert edited.reply_markup is None
    assert piet.last.shown == "Verstuurd"


async def test_an_edit_that_changes_nothing_is_refused(bot: Bot, piet: LoopbackUser) -> None:
    sent = await bot.send_message(piet.id, "<b>Klopt</b> dit?", "HTML", reply_markup=SEND)
    with pytest.raises(BadRequest, match=saying("message is not modified: specified new")):
        await bot.edit_message_text(
            "<b>Klopt</b> dit?", piet.id, sent.message_id, parse_mode="HTML", reply_markup=SEND
        )
    with pytest.raises(BadRequest, match=saying("message is not modified")):
        await bot.edit_message_reply_markup(piet.id, sent.message_id, reply_markup=SEND)
    assert await bot.edit_message_text("Klopt dit?", piet.id, sent.message_id, reply_markup=SEND)
    assert await bot.edit_message_reply_markup(piet.id, sent.message_id)
    assert piet.last.buttons == ()


async def test_what_cannot_be_edited(bot: Bot, piet: LoopbackUser) -> None:
    typed = await piet.types("hallo")
    gone = await bot.send_message(piet.id, "weg")
    await bot.delete_message(piet.id, gone.message_id)
    menu = await bot.send_message(piet.id, "menu", reply_markup=ReplyKeyboardMarkup([["A"]]))
    photo = await bot.send_photo(piet.id, b"jpeg", caption="foto")
    cases = {
        typed.id: "message can't be edited",
        gone.message_id: "message to edit not found",
        999: "message to edit not found",
        menu.message_id: "message can't be edited",
        photo.message_id: "there is no text in the message to edit",
    }
    for message_id, wrong in cases.items():
        with pytest.raises(BadRequest, match=saying(wrong)):
            await bot.edit_message_text("anders", piet.id, message_id)
    short = await bot.send_message(piet.id, "kort")
    with pytest.raises(BadRequest, match=saying("MESSAGE_TOO_LONG")):
        await bot.edit_message_text("x" * 4097, piet.id, short.message_id)


async def test_the_bot_takes_back_messages_of_both_sides(bot: Bot, piet: LoopbackUser) -> None:
    typed = await piet.types("J. Jansen")
    sent = await bot.send_message(piet.id, "Dat mag hier niet.")
    assert await bot.delete_message(piet.id, typed.id)
    assert [message.text for message in piet.visible] == ["/start", "Dat mag hier niet."]
    with pytest.raises(BadRequest, match=saying("message to delete not found")):
        await bot.delete_message(piet.id, typed.id)
    assert await bot.delete_messages(piet.id, [typed.id, sent.message_id, 999])
    assert [message.text for message in piet.visible] == ["/start"]
    taken_back = [message.text for message in piet.history if message.deleted]
    assert taken_back == ["J. Jansen", "Dat mag hier niet."]


async def test_nothing_is_taken_back_after_two_days(
    clock: HandDrivenClock, bot: Bot, piet: LoopbackUser
) -> None:
    old = await bot.send_message(piet.id, "oud")
    await clock.move_on(seconds=1)
    young = await bot.send_message(piet.id, "jong")
    await clock.move_on(hours=48)
    with pytest.raises(BadRequest, match=saying("message can't be deleted for everyone")):
        await bot.delete_message(piet.id, old.message_id)
    with pytest.raises(BadRequest, match=saying("message can't be deleted for everyone")):
        await bot.delete_messages(piet.id, [young.message_id, old.message_id])
    assert await bot.delete_message(piet.id, young.message_id)
    assert await bot.edit_message_text("bijgewerkt", piet.id, old.message_id)


async def test_whom_the_bot_cannot_reach(api: LoopbackBotApi, bot: Bot, piet: LoopbackUser) -> None:
    stranger = api.person("Kees", 1002)
    met = api.person("Mia", 1003)
    group = api.group("Portiek B")
    await met.adds_bot_to(group)
    await met.writes_in_group(group, "hallo")
    away = api.person("Ali", 1004)
    await away.types("/start")
    await away.deletes_account()
    await piet.blocks_bot()
    cases: list[tuple[int, type[Exception], str]] = [
        (NOBODY, BadRequest, "chat not found"),
        (stranger.id, BadRequest, "chat not found"),
        (met.id, Forbidden, "bot can't initiate conversation with a user"),
        (away.id, Forbidden, "user is deactivated"),
        (piet.id, Forbidden, "bot was blocked by the user"),
    ]
    for chat, error, sentence in cases:
        with pytest.raises(error, match=saying(sentence)):
            await bot.send_message(chat, "hallo")
        with pytest.raises(error, match=saying(sentence)):
            await bot.send_chat_action(chat, "typing")
    await piet.unblocks_bot()
    await bot.send_message(piet.id, "welkom terug")


async def test_reply_keyboards_come_and_go(bot: Bot, piet: LoopbackUser) -> None:
    menu = ReplyKeyboardMarkup([["Signaal", "Mijn signalen"]])
    sent = await bot.send_message(piet.id, "Kies", reply_markup=menu)
    assert sent.reply_markup is None
    await piet.presses("Mijn")
    assert piet.visible[-1].text == "Mijn signalen"
    await bot.send_message(piet.id, "Klaar", reply_markup=ReplyKeyboardRemove())
    assert "[Signaal]" not in piet.screen
    await bot.send_message(piet.id, "Schrijf", reply_markup=ForceReply())
