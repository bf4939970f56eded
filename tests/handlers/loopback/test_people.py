"""People on Telegram: what they do reaches the bot, and they see what a screen would show."""

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.error import BadRequest

from handlers.clock import HandDrivenClock
from handlers.loopback.bot_api import LoopbackBotApi
from handlers.loopback.user import CannotDo, LoopbackUser, StillThere
from handlers.loopback.waiting import NeverHappened


def keyboard(*labels: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(label, callback_data=f"t:{label}") for label in labels]]
    )


async def presses_at_the_bot(bot: Bot) -> list[str | None]:
    updates = await bot.get_updates()
    return [update.callback_query.data for update in updates if update.callback_query]


async def last_update(bot: Bot) -> Update:
    return (await bot.get_updates())[-1]


async def test_a_press_reaches_the_bot_and_its_answer_the_presser(
    bot: Bot, piet: LoopbackUser
) -> None:
    sent = await bot.send_message(piet.id, "Klopt dit?", reply_markup=keyboard("Ja", "Nee"))
    await piet.presses("Ja")
    query = (await last_update(bot)).callback_query
    assert query is not None
    assert query.message is not None
    assert (query.data, query.from_user.id) == ("t:Ja", piet.id)
    assert query.message.message_id == sent.message_id
    assert piet.spinning == 1
    await bot.answer_callback_query(query.id, "Genoteerd", show_alert=True)
    await piet.is_answered()
    assert piet.toasts == piet.alerts == ("Genoteerd",)


async def test_the_newest_message_with_the_button_is_pressed(bot: Bot, piet: LoopbackUser) -> None:
    first = await bot.send_message(piet.id, "Eerst", reply_markup=keyboard("Ja", "Terug"))
    await bot.send_message(piet.id, "Dan", reply_markup=keyboard("✔ Ja"))
    await piet.presses("Ja")
    assert await presses_at_the_bot(bot) == ["t:Ja"]
    await piet.presses("✔")
    assert await presses_at_the_bot(bot) == ["t:Ja", "t:✔ Ja"]
    await piet.presses("Terug", message=piet.visible[first.message_id - 1])
    assert (await presses_at_the_bot(bot))[-1] == "t:Terug"


async def test_a_hurried_finger_presses_twice(bot: Bot, piet: LoopbackUser) -> None:
    await bot.send_message(piet.id, "Klaar?", reply_markup=keyboard("Versturen"))
    await piet.presses("Versturen", twice=True)
    first, second = await bot.get_updates()
    assert first.callback_query is not None
    assert second.callback_query is not None
    assert first.callback_query.id != second.callback_query.id
    assert first.callback_query.data == second.callback_query.data


async def test_a_button_that_changed_under_the_finger(bot: Bot, piet: LoopbackUser) -> None:
    sent = await bot.send_message(piet.id, "Eerst", reply_markup=keyboard("Oud"))
    seen = await piet.sees("Eerst")
    await bot.edit_message_text("Dan", piet.id, sent.message_id, reply_markup=keyboard("Nieuw"))
    await piet.presses("Oud", message=seen)
    query = (await last_update(bot)).callback_query
    assert query is not None
    assert query.data == "t:Oud"
    await bot.delete_message(piet.id, sent.message_id)
    await piet.presses("Oud", message=seen)
    query = (await last_update(bot)).callback_query
    assert query is not None
    assert query.message is not None
    assert not query.message.is_accessible


async def test_a_press_can_be_answered_once_and_not_for_long(
    clock: HandDrivenClock, bot: Bot, piet: LoopbackUser
) -> None:
    await bot.send_message(piet.id, "Klaar?", reply_markup=keyboard("Ja"))
    await piet.presses("Ja", twice=True)
    first, second = (update.callback_query for update in await bot.get_updates())
    assert first is not None
    assert second is not None
    assert await bot.answer_callback_query(first.id)
    too_old = "Query is too old and response timeout expired or query id is invalid"
    with pytest.raises(BadRequest, match=too_old):
        await bot.answer_callback_query(first.id)
    await clock.move_on(minutes=2)
    with pytest.raises(BadRequest, match=too_old):
        await bot.answer_callback_query(second.id)
    with pytest.raises(BadRequest, match=too_old):
        await bot.answer_callback_query("12345")


