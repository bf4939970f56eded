"""What everybody can ask of the bot: own signals, language, help, unlinking."""

from datetime import UTC, datetime

import pytest

from bot.domain.people import PersonKey
from tests.app.town import Someone, Town


@pytest.fixture
async def piet(town: Town) -> Someone:
    return await town.has("piet")


@pytest.fixture
async def sanne(town: Town) -> Someone:
    return await town.has("sanne")


async def sends(piet: Someone, text: str = "Brievenbus van E-4471 zit vol") -> str:
    await piet.types(text)
    await piet.presses("Versturen")
    return piet.reference


async def status_of(piet: Someone, ref: str) -> str:
    await piet.types("/mijn")
    line = next(line for line in piet.screen.text.splitlines() if line.startswith(ref))
    return line.rsplit(" · ", 1)[1]


async def test_statuses_are_released_at_fixed_moments_only(
    town: Town, piet: Someone, sanne: Someone
) -> None:
    """It is Monday, ten o'clock in Amsterdam; the next moments are 13:00 and Tuesday 08:30."""
    ref = await sends(piet)
    await sanne.presses("Oppakken")
    await town.goes_on_until(datetime(2026, 11, 23, 11, 59, 59, tzinfo=UTC))
    assert await status_of(piet, ref) == "doorgegeven"
    await town.goes_on_until(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    assert await status_of(piet, ref) == "in behandeling"

    await sanne.presses("Afgehandeld")
    await sanne.presses("Opgelost")
    await town.goes_on_until(datetime(2026, 11, 24, 7, 29, 59, tzinfo=UTC))
    assert await status_of(piet, ref) == "in behandeling"
    await town.goes_on_until(datetime(2026, 11, 24, 7, 30, tzinfo=UTC))
    assert await status_of(piet, ref) == "afgehandeld"


async def test_a_weekend_releases_nothing(town: Town, piet: Someone, sanne: Someone) -> None:
    await town.goes_on_until(datetime(2026, 11, 27, 12, 30, tzinfo=UTC))
    ref = await sends(piet)
    await sanne.presses("Oppakken")
    await town.goes_on_until(datetime(2026, 11, 29, 23, 0, tzinfo=UTC))
    assert await status_of(piet, ref) == "doorgegeven"
    await town.goes_on_until(datetime(2026, 11, 30, 7, 30, tzinfo=UTC))
    assert await status_of(piet, ref) == "in behandeling"


async def test_only_own_signals_are_listed_newest_first(
    town: Town, piet: Someone, sanne: Someone
) -> None:
    aisha = await town.has("aisha")
    await sends(aisha, "Gordijnen bij E-1890 al dagen dicht")
    first = await sends(piet)
    await town.goes_on(minutes=1)
    second = await sends(piet, "Harde muziek bij E-2210 elke nacht")
    await piet.types("/mijn")

    assert piet.screen.text.splitlines()[1:] == [
        f"{second} · 23-11 · doorgegeven",
        f"{first} · 23-11 · doorgegeven",
    ]


async def test_who_sent_nothing_reads_so(piet: Someone) -> None:
    await piet.types("/mijn")

    piet.sees("U heeft nog geen seintjes verstuurd.")


@pytest.mark.parametrize("how", ["English", "types english", "types /taal en"])
async def test_the_language_can_be_changed(piet: Someone, how: str) -> None:
    await piet.types("/taal")
    if how.startswith("types "):
        await piet.types(how.removeprefix("types "))
    else:
        await piet.presses(how)

    piet.sees("From now on I speak English with you.")
    await piet.types("/signaal")
    piet.sees("Which home is it?")
    await piet.types("/taal nl")
    piet.sees("Vanaf nu praat ik Nederlands met u.")


@pytest.mark.parametrize(
    ("person", "explains"),
    [
        ("piet", "Typ gewoon wat u ziet"),
        ("sanne", "U krijgt een kaart per seintje"),
        ("lieke", "U krijgt een kaart per seintje"),
    ],
)
async def test_help_fits_the_role(town: Town, person: str, explains: str) -> None:
    someone = await town.has(person)
    await someone.types("/help")

    someone.sees("/taal", "/stop", explains)


async def test_an_unknown_command_is_said_to_be_one(piet: Someone) -> None:
    await piet.types("/seintje E-4471")

    piet.sees("Typ /help")


async def test_stop_asks_first(piet: Someone) -> None:
    await piet.types("/stop")
    piet.sees("Wilt u deze telefoon ontkoppelen?")
    await piet.presses("blijf gekoppeld")

    piet.sees("Goed, u blijft gekoppeld.")
    await piet.types("/mijn")
    piet.sees("U heeft nog geen seintjes verstuurd.")


async def test_stop_unlinks(town: Town, piet: Someone) -> None:
    await piet.types("/stop")
    await piet.presses("Ja, ontkoppelen")
    piet.sees("Deze telefoon is ontkoppeld.")
    assert not any("Wilt u deze telefoon" in text for text in piet.chat)
    await piet.types("Brievenbus van E-4471 zit vol")

    piet.sees("Deze bot is alleen voor medewerkers met een uitnodiging.")
    assert await town.signals_of("piet") == []
    async with town.store.reading() as work:
        assert await work.accounts.of(PersonKey("voorbeeld", "piet"), "telegram") is None
    assert (await town.audit_of())[-1] == "account.unlinked done"


async def test_a_command_in_the_middle_of_a_form_leaves_the_form(piet: Someone) -> None:
    await piet.types("/signaal E-4471")
    form = piet.screen
    await piet.types("/help")
    assert form in piet.messages

    await piet.presses("Geluidsoverlast")
    (form_now,) = [message for message in piet.messages if message.id == form.id]
    assert "Hoeveel haast heeft het?" in form_now.text
