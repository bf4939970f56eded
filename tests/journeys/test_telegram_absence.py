"""A consultant who goes away, on a phone and through the whole program."""

from bot.cli.people import let_person_leave
from tests.journeys.installation import Installation, said_by_bot
from tests.journeys.installation import here as here
from tests.journeys.test_telegram_staff import is_told


async def test_away_today_and_back_again(here: Installation) -> None:
    piet, sanne, tom = [await here.has(one) for one in ("piet", "sanne", "tom")]
    ref = await is_told(piet)
    await sanne.sees(f"🔔 Seintje {ref}")

    await sanne.types("/afwezig")
    await sanne.sees("Vanaf welke dag")
    await sanne.types("vandaag t/m 3-12 tom")
    await sanne.sees("Tom Voorbeeld neemt uw open zaken waar")
    await sanne.presses("✅")
    await sanne.sees("Dat is geregeld")
    await tom.sees(f"🔔 Seintje {ref}")
    signal = await here.signal(ref)
    assert (signal.owner, signal.belongs_to) == ("tom", "sanne")

    await sanne.types("/afwezig")
    await sanne.presses("Ik ben er weer")
    await sanne.sees("Welkom terug")

    async def is_back() -> bool:
        return (await here.signal(ref)).owner == "sanne"

    await here.until(is_back)
    await here.is_quiet()
    assert not any("Vanaf welke dag" in text for text in said_by_bot(sanne))


async def test_somebody_leaves_while_the_service_runs(here: Installation) -> None:
    piet, sanne, lieke = [await here.has(one) for one in ("piet", "sanne", "lieke")]
    ref = await is_told(piet)
    await sanne.sees(f"🔔 Seintje {ref}")
    await let_person_leave(here.parts, "sanne")
    await lieke.sees(f"🔔 Seintje {ref}")
