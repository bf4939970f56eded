"""Two doors, one house: content by Matrix, a nudge where it is wanted, and one act counts for both.

Told on paper: a paper Telegram beside a paper Matrix, everything behind them real.
"""

import pytest

from bot.app import linking
from bot.domain.disclosure import DOOR_CLEARANCE, Door, FieldClass
from bot.domain.people import PersonKey
from bot.domain.signals import Outcome, State
from bot.ports.doors import Place
from tests.app.town import InMatrix, Someone, Town

NOTE = "Brievenbus van E-4471 zit al weken vol en er ligt een pakket"
NAME = "Abel Proefhuurder"


async def linked(town: Town, person: str) -> InMatrix:
    room = town.in_matrix(person)
    await room.types(await town.code_for(person))
    room.sees("Welkom")
    return room


async def told(town: Town) -> str:
    piet = await town.has("piet")
    await piet.types(NOTE)
    await piet.presses("Versturen")
    return piet.reference


@pytest.fixture
async def phone(town: Town) -> Someone:
    return await town.has("sanne")


@pytest.fixture
async def room(town: Town, phone: Someone) -> InMatrix:
    """Sanne has a phone and a room of her own."""
    return await linked(town, "sanne")


async def test_the_room_has_the_content_and_the_phone_only_the_reference(
    town: Town, phone: Someone, room: InMatrix
) -> None:
    ref = await told(town)

    assert "E-4471" in room.card(ref).text
    assert "pakket" in room.card(ref).text
    assert "Volle brievenbus" in room.card(ref).text
    assert phone.has_card(ref)
    for line in phone.lines:
        assert "4471" not in line.text
        assert "pakket" not in line.text
        assert "brievenbus" not in line.text.lower()


@pytest.mark.parametrize("yes", ["1", "ok", "OK!", " 1. "])
async def test_a_short_reply_takes_a_matter_up_for_both_doors(
    town: Town, phone: Someone, room: InMatrix, yes: str
) -> None:
    ref = await told(town)
    before = room.card(ref)
    await room.replies(yes, before)

    assert (await town.signal(ref)).state is State.ACKNOWLEDGED
    assert "opgepakt" in room.card(ref).text
    assert room.card(ref).id == before.id
    assert "opgepakt" in phone.card(ref).text


async def test_a_button_on_the_phone_freshens_the_room_too(
    town: Town, phone: Someone, room: InMatrix
) -> None:
    ref = await told(town)
    await phone.presses("Oppakken")

    assert "opgepakt" in room.card(ref).text
    assert (await town.signal(ref)).owner == "sanne"


async def test_a_reaction_only_marks_the_card_seen(
    town: Town, phone: Someone, room: InMatrix
) -> None:
    ref = await told(town)
    await room.reacts("✅", room.card(ref))

    assert (await town.signal(ref)).state is State.ROUTED
    assert "gezien" in room.card(ref).text


async def test_a_closed_matter_keeps_its_card_but_not_its_content(
    town: Town, phone: Someone, room: InMatrix
) -> None:
    ref = await told(town)
    await room.types(f"!klaar {ref.lower()} opgelost")

    signal = await town.signal(ref)
    assert (signal.state, signal.outcome) == (State.RESOLVED, Outcome.SOLVED)
    assert "4471" not in room.card(ref).text
    assert "afgehandeld" in phone.card(ref).text


async def test_putting_off_in_one_line_or_by_number(
    town: Town, phone: Someone, room: InMatrix
) -> None:
    ref = await told(town)
    await room.types(f"!later {ref} 2d")
    assert (await town.signal(ref)).snoozed_until is not None

    await room.types(f"!later {ref}")
    room.sees("Tot wanneer")
    await room.types("2")
    assert (await town.signal(ref)).state is State.SNOOZED
    assert "Tot wanneer" not in room.chat[-1]


async def test_handing_over_by_number(town: Town, phone: Someone, room: InMatrix) -> None:
    tom = await town.has("tom")
    ref = await told(town)
    await room.types(f"!collega {ref}")
    (number,) = [n for n, label in enumerate(room.screen.labels, 1) if label.startswith("Tom")]
    await room.types(str(number))

    assert (await town.signal(ref)).owner == "tom"
    assert tom.has_card(ref)
    assert "4471" not in room.card(ref).text


async def test_who_lives_there_is_told_for_a_purpose_and_written_down(
    town: Town, phone: Someone, room: InMatrix
) -> None:
    ref = await told(town)
    await room.types(f"!wie {ref}")
    room.sees("Waarvoor", ref)
    assert NAME not in " ".join(room.chat)
    await room.types("1")

    room.sees(NAME)
    assert "identity.asked allowed visit" in await town.audit_of()
    assert NAME not in " ".join(line.text for line in phone.lines)


