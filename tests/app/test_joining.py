"""Signals that belong together inside the house, news on an own signal, and a tenant who wants the
sharing to stop."""

from datetime import UTC, datetime

import pytest

from bot.domain.agreements import AgreementState
from bot.domain.signals import Purpose, State
from bot.domain.urgency import Urgency
from storage.database import SqlStore
from tests.app.town import MONDAY, Someone, Town

MAIL = "Brievenbus van E-4471 zit vol, al weken"


@pytest.fixture
async def piet(town: Town) -> Someone:
    return await town.has("piet")


@pytest.fixture
async def aisha(town: Town) -> Someone:
    return await town.has("aisha")


@pytest.fixture
async def sanne(town: Town) -> Someone:
    return await town.has("sanne")


async def sends(someone: Someone, text: str) -> str:
    await someone.types(text)
    if "✅ Versturen" in someone.screen.labels:
        await someone.presses("Versturen")
    return someone.reference


class TestASecondSignal:
    async def test_is_joined_and_keeps_a_reference_of_its_own(
        self, town: Town, piet: Someone, aisha: Someone, sanne: Someone
    ) -> None:
        first = await sends(piet, MAIL)
        second = await sends(aisha, "De brievenbus van E-4471 puilt uit")

        aisha.sees(f"Doorgegeven. Kenmerk: {second}")
        joined = await town.signal(second)
        assert first != second
        assert (joined.state, joined.merged_into) == (State.MERGED, first)
        assert "met nog 1 melding" in sanne.card(first).text
        assert not sanne.has_card(second)
        content = await town.content(first)
        assert "al weken" in content
        assert "puilt uit" in content

    async def test_makes_the_card_come_anew_once(
        self, town: Town, piet: Someone, aisha: Someone, sanne: Someone
    ) -> None:
        first = await sends(piet, MAIL)
        old = sanne.card(first)
        await sends(aisha, MAIL)

        assert old not in sanne.messages
        assert [m for m in sanne.messages if first in m.text] == [sanne.card(first)]

    async def test_hears_nothing_of_what_is_done_with_the_first(
        self, town: Town, piet: Someone, aisha: Someone, sanne: Someone
    ) -> None:
        first, second = await sends(piet, MAIL), await sends(aisha, MAIL)
        await sanne.presses("Afgehandeld")
        await sanne.presses("Opgelost")
        await town.goes_on(days=1)
        await piet.types("/mijn")
        await aisha.types("/mijn")

        piet.sees(f"{first} · 23-11 · afgehandeld")
        aisha.sees(f"{second} · 23-11 · doorgegeven")

    @pytest.mark.parametrize(
        ("first", "second", "together"),
        [("laag", "spoed", Urgency.URGENT), ("spoed", "laag", Urgency.URGENT)],
    )
    async def test_may_raise_the_urgency_but_never_lowers_it(
        self, town: Town, piet: Someone, aisha: Someone, first: str, second: str, together: Urgency
    ) -> None:
        ref = await sends(piet, f"/signaal E-4471 brievenbus {first} zit vol")
        await sends(aisha, f"/signaal E-4471 brievenbus {second} zit vol")

        assert (await town.signal(ref)).urgency is together

    @pytest.mark.parametrize(
        "text",
        [
            "Harde muziek bij E-4471, elke nacht",
            "Brievenbus van E-4472 zit vol, al weken",
            "Ik hoor nu klappen en een kind gillen bij E-4471!",
        ],
    )
    async def test_of_another_kind_or_home_or_acute_stands_alone(
        self, town: Town, piet: Someone, aisha: Someone, text: str
    ) -> None:
        await sends(piet, MAIL)
        second = await sends(aisha, text)

        assert (await town.signal(second)).state is State.ROUTED

    async def test_after_a_fortnight_stands_alone(
        self, town: Town, piet: Someone, aisha: Someone
    ) -> None:
        first = await sends(piet, MAIL)
        await town.goes_on(days=14)
        second = await sends(aisha, MAIL)
        await town.goes_on(seconds=1)
        third = await sends(aisha, MAIL)

        assert (await town.signal(second)).merged_into == first
        assert (await town.signal(third)).state is State.ROUTED

    async def test_after_the_first_was_closed_stands_alone(
        self, town: Town, piet: Someone, aisha: Someone, sanne: Someone
    ) -> None:
        await sends(piet, MAIL)
        await sanne.presses("Afgehandeld")
        await sanne.presses("Opgelost")
        second = await sends(aisha, MAIL)

        assert (await town.signal(second)).state is State.ROUTED

    async def test_after_another_tenant_moved_in_stands_alone(self, sqlite_store: SqlStore) -> None:
        """The tenancy of E-3300 ends on 31 March; the next begins on 1 May."""
        town = Town(sqlite_store, datetime(2026, 3, 30, 9, 0, tzinfo=UTC))
        await town.fills_its_registry()
        aisha = await town.has("aisha")
        mail = "Brievenbus van E-3300 zit vol, al weken"
        await sends(aisha, mail)
        await town.goes_on(days=4)
        second = await sends(aisha, mail)

        assert (await town.signal(second)).state is State.ROUTED
        assert "al weken" in await town.content(second)


