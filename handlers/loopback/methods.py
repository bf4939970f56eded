"""The methods of the Bot API that this server knows: one table, and the small ones among them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from handlers.loopback.access import chat_of, chat_to_write_to
from handlers.loopback.chats import PRIVATE, Telegram
from handlers.loopback.parameters import Parameters
from handlers.loopback.refusals import WEBHOOK_ACTIVE, bad_request, conflict
from handlers.loopback.saying import (
    answer_callback_query,
    delete_message,
    delete_messages,
    edit_message_reply_markup,
    edit_message_text,
    send_message,
    send_photo,
)
from handlers.loopback.updates import LONGEST_POLL, MOST_AT_ONCE
from handlers.loopback.webhook import Webhook

CHAT_ACTIONS = frozenset(
    {
        "choose_sticker",
        "find_location",
        "record_video",
        "record_video_note",
        "record_voice",
        "typing",
        "upload_document",
        "upload_photo",
        "upload_video",
        "upload_video_note",
        "upload_voice",
    }
)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the methods work on."""

    telegram: Telegram
    webhook: Webhook
    reads_all_group_messages: bool


def get_me(desk: Desk, given: Parameters) -> dict[str, Any]:
    return {
        **desk.telegram.bot.json(),
        "can_join_groups": True,
        "can_read_all_group_messages": desk.reads_all_group_messages,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


async def get_updates(desk: Desk, given: Parameters) -> list[dict[str, Any]]:
    if desk.webhook.is_set:
        raise conflict(WEBHOOK_ACTIVE)
    queue = desk.telegram.queue
    offset = given.integer("offset")
    limit = given.between("limit", 1, MOST_AT_ONCE, MOST_AT_ONCE)
    timeout = given.between("timeout", 0, LONGEST_POLL, 0)
    queue.allow(given.listed("allowed_updates"))
    updates = queue.read(offset, limit)
    if not updates and timeout:
        await desk.telegram.poll.wait(timeout)
        updates = queue.read(offset, limit)
    desk.telegram.changes.happened()
    return updates


def set_webhook(desk: Desk, given: Parameters) -> bool:
    max_connections = given.between("max_connections", 1, 100, 40)
    desk.webhook.set(given.text("url"), given.text("secret_token"), max_connections)
    desk.telegram.queue.allow(given.listed("allowed_updates"))
    _drop_pending(desk, given)
    return True


def delete_webhook(desk: Desk, given: Parameters) -> bool:
    desk.webhook.set("", "", 0)
    _drop_pending(desk, given)
    return True


def _drop_pending(desk: Desk, given: Parameters) -> None:
    if given.flag("drop_pending_updates"):
        desk.telegram.queue.clear()
        desk.telegram.changes.happened()


def get_webhook_info(desk: Desk, given: Parameters) -> dict[str, Any]:
    return desk.webhook.info()


def set_my_commands(desk: Desk, given: Parameters) -> bool:
    commands = given.listed("commands")
    if commands is None:
        raise bad_request("expected an Array of BotCommand")
    desk.telegram.commands[_scope(given)] = tuple(commands)
    return True


def get_my_commands(desk: Desk, given: Parameters) -> list[Any]:
    return list(desk.telegram.commands.get(_scope(given), ()))


def _scope(given: Parameters) -> tuple[str, str]:
    scope = given.object("scope").get("type", "default")
    return str(scope), given.text("language_code")


def send_chat_action(desk: Desk, given: Parameters) -> bool:
    if given.text("action").lower() not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat_to_write_to(desk.telegram, given)
    return True


def leave_chat(desk: Desk, given: Parameters) -> bool:
    chat = chat_of(desk.telegram, given)
    if chat.type == PRIVATE:
        raise bad_request("can't leave private chats")
    desk.telegram.set_bot_status(chat, desk.telegram.bot, "left")
    return True


def get_file(desk: Desk, given: Parameters) -> dict[str, Any]:
    file_id = given.text("file_id")
    content = desk.telegram.files.get(file_id)
    if content is None:
        raise bad_request("invalid file_id")
    return {
        "file_id": file_id,
        "file_unique_id": f"unique-{file_id}",
        "file_size": len(content),
        "file_path": f"photos/{file_id}.jpg",
    }


Method = Callable[[Desk, Parameters], Any | Awaitable[Any]]


def _saying(method: Callable[[Telegram, Parameters], Any]) -> Method:
    return lambda desk, given: method(desk.telegram, given)


# Telegram takes the names in any case.
METHODS: dict[str, Method] = {
    name.lower(): method
    for name, method in {
        "getMe": get_me,
        "getUpdates": get_updates,
        "setWebhook": set_webhook,
        "deleteWebhook": delete_webhook,
        "getWebhookInfo": get_webhook_info,
        "setMyCommands": set_my_commands,
        "getMyCommands": get_my_commands,
        "sendChatAction": send_chat_action,
        "leaveChat": leave_chat,
        "getFile": get_file,
        "sendMessage": _saying(send_message),
        "sendPhoto": _saying(send_photo),
        "editMessageText": _saying(edit_message_text),
        "editMessageReplyMarkup": _saying(edit_message_reply_markup),
        "deleteMessage": _saying(delete_message),
        "deleteMessages": _saying(delete_messages),
        "answerCallbackQuery": _saying(answer_callback_query),
    }.items()
}
