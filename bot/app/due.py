"""Does what has fallen due, in order, each in the transaction that also sets what comes next.

Promise: every row is handled once, however often the service is killed, and at once when it comes
back after having been away. A row that fails is tried again later; no row stops the others.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import structlog

from bot.app import absences, digests, escalate, holds, statuses
from bot.app.house import House
from bot.domain.due import DueKind, DueRow
from bot.ports.store import StorageBusy, Work

log = structlog.get_logger()

BATCH = 100
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)

Handler = Callable[[House, Work, DueRow], Awaitable[None]]

HANDLERS: Mapping[DueKind, Handler] = MappingProxyType(
    {
        DueKind.RELEASE: statuses.release,
        DueKind.ABSENCE: absences.step,
        DueKind.SIGNAL: escalate.step,
        DueKind.HOLD: holds.lapse,
        DueKind.DIGEST: digests.morning,
        DueKind.WEEKLY: digests.weekly,
    }
)
"""Who does what is due. A handler that wants its row again sets it again."""


async def work_off(house: House, work: Work) -> int:
    """Does what is due now, at most a batch; returns how many rows were taken."""
    rows = await work.due.take(house.clock.now(), BATCH)
    for row in rows:
        try:
            async with work.savepoint():
                if await work.due.get(row.corporation, row.kind, row.about) != row:
                    continue  # what was done a moment ago has moved it
                await work.due.disarm(row.corporation, row.kind, row.about)
                await HANDLERS[row.kind](house, work, row)
        except StorageBusy:
            raise
        except Exception as fault:  # noqa: BLE001  # whatever is wrong, the others go on
            await _put_off(house, work, row, type(fault).__name__)
    return len(rows)


async def _put_off(house: House, work: Work, row: DueRow, error: str) -> None:
    log.error("due_failed", kind=row.kind, about=row.about, error=error, tries=row.tries + 1)
    pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(row.tries, 10))
    at = house.clock.now() + pause
    await work.due.arm(replace(row, at=at, tries=row.tries + 1, error=error))
