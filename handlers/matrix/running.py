"""The Matrix door from start to stop: one session, what is read and what is written."""

import asyncio
from collections.abc import Sequence

import structlog

from bot.app.bell import set_or_passed
from bot.app.delivery import Delivery
from bot.app.trouble import Trouble
from bot.ports.doors import Refused, TryLater, Unreachable
from bot.ports.tools import Clock
from handlers.matrix.account import DeviceGone, LoginRefused
from handlers.matrix.case_rooms import CaseRooms
from handlers.matrix.cross_signing import CannotSign
from handlers.matrix.device import CryptoStoreLost
from handlers.matrix.events import Take
from handlers.matrix.session import MatrixSession

log = structlog.get_logger()

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
ADVICE = "check the homeserver; trying again, and nothing is lost"
OFF = (CryptoStoreLost, DeviceGone, LoginRefused, CannotSign)
"""What no waiting mends: somebody has to do something. The other doors stay open."""


async def run_matrix(
    session: MatrixSession,
    clock: Clock,
    take: Take,
    set_aside: Take,
    deliveries: Sequence[Delivery],
    rooms: CaseRooms,
    stop: asyncio.Event,
) -> None:
    """Until told to stop. What a person must mend is said in the log, and ends only this door."""
    try:
        if await _started(session, clock, stop):
            log.info("matrix_ready", mxid=session.mxid)
            async with asyncio.TaskGroup() as loops:
                loops.create_task(session.sync_forever(take, stop, set_aside))
                loops.create_task(rooms.run(stop))
                for delivery in deliveries:
                    loops.create_task(delivery.run(stop))
    except* OFF as faults:
        for fault in faults.exceptions:
            log.error("matrix_is_off", error=type(fault).__name__, advice=str(fault))
    finally:
        await session.close()


async def _started(session: MatrixSession, clock: Clock, stop: asyncio.Event) -> bool:
    trouble = Trouble("matrix_start", FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
    while not stop.is_set():
        try:
            await session.start()
        except (TryLater, Refused, Unreachable) as fault:
            error = fault.error
            await set_or_passed(stop, clock, trouble.met(error, ADVICE))
        else:
            trouble.over()
            return True
    return False
