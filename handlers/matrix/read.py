"""Events as they came, opened and judged: what may act, and why the rest may not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from handlers.matrix.client import Client
from handlers.matrix.device import Opened, Undecryptable
from handlers.matrix.events import Fault, Incoming, Kind
from handlers.matrix.rooms import MEMBER
from handlers.matrix.trust import Standing

log = structlog.get_logger()

ENCRYPTED = "m.room.encrypted"
MESSAGE = "m.room.message"
REACTION = "m.reaction"
REDACTION = "m.room.redaction"
RELATES = "m.relates_to"


@dataclass(frozen=True, slots=True)
class Found:
    """`place` is where in an encryption session it stood, so that it cannot be played back."""

    incoming: Incoming
    place: tuple[str, int] | None = None


async def read(client: Client, raws: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Found]:
    """Other people's events, each once. Raises TryLater, TokenRefused, Denied."""
    once: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for room, raw in raws:
        if _is_event(raw) and raw["sender"] != client.mxid:
            once.setdefault(raw["event_id"], (room, raw))
        elif not _is_event(raw):
            id = raw.get("event_id") if isinstance(raw, dict) else None
            log.warning("matrix_event_set_aside", id=str(id))
    writers = frozenset(raw["sender"] for _, raw in once.values() if raw["type"] == ENCRYPTED)
    await client.look_up(writers)
    found = []
    for room, raw in once.values():
        one = await _read(client, room, raw)
        if one is not None:
            found.append(one)
    return found


async def _read(client: Client, room: str, raw: Mapping[str, Any]) -> Found | None:
    event_type, content = raw["type"], raw["content"]
    if not content and "redacted_because" in raw.get("unsigned", {}):
        return None
    if "state_key" in raw:
        kind = Kind.MEMBER if event_type == MEMBER else Kind.STATE
        return Found(_incoming(kind, room, raw, content, str(raw["state_key"])))
    if event_type == ENCRYPTED:
        return await _opened(client, room, raw)
    if event_type == REACTION:
        relation = content.get(RELATES)
        about = relation if isinstance(relation, dict) else {}
        key = {"key": about.get("key", "")}
        return Found(_incoming(Kind.REACTION, room, raw, key, str(about.get("event_id", ""))))
    if event_type == REDACTION:
        gone = content.get("redacts") or raw.get("redacts") or ""
        return Found(_incoming(Kind.REDACTION, room, raw, {}, str(gone)))
    return Found(_incoming(Kind.MESSAGE, room, raw, {}, fault=Fault.PLAINTEXT))


async def _opened(client: Client, room: str, raw: Mapping[str, Any]) -> Found:
    try:
        opened = client.device.decrypt(room, raw["content"])
    except Undecryptable:
        return Found(_incoming(Kind.MESSAGE, room, raw, {}, fault=Fault.UNDECRYPTABLE))
    except (ValueError, KeyError, TypeError, RecursionError):
        return Found(_incoming(Kind.MESSAGE, room, raw, {}, fault=Fault.MALFORMED))
    place = (opened.session, opened.number)
    fault = await _fault(client, raw["sender"], opened)
    if fault is not None:
        return Found(_incoming(Kind.MESSAGE, room, raw, {}, fault=fault), place)
    content = dict(opened.content)
    if RELATES not in content and isinstance(raw["content"].get(RELATES), dict):
        # Relations travel in clear, beside the ciphertext: the homeserver could change them.
        content[RELATES] = raw["content"][RELATES]
    incoming = _incoming(Kind.MESSAGE, room, {**raw, "type": opened.type}, content)
    return Found(incoming, place)


async def _fault(client: Client, sender: str, opened: Opened) -> Fault | None:
    if not client.book.wrote(sender, opened.curve25519, opened.ed25519):
        # A device that was signed a moment ago may not have been told yet.
        client.book.outdated([sender])
        await client.look_up(frozenset([sender]))
    if client.book.identity(sender).standing is Standing.CHANGED:
        return Fault.CHANGED_IDENTITY
    if not client.book.wrote(sender, opened.curve25519, opened.ed25519):
        return Fault.UNSIGNED
    if opened.type == MESSAGE and not isinstance(opened.content.get("body"), str):
        return Fault.MALFORMED
    return None


def _incoming(
    kind: Kind,
    room: str,
    raw: Mapping[str, Any],
    content: Mapping[str, Any],
    about: str = "",
    fault: Fault | None = None,
) -> Incoming:
    at = moment_of(raw["origin_server_ts"])
    return Incoming(
        kind, room, raw["event_id"], raw["sender"], at, raw["type"], content, about, fault
    )


def moment_of(millis: int) -> datetime:
    """Another homeserver can say any number; what is no moment counts as long ago."""
    try:
        return datetime.fromtimestamp(millis / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _is_event(raw: Any) -> bool:
    return (
        isinstance(raw, dict)
        and all(isinstance(raw.get(key), str) for key in ("event_id", "sender", "type"))
        and isinstance(raw.get("content"), dict)
        and isinstance(raw.get("unsigned", {}), dict)
        and isinstance(raw.get("origin_server_ts"), int)
    )
