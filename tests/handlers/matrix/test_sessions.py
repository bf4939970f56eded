"""One device for ever: through restarts, ended tokens, a homeserver away, and a lost file."""

import shutil
import stat
import time
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bot.ports.store import StorageBusy, Store
from handlers.matrix import account
from handlers.matrix.account import DeviceGone, Login, LoginRefused, recover
from handlers.matrix.device import FILE, CryptoStoreLost
from handlers.matrix.homeserver import Homeserver
from handlers.matrix.session import MatrixSession
from storage.seen import SqlCursors
from tests.handlers.matrix.desk import Desk, RealClock, text
from tests.matrix_person import PASSWORD, Person
from tests.synapse import Synapse


async def device_of(bot: Desk, carla: Person) -> str:
    """The one device the homeserver has of the bot."""
    (id,) = (await carla.keys_of(bot.mxid))["device_keys"][bot.mxid]
    return str(id)


async def test_a_restart_goes_on_with_the_same_device(bot: Desk, carla: Person) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
        device = await device_of(bot, carla)
    said = await carla.type(room, "terwijl u weg was")
    await bot.restart()
    async with bot.reading():
        assert (await bot.until_event(said)).fault is None
        await bot.session.send(room, "1", text("ik ben terug"))
        await carla.sees("ik ben terug")
    assert await device_of(bot, carla) == device


async def test_a_token_that_runs_out_is_renewed_for_the_same_device(
    bot: Desk, carla: Person, synapse: Synapse
) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
        device = await device_of(bot, carla)
    bot.session._server.token = await expired_token(synapse, bot.mxid)
    async with bot.reading():
        assert (await bot.until_event(await carla.type(room, "dag"))).fault is None
        await bot.session.send(room, "1", text("dag"))
        await carla.sees("dag")
    assert await device_of(bot, carla) == device


async def test_a_device_that_was_ended_asks_for_a_new_one(bot: Desk) -> None:
    await bot.session.start()
    await bot.session._server.call("POST", "/logout/all", {})
    with pytest.raises(DeviceGone, match="seintje matrix recover"):
        async with bot.reading():
            await bot.until(lambda: False)


async def test_a_homeserver_that_is_away_is_waited_for(
    bot: Desk, carla: Person, synapse: Synapse
) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
        synapse.stop()
        synapse.start()
        said = [await carla.type(room, body) for body in ("een", "twee")]
        await bot.until_event(said[-1])
        await bot.session.send(room, "1", text("weer daar"))
        await carla.sees("weer daar")
    assert bot.messages == ["een", "twee"]


async def test_a_lost_file_says_what_to_do_and_recovers_as_a_new_signed_device(
    bot: Desk, carla: Person
) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
        old = await device_of(bot, carla)
    await bot.session.close()
    shutil.rmtree(bot.login.folder)
    unread = await carla.type(room, "aan het oude apparaat")
    bot.session = bot.new_session()
    with pytest.raises(CryptoStoreLost, match="seintje matrix recover"):
        await bot.session.start()
    await bot.session.close()

    await recovered(bot)
    async with bot.reading():
        assert (await bot.until_event(unread)).fault == "undecryptable"
        assert (await bot.until_event(await carla.type(room, "opnieuw"))).fault is None
        await bot.session.send(room, "1", text("nieuw apparaat"))
        await carla.sees("nieuw apparaat")
        assert (await bot.session.served()).is_whole
    assert await device_of(bot, carla) != old


async def test_an_old_copy_of_the_file_is_never_used(bot: Desk, carla: Person) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
    await bot.session.close()
    old = (bot.login.folder / FILE).read_bytes()
    bot.session = bot.new_session()
    async with bot.reading():
        await bot.until_event(await carla.type(room, "later"))
    await bot.session.close()
    (bot.login.folder / FILE).write_bytes(old)
    bot.session = bot.new_session()
    with pytest.raises(CryptoStoreLost):
        await bot.session.start()


async def test_a_file_of_another_master_key_is_no_file(bot: Desk) -> None:
    await bot.session.start()
    await bot.session.close()
    file = bot.login.folder / FILE
    file.write_bytes(b"iets heel anders" * 1000)
    bot.session = bot.new_session()
    with pytest.raises(CryptoStoreLost):
        await bot.session.start()


