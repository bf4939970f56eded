"""The screener: every recogniser over one note. Knows neither registry nor vault."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain.screening import Finding, FindingClass, OwnAddress, Screening, screening_of
from bot.screening.addresses import find_addresses
from bot.screening.folding import Folded, fold
from bot.screening.lexicon import Lexicon, load_lexicon
from bot.screening.names import find_names
from bot.screening.numbers import find_identifiers
from bot.screening.spelling import is_slip_of
from bot.screening.wordlists import WordList, WordListError, inside, load_list

_BY_WORDS = (
    FindingClass.HEALTH,
    FindingClass.ADDICTION,
    FindingClass.GUARDIANSHIP,
    FindingClass.CRIME,
    FindingClass.ORIGIN,
    FindingClass.ARREARS,
    FindingClass.CHILDCARE,
    FindingClass.EMERGENCY,
)
_MISSPELT: tuple[FindingClass, ...] = tuple(
    cls for cls in _BY_WORDS if cls not in (FindingClass.CRIME, FindingClass.EMERGENCY)
)
_LONG_WORD = re.compile(r"(?<![a-z0-9])[a-z]{6,}(?![a-z0-9])")


@dataclass(frozen=True, slots=True, repr=False)
class NoteScreener:
    """Recognises what may not travel in a note.

    Deterministic, without memory of what it read, and safe to share between threads.
    """

    lexicon: Lexicon
    words: Mapping[FindingClass, WordList]
    misspellable: Mapping[str, Sequence[tuple[FindingClass, str]]]

    def screen(self, text: str, own: OwnAddress | None = None) -> Screening:
        """What the note holds; `own` is the address that is no finding. Never raises for a text."""
        folded = fold(text)
        found, claimed = find_identifiers(folded)
        found += _free(find_addresses(folded, self.lexicon, own), claimed)
        for cls in _BY_WORDS:
            found += [Finding(cls, *span) for span in self.words[cls].spans(folded.lower)]
        found += self._misspelt(folded, found)
        claimed = [(finding.start, finding.end) for finding in found if _excludes_names(finding)]
        found += _free(find_names(folded, self.lexicon, self.words[FindingClass.NAME]), claimed)
        return screening_of(
            Finding(finding.cls, *folded.span(finding.start, finding.end)) for finding in found
        )

    def _misspelt(self, folded: Folded, found: list[Finding]) -> Iterator[Finding]:
        """Words of the lists with a slip in them, among the words nobody knows."""
        places = [(finding.start, finding.end) for finding in found]
        harmless = {cls: self.words[cls].look_alike_spans(folded.lower) for cls in _MISSPELT}
        for match in _LONG_WORD.finditer(folded.lower):
            word, span = match[0], match.span()
            if self._is_known(word) or _overlaps(span, places):
                continue
            for cls, meant in self.misspellable.get(word[0], ()):
                if is_slip_of(word, meant) and not inside(span, harmless[cls]):
                    yield Finding(cls, *span)
                    break

    def _is_known(self, word: str) -> bool:
        lexicon = self.lexicon
        return word in lexicon.certain or word in lexicon.places or lexicon.is_word(word)


def load_screener(extra_words: Path | None = None) -> NoteScreener:
    """Reads all lists once, with the corporation's own lines from the folder `extra_words`.

    Raises WordListError for a line that cannot be read or a folder that is not there, OSError for
    an unreadable file.
    """
    if extra_words is not None and not extra_words.is_dir():
        raise WordListError(f"{extra_words}: there is no such folder")
    words = {cls: load_list(cls.value, extra_words) for cls in (*_BY_WORDS, FindingClass.NAME)}
    misspellable: dict[str, list[tuple[FindingClass, str]]] = {}
    for cls in _MISSPELT:
        for meant in words[cls].plain:
            misspellable.setdefault(meant[0], []).append((cls, meant))
    return NoteScreener(load_lexicon(), words, misspellable)


def _excludes_names(finding: Finding) -> bool:
    """A surname may be a word of origin ("mevrouw Pool") or stand inside words of danger."""
    return finding.cls not in (FindingClass.EMERGENCY, FindingClass.ORIGIN)


def _free(found: list[Finding], claimed: list[tuple[int, int]]) -> list[Finding]:
    """The findings that overlap nothing claimed before."""
    return [finding for finding in found if not _overlaps((finding.start, finding.end), claimed)]


def _overlaps(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    """Whether a part of the text touches one of the others."""
    return any(span[0] < end and start < span[1] for start, end in others)
