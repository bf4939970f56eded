"""What a changed registry sets in motion: foreseen first, and then done."""

from pathlib import Path

import pytest
import typer

from bot.app.registry.effects import Effects
from bot.app.registry.importing import Outcome, import_checked, read_registry
from bot.cli.registry import import_registry
from bot.config import Settings
from bot.domain.signals import State
from bot.texts.catalogue import load_catalogue
from bot.wiring import Parts
from tests.app.town import Someone, Town
from tests.registries import Files, example


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


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "changed"
    made.mkdir()
    return made


@pytest.fixture
async def ref(piet: Someone, sanne: Someone, tom: Someone, lieke: Someone) -> str:
    """A matter about E-4471, of which sanne is the fixed contact."""
    await piet.types("Brievenbus van E-4471 zit vol, al weken")
    await piet.presses("Versturen")
    return piet.reference


async def reads(town: Town, folder: Path, files: Files, dry_run: bool = False) -> Outcome:
    today = town.house.calendar.local_day(town.clock.now())
    checked = read_registry(files.write(folder), today)
    now = town.clock.now()
    outcome = await import_checked(town.store, checked, "beheer", now, dry_run, house=town.house)
    assert not outcome.refused, outcome.problems
    await town.settles()
    return outcome


def moves(effects: Effects) -> list[tuple[str, str, str]]:
    return [(one.cause, one.before, one.after) for one in effects.moves]


async def has(town: Town, ref: str) -> tuple[str | None, str | None]:
    signal = await town.signal(ref)
    return signal.owner, signal.belongs_to


def another_contact() -> Files:
    files = example()
    files.find("tenancies.csv", unit="E-4471")["contact"] = "tom"
    return files


def tenancy_over() -> Files:
    """The neighbourhood has another consultant, which shows once nobody lives there."""
    files = example()
    files.find("tenancies.csv", unit="E-4471")["ends"] = "22-11-2026"
    files.find("neighbourhoods.csv", neighbourhood="noord")["consultant"] = "lieke"
    return files


def sanne_left() -> Files:
    files = example()
    files.find("people.csv", person="sanne")["active"] = "nee"
    for row in files["tenancies.csv"] + files["cases.csv"]:
        if row["contact"] == "sanne":
            row["contact"] = "tom"
    files.find("neighbourhoods.csv", neighbourhood="noord")["consultant"] = "tom"
    return files


@pytest.mark.parametrize(
    ("files", "cause", "after"),
    [
        (another_contact(), "contact", "tom"),
        (tenancy_over(), "tenancy_ended", "lieke"),
        (sanne_left(), "left", "tom"),
    ],
)
async def test_an_open_matter_moves_as_foreseen(
    town: Town, folder: Path, ref: str, sanne: Someone, files: Files, cause: str, after: str
) -> None:
    await sanne.presses("Oppakken")

    foreseen = await reads(town, folder, files, dry_run=True)
    assert moves(foreseen.effects) == [(cause, "sanne", after)]
    assert await has(town, ref) == ("sanne", None)

    done = await reads(town, folder, files)
    assert moves(done.effects) == moves(foreseen.effects)
    assert await has(town, ref) == (after, None)
    assert (await town.signal(ref)).state is State.ROUTED
    assert town.somebody(after).has_card(ref)
    assert f"signal.moved {cause} {after}" in await town.audit_of()

    again = await reads(town, folder, files)
    assert again.effects == Effects()


async def test_the_consultant_of_a_neighbourhood_changes(
    town: Town, folder: Path, tom: Someone, lieke: Someone
) -> None:
    """Nobody lives at E-5013, so that the consultant of its neighbourhood is responsible."""
    aisha = await town.has("aisha")
    await aisha.types("Brievenbus van E-5013 zit vol, al weken")
    await aisha.presses("Versturen")
    ref = aisha.reference
    assert await has(town, ref) == ("tom", None)

    files = example()
    files.find("neighbourhoods.csv", neighbourhood="zuid")["consultant"] = "lieke"
    done = await reads(town, folder, files)
    assert moves(done.effects) == [("neighbourhood", "tom", "lieke")]
    assert await has(town, ref) == ("lieke", None)


