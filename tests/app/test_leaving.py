"""Somebody stops working here: everything goes to whoever is responsible now, the same day."""

import pytest

from bot.app.leaving import LastTeamLead, leave
from bot.domain.people import PersonKey
from bot.domain.signals import Act, State
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


async def leaves(town: Town, person: str) -> list[str]:
    """The references of what moved."""
    async with town.store.work() as work:
        found = await work.people.get(PersonKey("voorbeeld", person))
        assert found is not None
        moves = await leave(town.house, work, found, "beheer")
    await town.settles()
    return [one.signal.ref for one in moves]


async def test_a_matter_goes_to_the_consultant_of_the_neighbourhood(
    town: Town, piet: Someone, sanne: Someone, tom: Someone, lieke: Someone
) -> None:
    """Home E-4473 has tom as its fixed contact and lies in sanne's neighbourhood."""
    ref = await sends(piet, "Brievenbus van E-4473 zit vol, al weken")
    assert await has(town, ref) == ("tom", None)
    await tom.presses("Oppakken")

    assert await leaves(town, "tom") == [ref]
    assert await has(town, ref) == ("sanne", None)
    assert (await town.signal(ref)).state is State.ROUTED
    assert sanne.has_card(ref)
    assert "signal.moved left sanne" in await town.audit_of()
    async with town.store.reading() as work:
        history = await work.signals.history("voorbeeld", ref)
    assert (history[-1].act, history[-1].actor) == (Act.REASSIGN, None)


async def test_where_the_consultant_left_the_team_lead_has_it(
    town: Town, piet: Someone, sanne: Someone, tom: Someone, lieke: Someone
) -> None:
    ref = await sends(piet)
    await leaves(town, "sanne")
    assert await has(town, ref) == ("lieke", None)
    assert await sends(piet, "Stank bij E-4471 in de gang, al weken")
    assert lieke.has_card(piet.reference)


async def test_what_was_passed_on_by_hand_stays(
    town: Town, piet: Someone, sanne: Someone, tom: Someone, lieke: Someone
) -> None:
    ref = await sends(piet)
    await sanne.presses("Naar collega")
    await sanne.presses("Tom")
    assert await leaves(town, "sanne") == []
    assert await has(town, ref) == ("tom", None)


async def test_links_and_running_questions_end(
    town: Town, piet: Someone, sanne: Someone, lieke: Someone
) -> None:
    await sends(piet)
    await sanne.presses("Afgehandeld")
    await leaves(town, "sanne")

    async with town.store.reading() as work:
        key = PersonKey("voorbeeld", "sanne")
        assert not await work.accounts.every(key)
        assert await work.dialogues.get(key) is None
    stranger = town.somebody("nobody")
    for one in (sanne, stranger):
        await one.types("/zaken")
    assert sanne.screen.text == stranger.screen.text


async def test_who_stood_in_leaves(
    town: Town, piet: Someone, sanne: Someone, tom: Someone, lieke: Someone
) -> None:
    ref = await sends(piet)
    await sanne.types("/afwezig vandaag t/m 27-11 tom")
    await sanne.presses("✅")
    assert await has(town, ref) == ("tom", "sanne")

    await leaves(town, "tom")
    assert await has(town, ref) == ("lieke", "sanne")
    await town.goes_on(days=7)
    assert await has(town, ref) == ("sanne", None)


async def test_who_is_away_leaves(
    town: Town, piet: Someone, sanne: Someone, tom: Someone, lieke: Someone
) -> None:
    ref = await sends(piet, "Brievenbus van E-4473 zit vol, al weken")
    await tom.types("/afwezig vandaag t/m 27-11 lieke")
    await tom.presses("✅")
    assert await has(town, ref) == ("lieke", "tom")

    await leaves(town, "tom")
    assert await has(town, ref) == ("sanne", None)
    await town.goes_on(days=7)
    assert await has(town, ref) == ("sanne", None)


async def test_the_last_team_lead_cannot_leave(town: Town, lieke: Someone) -> None:
    with pytest.raises(LastTeamLead):
        await leaves(town, "lieke")
