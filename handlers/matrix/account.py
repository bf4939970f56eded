"""Logging in once, and going on with the same device for ever after."""

import json
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

import structlog

from bot.ports.store import Store
from handlers.matrix.cross_signing import password_auth
from handlers.matrix.device import CryptoStoreLost, Device
from handlers.matrix.homeserver import Denied, Homeserver, TokenRefused

log = structlog.get_logger()

SECRET = "matrix-device"  # noqa: S105  # a name, no secret
CURSOR = "matrix:sync"
ROUND = "matrix:round"
_FORBIDDEN = 403


class LoginRefused(Exception):
    """The homeserver does not take this name and password; check both in the configuration."""


class DeviceGone(Exception):
    """This device was ended on the homeserver: make a new one with `seintje matrix recover`."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who we are at which homeserver; `folder` is where the encryption sessions are kept."""

    homeserver: str
    mxid: str
    password: str
    folder: Path
    device_name: str = "Seintje"


@dataclass(frozen=True, slots=True)
class KeptDevice:
    """Our device as it is kept. Without a token it never logged in."""

    id: str
    token: str | None = None


async def log_in(store: Store, login: Login, server: Homeserver) -> Device:
    """Our device, with a token that was good the last time.

    Raises LoginRefused, CryptoStoreLost, TryLater, Denied.
    """
    kept = await kept_device(store)
    if kept is None:
        kept = KeptDevice(f"SEINTJE{secrets.token_hex(4).upper()}")
        await _keep(store, kept)
    if kept.token is None:
        # A folder from before is of a device that is no more.
        shutil.rmtree(login.folder, ignore_errors=True)
        device = Device(login.mxid, kept.id, login.folder, store.crypto_key, new=True)
        await _ask_token(store, login, server, kept.id)
        return device
    device = Device(login.mxid, kept.id, login.folder, store.crypto_key)
    if device.last_sync < await _round(store):
        # An old copy of the file would use keys a second time.
        device.close()
        raise CryptoStoreLost(CryptoStoreLost.__doc__)
    server.token = kept.token
    return device


async def renew(store: Store, login: Login, server: Homeserver, refused: TokenRefused) -> None:
    """A new token for the same device. Raises DeviceGone, LoginRefused, TryLater, Denied."""
    kept = await kept_device(store)
    if kept is None or not refused.soft:
        raise DeviceGone(DeviceGone.__doc__)
    log.warning("matrix_token_renewed")
    await _ask_token(store, login, server, kept.id)


async def recover(store: Store, login: Login, server: Homeserver) -> None:
    """Forgets our device, and ends it on the homeserver where that can be; the next `log_in` makes
    a new one. What was written to the old device and not read yet cannot be read any more."""
    kept = await kept_device(store)
    async with store.work() as work:
        await work.secrets.remove(SECRET)
        await work.cursors.put(ROUND, "0")
    shutil.rmtree(login.folder, ignore_errors=True)
    await log_in(store, login, server)
    if kept is not None:
        await _end_device(server, login, kept.id)


async def _end_device(server: Homeserver, login: Login, id: str) -> None:
    body = {"devices": [id]}
    try:
        await server.call("POST", "/delete_devices", body)
    except Denied as denied:
        auth = password_auth(login.mxid, login.password) | {"session": denied.body.get("session")}
        try:
            await server.call("POST", "/delete_devices", {**body, "auth": auth})
        except Denied as still:
            log.warning("matrix_old_device_stays", error=still.errcode)


async def _ask_token(store: Store, login: Login, server: Homeserver, id: str) -> None:
    body = password_auth(login.mxid, login.password) | {
        "device_id": id,
        "initial_device_display_name": login.device_name,
    }
    server.token = ""
    try:
        answer = await server.call("POST", "/login", body)
    except Denied as denied:
        if denied.status == _FORBIDDEN:
            raise LoginRefused(LoginRefused.__doc__) from None
        raise
    server.token = str(answer["access_token"])
    await _keep(store, KeptDevice(id, server.token))


async def _round(store: Store) -> int:
    async with store.reading() as work:
        return int(await work.cursors.get(ROUND) or 0)


async def kept_device(store: Store) -> KeptDevice | None:
    """None before the first login."""
    async with store.reading() as work:
        found = await work.secrets.get(SECRET)
    return KeptDevice(**json.loads(found)) if found else None


async def _keep(store: Store, kept: KeptDevice) -> None:
    async with store.work() as work:
        await work.secrets.put(SECRET, json.dumps({"id": kept.id, "token": kept.token}))
