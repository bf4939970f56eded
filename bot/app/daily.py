"""Daily and weekly work is due work too: a row a corporation, set again by whoever did it."""

from bot.app.absences import first_looks
from bot.app.digests import next_morning, next_week
from bot.app.house import House
from bot.app.statuses import first_release
from bot.domain.due import DueKind, DueRow
from bot.ports.store import Work


async def arm_daily(house: House, work: Work) -> None:
    """Sets what a corporation has not yet; what is set stays, however late it is."""
    now = house.clock.now()
    for corporation in await work.people.corporations():
        rows = (
            first_release(house, corporation.id),
            DueRow(
                corporation.id,
                DueKind.DIGEST,
                "",
                now.isoformat(),
                next_morning(now, house.calendar),
            ),
            DueRow(corporation.id, DueKind.WEEKLY, "", "", next_week(now, house.calendar)),
            *await first_looks(house, work, corporation.id),
        )
        for row in rows:
            if await work.due.get(row.corporation, row.kind, row.about) is None:
                await work.due.arm_once(row)
