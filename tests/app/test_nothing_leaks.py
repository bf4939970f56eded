"""Marked words go nowhere: to no disk, no log, nobody's chat but the sender's own form."""

import json
import logging
import re
from collections.abc import Awaitable, Iterator
from pathlib import Path

import pytest

from bot.domain.outbox import OutboxRow
from bot.domain.people import PersonKey
from bot.ports.doors import Place
from bot.texts.catalogue import load_catalogue
from storage.database import SqlStore
from tests.app.paper import Line
from tests.app.town import Town
from tests.registries import Files, example
from tests.stores import open_test_store

NOTE = "kwetterende kanarie"
NAME = "Wilhelmina Tjoetertje"
BSN = "123456782"
TENANT = "Abel Proefhuurder"
MARKS = (NOTE, NAME, BSN, TENANT, "Tjoetertje", "Proefhuurder")
NEVER_SAID = (NAME, BSN, TENANT, "Tjoetertje", "Proefhuurder")


def registry() -> Files:
    files = example()
    files.find("tenancies.csv", tenancy="H-0001").update(tenant_name=TENANT)
    return files


async def says_it_everywhere(town: Town) -> None:
    """Marked words in every place where somebody can type something."""
    piet, sanne, tom = await town.has("piet"), await town.has("sanne"), await town.has("tom")
    await piet.types(f"Brievenbus van E-4471 zit vol met een {NOTE}")
    await piet.edits(piet.messages[0].id, f"{NAME} is weer psychotisch, BSN {BSN}")
    await piet.presses("Versturen")
    await piet.types(f"Mevrouw {NAME} van E-4471 is weer psychotisch, BSN {BSN}")
    await piet.presses("Opnieuw typen")
    await piet.types(f"Harde muziek bij mevrouw {NAME}, een {NOTE}")
    await piet.presses("Zonder dit doorgaan")
    await piet.types("geluid")
    await piet.types(f"{NAME} {BSN}")
    await piet.types("/annuleren")
    for says in ("/signaal", f"bij {NAME}", f"/help {NAME}", f"/taal {NAME}", f"{TENANT}?"):
        await piet.types(says)
    await piet.types(f"/signaal E-4471 brievenbus spoed {TENANT} ligt op bed, {NOTE}")
    await piet.types(f"Heeft {TENANT} op E-4471 een driepartijencontract?")
    await piet.types("/annuleren")
    await piet.types(f"Ik hoor nu klappen en gegil bij mevrouw {NAME}, E-4471, een {NOTE}!")
    await sanne.types(f"{NAME} {BSN} {NOTE}")
    await tom.presses("Oppakken")
    await town.store.erase("voorbeeld", await subject_at(town, "E-4472"))
    await piet.types(f"Brievenbus van E-4472 zit vol met een {NOTE}")
    await piet.presses("Versturen")
    await town.somebody("stranger").types(f"{NAME} {BSN} {NOTE}")
    await town.somebody("group").types(f"{NAME} {BSN} {NOTE}", Place.GROUP)
    sanne.blocks_the_bot()
    await piet.types(f"Gordijnen bij E-4471 al dagen dicht, een {NOTE}")
    await piet.presses("Versturen")
    await town.goes_on(days=2)


async def subject_at(town: Town, unit: str) -> str:
    async with town.store.reading() as work:
        tenancy = await work.tenancies.of_unit("voorbeeld", unit, town.clock.now().date())
    assert tenancy is not None
    return tenancy.subject


def marks_in(text: str | bytes, marks: tuple[str, ...] = MARKS) -> list[str]:
    raw = text if isinstance(text, bytes) else text.encode()
    return [mark for mark in marks if any(spelling in raw for spelling in spellings(mark))]


def spellings(word: str) -> Iterator[bytes]:
    for one in (word, word.lower(), word.upper()):
        yield from (one.encode(), one.encode("utf-16-le"), json.dumps(one).encode()[1:-1])


