"""What may act: decrypted messages from a pinned identity's signed device, each once, in order."""

import json
from uuid import uuid4

import pytest

from bot.ports.store import Work
from handlers.matrix import sync
from handlers.matrix.device import Device
from handlers.matrix.events import Fault, Incoming, Kind
from tests.handlers.matrix.conftest import NewPerson
from tests.handlers.matrix.desk import Desk, text
from tests.matrix_person import Person


class Killed(BaseException):
    """The process ends here."""


async def test_the_bot_and_a_person_read_each_other(bot: Desk, carla: Person) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
        event = await bot.session.send(room, "1", text("Dag Carla"))
        assert (await carla.sees("Dag Carla")).event == event
        said = await carla.type(room, "Dag bot")
        incoming = await bot.until_event(said)
    assert (incoming.kind, incoming.fault) == (Kind.MESSAGE, None)
    assert (incoming.room, incoming.sender) == (room, carla.mxid)
    assert incoming.content["body"] == "Dag bot"


async def test_a_message_in_clear_cannot_act(bot: Desk, carla: Person) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
        forged = await carla.type_in_clear(room, "!klaar ABC-1234")
        incoming = await bot.until_event(forged)
    assert incoming.fault is Fault.PLAINTEXT
    assert incoming.content == {}


async def test_a_device_its_owner_did_not_sign_cannot_act(
    bot: Desk, carla: Person, new_person: NewPerson
) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
        rogue = await new_person("carla", mxid=carla.mxid, signed=False)
        incoming = await bot.until_event(await rogue.type(room, "!klaar ABC-1234"))
        assert (incoming.fault, incoming.content) == (Fault.UNSIGNED, {})
        assert (await bot.until_event(await carla.type(room, "echt"))).fault is None


async def test_a_device_signed_a_moment_ago_acts_at_once(
    bot: Desk, carla: Person, new_person: NewPerson
) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
        phone = await new_person("carla", mxid=carla.mxid, signed=False)
        await bot.until_event(await phone.type(room, "nog niet"))
        assert carla.self_signing is not None
        await carla.sign_device(carla.self_signing, phone.client.device_id)
        assert (await bot.until_event(await phone.type(room, "nu wel"))).fault is None


async def test_who_has_no_identity_cannot_act(bot: Desk, new_person: NewPerson) -> None:
    bram = await new_person("bram", signed=False)
    async with bot.reading():
        room = await bot.room_with(bram)
        assert (await bot.until_event(await bram.type(room, "dag"))).fault is Fault.UNSIGNED


async def test_another_identity_cannot_act_until_it_is_confirmed(bot: Desk, carla: Person) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
        await bot.until_event(await carla.type(room, "dag"))
        await carla.cross_sign()
        for body in ("ik ben het echt", "heus"):
            incoming = await bot.until_event(await carla.type(room, body))
            assert (incoming.fault, incoming.content) == (Fault.CHANGED_IDENTITY, {})
        assert bot.changed == [carla.mxid]
        await bot.confirm(carla.mxid)
        assert (await bot.until_event(await carla.type(room, "dag"))).fault is None


async def test_a_message_without_a_key_is_told_so_that_it_is_asked_again(
    bot: Desk, carla: Person
) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
        sealed = await carla.seal_for_nobody(room, "dag")
        incoming = await bot.until_event(sealed)
    assert (incoming.fault, incoming.content) == (Fault.UNDECRYPTABLE, {})


async def test_a_message_played_back_as_a_new_event_does_not_act_twice(
    bot: Desk, carla: Person
) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
        said = await carla.type(room, "ok")
        await bot.until_event(said)
    await bot.restart()
    sealed = (await carla.ask("GET", f"/rooms/{room}/event/{said}"))["content"]
    path = f"/rooms/{room}/send/m.room.encrypted/{uuid4()}"
    await carla.ask("PUT", path, sealed)
    async with bot.reading():
        await bot.until_event(await carla.type(room, "klaar"))
    assert bot.messages == ["ok", "klaar"]


async def test_what_is_plain_is_told_as_what_it_is(bot: Desk, carla: Person) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
        card = await bot.session.send(room, "1", text("kaart"))
        reaction = await bot.until_event(await carla.react(room, card, "✅"))
        assert reaction.kind is Kind.REACTION
        assert (reaction.about, reaction.content["key"]) == (card, "✅")
        await carla.leave(room)
        await bot.until(lambda: bot.took[-1].content.get("membership") == "leave")
    joined, left = (one for one in bot.took if one.kind is Kind.MEMBER)
    assert joined.about == left.about == carla.mxid


