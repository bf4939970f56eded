"""What consultants and team leads get on Telegram, references only, and what they do with it."""

from pathlib import Path

import pytest

from bot.domain.people import PersonKey
from bot.domain.signals import Outcome, State
from storage.database import SqlStore
from tests.app.town import Someone, Town
from tests.registries import example

ALREADY = "Dit is al gedaan. De kaart laat de laatste stand zien."
NOT_YOURS = "Deze zaak ligt niet bij u."


@pytest.fixture
async def piet(town: Town) -> Someone:
    return await town.has("piet")


@pytest.fixture
async def sanne(town: Town) -> Someone:
    return await town.has("sanne")


async def sends(piet: Someone, text: str = "Brievenbus van E-4471 zit vol, al weken") -> str:
    await piet.types(text)
    if "Versturen" in " ".join(piet.screen.labels):
        await piet.presses("Versturen")
    return piet.reference


async def test_a_card_holds_a_reference_urgency_and_age_only(
    town: Town, piet: Someone, sanne: Someone
) -> None:
    ref = await sends(piet)

    arrived = "Binnen: 23-11 10:00 · zojuist"
    until = "Graag oppakken vóór 25-11 10:00"
    whole = f"🔔 Seintje {ref}\nSpoed: normaal\n{arrived}\nwacht op u\n{until}"
    assert sanne.card(ref).text == whole
    assert sanne.card(ref).labels == (
        "👍 Oppakken",
        "🕒 Later",
        "✅ Afgehandeld",
        "➡️ Naar collega",
    )


async def test_taking_up(town: Town, piet: Someone, sanne: Someone) -> None:
    ref = await sends(piet)
    await sanne.presses("Oppakken")

    assert sanne.toast == "Opgepakt. Dank u wel!"
    assert "opgepakt" in sanne.card(ref).text
    assert sanne.card(ref).labels == (
        "🛠️ Ben ermee bezig",
        "🕒 Later",
        "✅ Afgehandeld",
        "➡️ Naar collega",
    )
    assert (await town.signal(ref)).state is State.ACKNOWLEDGED
    assert (await town.audit_of())[-1] == "signal.acknowledge done"


@pytest.mark.parametrize(
    ("button", "outcome"),
    [
        ("Opgelost", Outcome.SOLVED),
        ("Huurder gesproken", Outcome.IN_TOUCH),
        ("Niets aangetroffen", Outcome.NOTHING_FOUND),
        ("Doorgezet naar een ander", Outcome.PASSED_ON),
        ("Hoort niet bij ons", Outcome.NOT_HOUSING),
    ],
)
async def test_closing_with_an_outcome(
    town: Town, piet: Someone, sanne: Someone, button: str, outcome: Outcome
) -> None:
    ref = await sends(piet)
    await sanne.presses("Afgehandeld")
    sanne.sees(f"Hoe is seintje {ref} afgelopen?")
    await sanne.presses(button)

    closed = await town.signal(ref)
    assert (closed.state, closed.outcome) == (State.RESOLVED, outcome)
    assert sanne.card(ref).buttons == ()
    assert "afgehandeld" in sanne.card(ref).text
    assert not any("Hoe is seintje" in text for text in sanne.chat)


async def test_going_back_closes_nothing(town: Town, piet: Someone, sanne: Someone) -> None:
    ref = await sends(piet)
    await sanne.presses("Afgehandeld")
    await sanne.presses("Terug")

    assert (await town.signal(ref)).state is State.ROUTED
    assert not any("Hoe is seintje" in text for text in sanne.chat)


@pytest.mark.parametrize("how", ["button", "typed"])
async def test_handing_over_to_a_colleague(
    town: Town, piet: Someone, sanne: Someone, how: str
) -> None:
    tom = await town.has("tom")
    ref = await sends(piet)
    assert not tom.has_card(ref)
    await sanne.presses("Naar collega")
    assert sanne.screen.labels == ("Tom Voorbeeld", "⬅️ Terug")
    if how == "button":
        await sanne.presses("Tom Voorbeeld")
    else:
        await sanne.types("tom")

    assert (await town.signal(ref)).owner == "tom"
    assert "wacht op u" in tom.card(ref).text
    assert "ligt bij een collega" in sanne.card(ref).text
    assert sanne.card(ref).buttons == ()
    assert not any("Naar welke collega" in text for text in sanne.chat)


async def test_a_colleague_who_cannot_be_reached_is_not_offered(
    town: Town, piet: Someone, sanne: Someone
) -> None:
    await sends(piet)
    await sanne.presses("Naar collega")

    assert sanne.screen.labels == ("⬅️ Terug",)


async def test_an_old_card_says_that_it_is_done(town: Town, piet: Someone, sanne: Someone) -> None:
    await sends(piet)
    await sanne.presses("Oppakken")
    await sanne.presses_that_again()

    assert sanne.toast == ALREADY


