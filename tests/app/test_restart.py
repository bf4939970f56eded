"""The service stops in the middle of something and goes on as if nothing had happened."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.app.town import Someone, Town
from tests.stores import open_test_store


@asynccontextmanager
async def running(folder: Path, url: str, before: Town | None = None) -> AsyncIterator[Town]:
    """A process of its own as far as memory goes; the people and their chats stay."""
    async with open_test_store(folder, url) as store:
        town = Town(store, before=before)
        if before is None:
            await town.fills_its_registry()
        yield town


def go_on(town: Town, *people: Someone) -> None:
    for someone in people:
        someone.town = town


async def test_a_form_goes_on_where_it_was(tmp_path: Path, database_url: str) -> None:
    async with running(tmp_path, database_url) as first:
        piet, sanne = await first.has("piet"), await first.has("sanne")
        before = piet.chat
        await piet.types("/signaal E-4471 brievenbus laag")
        piet.sees("Wilt u er iets bij vertellen?")

    async with running(tmp_path, database_url, first) as second:
        go_on(second, piet, sanne)
        await piet.types("De brievenbus is vol bij Jansen")
        piet.sees("een naam", "De brievenbus is vol bij [naam]")

    async with running(tmp_path, database_url, second) as third:
        go_on(third, piet, sanne)
        await piet.presses("Zonder dit doorgaan")
        piet.sees("Klopt dit?", "E-4471", "laag", "[naam]")

    async with running(tmp_path, database_url, third) as fourth:
        go_on(fourth, piet, sanne)
        await piet.presses("Versturen")
        assert piet.chat == (*before, f"✅ Doorgegeven. Kenmerk: {piet.reference}")
        assert "vol bij [naam]" in await fourth.content(piet.reference)
        assert sanne.has_card(piet.reference)


async def test_what_was_taken_in_but_not_yet_done_is_done(
    tmp_path: Path, database_url: str
) -> None:
    async with running(tmp_path, database_url) as first:
        piet, sanne = await first.has("piet"), await first.has("sanne")
        await piet.types("Brievenbus van E-4471 zit vol, al weken")
        first.is_dying = True
        await piet.presses("Versturen")
        assert not any("Kenmerk" in text for text in piet.chat)

    async with running(tmp_path, database_url, first) as second:
        go_on(second, piet, sanne)
        await second.settles()
        piet.sees("Doorgegeven")
        assert sanne.has_card(piet.reference)
        await piet.is_delivered_again()
        assert len(await second.signals_of("piet")) == 1
