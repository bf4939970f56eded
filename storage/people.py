"""Members of staff and their organisations."""

from collections.abc import Sequence

from bot.domain.people import Organisation, Person, PersonKey
from storage.frozen import Mapper
from storage.sql import Link

PERSON = Mapper(Person, columns={"id": "person"})
ORGANISATION = Mapper(Organisation, columns={"id": "organisation"})


class SqlPeople:
    def __init__(self, link: Link) -> None:
        self._db = link.connection
        self._sql = link.queries("people")

    async def get(self, person: PersonKey) -> Person | None:
        row = await self._sql.get(self._db, **person._asdict())
        return PERSON.record(row) if row else None

    async def of(self, organisation: str) -> Sequence[Person]:
        rows = self._sql.of_organisation(self._db, organisation=organisation)
        return [PERSON.record(row) async for row in rows]

    async def by_id(self, person: str) -> Sequence[PersonKey]:
        rows = self._sql.by_id(self._db, person=person)
        return [PersonKey(row["organisation"], row["person"]) async for row in rows]

    async def set_language(self, person: PersonKey, language: str) -> None:
        await self._sql.set_language(self._db, **person._asdict(), language=language)

    async def corporations(self) -> Sequence[Organisation]:
        return [ORGANISATION.record(row) async for row in self._sql.corporations(self._db)]
