"""What comes at fixed hours: neutral statuses for managers, overviews for the house."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.signals import Outcome, State
from storage.database import SqlStore
from tests.app.paper import Did
from tests.app.town import MONDAY, Someone, Town

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MAIL = "Brievenbus van E-4471 zit vol, al weken"


def at(text: str) -> datetime:
    moment = datetime.strptime(f"2026-{text}", "%Y-%d-%m %H:%M")  # noqa: DTZ007  # zone below
    year = 2026 if moment.month >= 11 else 2027
    return moment.replace(year=year, tzinfo=AMSTERDAM)


@pytest.fixture
async def piet(town: Town) -> Someone:
    return await town.has("piet")


@pytest.fixture
async def sanne(town: Town) -> Someone:
    return await town.has("sanne")


async def sends(piet: Someone, text: str = MAIL) -> str:
    await piet.types(text)
    if "Versturen" in " ".join(piet.screen.labels):
        await piet.presses("Versturen")
    return piet.reference


def heard(one: Someone, beginning: str) -> list[str]:
    """What began like this and when it was said."""
    return [
        f"{line.at.astimezone(AMSTERDAM):%d-%m %H:%M}"
        for line in one.lines
        if line.did is Did.SAID and line.text.startswith(beginning)
    ]


def news(piet: Someone) -> list[str]:
    return heard(piet, "📬")


async def test_a_sender_hears_at_the_next_fixed_hour_that_somebody_is_on_it(
    town: Town, piet: Someone, sanne: Someone
) -> None:
    ref = await sends(piet)
    await sanne.presses("Oppakken")
    await town.goes_on_until(at("23-11 12:59"))
    assert news(piet) == []
    await town.goes_on_until(at("23-11 13:00"))
    assert news(piet) == ["23-11 13:00"]
    assert piet.screen.text == f"📬 Nieuws over uw seintjes\n{ref}: in behandeling"

    await sanne.presses("Afgehandeld")
    await sanne.presses("Opgelost")
    await town.goes_on_until(at("24-11 08:30"))
    assert news(piet) == ["23-11 13:00", "24-11 08:30"]
    piet.sees(f"{ref}: afgehandeld")


async def test_no_timer_and_no_colleague_of_the_house_is_news(
    town: Town, piet: Someone, sanne: Someone
) -> None:
    """Reminders, deputies, alarms, a matter that is passed on, put off or joined: nothing of it."""
    tom, aisha = await town.has("tom"), await town.has("aisha")
    first = await sends(piet)
    second = await sends(aisha, MAIL)
    assert (await town.signal(second)).state is State.MERGED
    await sanne.presses("Naar collega")
    await sanne.presses("Tom Voorbeeld")
    await tom.presses("Later")
    await tom.presses("Over een week")
    await town.goes_on(days=20)
    assert news(piet) == news(aisha) == []

    await tom.presses("Afgehandeld", on=tom.card(first))
    await tom.presses("Opgelost")
    await town.goes_on(days=1)
    assert len(news(piet)) == 1
    assert news(aisha) == [], "what was done to another's signal is no news of hers"


async def test_several_are_one_message_and_nothing_comes_twice(
    town: Town, piet: Someone, sanne: Someone
) -> None:
    refs = [await sends(piet, f"Brievenbus van {home} zit vol") for home in ("E-4471", "E-2210")]
    for ref in refs:
        await sanne.presses("Oppakken", on=sanne.card(ref))
    await town.goes_on(days=4)
    assert news(piet) == ["23-11 13:00"]
    assert piet.screen.text.splitlines()[1:] == [f"{ref}: in behandeling" for ref in refs]


async def test_what_was_undone_before_the_hour_is_told_as_it_stands_then(
    town: Town, piet: Someone, sanne: Someone
) -> None:
    ref = await sends(piet)
    await sanne.presses("Oppakken")
    await sanne.presses("Afgehandeld")
    await sanne.presses("Niets aangetroffen")
    assert (await town.signal(ref)).outcome is Outcome.NOTHING_FOUND
    await town.goes_on_until(at("23-11 13:00"))
    piet.sees(f"{ref}: afgehandeld")
    assert len(news(piet)) == 1


@pytest.mark.parametrize(
    ("back", "told"),
    [
        ("23-11 13:20", "24-11 08:30"),  # late: the next fixed moment
        ("23-11 21:00", "24-11 08:30"),  # nobody is rung at night
        ("28-11 11:00", "30-11 08:30"),  # nor in a weekend
    ],
)
async def test_a_missed_hour_is_made_good_at_the_next(
    sqlite_store: SqlStore, town: Town, piet: Someone, sanne: Someone, back: str, told: str
) -> None:
    ref = await sends(piet)
    await sanne.presses("Oppakken")
    await town.clock.move_to(at(back))
    after = Town(sqlite_store, before=town)
    await after.settles()
    await after.goes_on(days=4)

    assert news(after.somebody("piet")) == [told]
    assert f"{ref}: in behandeling" in " ".join(after.somebody("piet").chat)


async def test_mine_says_the_same(town: Town, piet: Someone, sanne: Someone) -> None:
    ref = await sends(piet)
    await sanne.presses("Oppakken")
    for moment, status in (("23-11 12:59", "doorgegeven"), ("23-11 13:00", "in behandeling")):
        await town.goes_on_until(at(moment))
        await piet.types("/mijn")
        piet.sees(f"{ref} · 23-11 · {status}")


async def test_the_morning_lists_what_is_late_due_and_new_each_once(
    town: Town, piet: Someone, sanne: Someone
) -> None:
    late = await sends(piet)
    await town.goes_on_until(at("24-11 16:00"))
    today = await sends(piet, "Geen contact te krijgen bij E-2210")
    await town.goes_on_until(at("24-11 18:00"))
    new = await sends(piet, "Gordijnen bij E-4472 al dagen dicht, dag en nacht")
    await town.goes_on_until(at("25-11 08:30"))
    text = next(m.text for m in reversed(sanne.messages) if m.text.startswith("☀️"))
    sections = text.split("\n")
    assert sections[0] == "☀️ Goedemorgen! Dit ligt er voor u"
    assert text.count(late) == text.count(today) == text.count(new) == 1
    assert text.index("Vandaag") < text.index(late) < text.index("Nieuw") < text.index(new)
    assert text.index("Te laat") < text.index(today) < text.index("Vandaag")
    for word in ("E-4471", "brievenbus", "Voorbeeld", "gordijnen"):
        assert word.lower() not in text.lower(), "a phone in a pocket says no more than references"


async def test_a_morning_with_nothing_is_quiet(town: Town, piet: Someone, sanne: Someone) -> None:
    await sends(piet)
    await sanne.presses("Afgehandeld")
    await sanne.presses("Opgelost")
    await town.goes_on(days=8)
    assert heard(sanne, "☀️") == []


async def test_mornings_are_working_days(town: Town, piet: Someone, sanne: Someone) -> None:
    await town.goes_on_until(at("24-12 16:00"))
    await sends(piet)
    await town.goes_on_until(at("30-12 00:00"))
    assert heard(sanne, "☀️") == ["28-12 08:30", "29-12 08:30"], "Christmas and a weekend between"


async def test_a_morning_that_is_long_past_is_left_out(
    sqlite_store: SqlStore, town: Town, piet: Someone, sanne: Someone
) -> None:
    await sends(piet)
    await town.goes_on_until(at("23-11 18:00"))
    await town.clock.move_to(at("25-11 14:00"))
    after = Town(sqlite_store, before=town)
    await after.settles()
    await after.goes_on_until(at("26-11 09:00"))
    assert heard(after.somebody("sanne"), "☀️") == ["26-11 08:30"]


async def test_a_team_lead_reads_on_monday_what_is_open_by_urgency_and_age(
    town: Town, piet: Someone, sanne: Someone
) -> None:
    lieke = await town.has("lieke")
    await sends(piet)
    await sends(piet, "Brievenbus van E-2210 zit vol")
    await town.goes_on_until(at("07-12 08:00"))
    await sends(piet, "Gordijnen bij E-4472 al dagen dicht")
    await town.goes_on_until(at("07-12 08:30"))

    assert heard(lieke, "🗓️") == ["30-11 08:30", "07-12 08:30"]
    text = next(m.text for m in reversed(lieke.messages) if m.text.startswith("🗓️"))
    assert text.splitlines() == [
        "🗓️ Weekoverzicht: 3 open",
        "(tot een week oud / tot een maand / ouder)",
        "normaal: 0 / 2 / 0",
        "laag: 1 / 0 / 0",
    ]
    assert heard(sanne, "🗓️") == []


async def test_a_hold_that_nobody_confirms_ends_after_two_working_days_loudly(
    town: Town, piet: Someone, sanne: Someone
) -> None:
    lieke = await town.has("lieke")
    await piet.types("Huurder E-4471 zegt: praat niet meer met mijn begeleider.")
    if "Versturen" in " ".join(piet.screen.labels):
        await piet.presses("Versturen")
    async with town.store.reading() as work:
        held = await work.tenancies.agreement_of("voorbeeld", "Z-101", MONDAY.date())
    assert held is not None
    assert held.state == "PAUSED"

    await town.goes_on_until(at("25-11 09:59"))
    assert "agreement.hold_lapsed done" not in await town.audit_of()
    await town.goes_on_until(at("25-11 10:00"))
    assert "agreement.hold_lapsed done" in await town.audit_of()
    alarm = "⚠️ Een verzoek om te stoppen met delen is niet op tijd bevestigd"
    assert heard(sanne, alarm) == heard(lieke, alarm) == ["25-11 10:00"]
    async with town.store.reading() as work:
        again = await work.tenancies.agreement_of("voorbeeld", "Z-101", MONDAY.date())
    assert again is not None
    assert again.state == "ACTIVE"
