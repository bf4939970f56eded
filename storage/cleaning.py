"""Takes away what has served its time, a few rows at once."""

from datetime import datetime, timedelta

from storage.frozen import micros
from storage.sql import Link

MICROSECOND = timedelta(microseconds=1)


class SqlCleaning:
    def __init__(self, link: Link) -> None:
        self._db = link.connection
        self._sql = link.queries("cleaning")

    async def forget_seen(self, platform: str, before: datetime, limit: int) -> int:
        gone = self._sql.forget_seen(
            self._db, platform=platform, before=micros(before), limit=limit
        )
        return len([row async for row in gone])

    async def forget_form_messages(self, age: timedelta, limit: int) -> int:
        gone = self._sql.forget_form_messages(self._db, age=age // MICROSECOND, limit=limit)
        return len([row async for row in gone])
