"""The example registry as a thing to change: alter or spoil a row, write it to a folder."""

import csv
import io
from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path

from bot.app.registry.importing import Checked, read_registry
from bot.app.registry.problems import Level, Problem

EXAMPLE = Path(__file__).parent.parent / "docs" / "example"
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)

Cells = dict[str, str]


class Files:
    """Rows by file name, each a dictionary by column. Row numbers are the spreadsheet's."""

    def __init__(self, tables: dict[str, list[Cells]]) -> None:
        self.tables = deepcopy(tables)

    def __getitem__(self, file: str) -> list[Cells]:
        return self.tables[file]

    def without(self, *files: str) -> "Files":
        for file in files:
            del self.tables[file]
        return self

    def row(self, file: str, number: int) -> Cells:
        """The row with this number; the headings are row 1."""
        return self.tables[file][number - 2]

    def find(self, file: str, **cells: str) -> Cells:
        """The one row with these cells."""
        (found,) = (r for r in self.tables[file] if all(r[c] == v for c, v in cells.items()))
        return found

    def drop(self, file: str, **cells: str) -> "Files":
        self.tables[file].remove(self.find(file, **cells))
        return self

    def write(self, folder: Path, separator: str = ";", encoding: str = "utf-8") -> Path:
        """Writes these files, and no others, to the folder."""
        for old in folder.glob("*.csv"):
            old.unlink()
        for file, rows in self.tables.items():
            (folder / file).write_bytes(as_csv(rows, separator).encode(encoding))
        return folder


def example() -> Files:
    tables = {}
    for path in sorted(EXAMPLE.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.name] = list(csv.DictReader(file, delimiter=";"))
    return Files(tables)


def as_csv(rows: Sequence[Cells], separator: str = ";") -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=separator, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def checked(folder: Path) -> Checked:
    return read_registry(folder, TODAY)


def errors(folder: Path) -> list[tuple[str, int | None, str | None, str]]:
    """What is wrong, as (file, row, column, key of the sentence)."""
    return _told(checked(folder).problems, Level.ERROR)


def warnings(folder: Path) -> list[tuple[str, int | None, str | None, str]]:
    return _told(checked(folder).problems, Level.WARNING)


def _told(
    problems: Sequence[Problem], level: Level
) -> list[tuple[str, int | None, str | None, str]]:
    return [
        (str(problem.file), problem.row, problem.column, problem.text.key.removeprefix("registry."))
        for problem in problems
        if problem.level is level
    ]
