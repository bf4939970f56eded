"""Writes in encrypted rooms: to whom, with which key, and whether they can read it.

One lock a room over sending and removing, so that nobody who is being removed gets a key.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

from bot.ports.doors import TryLater
from handlers.matrix.client import Client
from handlers.matrix.device import Undecryptable
from handlers.matrix.homeserver import Denied, part
from handlers.matrix.outcomes import IdentityChanged, NotInRoom, NotReadable, RoomUnsafe
from handlers.matrix.read import ENCRYPTED, RELATES
from handlers.matrix.rooms import MEMBER, Room
from handlers.matrix.trust import Standing

SHARES = 2
"""How often a key is given out before somebody counts as not able to read."""
MARK = "nl.seintje.txn"
"""Inside the encryption, so that an event can be found again when the homeserver has forgotten
under which transaction id it came."""
PAGE, PAGES = 100, 10
_FORBIDDEN = 403
_GONE = frozenset({"leave", "ban"})


class Locks:
    """`sharing` is held while keys are given out: the encryption sessions may not be reloaded
    meanwhile."""

    def __init__(self) -> None:
        self._rooms: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self.sharing = asyncio.Lock()

    def of(self, room: str) -> asyncio.Lock:
        return self._rooms[room]


async def send(
    client: Client,
    locks: Locks,
    room: Room,
    txn: str,
    event_type: str,
    content: Mapping[str, Any],
    to: Collection[str] | None,
) -> str:
    """Encrypts and sends once; the caller holds the room's lock.

    Raises NotInRoom, NotReadable, IdentityChanged, RoomUnsafe, TryLater, TokenRefused, Denied.
    """
    wrong = room.downgrades(client.mxid)
    if wrong:
        raise RoomUnsafe(wrong)
    addressed = room.members.joined - {client.mxid} if to is None else frozenset(to)
    if not addressed or addressed - room.members.joined:
        raise NotInRoom("not_in_room", addressed - room.members.joined)
    async with locks.sharing:
        await _give_keys(client, room, addressed)
        sealed = client.device.encrypt(room.id, event_type, {**content, MARK: txn})
    if RELATES in content:
        # The homeserver and other clients find edits and threads by this.
        sealed[RELATES] = content[RELATES]
    path = f"/rooms/{part(room.id)}/send/{part(ENCRYPTED)}/{part(txn)}"
    return str((await client.server.call("PUT", path, sealed))["event_id"])


async def _give_keys(client: Client, room: Room, addressed: frozenset[str]) -> None:
    for _ in range(SHARES):
        others = room.members.joined - {client.mxid}
        await client.look_up(others)
        changed = {
            mxid for mxid in addressed if client.book.identity(mxid).standing is Standing.CHANGED
        }
        if changed:
            raise IdentityChanged("identity_changed", changed)
        if client.device.readers(room.id) >= addressed:
            return
        await client.device.share(client.server, room.id, others)
    if not client.device.readers(room.id) >= addressed:
        raise NotReadable("not_readable", addressed - client.device.readers(room.id))


async def find(client: Client, room: Room, txn: str) -> str | None:
    """The event that was sent with this transaction id, among the last ones of the room.

    Raises TryLater, TokenRefused, Denied.
    """
    path, params = f"/rooms/{part(room.id)}/messages", {"dir": "b", "limit": str(PAGE)}
    for _ in range(PAGES):
        answer = await client.server.call("GET", path, params=params)
        for raw in answer.get("chunk", []):
            if raw.get("sender") == client.mxid and raw.get("type") == ENCRYPTED:
                with suppress(Undecryptable, ValueError, KeyError, TypeError):
                    opened = client.device.decrypt(room.id, raw["content"])
                    if opened.ed25519 == client.device.ed25519 and opened.content.get(MARK) == txn:
                        return str(raw["event_id"])
        if not answer.get("end"):
            break
        params = {**params, "from": answer["end"]}
    return None


async def kick(client: Client, room: Room, mxid: str) -> None:
    """Removes a member or takes an invitation back; the caller holds the room's lock. Who is not
    there is no fault. Raises TryLater, TokenRefused, Denied."""
    try:
        await client.server.call("POST", f"/rooms/{part(room.id)}/kick", {"user_id": mxid})
    except Denied as denied:
        if denied.status != _FORBIDDEN or not await _is_gone(client, room, mxid):
            raise
    room.remove(mxid)
    client.device.drop(room.id)


async def _is_gone(client: Client, room: Room, mxid: str) -> bool:
    try:
        path = f"/rooms/{part(room.id)}/state/{MEMBER}/{part(mxid)}"
        state = await client.server.call("GET", path)
    except Denied as denied:
        return denied.errcode == "M_NOT_FOUND"
    return state.get("membership") in _GONE


def edited(event: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a message that takes the place of an earlier one."""
    return {
        **content,
        "body": f"* {content.get('body', '')}",
        "m.new_content": dict(content),
        RELATES: {"rel_type": "m.replace", "event_id": event},
    }


def known(client: Client, room: str) -> Room:
    """Raises TryLater before the rooms are known."""
    found = client.rooms.get(room)
    if found is None:
        raise TryLater("room_unknown" if client.is_synced else "not_synced")
    return found
