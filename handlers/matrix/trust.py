"""Whom we encrypt to and whom we believe: only devices their owner signed, of a pinned identity.

The chain is checked here, from what the homeserver serves: the master key that was pinned when we
first met this user, the self-signing key it signed, the devices that one signed.
"""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import structlog
from signedjson.key import decode_verify_key_bytes
from signedjson.sign import SignatureVerifyException, verify_signed_json
from unpaddedbase64 import decode_base64

from bot.ports.store import Pin, Store, Work
from bot.ports.tools import Clock
from handlers.matrix.device import Device
from handlers.matrix.events import Changed
from handlers.matrix.homeserver import Homeserver

log = structlog.get_logger()

KEY_BYTES = 32


class Standing(StrEnum):
    PINNED = "pinned"
    """Known, and the same as ever. `confirmed_by` says whether somebody compared it."""
    CHANGED = "changed"
    """Shows another identity than the pinned one; nothing goes to or comes from this user."""
    NONE = "none"
    """Shows no identity: has not set up secure backup (cross-signing) yet."""


@dataclass(frozen=True, slots=True)
class Identity:
    """`master_key` is what the homeserver shows now; `devices` are the ids we trust."""

    mxid: str
    standing: Standing = Standing.NONE
    master_key: str | None = None
    devices: frozenset[str] = frozenset()
    confirmed_by: str | None = None

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.master_key or "")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the homeserver shows of one user, checked. `devices` are well-formed and prove their own
    key; `signed` are those the identity vouches for."""

    master_key: str | None = None
    devices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    signed: frozenset[str] = frozenset()


def fingerprint(key: str) -> str:
    """A master key in groups of four, to be read aloud and compared."""
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


class TrustBook:
    """What is known of the users we meet. Looked up when needed, and again when told it changed."""

    def __init__(
        self, server: Homeserver, device: Device, store: Store, clock: Clock, changed: Changed
    ) -> None:
        self._server = server
        self._device = device
        self._store = store
        self._clock = clock
        self._tell = changed
        self._identities: dict[str, Identity] = {}
        self._fresh: set[str] = set()
        self._turn = asyncio.Lock()

    def outdated(self, mxids: Collection[str]) -> None:
        """The devices of these users changed."""
        self._fresh.difference_update(mxids)

    def identity(self, mxid: str) -> Identity:
        return self._identities.get(mxid, Identity(mxid))

    def wrote(self, mxid: str, curve25519: str, ed25519: str) -> bool:
        """Whether these are the keys of a trusted device of this user."""
        return any(
            (signing, identity) == (ed25519, curve25519)
            for _, signing, identity in self._device.trusted(mxid)
        )

    async def look_up(self, mxids: Collection[str]) -> frozenset[str]:
        """Asks for what is not known, or may have changed. Returns the users whose trusted devices
        are others than before. Raises TryLater, TokenRefused, Denied."""
        async with self._turn:
            return await self._look_up(mxids)

    async def _look_up(self, mxids: Collection[str]) -> frozenset[str]:
        wanted = sorted(set(mxids) - self._fresh)
        if not wanted:
            return frozenset()
        # A change that is told while we ask must not be lost.
        self._fresh.update(wanted)
        try:
            query: dict[str, Any] = {"device_keys": {mxid: [] for mxid in wanted}}
            answer = await self._server.call("POST", "/keys/query", query)
            failed = set(answer.get("failures", {}))
            seen = {
                mxid: shown(mxid, answer) for mxid in wanted if mxid.partition(":")[2] not in failed
            }
            identities = await self._judged(seen)
        except BaseException:
            self._fresh.difference_update(wanted)
            raise
        self._fresh.difference_update(set(wanted) - set(seen))
        return frozenset(mxid for mxid in seen if self._learned(identities[mxid], seen[mxid]))

    def _learned(self, identity: Identity, found: Shown) -> bool:
        if identity.standing is Standing.CHANGED:
            # It may be confirmed at any moment, by another process.
            self._fresh.discard(identity.mxid)
        self._identities[identity.mxid] = identity
        return self._device.learn(identity.mxid, found.devices, identity.devices)

    async def _judged(self, seen: Mapping[str, Shown]) -> dict[str, Identity]:
        async with self._store.reading() as work:
            pins = {mxid: await work.trust.pin(mxid) for mxid in seen}
        if any(_noted(pins[mxid], mxid, found, self._clock) for mxid, found in seen.items()):
            async with self._store.work() as work:
                pins = {mxid: await self._pinned(work, mxid, found) for mxid, found in seen.items()}
        return {mxid: judged(mxid, pins[mxid], found) for mxid, found in seen.items()}

    async def _pinned(self, work: Work, mxid: str, found: Shown) -> Pin | None:
        pin = await work.trust.pin(mxid)
        changed = _noted(pin, mxid, found, self._clock)
        if changed is None:
            return pin
        await work.trust.put(changed)
        if changed.offered is not None:
            log.warning("matrix_identity_changed", of=mxid, advice="seintje people trust")
            await self._tell(work, mxid)
        return changed


def _noted(pin: Pin | None, mxid: str, found: Shown, clock: Clock) -> Pin | None:
    """How the pin must be changed by what is shown; None when it need not."""
    master = found.master_key
    if master is None:
        return None
    if pin is None:
        return Pin(mxid, master, clock.now())
    if master == pin.master_key:
        return None if pin.offered is None else replace(pin, offered=None)
    return None if pin.offered == master else replace(pin, offered=master, changed_at=clock.now())


def judged(mxid: str, pin: Pin | None, found: Shown) -> Identity:
    """What the user's identity is worth."""
    if pin is None or found.master_key is None:
        return Identity(mxid, Standing.NONE, found.master_key)
    if pin.master_key != found.master_key:
        return Identity(mxid, Standing.CHANGED, found.master_key)
    return Identity(mxid, Standing.PINNED, found.master_key, found.signed, pin.confirmed_by)


