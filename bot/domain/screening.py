"""What a screened note may hold and what follows (docs/domain.md, "Personal data").

The rules only: which classes of finding there are, what each leads to, and how findings are
taken out of a text. Recognising them is the Screener port's work.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class FindingClass(StrEnum):
    """What can be found in a note; the values are the words used in reports and statistics."""

    BSN = "bsn"
    LONGNUMBER = "longnumber"
    IBAN = "iban"
    PHONE = "phone"
    EMAIL = "email"
    BIRTHDATE = "birthdate"
    PLATE = "plate"
    NAME = "name"
    ADDRESS = "address"
    HEALTH = "health"
    ADDICTION = "addiction"
    GUARDIANSHIP = "guardianship"
    CRIME = "crime"
    ORIGIN = "origin"
    ARREARS = "arrears"
    CHILDCARE = "childcare"
    EMERGENCY = "emergency"


class Outcome(StrEnum):
    """What happens with a note, mildest first; see `OUTCOME_OF`.

    ACCEPT: taken as it is. MASK: taken once the sender agrees to what is removed. STOP: nothing
    is taken; the sender is asked what was seen or heard. EMERGENCY: 112 is named before all else.
    """

    ACCEPT = "accept"
    MASK = "mask"
    STOP = "stop"
    EMERGENCY = "emergency"


OUTCOME_OF: Mapping[FindingClass, Outcome] = MappingProxyType(
    {
        FindingClass.BSN: Outcome.STOP,
        FindingClass.LONGNUMBER: Outcome.MASK,
        FindingClass.IBAN: Outcome.MASK,
        FindingClass.PHONE: Outcome.MASK,
        FindingClass.EMAIL: Outcome.MASK,
        FindingClass.BIRTHDATE: Outcome.MASK,
        FindingClass.PLATE: Outcome.MASK,
        FindingClass.NAME: Outcome.MASK,
        FindingClass.ADDRESS: Outcome.MASK,
        FindingClass.HEALTH: Outcome.STOP,
        FindingClass.ADDICTION: Outcome.STOP,
        FindingClass.GUARDIANSHIP: Outcome.STOP,
        FindingClass.CRIME: Outcome.STOP,
        FindingClass.ORIGIN: Outcome.MASK,
        FindingClass.ARREARS: Outcome.STOP,
        FindingClass.CHILDCARE: Outcome.STOP,
        FindingClass.EMERGENCY: Outcome.EMERGENCY,
    }
)
"""The outcome each class leads to by itself; the gravest of a note's findings decides."""

_GRAVITY = {outcome: rank for rank, outcome in enumerate(Outcome)}


@dataclass(frozen=True, slots=True)
class Finding:
    """A part of a text: half-open offsets in code points of the text as it was typed."""

    cls: FindingClass
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Screening:
    """What was found in one note, in the order of the text. It holds no text itself."""

    outcome: Outcome
    findings: tuple[Finding, ...]

    @property
    def classes(self) -> tuple[FindingClass, ...]:
        """Each class found, once, in the order of the text; EMERGENCY last."""
        found = dict.fromkeys(finding.cls for finding in self.findings)
        return tuple(sorted(found, key=lambda cls: cls is FindingClass.EMERGENCY))


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """The address of the unit the note is about, which is no finding in that note."""

    street: str
    number: str
    postcode: str
    unit: str


def outcome_of(findings: Iterable[Finding]) -> Outcome:
    """The gravest outcome of all findings; ACCEPT when there are none."""
    outcomes = (OUTCOME_OF[finding.cls] for finding in findings)
    return max(outcomes, key=_GRAVITY.__getitem__, default=Outcome.ACCEPT)


def screening_of(findings: Iterable[Finding]) -> Screening:
    """The findings in the order of the text, with their outcome."""
    ordered = tuple(sorted(set(findings), key=lambda finding: (finding.start, finding.end)))
    return Screening(outcome_of(ordered), ordered)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a note; `removed` is the class it is left out for, None for what is kept."""

    text: str
    removed: FindingClass | None = None


def pieces(text: str, findings: Iterable[Finding]) -> tuple[Piece, ...]:
    """The whole text in parts, what is left out apart from what is kept.

    Overlapping findings become one part, of the gravest class; so do neighbours of one class with
    only blanks between them. Words of acute danger are kept: they are no personal data.
    """
    parts: list[Piece] = []
    kept_to = 0
    for removed in _removals(text, findings):
        parts.append(Piece(text[kept_to : removed.start]))
        parts.append(Piece(text[removed.start : removed.end], removed.cls))
        kept_to = removed.end
    return tuple(part for part in (*parts, Piece(text[kept_to:])) if part.text)


def mask(text: str, findings: Iterable[Finding], label: Callable[[FindingClass], str]) -> str:
    """The text with every part that is left out replaced by its label, such as "[naam]"."""
    return "".join(
        label(part.removed) if part.removed else part.text for part in pieces(text, findings)
    )


def _removals(text: str, findings: Iterable[Finding]) -> list[Finding]:
    ordered = sorted(
        (found for found in findings if found.cls is not FindingClass.EMERGENCY),
        key=lambda found: (found.start, found.end),
    )
    merged: list[Finding] = []
    for found in ordered:
        last = merged[-1] if merged else None
        if last is not None and found.start < last.end:
            graver = max(last, found, key=lambda finding: _GRAVITY[OUTCOME_OF[finding.cls]])
            merged[-1] = Finding(graver.cls, last.start, max(last.end, found.end))
        elif last is not None and found.cls is last.cls and _blank(text[last.end : found.start]):
            merged[-1] = Finding(last.cls, last.start, found.end)
        else:
            merged.append(found)
    return merged


def _blank(text: str) -> bool:
    return not text.strip()
