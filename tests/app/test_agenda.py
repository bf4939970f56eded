"""Looking ahead without acting: what falls due if nobody does anything."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import typer

from bot.app.agenda import Coming, coming
from bot.cli.agenda import show_agenda
from bot.config import Settings
from bot.domain.due import DueKind
from bot.texts.catalogue import load_catalogue
from bot.wiring import Parts
from tests.app.town import Someone, Town

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
async def ref(town: Town) -> str:
    piet, _ = await town.has("piet"), await town.has("sanne")
    await piet.types("Brievenbus van E-4471 zit vol, al weken")
    await piet.presses("Versturen")
    return piet.reference


async def looks(town: Town, days: int = 14, person: str | None = None) -> list[Coming]:
    now = town.clock.now()
    async with town.store.reading() as work:
        return list(await coming(town.house, work, now, now + timedelta(days=days), person))


def said(items: list[Coming]) -> list[str]:
    return [f"{one.at.astimezone(AMSTERDAM):%d-%m %H:%M} {one.step} {one.owner}" for one in items]


async def test_the_whole_ladder_of_a_matter_is_seen_beforehand(town: Town, ref: str) -> None:
    items = [one for one in await looks(town, person="sanne") if one.row.about == ref]
    assert said(items) == [
        "23-11 14:15 reminder sanne",
        "24-11 10:00 deputy sanne",
        "25-11 10:00 team_lead sanne",
        "27-11 10:00 alarm sanne",
        "04-12 10:00 again sanne",
    ]
    assert await looks(town, person="tom") == []


async def test_what_is_foreseen_is_what_comes(town: Town, ref: str) -> None:
    sanne: Someone = town.somebody("sanne")
    await sanne.presses("Oppakken")
    foreseen = [one.at for one in await looks(town, days=20) if one.row.about == ref]
    await town.goes_on(days=20)
    async with town.store.reading() as work:
        history = await work.signals.history("voorbeeld", ref)
    assert foreseen == [event.at for event in history if event.act == "come_back"]
    assert len(foreseen) == 3


async def test_looking_changes_nothing(town: Town, ref: str) -> None:
    async with town.store.reading() as work:
        before = await work.due.ahead(datetime(2030, 1, 1, tzinfo=AMSTERDAM), 1000)
    await looks(town, days=400)
    async with town.store.reading() as work:
        assert await work.due.ahead(datetime(2030, 1, 1, tzinfo=AMSTERDAM), 1000) == before


async def test_fixed_hours_stand_in_it_too(town: Town, ref: str) -> None:
    items = [one for one in await looks(town, days=1) if one.row.corporation == "voorbeeld"]
    kinds = [(one.row.kind, f"{one.at.astimezone(AMSTERDAM):%d-%m %H:%M}") for one in items]
    assert (DueKind.RELEASE, "23-11 13:00") in kinds
    assert (DueKind.RELEASE, "24-11 08:30") in kinds
    assert (DueKind.DIGEST, "24-11 08:30") in kinds


def parts(town: Town) -> Parts:
    return Parts(Settings(), town.store, town.house, load_catalogue(), town.clock)


async def test_the_command_shows_one_persons_day_with_references_only(
    town: Town, ref: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "nl_NL.UTF-8")
    await show_agenda(parts(town), "sanne", "vrijdag")
    output = capsys.readouterr().out
    (line,) = (line for line in output.splitlines() if ref in line)
    assert "27-11-2026 10:00" in line
    assert "alarm: niemand pakt het op" in line
    assert "E-4471" not in output

    await show_agenda(parts(town), "tom", None)
    assert capsys.readouterr().out == "Er staat niets op de agenda.\n"


async def test_a_day_that_cannot_be_read_is_refused(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit):
        await show_agenda(parts(town), None, "ooit")
    assert "Schrijf bijvoorbeeld 3-12 of morgen" in capsys.readouterr().err
