"""Photos, sealed. Until a form is sent they belong to it; then to its signal."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.photos import Photo
from storage.frozen import Mapper, micros
from storage.sql import Link

PHOTO = Mapper(Photo)


class SqlPhotos:
    def __init__(self, link: Link) -> None:
        self._db = link.connection
        self._sql = link.queries("photos")

    async def add(self, photo: Photo) -> bool:
        return await self._sql.add(self._db, **PHOTO.row(photo)) is not None

    async def of(self, corporation: str, owner: str) -> Sequence[Photo]:
        rows = self._sql.of(self._db, corporation=corporation, owner=owner)
        return [PHOTO.record(row) async for row in rows]

    async def count(self, corporation: str, owner: str) -> int:
        return int(await self._sql.count_of(self._db, corporation=corporation, owner=owner))

    async def send(self, corporation: str, draft: str, ref: str) -> None:
        await self._sql.send(self._db, corporation=corporation, draft=draft, ref=ref)

    async def move(self, corporation: str, id: str, draft: str) -> None:
        await self._sql.move(self._db, corporation=corporation, id=id, draft=draft)

    async def reseal(self, photo: Photo) -> None:
        await self._sql.reseal(
            self._db, corporation=photo.corporation, id=photo.id, sealed=photo.sealed
        )

    async def forget_draft(self, corporation: str, draft: str) -> None:
        await self._sql.forget_draft(self._db, corporation=corporation, draft=draft)

    async def forget_unsent(self, before: datetime, limit: int) -> int:
        gone = self._sql.forget_unsent(self._db, before=micros(before), limit=limit)
        return len([row async for row in gone])
