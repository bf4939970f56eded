"""Reading the content of a signal on the corporation's own machine, with a code from the phone."""

import re

import pytest

from bot.app.matters import NotYours
from bot.app.show import TRIES, Asked, CodeExpired, ask, reveal
from bot.domain.audit import AuditLine
from bot.texts.catalogue import load_catalogue
from tests.app.town import Someone, Town

WRONG = "000000"


@pytest.fixture
async def piet(town: Town) -> Someone:
    return await town.has("piet")


@pytest.fixture
async def sanne(town: Town) -> Someone:
    return await town.has("sanne")


@pytest.fixture
async def ref(piet: Someone, sanne: Someone) -> str:
    await piet.types("Brievenbus van E-4471 zit vol, al weken")
    await piet.presses("Versturen")
    return piet.reference


async def asks(town: Town, ref: str, person: str | None = None) -> Asked:
    async with town.store.work() as work:
        asked = await ask(town.house, work, ref, person, "sanne-pc")
    await town.settles()
    return asked


async def enters(town: Town, asked: Asked, code: str) -> str | None:
    async with town.store.work() as work:
        shown = await reveal(town.house, work, asked.challenge.id, code, "sanne-pc")
    return load_catalogue().plain(shown, "nl") if shown else None


def code_on(phone: Someone) -> str:
    found = re.search(r"\b\d{6}\b", phone.screen.text)
    assert found is not None, phone.screen.text
    return found[0]


async def lines_about(town: Town, event: str) -> list[AuditLine]:
    async with town.store.reading() as work:
        lines = [line async for _, line, _ in work.audit.lines("voorbeeld")]
    return [line for line in lines if line.event == event]


async def test_the_code_shows_the_content(town: Town, sanne: Someone, ref: str) -> None:
    asked = await asks(town, ref)
    sanne.sees(f"Uw code voor seintje {ref}", "Vijf minuten geldig.")
    shown = await enters(town, asked, code_on(sanne))

    assert shown is not None
    for part in (ref, "E-4471", "Voorbeeldstraat 10", "Volle brievenbus", "zit vol, al weken"):
        assert part in shown
    assert "23-11-2026 10:00" in shown


@pytest.mark.parametrize("typed", ["{} \n", " {}"])
async def test_blanks_round_the_code_do_no_harm(
    town: Town, sanne: Someone, ref: str, typed: str
) -> None:
    asked = await asks(town, ref.lower())

    assert await enters(town, asked, typed.format(code_on(sanne))) is not None


async def test_asking_and_reading_are_audited_with_the_system_user(
    town: Town, sanne: Someone, ref: str
) -> None:
    asked = await asks(town, ref)
    await enters(town, asked, WRONG)
    await enters(town, asked, code_on(sanne))

    (sent,) = await lines_about(town, "content.asked")
    wrong, shown = await lines_about(town, "content.read")
    assert {line.user for line in (sent, wrong, shown)} == {"sanne (sanne-pc)"}
    assert [line.outcome for line in (sent, wrong, shown)] == ["sent", "wrong_code", "shown"]
    assert {line.subject for line in (sent, wrong, shown)} == {ref}


async def test_three_wrong_codes_end_it(town: Town, sanne: Someone, ref: str) -> None:
    asked = await asks(town, ref)
    for _ in range(TRIES):
        assert await enters(town, asked, WRONG) is None
    with pytest.raises(CodeExpired):
        await enters(town, asked, code_on(sanne))


async def test_a_code_expires_after_five_minutes(town: Town, sanne: Someone, ref: str) -> None:
    asked = await asks(town, ref)
    await town.goes_on(minutes=5)
    with pytest.raises(CodeExpired):
        await enters(town, asked, code_on(sanne))


async def test_a_code_works_once(town: Town, sanne: Someone, ref: str) -> None:
    asked = await asks(town, ref)
    await enters(town, asked, code_on(sanne))
    with pytest.raises(CodeExpired):
        await enters(town, asked, code_on(sanne))


async def test_a_code_is_of_one_request_only(town: Town, sanne: Someone, ref: str) -> None:
    earlier = await asks(town, ref)
    code = code_on(sanne)
    await town.goes_on(seconds=1)
    later = await asks(town, ref)

    assert code_on(sanne) != code
    assert await enters(town, later, code) is None
    assert await enters(town, earlier, code) is not None


async def test_an_expired_code_is_not_even_sent(town: Town, sanne: Someone, ref: str) -> None:
    """A phone that was out of reach: the code would be of no use any more."""
    async with town.store.work() as work:
        await ask(town.house, work, ref, None, "sanne-pc")
    await town.clock.move_on(minutes=6)
    await town.settles()

    assert not any("Uw code" in text for text in sanne.chat)


@pytest.mark.parametrize("person", ["tom", "lieke"])
async def test_deputy_and_team_lead_read_it_with_a_code_of_their_own(
    town: Town, sanne: Someone, ref: str, person: str
) -> None:
    someone = await town.has(person)
    asked = await asks(town, ref, person)

    assert not any("Uw code" in text for text in sanne.chat)
    assert await enters(town, asked, code_on(someone)) is not None


@pytest.mark.parametrize("person", ["piet", "frans", "bram", "mark", "nobody"])
async def test_nobody_else_can_ask(town: Town, ref: str, person: str) -> None:
    with pytest.raises(NotYours):
        await asks(town, ref, person)


async def test_what_does_not_exist_is_answered_the_same(town: Town) -> None:
    with pytest.raises(NotYours):
        await asks(town, "XXX-XXXX")


async def test_a_code_is_of_no_use_once_the_matter_is_somebody_elses(
    town: Town, sanne: Someone, ref: str
) -> None:
    await town.has("tom")
    asked = await asks(town, ref)
    code = code_on(sanne)
    await sanne.presses("Naar collega")
    await sanne.presses("Tom Voorbeeld")
    with pytest.raises(CodeExpired):
        await enters(town, asked, code)


async def test_a_note_that_was_left_out_says_so(town: Town, piet: Someone, sanne: Someone) -> None:
    await piet.types("/signaal E-4471 brievenbus spoed")
    await piet.presses("Overslaan")
    await piet.presses("Versturen")
    asked = await asks(town, piet.reference)
    shown = await enters(town, asked, code_on(sanne))

    assert shown is not None
    assert "(geen toelichting)" in shown


async def test_neighbours_words_are_marked(town: Town, piet: Someone, sanne: Someone) -> None:
    await piet.types("De buren zeggen dat er elke nacht harde muziek is bij E-4471")
    await piet.presses("Versturen")
    asked = await asks(town, piet.reference)
    shown = await enters(town, asked, code_on(sanne))

    assert shown is not None
    assert "gehoord van buren" in shown
