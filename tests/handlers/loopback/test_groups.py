"""Groups and channels: the bot is told that it was added, reads along, leaves, is removed."""

import pytest
from telegram import Bot
from telegram.error import BadRequest, Forbidden

from handlers.loopback.bot_api import LoopbackBotApi
from handlers.loopback.user import LoopbackUser


@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_a_bot_in_a_group_reads_along_until_it_leaves(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser, kind: str
) -> None:
    group = api.group("Portiek B", kind)
    await piet.writes_in_group(group, "nog onder ons")
    await piet.adds_bot_to(group)
    await piet.writes_in_group(group, "hallo bot")
    added, joined, written = await bot.get_updates()
    assert added.my_chat_member is not None
    assert added.my_chat_member.new_chat_member.status == "member"
    assert joined.message is not None
    assert joined.message.new_chat_members == (bot.bot,)
    assert written.message is not None
    assert (written.message.text, written.message.chat.type) == ("hallo bot", kind)
    assert written.message.chat.title == "Portiek B"

    await bot.send_message(group.id, "Ik ga weer.")
    assert await bot.leave_chat(group.id)
    assert not group.bot_is_in
    await piet.writes_in_group(group, "weer onder ons")
    left = (await bot.get_updates())[-1].my_chat_member
    assert left is not None
    assert (left.new_chat_member.status, left.from_user) == ("left", bot.bot)
    with pytest.raises(Forbidden, match=f"bot is not a member of the {kind} chat"):
        await bot.send_message(group.id, "hallo?")


async def test_a_bot_can_be_removed(api: LoopbackBotApi, bot: Bot, piet: LoopbackUser) -> None:
    group = api.group("Portiek B")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(group.id, "hallo?")
    await piet.adds_bot_to(group)
    await group.removes_bot(piet.account)
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(group.id, "hallo?")


async def test_a_bot_in_a_group_cannot_take_back_what_others_wrote(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    group = api.group("Portiek B")
    await piet.adds_bot_to(group)
    written = await piet.writes_in_group(group, "hallo")
    with pytest.raises(BadRequest, match="Message can't be deleted for everyone"):
        await bot.delete_message(group.id, written.id)
    sent = await bot.send_message(group.id, "hallo")
    assert await bot.delete_message(group.id, sent.message_id)


async def test_with_privacy_on_a_bot_reads_only_what_is_meant_for_it() -> None:
    async with LoopbackBotApi(reads_all_group_messages=False) as api:
        piet = api.person("Piet", 1001)
        group = api.group("Portiek B")
        await piet.adds_bot_to(group)
        for text in ("onder ons", "/help", f"@{api.telegram.bot.username} hallo"):
            await piet.writes_in_group(group, text)
        async with Bot(api.token, api.base_url) as bot:
            updates = await bot.get_updates()
            said = await bot.send_message(group.id, "Ja?")
            answered = await group.hears(
                piet.account, "nee", reply_to=group.visible[said.message_id - 1]
            )
            assert bot.can_read_all_group_messages is False
            updates += await bot.get_updates(offset=updates[-1].update_id + 1)
    assert answered.text == "nee"
    written = [update.message.text for update in updates if update.message]
    assert written[1:] == ["/help", f"@{bot.username} hallo", "nee"]


async def test_channel_posts_come_as_updates_of_their_own(
    api: LoopbackBotApi, bot: Bot, piet: LoopbackUser
) -> None:
    channel = api.channel("Wijknieuws")
    await channel.adds_bot(piet.account)
    await channel.posts("Nieuws")
    added, posted = await bot.get_updates()
    assert added.my_chat_member is not None
    assert added.my_chat_member.new_chat_member.status == "administrator"
    assert posted.channel_post is not None
    assert posted.channel_post.text == "Nieuws"
    assert posted.channel_post.from_user is None
    sent = await bot.send_message(channel.id, "Ik ga weer.")
    assert sent.from_user is None
    assert await bot.edit_message_text("Dag.", channel.id, sent.message_id)
    assert await bot.leave_chat(channel.id)
    with pytest.raises(Forbidden, match="bot is not a member of the channel chat"):
        await bot.send_message(channel.id, "hallo?")


async def test_a_private_chat_cannot_be_left(bot: Bot, piet: LoopbackUser) -> None:
    with pytest.raises(BadRequest, match="Can't leave private chats"):
        await bot.leave_chat(piet.id)
