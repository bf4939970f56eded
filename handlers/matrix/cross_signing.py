"""Our own identity: three keys made once and kept sealed, and our device signed with them.

What counts is what the homeserver really serves: each start compares, and repairs.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from signedjson.key import (
    decode_signing_key_base64,
    encode_signing_key_base64,
    encode_verify_key_base64,
    generate_signing_key,
    get_verify_key,
)
from signedjson.sign import sign_json
from signedjson.types import SigningKey

from bot.ports.store import Store
from handlers.matrix.device import CryptoStoreLost, Device
from handlers.matrix.homeserver import Denied, Homeserver
from handlers.matrix.trust import shown

log = structlog.get_logger()

SECRET = "matrix-cross-signing"  # noqa: S105  # a name, no secret
USAGES = ("master", "self_signing", "user_signing")
PASSWORD_STAGE = "m.login.password"  # noqa: S105  # what Matrix calls it
_UNAUTHORIZED = 401


class CannotSign(Exception):
    """The homeserver does not take our identity with a password; see docs/matrix.md."""


@dataclass(frozen=True, slots=True)
class Served:
    """What the homeserver shows of us; `master_key` is what people compare."""

    master_key: str | None
    is_ours: bool
    """Whether that is the identity we keep."""
    is_signed: bool
    """Whether it vouches for our device."""

    @property
    def is_whole(self) -> bool:
        return self.is_ours and self.is_signed


class OwnIdentity:
    """The private keys, by usage."""

    def __init__(self, mxid: str, keys: Mapping[str, SigningKey]) -> None:
        self._mxid = mxid
        self._keys = keys

    @property
    def public_keys(self) -> dict[str, str | None]:
        return {usage: _public(key) for usage, key in self._keys.items()}

    def upload(self, usages: Collection[str]) -> dict[str, Any]:
        """The body of /keys/device_signing/upload."""
        objects = {usage: self._object(usage) for usage in usages}
        for usage in objects.keys() - {"master"}:
            sign_json(objects[usage], self._mxid, self._keys["master"])
        return {f"{usage}_key": found for usage, found in objects.items()}

    def vouched(self, device_keys: Mapping[str, Any]) -> dict[str, Any]:
        """The keys of a device of ours, signed."""
        bare = {key: value for key, value in device_keys.items() if key != "unsigned"}
        return sign_json(bare, self._mxid, self._keys["self_signing"])

    def _object(self, usage: str) -> dict[str, Any]:
        key = _public(self._keys[usage])
        return {"user_id": self._mxid, "usage": [usage], "keys": {f"ed25519:{key}": key}}


async def own_identity(store: Store, mxid: str) -> OwnIdentity:
    """Made at the first time, and on the disk before anybody else sees it."""
    async with store.work() as work:
        kept = await work.secrets.get(SECRET)
        if kept is None:
            kept = _new_seeds()
            await work.secrets.put(SECRET, kept)
    return _identity(mxid, kept)


async def another_identity(store: Store, mxid: str) -> OwnIdentity:
    """A new one in the place of the one there was."""
    kept = _new_seeds()
    async with store.work() as work:
        await work.secrets.put(SECRET, kept)
    return _identity(mxid, kept)


async def served(server: Homeserver, mxid: str, device: str, identity: OwnIdentity) -> Served:
    """Asks what everybody else sees of us. Raises TryLater, TokenRefused, Denied."""
    return _served(await _query(server, mxid), mxid, device, identity)


async def ensure(store: Store, server: Homeserver, device: Device, password: str) -> None:
    """Uploads and signs what is missing. A homeserver never takes back a key that was replaced: who
    put another identity in the place of ours makes us begin a new one, which people will notice.

    Raises CannotSign, CryptoStoreLost, TryLater, TokenRefused, Denied.
    """
    identity = await own_identity(store, device.mxid)
    answer = await _query(server, device.mxid)
    found = _public_keys(answer, device.mxid)
    ours = identity.public_keys
    if any(found[usage] not in (None, ours[usage]) for usage in USAGES):
        log.error("matrix_identity_replaced", advice="change the password; see docs/matrix.md")
        identity = await another_identity(store, device.mxid)
        found = dict.fromkeys(USAGES)
    missing = [usage for usage in USAGES if found[usage] is None]
    if missing:
        await _upload_keys(server, device.mxid, identity.upload(missing), password)
    if missing or not _served(answer, device.mxid, device.id, identity).is_signed:
        log.info("matrix_device_signed", device=device.id)
        await _sign_device(server, device, identity)
    if not (await served(server, device.mxid, device.id, identity)).is_whole:
        raise CannotSign(CannotSign.__doc__)


def _served(answer: Mapping[str, Any], mxid: str, device: str, identity: OwnIdentity) -> Served:
    found = shown(mxid, answer)
    is_ours = _public_keys(answer, mxid) == identity.public_keys
    return Served(found.master_key, is_ours, is_ours and device in found.signed)


def _public_keys(answer: Mapping[str, Any], mxid: str) -> dict[str, str | None]:
    """The public key of each usage, where one is served."""
    found = {usage: answer.get(f"{usage}_keys", {}).get(mxid, {}) for usage in USAGES}
    return {usage: next(iter(one.get("keys", {}).values()), None) for usage, one in found.items()}


async def _upload_keys(
    server: Homeserver, mxid: str, body: Mapping[str, Any], password: str
) -> None:
    """The first time needs no password, later times do."""
    path = "/keys/device_signing/upload"
    try:
        await server.call("POST", path, body)
    except Denied as denied:
        if denied.status != _UNAUTHORIZED or not _takes_password(denied.body):
            raise CannotSign(CannotSign.__doc__) from None
        auth = password_auth(mxid, password) | {"session": denied.body.get("session")}
        await server.call("POST", path, {**body, "auth": auth})


async def _sign_device(server: Homeserver, device: Device, identity: OwnIdentity) -> None:
    answer = await _query(server, device.mxid)
    keys = answer.get("device_keys", {}).get(device.mxid, {}).get(device.id)
    if keys is None or keys.get("keys", {}).get(f"ed25519:{device.id}") != device.ed25519:
        # Others encrypt to keys that are not on this disk.
        raise CryptoStoreLost(CryptoStoreLost.__doc__)
    signed = {device.mxid: {device.id: identity.vouched(keys)}}
    await server.call("POST", "/keys/signatures/upload", signed)


def password_auth(mxid: str, password: str) -> dict[str, Any]:
    identifier = {"type": "m.id.user", "user": mxid}
    return {"type": PASSWORD_STAGE, "identifier": identifier, "password": password}


def _takes_password(body: Mapping[str, Any]) -> bool:
    return any(flow.get("stages") == [PASSWORD_STAGE] for flow in body.get("flows", ()))


async def _query(server: Homeserver, mxid: str) -> dict[str, Any]:
    return await server.call("POST", "/keys/query", {"device_keys": {mxid: []}})


def _new_seeds() -> str:
    seeds = (encode_signing_key_base64(generate_signing_key("")) for _ in USAGES)
    return json.dumps(dict(zip(USAGES, seeds, strict=True)))


def _identity(mxid: str, kept: str) -> OwnIdentity:
    return OwnIdentity(mxid, {usage: _key(seed) for usage, seed in json.loads(kept).items()})


def _key(seed: str) -> SigningKey:
    public = _public(decode_signing_key_base64("ed25519", "", seed))
    return decode_signing_key_base64("ed25519", public, seed)


def _public(key: SigningKey) -> str:
    return encode_verify_key_base64(get_verify_key(key))
