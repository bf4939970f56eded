"""What neighbourhood managers hear of their own signals: at 08:30 and 13:00 on working days, and
only what a person did to that very signal (docs/domain.md, "Who may tell whom"; invariant I1).

A release that was missed waits for the next of those moments. Whether something is told, and when,
depends on nothing but those acts and the hour.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.app.house import House
from bot.app.letters import to_person
from bot.app.telling import NothingToSay, Telling
from bot.domain.disclosure import Text, reference
from bot.domain.due import DueKind, DueRow
from bot.domain.outbox import Template
from bot.domain.people import Person, PersonKey, Role
from bot.domain.signals import ReleasedStatus, Signal, released_status
from bot.domain.worktime import last_release, next_release
from bot.ports.doors import Parcel
from bot.ports.store import Work

ON_TIME = timedelta(minutes=5)
"""So long after its moment a release still counts as that one; later it waits for the next."""


def first_release(house: House, corporation: str) -> DueRow:
    """The row of a corporation that had none: what happens from the last release on is told."""
    now = house.clock.now()
    since = last_release(now, house.calendar)
    at = next_release(now, house.calendar)
    return DueRow(corporation, DueKind.RELEASE, "", since.isoformat(), at)


async def release(house: House, work: Work, row: DueRow) -> None:
    """Tells every sender once what became of their signals since the last release. The row's step
    is the moment up to which it was told."""
    now = house.clock.now()
    since = datetime.fromisoformat(row.step)
    until = last_release(now, house.calendar)
    if now - until <= ON_TIME:
        for sender in await _senders_with_news(work, row.corporation, since, until):
            await _tell(house, work, sender, since, until)
        since = until
    at = next_release(now, house.calendar)
    await work.due.arm(replace(row, step=since.isoformat(), at=at, tries=0, error=None))


async def _senders_with_news(
    work: Work, corporation: str, since: datetime, until: datetime
) -> Sequence[Person]:
    senders: dict[str, Person] = {}
    for signal in await work.matters.acted_on(corporation, since, until):
        person = await work.people.get(PersonKey(corporation, signal.sender))
        if person is None or person.role is not Role.MANAGER or not person.active:
            continue
        if await _news(work, signal, since, until) is not None:
            senders[person.id] = person
    return tuple(senders.values())


async def _tell(house: House, work: Work, sender: Person, since: datetime, until: datetime) -> None:
    """One message, with what still waits from a release before."""
    row = to_person(sender, Template.STATUSES, "", house.clock.now())
    waiting = await work.post.waiting(row.recipient, Template.STATUSES)
    begins = min([since.isoformat(), *(str(one.details["since"]) for one in waiting)])
    details = {"since": begins, "until": until.isoformat()}
    await work.outbox.put(replace(row, details=details))


async def _news(
    work: Work, signal: Signal, since: datetime, until: datetime
) -> ReleasedStatus | None:
    """The status released at `until`, where it is another than the one at `since`."""
    history = tuple(await work.signals.history(signal.corporation, signal.ref))
    status = released_status(history, until)
    return status if status is not released_status(history, since) else None


async def statuses(telling: Telling) -> Parcel:
    """The references with news and how each stands, oldest first."""
    since = datetime.fromisoformat(telling.word("since"))
    until = datetime.fromisoformat(telling.word("until"))
    lines = []
    for signal in await telling.work.matters.acted_on(telling.row.corporation, since, until):
        status = await _news(telling.work, signal, since, until)
        if signal.sender == telling.person.person and status is not None:
            fields = {"ref": reference(signal.ref), "status": reference(Text(f"status.{status}"))}
            lines.append(Text("statuses.line", fields))
    if not lines:
        raise NothingToSay
    return telling.says(Text("statuses", {"lines": reference(tuple(lines))}))


async def told_until(house: House, work: Work, corporation: str) -> datetime:
    """The moment up to which managers were told; the last release where none was set yet."""
    row = await work.due.get(corporation, DueKind.RELEASE, "")
    if row is None:
        return last_release(house.clock.now(), house.calendar)
    return datetime.fromisoformat(row.step)
