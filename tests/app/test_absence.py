"""Somebody is away: matters move to whoever stands in, and come back."""

from datetime import timedelta

import pytest

from bot.domain.signals import Act, State
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
    signal = await town.signal(ref)
    return signal.owner, signal.belongs_to


async def test_away_from_today_until_friday(
    town: Town, piet: Someone, sanne: Someone, tom: Someone, lieke: Someone
) -> None:
    ref = await sends(piet)
    await sanne.types("/afwezig vandaag t/m vrijdag tom")
    sanne.sees("van 23-11-2026 t/m 27-11-2026", "Tom Voorbeeld", "Klopt dit?")
    await sanne.presses("✅")

    sanne.sees("Dat is geregeld")
    assert await has(town, ref) == ("tom", "sanne")
    assert tom.card(ref)

    await town.goes_on(days=6, hours=22, minutes=29)
    assert await has(town, ref) == ("tom", "sanne")
    await town.goes_on(minutes=1)
    assert await has(town, ref) == ("sanne", None)


async def test_in_any_order(town: Town, sanne: Someone, tom: Someone) -> None:
    for line in (
        "/afwezig 3-12 t/m 17-12 Tom",
        "/afwezig Tom 3-12 t/m 17-12",
        "/AFWEZIG Tom Voorbeeld, 3 t/m 17 december",
        "/away 3-12 to 17-12 tom",
    ):
        await sanne.types(line)
        sanne.sees("van 03-12-2026 t/m 17-12-2026", "Tom Voorbeeld")
