"""What somebody at the corporation's machine sees of `seintje import`."""

from collections.abc import AsyncIterator
from datetime import UTC
from pathlib import Path

import pytest
import typer

from bot.app.house import House
from bot.cli.registry import import_registry
from bot.config import Settings
from bot.domain.worktime import WorkCalendar
from bot.screening.screener import load_screener
from bot.texts.catalogue import load_catalogue
from bot.wiring import Parts
from handlers.clock import HandDrivenClock
from tests.registries import NOW, example
from tests.stores import open_test_store


@pytest.fixture
async def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Parts]:
    monkeypatch.setenv("LANG", "nl_NL.UTF-8")
    clock = HandDrivenClock(NOW)
    house = House(clock, load_screener(), WorkCalendar(UTC))
    async with open_test_store(tmp_path) as store:
        yield Parts(Settings(), store, house, load_catalogue(), clock)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "registry"
    made.mkdir()
    return made


def row_of(output: str, file: str) -> list[str]:
    (line,) = (line for line in output.splitlines() if file in line)
    return line.split()


async def test_an_import_shows_what_changed(
    parts: Parts, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await import_registry(parts, example().write(folder), dry_run=False)
    output = capsys.readouterr().out
    assert row_of(output, "dwellings.csv") == ["dwellings.csv", "14", "0", "0", "0", "0"]
    assert output.splitlines()[-1] == "Ingelezen."
    await import_registry(parts, folder, dry_run=False)
    output = capsys.readouterr().out
    assert row_of(output, "dwellings.csv") == ["dwellings.csv", "0", "0", "14", "0", "0"]
    assert output.splitlines()[-1] == "Er is niets veranderd."


async def test_a_dry_run_says_that_it_was_only_to_show(
    parts: Parts, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await import_registry(parts, example().write(folder), dry_run=True)
    assert "Er is niets ingelezen." in capsys.readouterr().out
    async with parts.store.reading() as work:
        assert await work.people.corporations() == []


async def test_what_is_wrong_is_shown_whole_and_ends_with_a_failure(
    parts: Parts, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = example().drop("areas.csv", person="piet")
    for number in (3, 4, 5):
        files.row("dwellings.csv", number)["postcode"] = "[red]nul[/red]"
    with pytest.raises(typer.Exit) as ended:
        await import_registry(parts, files.write(folder), dry_run=False)
    assert ended.value.exit_code == 1
    output, errors = capsys.readouterr()
    assert output == ""
    assert "Let op" in errors
    assert "Dit moet eerst worden verbeterd" in errors
    assert row_of(errors, "dwellings.csv")[:3] == ["dwellings.csv", "3-5", "postcode"]
    assert "Schrijf vier cijfers en twee letters" in errors
    assert "nul" not in errors
    assert errors.splitlines()[-1].startswith("Er is niets ingelezen.")


async def test_in_english_for_who_reads_english(
    parts: Parts,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    await import_registry(parts, example().write(folder), dry_run=False)
    assert capsys.readouterr().out.splitlines()[-1] == "Imported."
