"""`seintje agenda`: what is due, looking ahead without acting."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from rich.table import Table

from bot.app.agenda import Coming, coming
from bot.cli.console import catalogue, language, refuse, say, wide_console
from bot.dialogues.dates import read_when
from bot.domain.disclosure import Text, public
from bot.domain.due import DueKind
from bot.domain.escalation import Step
from bot.wiring import Parts

LOOKS_AHEAD = timedelta(days=7)
HEADINGS = ("agenda.head.when", "agenda.head.what", "agenda.head.about", "agenda.head.owner")


async def show_agenda(found: Parts, person: str | None, on: str | None) -> None:
    """The coming week, or one day; of everybody or of one person. Exit 2 for a day that cannot be
    read."""
    zone = ZoneInfo(found.settings.service.timezone)
    since, until = _span(found, zone, on)
    async with found.store.reading() as work:
        items = await coming(found.house, work, since, until, person)
    if not items:
        say(Text("agenda.nothing"))
        return
    table = Table(*(_said(key) for key in HEADINGS))
    for item in items:
        table.add_row(*_cells(item, zone, found.clock.now()))
    wide_console().print(table)


def _span(found: Parts, zone: ZoneInfo, on: str | None) -> tuple[datetime, datetime]:
    now = found.clock.now()
    if on is None:
        return now, now + LOOKS_AHEAD
    when = read_when(on, now.astimezone(zone).date())
    if when is None:
        refuse(Text("agenda.which_day", {"typed": public(on)}))
    day = datetime.combine(when.day, time(), zone)
    return day, datetime.combine(when.day + timedelta(days=1), time(), zone)


def _cells(item: Coming, zone: ZoneInfo, now: datetime) -> tuple[str, ...]:
    when = f"{item.at.astimezone(zone):%d-%m-%Y %H:%M}"
    if item.at <= now:
        when = f"{when} {_said('agenda.overdue')}"
    return (when, _what(item), item.row.about or item.row.corporation, item.owner or "")


def _what(item: Coming) -> str:
    if item.row.kind is DueKind.SIGNAL:
        return _said(f"agenda.step.{Step(item.step)}")
    return _said(f"agenda.kind.{item.row.kind.name}")


def _said(key: str) -> str:
    return catalogue().plain(Text(key), language())
