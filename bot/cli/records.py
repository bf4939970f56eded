"""`seintje outbox` and `seintje audit`: what waits or failed, and whether the log is whole."""

import json
from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.table import Table

from bot.cli.console import FAILED, catalogue, language, refuse, say, wide_console, write
from bot.domain.disclosure import Text, public
from bot.domain.outbox import OutboxRow
from bot.wiring import Parts
from storage.audit import verify

ROWS_SHOWN = 200
OUTBOX_HEADINGS = (
    "outbox.head.id",
    "outbox.head.recipient",
    "outbox.head.template",
    "outbox.head.about",
    "outbox.head.state",
    "outbox.head.attempts",
    "outbox.head.since",
    "outbox.head.error",
)


async def show_outbox(found: Parts) -> None:
    """Everything that waits, is held, or was given up; and events that were set aside."""
    zone = ZoneInfo(found.settings.service.timezone)
    async with found.store.reading() as work:
        rows = await work.post.undelivered(ROWS_SHOWN)
        aside = await work.seen.set_aside()
    if not rows and not aside:
        say(Text("outbox.empty"))
        return
    table = Table(*(catalogue().plain(Text(key), language()) for key in OUTBOX_HEADINGS))
    for row in rows:
        table.add_row(*_cells(row, zone))
    for platform, event, error in aside:
        table.add_row(event, platform, "event", "", "set_aside", "", "", error)
    wide_console().print(table)


def _cells(row: OutboxRow, zone: ZoneInfo) -> tuple[str, ...]:
    person = row.recipient.person
    to = f"{person.organisation}/{person.person}" if person else "onbekende"
    since = _local(row.created_at, zone)
    attempts = str(row.attempts)
    return (row.id[-8:], to, row.template, row.about, row.state, attempts, since, row.error or "")


async def verify_audit(found: Parts) -> None:
    """Proves every corporation's chain, against its anchor too. Exit 1 where one is broken."""
    broken = False
    async with found.store.reading() as work:
        for corporation in sorted({*await work.audit.heads(), *found.store.anchored()}):
            verdict = await verify(work, corporation, found.store.anchor(corporation))
            fields = {
                "corporation": public(corporation),
                "lines": public(verdict.lines),
                "at": public(verdict.broken_at or 0),
            }
            say(Text(f"audit.{verdict.finding}", fields))
            broken = broken or not verdict.whole
    if broken:
        refuse(Text("audit.broken_advice"), FAILED)


async def audit_head(found: Parts) -> None:
    """The last link of each chain, to be kept somewhere else."""
    async with found.store.reading() as work:
        for corporation, head in sorted((await work.audit.heads()).items()):
            write(f"{corporation} {head.number} {head.hash}")
    await found.store.anchor_heads()


async def show_audit(found: Parts, corporation: str, event: str | None) -> None:
    """The lines of a chain, one JSON object each."""
    async with found.store.reading() as work:
        async for number, line, digest in work.audit.lines(corporation):
            if event is None or line.event == event:
                shown = {"n": number, **asdict(line), "at": line.at.isoformat(), "hash": digest}
                write(json.dumps(shown, ensure_ascii=False))


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%d-%m %H:%M}"
