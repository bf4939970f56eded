"""A person with a Matrix client of today: an independent nio client with a cross-signed device.

Reads as Element does since signed devices are the rule: what comes from a device its owner did not
sign is not shown. Writes to whatever devices there are, but unsigned ones.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from nio import AsyncClient, AsyncClientConfig, MegolmEvent, RoomMessageText
from nio.store import SqliteStore
from signedjson.key import (
    decode_verify_key_base64,
    encode_verify_key_base64,
    generate_signing_key,
    get_verify_key,
)
from signedjson.sign import SignatureVerifyException, sign_json, verify_signed_json
from signedjson.types import SigningKey
from vodozemac import KeyException

from tests.synapse import Synapse

PASSWORD = "geheim-woord"
PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Line:
    """What a person sees: who wrote it, the text, and the whole content."""

    event: str
    sender: str
    text: str
    content: Mapping[str, Any]


class Person:
    """One account with one device; `refused` holds the senders of what was not shown."""

    def __init__(self, client: AsyncClient, url: str, mxid: str) -> None:
        self.client = client
        self.url = url
        self.mxid = mxid
        self.lines: list[Line] = []
        self.refused: list[str] = []
        self.unreadable: list[str] = []
        self.self_signing: SigningKey | None = None
        self._seen: set[str] = set()

    # the identity

    async def cross_sign(self, device: bool = True) -> None:
        """A new identity, and this device signed with it."""
        keys = {usage: _new_key() for usage in ("master", "self_signing", "user_signing")}
        self.self_signing = keys["self_signing"]
        body: dict[str, Any] = {}
        for usage, key in keys.items():
            public = public_key(key)
            found = {
                "user_id": self.mxid,
                "usage": [usage],
                "keys": {f"ed25519:{public}": public},
            }
            body[f"{usage}_key"] = (
                found if usage == "master" else sign_json(found, self.mxid, keys["master"])
            )
        await self._upload_identity(body)
        if device:
            await self.sign_device(keys["self_signing"], self.client.device_id)

    async def _upload_identity(self, body: dict[str, Any]) -> None:
        path = "/keys/device_signing/upload"
        first = await self.ask("POST", path, body, ok=(200, 401))
        if "session" in first:
            identifier = {"type": "m.id.user", "user": self.mxid}
            auth = {"type": "m.login.password", "identifier": identifier, "password": PASSWORD}
            auth["session"] = first["session"]
            await self.ask("POST", path, {**body, "auth": auth})

    async def sign_device(self, key: SigningKey, device: str) -> None:
        found = (await self.keys_of(self.mxid))["device_keys"][self.mxid][device]
        found.pop("unsigned", None)
        signed = {self.mxid: {device: sign_json(found, self.mxid, key)}}
        answer = await self.ask("POST", "/keys/signatures/upload", signed)
        assert not answer.get("failures"), answer

    async def keys_of(self, mxid: str) -> dict[str, Any]:
        return await self.ask("POST", "/keys/query", {"device_keys": {mxid: []}})

    async def trusts(self, mxid: str, curve25519: str) -> bool:
        """Whether the owner's identity, as it is served, vouches for the device with this key."""
        answer = await self.keys_of(mxid)
        try:
            master = answer["master_keys"][mxid]
            (master_key,) = master["keys"].values()
            signing = answer["self_signing_keys"][mxid]
            verify_signed_json(signing, mxid, _verify_key(master_key))
            (signing_key,) = signing["keys"].values()
            (device,) = (
                found
                for id, found in answer["device_keys"][mxid].items()
                if found["keys"][f"curve25519:{id}"] == curve25519
            )
            verify_signed_json(device, mxid, _verify_key(signing_key))
        except (KeyError, ValueError, SignatureVerifyException):
            return False
        return True

    # rooms

    async def join(self, room: str) -> None:
        await self.ask("POST", f"/join/{room}", {})
        await self.look()

    async def leave(self, room: str) -> None:
        await self.ask("POST", f"/rooms/{room}/leave", {})

    async def look(self) -> None:
        """One sync: what is new is on `lines` afterwards."""
        answer = await self.client.sync(timeout=0, full_state=True)
        for room in answer.rooms.join.values():
            for event in room.timeline.events:
                await self._see(event)
        if self.client.should_upload_keys:
            await self.client.keys_upload()
        await self._look_up_devices()

    async def _look_up_devices(self) -> None:
        """One account at a time: the library raises on the keys of some."""
        for mxid in tuple(self.client.users_for_key_query):
            self.client.olm.users_for_key_query = {mxid}
            try:
                await self.client.keys_query()
            except KeyException:
                self.client.device_store._entries.pop(mxid, None)
        self.client.olm.users_for_key_query = set()

    async def _see(self, event: Any) -> None:
        if event.event_id in self._seen or event.sender == self.mxid:
            return
        if isinstance(event, MegolmEvent):
            self.unreadable.append(event.event_id)
        elif isinstance(event, RoomMessageText):
            if not event.decrypted or not await self.trusts(event.sender, event.sender_key):
                self.refused.append(event.sender)
            else:
                content = event.source["content"]
                self.lines.append(Line(event.event_id, event.sender, event.body, content))
        self._seen.add(event.event_id)

    async def sees(self, text: str) -> Line:
        """Waits until this text is shown."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                await self.look()
                for line in self.lines:
                    if line.text == text:
                        return line

    async def type(self, room: str, text: str, **more: Any) -> str:
        """Says something, encrypted; returns the event's id."""
        return await self.type_content(room, {"msgtype": "m.text", "body": text, **more})

    async def type_content(self, room: str, content: dict[str, Any]) -> str:
        await self.look()
        self._trust_devices()
        answer = await self.client.room_send(room, "m.room.message", content)
        return str(answer.event_id)

    async def type_in_clear(self, room: str, text: str) -> str:
        """As a server could do in anybody's name: an ordinary message, not encrypted."""
        content = {"msgtype": "m.text", "body": text}
        path = f"/rooms/{room}/send/m.room.message/{uuid4()}"
        return str((await self.ask("PUT", path, content))["event_id"])

    async def react(self, room: str, event: str, sign: str) -> str:
        relation = {"rel_type": "m.annotation", "event_id": event, "key": sign}
        path = f"/rooms/{room}/send/m.reaction/{uuid4()}"
        answer = await self.ask("PUT", path, {"m.relates_to": relation})
        return str(answer["event_id"])

    async def seal_for_nobody(self, room: str, text: str) -> str:
        """Encrypted with a key nobody was given."""
        await self.look()
        olm = self.client.olm
        olm.create_outbound_group_session(room)
        olm.outbound_group_sessions[room].shared = True
        content = {"msgtype": "m.text", "body": text}
        sealed = olm.group_encrypt(room, {"type": "m.room.message", "content": content})
        olm.outbound_group_sessions.pop(room)
        path = f"/rooms/{room}/send/m.room.encrypted/{uuid4()}"
        return str((await self.ask("PUT", path, sealed))["event_id"])

    async def send_garbage(self, mxid: str) -> None:
        """Messages to all devices of somebody that no library can read."""
        keys = (await self.keys_of(mxid))["device_keys"][mxid]
        for id, device in keys.items():
            curve = device["keys"][f"curve25519:{id}"]
            for body in ({"type": 0, "body": "%%%"}, {"type": 1, "body": "AAAA"}, {"type": 0}, 7):
                content = {
                    "algorithm": "m.olm.v1.curve25519-aes-sha2",
                    "sender_key": "AAAA",
                    "ciphertext": {curve: body},
                }
                path = f"/sendToDevice/m.room.encrypted/{uuid4()}"
                await self.ask("PUT", path, {"messages": {mxid: {id: content}}})

    async def publish_impossible_device(self) -> None:
        """One more device of this person, with keys that are none."""
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": self.mxid},
            "password": PASSWORD,
        }
        other = await self.ask("POST", "/login", body)
        id = other["device_id"]
        keys = {
            "algorithms": ["m.megolm.v1.aes-sha2"],
            "device_id": id,
            "user_id": self.mxid,
            "keys": {f"curve25519:{id}": "geen sleutel", f"ed25519:{id}": "ook niet"},
            "signatures": {self.mxid: {f"ed25519:{id}": "niets"}},
        }
        token, self.client.access_token = self.client.access_token, other["access_token"]
        await self.ask("POST", "/keys/upload", {"device_keys": keys})
        self.client.access_token = token

    def _trust_devices(self) -> None:
        for devices in tuple(self.client.device_store.values()):
            for device in tuple(devices.values()):
                self.client.verify_device(device)

    async def ask(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        ok: tuple[int, ...] = (200,),
    ) -> dict[str, Any]:
        """Any call of the client-server API in this person's name."""
        headers = {"Authorization": f"Bearer {self.client.access_token}"}
        async with httpx.AsyncClient() as http:
            url = f"{self.url}/_matrix/client/v3{path}"
            answer = await http.request(method, url, json=body, headers=headers, timeout=30)
        assert answer.status_code in ok, answer.text
        found: dict[str, Any] = answer.json()
        return found


@asynccontextmanager
async def person(
    synapse: Synapse, folder: Path, name: str, mxid: str | None = None, signed: bool = True
) -> AsyncIterator[Person]:
    """A new account with a device; or, with `mxid`, one more device of an account."""
    mxid = mxid or synapse.register(f"{name}-{uuid4().hex[:8]}", PASSWORD)
    store = folder / uuid4().hex
    store.mkdir()
    config = AsyncClientConfig(store=SqliteStore, encryption_enabled=True, pickle_key="toets")
    client = AsyncClient(synapse.url, mxid, store_path=str(store), config=config)
    try:
        await client.login(PASSWORD, device_name="Element")
        await client.keys_upload()
        found = Person(client, synapse.url, mxid)
        if signed:
            await found.cross_sign()
        yield found
    finally:
        await client.close()
        if client.store is not None:
            client.store.database.close()


def _new_key() -> SigningKey:
    key = generate_signing_key("")
    key.version = public_key(key)
    return key


def public_key(key: SigningKey) -> str:
    return encode_verify_key_base64(get_verify_key(key))


def _verify_key(public: str) -> Any:
    return decode_verify_key_base64("ed25519", public, public)
