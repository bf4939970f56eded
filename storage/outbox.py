"""What waits to be told, in one order a recipient.

`outbox_queue` has a row for every recipient with something to send: the row that is next and when
it may be taken. Whoever changes a recipient's rows locks that row first, so that of two processes
one waits for the other and no row is passed over.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.domain.outbox import Lane, OutboxRow, Recipient, RowState, Template
from bot.domain.people import PersonKey
from storage.frozen import Mapper, micros, moment
from storage.sql import Link, Row

INTERRUPTED = "interrupted"
_IN_QUEUE = ("recipient", "platform", "lane", "id", "not_before")

_ROW = Mapper(OutboxRow, apart="recipient details")
_RECIPIENT = Mapper(Recipient, apart="person")


def queue_key(recipient: Recipient) -> str:
    """One text for one chat: a person's, or that of an address nobody is known at."""
    if recipient.person is not None:
        return "person:" + json.dumps([*recipient.person, recipient.platform])
    return "address:" + json.dumps([recipient.platform, recipient.address])


def outbox_row(row: OutboxRow) -> dict[str, object]:
    organisation, person = row.recipient.person or (None, None)
    return {
        **_ROW.row(row),
        **_RECIPIENT.row(row.recipient),
        "recipient": queue_key(row.recipient),
        "organisation": organisation,
        "person": person,
        "details": json.dumps(dict(row.details)),
    }


def outbox_row_of(row: Row) -> OutboxRow:
    known = row["person"] is not None
    person = PersonKey(row["organisation"], row["person"]) if known else None
    return _ROW.record(
        row,
        recipient=_RECIPIENT.record(row, person=person),
        details=json.loads(row["details"]),
    )


class _Queues:
    def __init__(self, link: Link) -> None:
        self._link = link
        self._db = link.connection
        self._sql = link.queries("outbox")

    async def _move_on(self, recipient: str) -> None:
        """Makes the oldest row that waits the next one, unless one is being sent; the queue must be
        locked."""
        if await self._sql.is_sending(self._db, recipient=recipient):
            return
        row = await self._sql.next_in_queue(self._db, recipient=recipient)
        if row is None:
            await self._sql.end_queue(self._db, recipient=recipient)
        else:
            await self._sql.set_queue(
                self._db,
                recipient=recipient,
                platform=row["platform"],
                lane=row["lane"],
                head=row["id"],
                due_at=row["not_before"],
            )


class SqlOutbox(_Queues):
    async def put(self, row: OutboxRow) -> None:
        self._link.brings_work = True
        values = outbox_row(row)
        await self._sql.join_queue(self._db, **{name: values[name] for name in _IN_QUEUE})
        state = await self._sql.put(self._db, **values)
        if state == RowState.HELD:
            await self._move_on(queue_key(row.recipient))


class SqlPost(_Queues):
    async def lease(
        self, platform: str, lane: Lane, now: datetime, until: datetime, limit: int
    ) -> Sequence[OutboxRow]:
        queues = self._sql.lease(
            self._db,
            platform=platform,
            lane=lane.value,
            now=micros(now),
            until=micros(until),
            limit=limit,
        )
        heads = sorted([row["head"] async for row in queues])
        rows = [await self._sql.start(self._db, id=head) for head in heads]
        return [outbox_row_of(row) for row in rows if row is not None]

    async def done(self, id: str) -> None:
        recipient = await self._locked_queue_of(id)
        if recipient is not None:
            await self._sql.remove(self._db, id=id)
            await self._move_on(recipient)

    async def waiting(self, recipient: Recipient, template: Template) -> Sequence[OutboxRow]:
        rows = self._sql.waiting(self._db, recipient=queue_key(recipient), template=template.value)
        return [outbox_row_of(row) async for row in rows]

    async def waiting_for(self, recipient: Recipient) -> Sequence[OutboxRow]:
        rows = self._sql.waiting_for(self._db, recipient=queue_key(recipient))
        return [outbox_row_of(row) async for row in rows]

    async def again(self, id: str, not_before: datetime, error: str) -> None:
        await self._put_back(id, RowState.PENDING, error, micros(not_before))

    async def hold(self, id: str, error: str) -> None:
        await self._put_back(id, RowState.HELD, error)

    async def give_up(self, id: str, error: str) -> None:
        recipient = await self._locked_queue_of(id)
        if recipient is not None:
            await self._set(id, RowState.DEAD, error)
            await self._move_on(recipient)

    async def take_back(self, now: datetime) -> int:
        ids = [row["id"] async for row in self._sql.being_sent(self._db)]
        for id in ids:
            await self.again(id, now, INTERRUPTED)
        return len(ids)

    async def held(self, to: Recipient) -> Sequence[OutboxRow]:
        rows = self._sql.held_of(self._db, recipient=queue_key(to))
        return [outbox_row_of(row) async for row in rows]

    async def release_held(self, to: Recipient, now: datetime) -> None:
        recipient = queue_key(to)
        self._link.brings_work = True
        await self._sql.lock_queue(self._db, recipient=recipient)
        await self._sql.release_held(self._db, recipient=recipient, now=micros(now))
        await self._move_on(recipient)

    async def undelivered(self, limit: int) -> Sequence[OutboxRow]:
        return [outbox_row_of(row) async for row in self._sql.undelivered(self._db, limit=limit)]

    async def oldest_waiting(self) -> datetime | None:
        created_at = await self._sql.oldest_waiting(self._db)
        return None if created_at is None else moment(created_at)

    async def next_due(self, platform: str, lane: Lane) -> datetime | None:
        due_at = await self._sql.next_due(self._db, platform=platform, lane=lane.value)
        return None if due_at is None else moment(due_at)

    async def _locked_queue_of(self, id: str) -> str | None:
        recipient: str | None = await self._sql.recipient_of(self._db, id=id)
        if recipient is not None:
            await self._sql.lock_queue(self._db, recipient=recipient)
        return recipient

    async def _put_back(
        self, id: str, state: RowState, error: str, not_before: int | None = None
    ) -> None:
        recipient = await self._locked_queue_of(id)
        if recipient is not None:
            newer_details = await self._sql.take_same(self._db, id=id)
            await self._set(id, state, error, not_before, newer_details)
            await self._move_on(recipient)

    async def _set(
        self,
        id: str,
        state: RowState,
        error: str,
        not_before: int | None = None,
        details: str | None = None,
    ) -> None:
        await self._sql.put_back(
            self._db,
            id=id,
            state=state.value,
            error=error,
            not_before=not_before,
            details=details,
        )
