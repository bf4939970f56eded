"""Who gets keys, when something counts as delivered, and what is said when it does not."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from bot.ports.doors import TryLater
from handlers.matrix.files import BadFile
from handlers.matrix.homeserver import Homeserver
from handlers.matrix.outcomes import IdentityChanged, NotInRoom, NotReadable, RoomUnsafe
from handlers.matrix.rooms import RoomRules
from handlers.matrix.trust import Standing
from tests.handlers.matrix.conftest import NewPerson
from tests.handlers.matrix.desk import Desk, text
from tests.matrix_person import PASSWORD, Person


@pytest.fixture
async def reading(bot: Desk) -> AsyncIterator[None]:
    async with bot.reading():
        yield


@pytest.fixture
async def room(bot: Desk, carla: Person, reading: None) -> str:
    return await bot.room_with(carla)


async def wire(carla: Person, room: str, event: str) -> dict[str, Any]:
    """An event as the homeserver has it."""
    return await carla.ask("GET", f"/rooms/{room}/event/{event}")


async def test_the_homeserver_sees_no_text(bot: Desk, carla: Person, room: str) -> None:
    event = await bot.session.send(room, "1", text("geheim"))
    edit = await bot.session.edit(room, "2", event, text("geheimer"))
    for id in (event, edit):
        raw = await wire(carla, room, id)
        assert raw["type"] == "m.room.encrypted"
        assert "geheim" not in str(raw)


async def test_the_same_transaction_is_one_event(bot: Desk, carla: Person, room: str) -> None:
    first = await bot.session.send(room, "1", text("eens"))
    await bot.restart()
    async with bot.reading():
        await bot.until(lambda: room in bot.session.rooms())
        assert await bot.session.send(room, "1", text("eens")) == first
        await bot.session.send(room, "2", text("klaar"))
    await carla.sees("klaar")
    assert [line.text for line in carla.lines] == ["eens", "klaar"]


async def test_what_was_sent_long_ago_is_found_again_before_it_is_repeated(
    bot: Desk, carla: Person, room: str
) -> None:
    first = await bot.session.send(room, "1", text("eens"))
    await carla.type_content(room, {"msgtype": "m.text", "body": "x", "nl.seintje.txn": "2"})
    await bot.restart()
    async with bot.reading():
        await bot.until(lambda: room in bot.session.rooms())
        assert await bot.session.find(room, "1") == first
        assert await bot.session.find(room, "2") is None


async def test_an_edit_takes_the_place_of_the_message(bot: Desk, carla: Person, room: str) -> None:
    event = await bot.session.send(room, "1", text("open"))
    await bot.session.edit(room, "2", event, text("klaar"))
    line = await carla.sees("* klaar")
    assert line.content["m.new_content"]["body"] == "klaar"
    assert line.content["m.relates_to"] == {"rel_type": "m.replace", "event_id": event}


async def test_what_is_redacted_is_gone(bot: Desk, carla: Person, room: str) -> None:
    said = await carla.type(room, "dit mag hier niet")
    await bot.session.redact(room, "1", said)
    assert (await wire(carla, room, said))["content"] == {}


async def test_a_rogue_device_gets_no_key(
    bot: Desk, carla: Person, new_person: NewPerson, room: str
) -> None:
    rogue = await new_person("carla", mxid=carla.mxid, signed=False)
    await rogue.look()
    await bot.session.send(room, "1", text("alleen voor Carla"))
    await carla.sees("alleen voor Carla")
    await rogue.look()
    assert rogue.lines == []
    assert len(rogue.unreadable) == 1


async def test_a_new_signed_device_reads_from_then_on(
    bot: Desk, carla: Person, new_person: NewPerson, room: str
) -> None:
    await bot.session.send(room, "1", text("voor"))
    assert carla.self_signing is not None
    phone = await new_person("carla", mxid=carla.mxid, signed=False)
    await carla.sign_device(carla.self_signing, phone.client.device_id)
    await bot.until_event(await phone.type(room, "mijn telefoon"))
    await bot.session.send(room, "2", text("na"))
    await phone.sees("na")
    assert [line.text for line in phone.lines] == ["na"]


async def test_who_has_no_signed_device_is_not_told_and_that_is_said(
    bot: Desk, new_person: NewPerson, reading: None
) -> None:
    bram = await new_person("bram", signed=False)
    room = await bot.room_with(bram)
    with pytest.raises(NotReadable) as found:
        await bot.session.send(room, "1", text("dag"))
    assert found.value.people == {bram.mxid}
    await bram.look()
    assert (bram.lines, bram.unreadable) == ([], [])
    await bram.cross_sign()
    await bot.until_event(await bram.type(room, "nu wel"))
    await bot.session.send(room, "1", text("dag"))
    await bram.sees("dag")


async def test_who_has_no_keys_left_is_not_told_and_that_is_said(
    bot: Desk, new_person: NewPerson, reading: None
) -> None:
    bram, other = await new_person("bram"), await new_person("ander")
    room = await bot.room_with(bram)
    device = bram.client.device_id
    claim = {"one_time_keys": {bram.mxid: {device: "signed_curve25519"}}}
    while (await other.ask("POST", "/keys/claim", claim))["one_time_keys"]:
        pass
    with pytest.raises(NotReadable):
        await bot.session.send(room, "1", text("dag"))


async def test_another_identity_gets_nothing_until_it_is_confirmed(
    bot: Desk, carla: Person, room: str
) -> None:
    before = await bot.session.trusted(carla.mxid)
    assert before.standing is Standing.PINNED
    assert before.devices == {carla.client.device_id}
    await carla.cross_sign()
    await bot.until_event(await carla.type(room, "ik ben het"))
    with pytest.raises(IdentityChanged) as found:
        await bot.session.send(room, "1", text("dag"))
    assert found.value.people == {carla.mxid}
    now = await bot.session.trusted(carla.mxid)
    assert now.standing is Standing.CHANGED
    assert now.fingerprint.replace(" ", "") == now.master_key != before.master_key
    assert bot.changed == [carla.mxid]
    await bot.confirm(carla.mxid)
    await bot.session.send(room, "2", text("dag Carla"))
    await carla.sees("dag Carla")


async def test_others_are_told_while_one_persons_identity_waits(
    bot: Desk, carla: Person, new_person: NewPerson, reading: None
) -> None:
    bram = await new_person("bram")
    room = await bot.room_with(carla, bram)
    await bot.session.send(room, "1", text("voor allen"))
    await bram.cross_sign()
    await bot.until_event(await bram.type(room, "nieuw toestel"))
    await bot.session.send(room, "2", text("voor Carla"), to=[carla.mxid])
    await carla.sees("voor Carla")
    await bram.look()
    assert [line.text for line in bram.lines] == ["voor allen"]
    assert len(bram.unreadable) == 1


async def test_who_is_removed_reads_nothing_from_then_on(
    bot: Desk, carla: Person, new_person: NewPerson, reading: None
) -> None:
    bram = await new_person("bram")
    room = await bot.room_with(carla, bram)
    await bot.session.send(room, "1", text("voor allen"))
    first = bot.session._open_client().device._olm.outbound_group_sessions[room].id
    await bot.session.kick(room, bram.mxid)
    assert bot.session.members(room).joined == {carla.mxid, bot.mxid}
    event = await bot.session.send(room, "2", text("zonder Bram"))
    await carla.sees("zonder Bram")
    sealed = (await wire(carla, room, event))["content"]
    assert sealed["session_id"] != first
    await bram.look()
    assert (
        bram.client.olm.inbound_group_store.get(room, sealed["sender_key"], sealed["session_id"])
        is None
    )
    with pytest.raises(NotInRoom):
        await bot.session.send(room, "3", text("Bram?"), to=[bram.mxid])
    await bot.session.kick(room, bram.mxid)  # who is gone already is no fault


async def test_a_removal_waits_for_what_is_being_said_and_nothing_slips_between(
    bot: Desk,
    carla: Person,
    new_person: NewPerson,
    reading: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bram = await new_person("bram")
    room = await bot.room_with(carla, bram)
    call, giving, go_on = Homeserver.call, asyncio.Event(), asyncio.Event()

    async def slow(server: Homeserver, method: str, path: str, *rest: Any, **more: Any) -> Any:
        if path.startswith("/sendToDevice"):
            giving.set()
            await go_on.wait()
        return await call(server, method, path, *rest, **more)

    monkeypatch.setattr(Homeserver, "call", slow)
    saying = asyncio.create_task(bot.session.send(room, "1", text("voor allen")))
    await giving.wait()
    removing = asyncio.create_task(bot.session.kick(room, bram.mxid))
    after = asyncio.create_task(bot.session.send(room, "2", text("zonder Bram")))
    await asyncio.sleep(0)
    go_on.set()
    events = [await saying, await after]
    await removing
    first, second = [(await wire(carla, room, event))["content"] for event in events]
    await bram.look()
    keys = {one.id for one in bram.client.olm.inbound_group_store}
    assert first["session_id"] in keys
    assert second["session_id"] not in keys
    await carla.sees("zonder Bram")


async def test_who_leaves_while_a_key_is_given_out_reads_nothing_more(
    bot: Desk,
    carla: Person,
    new_person: NewPerson,
    reading: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bram = await new_person("bram")
    room = await bot.room_with(carla, bram)
    call = Homeserver.call
    gone: list[Person] = []

    async def slow(server: Homeserver, method: str, path: str, *rest: Any, **more: Any) -> Any:
        answer = await call(server, method, path, *rest, **more)
        if path.startswith("/sendToDevice") and not gone:
            gone.append(bram)
            await bram.leave(room)
            await bot.until(lambda: bram.mxid not in bot.session.members(room).joined)
        return answer

    monkeypatch.setattr(Homeserver, "call", slow)
    event = await bot.session.send(room, "1", text("zonder Bram"), to=[carla.mxid])
    await carla.sees("zonder Bram")
    sealed = (await wire(carla, room, event))["content"]
    await bram.look()
    assert sealed["session_id"] not in {one.id for one in bram.client.olm.inbound_group_store}


async def test_who_is_only_invited_gets_no_key(
    bot: Desk, carla: Person, new_person: NewPerson, room: str
) -> None:
    bram = await new_person("bram")
    await bot.session.invite(room, bram.mxid)
    await bot.until(lambda: bram.mxid in bot.session.members(room).invited)
    with pytest.raises(NotInRoom):
        await bot.session.send(room, "1", text("dag"), to=[bram.mxid])
    await bot.session.send(room, "2", text("nog zonder Bram"))
    await bram.join(room)
    await bot.until(lambda: bram.mxid in bot.session.members(room).joined)
    await bot.session.send(room, "3", text("met Bram"))
    await bram.sees("met Bram")
    assert [line.text for line in bram.lines] == ["met Bram"]


async def test_a_room_has_every_rule_we_want(bot: Desk, carla: Person, room: str) -> None:
    state = {
        event["type"]: event["content"]
        for event in await bot.session._server.state(room)
        if event["state_key"] == ""
    }
    assert state["m.room.encryption"]["algorithm"] == "m.megolm.v1.aes-sha2"
    assert state["m.room.history_visibility"] == {"history_visibility": "joined"}
    assert state["m.room.join_rules"]["join_rule"] == "invite"
    assert state["m.room.guest_access"] == {"guest_access": "forbidden"}
    assert state["m.room.create"]["m.federate"] is False
    assert state["m.room.name"] == {"name": "K-1042"}
    assert bot.session.downgrades(room) == frozenset()
    dora = bot.synapse.register(f"dora-{uuid4().hex[:8]}", PASSWORD)
    for path, body in (
        (f"/rooms/{room}/invite", {"user_id": dora}),
        (f"/rooms/{room}/kick", {"user_id": bot.mxid}),
    ):
        await carla.ask("POST", path, body, ok=(403,))
    for event_type in ("m.room.name", "m.room.power_levels", "m.room.history_visibility"):
        await carla.ask("PUT", f"/rooms/{room}/state/{event_type}", {"name": "x"}, ok=(403,))


LOOSER: dict[str, dict[str, object]] = {
    "m.room.history_visibility": {"history_visibility": "shared"},
    "m.room.join_rules": {"join_rule": "public"},
    "m.room.guest_access": {"guest_access": "can_join"},
    "m.room.power_levels": {"users_default": 50},
}


async def test_in_a_room_that_was_loosened_nothing_is_said(bot: Desk, room: str) -> None:
    rules: set[str] = set()
    for event_type, content in LOOSER.items():
        await bot.session._server.call("PUT", f"/rooms/{room}/state/{event_type}", content)
        rules.add(event_type)
        await bot.until(lambda: bot.session.downgrades(room) == rules)
        with pytest.raises(RoomUnsafe) as found:
            await bot.session.send(room, "1", text("dag"))
        assert found.value.rules == rules


async def test_a_room_that_looks_unencrypted_again_stays_encrypted(
    bot: Desk, carla: Person, room: str
) -> None:
    path = f"/rooms/{room}/state/m.room.encryption"
    await bot.session._server.call("PUT", path, {"algorithm": "geen"})
    event = await bot.session.send(room, "1", text("dag"))
    assert (await wire(carla, room, event))["type"] == "m.room.encrypted"


async def test_too_fast_is_said_with_how_long_to_wait(bot: Desk, carla: Person, room: str) -> None:
    await slow_down(bot)
    messages = [bot.session.send(room, f"snel-{number}", text("snel")) for number in range(9)]
    with pytest.raises(TryLater) as found:
        await asyncio.gather(*messages)
    assert found.value.error == "flood"
    assert found.value.retry_after


async def test_a_room_nobody_knows_is_for_later(bot: Desk, reading: None) -> None:
    with pytest.raises(TryLater):
        await bot.session.send("!nergens:synapse.test", "1", text("dag"))


async def test_a_file_goes_there_and_back_and_the_homeserver_cannot_read_it(
    bot: Desk, carla: Person, room: str
) -> None:
    file = await bot.session.upload(b"een foto")
    assert await bot.session.download(file) == b"een foto"
    assert b"een foto" not in await bot.session._server.download(file["url"])
    other = await bot.session.upload(b"een andere")
    with pytest.raises(BadFile):
        await bot.session.download({**file, "url": other["url"]})
    for broken in ({}, {"url": 7}, {**file, "key": None}, {**file, "iv": "%"}):
        with pytest.raises(BadFile):
            await bot.session.download(broken)


async def test_a_direct_room_is_made_with_the_same_rules(
    bot: Desk, carla: Person, reading: None
) -> None:
    rules = RoomRules("Seintje", (carla.mxid,), is_direct=True)
    room = await bot.session.create_room(rules)
    assert bot.session.downgrades(room) == frozenset()
    assert bot.session.members(room).invited == {carla.mxid}


async def slow_down(bot: Desk) -> None:
    """From now on the homeserver lets the bot send about one message in ten seconds."""
    admin = bot.synapse.register(f"beheer-{uuid4().hex[:8]}", PASSWORD, admin=True)
    async with httpx.AsyncClient(base_url=bot.synapse.url) as http:
        identifier = {"type": "m.id.user", "user": admin}
        login = {"type": "m.login.password", "identifier": identifier, "password": PASSWORD}
        token = (await http.post("/_matrix/client/v3/login", json=login)).json()["access_token"]
        answer = await http.post(
            f"/_synapse/admin/v1/users/{bot.mxid}/override_ratelimit",
            json={"messages_per_second": 1, "burst_count": 1},
            headers={"Authorization": f"Bearer {token}"},
        )
        answer.raise_for_status()