async def test_killed_before_the_keys_were_uploaded_the_same_ones_are(
    bot: Desk, carla: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are on the disk first: otherwise the homeserver would say for ever that a one-time key
    already exists."""
    call = Homeserver.call

    async def killed(
        server: Homeserver, method: str, path: str, *rest: Any, **more: Any
    ) -> dict[str, Any]:
        answer = await call(server, method, path, *rest, **more)
        if path == "/keys/upload":
            raise KeyboardInterrupt
        return answer

    with monkeypatch.context() as now:
        now.setattr(Homeserver, "call", killed)
        with pytest.raises(KeyboardInterrupt):
            await bot.session.start()
    await bot.restart()
    async with bot.reading():
        room = await bot.room_with(carla)
        assert (await bot.until_event(await carla.type(room, "dag"))).fault is None


async def test_killed_while_logging_in_there_is_one_device(
    bot: Desk, carla: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = account._keep

    async def killed(store: Store, kept: account.KeptDevice) -> None:
        if kept.token is not None:
            raise KeyboardInterrupt
        await keep(store, kept)

    with monkeypatch.context() as now:
        now.setattr(account, "_keep", killed)
        with pytest.raises(KeyboardInterrupt):
            await bot.session.start()
    await bot.restart()
    await bot.session.start()
    found = await bot.session._server.call("GET", "/devices")
    assert [one["device_id"] for one in found["devices"]] == [await device_of(bot, carla)]
    assert (await bot.session.served()).is_whole


async def test_a_wrong_password_is_said(bot: Desk) -> None:
    login = Login(bot.login.homeserver, bot.mxid, "iets anders", bot.login.folder)
    session = MatrixSession(login, bot.store, RealClock())
    try:
        with pytest.raises(LoginRefused):
            await session.start()
    finally:
        await session.close()


async def test_tokens_and_keys_stand_nowhere_in_clear(bot: Desk) -> None:
    await bot.session.start()
    identity = await bot.session.served()
    token = bot.session._server.token
    async with bot.store.reading() as work:
        seeds = await work.secrets.get("matrix-cross-signing")
    assert seeds is not None
    assert identity.is_whole
    secrets = [token, *seeds.replace('"', " ").replace(",", " ").split()[1::2], PASSWORD]
    for file in (path for path in bot.folder.rglob("*") if path.is_file()):
        for secret in secrets:
            assert len(secret) < 8 or secret.encode() not in file.read_bytes(), file
    crypto = bot.login.folder / FILE
    assert stat.S_IMODE(crypto.stat().st_mode) == 0o600
    assert stat.S_IMODE(bot.login.folder.stat().st_mode) == 0o700


async def recovered(bot: Desk) -> None:
    server = Homeserver(bot.synapse.url)
    await recover(bot.store, bot.login, server)
    await server.close()
    bot.session = bot.new_session()


async def expired_token(synapse: Synapse, mxid: str) -> str:
    """A token of this account that ran out: the homeserver says so as a soft logout."""
    admin = synapse.register(f"beheer-{uuid4().hex[:8]}", PASSWORD, admin=True)
    async with httpx.AsyncClient(base_url=synapse.url) as http:
        identifier = {"type": "m.id.user", "user": admin}
        login = {"type": "m.login.password", "identifier": identifier, "password": PASSWORD}
        token = (await http.post("/_matrix/client/v3/login", json=login)).json()["access_token"]
        answer = await http.post(
            f"/_synapse/admin/v1/users/{mxid}/login",
            json={"valid_until_ms": int(time.time() * 1000) + 1},
            headers={"Authorization": f"Bearer {token}"},
        )
        expired: str = answer.json()["access_token"]
        while True:
            who = await http.get(
                "/_matrix/client/v3/account/whoami",
                headers={"Authorization": f"Bearer {expired}"},
            )
            if who.status_code == httpx.codes.UNAUTHORIZED:
                return expired


async def test_a_database_that_is_away_is_waited_for(
    bot: Desk, carla: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
        asked: list[str] = []
        get = SqlCursors.get

        async def busy(cursors: SqlCursors, name: str) -> str | None:
            asked.append(name)
            if len(asked) < 3:
                raise StorageBusy
            return await get(cursors, name)

        monkeypatch.setattr(SqlCursors, "get", busy)
        said = [await carla.type(room, body) for body in ("een", "twee")]
        await bot.until_event(said[-1])
        assert len(asked) >= 3
    assert bot.messages == ["een", "twee"]
