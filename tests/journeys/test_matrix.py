"""A consultant with an encrypted room on a real homeserver: a card with its content, answered there
and buzzing on the phone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from bot.app import linking
from bot.app.agreements import room_code
from bot.domain.people import PersonKey
from bot.domain.signals import State
from tests.journeys.installation import Installation, reference_in
from tests.journeys.installation import here as here
from tests.matrix_person import PASSWORD, Line, Person, person
from tests.synapse import Synapse
from tests.synapse import synapse as synapse

SENTENCE = "Brievenbus van E-4471 zit al twee weken propvol"


@pytest.fixture
async def house(here: Installation, synapse: Synapse) -> Installation:
    """The running service with both doors open."""
    await here.stops()
    (here.folder / "matrix.password").write_text(PASSWORD)
    bot = synapse.register(f"seintje-{uuid4().hex[:8]}", PASSWORD)
    here.is_configured(
        f'[matrix]\nhomeserver = "{synapse.url}"\nuser_id = "{bot}"\n'
        'password_file = "matrix.password"\nstore_dir = "matrix"\n'
    )
    await here.starts()
    return here


@asynccontextmanager
async def at_home(
    house: Installation,
    synapse: Synapse,
    who: str,
    folder: Path,
    organisation: str = "voorbeeld",
) -> AsyncIterator[tuple[Person, str]]:
    """Somebody of the registry with a client of today, in their own room with the bot."""
    async with person(synapse, folder, who) as one:
        async with house.parts.store.work() as work:
            key = PersonKey(organisation, who)
            await linking.link_matrix(house.parts.house, work, key, one.mxid, "beheer")

        async def invited() -> str | None:
            async with house.parts.store.reading() as work:
                account = await work.accounts.of(PersonKey(organisation, who), "matrix")
            return account.room if account else None

        room = await house.until(invited)
        await one.join(room)
        yield one, room


async def shows(one: Person, *parts: str) -> Line:
    """Waits for a message with all of this in it."""

    def found() -> Line | None:
        return next(
            (line for line in reversed(one.lines) if all(part in line.text for part in parts)), None
        )

    for _ in range(400):
        await one.look()
        line = found()
        if line is not None:
            return line
    raise AssertionError([line.text for line in one.lines])


async def test_a_card_with_its_content_taken_up_and_closed_in_the_room(
    house: Installation, synapse: Synapse, tmp_path: Path
) -> None:
    async with at_home(house, synapse, "sanne", tmp_path) as (sanne, room):
        await shows(sanne, "Seintje")
        piet = await house.has("piet")
        await piet.types(SENTENCE)
        await piet.presses("Versturen")
        ref = reference_in((await piet.sees("Doorgegeven. Kenmerk")).text)
        card = await shows(sanne, f"Seintje {ref}", "E-4471", "Volle brievenbus", "1 👍 Oppakken")

        await sanne.type(room, "1", **{"m.relates_to": {"m.in_reply_to": {"event_id": card.event}}})
        await shows(sanne, "Opgepakt")
        assert (await house.signal(ref)).state is State.ACKNOWLEDGED

        await sanne.type(room, f"!klaar {ref}")
        await shows(sanne, f"Hoe is seintje {ref} afgelopen?")
        await sanne.type(room, "1")

        async def closed() -> bool:
            return (await house.signal(ref)).state is State.RESOLVED

        await house.until(closed)
        assert sanne.refused == sanne.unreadable == []


async def test_everything_on_the_wire_is_encrypted(
    house: Installation, synapse: Synapse, tmp_path: Path
) -> None:
    async with at_home(house, synapse, "sanne", tmp_path) as (sanne, room):
        piet = await house.has("piet")
        await piet.types(SENTENCE)
        await piet.presses("Versturen")
        ref = reference_in((await piet.sees("Doorgegeven. Kenmerk")).text)
        await shows(sanne, ref, "E-4471")
        page = await sanne.ask("GET", f"/rooms/{room}/messages?dir=b&limit=100")
        raw = [event for event in page["chunk"] if "state_key" not in event]
        assert raw
        assert {event["type"] for event in raw} <= {"m.room.encrypted", "m.room.redaction"}
        assert "E-4471" not in str(page)
        assert ref not in str(page)


async def test_what_is_not_encrypted_does_nothing_and_is_said(
    house: Installation, synapse: Synapse, tmp_path: Path
) -> None:
    async with at_home(house, synapse, "sanne", tmp_path) as (sanne, room):
        await shows(sanne, "Seintje")
        await sanne.type_in_clear(room, "!zaken")
        await shows(sanne, "Dit bericht was niet versleuteld.")
        assert not any("geen open zaken" in line.text for line in sanne.lines)
        await sanne.type(room, "!zaken")
        await shows(sanne, "geen open zaken")


async def test_the_homeserver_goes_away_and_comes_back(
    house: Installation, synapse: Synapse, tmp_path: Path
) -> None:
    async with at_home(house, synapse, "sanne", tmp_path) as (sanne, _):
        await shows(sanne, "Seintje")
        synapse.stop()
        piet = await house.has("piet")
        await piet.types(SENTENCE)
        await piet.presses("Versturen")
        ref = reference_in((await piet.sees("Doorgegeven. Kenmerk")).text)
        synapse.start()
        await shows(sanne, ref, "E-4471")
        assert [line for line in sanne.lines if ref in line.text and "E-4471" in line.text][
            1:
        ] == []


async def test_a_restart_goes_on_with_the_same_device(
    house: Installation, synapse: Synapse, tmp_path: Path
) -> None:
    async with at_home(house, synapse, "sanne", tmp_path) as (sanne, room):
        first = await shows(sanne, "Seintje")
        await house.stops()
        await sanne.type(room, "!zaken")
        await house.starts()
        answer = await shows(sanne, "geen open zaken")
        assert answer.sender == first.sender
        assert sanne.refused == []


async def has_code(house: Installation, case: str) -> str:
    async with house.parts.store.reading() as work:
        found = await work.tenancies.case("voorbeeld", case)
        assert found is not None
        return room_code(work, found)


async def case_room(house: Installation, case: str = "Z-101") -> str:
    async def made() -> str | None:
        async with house.parts.store.reading() as work:
            room = await work.sharing.room_of("voorbeeld", case)
        return room.room if room else None

    return await house.until(made)


async def members(one: Person, room: str) -> set[str]:
    answer = await one.ask("GET", f"/rooms/{room}/joined_members")
    return set(answer["joined"])


async def test_shared_in_the_case_room_until_the_tenant_withdraws(
    house: Installation, synapse: Synapse, tmp_path: Path
) -> None:
    async with (
        at_home(house, synapse, "sanne", tmp_path) as (sanne, own),
        at_home(house, synapse, "bas", tmp_path, "zorgvoorbeeld") as (bas, _),
    ):
        room = await case_room(house)
        await sanne.join(room)
        await bas.join(room)
        piet = await house.has("piet")
        await piet.types(SENTENCE)
        await piet.presses("Versturen")
        ref = reference_in((await piet.sees("Doorgegeven. Kenmerk")).text)
        await shows(sanne, ref, "E-4471")

        await sanne.type(own, f"!deel {ref} Wilt u de post met de huurder doornemen?")
        await shows(sanne, "Delen in de kamer van zaak")
        await sanne.type(own, "1")
        told = await shows(bas, "Wilt u de post met de huurder doornemen?")
        for never in ("propvol", "E-4471", ref, "Z-101"):
            assert never not in told.text
        name = await sanne.ask("GET", f"/rooms/{room}/state/m.room.name")
        assert name == {"name": await has_code(house, "Z-101")}

        await sanne.type(own, "!intrekken Z-101")
        await shows(sanne, "intrekken?", "1 begeleider verlaat de kamer")
        await sanne.type(own, "1")
        await shows(sanne, "Ingetrokken. Vanaf nu wordt er niets meer gedeeld.")

        async def is_out() -> bool:
            return bas.mxid not in await members(sanne, room)

        await house.until(is_out)
        await sanne.type(own, f"!deel {ref} Nog iets")
        await shows(sanne, "Hierover kan nu niets worden gedeeld.")
        seen = len(bas.lines)
        with pytest.raises(AssertionError):
            await bas.join(room)
        assert len(bas.lines) == seen


async def test_an_outsider_cannot_come_into_a_case_room_nor_be_brought_in(
    house: Installation, synapse: Synapse, tmp_path: Path
) -> None:
    async with at_home(house, synapse, "sanne", tmp_path) as (sanne, own):
        room = await case_room(house)
        await sanne.join(room)
        async with person(synapse, tmp_path, "vreemd") as outsider:
            with pytest.raises(AssertionError):
                await outsider.join(room)
            with pytest.raises(AssertionError):
                await sanne.ask("POST", f"/rooms/{room}/invite", {"user_id": outsider.mxid})
        assert own != room