class TestNewsOnAnOwnSignal:
    NEWS = "De brievenbus van E-4471 is weer leeg, alles oké"

    async def test_comes_with_the_first_card_however_old_it_is(
        self, town: Town, piet: Someone, sanne: Someone
    ) -> None:
        first = await sends(piet, MAIL)
        await town.goes_on(days=20)
        await piet.types(self.NEWS)
        await piet.presses("hoort erbij")
        update = await sends(piet, "ja")

        assert (await town.signal(update)).merged_into == first
        assert "met nog 1 melding" in sanne.card(first).text

    async def test_comes_with_the_matter_the_own_signal_was_joined_to(
        self, town: Town, piet: Someone, aisha: Someone, sanne: Someone
    ) -> None:
        first, own = await sends(piet, MAIL), await sends(aisha, MAIL)
        await town.goes_on(days=20)
        await aisha.types(self.NEWS)
        aisha.sees(f"Hoort dit bij uw seintje {own}?")
        await aisha.presses("hoort erbij")
        update = await sends(aisha, "ja")

        assert (await town.signal(update)).merged_into == first

    async def test_can_be_a_signal_of_its_own(self, town: Town, piet: Someone) -> None:
        await sends(piet, MAIL)
        await piet.types(self.NEWS)
        await piet.presses("nieuw seintje")
        second = await sends(piet, "ja")

        assert (await town.signal(second)).purpose is Purpose.OBSERVATION

    async def test_is_offered_for_own_signals_only(
        self, town: Town, piet: Someone, aisha: Someone
    ) -> None:
        await sends(piet, MAIL)
        await aisha.types(self.NEWS)

        aisha.sees("Klopt dit?")

    async def test_is_offered_until_done_was_released(
        self, town: Town, piet: Someone, sanne: Someone
    ) -> None:
        """The offer may not tell the sender sooner than /mijn that the matter was closed."""
        first = await sends(piet, MAIL)
        await sanne.presses("Afgehandeld")
        await sanne.presses("Opgelost")
        await piet.types(self.NEWS)
        piet.sees(f"Hoort dit bij uw seintje {first}?")
        await piet.presses("Annuleren")
        await town.goes_on(days=1)
        await piet.types(self.NEWS)

        piet.sees("Klopt dit?")

    async def test_is_not_offered_for_a_wish_to_stop_the_sharing(
        self, town: Town, piet: Someone
    ) -> None:
        first = await sends(piet, MAIL)
        await town.goes_on(minutes=1)
        await sends(piet, "Huurder E-4471 zegt: praat niet meer met mijn begeleider.")
        await piet.types(self.NEWS)

        piet.sees(f"Hoort dit bij uw seintje {first}?")


class TestATenantWhoWantsTheSharingToStop:
    HINT = "Huurder {} zegt: praat niet meer met mijn begeleider."

    async def state_of(self, town: Town, case: str) -> AgreementState:
        async with town.store.reading() as work:
            agreement = await work.tenancies.agreement_of("voorbeeld", case, MONDAY.date())
        assert agreement is not None
        return agreement.state

    async def test_new_sharing_is_held_at_once(
        self, town: Town, piet: Someone, sanne: Someone
    ) -> None:
        ref = await sends(piet, self.HINT.format("E-4471"))

        assert await self.state_of(town, "Z-101") is AgreementState.PAUSED
        assert "agreement.held done" in await town.audit_of()
        assert "Spoed: spoed" in sanne.card(ref).text
        assert "delen ligt stil tot u beslist" in await town.content(ref)

    @pytest.mark.parametrize(
        ("unit", "case", "state"),
        [
            ("E-4474", "Z-102", AgreementState.DRAFT),
            ("E-2210", "Z-103", AgreementState.PAUSED),
            ("E-1203", "Z-104", AgreementState.WITHDRAWN),
            ("E-1890", "Z-105", AgreementState.EXPIRED),
        ],
    )
    async def test_where_nothing_is_shared_nothing_changes(
        self, town: Town, aisha: Someone, unit: str, case: str, state: AgreementState
    ) -> None:
        await sends(aisha, self.HINT.format(unit))

        assert await self.state_of(town, case) is state
        assert "agreement.held done" not in await town.audit_of()

    async def test_it_is_never_joined_to_another_signal(
        self, town: Town, piet: Someone, sanne: Someone
    ) -> None:
        first = await sends(piet, self.HINT.format("E-4471"))
        second = await sends(piet, self.HINT.format("E-4471"))

        assert sanne.has_card(first)
        assert sanne.has_card(second)

    @pytest.mark.parametrize("unit", ["E-4471", "E-4474", "E-3105", "E-4472", "E-2210"])
    async def test_the_sender_reads_the_same_for_every_home(
        self, town: Town, piet: Someone, unit: str
    ) -> None:
        ref = await sends(piet, self.HINT.format(unit))

        assert piet.chat[2:] == (f"✅ Doorgegeven. Kenmerk: {ref}",)