async def test_who_lives_there_is_not_told_to_whom_it_does_not_concern(
    town: Town, room: InMatrix
) -> None:
    ref = await told(town)
    frans = await linked(town, "frans")
    await frans.types(f"!wie {ref}")
    frans.sees("niet bij uw rol")
    await room.types("!wie 7KM-2Q4F")
    room.sees("ligt niet bij u")


async def test_the_nudge_comes_by_the_door_that_was_chosen(
    town: Town, phone: Someone, room: InMatrix
) -> None:
    await room.types("!meldingen")
    await room.types("2")
    ref = await told(town)

    assert room.has_card(ref)
    assert not phone.has_card(ref)


async def test_with_one_door_all_comes_by_that_door(town: Town) -> None:
    room = await linked(town, "sanne")
    ref = await told(town)
    await room.types("!meldingen")

    room.sees("één plek")
    assert "E-4471" in room.card(ref).text


async def test_an_administrator_links_a_matrix_address(town: Town) -> None:
    ref = await told(town)
    async with town.store.work() as work:
        key = PersonKey("voorbeeld", "lieke")
        await linking.link_matrix(town.house, work, key, "@lieke:voorbeeld.test", "beheer")
    await town.settles()

    assert town.in_matrix("lieke").has_card(ref)


@pytest.mark.parametrize(
    "address", ["lieke", "@lieke", "lieke:voorbeeld.test", "@Lieke b:x", "#a:b"]
)
async def test_what_is_no_matrix_address_is_refused(town: Town, address: str) -> None:
    key = PersonKey("voorbeeld", "lieke")
    async with town.store.work() as work:
        with pytest.raises(linking.NoSuchAddress):
            await linking.link_matrix(town.house, work, key, address, "beheer")


async def test_a_stranger_in_a_room_is_answered_in_that_room(town: Town) -> None:
    stranger = InMatrix(town, "@iemand:elders.test")
    stranger.room = "!kamer:elders.test"
    await stranger.types("hallo")

    assert any(
        "alleen voor medewerkers" in one.text
        for one in town.matrix.chats["!kamer:elders.test"].values()
    )


async def test_what_waited_for_nobody_comes_to_the_first_door_that_opens(town: Town) -> None:
    ref = await told(town)
    room = await linked(town, "lieke")

    assert room.has_card(ref)


async def test_a_phone_that_blocks_the_bot_is_nudged_in_the_room(
    town: Town, phone: Someone, room: InMatrix
) -> None:
    phone.blocks_the_bot()
    ref = await told(town)

    assert room.has_card(ref)
    assert (await town.signal(ref)).owner == "sanne"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("!opakken 7KM-2Q4F", "!oppakken"),
        ("!oppakken", "!oppakken 7KM-2Q4F"),
        ("!deel 7KM-2Q4F", "ligt niet bij u"),
        ("!xyzzy", "!help"),
        ("goedemorgen", "!help"),
        ("!oppakken 7KM-2Q4F", "ligt niet bij u"),
        ("!zaken", "geen open zaken"),
        ("!help", "!collega"),
    ],
)
async def test_what_is_answered_to_a_line(town: Town, room: InMatrix, line: str, said: str) -> None:
    await room.types(line)

    room.sees(said)


async def test_a_dialogue_is_answered_at_its_own_door(
    town: Town, phone: Someone, room: InMatrix
) -> None:
    ref = await told(town)
    await room.types(f"!wie {ref}")
    await phone.types("1")

    assert NAME not in " ".join(line.text for line in phone.lines)
    await room.types("1")
    room.sees(NAME)


async def test_in_a_shared_room_only_commands_count_and_those_of_ones_own_room_do_not(
    town: Town, room: InMatrix
) -> None:
    ref = await told(town)
    before = room.chat
    await room.types("1", Place.CASE_ROOM)
    await room.types("Zullen we morgen bellen?", Place.CASE_ROOM)
    assert room.chat == (*before, "1", "Zullen we morgen bellen?")

    await room.types(f"!oppakken {ref}", Place.CASE_ROOM)
    room.sees("alleen in uw eigen gesprek")
    assert (await town.signal(ref)).state is State.ROUTED


async def test_somebody_unknown_in_a_shared_room_gets_no_answer_there(town: Town) -> None:
    code = await town.code_for("sanne")
    stranger = town.in_matrix("iemand")
    await stranger.types(code, Place.CASE_ROOM)

    assert stranger.chat == (code,)
    async with town.store.reading() as work:
        assert await work.accounts.of(PersonKey("voorbeeld", "sanne"), "matrix") is None


async def test_a_neighbourhood_manager_has_no_matrix_door(town: Town) -> None:
    room = town.in_matrix("piet")
    await room.types(await town.code_for("piet"))
    await room.types("!signaal")

    room.sees("niet via deze app")


def test_no_door_but_the_one_that_was_asked_shows_an_identity() -> None:
    assert [door for door in Door if FieldClass.IDENTITY in DOOR_CLEARANCE[door]] == [Door.ASKED]
