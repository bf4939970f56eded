"""The main story from end to end, on both databases."""

from datetime import UTC, datetime

from storage.database import SqlStore
from tests.app.town import Town


async def test_a_signal_reaches_the_responsible_consultant_and_nobody_else(
    store: SqlStore,
) -> None:
    town = Town(store)
    await town.fills_its_registry()
    piet, sanne, tom = await town.has("piet"), await town.has("sanne"), await town.has("tom")
    lieke, mark = await town.has("lieke"), await town.has("mark", "test")
    others = tom.lines, lieke.lines, mark.lines

    await piet.types("Brievenbus van E-4471 zit al twee weken propvol.")
    piet.sees("Klopt dit?", "Volle brievenbus", "normaal")
    await piet.presses("Versturen")
    ref = piet.reference
    piet.sees(f"Doorgegeven. Kenmerk: {ref}")
    assert "wacht op u" in sanne.card(ref).text
    assert (tom.lines, lieke.lines, mark.lines) == others

    await sanne.presses("Oppakken")
    await town.goes_on_until(datetime(2026, 11, 23, 12, 0, tzinfo=UTC))
    await piet.types("/mijn")
    piet.sees(f"{ref} · 23-11 · in behandeling")

    await piet.types("Heeft 14b een driepartijencontract?")
    piet.sees("bij geen enkele woning iets zeggen")
    await piet.types("Mevrouw Jansen hoort bij BSN 123456782, E-4471")
    piet.sees("Dit kan ik niet doorsturen", "een burgerservicenummer", "een naam")
    await piet.presses("Annuleren")

    aisha = await town.has("aisha")
    await aisha.types("De brievenbus van E-4471 puilt uit")
    await aisha.presses("Versturen")
    assert "met nog 1 melding" in sanne.card(ref).text
    sanne.blocks_the_bot()
    await aisha.types("Ik hoor nu klappen en een kind gillen bij E-4471!")
    assert tom.has_card(aisha.reference)
    sanne.unblocks_the_bot()
    await sanne.types("/zaken")

    assert "ligt bij een collega" in sanne.card(ref).text

    await tom.presses("Afgehandeld", on=tom.card(ref))
    await tom.presses("Opgelost")
    await town.goes_on(days=1)
    await piet.types("/mijn")
    piet.sees(f"{ref} · 23-11 · afgehandeld")
    async with store.reading() as work:
        assert await work.post.undelivered(10) == []
