"""What a consultant tells the care side, in the room of the case, while the agreement lets her."""

from dataclasses import replace

import pytest

from bot.app.agreements import room_of
from bot.domain.agreements import AgreementState
from bot.domain.outbox import RowState
from bot.domain.rooms import CaseRoom, RoomState
from tests.app.town import MONDAY, InMatrix, Town

ROOM = "!zaak:voorbeeld.test"
OWN_WORDS = "De brievenbus zit vol, wilt u dit met de huurder bespreken?"


@pytest.fixture
async def sanne(town: Town) -> InMatrix:
    room = town.in_matrix("sanne")
    await room.types(await town.code_for("sanne"))
    return room


@pytest.fixture
async def ref(town: Town, sanne: InMatrix) -> str:
    piet = await town.has("piet")
    await piet.types("Brievenbus van E-4471 zit al weken vol, het ruikt er ook raar")
    await piet.presses("Versturen")
    return piet.reference


async def has_a_room(town: Town, state: RoomState = RoomState.OPEN) -> None:
    async with town.store.work() as work:
        await work.sharing.put_room(CaseRoom("voorbeeld", "Z-101", ROOM, state))


def said_there(town: Town) -> list[str]:
    return [message.text for message in town.matrix.chats[ROOM].values()]


async def waiting(town: Town) -> list[RowState]:
    async with town.store.reading() as work:
        case = await work.tenancies.case("voorbeeld", "Z-101")
        assert case is not None
        return [row.state for row in await work.post.waiting_for(room_of(case))]


async def shares(sanne: InMatrix, ref: str, words: str = OWN_WORDS) -> None:
    await sanne.types(f"!deel {ref} {words}".strip())
    if not words:
        await sanne.types("1")
    sanne.sees("Delen in de kamer van zaak")
    await sanne.types("1")


async def test_own_words_and_facts_reach_the_room_and_the_senders_words_do_not(
    town: Town, sanne: InMatrix, ref: str
) -> None:
    await has_a_room(town)
    await shares(sanne, ref)
    sanne.sees("Gedeeld.")
    await town.settles()
    (said,) = said_there(town)
    assert OWN_WORDS in said
    assert "Volle brievenbus, gezien op 23-11-2026" in said
    for never in ("ruikt", "E-4471", "Voorbeeldstraat", ref, "Z-101", "Proefhuurder", "Piet"):
        assert never not in said


async def test_only_the_facts(town: Town, sanne: InMatrix, ref: str) -> None:
    await has_a_room(town)
    await shares(sanne, ref, "")
    await town.settles()
    (said,) = said_there(town)
    assert said.splitlines()[1].strip() == "Volle brievenbus, gezien op 23-11-2026"


async def test_words_about_people_are_not_taken(town: Town, sanne: InMatrix, ref: str) -> None:
    await sanne.types(f"!deel {ref} mevrouw Jansen is weer psychotisch")
    sanne.sees("Dit zegt te veel over mensen.")
    assert "psychotisch" not in sanne.screen.text


async def test_without_an_agreement_that_counts_there_is_nothing_to_share_under(
    town: Town, sanne: InMatrix, ref: str
) -> None:
    await sanne.types("!pauze Z-101")
    await sanne.types("1")
    await sanne.types(f"!deel {ref}")
    sanne.sees("Hierover kan nu niets worden gedeeld.")


@pytest.mark.parametrize("how", ["!intrekken Z-101", "!pauze Z-101"])
async def test_what_waits_when_the_tenant_withdraws_is_never_sent(
    town: Town, sanne: InMatrix, ref: str, how: str
) -> None:
    await shares(sanne, ref)
    await town.settles()
    assert await waiting(town) == [RowState.HELD], "there is no room yet"
    await sanne.types(how)
    sanne.sees("• 1 bericht wordt niet verstuurd")
    await sanne.types("1")
    sanne.sees("• 1 bericht wordt niet verstuurd")
    await has_a_room(town)
    await town.goes_on(days=1)
    assert await waiting(town) == []
    assert said_there(town) == []


async def test_consent_is_asked_again_when_it_is_sent(
    town: Town, sanne: InMatrix, ref: str
) -> None:
    """Even where nothing suppressed the row: the agreement is looked at in the transaction that
    begins the sending."""
    await shares(sanne, ref)
    await town.settles()
    async with town.store.work() as work:
        agreement = await work.tenancies.agreement_of("voorbeeld", "Z-101", MONDAY.date())
        assert agreement is not None
        await work.tenancies.save_agreement(replace(agreement, state=AgreementState.WITHDRAWN))
        case = await work.tenancies.case("voorbeeld", "Z-101")
        assert case is not None
        await work.sharing.put_room(CaseRoom("voorbeeld", "Z-101", ROOM))
        await work.post.release_held(room_of(case), town.clock.now())
    await town.settles()
    assert said_there(town) == []
    assert "delivery.refused refused no_active_agreement" in " ".join(await town.audit_of())


async def test_nothing_is_said_in_a_frozen_room(town: Town, sanne: InMatrix, ref: str) -> None:
    await has_a_room(town, RoomState.FROZEN)
    await shares(sanne, ref)
    await town.settles()
    assert said_there(town) == []
    assert await waiting(town) == [RowState.HELD]
