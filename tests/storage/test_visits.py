"""Visits in storage: one row a number, saved one version after the other."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.domain.people import PersonKey
from bot.domain.visits import Visit, VisitAct, VisitState
from bot.ports.store import Conflict, Store

FIRST = Visit(
    "oostwijk", "AAA-1111", "s-91b2", 1, VisitState.PROPOSED, "carla", date(2026, 11, 2),
    date(2026, 11, 30), datetime(2026, 11, 16, 9, tzinfo=UTC),
)  # fmt: skip


async def test_a_tenancy_has_one_visit_of_each_number(store: Store) -> None:
    async with store.work() as work:
        assert await work.visits.add(FIRST)
        assert not await work.visits.add(replace(FIRST, ref="BBB-2222"))
        assert not await work.visits.add(replace(FIRST, number=2)), "the reference is taken"
        second = replace(FIRST, ref="BBB-2222", number=2, at=datetime(2027, 2, 1, tzinfo=UTC))
        assert await work.visits.add(second)
    async with store.reading() as work:
        assert await work.visits.of_tenancy("oostwijk", "s-91b2") == [FIRST, second]
        assert await work.visits.of_consultant(PersonKey("oostwijk", "carla")) == [FIRST, second]
        assert await work.visits.of_corporation("oostwijk") == [FIRST, second]
        assert await work.visits.of_corporation("westwijk") == []


async def test_of_two_who_change_it_at_once_the_second_must_look_again(store: Store) -> None:
    async with store.work() as work:
        await work.visits.add(FIRST)
        await work.visits.save(FIRST.after(VisitAct.CONFIRM))
        with pytest.raises(Conflict):
            await work.visits.save(FIRST.after(VisitAct.CANCEL))
        assert await work.visits.get("oostwijk", "AAA-1111") == FIRST.after(VisitAct.CONFIRM)
