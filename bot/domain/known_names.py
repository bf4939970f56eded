"""Leaves names out of a note that the vault knows for a home and its neighbours.

The silent second pass (docs/domain.md, "Personal data"): it runs on the inner side only, after the
receipt, so nothing the sender sees can depend on it. It finds a name in the spellings a person in a
hurry would type: without capitals or accents, in one word or two, with a slip of the finger.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LEFT_OUT = "[naam]"
SHORTEST_PART = 3
SLIPS_ALLOWED = ((8, 2), (5, 1))
"""From so many letters on, so many slips still count as the name."""
MOST_WORDS_TOGETHER = 4

_ALIKE = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"})
_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
_INITIALS = re.compile(r"(?:\b[A-Za-z]\.\s?){1,4}$")
_PARTICLES = frozenset(
    {"van", "von", "vande", "vander", "der", "den", "de", "het", "ter", "ten", "te", "la", "le"}
    | {"el", "al", "del", "di", "da", "dos", "bin", "ben", "ibn", "ould", "en"}
    | {"mevrouw", "meneer", "heer", "dhr", "mevr"}
)


@dataclass(frozen=True, slots=True)
class _Word:
    folded: str
    start: int
    end: int


def without_known_names(note: str, names: Iterable[str]) -> str:
    """The note with every known name replaced by "[naam]"; the rest stays as it was."""
    wanted = frozenset(part for name in names for part in name_parts(name))
    spans = list(_spans(_words(note), wanted))
    for start, end in reversed(_joined(note, spans)):
        note = note[:start] + LEFT_OUT + note[end:]
    return note


def name_parts(name: str) -> frozenset[str]:
    """What of a name tells who it is: each part but the particles, and the surname in one word."""
    words = [word.folded for word in _words(name)]
    telling = {w for w in words if w not in _PARTICLES and len(w) >= SHORTEST_PART}
    together = {"".join(words[at:]) for at in range(1, len(words))}
    return frozenset(telling | {one for one in together if len(one) > SHORTEST_PART})


def fold(text: str) -> str:
    """Letters without case, accents or look-alike forms."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_ALIKE)).replace("ij", "y")
    return "".join(c for c in plain if c.isalpha())


def _words(text: str) -> list[_Word]:
    return [_Word(fold(m[0]), m.start(), m.end()) for m in _WORD.finditer(text)]


def _spans(words: list[_Word], wanted: frozenset[str]) -> Iterator[tuple[int, int]]:
    for first, word in enumerate(words):
        for last in range(first, min(first + MOST_WORDS_TOGETHER, len(words))):
            typed = "".join(w.folded for w in words[first : last + 1])
            if any(is_spelling_of(typed, name) for name in wanted):
                yield word.start, words[last].end


def _joined(note: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping and neighbouring names as one, initials in front included."""
    joined: list[tuple[int, int]] = []
    for first, end in sorted(spans):
        initials = _INITIALS.search(note[:first])
        start = initials.start() if initials else first
        if joined and not note[joined[-1][1] : start].strip(" .-'’"):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def is_spelling_of(typed: str, name: str) -> bool:
    """Whether a typed word is this name, a possessive of it, or the name with a slip or two."""
    if typed == name or typed == name + "s":
        return True
    slips = next((slips for length, slips in SLIPS_ALLOWED if len(name) >= length), 0)
    return abs(len(typed) - len(name)) <= slips and _distance(typed, name, slips) <= slips


def _distance(one: str, other: str, limit: int) -> int:
    """Edits between two words, swapped neighbours counting as one; anything over `limit` is
    limit + 1."""
    if limit == 0:
        return int(one != other)
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(row[-1] + 1, last[j] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before_last, last = last, row
    return last[-1]
