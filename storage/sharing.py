"""What a consultant shares with the care side, sealed, and the rooms of cases."""

from datetime import datetime

from bot.domain.rooms import CaseRoom
from bot.ports.store import NoteVault, Share
from storage.frozen import Mapper, micros
from storage.sql import Link

ROOM = Mapper(CaseRoom)
_CONTEXT = "share"


class SqlSharing:
    def __init__(self, link: Link, vault: NoteVault) -> None:
        self._db = link.connection
        self._sql = link.queries("sharing")
        self._vault = vault

    async def add(self, share: Share, subject: str, at: datetime) -> None:
        """Sealed under the key of whom it is about."""
        text = f"{share.ref}\n{share.words}"
        sealed = await self._vault.seal(share.corporation, subject, _bound(share), text)
        await self._sql.add(
            self._db,
            corporation=share.corporation,
            id=share.id,
            case_code=share.case_code,
            sealed=sealed,
            person=share.person,
            shared_at=micros(at),
        )

    async def get(self, corporation: str, id: str, subject: str) -> Share | None:
        row = await self._sql.get(self._db, corporation=corporation, id=id)
        if row is None:
            return None
        empty = Share(corporation, id, row["case_code"], row["person"], "", "")
        text = await self._vault.open(corporation, subject, _bound(empty), row["sealed"])
        ref, words = text.split("\n", 1)
        return Share(corporation, id, row["case_code"], row["person"], ref, words)

    async def put_room(self, room: CaseRoom) -> None:
        await self._sql.put_room(self._db, **ROOM.row(room))

    async def room_of(self, corporation: str, case_code: str) -> CaseRoom | None:
        row = await self._sql.room_of(self._db, corporation=corporation, case_code=case_code)
        return ROOM.record(row) if row else None


def _bound(share: Share) -> str:
    return f"{_CONTEXT}.{share.id}.{share.case_code}"