async def test_a_matter_that_was_handed_over_is_not_yours(
    town: Town, piet: Someone, sanne: Someone
) -> None:
    """Lieke is nobody's deputy but Tom's; Sanne is not behind Tom."""
    await town.has("tom")
    ref = await sends(piet)
    old_card = sanne.card(ref)
    await sanne.presses("Naar collega")
    await sanne.presses("Tom Voorbeeld")
    await sanne.presses("Oppakken", on=old_card)

    assert sanne.toast == NOT_YOURS
    assert (await town.signal(ref)).owner == "tom"


@pytest.mark.parametrize(
    ("button", "answers"),
    [("Afgehandeld", "Opgelost"), ("Naar collega", "Tom Voorbeeld"), ("Naar collega", "types tom")],
)
async def test_an_answer_that_comes_too_late_is_said_so_and_the_question_goes(
    town: Town, piet: Someone, sanne: Someone, button: str, answers: str
) -> None:
    """All three have the card of acute danger; the team lead is quicker than the owner."""
    await town.has("tom")
    lieke = await town.has("lieke")
    ref = await sends(piet, "Ik hoor nu klappen en een kind gillen bij E-4471!")
    await sanne.presses(button)
    question = sanne.screen
    await lieke.presses("Oppakken")
    if answers.startswith("types "):
        await sanne.types(answers.removeprefix("types "))
        sanne.sees(NOT_YOURS)
    else:
        await sanne.presses(answers)
        assert sanne.toast == NOT_YOURS

    signal = await town.signal(ref)
    assert (signal.owner, signal.state) == ("lieke", State.ACKNOWLEDGED)
    assert question not in sanne.messages


@pytest.mark.parametrize("button", ["Oppakken", "Afgehandeld", "Naar collega"])
async def test_an_old_card_of_a_closed_matter_says_that_it_is_done(
    town: Town, piet: Someone, sanne: Someone, button: str
) -> None:
    ref = await sends(piet)
    old_card = sanne.card(ref)
    await sanne.presses("Afgehandeld")
    await sanne.presses("Opgelost")
    before = sanne.messages
    await sanne.presses(button, on=old_card)

    assert sanne.toast == ALREADY
    assert sanne.messages == before


async def test_the_list_of_open_matters(town: Town, piet: Someone, sanne: Someone) -> None:
    await sanne.types("/zaken")
    sanne.sees("U heeft geen open zaken.")
    normal = await sends(piet)
    await town.goes_on(hours=3)
    urgent = await sends(piet, "/signaal E-2210 agressie spoed staat te schreeuwen op straat")
    await town.goes_on(days=1)
    await sanne.types("/zaken")

    assert sanne.screen.text.splitlines()[1:] == [
        f"{urgent} · spoed · 1 dag geleden · wacht op u",
        f"{normal} · normaal · 1 dag geleden · wacht op u",
    ]


async def test_free_text_is_not_read_and_goes_away(town: Town, sanne: Someone) -> None:
    await sanne.types("Abel van E-4471 heeft zijn post opgehaald")

    sanne.sees("Ik lees hier geen berichten.")
    assert not any("Abel" in text for text in sanne.chat)


async def test_the_fixed_contact_comes_before_the_neighbourhoods_consultant(
    town: Town, piet: Someone, sanne: Someone
) -> None:
    """E-4473 is in Sanne's neighbourhood, but Tom is the tenant's fixed contact."""
    tom = await town.has("tom")
    ref = await sends(piet, "Brievenbus van E-4473 zit vol, al weken")

    assert tom.has_card(ref)
    assert not sanne.has_card(ref)


async def test_a_home_without_a_tenant_is_the_neighbourhoods_consultants(town: Town) -> None:
    tom, aisha = await town.has("tom"), await town.has("aisha")
    ref = await sends(aisha, "Brievenbus van E-5013 zit vol, al weken")

    assert tom.has_card(ref)


async def test_the_deputy_gets_it_where_the_consultant_has_no_account(
    town: Town, piet: Someone
) -> None:
    tom = await town.has("tom")
    ref = await sends(piet)

    assert (await town.signal(ref)).owner == "tom"
    assert tom.has_card(ref)


async def test_the_deputy_gets_it_during_an_absence(sqlite_store: SqlStore, tmp_path: Path) -> None:
    """Mark is away in these days and has named Ellen; on the day after he is back."""
    files = example()
    files.find("absences.csv", person="mark").update(starts="23-11-2026", ends="24-11-2026")
    town = Town(sqlite_store)
    await town.fills_its_registry(files.write(tmp_path))
    joost = await town.has("joost", "test")
    mark, ellen = await town.has("mark", "test"), await town.has("ellen", "test")

    during = await sends(joost, "Brievenbus van T-100 zit vol, al weken")
    assert (ellen.has_card(during), mark.has_card(during)) == (True, False)
    await town.goes_on(days=2)
    after = await sends(joost, "Harde muziek bij T-101, elke nacht")
    assert mark.has_card(after)