async def test_what_was_passed_on_by_hand_stays(
    town: Town, folder: Path, ref: str, sanne: Someone
) -> None:
    await sanne.presses("Naar collega")
    await sanne.presses("Lieke")
    done = await reads(town, folder, another_contact())
    assert not done.effects.moves
    assert await has(town, ref) == ("lieke", None)


async def test_a_lent_matter_moves_with_whom_it_belongs_to(
    town: Town, folder: Path, ref: str, sanne: Someone
) -> None:
    await sanne.types("/afwezig vandaag t/m 27-11 lieke")
    await sanne.presses("✅")
    assert await has(town, ref) == ("lieke", "sanne")
    await reads(town, folder, another_contact())
    assert await has(town, ref) == ("tom", None)
    await town.goes_on(days=7)
    assert await has(town, ref) == ("tom", None)


async def test_an_absence_from_the_files_works_as_one_that_was_typed(
    town: Town, folder: Path, ref: str
) -> None:
    files = example()
    files["absences.csv"].append(
        {
            "corporation": "voorbeeld",
            "person": "sanne",
            "starts": "24-11-2026",
            "ends": "25-11-2026",
            "deputy": "lieke",
        }
    )
    done = await reads(town, folder, files)
    assert [(one.absence.person, one.matters) for one in done.effects.away] == [("sanne", 1)]
    assert done.effects.must_be_asked
    assert await has(town, ref) == ("sanne", None)
    await town.goes_on(days=1)
    assert await has(town, ref) == ("lieke", "sanne")
    await town.goes_on(days=2)
    assert await has(town, ref) == ("sanne", None)


@pytest.mark.parametrize(
    ("starts", "days", "button"),
    [("23-11-2026", 1, "Ik ben er weer"), ("30-11-2026", 0, "Intrekken")],
)
async def test_a_file_does_not_bring_back_what_was_ended_here(
    town: Town, folder: Path, ref: str, sanne: Someone, starts: str, days: int, button: str
) -> None:
    files = example()
    row = {"corporation": "voorbeeld", "person": "sanne", "starts": starts, "ends": "4-12-2026"}
    files["absences.csv"].append({**row, "deputy": "lieke"})
    await reads(town, folder, files)
    await town.goes_on(days=days)
    await sanne.types("/afwezig")
    await sanne.presses(button)
    assert await has(town, ref) == ("sanne", None)

    again = await reads(town, folder, files)
    assert again.effects == Effects()
    await town.goes_on(days=9)
    assert await has(town, ref) == ("sanne", None)


# at the administrator's machine


@pytest.fixture
def parts(town: Town, monkeypatch: pytest.MonkeyPatch) -> Parts:
    monkeypatch.setenv("LANG", "nl_NL.UTF-8")
    return Parts(Settings(), town.store, town.house, load_catalogue(), town.clock)


async def test_what_moves_is_shown_and_asked_first(
    town: Town, folder: Path, ref: str, parts: Parts, capsys: pytest.CaptureFixture[str]
) -> None:
    sanne_left().write(folder)
    with pytest.raises(typer.Exit) as ended:
        await import_registry(parts, folder, dry_run=False)
    assert ended.value.exit_code == 2
    output, errors = capsys.readouterr()
    assert "sanne werkt hier niet meer: koppelingen en codes vervallen." in output
    assert "sanne werkt hier niet meer. Open zaken die naar tom gaan: 1." in output
    assert "--yes" in errors
    assert await has(town, ref) == ("sanne", None)

    await import_registry(parts, folder, dry_run=False, is_agreed=True)
    output = capsys.readouterr().out
    assert "Open zaken die naar tom gaan: 1." in output
    assert output.splitlines()[-1] == "Ingelezen."
    assert await has(town, ref) == ("tom", None)


async def test_a_dry_run_moves_nothing(
    town: Town, folder: Path, ref: str, parts: Parts, capsys: pytest.CaptureFixture[str]
) -> None:
    await import_registry(parts, another_contact().write(folder), dry_run=True)
    output = capsys.readouterr().out
    assert "Open zaken die van sanne naar tom gaan: 1." in output
    assert await has(town, ref) == ("sanne", None)
