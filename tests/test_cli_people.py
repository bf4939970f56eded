"""What the administrator sees and does with `seintje people`."""

import pytest
import typer

from bot.cli.people import let_person_leave, show_people
from bot.config import Settings
from bot.domain.people import PersonKey
from bot.texts.catalogue import load_catalogue
from bot.wiring import Parts
from storage.database import SqlStore
from tests.app.conftest import sqlite_store as sqlite_store
from tests.app.town import Town


@pytest.fixture
async def town(sqlite_store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setenv("LANG", "nl_NL.UTF-8")
    town = Town(sqlite_store)
    await town.fills_its_registry()
    return town


def parts(town: Town) -> Parts:
    return Parts(Settings(), town.store, town.house, load_catalogue(), town.clock)


def line_about(output: str, person: str) -> str:
    (line,) = (line for line in output.splitlines() if f"voorbeeld/{person} " in line)
    return line


async def test_who_cannot_be_reached_since_when_and_why(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    piet, sanne, tom = [await town.has(one) for one in ("piet", "sanne", "tom")]
    await town.has("aisha")
    await tom.types("/stop")
    await tom.presses("ntkoppel")
    sanne.blocks_the_bot()
    await piet.types("Brievenbus van E-4471 zit vol, al weken")
    await piet.presses("Versturen")

    await show_people(parts(town), only_unreachable=True)
    output = capsys.readouterr().out
    assert "heeft de bot geblokkeerd" in line_about(output, "sanne")
    assert "23-11-2026 10:00" in line_about(output, "sanne")
    assert "heeft de koppeling beëindigd" in line_about(output, "tom")
    assert "23-11-2026 10:00" in line_about(output, "tom")
    assert "is nog nooit gekoppeld" in line_about(output, "lieke")
    assert "voorbeeld/piet" not in output
    assert "voorbeeld/bram" not in output

    await show_people(parts(town), only_unreachable=False)
    assert "te bereiken" in line_about(capsys.readouterr().out, "piet")


async def test_when_all_is_well_it_says_so(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    for person in ("piet", "aisha", "sanne", "tom", "lieke"):
        await town.has(person)
    for person in ("joost", "mark", "ellen"):
        await town.has(person, "test")
    await show_people(parts(town), only_unreachable=True)
    assert capsys.readouterr().out == "Iedereen is te bereiken.\n"


async def test_somebody_leaves(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    piet, sanne, lieke = [await town.has(one) for one in ("piet", "sanne", "lieke")]
    await piet.types("Brievenbus van E-4471 zit vol, al weken")
    await piet.presses("Versturen")
    assert sanne.has_card(piet.reference)

    await let_person_leave(parts(town), "sanne")
    output = capsys.readouterr().out
    assert "Sanne Voorbeeld werkt hier niet meer." in output
    assert "Open zaken die naar lieke gaan: 1." in output
    assert "people.csv" in output
    await town.settles()
    assert lieke.has_card(piet.reference)
    async with town.store.reading() as work:
        gone = await work.people.get(PersonKey("voorbeeld", "sanne"))
    assert gone is not None
    assert not gone.active


@pytest.mark.parametrize(
    ("person", "said"), [("nobody", "nobody"), ("lieke", "is de enige teamleider")]
)
async def test_who_cannot_leave(
    town: Town, capsys: pytest.CaptureFixture[str], person: str, said: str
) -> None:
    with pytest.raises(typer.Exit) as ended:
        await let_person_leave(parts(town), person)
    assert ended.value.exit_code == 2
    assert said in capsys.readouterr().err
