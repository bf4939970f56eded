"""The annotated notes: `{class|part}` marks what must be found, all else is harmless.

Every note is about the unit E-4471, Voorbeeldstraat 12. People and numbers are invented.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from bot.domain.screening import Finding, FindingClass, OwnAddress

FOLDER = Path(__file__).with_name("notes")
OWN = OwnAddress("Voorbeeldstraat", "12", "7500 AB", "E-4471")
_MARK = re.compile(r"\{(?P<cls>[a-z]+)\|(?P<part>[^}]*)\}")


@dataclass(frozen=True, slots=True)
class Note:
    """One note as typed, and what must be found in it."""

    text: str
    expected: tuple[Finding, ...]


def read_notes(name: str) -> tuple[Note, ...]:
    """The notes of one file under `notes/`."""
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return tuple(read_note(line) for line in lines if line and not line.startswith("#"))


def read_note(line: str) -> Note:
    """Raises ValueError for a mark of an unknown class."""
    text, expected, read_to = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[read_to : mark.start()]
        expected.append(
            Finding(FindingClass(mark["cls"]), len(text), len(text) + len(mark["part"]))
        )
        text += mark["part"]
        read_to = mark.end()
    return Note(text + line[read_to:], tuple(expected))
