"""What the Matrix session keeps: whom it trusts, what it decrypted, and secrets of its own."""

from collections.abc import Sequence

from bot.ports.store import NoteVault, Pin
from storage.frozen import Mapper
from storage.sql import Link

PIN = Mapper(Pin)
HOUSE = ""
"""Secrets of the service belong to no corporation."""
SUBJECT = "matrix"


class SqlTrust:
    def __init__(self, link: Link) -> None:
        self._db = link.connection
        self._sql = link.queries("matrix")

    async def pin(self, mxid: str) -> Pin | None:
        row = await self._sql.pin(self._db, mxid=mxid)
        return PIN.record(row) if row else None

    async def pins(self) -> Sequence[Pin]:
        return [PIN.record(row) async for row in self._sql.pins(self._db)]

    async def put(self, pin: Pin) -> None:
        await self._sql.put_pin(self._db, **PIN.row(pin))

    async def is_replay(self, session: str, number: int, event: str) -> bool:
        await self._sql.take_place(self._db, session=session, number=number, event=event)
        first = await self._sql.place(self._db, session=session, number=number)
        return bool(first != event)


class SqlSecrets:
    def __init__(self, link: Link, vault: NoteVault) -> None:
        self._db = link.connection
        self._sql = link.queries("matrix")
        self._vault = vault

    async def get(self, name: str) -> str | None:
        sealed = await self._sql.secret(self._db, name=name)
        if sealed is None:
            return None
        return await self._vault.open(HOUSE, SUBJECT, _context(name), bytes(sealed))

    async def put(self, name: str, value: str) -> None:
        sealed = await self._vault.seal(HOUSE, SUBJECT, _context(name), value)
        await self._sql.put_secret(self._db, name=name, sealed=sealed)

    async def remove(self, name: str) -> None:
        await self._sql.remove_secret(self._db, name=name)


def _context(name: str) -> str:
    return f"secret:{name}"
