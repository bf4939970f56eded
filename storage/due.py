"""What falls due, found by its moment."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.due import DueKind, DueRow
from storage.frozen import Mapper, micros, moment
from storage.sql import Link

DUE = Mapper(DueRow, columns={"at": "due_at"})


class SqlDue:
    def __init__(self, link: Link) -> None:
        self._link = link
        self._db = link.connection
        self._sql = link.queries("due")

    async def arm(self, row: DueRow) -> None:
        self._link.brings_work = True
        await self._sql.arm(self._db, **DUE.row(row))

    async def arm_once(self, row: DueRow) -> None:
        self._link.brings_work = True
        await self._sql.arm_once(self._db, **DUE.row(row))

    async def disarm(self, corporation: str, kind: DueKind, about: str) -> None:
        await self._sql.disarm(self._db, corporation=corporation, kind=kind, about=about)

    async def take(self, now: datetime, limit: int) -> Sequence[DueRow]:
        rows = self._sql.take(self._db, now=micros(now), limit=limit)
        return [DUE.record(row) async for row in rows]

    async def get(self, corporation: str, kind: DueKind, about: str) -> DueRow | None:
        row = await self._sql.get(self._db, corporation=corporation, kind=kind, about=about)
        return DUE.record(row) if row else None

    async def next_at(self) -> datetime | None:
        at = await self._sql.next_at(self._db)
        return None if at is None else moment(at)

    async def ahead(self, until: datetime, limit: int) -> Sequence[DueRow]:
        rows = self._sql.ahead(self._db, until=micros(until), limit=limit)
        return [DUE.record(row) async for row in rows]
