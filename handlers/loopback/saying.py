"""The methods with which the bot says, changes and takes back things."""

from datetime import timedelta
from typing import Any

from handlers.loopback.access import (
    bot_may_delete_any,
    chat_of,
    chat_to_write_to,
    message_of,
    only_in_time,
)
from handlers.loopback.chats import CHANNEL, Chat, Telegram
from handlers.loopback.entities import Entity, formatted
from handlers.loopback.keyboards import Markup, read_markup
from handlers.loopback.messages import Message
from handlers.loopback.parameters import Parameters
from handlers.loopback.refusals import NOT_MODIFIED, QUERY_TOO_OLD, Refused, bad_request

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
LONGEST_TOAST = 200
MOST_DELETED_AT_ONCE = 100
DELETED_WITHIN = timedelta(hours=48)
# How long a press waits for its answer; Telegram does not document it.
PRESS_WAITS = timedelta(minutes=1)


def send_message(telegram: Telegram, given: Parameters) -> dict[str, Any]:
    text, entities = _text(given)
    chat = chat_to_write_to(telegram, given)
    if len(text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return _say(telegram, chat, given, text, entities)


def send_photo(telegram: Telegram, given: Parameters) -> dict[str, Any]:
    caption, entities = formatted(
        given.text("caption"), given.text("parse_mode"), given.listed("caption_entities") or ()
    )
    chat = chat_to_write_to(telegram, given)
    if len(caption) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    content = {"photo": [photo_size(telegram, _uploaded(telegram, given))]}
    return _say(telegram, chat, given, caption, entities, content=content)


def photo_size(telegram: Telegram, file_id: str) -> dict[str, Any]:
    return {
        "file_id": file_id,
        "file_unique_id": f"unique-{file_id}",
        "width": 1280,
        "height": 960,
        "file_size": len(telegram.files[file_id]),
    }


def _uploaded(telegram: Telegram, given: Parameters) -> str:
    name = given.text("photo").removeprefix("attach://")
    content = given.files.get(name or "photo")
    if content is not None:
        return telegram.keep_file(content)
    if name in telegram.files:
        return name
    raise bad_request("there is no photo in the request")


def _text(given: Parameters) -> tuple[str, tuple[Entity, ...]]:
    if not given.text("text"):
        raise bad_request("message text is empty")
    text, entities = formatted(
        given.text("text"), given.text("parse_mode"), given.listed("entities") or ()
    )
    if not text:
        raise bad_request("text must be non-empty")
    return text, entities


def _say(
    telegram: Telegram,
    chat: Chat,
    given: Parameters,
    text: str,
    entities: tuple[Entity, ...],
    **more: Any,
) -> dict[str, Any]:
    markup = read_markup(given.values.get("reply_markup"))
    message = telegram.post(
        chat,
        None if chat.type == CHANNEL else telegram.bot,
        text,
        entities,
        markup=markup.inline,
        editable=markup.is_inline,
        protected=given.flag("protect_content"),
        link_preview=given.object("link_preview_options"),
        reply_to=_replied(chat, given),
        **more,
    )
    if markup.keyboard is not None:
        chat.keyboard = markup.keyboard
    return message.json()


def _replied(chat: Chat, given: Parameters) -> Message | None:
    reply = given.object("reply_parameters")
    if "message_id" not in reply:
        return None
    try:
        return message_of(chat, reply["message_id"], "message to be replied")
    except Refused:
        if reply.get("allow_sending_without_reply"):
            return None
        raise


def edit_message_text(telegram: Telegram, given: Parameters) -> dict[str, Any]:
    text, entities = _text(given)
    markup = read_markup(given.values.get("reply_markup"))
    chat = chat_to_write_to(telegram, given)
    message = _editable(telegram, chat, given, markup)
    if message.content:
        raise bad_request("there is no text in the message to edit")
    if len(text) > LONGEST_TEXT:
        raise bad_request("MESSAGE_TOO_LONG")
    _refuse_no_change(message, text=text, entities=entities, markup=markup.inline)
    now = telegram.now()
    changed = telegram.change(
        chat, message, text=text, entities=entities, markup=markup.inline, edited=now
    )
    return changed.json()


def edit_message_reply_markup(telegram: Telegram, given: Parameters) -> dict[str, Any]:
    markup = read_markup(given.values.get("reply_markup"))
    chat = chat_to_write_to(telegram, given)
    message = _editable(telegram, chat, given, markup)
    _refuse_no_change(message, markup=markup.inline)
    return telegram.change(chat, message, markup=markup.inline).json()


def _editable(telegram: Telegram, chat: Chat, given: Parameters, markup: Markup) -> Message:
    message = message_of(chat, given.integer("message_id"), "message to edit")
    own = message.sender is None or message.sender == telegram.bot
    if not own or not message.editable:
        raise bad_request("message can't be edited")
    if not markup.is_inline:
        raise bad_request("inline keyboard expected")
    return message


def _refuse_no_change(message: Message, **fields: Any) -> None:
    if all(getattr(message, name) == value for name, value in fields.items()):
        raise bad_request(NOT_MODIFIED)


def delete_message(telegram: Telegram, given: Parameters) -> bool:
    if not given.integer("message_id"):
        raise bad_request("message identifier is not specified")
    chat = chat_of(telegram, given)
    message = message_of(chat, given.integer("message_id"), "message to delete")
    _refuse_to_delete(telegram, chat, message)
    telegram.delete(chat, message)
    return True


def delete_messages(telegram: Telegram, given: Parameters) -> bool:
    """All or nothing, except that what is already gone is no fault."""
    ids = given.listed("message_ids")
    if ids is None:
        raise bad_request("expected an Array of message identifiers")
    if not ids:
        raise bad_request("message identifiers are not specified")
    if len(ids) > MOST_DELETED_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    chat = chat_of(telegram, given)
    there = [chat.messages[id] for id in dict.fromkeys(ids) if id in chat.messages]
    for message in there:
        _refuse_to_delete(telegram, chat, message)
    for message in there:
        telegram.delete(chat, message)
    return True


def _refuse_to_delete(telegram: Telegram, chat: Chat, message: Message) -> None:
    own = message.sender is None or message.sender == telegram.bot
    if not own and not bot_may_delete_any(chat):
        raise bad_request("message can't be deleted for everyone")
    if only_in_time(chat) and telegram.now() - message.date > DELETED_WITHIN:
        raise bad_request("message can't be deleted for everyone")


def answer_callback_query(telegram: Telegram, given: Parameters) -> bool:
    press = telegram.presses.get(given.text("callback_query_id"))
    if press is None or press.answered or telegram.now() - press.at > PRESS_WAITS:
        raise bad_request(QUERY_TOO_OLD)
    if len(given.text("text")) > LONGEST_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    press.answered = True
    press.answer = given.text("text") or None
    press.is_alert = given.flag("show_alert")
    telegram.touch(press.chat)
    return True
