"""Whom and which message the bot can reach, and what it is told when it cannot."""

from typing import Any

from handlers.loopback.chats import GROUP, PRIVATE, Chat, Telegram
from handlers.loopback.messages import Message
from handlers.loopback.parameters import Parameters
from handlers.loopback.refusals import bad_request, forbidden


def chat_to_write_to(telegram: Telegram, given: Parameters) -> Chat:
    """The chat of the call, if the bot may say something there. Raises Refused."""
    chat = chat_of(telegram, given)
    if chat.type == PRIVATE and not chat.open:
        raise forbidden("bot can't initiate conversation with a user")
    if chat.type == PRIVATE and chat.bot_is == "kicked":
        raise forbidden("bot was blocked by the user")
    return chat


def chat_of(telegram: Telegram, given: Parameters) -> Chat:
    """The chat of the call, if the bot has a place in it. Raises Refused."""
    if not given.text("chat_id"):
        raise bad_request("chat_id is empty")
    chat = telegram.chats.get(given.integer("chat_id"))
    if chat is None or not _bot_knows(telegram, chat):
        raise bad_request("chat not found")
    if chat.person_is_gone:
        raise forbidden("user is deactivated")
    if chat.type != PRIVATE and not chat.bot_is_in:
        how = "was kicked from" if chat.bot_is == "kicked" else "is not a member of"
        raise forbidden(f"bot {how} the {chat.type} chat")
    return chat


def _bot_knows(telegram: Telegram, chat: Chat) -> bool:
    if chat.type != PRIVATE:
        return chat.bot_was_in
    return chat.open or any(
        message.sender == chat.person
        for other in telegram.chats.values()
        if other.type != PRIVATE and other.bot_is_in
        for message in other.messages.values()
    )


def message_of(chat: Chat, id: Any, purpose: str) -> Message:
    """Raises Refused for a message that is gone or never was."""
    message = chat.messages.get(id) if isinstance(id, int) else None
    if message is None:
        raise bad_request(f"{purpose} not found")
    return message


def bot_may_delete_any(chat: Chat) -> bool:
    return chat.type == PRIVATE or chat.bot_is == "administrator"


def only_in_time(chat: Chat) -> bool:
    """Private chats and basic groups: for two days."""
    return chat.type in (PRIVATE, GROUP)
