"""Which events of a channel had their effect, and how far each channel was read."""

from collections.abc import Sequence
from datetime import datetime

from storage.frozen import micros
from storage.sql import Link


class SqlSeen:
    def __init__(self, link: Link) -> None:
        self._db = link.connection
        self._sql = link.queries("seen")

    async def first_time(self, platform: str, event: str, at: datetime) -> bool:
        found = await self._sql.first_time(self._db, platform=platform, event=event, at=micros(at))
        return found is not None

    async def failed(self, platform: str, event: str, error_class: str, at: datetime) -> int:
        failures: int = await self._sql.failed(
            self._db, platform=platform, event=event, error_class=error_class, at=micros(at)
        )
        return failures

    async def set_aside(self) -> Sequence[tuple[str, str, str]]:
        return [
            (row["platform"], row["event"], row["error_class"])
            async for row in self._sql.set_aside(self._db)
        ]


class SqlCursors:
    def __init__(self, link: Link) -> None:
        self._db = link.connection
        self._sql = link.queries("seen")

    async def get(self, name: str) -> str | None:
        value: str | None = await self._sql.cursor(self._db, name=name)
        return value

    async def put(self, name: str, value: str) -> None:
        await self._sql.put_cursor(self._db, name=name, value=value)
