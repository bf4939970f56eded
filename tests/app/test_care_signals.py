"""A care worker's signal from a room: taken in under an ACTIVE agreement, or not at all."""

from dataclasses import replace

import pytest

from bot.domain.agreements import AgreementState
from bot.domain.people import PersonKey
from bot.domain.signals import Category, State
from bot.domain.urgency import Urgency
from tests.app.town import MONDAY, InMatrix, Town

PROVIDER = "zorgvoorbeeld"
NOTE = "De muziek staat elke nacht hard aan"
REFUSED = "Dit kan ik niet doorgeven"


async def linked(town: Town, person: str, organisation: str = "voorbeeld") -> InMatrix:
    room = town.in_matrix(person)
    await room.types(await town.code_for(person, organisation))
    return room


@pytest.fixture
async def sanne(town: Town) -> InMatrix:
    return await linked(town, "sanne")


@pytest.fixture
async def bas(town: Town, sanne: InMatrix) -> InMatrix:
    return await linked(town, "bas", PROVIDER)


async def agreement_becomes(town: Town, state: AgreementState) -> None:
    async with town.store.work() as work:
        agreement = await work.tenancies.agreement_of("voorbeeld", "Z-101", MONDAY.date())
        assert agreement is not None
        await work.tenancies.save_agreement(replace(agreement, state=state))


async def test_one_line_and_a_number_reach_the_consultant(
    town: Town, bas: InMatrix, sanne: InMatrix
) -> None:
    await bas.types(f"!signaal z-101 geluid spoed {NOTE}")
    bas.sees("Klopt dit?", "Z-101", "spoed")
    await bas.types("1")
    bas.sees("Doorgegeven")
    ref = bas.reference

    signal = await town.signal(ref)
    assert (signal.category, signal.urgency) == (Category.NOISE, Urgency.URGENT)
    assert (signal.sender, signal.owner, signal.state) == (
        f"{PROVIDER}/bas",
        "sanne",
        State.ROUTED,
    )
    assert NOTE in sanne.card(ref).text


async def test_step_by_step_by_numbers(town: Town, bas: InMatrix, sanne: InMatrix) -> None:
    await bas.types("!signaal")
    bas.sees("Om welke zaak")
    await bas.types(str(bas.screen.labels.index("Z-101") + 1))
    bas.sees("Wat zag of hoorde u?")
    (number,) = [n for n, one in enumerate(bas.screen.labels, 1) if one == "Geluidsoverlast"]
    for answered in (str(number), "1", NOTE, "ok"):
        await bas.types(answered)

    bas.sees("Doorgegeven")
    assert sanne.has_card(bas.reference)
    assert len([text for text in bas.chat if NOTE in text]) == 0


@pytest.mark.parametrize("state", sorted(set(AgreementState) - {AgreementState.ACTIVE}))
async def test_without_an_active_agreement_nothing_is_kept(
    town: Town, bas: InMatrix, sanne: InMatrix, state: AgreementState
) -> None:
    await agreement_becomes(town, state)
    before = sanne.chat
    line = f"!signaal Z-101 geluid spoed {NOTE}"
    await bas.types(line)

    bas.sees(REFUSED)
    assert line not in bas.chat
    assert sanne.chat == before
    async with town.store.reading() as work:
        assert await work.dialogues.get(PersonKey(PROVIDER, "bas")) is None
        assert not await work.matters.unrouted(9)


async def test_a_case_of_others_and_no_case_at_all_sound_the_same(
    town: Town, bas: InMatrix
) -> None:
    answers = set()
    for code in ("Z-102", "Z-999"):
        await bas.types(f"!signaal {code} geluid spoed {NOTE}")
        answers.add(bas.screen.text)
    await agreement_becomes(town, AgreementState.WITHDRAWN)
    await bas.types(f"!signaal Z-101 geluid spoed {NOTE}")
    answers.add(bas.screen.text)

    assert len(answers) == 1


async def test_a_withdrawal_while_the_form_is_open_ends_it(
    town: Town, bas: InMatrix, sanne: InMatrix
) -> None:
    await bas.types(f"!signaal Z-101 geluid spoed {NOTE}")
    await agreement_becomes(town, AgreementState.WITHDRAWN)
    await bas.types("1")

    bas.sees(REFUSED)
    assert not any(NOTE in text for text in (*bas.chat, *sanne.chat))


async def test_after_a_withdrawal_the_card_stays_and_its_content_goes(
    town: Town, bas: InMatrix, sanne: InMatrix
) -> None:
    await bas.types(f"!signaal Z-101 geluid spoed {NOTE}")
    await bas.types("1")
    ref = bas.reference
    assert NOTE in await town.content(ref)
    await agreement_becomes(town, AgreementState.WITHDRAWN)
    assert NOTE not in await town.content(ref)
    await sanne.replies("1", sanne.card(ref))

    assert "opgepakt" in sanne.card(ref).text
    assert NOTE not in sanne.card(ref).text


async def test_danger_is_answered_with_112_first(town: Town, bas: InMatrix) -> None:
    await bas.types("!signaal Z-101 onveilig Er is nu brand in de keuken")

    assert any("112" in text for text in bas.chat)
