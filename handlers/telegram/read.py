"""An update of the Bot API as one event of ours. Pure."""

from datetime import datetime

from telegram import Chat, ChatMember, Message, Update

from bot.ports.doors import Inbound, Kind, Place

PLATFORM = "telegram"
_PLACES = {Chat.PRIVATE: Place.PRIVATE, Chat.CHANNEL: Place.CHANNEL}
_GONE = frozenset({ChatMember.LEFT, ChatMember.BANNED})


def inbound_of(update: Update, now: datetime) -> Inbound | None:
    """The event in an update, or None for what concerns nobody.

    A message counts from the moment it was written, a press from now: a button bears no date.
    """
    event = str(update.update_id)
    if update.callback_query is not None:
        return _press(update, event, now)
    if update.my_chat_member is not None:
        return _membership(update, event, now)
    edited = update.edited_message or update.edited_channel_post
    message = update.message or update.channel_post or edited
    if message is None or (message.from_user is not None and message.from_user.is_bot):
        return None
    return Inbound(
        platform=PLATFORM,
        event=event,
        address=str(message.chat.id),
        place=_PLACES.get(message.chat.type, Place.GROUP),
        kind=Kind.EDIT if edited else _kind(message),
        at=message.date,
        text=message.text or "",
        message=str(message.message_id),
    )


def _kind(message: Message) -> Kind:
    return Kind.TEXT if message.text else Kind.OTHER


def _press(update: Update, event: str, now: datetime) -> Inbound | None:
    query = update.callback_query
    if query is None or query.message is None:
        return None
    return Inbound(
        platform=PLATFORM,
        event=event,
        address=str(query.message.chat.id),
        place=_PLACES.get(query.message.chat.type, Place.GROUP),
        kind=Kind.PRESS,
        at=now,
        token=query.data or "",
        message=str(query.message.message_id),
        press=query.id,
    )


def _membership(update: Update, event: str, now: datetime) -> Inbound | None:
    """Being put into a group or channel is answered like anything said there: by leaving."""
    change = update.my_chat_member
    if change is None or change.chat.type == Chat.PRIVATE:
        return None
    if change.new_chat_member.status in _GONE:
        return None
    return Inbound(
        platform=PLATFORM,
        event=event,
        address=str(change.chat.id),
        place=_PLACES.get(change.chat.type, Place.GROUP),
        kind=Kind.OTHER,
        at=now,
    )


def address_in(raw: object) -> str | None:
    """The private chat of an update that could not be read, if that much can be made out."""
    for message in (_part(raw, "message"), _part(_part(raw, "callback_query"), "message")):
        chat = _part(message, "chat")
        id = _part(chat, "id")
        if _part(chat, "type") == Chat.PRIVATE and isinstance(id, int):
            return str(id)
    return None


def _part(whole: object, name: str) -> object:
    return whole.get(name) if isinstance(whole, dict) else None