async def test_after_a_gap_everything_comes_in_order_and_once(
    bot: Desk, carla: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
    few = json.loads(sync.FILTER)
    few["room"]["timeline"]["limit"] = 3
    monkeypatch.setattr(sync, "FILTER", json.dumps(few))
    monkeypatch.setattr(sync, "PAGE", 4)
    texts = [f"bericht {number}" for number in range(12)]
    last = [await carla.type(room, body) for body in texts][-1]
    async with bot.reading():
        await bot.until_event(last)
    assert bot.messages == texts


async def test_killed_between_the_keys_and_the_effects_nothing_is_lost_or_twice(
    bot: Desk, carla: Person
) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
    texts = ["een", "twee", "drie"]
    last = [await carla.type(room, body) for body in texts][-1]
    take = bot.take

    async def killed(work: Work, incoming: Incoming) -> None:
        await take(work, incoming)
        if incoming.event == last:
            bot.took.clear()
            raise Killed

    with pytest.raises(Killed):
        async with bot.reading(take=killed):
            await bot.until(lambda: False)
    await bot.restart()
    async with bot.reading():
        await bot.until_event(last)
    assert bot.messages == texts


async def test_killed_in_the_middle_of_taking_in_keys_the_message_can_still_be_read(
    bot: Desk, carla: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
    said = await carla.type(room, "dag")
    take_to_device = Device.take_to_device

    def killed(device: Device, events: list[object]) -> list[tuple[str, str]]:
        take_to_device(device, events)
        raise Killed

    with monkeypatch.context() as now:
        now.setattr(Device, "take_to_device", killed)
        with pytest.raises(Killed):
            async with bot.reading():
                await bot.until(lambda: False)
    await bot.restart()
    async with bot.reading():
        assert (await bot.until_event(said)).fault is None


async def test_a_fault_in_the_middle_of_taking_in_keys_loses_nothing(
    bot: Desk, carla: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is ahead of the disk then: the client is thrown away and loaded anew."""
    async with bot.reading():
        room = await bot.room_with(carla)
        take_to_device = Device.take_to_device
        faults: list[Device] = []

        def once(device: Device, events: list[object]) -> list[tuple[str, str]]:
            failed = take_to_device(device, events)
            if events and not faults:
                faults.append(device)
                raise ZeroDivisionError
            return failed

        monkeypatch.setattr(Device, "take_to_device", once)
        assert (await bot.until_event(await carla.type(room, "dag"))).fault is None
        assert faults
        await bot.until(lambda: room in bot.session.rooms())
        await bot.session.send(room, "1", text("dag Carla"))
        await carla.sees("dag Carla")


async def test_keys_nobody_can_read_do_not_stop_the_rest(
    bot: Desk, carla: Person, new_person: NewPerson
) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
        stranger = await new_person("vreemd")
        await stranger.send_garbage(bot.mxid)
        assert (await bot.until_event(await carla.type(room, "dag"))).fault is None


async def test_a_device_with_impossible_keys_does_not_stop_the_rest(
    bot: Desk, carla: Person, new_person: NewPerson
) -> None:
    bram = await new_person("bram")
    await bram.publish_impossible_device()
    async with bot.reading():
        room = await bot.room_with(carla, bram)
        assert (await bot.until_event(await carla.type(room, "dag"))).fault is None
        assert (await bot.until_event(await bram.type(room, "ook dag"))).fault is None
        await bot.session.send(room, "1", text("dag allemaal"))
        await bram.sees("dag allemaal")


async def test_an_event_that_keeps_failing_is_set_aside_and_the_rest_goes_on(
    bot: Desk, carla: Person
) -> None:
    async with bot.reading():
        room = await bot.room_with(carla)
    await carla.type(room, "voor")
    bad = await carla.type(room, "kapot")
    await carla.type(room, "na")
    bot.fails = lambda incoming: incoming.event == bad
    async with bot.reading():
        await bot.until(lambda: "na" in bot.messages)
    assert bot.messages == ["voor", "na"]
    assert bot.aside == [bad]
    async with bot.store.reading() as work:
        assert await work.seen.set_aside() == [("matrix", bad, "ZeroDivisionError")]


async def test_an_invitation_by_others_is_told(bot: Desk, carla: Person) -> None:
    async with bot.reading():
        room = (await carla.ask("POST", "/createRoom", {"invite": [bot.mxid]}))["room_id"]
        invited = await bot.until_event(f"invited:{room}")
    assert (invited.kind, invited.sender) == (Kind.INVITED, carla.mxid)
