"""Somebody is away: matters move to whoever stands in, and come back."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.people import PersonKey
from bot.domain.signals import Act, State
from bot.domain.tenancies import Absence
from tests.app.paper import Did
from tests.app.town import Someone, Town


@pytest.fixture
async def piet(town: Town) -> Someone:
    return await town.has("piet")


@pytest.fixture
async def sanne(town: Town) -> Someone:
    return await town.has("sanne")


@pytest.fixture
async def tom(town: Town) -> Someone:
    return await town.has("tom")


@pytest.fixture
async def lieke(town: Town) -> Someone:
    return await town.has("lieke")


async def sends(piet: Someone, text: str = "Brievenbus van E-4471 zit vol, al weken") -> str:
    await piet.types(text)
    await piet.presses("Versturen")
    return piet.reference


async def has(town: Town, ref: str) -> tuple[str | None, str | None]:
    """Who has a matter, and for whom."""
    signal = await town.signal(ref)
    return signal.owner, signal.belongs_to


async def says_away(one: Someone, line: str) -> None:
    await one.types(f"/afwezig {line}")
    await one.presses("✅")


async def history(town: Town, ref: str) -> list[tuple[Act, str | None]]:
    async with town.store.reading() as work:
        return [(one.act, one.actor) for one in await work.signals.history("voorbeeld", ref)]


def buzzes(one: Someone) -> int:
    return sum(line.did is Did.SAID for line in one.lines)


async def test_away_from_today_until_friday(
    town: Town, piet: Someone, sanne: Someone, tom: Someone, lieke: Someone
) -> None:
    ref = await sends(piet)
    await sanne.types("/afwezig vandaag t/m vrijdag tom")
    sanne.sees("van 23-11-2026 t/m 27-11-2026", "Tom Voorbeeld", "Klopt dit?")
    await sanne.presses("✅")

    sanne.sees("Dat is geregeld")
    assert await has(town, ref) == ("tom", "sanne")
    assert tom.card(ref).labels[0] == "👍 Oppakken"
    assert sanne.card(ref).buttons == ()

    await town.goes_on(days=6, hours=22, minutes=29)
    assert await has(town, ref) == ("tom", "sanne")
    await town.goes_on(minutes=1)
    assert await has(town, ref) == ("sanne", None)
    assert sanne.card(ref).labels[0] == "👍 Oppakken"


async def test_what_is_typed_in_any_order(town: Town, sanne: Someone) -> None:
    for line in (
        "/afwezig 3-12 t/m 17-12 Tom",
        "/afwezig Tom 3-12 t/m 17-12",
        "/AFWEZIG Tom Voorbeeld, 3 t/m 17 december",
        "/afwezig vanaf 3-12 t/m 17-12, vervanger tom",
        "/away 3-12 to 17-12 tom",
    ):
        await sanne.types(line)
        sanne.sees("van 03-12-2026 t/m 17-12-2026", "Tom Voorbeeld")


async def test_only_what_is_missing_is_asked(town: Town, sanne: Someone) -> None:
    await sanne.types("/afwezig")
    sanne.sees("Vanaf welke dag")
    await sanne.presses("Morgen (24-11)")
    sanne.sees("U bent weg vanaf 24-11")
    await sanne.presses("Een week (30-11)")
    sanne.sees("Wie neemt uw zaken waar?")
    assert sanne.screen.labels[0] == "Tom Voorbeeld (uw vaste vervanger)"
    await sanne.types("Lieke")
    sanne.sees("van 24-11-2026 t/m 30-11-2026", "Lieke Voorbeeld")

    await sanne.types("/afwezig Lieke 3-12")
    sanne.sees("U bent weg vanaf 03-12")
    await sanne.types("t/m 10-12")
    sanne.sees("van 03-12-2026 t/m 10-12-2026", "Lieke Voorbeeld")

    await sanne.types("/afwezig t/m 10-12 lieke")
    sanne.sees("Vanaf welke dag")
    await sanne.presses("Vandaag")
    sanne.sees("van 23-11-2026 t/m 10-12-2026", "Lieke Voorbeeld")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("3-12", "U bent weg vanaf 03-12"),
        ("volgende week maandag", "U bent weg vanaf 30-11"),
        ("3-12 t/m 17-12", "Wie neemt uw zaken waar?"),
        ("tom 3-12 t/m 17-12", "van 03-12-2026 t/m 17-12-2026"),
        ("2026", "Die dag begrijp ik niet"),
        ("3-12-2025", "Dat moment is al voorbij"),
        ("3-12 t/m 1-12-2026", "U bent weg vanaf 03-12"),
    ],
)
async def test_the_first_question_takes_more_than_a_day(
    sanne: Someone, typed: str, said: str
) -> None:
    await sanne.types("/afwezig")
    await sanne.types(typed)
    sanne.sees(said)


async def test_a_first_day_after_the_last_is_asked_again(sanne: Someone) -> None:
    await sanne.types("/afwezig t/m 10-12 tom")
    await sanne.types("11-12")
    sanne.sees("De laatste dag ligt voor de eerste")
    await sanne.types("9-12")
    sanne.sees("van 09-12-2026 t/m 10-12-2026")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("3-12 t/m 17-12 Pim", "Die collega ken ik niet"),
        ("3-12 t/m 17-12 Piet", "Die collega ken ik niet"),
        ("3-12 t/m 17-12 Sanne", "Die collega ken ik niet"),
        ("3-12-2029 t/m 17-12-2029 Tom", "Dat is te ver weg of te lang"),
        ("3-12-2025 t/m 17-12-2026 Tom", "Dat moment is al voorbij"),
    ],
)
async def test_what_cannot_be_is_said_and_asked_again(sanne: Someone, line: str, said: str) -> None:
    await sanne.types(f"/afwezig {line}")
    sanne.sees(said)
    assert not any(label.startswith("✅") for label in sanne.screen.labels)


async def test_the_last_day_cannot_be_before_the_first(sanne: Someone) -> None:
    await sanne.types("/afwezig 3-12 tom")
    await sanne.types("1-12-2026")
    sanne.sees("De laatste dag ligt voor de eerste")


async def test_without_a_deputy_the_team_lead_stands_in(
    town: Town, piet: Someone, tom: Someone, lieke: Someone
) -> None:
    ref = await sends(piet, "Brievenbus van E-4473 zit vol, al weken")
    async with town.store.work() as work:
        person = await work.people.get(PersonKey("voorbeeld", "tom"))
        assert person is not None
        await work.registry.put([replace(person, deputy=None)])
    await tom.types("/afwezig vandaag t/m 27-11")
    await tom.presses("Niemand, dan de teamleider")
    tom.sees("De teamleider neemt uw open zaken waar")
    await tom.presses("✅")
    assert await has(town, ref) == ("lieke", "tom")


async def test_the_only_team_lead_has_to_name_somebody(lieke: Someone) -> None:
    await lieke.types("/afwezig vandaag t/m 27-11")
    lieke.sees("Wie neemt uw zaken waar?")
    assert not any("Niemand" in label for label in lieke.screen.labels)
    await lieke.types("niemand")
    lieke.sees("Die collega ken ik niet")


async def test_two_people_cannot_stand_in_for_each_other(
    sanne: Someone, tom: Someone, lieke: Someone
) -> None:
    await says_away(sanne, "1-12 t/m 10-12 Tom")
    await tom.types("/afwezig 8-12 t/m 15-12 Sanne")
    tom.sees("Sanne Voorbeeld is dan ook weg", "Kies een andere collega")
    assert not any("Sanne" in label for label in tom.screen.labels)
    await tom.presses("Lieke")
    await tom.presses("✅")
    tom.sees("Dat staat klaar")

    await lieke.types("/afwezig 9-12 t/m 9-12 sanne")
    lieke.sees("Sanne Voorbeeld is dan ook weg")


async def test_who_is_down_as_away_can_not_be_twice(sanne: Someone) -> None:
    await says_away(sanne, "1-12 t/m 10-12 Tom")
    await sanne.types("/afwezig 5-12 t/m 20-12 Tom")
    sanne.sees("U staat al als afwezig van 01-12-2026 t/m 10-12-2026")


async def test_a_planned_absence_is_withdrawn(town: Town, piet: Someone, sanne: Someone) -> None:
    ref = await sends(piet)
    await says_away(sanne, "1-12 t/m 10-12 Tom")
    await sanne.types("/afwezig")
    await sanne.presses("Intrekken: 01-12-2026 t/m 10-12-2026")
    sanne.sees("Dat is ingetrokken")

    await town.goes_on(days=10)
    assert await has(town, ref) == ("sanne", None)
    await sanne.types("/afwezig")
    sanne.sees("Vanaf welke dag")


async def test_back_earlier_than_planned(
    town: Town, piet: Someone, sanne: Someone, tom: Someone
) -> None:
    ref = await sends(piet)
    await says_away(sanne, "vandaag t/m 10-12 Tom")
    await town.goes_on(days=2)
    await sanne.types("/afwezig")
    await sanne.presses("Ik ben er weer")

    assert any("Welkom terug" in text for text in sanne.chat)
    assert await has(town, ref) == ("sanne", None)
    async with town.store.reading() as work:
        left = await work.tenancies.absences_from("voorbeeld", date(2026, 11, 1))
    assert [(one.starts, one.ends) for one in left] == [(date(2026, 11, 23), date(2026, 11, 24))]
    await sanne.types("/afwezig")
    sanne.sees("Vanaf welke dag")


async def test_a_new_signal_goes_to_who_stands_in_and_comes_back(
    town: Town, piet: Someone, sanne: Someone, tom: Someone
) -> None:
    await says_away(sanne, "vandaag t/m 24-11 Tom")
    ref = await sends(piet)
    assert await has(town, ref) == ("tom", "sanne")

    await town.goes_on(days=2)
    assert await has(town, ref) == ("sanne", None)
    assert (Act.RETURN, None) in await history(town, ref)


async def test_what_was_taken_up_stays_taken_up(
    town: Town, piet: Someone, sanne: Someone, tom: Someone
) -> None:
    ref = await sends(piet)
    await sanne.presses("Oppakken")
    await says_away(sanne, "morgen t/m 25-11 Tom")
    before = buzzes(tom)
    await town.goes_on(days=1)

    assert await has(town, ref) == ("tom", "sanne")
    assert (await town.signal(ref)).state is State.ACKNOWLEDGED
    assert buzzes(tom) > before


async def test_what_was_closed_meanwhile_stays_closed(
    town: Town, piet: Someone, sanne: Someone, tom: Someone
) -> None:
    ref = await sends(piet)
    await says_away(sanne, "vandaag t/m 25-11 Tom")
    await tom.presses("Afgehandeld")
    await tom.presses("Opgelost")
    await town.goes_on(days=5)

    assert (await town.signal(ref)).state is State.RESOLVED
    assert (await town.signal(ref)).owner == "tom"


async def test_whoever_stands_in_goes_away_too(
    town: Town, piet: Someone, sanne: Someone, tom: Someone, lieke: Someone
) -> None:
    ref = await sends(piet)
    await says_away(sanne, "vandaag t/m 4-12 Tom")
    await says_away(tom, "25-11 t/m 27-11 Lieke")
    await town.goes_on(days=2)
    assert await has(town, ref) == ("lieke", "sanne")
    await town.goes_on(days=6)
    assert await has(town, ref) == ("lieke", "sanne")
    await town.goes_on(days=7)
    assert await has(town, ref) == ("sanne", None)


async def test_several_matters_are_told_as_one_message(
    town: Town, piet: Someone, sanne: Someone, tom: Someone
) -> None:
    refs = [
        await sends(piet, f"{what} bij E-4471, al weken")
        for what in ("Brievenbus vol", "Stank", "Gordijnen dicht")
    ]
    await says_away(sanne, "morgen t/m 25-11 Tom")
    before = len(tom.lines)
    await town.goes_on(hours=22, minutes=30)

    said = [line.text for line in tom.lines[before:] if line.did is Did.SAID]
    told = [text for text in said if all(ref in text for ref in refs)]
    assert len(told) == 1
    assert [await has(town, ref) for ref in refs] == [("tom", "sanne")] * 3


async def test_said_in_the_evening_matters_move_in_the_morning(
    town: Town, piet: Someone, sanne: Someone, tom: Someone
) -> None:
    ref = await sends(piet)
    await town.goes_on(hours=10)
    before = buzzes(tom)
    await says_away(sanne, "vandaag t/m 25-11 Tom")
    assert await has(town, ref) == ("sanne", None)
    assert buzzes(tom) == before
    await town.goes_on(hours=12, minutes=30)
    assert await has(town, ref) == ("tom", "sanne")


async def test_who_cannot_be_reached_gets_back_nothing_until_that_goes(
    town: Town, piet: Someone, sanne: Someone, tom: Someone
) -> None:
    ref = await sends(piet)
    await says_away(sanne, "vandaag t/m 25-11 Tom")
    async with town.store.work() as work:
        await work.accounts.unlink(PersonKey("voorbeeld", "sanne"), "telegram")
    await town.goes_on(days=3)
    assert await has(town, ref) == ("tom", "sanne")
    await town.has("sanne")
    await town.goes_on(days=1)
    assert await has(town, ref) == ("sanne", None)


async def test_in_an_encrypted_room_it_is_the_same(
    town: Town, piet: Someone, sanne: Someone, tom: Someone
) -> None:
    ref = await sends(piet)
    room = town.in_matrix("sanne")
    await room.types(f"/koppel {await town.code_for('sanne')}")
    await room.types("!afwezig vandaag t/m 25-11 Tom")
    room.sees("van 23-11-2026 t/m 25-11-2026", "Tom Voorbeeld")
    await room.types("1")

    assert await has(town, ref) == ("tom", "sanne")


async def test_a_manager_has_no_such_command(piet: Someone) -> None:
    await piet.types("/afwezig 3-12 t/m 17-12 Tom")
    assert "Tom Voorbeeld" not in piet.screen.text


async def test_every_step_stands_in_the_audit(
    town: Town, piet: Someone, sanne: Someone, tom: Someone
) -> None:
    await sends(piet)
    await says_away(sanne, "vandaag t/m 24-11 Tom")
    await town.goes_on(days=2)

    lines = await town.audit_of()
    assert "person.away_planned done 2026-11-23 2026-11-24" in lines
    assert "signal.lend done tom" in lines
    assert "signal.return done sanne" in lines


async def test_an_absence_that_was_known_before_begins_at_the_next_round(
    town: Town, piet: Someone, sanne: Someone, tom: Someone
) -> None:
    """As one that was imported while the service did not look at absences yet."""
    ref = await sends(piet)
    async with town.store.work() as work:
        absence = Absence("voorbeeld", "sanne", date(2026, 11, 23), date(2026, 11, 27), "tom")
        await work.tenancies.put_absence(absence)
    await town.does_its_chores()
    assert await has(town, ref) == ("tom", "sanne")
    await town.goes_on(days=7)
    assert await has(town, ref) == ("sanne", None)