def shown(mxid: str, answer: Mapping[str, Any]) -> Shown:
    """Reads what /keys/query says of a user. What is malformed counts as not there."""
    master = _cross_signing_key(mxid, answer, "master_keys", "master", None)
    signing = master and _cross_signing_key(
        mxid, answer, "self_signing_keys", "self_signing", master
    )
    devices = {}
    signed = set()
    for id, payload in _mapping(_mapping(answer, "device_keys"), mxid).items():
        if not _is_well_formed(mxid, id, payload):
            log.warning("matrix_device_set_aside", of=mxid)
            continue
        # nio changes what it is given.
        devices[id] = dict(payload)
        if signing and _is_signed(payload, mxid, signing, signing):
            signed.add(id)
    return Shown(master, devices, frozenset(signed))


def _cross_signing_key(
    mxid: str, answer: Mapping[str, Any], kind: str, usage: str, by: str | None
) -> str | None:
    """The public key, when it is this user's, of that kind, and signed by key `by`."""
    found = _mapping(_mapping(answer, kind), mxid)
    keys = _mapping(found, "keys")
    usages = found.get("usage")
    if found.get("user_id") != mxid or not isinstance(usages, list) or usage not in usages:
        return None
    if len(keys) != 1:
        return None
    ((name, key),) = keys.items()
    if name != f"ed25519:{key}" or not _is_key(key):
        return None
    if by is not None and not _is_signed(found, mxid, by, by):
        return None
    return str(key)


def _is_well_formed(mxid: str, id: str, payload: Any) -> bool:
    if not isinstance(payload, dict):
        return False
    keys = _mapping(payload, "keys")
    signing, identity = keys.get(f"ed25519:{id}"), keys.get(f"curve25519:{id}")
    if payload.get("user_id") != mxid or payload.get("device_id") != id:
        return False
    if not isinstance(payload.get("unsigned", {}), dict):
        return False
    return _is_key(signing) and _is_key(identity) and _is_signed(payload, mxid, id, str(signing))


def _is_key(key: Any) -> bool:
    try:
        return isinstance(key, str) and len(decode_base64(key)) == KEY_BYTES
    except ValueError:
        return False


def _is_signed(payload: Mapping[str, Any], mxid: str, name: str, key: str) -> bool:
    """Whether the user's key of that name signed it."""
    try:
        verify_key = decode_verify_key_bytes(f"ed25519:{name}", decode_base64(key))
        verify_signed_json(dict(payload), mxid, verify_key)
    except (SignatureVerifyException, ValueError, TypeError, KeyError, AttributeError):
        return False
    return True


def _mapping(found: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = found.get(key)
    return value if isinstance(value, dict) else {}