async def test_the_team_lead_is_the_last_resort(town: Town, piet: Someone) -> None:
    lieke = await town.has("lieke")
    ref = await sends(piet)

    assert (await town.signal(ref)).owner == "lieke"
    assert lieke.has_card(ref)


async def test_where_nobody_can_be_reached_it_waits_with_the_team_lead(
    town: Town, piet: Someone
) -> None:
    ref = await sends(piet)
    piet.sees("Doorgegeven")
    assert (await town.signal(ref)).owner == "lieke"

    lieke = await town.has("lieke")
    assert lieke.has_card(ref)


async def test_acute_danger_goes_to_owner_deputy_and_team_lead(
    town: Town, piet: Someone, sanne: Someone
) -> None:
    tom, lieke = await town.has("tom"), await town.has("lieke")
    ref = await sends(piet, "Ik hoor nu klappen en een kind gillen bij E-4471!")

    for someone in (sanne, tom, lieke):
        assert f"Seintje {ref} · ACUUT" in someone.card(ref).text
    await tom.presses("Oppakken")
    assert (await town.signal(ref)).owner == "tom"
    for someone in (sanne, lieke):
        assert "ligt bij een collega" in someone.card(ref).text
        assert someone.card(ref).buttons == ()


async def test_another_corporation_sees_nothing(town: Town, piet: Someone, sanne: Someone) -> None:
    mark, ellen = await town.has("mark", "test"), await town.has("ellen", "test")
    before = mark.lines, ellen.lines
    ref = await sends(piet, "Ik hoor nu klappen en een kind gillen bij E-4471!")
    assert (mark.lines, ellen.lines) == before

    await mark.presses("Oppakken", on=sanne.card(ref))
    assert mark.toast == NOT_YOURS
    assert (await town.signal(ref)).state is State.ROUTED


class TestUnreachable:
    """A consultant who blocked the bot: the nudge goes to the deputy, and nothing vanishes."""

    async def test_the_card_goes_to_the_deputy(
        self, town: Town, piet: Someone, sanne: Someone
    ) -> None:
        tom = await town.has("tom")
        sanne.blocks_the_bot()
        ref = await sends(piet)

        assert (await town.signal(ref)).owner == "tom"
        assert tom.has_card(ref)
        piet.sees(f"Doorgegeven. Kenmerk: {ref}")
        assert "signal.rerouted done tom" in await town.audit_of()

    async def test_the_administrator_sees_the_row_that_is_held(
        self, town: Town, piet: Someone, sanne: Someone
    ) -> None:
        await town.has("tom")
        sanne.blocks_the_bot()
        await sends(piet)

        async with town.store.reading() as work:
            (row,) = await work.post.undelivered(10)
        assert row.recipient.person == PersonKey("voorbeeld", "sanne")
        assert (row.state, row.error) == ("held", "blocked")

    async def test_what_came_before_goes_along(
        self, town: Town, piet: Someone, sanne: Someone
    ) -> None:
        tom = await town.has("tom")
        first = await sends(piet)
        sanne.blocks_the_bot()
        await sends(piet, "Harde muziek bij E-4472, elke nacht")

        assert (await town.signal(first)).owner == "tom"
        assert tom.has_card(first)

    async def test_the_next_signal_is_not_even_tried_there(
        self, town: Town, piet: Someone, sanne: Someone
    ) -> None:
        tom = await town.has("tom")
        sanne.blocks_the_bot()
        await sends(piet)
        sanne.unblocks_the_bot()
        ref = await sends(piet, "Harde muziek bij E-4472, elke nacht")

        assert (tom.has_card(ref), sanne.has_card(ref)) == (True, False)

    async def test_whoever_writes_again_is_reachable_again(
        self, town: Town, piet: Someone, sanne: Someone
    ) -> None:
        """What a colleague has by then is the colleague's: nothing is asked of Sanne any more."""
        await town.has("tom")
        sanne.blocks_the_bot()
        held = await sends(piet)
        sanne.unblocks_the_bot()
        await sanne.types("/zaken")

        assert not sanne.has_card(held)
        ref = await sends(piet, "Harde muziek bij E-4472, elke nacht")
        assert sanne.has_card(ref)

    async def test_the_chain_is_followed_to_the_team_lead(
        self, town: Town, piet: Someone, sanne: Someone
    ) -> None:
        tom, lieke = await town.has("tom"), await town.has("lieke")
        sanne.blocks_the_bot()
        tom.blocks_the_bot()
        ref = await sends(piet)

        assert (await town.signal(ref)).owner == "lieke"
        assert lieke.has_card(ref)

    async def test_where_everybody_blocked_the_bot_it_waits_for_the_first_to_come_back(
        self, town: Town, piet: Someone, sanne: Someone
    ) -> None:
        lieke = await town.has("lieke")
        for someone in (sanne, lieke):
            someone.blocks_the_bot()
        ref = await sends(piet)
        piet.sees("Doorgegeven")

        lieke.unblocks_the_bot()
        await lieke.types("/zaken")
        assert lieke.has_card(ref)
        assert (await town.signal(ref)).owner == "lieke"
