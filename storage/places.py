"""Neighbourhoods and dwellings: public settings only."""

from collections.abc import Sequence

from bot.domain.homes import Dwelling, Neighbourhood
from bot.domain.people import PersonKey
from storage.frozen import Mapper
from storage.sql import Link

NEIGHBOURHOOD = Mapper(Neighbourhood, columns={"id": "neighbourhood"})
DWELLING = Mapper(Dwelling)


class SqlPlaces:
    def __init__(self, link: Link) -> None:
        self._db = link.connection
        self._sql = link.queries("places")

    async def areas(self, manager: PersonKey) -> Sequence[Neighbourhood]:
        rows = self._sql.areas(self._db, corporation=manager.organisation, person=manager.person)
        return [NEIGHBOURHOOD.record(row) async for row in rows]

    async def neighbourhood(self, corporation: str, id: str) -> Neighbourhood | None:
        row = await self._sql.neighbourhood(self._db, corporation=corporation, neighbourhood=id)
        return NEIGHBOURHOOD.record(row) if row else None

    async def dwelling(self, corporation: str, unit: str) -> Dwelling | None:
        row = await self._sql.dwelling(self._db, corporation=corporation, unit=unit)
        return DWELLING.record(row) if row else None

    async def neighbours(self, corporation: str, unit: str, limit: int) -> Sequence[str]:
        rows = self._sql.neighbours(self._db, corporation=corporation, unit=unit, limit=limit)
        return [row["unit"] async for row in rows]

    async def find(self, corporation: str, key: str) -> Sequence[Dwelling]:
        rows = self._sql.find(self._db, corporation=corporation, key=key)
        return [DWELLING.record(row) async for row in rows]
