"""An update of the Bot API as one event of ours. Pure."""

from datetime import datetime

from telegram import Chat, ChatMember, Document, Message, Update

from bot.ports.doors import Inbound, Kind, Place

PLATFORM = "telegram"
_PLACES = {Chat.PRIVATE: Place.PRIVATE, Chat.CHANNEL: Place.CHANNEL}
PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp"})
OTHER_THINGS = {
    "video": "video",
    "video_note": "video",
    "animation": "video",
    "voice": "voice",
    "audio": "voice",
    "sticker": "sticker",
    "location": "location",
    "venue": "location",
    "contact": "contact",
    "document": "file",
}
"""Parts of a message and the word by which our answer knows them."""
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
        text=message.text or message.caption or "",
        message=str(message.message_id),
        file=_picture(message),
        album=message.media_group_id or "",
        what=_what(message),
    )


def _kind(message: Message) -> Kind:
    if message.text:
        return Kind.TEXT
    return Kind.PHOTO if _picture(message) else Kind.OTHER


def _picture(message: Message) -> str:
    """The file of a photo (the largest that is offered), or of a picture sent as a file."""
    if message.photo:
        return max(message.photo, key=lambda size: size.width * size.height).file_id
    document = message.document
    return document.file_id if document and _is_picture(document) else ""


def _is_picture(document: Document) -> bool:
    return (document.mime_type or "") in PICTURE_TYPES


def _what(message: Message) -> str:
    """What was sent, where it is neither text nor picture."""
    return next((what for part, what in OTHER_THINGS.items() if getattr(message, part)), "")


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
