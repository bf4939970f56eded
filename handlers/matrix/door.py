"""Matrix as one of the doors: events in, parcels out."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import structlog

from bot.app.converse import converse
from bot.app.house import House
from bot.app.letters import answer
from bot.domain.disclosure import Door
from bot.domain.outbox import MATRIX
from bot.ports.doors import Inbound, Kind, Parcel, Place, Refused, TryLater, Unreachable
from bot.ports.store import Account, Store, Work
from bot.texts.catalogue import Catalogue
from handlers.matrix.events import Fault, Incoming
from handlers.matrix.events import Kind as Came
from handlers.matrix.outcomes import NotInRoom, RoomUnsafe
from handlers.matrix.render import rendered
from handlers.matrix.rooms import RoomRules
from handlers.matrix.session import MatrixSession

log = structlog.get_logger()

ROOM_NAME = "Seintje"
COMES_IN_WITHIN_SECONDS = 30.0
"""How often to look whether an invited person has come into the room."""

SAID_OF_FAULT = {
    Fault.UNDECRYPTABLE: "matrix.send_again",
    Fault.PLAINTEXT: "matrix.not_encrypted",
    Fault.UNSIGNED: "matrix.unsigned_device",
    Fault.CHANGED_IDENTITY: "matrix.changed_identity",
    Fault.MALFORMED: "matrix.send_again",
}
"""What a person hears whose message may not act."""


class MatrixChannel:
    """Says parcels in a person's own encrypted room, or in the room of a case."""

    platform = MATRIX
    door = Door.MATRIX

    def __init__(self, session: MatrixSession, store: Store, catalogue: Catalogue) -> None:
        self._session = session
        self._store = store
        self._catalogue = catalogue

    async def send(self, parcel: Parcel) -> str | None:
        """Raises TryLater, Unreachable, Refused. The same parcel within a day is one message."""
        room = parcel.room or await self._new_room(parcel)
        shown = await self._say(parcel, room)
        for gone in parcel.delete:
            # In a room that somebody else made we may not take away what others wrote.
            with suppress(Unreachable, Refused):
                await self._session.redact(room, f"{parcel.id}-{gone}", gone)
        if parcel.leave:
            await self._session.leave(room)
        return shown

    async def _say(self, parcel: Parcel, room: str) -> str | None:
        said = rendered(parcel, self._catalogue)
        if said is None:
            return None
        to = None if _is_room(parcel.address) else (parcel.address,)
        try:
            if parcel.edit:
                await self._session.edit(room, parcel.id, parcel.edit, said.content, to)
                return parcel.edit
            return await self._session.send(room, parcel.id, said.content, to)
        except NotInRoom:
            await self._asks_in(parcel, room)
            raise TryLater("not_in_room", COMES_IN_WITHIN_SECONDS) from None
        except RoomUnsafe:
            if _is_room(parcel.address):
                raise
            log.warning("matrix_room_replaced", room=room)
            await self._forget_room(parcel.address)
            raise TryLater("room_replaced") from None

    async def _asks_in(self, parcel: Parcel, room: str) -> None:
        """Whoever left their own room gets another one."""
        if _is_room(parcel.address):
            return
        if parcel.address not in self._session.members(room).invited:
            await self._forget_room(parcel.address)

    async def _new_room(self, parcel: Parcel) -> str:
        """A direct room with this person, made with every rule of ours."""
        if _is_room(parcel.address):
            return parcel.address
        mxid = parcel.address
        elsewhere = mxid.partition(":")[2] != self._session.mxid.partition(":")[2]
        rules = RoomRules(ROOM_NAME, (mxid,), is_direct=True, federate=elsewhere)
        room = await self._session.create_room(rules)
        await self._keep_room(mxid, room)
        raise TryLater("invited", COMES_IN_WITHIN_SECONDS)

    async def _forget_room(self, mxid: str) -> None:
        await self._keep_room(mxid, None)

    async def _keep_room(self, mxid: str, room: str | None) -> None:
        async with self._store.work() as work:
            account = await work.accounts.by_address(MATRIX, mxid)
            if account is not None:
                await work.accounts.set_room(account.person, MATRIX, room)


def _is_room(address: str) -> bool:
    return address.startswith("!")


async def take(house: House, work: Work, incoming: Incoming) -> None:
    """Lets an event take effect: what was said by somebody we know, and reactions. What may not act
    is answered with one sentence; whatever the homeserver says by itself does nothing."""
    account = await work.accounts.by_address(MATRIX, incoming.sender)
    if incoming.kind is Came.MESSAGE and incoming.fault is not None:
        await _say_why_not(house, work, incoming, account)
        return
    inbound = inbound_of(incoming, account)
    if inbound is not None:
        await converse(house, work, inbound)


async def _say_why_not(
    house: House, work: Work, incoming: Incoming, account: Account | None
) -> None:
    now = house.clock.now()
    log.warning("matrix_message_refused", id=incoming.event, fault=incoming.fault)
    person = await work.people.get(account.person) if account else None
    if incoming.fault is None or person is None or account is None:
        return
    if not await work.seen.first_time(MATRIX, incoming.event, now):
        return
    refused = _inbound(incoming, account, Kind.OTHER)
    await work.outbox.put(answer(person, refused, now, SAID_OF_FAULT[incoming.fault]))


def inbound_of(incoming: Incoming, account: Account | None) -> Inbound | None:
    """The event as one of ours, or None for what concerns nobody."""
    if incoming.kind is Came.REACTION:
        reaction = _inbound(incoming, account, Kind.REACTION)
        return replace(reaction, text=str(incoming.content.get("key", "")), reply_to=incoming.about)
    if incoming.kind is not Came.MESSAGE or incoming.type != "m.room.message":
        return None
    content = incoming.content
    relation = _part(content, "m.relates_to")
    if relation.get("rel_type") == "m.replace":
        return _inbound(incoming, account, Kind.EDIT)
    if content.get("msgtype") != "m.text":
        return _inbound(incoming, account, Kind.OTHER)
    said = _inbound(incoming, account, Kind.TEXT)
    reply_to = str(_part(relation, "m.in_reply_to").get("event_id", ""))
    return replace(said, text=_without_quote(str(content["body"])), reply_to=reply_to)


def _inbound(incoming: Incoming, account: Account | None, kind: Kind) -> Inbound:
    own = account is not None and account.room == incoming.room
    return Inbound(
        platform=MATRIX,
        event=incoming.event,
        address=incoming.sender,
        place=Place.PRIVATE if own else Place.GROUP,
        kind=kind,
        at=incoming.at,
        message=incoming.event,
        room=incoming.room,
    )


def _part(content: Mapping[str, object], key: str) -> Mapping[str, object]:
    part = content.get(key)
    return part if isinstance(part, Mapping) else {}


def _without_quote(body: str) -> str:
    """Older clients put the message they reply to above their own words."""
    if not body.startswith("> "):
        return body
    lines = body.split("\n")
    while lines and lines[0].startswith(">"):
        lines.pop(0)
    return "\n".join(lines).strip()
