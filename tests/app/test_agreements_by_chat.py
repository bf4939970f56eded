"""A consultant keeps the agreement of a case by chat: what each change will do is said before."""

import pytest

from bot.app.agreements import case_of, room_code
from bot.domain.agreements import AgreementState
from bot.domain.people import PersonKey
from tests.app.town import MONDAY, InMatrix, Town

TODAY = MONDAY.date()


@pytest.fixture
async def sanne(town: Town) -> InMatrix:
    room = town.in_matrix("sanne")
    await room.types(await town.code_for("sanne"))
    return room


async def state(town: Town, case: str) -> AgreementState:
    async with town.store.reading() as work:
        agreement = await work.tenancies.agreement_of("voorbeeld", case, TODAY)
    assert agreement is not None
    return agreement.state


async def code(town: Town, case: str) -> str:
    async with town.store.reading() as work:
        person = await work.people.get(PersonKey("voorbeeld", "sanne"))
        assert person is not None
        found = await case_of(town.house, work, person, case)
        return room_code(work, found)


async def test_withdrawing_says_what_it_does_and_counts_at_once(
    town: Town, sanne: InMatrix
) -> None:
    await sanne.types("!intrekken Z-101")
    sanne.sees("intrekken?", "Dat geldt meteen.", "• 1 begeleider verlaat de kamer")
    sanne.sees("• 0 berichten worden niet verstuurd")
    assert sanne.screen.labels[0] == "Ja, doen"
    assert await state(town, "Z-101") is AgreementState.ACTIVE
    await sanne.types("1")
    sanne.sees("✅ Ingetrokken. Vanaf nu wordt er niets meer gedeeld.", "1 begeleider verlaat")
    assert await state(town, "Z-101") is AgreementState.WITHDRAWN
    assert "agreement.withdraw done" in await town.audit_of()


async def test_thinking_better_of_it(town: Town, sanne: InMatrix) -> None:
    await sanne.types("!intrekken Z-101")
    await sanne.types("2")
    assert await state(town, "Z-101") is AgreementState.ACTIVE


async def test_a_pause_and_going_on(town: Town, sanne: InMatrix) -> None:
    await sanne.types("!pauze Z-101")
    sanne.sees("op pauze?", "blijven in de kamer")
    assert "verla" not in sanne.screen.text
    await sanne.types("ok")
    assert await state(town, "Z-101") is AgreementState.PAUSED
    await sanne.types("!pauze Z-101")
    sanne.sees("Dat kan niet zoals de overeenkomst er nu voor staat.")
    await sanne.types("!overeenkomst Z-101")
    sanne.sees("De overeenkomst is op pauze, tot 01-03-2028")
    assert sanne.screen.labels[:2] == (
        "Weer delen",
        "Intrekken: de huurder wil dit niet meer",
    )
    await sanne.types("1")
    await sanne.types("1")
    assert await state(town, "Z-101") is AgreementState.ACTIVE


async def test_three_signatures_each_a_step_of_its_own(town: Town, sanne: InMatrix) -> None:
    await sanne.types("!overeenkomst Z-104")  # withdrawn
    await sanne.types("1")  # new
    sanne.sees("Voor hoe lang?")
    assert sanne.screen.labels[:2] == ("12 maanden", "24 maanden")
    await sanne.types("1")
    sanne.sees("Noteer de drie handtekeningen.")
    for day in ("vandaag", "20-11", "19-11-2026"):
        assert await state(town, "Z-104") is not AgreementState.ACTIVE
        await sanne.types("!overeenkomst Z-104")
        await sanne.types("1")
        sanne.sees("Wie heeft getekend?")
        await sanne.types("1")
        sanne.sees("Op welke dag?")
        await sanne.types("31-12-2026")
        sanne.sees("Die dag moet nog komen.")
        await sanne.types(day)
    sanne.sees("Iedereen heeft getekend. De overeenkomst is rond.")
    assert await state(town, "Z-104") is AgreementState.ACTIVE
    async with town.store.reading() as work:
        agreement = await work.tenancies.agreement_of("voorbeeld", "Z-104", TODAY)
    assert agreement is not None
    assert sorted(f"{day:%d-%m-%Y}" for day in agreement.signed.values()) == [
        "19-11-2026",
        "20-11-2026",
        "23-11-2026",
    ]
    assert f"{agreement.ends:%d-%m-%Y}" == "23-11-2027"


async def test_a_renewal_begins_where_the_old_one_ends(town: Town, sanne: InMatrix) -> None:
    await sanne.types("!overeenkomst Z-101")
    assert sanne.screen.labels[2] == "Verlengen"
    await sanne.types("3")
    await sanne.types("2")
    sanne.sees("De verlenging staat klaar.")
    assert await state(town, "Z-101") is AgreementState.ACTIVE, "the one that counts still counts"
    async with town.store.reading() as work:
        *_, renewal = await work.tenancies.agreements_of("voorbeeld", "Z-101")
    assert f"{renewal.starts} {renewal.ends}" == "2028-03-01 2030-03-01"


async def test_the_end_asks_how_it_went(town: Town, sanne: InMatrix) -> None:
    await sanne.types("!overeenkomst Z-101")
    await sanne.types("4")
    sanne.sees("Hoe is het gegaan?")
    await sanne.types("1")
    sanne.sees("afronden?", "1 begeleider verlaat de kamer")
    await sanne.types("1")
    assert await state(town, "Z-101") is AgreementState.ENDED
    assert "agreement.end done lives_on_own" in await town.audit_of()


@pytest.mark.parametrize("typed", ["Z-999", "Z-201", "Z-106"])
async def test_of_a_case_that_is_not_yours_nothing_is_told(
    town: Town, sanne: InMatrix, typed: str
) -> None:
    await sanne.types(f"!intrekken {typed}")
    sanne.sees("ligt niet bij u")


async def test_the_code_in_a_room_is_of_that_door_only(town: Town, sanne: InMatrix) -> None:
    shown = await code(town, "Z-101")
    assert shown != "Z-101"
    await sanne.types(f"!overeenkomst {shown}")
    sanne.sees(f"Zaak {shown}", "actief")
    assert "Z-101" not in sanne.screen.text


async def test_a_hold_of_a_hint_is_confirmed_or_lifted_by_the_same_words(
    town: Town, sanne: InMatrix
) -> None:
    piet = await town.has("piet")
    await piet.types("Huurder E-4471 zegt: praat niet meer met mijn begeleider.")
    assert await state(town, "Z-101") is AgreementState.PAUSED
    await sanne.types("!intrekken Z-101")
    await sanne.types("1")
    assert await state(town, "Z-101") is AgreementState.WITHDRAWN
    await town.goes_on(days=5)
    assert await state(town, "Z-101") is AgreementState.WITHDRAWN, "nothing lapses back"
    assert "agreement.hold_lapsed done" not in await town.audit_of()
