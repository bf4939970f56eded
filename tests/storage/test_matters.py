"""Signals, tenancies, cards: what the house itself keeps."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from bot.domain.agreements import AgreementState, Party
from bot.domain.people import PersonKey
from bot.domain.signals import Act, Outcome, Signal, SignalEvent, State
from bot.domain.urgency import Urgency
from bot.ports.store import Card, Challenge, Conflict
from storage.database import SqlStore
from tests.storage.examples import (
    ABSENCE,
    AGREEMENT,
    CARLA,
    CASE,
    CASE_WORKER,
    CORPORATION,
    EVENT,
    LATER,
    NOW,
    PIET,
    SIGNAL,
    TENANCY,
    TODAY,
    fill_registry,
)


def signal(ref: str, minutes: int = 0, **changes: object) -> Signal:
    return replace(SIGNAL, ref=ref, created_at=NOW + timedelta(minutes=minutes), **changes)  # type: ignore[arg-type]  # replace() checks the names


async def test_a_signal_comes_back_as_it_was(store: SqlStore) -> None:
    full = replace(
        SIGNAL,
        owner="carla",
        state=State.SNOOZED,
        sealed_subject=b"\x00\xff",
        outcome=Outcome.SOLVED,
        merged_into="XXX-2222",
        snoozed_until=LATER,
    )
    bare = replace(SIGNAL, ref="BBB-2222", sealed_note=None)
    async with store.work() as work:
        for one in (full, bare):
            assert await work.signals.add(one)
            assert await work.signals.get(CORPORATION, one.ref) == one
        assert await work.signals.get("westwijk", full.ref) is None


async def test_a_taken_reference_is_refused_and_nothing_changes(store: SqlStore) -> None:
    async with store.work() as work:
        assert await work.signals.add(SIGNAL)
        assert not await work.signals.add(replace(SIGNAL, unit="E-4472"))
        assert await work.signals.add(replace(SIGNAL, corporation="westwijk"))
        assert await work.signals.get(CORPORATION, SIGNAL.ref) == SIGNAL


async def test_of_two_who_change_a_signal_one_must_look_again(store: SqlStore) -> None:
    async with store.work() as work:
        await work.signals.add(SIGNAL)
        routed = replace(SIGNAL.after(Act.ROUTE), owner="carla")
        await work.signals.save(routed)
        with pytest.raises(Conflict):
            await work.signals.save(replace(SIGNAL.after(Act.ROUTE), owner="tess"))
        assert await work.signals.get(CORPORATION, SIGNAL.ref) == routed


async def test_a_history_keeps_its_order(store: SqlStore) -> None:
    events = [EVENT, SignalEvent(NOW, Act.PROGRESS, None), SignalEvent(NOW, Act.RESOLVE, "tess")]
    async with store.work() as work:
        await work.signals.add(SIGNAL)
        for event in events:
            await work.signals.add_event(CORPORATION, SIGNAL.ref, event)
        assert await work.signals.history(CORPORATION, SIGNAL.ref) == events


async def test_a_sender_sees_the_newest_first(store: SqlStore) -> None:
    async with store.work() as work:
        for minutes, ref in enumerate(("AAA", "BBB", "CCC")):
            await work.signals.add(signal(ref, minutes))
        await work.signals.add(signal("DDD", 9, sender="anders"))
        assert [one.ref for one in await work.signals.sent_by(PIET, 2)] == ["CCC", "BBB"]


async def test_matters_are_listed_by_what_they_wait_for(store: SqlStore) -> None:
    async with store.work() as work:
        for one in (
            signal("NEW2", 2),
            signal("NEW1", 1),
            signal("OLD", 0, owner="carla", state=State.ROUTED),
            signal("URGENT", 5, owner="carla", state=State.ROUTED, urgency=Urgency.URGENT),
            signal("DONE", 0, owner="carla", state=State.RESOLVED),
            signal("JOINED", 3, owner="carla", state=State.MERGED, merged_into="OLD"),
            signal("FOLLOWS", 4, merged_into="OLD", unit="E-4472"),
        ):
            await work.signals.add(one)
        assert refs(await work.matters.unrouted(2)) == ["NEW1", "NEW2"]
        assert refs(await work.matters.open_of(CARLA)) == ["URGENT", "OLD"]
        assert refs(await work.matters.open_at(CORPORATION, "E-4471")) == [
            "OLD",
            "NEW1",
            "NEW2",
            "URGENT",
        ]
        assert refs(await work.matters.merged_into(CORPORATION, "OLD")) == ["JOINED"]


def refs(signals: object) -> list[str]:
    assert isinstance(signals, list)
    return [one.ref for one in signals]


async def test_a_tenancy_is_found_by_its_unit_on_a_day(store: SqlStore) -> None:
    await fill_registry(store)
    async with store.work() as work:
        for day, found in (
            (TENANCY.starts - timedelta(days=1), None),
            (TENANCY.starts, TENANCY),
            (TENANCY.ends or date.max, TENANCY),
            ((TENANCY.ends or date.max) + timedelta(days=1), None),
        ):
            assert await work.tenancies.of_unit(CORPORATION, "E-4471", day) == found
        assert await work.tenancies.of_unit(CORPORATION, "E-4472", TODAY) is None
        assert await work.tenancies.of_unit("westwijk", "E-4471", TODAY) is None
        assert await work.tenancies.get(CORPORATION, TENANCY.subject) == TENANCY


async def test_a_case_is_found_with_its_workers_and_agreement(store: SqlStore) -> None:
    await fill_registry(store)
    async with store.work() as work:
        assert await work.tenancies.cases_of(CORPORATION, TENANCY.subject) == [CASE]
        assert await work.tenancies.workers_of(CORPORATION, CASE.code) == [CASE_WORKER]
        assert await work.tenancies.agreement_of(CORPORATION, CASE.code, TODAY) == AGREEMENT
        assert await work.tenancies.agreement_of(CORPORATION, "ZK-8", TODAY) is None


async def test_a_renewal_counts_from_its_own_day(store: SqlStore) -> None:
    await fill_registry(store)
    renewed = replace(AGREEMENT, id="A-8", starts=AGREEMENT.ends, ends=date(2028, 1, 1), signed={})
    paused = replace(renewed, state=AgreementState.PAUSED, signed={Party.TENANT: TODAY})
    async with store.work() as work:
        for agreement in (renewed, paused):
            await work.tenancies.save_agreement(agreement)
            counts = partial(work.tenancies.agreement_of, CORPORATION, CASE.code)
            assert await counts(TODAY) == AGREEMENT
            assert await counts(renewed.starts) == agreement


async def test_absences_count_to_their_last_day(store: SqlStore) -> None:
    await fill_registry(store)
    async with store.work() as work:
        for days, found in ((-1, []), (0, [ABSENCE]), (7, [ABSENCE]), (8, [])):
            day = TODAY + timedelta(days=days)
            assert await work.tenancies.absences(CORPORATION, day) == found


async def test_an_erased_tenant_lives_nowhere(store: SqlStore) -> None:
    await fill_registry(store)
    await store.erase(CORPORATION, TENANCY.subject)
    async with store.work() as work:
        assert await work.tenancies.of_unit(CORPORATION, "E-4471", TODAY) is None
        assert await work.tenancies.get(CORPORATION, TENANCY.subject) is None


async def test_a_card_stands_once_in_a_chat(store: SqlStore) -> None:
    card = Card(CORPORATION, SIGNAL.ref, CARLA, "telegram", "5")
    other = replace(card, person=PersonKey(CORPORATION, "tess"), message="$Zq0-9_event")
    async with store.work() as work:
        await work.cards.put(card)
        await work.cards.put(other)
        await work.cards.put(replace(card, message="6"))
        assert await work.cards.of(CORPORATION, SIGNAL.ref) == [replace(card, message="6"), other]
        assert await work.cards.of("westwijk", SIGNAL.ref) == []


async def test_a_challenge_counts_its_tries(store: SqlStore) -> None:
    challenge = Challenge("c1", CORPORATION, SIGNAL.ref, "carla", NOW, LATER, 3)
    async with store.work() as work:
        await work.challenges.put(challenge)
        assert await work.challenges.get("c1") == challenge
        await work.challenges.put(replace(challenge, tries_left=2))
        assert await work.challenges.get("c1") == replace(challenge, tries_left=2)
        await work.challenges.remove("c1")
        assert await work.challenges.get("c1") is None
