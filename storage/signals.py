"""Signals with their history. The intake side writes them, the inner side lists them."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from bot.domain.people import PersonKey
from bot.domain.signals import Signal, SignalEvent
from bot.ports.store import Conflict
from storage.frozen import Mapper, micros
from storage.sql import Link, Row

SIGNAL = Mapper(Signal)
EVENT = Mapper(SignalEvent, columns={"at": "happened_at"})


class SqlSignals:
    def __init__(self, link: Link) -> None:
        self._db = link.connection
        self._sql = link.queries("signals")

    async def add(self, signal: Signal) -> bool:
        return await self._sql.add(self._db, **SIGNAL.row(signal)) is not None

    async def get(self, corporation: str, ref: str) -> Signal | None:
        row = await self._sql.get(self._db, corporation=corporation, ref=ref)
        return SIGNAL.record(row) if row else None

    async def save(self, signal: Signal) -> None:
        version = await self._sql.save(
            self._db, **SIGNAL.row(signal), version_before=signal.version - 1
        )
        if version is None:
            raise Conflict(Conflict.__doc__)

    async def add_event(self, corporation: str, ref: str, event: SignalEvent) -> None:
        await self._sql.add_event(self._db, corporation=corporation, ref=ref, **EVENT.row(event))

    async def history(self, corporation: str, ref: str) -> Sequence[SignalEvent]:
        rows = self._sql.history(self._db, corporation=corporation, ref=ref)
        return [EVENT.record(row) async for row in rows]

    async def sent_by(self, sender: PersonKey, limit: int) -> Sequence[Signal]:
        return await _signals(
            self._sql.sent_by(
                self._db, corporation=sender.organisation, sender=sender.person, limit=limit
            )
        )


class SqlMatterLists:
    def __init__(self, link: Link) -> None:
        self._db = link.connection
        self._sql = link.queries("signals")

    async def unrouted(self, limit: int) -> Sequence[Signal]:
        return await _signals(self._sql.unrouted(self._db, limit=limit))

    async def take_unrouted(self, limit: int) -> Sequence[Signal]:
        return await _signals(self._sql.take_unrouted(self._db, limit=limit))

    async def open_of(self, owner: PersonKey) -> Sequence[Signal]:
        return await _signals(
            self._sql.open_of(self._db, corporation=owner.organisation, owner=owner.person)
        )

    async def open_in(self, corporation: str) -> Sequence[Signal]:
        return await _signals(self._sql.open_in(self._db, corporation=corporation))

    async def open_at(self, corporation: str, unit: str) -> Sequence[Signal]:
        return await _signals(self._sql.open_at(self._db, corporation=corporation, unit=unit))

    async def acted_on(
        self, corporation: str, since: datetime, until: datetime
    ) -> Sequence[Signal]:
        return await _signals(
            self._sql.acted_on(
                self._db, corporation=corporation, since=micros(since), until=micros(until)
            )
        )

    async def lent_by(self, person: PersonKey) -> Sequence[Signal]:
        return await _signals(
            self._sql.lent_by(self._db, corporation=person.organisation, person=person.person)
        )

    async def merged_into(self, corporation: str, ref: str) -> Sequence[Signal]:
        return await _signals(self._sql.merged_into(self._db, corporation=corporation, ref=ref))


async def _signals(rows: AsyncIterator[Row]) -> list[Signal]:
    return [SIGNAL.record(row) async for row in rows]
