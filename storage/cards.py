"""Where signals are shown: cards in chats, and requests to read one in the office."""

from collections.abc import Sequence

from bot.domain.people import PersonKey
from bot.ports.store import Card, Challenge
from storage.frozen import Mapper
from storage.sql import Link, Row

_CARD = Mapper(Card, apart="person")
CHALLENGE = Mapper(Challenge)


def card_row(card: Card) -> dict[str, object]:
    return {**_CARD.row(card), **card.person._asdict()}


def card_of(row: Row) -> Card:
    return _CARD.record(row, person=PersonKey(row["organisation"], row["person"]))


class SqlCards:
    def __init__(self, link: Link) -> None:
        self._db = link.connection
        self._sql = link.queries("cards")

    async def put(self, card: Card) -> None:
        await self._sql.put_card(self._db, **card_row(card))

    async def of(self, corporation: str, ref: str) -> Sequence[Card]:
        rows = self._sql.cards_of(self._db, corporation=corporation, ref=ref)
        return [card_of(row) async for row in rows]

    async def at(self, platform: str, message: str) -> Card | None:
        row = await self._sql.card_at(self._db, platform=platform, message=message)
        return card_of(row) if row else None


class SqlChallenges:
    def __init__(self, link: Link) -> None:
        self._db = link.connection
        self._sql = link.queries("cards")

    async def put(self, challenge: Challenge) -> None:
        await self._sql.put_challenge(self._db, **CHALLENGE.row(challenge))

    async def get(self, id: str) -> Challenge | None:
        row = await self._sql.challenge(self._db, id=id)
        return CHALLENGE.record(row) if row else None

    async def remove(self, id: str) -> None:
        await self._sql.remove_challenge(self._db, id=id)
