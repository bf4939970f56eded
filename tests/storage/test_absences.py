"""Who is away, as people say it themselves; and every open matter of a corporation."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.signals import State
from storage.database import SqlStore
from tests.storage.examples import ABSENCE, CORPORATION, SIGNAL, TODAY, fill_registry


async def test_an_absence_is_added_changed_and_removed(store: SqlStore) -> None:
    await fill_registry(store)
    later = replace(
        ABSENCE,
        starts=ABSENCE.starts + timedelta(days=30),
        ends=ABSENCE.ends + timedelta(days=30),
        deputy=None,
    )
    async with store.work() as work:
        await work.tenancies.put_absence(later)
        assert await work.tenancies.absences_from(CORPORATION, TODAY) == [ABSENCE, later]
        assert await work.tenancies.absences(CORPORATION, TODAY) == [ABSENCE]

        shorter = replace(ABSENCE, ends=ABSENCE.starts)
        await work.tenancies.put_absence(shorter)
        assert await work.tenancies.absences_from(CORPORATION, TODAY) == [shorter, later]
        assert await work.tenancies.absences_from(CORPORATION, later.starts) == [later]

        await work.tenancies.remove_absence(later)
        assert await work.tenancies.absences_from(CORPORATION, TODAY) == [shorter]
        assert await work.tenancies.absences_from("westwijk", TODAY) == []


async def test_an_empty_absence_counts_on_no_day(store: SqlStore) -> None:
    """This is what is left of one that was taken back."""
    await fill_registry(store)
    async with store.work() as work:
        empty = replace(ABSENCE, ends=ABSENCE.starts - timedelta(days=1))
        await work.tenancies.put_absence(empty)
        for days in range(-2, 3):
            day = ABSENCE.starts + timedelta(days=days)
            assert await work.tenancies.absences(CORPORATION, day) == []


async def test_every_open_matter_of_a_corporation(store: SqlStore) -> None:
    await fill_registry(store)
    routed = replace(SIGNAL, ref="AAA-1111", state=State.ROUTED, owner="sanne")
    closed = replace(routed, ref="BBB-2222", state=State.RESOLVED)
    new = replace(SIGNAL, ref="CCC-3333", state=State.NEW, owner=None)
    async with store.work() as work:
        for signal in (routed, closed, new):
            assert await work.signals.add(signal)
        assert await work.matters.open_in(CORPORATION) == [routed]
        assert await work.matters.open_in("westwijk") == []
