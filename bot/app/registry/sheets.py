"""Reads a CSV file as spreadsheets save it: which letters, which separator, which rows.

Understood: UTF-8 with or without byte order mark, Windows-1252, `;` or `,`, quoted cells with line
breaks, blank rows and columns, and a first line `sep=;`.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from stdnum.nl import bsn

from bot.app.registry.problems import Problem, said
from bot.app.registry.tables import COLUMNS, Table
from bot.domain.disclosure import Text

_NOT_CSV = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"\xfe\xff")
_SEPARATOR_LINE = re.compile(r"sep=(.)(?:\r\n|\r|\n|$)", re.IGNORECASE)
_READ_AS_THE_WRONG_LETTERS = re.compile("[\u00c2\u00c3][\u00a0-\u00bf]|\ufffd")
_GROUPED_NUMBER = re.compile(r"\d(?:[ .-]?\d){7,}")
_PLAIN_NUMBER = re.compile(r"\d{8,}")
_FORBIDDEN_HEADING = re.compile(r"bsn|burgerservice|sofi_?n|citizen_service")


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """A row with something in it: its number in the spreadsheet, and its cells by column."""

    number: int
    cells: Mapping[str, str]


class NotATable(Exception):
    """This file cannot be read as the table it should be; every reason is in `problems`."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


def lines_of(table: Table, data: bytes, problems: list[Problem]) -> Iterator[Line]:
    """The rows of a file. Problems of single rows are added to `problems`.

    Raises NotATable (at the first row) when the file as a whole cannot be understood.
    """
    text = _decoded(table, data)
    separator, skipped, text = _separator(text)
    rows = _numbered_rows(table, text, separator, skipped, problems)
    _, heading = next(rows, (0, []))
    if not heading:
        raise _unusable(table, said("file_empty"))
    names = _columns(table, heading)
    count = 0
    for number, cells in rows:
        count += 1
        extra = [place for place in range(len(cells)) if place >= len(names) or not names[place]]
        problems += [
            _wrong(table, number, letter(place), said("cell_without_heading"))
            for place in extra
            if cells[place].strip()
        ]
        yield Line(
            number,
            {name: cell for name, cell in zip(names, cells, strict=False) if name},
        )
    if not count:
        raise _unusable(table, said("file_empty"))


def _decoded(table: Table, data: bytes) -> str:
    if data.startswith(_NOT_CSV) or b"\0" in data:
        raise _unusable(table, said("not_csv"))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unusable(table, said("letters_unreadable"))


def _separator(text: str) -> tuple[str, int, str]:
    """The separator, the number of lines before the table, and the table's text."""
    said_so = _SEPARATOR_LINE.match(text)
    if said_so:
        return said_so[1], 1, text[said_so.end() :]
    heading = next((line for line in text[:10_000].splitlines() if line.strip(" ;,")), "")
    return max(";,", key=heading.count), 0, text


def _numbered_rows(
    table: Table, text: str, separator: str, skipped: int, problems: list[Problem]
) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the number the spreadsheet shows."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = skipped
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            problems.append(_wrong(table, number, None, said("quotes_unbalanced")))
            continue
        if any(cell.strip() for cell in cells):
            yield number, cells


def _columns(table: Table, heading: Sequence[str]) -> list[str]:
    """The name of each column, "" for a column without a heading. Raises NotATable."""
    known = [column.name for column in COLUMNS[table]]
    names = [re.sub(r"[\s_-]+", "_", name.strip().lower()).strip("_") for name in heading]
    if not any(name in known for name in names):
        raise _unusable(table, said("no_headings", columns=", ".join(known)))
    wrong = [
        _wrong(table, None, letter(place), _refusal(name, known))
        for place, name in enumerate(names)
        if name and name not in known
    ]
    wrong += [
        _wrong(table, None, name, said("column_missing"))
        for name in (column.name for column in COLUMNS[table] if column.required)
        if name not in names
    ]
    wrong += [
        _wrong(table, None, name, said("column_twice")) for name in known if names.count(name) > 1
    ]
    if wrong:
        raise NotATable(wrong)
    return names


def _refusal(name: str, known: Sequence[str]) -> Text:
    """Why this column cannot be taken. Its heading is not repeated: it may be a tenant's name."""
    if _FORBIDDEN_HEADING.search(name):
        return said("bsn_column")
    close = get_close_matches(name, known, n=1)
    if close:
        return said("column_unknown_close", suggestion=close[0])
    return said("column_unknown", columns=", ".join(known))


def letter(place: int) -> str:
    """The letter above a column in a spreadsheet, the first being 0: A, B ... Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def clean(cell: str) -> str:
    """A cell without needless blanks and line breaks, accented letters as one sign each."""
    cell = " ".join(cell.split())
    return cell if cell.isascii() else unicodedata.normalize("NFC", cell)


def is_damaged(cell: str) -> bool:
    """Letters that were saved in one way and read in another, or signs nobody can see."""
    if cell.isascii() and cell.isprintable():
        return False
    return not cell.isprintable() or _READ_AS_THE_WRONG_LETTERS.search(cell) is not None


def holds_bsn(cell: str) -> bool:
    """Whether a number in the cell passes the eleven-test, its digits together or in groups.

    Part of a longer code, such as H-12345672, is no number.
    """
    found = [*_GROUPED_NUMBER.finditer(cell), *_PLAIN_NUMBER.finditer(cell)]
    return any(_is_bsn(match[0]) and not _is_part_of_a_code(cell, match) for match in found)


def _is_bsn(number: str) -> bool:
    digits = "".join(str(unicodedata.digit(sign)) for sign in number if sign.isdigit())
    return len(digits) in (8, 9) and bsn.is_valid(digits)


def _is_part_of_a_code(cell: str, number: re.Match[str]) -> bool:
    before, after = cell[: number.start()].lower(), cell[number.end() :]
    glued = before[-1:].isalnum() or before.endswith(("-", "+")) or after[:1].isalnum()
    return glued and "bsn" not in before


def _wrong(table: Table, row: int | None, column: str | None, text: Text) -> Problem:
    return Problem(table, row, column, text)


def _unusable(table: Table, text: Text) -> NotATable:
    return NotATable([_wrong(table, None, None, text)])
