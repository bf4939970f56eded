"""Nothing stays lying: what an open signal does to people's phones, day after day.

The example registry: Sanne has the home E-4471, Tom stands in for her, Lieke leads the team, Bram
is the administrator. It is Monday 23 November 2026, ten o'clock.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.app import due
from bot.app.house import House
from bot.domain.due import DueKind, DueRow
from bot.domain.signals import Act, SignalEvent, State
from bot.ports.store import Work
from storage.database import SqlStore
from tests.app.paper import Did
from tests.app.town import MONDAY, Someone, Town

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MAIL = "Brievenbus van E-4471 zit vol, al weken"
OVERVIEWS = ("☀️", "🗓️")
ALARM = "Een seintje ligt te lang zonder dat iemand het oppakt"


@pytest.fixture
async def piet(town: Town) -> Someone:
    return await town.has("piet")


@pytest.fixture
async def house_staff(town: Town) -> dict[str, Someone]:
    return {person: await town.has(person) for person in ("sanne", "tom", "lieke", "bram")}


async def sends(piet: Someone, text: str = MAIL) -> str:
    await piet.types(text)
    if "Versturen" in " ".join(piet.screen.labels):
        await piet.presses("Versturen")
    return piet.reference


def when(moment: datetime) -> str:
    return f"{moment.astimezone(AMSTERDAM):%d-%m %H:%M}"


def buzzes(one: Someone, since: datetime) -> list[str]:
    """When this phone buzzed for a matter: new messages, not edits or the usual overviews."""
    return [
        when(line.at)
        for line in one.lines
        if line.did is Did.SAID and line.at > since and not line.text.startswith(OVERVIEWS)
    ]


def at(text: str) -> datetime:
    """A moment of 2026, or of 2027 when the month is before November, Dutch time."""
    moment = datetime.strptime(f"2026-{text}", "%Y-%d-%m %H:%M")  # noqa: DTZ007  # zone below
    year = 2026 if moment.month >= 11 else 2027
    return moment.replace(year=year, tzinfo=AMSTERDAM)


async def test_a_signal_nobody_takes_up_climbs_step_by_step(
    town: Town, piet: Someone, house_staff: dict[str, Someone]
) -> None:
    ref = await sends(piet)
    begun = town.clock.now()
    await town.goes_on_until(at("05-12 00:00"))

    assert {name: buzzes(one, begun) for name, one in house_staff.items()} == {
        "sanne": ["23-11 14:15", "27-11 10:00", "04-12 10:00"],
        "tom": ["24-11 10:00"],
        "lieke": ["25-11 10:00", "27-11 10:00", "04-12 10:00"],
        "bram": ["27-11 10:00", "04-12 10:00"],
    }
    assert ALARM in house_staff["bram"].screen.text
    assert ref not in " ".join(house_staff["bram"].chat)
    assert house_staff["sanne"].card(ref).text.splitlines()[-4:] == [
        "· waarnemer ingelicht 24-11 10:00",
        "· teamleider ingelicht 25-11 10:00",
        "· nog steeds niet opgepakt, alarm 27-11 10:00",
        "· nog steeds niet opgepakt, alarm 04-12 10:00",
    ]
    assert len(buzzes(piet, begun)) == 0, "a neighbourhood manager hears nothing of it"


async def test_a_deputy_who_was_told_can_take_it_up(
    town: Town, piet: Someone, house_staff: dict[str, Someone]
) -> None:
    ref = await sends(piet)
    await town.goes_on_until(at("24-11 10:00"))
    await house_staff["tom"].presses("Oppakken")

    assert (await town.signal(ref)).owner == "tom"
    assert "ligt bij een collega" in house_staff["sanne"].card(ref).text
    begun = town.clock.now()
    await town.goes_on_until(at("26-11 12:00"))
    assert buzzes(house_staff["lieke"], begun) == []
    assert buzzes(house_staff["tom"], begun) == ["26-11 10:00"]


async def test_a_matter_taken_up_comes_back_until_it_is_closed(
    town: Town, piet: Someone, house_staff: dict[str, Someone]
) -> None:
    sanne = house_staff["sanne"]
    ref = await sends(piet)
    await sanne.presses("Oppakken")
    begun = town.clock.now()
    await town.goes_on_until(at("10-12 00:00"))
    assert buzzes(sanne, begun) == ["25-11 10:00", "02-12 10:00", "09-12 10:00"]

    await sanne.presses("Ben ermee bezig")
    assert "Komt terug op 17-12 08:30" in sanne.card(ref).text, "a week on, when the office opens"
    await sanne.presses("Afgehandeld")
    await sanne.presses("Opgelost")
    begun = town.clock.now()
    await town.goes_on_until(at("31-12 00:00"))
    assert all(buzzes(one, begun) == [] for one in house_staff.values())


async def test_later_ends_at_a_working_moment_and_the_ladder_does_not_go_on(
    town: Town, piet: Someone, house_staff: dict[str, Someone]
) -> None:
    sanne = house_staff["sanne"]
    ref = await sends(piet)
    await sanne.presses("Later")
    await sanne.types("zaterdag 10:00")
    assert (await town.signal(ref)).state is State.SNOOZED
    begun = town.clock.now()
    await town.goes_on_until(at("01-12 00:00"))

    assert buzzes(sanne, begun) == ["30-11 08:30"], "Monday, when the office opens"
    assert (await town.signal(ref)).state is State.IN_PROGRESS
    assert buzzes(house_staff["tom"], begun) == buzzes(house_staff["lieke"], begun) == []


async def test_acute_danger_wakes_everybody_at_night(
    town: Town, piet: Someone, house_staff: dict[str, Someone]
) -> None:
    await town.goes_on_until(at("29-11 02:59"))
    begun = town.clock.now()
    await town.goes_on(minutes=1)
    await sends(piet, "Ik hoor nu klappen en een kind gillen bij E-4471!")
    await town.goes_on(minutes=31)

    assert buzzes(house_staff["sanne"], begun) == ["29-11 03:00", "29-11 03:15", "29-11 03:30"]
    assert buzzes(house_staff["tom"], begun) == ["29-11 03:00"]
    assert buzzes(house_staff["lieke"], begun) == ["29-11 03:00", "29-11 03:30"]
    assert buzzes(house_staff["bram"], begun) == ["29-11 03:30"]


@pytest.mark.parametrize(
    ("sent", "text", "first"),
    [
        ("27-11 17:30", MAIL, "30-11 08:30"),  # Friday evening
        ("28-11 06:00", "Geen contact te krijgen bij E-4471", "28-11 08:00"),  # urgent
        ("28-11 12:00", "Geen contact te krijgen bij E-4471", "28-11 12:00"),
        ("24-12 17:00", MAIL, "28-12 08:30"),  # Christmas, then a weekend
        ("25-03 17:00", MAIL, "30-03 08:30"),  # Easter, and summer time begins
    ],
)
async def test_a_phone_buzzes_in_the_hours_of_its_urgency(
    town: Town,
    piet: Someone,
    house_staff: dict[str, Someone],
    sent: str,
    text: str,
    first: str,
) -> None:
    await town.goes_on_until(at(sent))
    ref = await sends(piet, text)
    begun = town.clock.now() - timedelta(seconds=1)
    await town.goes_on(days=6)

    assert buzzes(house_staff["sanne"], begun)[0] == first
    assert house_staff["sanne"].has_card(ref)


async def test_after_a_long_standstill_it_is_one_message_a_person_and_says_so(
    sqlite_store: SqlStore, town: Town, piet: Someone, house_staff: dict[str, Someone]
) -> None:
    for home in ("E-4471", "E-2210"):
        await sends(piet, f"Brievenbus van {home} zit vol, al weken")
    await sends(piet, "Gordijnen bij E-4471 al dagen dicht, dag en nacht.")
    begun = town.clock.now()
    await town.clock.move_to(at("26-11 11:00"))  # nothing ran for three days
    after = Town(sqlite_store, before=town)
    await after.settles()

    late = after.somebody("sanne")
    assert buzzes(late, begun) == ["26-11 11:00"]
    late.sees("Ik was een tijd buiten werking. Deze zaken vragen uw aandacht")
    assert "Bekijk" in " ".join(late.screen.labels)
    await late.presses("Bekijk")
    assert "wacht op u" in late.screen.text
    told = [event.act for event in await _history(after, _first_reference(late))]
    assert told.count(Act.REMIND) == told.count(Act.TELL_DEPUTY) == 1, "each step once, in order"


def _first_reference(one: Someone) -> str:
    return one.screen.text.splitlines()[0].split()[2]


async def _history(town: Town, ref: str) -> list[SignalEvent]:
    async with town.store.reading() as work:
        return list(await work.signals.history("voorbeeld", ref))


async def test_what_fails_comes_again_and_the_others_go_on(
    town: Town,
    piet: Someone,
    house_staff: dict[str, Someone],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ref = await sends(piet)
    broken = DueRow("voorbeeld", DueKind.SIGNAL, "AAA-0000", "no such step", MONDAY)
    async with town.store.work() as work:
        await work.due.arm(broken)
    steps = dict(due.HANDLERS)

    async def fails_on_that_one(house: House, work: Work, row: DueRow) -> None:
        if row.about == broken.about:
            raise RuntimeError
        await steps[DueKind.SIGNAL](house, work, row)

    monkeypatch.setattr(due, "HANDLERS", steps | {DueKind.SIGNAL: fails_on_that_one})
    await town.goes_on_until(at("23-11 14:15"))

    assert "herinnering 23-11 14:15" in house_staff["sanne"].card(ref).text
    async with town.store.reading() as work:
        kept = await work.due.get("voorbeeld", DueKind.SIGNAL, broken.about)
    assert kept is not None
    assert kept.error == "RuntimeError"
    assert kept.tries > 3
    assert kept.at > town.clock.now()
