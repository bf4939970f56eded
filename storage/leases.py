"""Who of several processes may do what only one of them may, by the clock of the database."""

from datetime import timedelta

from storage.sql import Link

MICROSECOND = timedelta(microseconds=1)


class SqlLeases:
    def __init__(self, link: Link) -> None:
        self._db = link.connection
        self._sql = link.queries("leases")

    async def take(self, name: str, holder: str, span: timedelta) -> bool:
        taken = await self._sql.take(self._db, name=name, holder=holder, micros=span // MICROSECOND)
        return taken is not None

    async def release(self, name: str, holder: str) -> None:
        await self._sql.release(self._db, name=name, holder=holder)
