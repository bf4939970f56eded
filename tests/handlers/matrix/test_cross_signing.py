"""Our own identity as everybody else sees it: what /keys/query serves, checked independently."""

from collections.abc import Collection
from typing import Any

import pytest

from handlers.matrix import cross_signing
from handlers.matrix.cross_signing import CannotSign, OwnIdentity
from tests.handlers.matrix.conftest import NewPerson
from tests.handlers.matrix.desk import Desk, text
from tests.matrix_person import Person


async def own_curve(bot: Desk, reader: Person) -> str:
    ((id, device),) = (await reader.keys_of(bot.mxid))["device_keys"][bot.mxid].items()
    return str(device["keys"][f"curve25519:{id}"])


async def test_the_first_start_signs_the_device_as_everybody_can_check(
    bot: Desk, carla: Person
) -> None:
    await bot.session.start()
    assert await carla.trusts(bot.mxid, await own_curve(bot, carla))
    assert (await bot.session.served()).is_whole


async def test_later_starts_change_nothing(bot: Desk, carla: Person) -> None:
    await bot.session.start()
    before = await carla.keys_of(bot.mxid)
    await bot.restart()
    await bot.session.start()
    assert await carla.keys_of(bot.mxid) == before


async def test_killed_before_the_device_was_signed_the_next_start_signs_it(
    bot: Desk, carla: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*anything: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as now:
        now.setattr(cross_signing, "_sign_device", killed)
        with pytest.raises(KeyboardInterrupt):
            await bot.session.start()
    assert not await carla.trusts(bot.mxid, await own_curve(bot, carla))
    await bot.restart()
    await bot.session.start()
    assert await carla.trusts(bot.mxid, await own_curve(bot, carla))


async def test_an_identity_that_others_replaced_is_begun_anew(
    bot: Desk, carla: Person, new_person: NewPerson
) -> None:
    """The homeserver takes no key twice, and wants the password this time."""
    await bot.session.start()
    ours = (await bot.session.served()).master_key
    intruder = await new_person("inbreker", mxid=bot.mxid, signed=False)
    await intruder.cross_sign(device=False)
    theirs = await bot.session.served()
    assert not theirs.is_ours
    await bot.restart()
    await bot.session.start()
    now = await bot.session.served()
    assert now.is_whole
    assert len({ours, theirs.master_key, now.master_key}) == 3
    device = (await carla.keys_of(bot.mxid))["device_keys"][bot.mxid]
    id = (await bot.session._server.call("GET", "/account/whoami"))["device_id"]
    assert await carla.trusts(bot.mxid, device[id]["keys"][f"curve25519:{id}"])


async def test_what_was_uploaded_half_is_made_whole(
    bot: Desk, carla: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = OwnIdentity.upload

    def only_master(identity: OwnIdentity, usages: Collection[str]) -> dict[str, Any]:
        return upload(identity, ["master"])

    with monkeypatch.context() as now:
        now.setattr(OwnIdentity, "upload", only_master)
        with pytest.raises(CannotSign):
            await bot.session.start()
    await bot.restart()
    await bot.session.start()
    assert await carla.trusts(bot.mxid, await own_curve(bot, carla))


async def test_who_only_reads_signed_devices_reads_nothing_of_an_unsigned_one(
    bot: Desk, carla: Person, new_person: NewPerson
) -> None:
    """The check of the check: the person of these tests does refuse."""
    async with bot.reading():
        room = await bot.room_with(carla)
        bram = await new_person("bram", signed=False)
        await bot.session.invite(room, bram.mxid)
        await bram.join(room)
        await bram.type(room, "ik ben niet ondertekend")
        await bot.session.send(room, "1", text("ik wel"), to=[carla.mxid])
        await carla.sees("ik wel")
    assert carla.refused == [bram.mxid]
