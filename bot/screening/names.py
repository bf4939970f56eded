"""Names of people: name lists, read with the words around them.

Which word is a name is told by `persons`, which names are no person's by `firms`; here they are
put together into the parts of the text to remove.
"""

import re
from collections.abc import Iterator

from bot.domain.screening import Finding, FindingClass
from bot.screening import cues
from bot.screening.firms import places_and_firms
from bot.screening.folding import Folded
from bot.screening.lexicon import Lexicon
from bot.screening.persons import is_name
from bot.screening.reading import Reading
from bot.screening.tokens import tokens_of
from bot.screening.wordlists import WordList

_WORD = re.compile(r"[^\W\d_]+")


def find_names(folded: Folded, lexicon: Lexicon, listed: WordList) -> list[Finding]:
    """Where people are named; `listed` holds the corporation's own names and the look-alikes."""
    tokens = tokens_of(folded)
    not_people = [match.span() for match in listed.look_alikes.finditer(folded.lower)]
    note = Reading(folded, tokens, lexicon, not_people)
    harmless = places_and_firms(note)
    for index in range(len(tokens)):
        if index not in harmless and is_name(note, index):
            note.names.add(index)
    _take_first_names_before(note, harmless)
    _take_names_beside(note, harmless)
    spans = [*_spans(note), *listed.spans(folded.lower), *_unreadable(folded, lexicon)]
    return [Finding(FindingClass.NAME, *span) for span in spans]


def _take_names_beside(note: Reading, harmless: set[int]) -> None:
    """The other half of a pair: the "Roos" of "Roos en Ahmed"."""
    for index in sorted(note.names):
        other = note.token(index - 2)
        if (
            other is not None
            and index - 2 not in harmless
            and note.lower(index - 1) in {"en", "and"}
            and note.joined(index)
            and note.joined(index - 1)
            and (
                (other.capital and other.lower in note.lexicon.first)
                or other.lower in note.lexicon.calling
            )
        ):
            note.names.add(index - 2)


def _take_first_names_before(note: Reading, harmless: set[int]) -> None:
    """The first name of a surname that was found: "Roos Jansen", "Mark van Dijk"."""
    for index in sorted(note.names):
        place = index
        while note.joined(place) and note.lower(place - 1) in cues.PARTICLES:
            place -= 1
        if not note.joined(place) or place - 1 in harmless:
            continue
        before = note.tokens[place - 1]
        known = before.lower in note.lexicon.first or before.lower in note.lexicon.possible
        if (before.capital and known and before.lower not in cues.DOING) or (
            before.lower in note.lexicon.calling and place == index
        ):
            note.names.add(place - 1)


def _spans(note: Reading) -> Iterator[tuple[int, int]]:
    """Runs of name words as one span, particles between them included."""
    start: int | None = None
    last = -1
    for index in sorted(note.names):
        if start is not None and _linked(note, last, index):
            last = index
            continue
        if start is not None:
            yield _span(note, start, last)
        start, last = index, index
    if start is not None:
        yield _span(note, start, last)


def _linked(note: Reading, first: int, second: int) -> bool:
    return all(note.joined(place) for place in range(first + 1, second + 1)) and all(
        note.lower(place) in cues.PARTICLES for place in range(first + 1, second)
    )


def _span(note: Reading, first: int, last: int) -> tuple[int, int]:
    """The words of a name, with its surname's particles in front ("van den Berg")."""
    while note.joined(first) and _belongs(note, first):
        first -= 1
    end = note.tokens[last].end
    if note.tokens[last].is_initial and note.tokens[last].dotted:
        end += 1
    return note.tokens[first].start, end


def _belongs(note: Reading, first: int) -> bool:
    before = note.lower(first - 1)
    if before not in cues.PARTICLES or before in {"bij", "op", "in", "uit", "aan", "het", "tot"}:
        return False
    pair = f"{note.lower(first - 2)} {before}" if note.joined(first - 1) else before
    word = note.lower(first)
    return (
        before in {"vd", "el", "al", "ben", "den", "der", "ten", "ter"}
        or pair in cues.STRONG_PARTICLES
        or (before == "de" and word in note.lexicon.of_article)
        or (before == "van" and word in cues.PARTICLES)
    )


def _unreadable(folded: Folded, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Words in a script that no recogniser reads: removed, since they could say anything."""
    if folded.source.isascii():
        return
    for match in _WORD.finditer(folded.source):
        typed = match[0]
        if any(_is_latin(char) for char in typed) or len(typed) < 2:
            continue
        inside = [
            place
            for place in range(len(folded.text))
            if match.start() <= folded.span(place, place + 1)[0] < match.end()
        ]
        if inside and not lexicon.is_word(folded.lower[inside[0] : inside[-1] + 1]):
            yield inside[0], inside[-1] + 1


def _is_latin(char: str) -> bool:
    return (
        char < "\u0250"
        or "\u1e00" <= char <= "\u1eff"
        or "\u2100" <= char <= "\u214f"
        or (
            "\uff00" <= char <= "\uff5a"
            or "\U0001d400" <= char <= "\U0001d7ff"
            or "\ufb00" <= char <= "\ufb06"
        )
    )
