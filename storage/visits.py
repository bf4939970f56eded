"""Visits of tenancies in their first year."""

from collections.abc import Sequence

from bot.domain.people import PersonKey
from bot.domain.visits import Visit
from bot.ports.store import Conflict
from storage.frozen import Mapper
from storage.sql import Link

VISIT = Mapper(Visit, columns={"at": "planned_at"})


class SqlVisits:
    def __init__(self, link: Link) -> None:
        self._db = link.connection
        self._sql = link.queries("visits")

    async def add(self, visit: Visit) -> bool:
        return await self._sql.add(self._db, **VISIT.row(visit)) is not None

    async def save(self, visit: Visit) -> None:
        row = {**VISIT.row(visit), "version_before": visit.version - 1}
        if await self._sql.save(self._db, **row) is None:
            raise Conflict(visit.ref)

    async def get(self, corporation: str, ref: str) -> Visit | None:
        row = await self._sql.get(self._db, corporation=corporation, ref=ref)
        return VISIT.record(row) if row else None

    async def of_tenancy(self, corporation: str, subject: str) -> Sequence[Visit]:
        rows = self._sql.of_tenancy(self._db, corporation=corporation, subject=subject)
        return [VISIT.record(row) async for row in rows]

    async def of_consultant(self, consultant: PersonKey) -> Sequence[Visit]:
        rows = self._sql.of_consultant(
            self._db, corporation=consultant.organisation, consultant=consultant.person
        )
        return [VISIT.record(row) async for row in rows]

    async def of_corporation(self, corporation: str) -> Sequence[Visit]:
        rows = self._sql.of_corporation(self._db, corporation=corporation)
        return [VISIT.record(row) async for row in rows]
