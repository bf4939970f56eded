"""`seintje import`: reads a registry from a folder, and says what is wrong or what changed."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table as Grid

from bot.app.registry.filing import OnRow
from bot.app.registry.importing import Counts, Outcome, import_checked, read_registry
from bot.app.registry.problems import Level, Report, reports, row_ranges, said
from bot.app.registry.tables import Table
from bot.cli.console import FAILED, catalogue, language, refuse, system_user, wide_console
from bot.wiring import Parts


async def import_registry(found: Parts, directory: Path, dry_run: bool) -> None:
    """Imports the files of a folder, or only shows what would change.

    What is wrong goes to standard error, what changes to standard output. Ends the program when the
    import is refused. Raises StorageBusy.
    """
    now = found.clock.now()
    today = found.house.calendar.local_day(now)
    errors, output = wide_console(stderr=True), wide_console()
    with _progress(errors) as progress:
        checked = read_registry(directory, today, _bars(progress, "reading"))
        outcome = await import_checked(
            found.store, checked, system_user(), now, dry_run, _bars(progress, "writing")
        )
    _show_problems(errors, outcome)
    if outcome.refused:
        refuse(said("refused"), FAILED)
    output.print(_counts(outcome.counts))
    changed = any(c.new or c.changed or c.ended for c in outcome.counts.values())
    output.print(_words("shown" if dry_run else "done" if changed else "same"))


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