def on_disk(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_marked_words_reach_neither_disk_nor_logs(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_test_store(tmp_path) as store:
        town = Town(store)
        await town.fills_its_registry(registry().write(tmp_path_factory.mktemp("registry")))
        await says_it_everywhere(town)
        while_running = on_disk(tmp_path)
    after_the_end = on_disk(tmp_path)

    assert {"seintje.db", "seintje.db-wal", "keystore.db"} <= while_running.keys()
    for files in (while_running, after_the_end):
        assert {
            name: marks_in(content) for name, content in files.items() if marks_in(content)
        } == {}
    assert marks_in(while_running["seintje.db-wal"], ("voorbeeld", "piet"))
    printed = capfd.readouterr()
    assert "person_unreachable" in printed.out
    assert marks_in(caplog.text) == marks_in(printed.out) == marks_in(printed.err) == []


async def test_marked_words_are_told_to_nobody_but_the_sender(
    sqlite_store: SqlStore, tmp_path_factory: pytest.TempPathFactory
) -> None:
    town = Town(sqlite_store)
    await town.fills_its_registry(registry().write(tmp_path_factory.mktemp("registry")))
    await says_it_everywhere(town)

    lines = town.platform.transcript
    assert [line for line in lines if marks_in(said(line), NEVER_SAID)] == []
    assert {line.chat for line in lines if marks_in(said(line))} == {"piet"}
    assert marks_in(" ".join(m.text for m in town.somebody("piet").messages if not m.own)) == []


async def test_what_was_told_can_be_read_by_the_responsible_person(town: Town) -> None:
    """Or the tests above would prove nothing: the note is there, for whoever may read it."""
    piet = await town.has("piet")
    await piet.types(f"Brievenbus van E-4471 zit vol met een {NOTE}")
    await piet.presses("Versturen")

    assert NOTE in await town.content(piet.reference)


def said(line: Line) -> str:
    return " ".join([line.text, *(part for button in line.buttons for part in button)])


async def test_what_a_consultant_gets_holds_neither_home_nor_category(town: Town) -> None:
    piet, sanne = await town.has("piet"), await town.has("sanne")
    await piet.types("Brievenbus van E-4471 zit al weken vol")
    await piet.presses("Versturen")
    await sanne.presses("Oppakken")
    await sanne.types("/zaken")
    await sanne.presses("Afgehandeld")
    await sanne.presses("Opgelost")

    told = " ".join(said(line) for line in sanne.lines)
    for part in ("4471", "Voorbeeldstraat", "9999", "ievenbus", "Volle", "Piet"):
        assert part not in told


class TestTheOutbox:
    """Rows hold references, template names and text keys; the words are made when sending."""

    NO_TEXT = re.compile(r"[\w.:-]*")

    async def rows_after(self, town: Town, doing: Awaitable[None]) -> list[OutboxRow]:
        town.is_dying = True
        await doing
        async with town.store.reading() as work:
            rows = list(await work.post.undelivered(100))
        town.is_dying = False
        await town.settles()
        return rows

    async def test_no_row_is_ever_text(self, town: Town) -> None:
        piet, sanne = await town.has("piet"), await town.has("sanne")
        rows = [
            *await self.rows_after(town, piet.types("Brievenbus van E-4471 zit vol, al weken")),
            *await self.rows_after(town, piet.presses("Versturen")),
            *await self.rows_after(town, sanne.presses("Oppakken")),
            *await self.rows_after(town, piet.types(f"Mevrouw {NAME} op E-4471 is psychotisch")),
            *await self.rows_after(town, piet.presses("Opnieuw typen")),
            *await self.rows_after(town, piet.types("Ik hoor nu klappen en gegil bij E-4471!")),
            *await self.rows_after(town, piet.types("/mijn")),
            *await self.rows_after(town, sanne.types("/zaken")),
            *await self.rows_after(town, piet.types("/stop")),
            *await self.rows_after(town, piet.presses("ontkoppelen")),
            *await self.rows_after(town, town.somebody("x").types("Wie woont er op E-4471?")),
        ]

        keys = load_catalogue().sentences["nl"]
        assert len({row.template for row in rows}) >= 6
        for row in rows:
            values = [row.about, *(str(value) for value in row.details.values())]
            assert all(self.NO_TEXT.fullmatch(value) for value in values), row.template
            assert row.details.get("text", "") in {"", *keys}


async def test_after_sending_nothing_of_the_form_is_kept(town: Town) -> None:
    piet, _ = await town.has("piet"), await town.has("sanne")
    await piet.types("Brievenbus van E-4471 zit vol, al weken")
    await piet.presses("Versturen")

    async with town.store.reading() as work:
        assert await work.dialogues.get(PersonKey("voorbeeld", "piet")) is None
        assert await work.post.undelivered(10) == []
