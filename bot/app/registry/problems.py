"""What is wrong with an import, and where, without ever repeating what a cell holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.app.registry.tables import COLUMNS, Table
from bot.domain.disclosure import Text, public


class Level(StrEnum):
    """With an error nothing is imported; a warning is said and stops nothing."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """`row` is the number the spreadsheet shows. `text` says what is wrong and what to do."""

    file: str
    row: int | None
    column: str | None
    text: Text
    level: Level = Level.ERROR


def said(key: str, **fields: str | int) -> Text:
    """A sentence of the registry's catalogue."""
    return Text(f"registry.{key}", {name: public(value) for name, value in fields.items()})


@dataclass(frozen=True, slots=True)
class Report:
    """The same problem of one column, with all its rows."""

    file: str
    rows: tuple[int, ...]
    column: str | None
    text: Text
    level: Level


def reports(problems: Iterable[Problem]) -> Sequence[Report]:
    """Problems by file, then by their first row and by column; the same problem is told once."""
    rows: dict[object, list[int]] = {}
    first: dict[object, Problem] = {}
    for problem in problems:
        same = (problem.file, problem.column, problem.level, *_words(problem.text))
        first.setdefault(same, problem)
        rows.setdefault(same, []).extend([] if problem.row is None else [problem.row])
    found = [
        Report(p.file, tuple(sorted(set(rows[same]))), p.column, p.text, p.level)
        for same, p in first.items()
    ]
    return sorted(found, key=_place)


def _words(text: Text) -> tuple[object, ...]:
    return (text.key, *((name, field.value) for name, field in sorted(text.fields.items())))


def _place(report: Report) -> tuple[int, str, int, int]:
    files = list(Table)
    known = report.file in files
    columns = [column.name for column in COLUMNS[Table(report.file)]] if known else []
    return (
        files.index(Table(report.file)) if known else len(files),
        report.file,
        report.rows[0] if report.rows else 0,
        columns.index(report.column) if report.column in columns else len(columns),
    )


def row_ranges(rows: Sequence[int]) -> str:
    """Row numbers as people write them: "3, 5-9"."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
