"""`seintje matrix`: the bot's own device and identity; `seintje people trust`: those of people."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

from rich.table import Table

from bot.app.trusting import NobodyMet, confirm_identity
from bot.cli.console import (
    FAILED,
    catalogue,
    language,
    refuse,
    say,
    system_user,
    wide_console,
)
from bot.config import BadConfiguration, matrix_password
from bot.domain.disclosure import Text, public
from bot.ports.doors import Refused, TryLater, Unreachable
from bot.ports.store import Pin, ServedAlready, Store
from bot.wiring import MATRIX_LEASE, Parts
from handlers.matrix.account import DeviceGone, Login, LoginRefused, recover
from handlers.matrix.cross_signing import CannotSign
from handlers.matrix.device import CryptoStoreLost
from handlers.matrix.homeserver import Denied, Homeserver
from handlers.matrix.session import MatrixSession
from handlers.matrix.status import status
from handlers.matrix.trust import fingerprint

ALONE_FOR = timedelta(minutes=2)
HEADINGS = ("matrix_session.head.who", "matrix_session.head.state", "matrix_session.head.key")


async def log_in(found: Parts) -> None:
    """Logs in, or checks the login there is, and signs the device. Exit 2 with what to do."""
    login = _login(found)
    async with _alone(found.store), _said_clearly():
        session = MatrixSession(login, found.store, found.clock)
        try:
            await session.start()
            key = (await session.served()).master_key or ""
        finally:
            await session.close()
    fields = {"mxid": public(login.mxid), "key": public(fingerprint(key))}
    say(Text("matrix_session.logged_in", fields))


async def recover_device(found: Parts) -> None:
    """A new device, signed; the old one is ended. Exit 2 with what to do."""
    login = _login(found)
    async with _alone(found.store), _said_clearly():
        server = Homeserver(login.homeserver)
        try:
            await recover(found.store, login, server)
        finally:
            await server.close()
    say(Text("matrix_session.recovered"))
    await log_in(found)


async def show_status(found: Parts) -> None:
    """What the homeserver shows of the bot; exit 1 when something is wrong."""
    login = _login(found)
    now = await status(found.store, login)
    if now.device is None:
        refuse(Text("matrix_session.never_logged_in"), FAILED)
    if not now.has_file:
        refuse(Text("matrix_session.lost"), FAILED)
    if now.served is None:
        refuse(Text("matrix_session.away", {"error": public(login.homeserver)}), FAILED)
    if not now.served.is_whole:
        refuse(Text("matrix_session.not_signed"), FAILED)
    key = fingerprint(now.served.master_key or "")
    fields = {"mxid": public(login.mxid), "device": public(now.device), "key": public(key)}
    say(Text("matrix_session.well", fields))


async def show_trust(found: Parts) -> None:
    """Everybody the bot met on Matrix: whether somebody compared their identity, and its key."""
    async with found.store.reading() as work:
        pins = await work.trust.pins()
    if not pins:
        say(Text("trust.nobody_yet"))
        return
    table = Table(*(catalogue().plain(Text(key), language()) for key in HEADINGS))
    for pin in pins:
        state = catalogue().plain(Text(_state_of(pin)), language())
        table.add_row(pin.mxid, state, fingerprint(pin.offered or pin.master_key))
    wide_console().print(table)


async def trust_identity(found: Parts, mxid: str) -> None:
    """Confirms the identity this address shows now. Exit 2 when nobody ever met it."""
    async with found.store.work() as work:
        try:
            pin = await confirm_identity(found.house, work, mxid, system_user())
        except NobodyMet:
            refuse(Text("trust.nobody", {"mxid": public(mxid)}))
    fields = {"mxid": public(mxid), "key": public(fingerprint(pin.master_key))}
    say(Text("trust.confirmed", fields))


def _state_of(pin: Pin) -> str:
    if pin.offered is not None:
        return "trust.state.changed"
    return "trust.state.compared" if pin.confirmed_by else "trust.state.first_use"


def _login(found: Parts) -> Login:
    matrix = found.settings.matrix
    if matrix is None:
        refuse(Text("matrix_session.no_section"))
    try:
        password = matrix_password(matrix)
    except BadConfiguration as wrong:
        refuse(wrong.text)
    return Login(matrix.homeserver, matrix.user_id, password, matrix.store_dir, matrix.device_name)


@asynccontextmanager
async def _alone(store: Store) -> AsyncIterator[None]:
    """Two programs on one device would use the same keys twice: the service must not run."""
    if not store.is_shared:
        try:
            async with store.serving(lambda: None):
                yield
        except ServedAlready:
            refuse(Text("matrix_session.service_runs"))
        return
    holder = uuid4().hex
    async with store.work() as work:
        if not await work.leases.take(MATRIX_LEASE, holder, ALONE_FOR):
            refuse(Text("matrix_session.service_runs"))
    try:
        yield
    finally:
        async with store.work() as work:
            await work.leases.release(MATRIX_LEASE, holder)


@asynccontextmanager
async def _said_clearly() -> AsyncIterator[None]:
    try:
        yield
    except LoginRefused:
        refuse(Text("matrix_session.login_refused"))
    except CryptoStoreLost:
        refuse(Text("matrix_session.lost"))
    except DeviceGone:
        refuse(Text("matrix_session.gone"))
    except CannotSign:
        refuse(Text("matrix_session.cannot_sign"))
    except (TryLater, Refused, Unreachable) as fault:
        refuse(Text("matrix_session.away", {"error": public(fault.error)}), FAILED)
    except Denied as denied:
        refuse(Text("matrix_session.away", {"error": public(denied.errcode)}), FAILED)
