"""Word lists: one file a class, a line a word, a reason with each word (docs/screening.md).

    bewindvoer*<TAB>financial guardian, all forms
    slikt ... (pillen|medicijnen)<TAB>medication, up to four words in between
    !drankblik*<TAB>litter, not drinking

`*` stands for any letters or digits, `(a|b)` for either, `x?` for an optional letter, ` ... ` for
up to four words of the same sentence, a space for blanks or a hyphen, ` ?` for those or nothing.
A line with `!` names a look-alike: what stands wholly inside it is not found by this list. `#`
begins a comment.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.screening.folding import fold

SHIPPED = Path(__file__).with_name("words")

_GAP = r"(?:[^\w.!?;\n]+[\w'-]+){0,4}?[^\w.!?;\n]+"
_PIECES = re.compile(r" \.\.\. | \?| |\*|[.]|[^ *.]+")
_TRANSLATION = {" ... ": _GAP, " ?": r"[\s-]*", " ": r"[\s-]+", "*": "[a-z0-9]*", ".": r"\."}
_PLAIN_WORD = re.compile(r"[a-z]{6,}\*?")
_NOTHING = re.compile(r"(?!)")


class WordListError(ValueError):
    """A line of a word list cannot be read; the message names file, line and what to do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list."""

    pattern: str
    look_alike: bool


@dataclass(frozen=True, slots=True)
class WordList:
    """The lines of one list, ready to search in folded lower-case text.

    `plain` are its lines of one word, those long enough to be known again with a slip of the
    finger in them; a `*` at the end stands for any ending.
    """

    words: re.Pattern[str]
    look_alikes: re.Pattern[str]
    plain: tuple[str, ...]

    def spans(self, lower: str) -> Iterator[tuple[int, int]]:
        """Where the list's words stand, from left to right, look-alikes left out."""
        harmless = self.look_alike_spans(lower)
        for found in self.words.finditer(lower):
            if not inside(found.span(), harmless):
                yield found.span()

    def look_alike_spans(self, lower: str) -> list[tuple[int, int]]:
        """Where the list's look-alikes stand."""
        return [found.span() for found in self.look_alikes.finditer(lower)]


def inside(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    """Whether a part of the text stands wholly inside one of the others."""
    return any(start <= span[0] and span[1] <= end for start, end in others)


def load_list(name: str, extra: Path | None = None) -> WordList:
    """The shipped list of that name, with the corporation's own lines in `extra`, if any.

    Raises WordListError for a line that cannot be read, OSError for an unreadable file.
    """
    entries = [
        entry
        for folder in (SHIPPED, extra)
        if folder is not None and (file := folder / f"{name}.tsv").is_file()
        for entry in read_entries(file)
    ]
    words = [entry.pattern for entry in entries if not entry.look_alike]
    return WordList(
        _compile(words),
        _compile(entry.pattern for entry in entries if entry.look_alike),
        plain=tuple(word for word in words if _PLAIN_WORD.fullmatch(word)),
    )


def read_entries(file: Path) -> Iterator[Entry]:
    """The entries of one file, comments and blank lines left out; raises WordListError."""
    for number, line in enumerate(file.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        word, _, reason = line.partition("\t")
        if not word.strip() or not reason.strip():
            raise WordListError(
                f"{file.name}, line {number}: write the word, a tab and the reason it is there."
            )
        entry = Entry(fold(word.strip().removeprefix("!").strip()).lower, word.startswith("!"))
        try:
            re.compile(_expression(entry.pattern))
        except re.error as problem:
            raise WordListError(
                f"{file.name}, line {number}: the pattern cannot be read ({problem.msg})."
            ) from None
        yield entry


def _compile(patterns: Iterable[str]) -> re.Pattern[str]:
    """One expression for all patterns, the longest first."""
    ordered = sorted(set(patterns), key=lambda pattern: (-len(pattern), pattern))
    if not ordered:
        return _NOTHING
    alternatives = "|".join(_expression(pattern) for pattern in ordered)
    return re.compile(rf"(?<![a-z0-9])(?:{alternatives})(?![a-z0-9])")


def _expression(pattern: str) -> str:
    return "".join(_TRANSLATION.get(piece, piece) for piece in _PIECES.findall(pattern))
