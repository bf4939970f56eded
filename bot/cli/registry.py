"""`seintje import`: reads a registry from a folder, and says what is wrong or what changed."""

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table as Grid

from bot.app.moving import Cause
from bot.app.registry.effects import Effects
from bot.app.registry.filing import OnRow
from bot.app.registry.importing import (
    Checked,
    Counts,
    Outcome,
    import_checked,
    read_registry,
)
from bot.app.registry.problems import Level, Report, reports, row_ranges, said
from bot.app.registry.tables import Table
from bot.cli.console import FAILED, catalogue, language, refuse, system_user, wide_console
from bot.wiring import Parts

MOVES: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.LEFT: "moves.left",
        Cause.TENANCY_ENDED: "moves.tenancy_ended",
        Cause.CONTACT: "moves.contact",
        Cause.NEIGHBOURHOOD: "moves.neighbourhood",
    }
)


async def import_registry(
    found: Parts, directory: Path, dry_run: bool, is_agreed: bool = False
) -> None:
    """Imports the files of a folder, or only shows what would change.

    Where open matters move or people leave, that is shown and asked first unless `is_agreed`. What
    is wrong goes to standard error, what changes to standard output. Ends the program when the
    import is refused. Raises StorageBusy.
    """
    errors, output = wide_console(stderr=True), wide_console()
    with _progress(errors) as progress:
        today = found.house.calendar.local_day(found.clock.now())
        checked = read_registry(directory, today, _bars(progress, "reading"))
        seen = await _imported(found, checked, not is_agreed, _bars(progress, "writing"))
    _show_problems(errors, seen)
    if seen.refused:
        refuse(said("refused"), FAILED)
    output.print(_counts(seen.counts))
    for line in _effects(seen.effects):
        output.print(line)
    if dry_run:
        output.print(_words("shown"))
        return
    if not is_agreed:
        if seen.effects.must_be_asked:
            _ask()
        with _progress(errors) as progress:
            seen = await _imported(found, checked, False, _bars(progress, "writing"))
    changed = any(c.new or c.changed or c.ended for c in seen.counts.values())
    output.print(_words("done" if changed else "same"))


async def _imported(found: Parts, checked: Checked, dry_run: bool, on_row: OnRow) -> Outcome:
    now, user = found.clock.now(), system_user()
    return await import_checked(found.store, checked, user, now, dry_run, on_row, found.house)


def _ask() -> None:
    """Ends the program where nobody says yes."""
    if not sys.stdin.isatty():
        refuse(said("say_yes"))
    if not typer.confirm(_words("sure")):
        refuse(said("not_sure"))


def _effects(effects: Effects) -> Iterator[str]:
    """A line for each person who leaves, for each group of matters that moves, each absence."""
    for person in effects.leaving:
        yield _words("leaves", person=person.person)
    groups = Counter((one.cause, one.before, one.after) for one in effects.moves)
    for (cause, before, after), count in sorted(groups.items()):
        yield _words(MOVES[cause], count=str(count), before=before, after=after)
    for going in effects.away:
        absence = going.absence
        days = {"starts": f"{absence.starts:%d-%m-%Y}", "ends": f"{absence.ends:%d-%m-%Y}"}
        yield _words("away", person=absence.person, count=str(going.matters), **days)


def _words(key: str, **fields: str) -> str:
    return catalogue().plain(said(key, **fields), language())


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _bars(progress: Progress, doing: str) -> OnRow:
    """One bar a file, which appears with its first rows."""
    bars = {}

    def on_row(table: Table, done: int, total: int) -> None:
        if table not in bars:
            bars[table] = progress.add_task(_words(doing, file=table))
        progress.update(bars[table], completed=done, total=max(done, total))

    return on_row


def _show_problems(console: Console, outcome: Outcome) -> None:
    found = reports(outcome.problems)
    for level, title in ((Level.WARNING, "title.warnings"), (Level.ERROR, "title.errors")):
        some = [report for report in found if report.level is level]
        if some:
            console.print(_problems(title, some))


def _problems(title: str, found: Sequence[Report]) -> Grid:
    grid = Grid(title=_words(title), box=SIMPLE_HEAD, title_justify="left")
    for heading in ("file", "row", "column", "problem"):
        grid.add_column(_words(f"head.{heading}"), overflow="fold")
    for report in found:
        text = catalogue().plain(report.text, language())
        rows = row_ranges(report.rows)
        grid.add_row(*map(_printable, (report.file, rows, report.column or "", text)))
    return grid


def _printable(text: str) -> str:
    return "".join(filter(str.isprintable, text))


def _counts(counts: Mapping[Table, Counts]) -> Grid:
    grid = Grid(title=_words("title.counts"), box=SIMPLE_HEAD, title_justify="left")
    grid.add_column(_words("head.file"))
    for heading in ("new", "changed", "same", "ended", "kept"):
        grid.add_column(_words(f"head.{heading}"), justify="right")
    for table, count in counts.items():
        numbers = (count.new, count.changed, count.same, count.ended, count.kept)
        grid.add_row(table, *map(str, numbers))
    return grid
