"""Reads what is new: commit first, confirm with the next token: the homeserver is the inbox.

Promise: each event takes effect exactly once. One sync is one transaction of the encryption
sessions, on the disk before anything acts on it; then one transaction of ours holds the effects of
the events and the token. A crash in between asks the same again: keys that came are kept by then,
and events are known by their ids.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from bot.ports.store import StorageBusy, Store, Work
from bot.ports.tools import Clock
from handlers.matrix.account import CURSOR, ROUND
from handlers.matrix.client import Client
from handlers.matrix.events import Incoming, Kind, Take
from handlers.matrix.homeserver import part
from handlers.matrix.read import Found, read
from handlers.matrix.rooms import MEMBER, Room

log = structlog.get_logger()

PLATFORM = "matrix"
TRIES = 3
LONG_POLL_SECONDS = 25.0
PAGE = 100
MOST_PAGES = 100
_NOTHING: dict[str, list[str]] = {"types": []}
FILTER = json.dumps(
    {
        "presence": _NOTHING,
        "account_data": _NOTHING,
        "room": {
            "ephemeral": _NOTHING,
            "account_data": _NOTHING,
            "timeline": {"limit": PAGE},
        },
    }
)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one sync brought, in order; `token` confirms it."""

    token: str
    number: int
    found: tuple[Found, ...]


async def ask(client: Client, since: str | None) -> dict[str, Any]:
    """Waits for something new. The first time all rooms are told in full.

    Raises TryLater, TokenRefused, Denied.
    """
    wait = LONG_POLL_SECONDS if client.is_synced and since else 0.0
    params = {"timeout": str(int(wait * 1000)), "filter": FILTER}
    if since:
        params["since"] = since
    if not client.is_synced:
        params["full_state"] = "true"
    return await client.server.call("GET", "/sync", params=params, wait=wait)


async def absorb(
    client: Client, answer: Mapping[str, Any], since: str | None, clock: Clock
) -> Batch:
    """Takes in keys and rooms, and reads the events.

    An exception before the encryption sessions are on the disk leaves the client unusable.
    """
    number = client.device.last_sync + 1
    with client.device.one_sync(number):
        to_device = answer.get("to_device", {}).get("events", [])
        for sender, error in client.device.take_to_device(to_device):
            log.warning("matrix_key_set_aside", sender=sender, error=error)
        counts = answer.get("device_one_time_keys_count", {})
        if "signed_curve25519" in counts:
            client.device.note_key_count(counts["signed_curve25519"])
    lists = answer.get("device_lists", {})
    client.book.outdated([*lists.get("changed", []), *lists.get("left", [])])
    rooms = answer.get("rooms", {})
    raws: list[tuple[str, Mapping[str, Any]]] = []
    for id, joined in rooms.get("join", {}).items():
        timeline = joined.get("timeline", {})
        events = timeline.get("events", [])
        _take_state(client, id, joined.get("state", {}).get("events", []), events)
        if timeline.get("limited") and since and timeline.get("prev_batch"):
            events = [*await _missed(client, id, timeline["prev_batch"], since), *events]
        raws += [(id, raw) for raw in events]
    for id, left in rooms.get("leave", {}).items():
        client.rooms.pop(id, None)
        client.device.drop(id)
        raws += [(id, raw) for raw in left.get("timeline", {}).get("events", [])]
    found = await read(client, raws)
    invited = [
        Found(_invitation(client, id, room, clock.now()))
        for id, room in rooms.get("invite", {}).items()
    ]
    client.is_synced = True
    return Batch(str(answer["next_batch"]), number, (*invited, *found))


def _take_state(client: Client, id: str, state: Iterable[Any], timeline: Iterable[Any]) -> None:
    """Where somebody came or went, the next message gets a new key."""
    room = client.rooms.setdefault(id, Room(id))
    before = room.members
    for events in (state, timeline):
        room.take(event for event in events if isinstance(event, dict))
    if room.members != before:
        client.device.drop(id)


async def _missed(client: Client, room: str, start: str, since: str) -> Sequence[Any]:
    """What came in a room between the last sync and the beginning of this one, oldest first."""
    pages: list[Any] = []
    for _ in range(MOST_PAGES):
        params = {"dir": "b", "from": start, "to": since, "limit": str(PAGE)}
        answer = await client.server.call("GET", f"/rooms/{part(room)}/messages", params=params)
        chunk = answer.get("chunk", [])
        pages += chunk
        start = answer.get("end", "")
        if not chunk or not start:
            return pages[::-1]
    log.error("matrix_gap_too_long", room=room, advice="ask its people to send again")
    return pages[::-1]


def _invitation(client: Client, id: str, room: Mapping[str, Any], now: datetime) -> Incoming:
    sender = ""
    for event in room.get("invite_state", {}).get("events", []):
        if event.get("type") == MEMBER and event.get("state_key") == client.mxid:
            sender = str(event.get("sender"))
    return Incoming(Kind.INVITED, id, f"invited:{id}", sender, now, MEMBER, about=client.mxid)


async def take_in(
    store: Store, clock: Clock, batch: Batch, take: Take, set_aside: Take | None
) -> bool:
    """The events take effect, and with them the token. False when one failed that is to be tried
    again: then the token stays, and what went before is known by its ids. Raises StorageBusy."""
    async with store.work() as work:
        for one in batch.found:
            incoming = one.incoming
            try:
                async with work.savepoint():
                    if one.place is not None and await work.trust.is_replay(
                        *one.place, incoming.event
                    ):
                        log.warning("matrix_message_played_back", id=incoming.event)
                        continue
                    await take(work, incoming)
            except StorageBusy:
                raise
            except Exception as fault:  # noqa: BLE001  # no event may stop all others
                error = type(fault).__name__
                tries = await work.seen.failed(PLATFORM, incoming.event, error, clock.now())
                log.error("matrix_event_failed", id=incoming.event, error=error, tries=tries)
                if tries < TRIES:
                    return False
                log.error("matrix_event_set_aside", id=incoming.event)
                if set_aside is not None:
                    await _tell_of(work, incoming, set_aside)
        await work.cursors.put(CURSOR, batch.token)
        await work.cursors.put(ROUND, str(batch.number))
    return True


async def _tell_of(work: Work, incoming: Incoming, set_aside: Take) -> None:
    try:
        async with work.savepoint():
            await set_aside(work, incoming)
    except StorageBusy:
        raise
    except Exception as fault:  # noqa: BLE001  # that nobody could be told may not stop all others
        log.error("matrix_set_aside_untold", id=incoming.event, error=type(fault).__name__)


async def token_of(store: Store) -> str | None:
    """How far everything took effect."""
    async with store.reading() as work:
        return await work.cursors.get(CURSOR)