async def test_nobody_presses_what_is_not_there(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    piet.patience = 0.05
    sent = await bot.send_message(piet.id, "Klaar?", reply_markup=keyboard("Ja"))
    seen = await piet.sees("Klaar?")
    with pytest.raises(NeverHappened, match=r"(?s)found no button “Nee”.*Klaar\?\n.*\[Ja\]"):
        await piet.presses("Nee")
    with pytest.raises(CannotDo, match="no button “Nee” in that message"):
        await piet.presses("Nee", message=seen)
    await bot.delete_message(piet.id, sent.message_id)
    with pytest.raises(NeverHappened):
        await piet.presses("Ja")
    link = InlineKeyboardMarkup([[InlineKeyboardButton("Uitleg", url="https://voorbeeld.nl")]])
    await bot.send_message(piet.id, "Lees", reply_markup=link)
    with pytest.raises(CannotDo, match=r"opens https://voorbeeld\.nl"):
        await piet.presses("Uitleg")


async def test_seeing_waits_for_what_is_new_or_changed(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    piet.patience = 0.05
    sent = await bot.send_message(piet.id, "doorgegeven")
    first = await piet.sees("doorgegeven")
    with pytest.raises(NeverHappened, match=r"(?s)did not see “doorgegeven”.*Seintje: doorgeg"):
        await piet.sees("doorgegeven", after=first)
    await bot.edit_message_text("doorgegeven!", piet.id, sent.message_id)
    assert (await piet.sees("doorgegeven", after=first)).text == "doorgegeven!"
    assert first.text == "doorgegeven"
    typed = await piet.types("doorgegeven?")
    with pytest.raises(NeverHappened):
        await piet.sees("doorgegeven", after=typed)


async def test_looking_for_what_should_not_be_there(bot: Bot, piet: LoopbackUser) -> None:
    await piet.types("J. Jansen")
    await piet.sees_no("Jansen")
    sent = await bot.send_message(piet.id, "J. Jansen", reply_markup=keyboard("Jansen"))
    with pytest.raises(StillThere, match="Piet sees “Jansen”"):
        await piet.sees_no("Jansen")
    await bot.edit_message_text("…", piet.id, sent.message_id, reply_markup=keyboard("Jansen"))
    with pytest.raises(StillThere):
        await piet.sees_no("Jansen")
    await bot.delete_message(piet.id, sent.message_id)
    await piet.sees_no("Jansen")


async def test_the_screen_shows_who_said_what(bot: Bot, piet: LoopbackUser) -> None:
    await bot.send_message(piet.id, "Klaar?\nEcht?", reply_markup=keyboard("Ja", "Nee"))
    assert piet.screen.splitlines()[1:] == [
        "Piet: /start",
        "Seintje: Klaar?",
        "    Echt?",
        "    [Ja] [Nee]",
    ]


async def test_an_edit_reaches_the_bot_as_an_update_of_its_own(
    bot: Bot, piet: LoopbackUser
) -> None:
    typed = await piet.types("E-4471")
    await piet.edits(typed, "E-4472")
    edited = (await last_update(bot)).edited_message
    assert edited is not None
    assert (edited.message_id, edited.text) == (typed.id, "E-4472")
    assert edited.edit_date is not None


async def test_only_own_messages_that_are_there_can_be_changed(
    bot: Bot, piet: LoopbackUser
) -> None:
    await bot.send_message(piet.id, "van de bot")
    with pytest.raises(CannotDo):
        await piet.edits(piet.last, "anders")
    typed = await piet.types("weg ermee")
    await piet.deletes(typed)
    with pytest.raises(CannotDo):
        await piet.edits(typed, "anders")
    with pytest.raises(BadRequest):
        await bot.delete_message(piet.id, typed.id)


async def test_a_very_long_text_goes_out_in_pieces(bot: Bot, piet: LoopbackUser) -> None:
    await piet.types("x" * 5000)
    lengths = [
        len(update.message.text or "") for update in await bot.get_updates() if update.message
    ]
    assert lengths == [4096, 904]


async def test_a_link_with_a_code_starts_the_bot_with_it(api: LoopbackBotApi, bot: Bot) -> None:
    mia = api.person("Mia de Vries", 1002)
    await mia.follows(f"https://t.me/{bot.username}?start=AB12")
    message = (await last_update(bot)).message
    assert message is not None
    assert message.from_user is not None
    assert message.text == "/start AB12"
    assert message.from_user.full_name == "Mia de Vries"


async def test_blocking_tells_the_bot(bot: Bot, piet: LoopbackUser) -> None:
    await piet.blocks_bot()
    changed = (await last_update(bot)).my_chat_member
    assert changed is not None
    assert (changed.old_chat_member.status, changed.new_chat_member.status) == ("member", "kicked")
    with pytest.raises(CannotDo, match="Piet blocked the bot"):
        await piet.types("hallo")
    await piet.unblocks_bot()
    changed = (await last_update(bot)).my_chat_member
    assert changed is not None
    assert changed.new_chat_member.status == "member"


async def test_photos_can_be_fetched_by_the_bot(bot: Bot, piet: LoopbackUser) -> None:
    photo = bytes(range(256)) + b"\r\n--\r\n"
    await piet.sends_photo(photo, "de gang")
    message = (await last_update(bot)).message
    assert message is not None
    assert message.caption == "de gang"
    file = await bot.get_file(message.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == photo
    with pytest.raises(BadRequest, match="Invalid file_id"):
        await bot.get_file("nergens")


async def test_the_bot_sends_a_photo_and_sends_it_on(bot: Bot, piet: LoopbackUser) -> None:
    photo = bytes(range(256)) * 40
    sent = await bot.send_photo(piet.id, photo, caption="<b>plattegrond</b>", parse_mode="HTML")
    assert sent.caption == "plattegrond"
    again = await bot.send_photo(piet.id, sent.photo[-1].file_id)
    file = await bot.get_file(again.photo[-1].file_id)
    assert bytes(await file.download_as_bytearray()) == photo
    assert piet.screen.count("[photo]") == 2
    with pytest.raises(BadRequest, match="There is no photo in the request"):
        await bot.send_photo(piet.id, "nergens")


async def test_anything_else_can_be_sent_too(bot: Bot, piet: LoopbackUser) -> None:
    await piet.sends({"location": {"latitude": 52.2, "longitude": 6.9}})
    message = (await last_update(bot)).message
    assert message is not None
    assert message.location is not None
