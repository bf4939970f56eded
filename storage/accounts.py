"""Which address on a platform is whose, and how an address becomes somebody's."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.people import PersonKey
from bot.ports.store import Account, Guesses
from storage.frozen import Mapper, micros, moment
from storage.sql import Link, Row

_ACCOUNT = Mapper(Account, apart="person")
GUESSES = Mapper(Guesses)


def account_row(account: Account) -> dict[str, object]:
    return {**_ACCOUNT.row(account), **account.person._asdict()}


def account_of(row: Row) -> Account:
    return _ACCOUNT.record(row, person=PersonKey(row["organisation"], row["person"]))


class SqlAccounts:
    def __init__(self, link: Link) -> None:
        self._db = link.connection
        self._sql = link.queries("accounts")

    async def by_address(self, platform: str, address: str) -> Account | None:
        row = await self._sql.by_address(self._db, platform=platform, address=address)
        return account_of(row) if row else None

    async def of(self, person: PersonKey, platform: str) -> Account | None:
        row = await self._sql.of_person(self._db, **person._asdict(), platform=platform)
        return account_of(row) if row else None

    async def every(self, person: PersonKey) -> Sequence[Account]:
        rows = self._sql.every(self._db, **person._asdict())
        return [account_of(row) async for row in rows]

    async def set_room(self, person: PersonKey, platform: str, room: str | None) -> None:
        await self._sql.set_room(self._db, **person._asdict(), platform=platform, room=room)

    async def nudges_by(self, person: PersonKey) -> str | None:
        platform: str | None = await self._sql.nudge_choice(self._db, **person._asdict())
        return platform

    async def choose_nudges(self, person: PersonKey, platform: str) -> None:
        await self._sql.choose_nudges(self._db, **person._asdict(), platform=platform)

    async def link(self, account: Account) -> None:
        await self._sql.unlink_address(self._db, platform=account.platform, address=account.address)
        await self.unlink(account.person, account.platform)
        await self._sql.link(self._db, **account_row(account))

    async def unlink(self, person: PersonKey, platform: str) -> None:
        await self._sql.unlink(self._db, **person._asdict(), platform=platform)

    async def mark_unreachable(
        self, person: PersonKey, platform: str, since: datetime | None
    ) -> None:
        await self._sql.mark_unreachable(
            self._db,
            **person._asdict(),
            platform=platform,
            since=None if since is None else micros(since),
        )

    async def linked(self, platform: str) -> Sequence[PersonKey]:
        rows = self._sql.linked(self._db, platform=platform)
        return [PersonKey(row["organisation"], row["person"]) async for row in rows]

    async def reachable(self, corporation: str) -> frozenset[str]:
        rows = self._sql.reachable(self._db, corporation=corporation)
        return frozenset([row["person"] async for row in rows])


class SqlInvites:
    def __init__(self, link: Link) -> None:
        self._db = link.connection
        self._sql = link.queries("accounts")

    async def put(self, code_hash: bytes, person: PersonKey, expires_at: datetime) -> None:
        await self._sql.put_invite(
            self._db, code_hash=code_hash, **person._asdict(), expires_at=micros(expires_at)
        )

    async def take(self, code_hash: bytes, now: datetime) -> PersonKey | None:
        row = await self._sql.take_invite(self._db, code_hash=code_hash)
        if row is None or moment(row["expires_at"]) <= now:
            return None
        return PersonKey(row["organisation"], row["person"])

    async def guesses(self, address_hash: bytes) -> Guesses:
        row = await self._sql.guesses(self._db, address_hash=address_hash)
        return GUESSES.record(row) if row else Guesses()

    async def put_guesses(self, address_hash: bytes, guesses: Guesses) -> None:
        if guesses == Guesses():
            await self._sql.forget_guesses(self._db, address_hash=address_hash)
        else:
            row = GUESSES.row(guesses)
            await self._sql.put_guesses(self._db, address_hash=address_hash, **row)
