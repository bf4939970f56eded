"""However people are away and stand in for each other: no matter is left with somebody who cannot
act while somebody can, and in the end all is back where it was."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app.absences import AlreadyAway, GoesRound, plan_absence
from bot.app.staff import staff_today
from bot.domain.people import PersonKey
from bot.domain.routing import responsible_for
from bot.domain.tenancies import Absence
from tests.app.town import CALENDAR, Town
from tests.stores import open_test_store

STAFF = ("sanne", "tom", "lieke")
SENT = (
    "Brievenbus van E-4471 zit vol, al weken",
    "Stank bij E-4473 in de gang, al weken",
    "Gordijnen bij E-3105 al dagen dicht, dag en nacht",
)
FIRST = date(2026, 11, 23)
DAYS = 10

days = st.integers(0, DAYS)
absences = st.builds(
    lambda person, starts, length, deputy: Absence(
        "voorbeeld",
        person,
        FIRST + timedelta(days=starts),
        FIRST + timedelta(days=starts + length),
        deputy if deputy != person else None,
    ),
    st.sampled_from(STAFF),
    days,
    st.integers(0, 7),
    st.sampled_from((*STAFF, None)),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(planned=st.lists(absences, max_size=7), unreachable=st.sampled_from((None, *STAFF)))
async def test_every_matter_has_an_owner_who_can_act_and_comes_back(
    planned: list[Absence], unreachable: str | None
) -> None:
    with TemporaryDirectory() as folder:
        async with open_test_store(Path(folder)) as store:
            town = Town(store)
            await town.fills_its_registry()
            for person in ("piet", "aisha", *STAFF):
                if person != unreachable:
                    await town.has(person)
            refs = [await _sent(town, text) for text in SENT]
            for ref in refs:
                await _is_taken_up(town, ref)
            before = await _owners(town, refs)
            for absence in planned:
                await _is_planned(town, absence)
            for day in range(1, DAYS + 12):
                moment = CALENDAR.at(FIRST + timedelta(days=day), CALENDAR.office[0])
                await town.goes_on_until(moment)
                if CALENDAR.is_working_day(FIRST + timedelta(days=day)):
                    await _all_have_who_can_act(town, refs)
            assert await _owners(town, refs) == before


async def _sent(town: Town, text: str) -> str:
    manager = town.somebody("aisha")
    await manager.types(text)
    for label in manager.screen.labels:
        if "Versturen" in label:
            await manager.presses(label)
            break
    return manager.reference


async def _is_taken_up(town: Town, ref: str) -> None:
    """So that nobody is called every day, which would take the test long."""
    owner = (await town.signal(ref)).owner
    assert owner is not None
    one = town.somebody(owner)
    await one.presses("Oppakken", on=one.card(ref))


async def _is_planned(town: Town, absence: Absence) -> None:
    async with town.store.work() as work:
        person = await work.people.get(PersonKey("voorbeeld", absence.person))
        assert person is not None
        try:
            await plan_absence(town.house, work, person, absence)
        except (AlreadyAway, GoesRound):
            return
    await town.settles()


async def _owners(town: Town, refs: list[str]) -> list[tuple[str | None, str | None]]:
    signals = [await town.signal(ref) for ref in refs]
    return [(signal.owner, signal.belongs_to) for signal in signals]


async def _all_have_who_can_act(town: Town, refs: list[str]) -> None:
    """Whoever has a matter can act, as long as the rule of routing finds anybody who can."""
    async with town.store.reading() as work:
        staff = await staff_today(town.house, work, "voorbeeld")
    for owner, belongs_to in await _owners(town, refs):
        assert owner is not None
        if staff.can_act(responsible_for(belongs_to or owner, None, staff).person):
            assert staff.can_act(owner), (owner, staff.away)
        assert belongs_to is None or belongs_to in staff.away
