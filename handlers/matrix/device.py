"""Our device: its keys, and the encryption sessions with other devices. Only this file knows nio.

The file on disk is nio's; what it holds is sealed with a key of ours. Its memory is ahead of the
disk after an exception inside `one_sync`: then the object must be thrown away and made anew.
"""

import json
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import structlog
from nio.crypto import Olm
from nio.events import OlmEvent, ToDeviceEvent
from nio.responses import (
    KeysClaimResponse,
    KeysQueryResponse,
    KeysUploadResponse,
    ToDeviceResponse,
)
from nio.store import SqliteStore

from handlers.matrix.homeserver import Homeserver, part

log = structlog.get_logger()

FILE = "crypto.db"
MEGOLM = "m.megolm.v1.aes-sha2"


class CryptoStoreLost(Exception):
    """The file with the encryption sessions is gone, damaged, or an old copy: give the service a
    new device with `seintje matrix recover`."""


class Undecryptable(Exception):
    """We have no key for this message."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What was in an encrypted event, and the keys of the device that wrote it. `session` and
    `number` are its place in the encryption session."""

    type: str
    content: Mapping[str, Any]
    curve25519: str
    ed25519: str
    session: str
    number: int


class Device:
    """One device of ours. All that touches the disk is done at once, without waiting for anybody,
    so that nothing else comes in between."""

    def __init__(self, mxid: str, id: str, folder: Path, key: str, new: bool = False) -> None:
        """Raises CryptoStoreLost when there should be a file with an account, and is none."""
        self.mxid = mxid
        self.id = id
        file = folder / FILE
        if not new and not file.exists():
            raise CryptoStoreLost(CryptoStoreLost.__doc__)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            self._store = SqliteStore(mxid, id, str(folder), key, FILE)
            if not new and self._store.load_account() is None:
                raise CryptoStoreLost(CryptoStoreLost.__doc__)
            self._olm = Olm(mxid, id, self._store)
        except CryptoStoreLost:
            raise
        except Exception as damage:  # noqa: BLE001  # nio does not say what it raises
            log.error("crypto_store_unreadable", error=type(damage).__name__)
            raise CryptoStoreLost(CryptoStoreLost.__doc__) from None

    def close(self) -> None:
        self._store.database.close()

    @property
    def ed25519(self) -> str:
        return str(self._olm.account.identity_keys["ed25519"])

    # one sync

    @contextmanager
    def one_sync(self, number: int) -> Iterator[None]:
        """What happens inside is on the disk together, or not at all."""
        with self._store.database.atomic():
            yield
            self._store.database.execute_sql(f"PRAGMA user_version = {number:d}")

    @property
    def last_sync(self) -> int:
        """The number of the last sync that is on the disk."""
        return int(self._store.database.execute_sql("PRAGMA user_version").fetchone()[0])

    def take_to_device(self, events: Iterable[Any]) -> list[tuple[str, str]]:
        """Takes in what other devices sent to this one: keys, mostly. Returns sender and error
        class of what could not be read; whoever sent that may not stop the rest."""
        failed = []
        for raw in events:
            try:
                if raw["type"] == "m.room.encrypted":
                    event = ToDeviceEvent.parse_event(raw)
                    if isinstance(event, OlmEvent):
                        self._olm.handle_to_device_event(event)
            except Exception as fault:  # noqa: BLE001  # any account can send anything
                sender = str(raw.get("sender")) if isinstance(raw, dict) else ""
                failed.append((sender, type(fault).__name__))
        return failed

    def note_key_count(self, count: int) -> None:
        """How many one-time keys of ours the homeserver still has."""
        self._olm.uploaded_key_count = count

    # our own keys

    async def publish(self, server: Homeserver) -> None:
        """Uploads our keys where some are missing. They are on the disk before, so that a crash in
        between uploads the same ones again."""
        if not self._olm.should_upload_keys:
            return
        with self._store.database.atomic():
            keys = self._olm.share_keys()
            self._olm.save_account()
        answer = await server.call("POST", "/keys/upload", keys)
        count = answer.get("one_time_key_counts", {}).get("signed_curve25519", 0)
        self._olm.handle_response(KeysUploadResponse(0, count))

    async def mend(self, server: Homeserver) -> None:
        """Makes new sessions with devices whose messages could not be read."""
        if self._olm.wedged_devices:
            await self._claim(server, self._olm.get_users_for_key_claiming())
        for message in tuple(self._olm.outgoing_to_device_messages):
            await _send_to_device(server, message.type, message.as_dict())
            self._olm.handle_response(ToDeviceResponse(message))

    # other devices

    def learn(
        self, mxid: str, devices: Mapping[str, Mapping[str, Any]], trusted: Collection[str]
    ) -> bool:
        """The devices of this user, and which we trust. True when those are others than before."""
        before = self.trusted(mxid)
        self._olm.handle_response(KeysQueryResponse({mxid: dict(devices)}, {}))
        for device in self._olm.device_store.active_user_devices(mxid):
            # A device that changed its key keeps the old one here, and is not trusted for it.
            shown = devices[device.id]["keys"].get(f"ed25519:{device.id}")
            if device.id in trusted and device.ed25519 == shown:
                self._olm.verify_device(device)
            else:
                self._olm.blacklist_device(device)
        return before != self.trusted(mxid)

    def trusted(self, mxid: str) -> frozenset[tuple[str, str, str]]:
        """The trusted devices of this user: id, signing key, identity key."""
        return frozenset(
            (device.id, device.ed25519, device.curve25519)
            for device in self._olm.device_store.active_user_devices(mxid)
            if self._olm.is_device_verified(device)
        )

    # rooms

    def drop(self, room: str) -> None:
        """The next message in this room gets a new key."""
        self._olm.outbound_group_sessions.pop(room, None)

    def readers(self, room: str) -> frozenset[str]:
        """Users of whom a trusted device got the key with which we write in this room now."""
        session = self._olm.outbound_group_sessions.get(room)
        if session is None or not session.shared or session.expired:
            return frozenset()
        return frozenset(
            user
            for user, id in session.users_shared_with
            if id in {device[0] for device in self.trusted(user)}
        )

    async def share(self, server: Homeserver, room: str, members: Collection[str]) -> None:
        """A new key for this room, for the trusted devices of these members."""
        self.drop(room)
        members = sorted(members)
        missing = {
            mxid: [id for id, _, curve in self.trusted(mxid) if not self._has_session(curve)]
            for mxid in members
        }
        wanted = {mxid: ids for mxid, ids in missing.items() if ids}
        if wanted:
            await self._claim(server, wanted)
        reached: set[tuple[str, str]] = set()
        for some, messages in self._olm.share_group_session_parallel(room, members):
            await _send_to_device(server, "m.room.encrypted", messages)
            reached |= some
        session = self._olm.outbound_group_sessions.get(room)
        if session is not None:  # somebody may have left meanwhile: then it counts no more
            session.users_shared_with.update(reached)
            session.shared = True

    def encrypt(self, room: str, event_type: str, content: Mapping[str, Any]) -> dict[str, Any]:
        plain = {"type": event_type, "content": dict(content)}
        sealed: dict[str, Any] = self._olm.group_encrypt(room, plain)
        return sealed

    def decrypt(self, room: str, content: Mapping[str, Any]) -> Opened:
        """Raises Undecryptable, or ValueError for what is no message."""
        session = self._session_of(room, content)
        if session is None:
            raise Undecryptable(Undecryptable.__doc__)
        try:
            text, number = session.decrypt(content["ciphertext"])
        except Exception:  # noqa: BLE001  # whatever the library raises, it cannot be read
            raise Undecryptable(Undecryptable.__doc__) from None
        found = json.loads(text)
        if found["room_id"] != room or not isinstance(found["content"], dict):
            raise ValueError("not of this room")
        return Opened(
            str(found["type"]),
            found["content"],
            session.sender_key,
            session.ed25519,
            session.id,
            number,
        )

    def _session_of(self, room: str, content: Mapping[str, Any]) -> Any:
        """By whom it is said to be, or by its id alone: newer clients do not say."""
        if content.get("algorithm") != MEGOLM:
            return None
        by_sender = self._olm.inbound_group_store[room]
        named = by_sender.get(str(content.get("sender_key")), {})
        id = content.get("session_id")
        for sessions in (named, *by_sender.values()):
            # A key that was passed on by another device proves nothing about who wrote.
            if id in sessions and not sessions[id].forwarding_chain:
                return sessions[id]
        return None

    def _has_session(self, curve25519: str) -> bool:
        return self._olm.session_store.get(curve25519) is not None

    async def _claim(self, server: Homeserver, wanted: Mapping[str, Sequence[str]]) -> None:
        """One-time keys of these devices; one that cannot be used may not stop the others."""
        body = {mxid: dict.fromkeys(ids, "signed_curve25519") for mxid, ids in wanted.items()}
        answer = await server.call("POST", "/keys/claim", {"one_time_keys": body})
        for mxid, devices in answer.get("one_time_keys", {}).items():
            for id, keys in devices.items():
                try:
                    self._olm.handle_response(KeysClaimResponse({mxid: {id: keys}}, {}))
                except Exception as fault:  # noqa: BLE001  # any account can publish anything
                    error = type(fault).__name__
                    log.warning("matrix_one_time_key_set_aside", of=mxid, error=error)


async def _send_to_device(server: Homeserver, event_type: str, body: Mapping[str, Any]) -> None:
    await server.call("PUT", f"/sendToDevice/{part(event_type)}/{uuid4()}", body)
