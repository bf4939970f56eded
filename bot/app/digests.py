"""The morning's overview for whoever has open matters, and the week's for team leads.

References, urgency and counts only, so that it can be read on any phone. Nothing is sent where
there is nothing to say.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.app.doors import nudge_door
from bot.app.house import House
from bot.app.letters import to_person
from bot.app.matter_wording import matter_fields
from bot.app.telling import NothingToSay, Telling
from bot.domain.disclosure import Field, Text, reference
from bot.domain.due import DueKind, DueRow
from bot.domain.escalation import WAITING, act_before, began
from bot.domain.outbox import Template
from bot.domain.people import OWNER_ROLES, Person, Role
from bot.domain.signals import Signal
from bot.domain.urgency import Urgency
from bot.domain.worktime import Hours, WorkCalendar
from bot.ports.doors import Parcel
from bot.ports.store import Work

STALE_AFTER = timedelta(hours=4)
"""An overview that is so late is left out: the next one says the same and more."""

LISTED = 20
AGES = (("week", timedelta(days=7)), ("month", timedelta(days=30)))
"""The age bands of the week's overview; what is older falls in the last."""
OLDER = "older"


def next_morning(now: datetime, calendar: WorkCalendar) -> datetime:
    """The next opening of the office after today."""
    tomorrow = calendar.local_day(now) + timedelta(days=1)
    return calendar.next_moment(calendar.at(tomorrow, calendar.office[0]), Hours.OFFICE)


def next_week(now: datetime, calendar: WorkCalendar) -> datetime:
    """The opening of the first working day of next week."""
    today = calendar.local_day(now)
    monday = today + timedelta(days=7 - today.weekday())
    return calendar.next_moment(calendar.at(monday, calendar.office[0]), Hours.OFFICE)


async def morning(house: House, work: Work, row: DueRow) -> None:
    """Has everybody with something to look at told so. The row's step is since when matters are
    new."""
    now, since = house.clock.now(), row.step
    if now - row.at < STALE_AFTER:
        since = now.isoformat()
        for person in await _owners(work, row.corporation):
            if await _sections(house, work, person, datetime.fromisoformat(row.step)):
                await _put(house, work, person, Template.DIGEST, {"since": row.step})
    following = next_morning(now, house.calendar)
    await work.due.arm(replace(row, step=since, at=following, tries=0, error=None))


async def weekly(house: House, work: Work, row: DueRow) -> None:
    """Has the team leads told what is open, by urgency and age."""
    now = house.clock.now()
    if now - row.at < STALE_AFTER and await _open_now(work, row.corporation):
        for person in await _owners(work, row.corporation):
            if person.role is Role.TEAM_LEAD:
                await _put(house, work, person, Template.WEEKLY, {})
    await work.due.arm(replace(row, at=next_week(now, house.calendar), tries=0, error=None))


async def _put(
    house: House, work: Work, person: Person, template: Template, details: dict[str, str | int]
) -> None:
    door = await nudge_door(work, person.key)
    await work.outbox.put(to_person(person, template, "", house.clock.now(), details, door))


async def _owners(work: Work, corporation: str) -> tuple[Person, ...]:
    people = await work.people.of(corporation)
    return tuple(one for one in people if one.active and one.role in OWNER_ROLES)


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    matters: tuple[Signal, ...]


async def _sections(
    house: House, work: Work, person: Person, since: datetime
) -> tuple[Section, ...]:
    """Each open matter at most once, in the section that presses most."""
    found: dict[str, list[Signal]] = {"overdue": [], "today": [], "new": []}
    for signal in await work.matters.open_of(person.key):
        key = await _section_of(house, work, signal, since)
        if key is not None:
            found[key].append(signal)
    return tuple(Section(key, tuple(matters)) for key, matters in found.items() if matters)


async def _section_of(house: House, work: Work, signal: Signal, since: datetime) -> str | None:
    now, calendar = house.clock.now(), house.calendar
    today = calendar.local_day(now)
    if signal.state not in WAITING:
        row = await work.due.get(signal.corporation, DueKind.SIGNAL, signal.ref)
        return "today" if row is not None and calendar.local_day(row.at) == today else None
    history = tuple(await work.signals.history(signal.corporation, signal.ref))
    begun = began(history) or signal.created_at
    deadline = act_before(signal.urgency, begun, calendar)
    if deadline <= now:
        return "overdue"
    if calendar.local_day(deadline) == today:
        return "today"
    return "new" if begun >= since else None


async def digest(telling: Telling) -> Parcel:
    """What is too late, due today and new; in that order."""
    person = telling.reader.person
    if person is None:
        raise NothingToSay
    since = datetime.fromisoformat(telling.word("since"))
    sections = await _sections(telling.house, telling.work, person, since)
    if not sections:
        raise NothingToSay
    texts = tuple(_section_text(telling, one) for one in sections)
    return telling.says(Text("digest", {"sections": reference(texts)}))


def _section_text(telling: Telling, section: Section) -> Text:
    lines = tuple(
        Text("matters.line", matter_fields(telling, signal)) for signal in section.matters[:LISTED]
    )
    return Text(f"digest.{section.key}", {"lines": reference(lines)})


async def week(telling: Telling) -> Parcel:
    """Counts of open matters: a line an urgency, a number an age band."""
    matters = await _open_now(telling.work, telling.row.corporation)
    if not matters:
        raise NothingToSay
    now = telling.house.clock.now()
    counts = Counter((signal.urgency, _age_band(now - signal.created_at)) for signal in matters)
    lines = tuple(
        Text("weekly.line", _counted(urgency, counts))
        for urgency in Urgency
        if any(counts[urgency, band] for band in (*dict(AGES), OLDER))
    )
    total = reference(len(matters))
    return telling.says(Text("weekly", {"total": total, "lines": reference(lines)}))


def _counted(urgency: Urgency, counts: Counter[tuple[Urgency, str]]) -> dict[str, Field]:
    bands = {band: reference(counts[urgency, band]) for band in (*dict(AGES), OLDER)}
    return {"urgency": reference(Text(f"urgency.{urgency}")), **bands}


def _age_band(age: timedelta) -> str:
    return next((band for band, limit in AGES if age <= limit), OLDER)


async def _open_now(work: Work, corporation: str) -> Sequence[Signal]:
    return [
        signal
        for person in await work.people.of(corporation)
        for signal in await work.matters.open_of(person.key)
    ]
