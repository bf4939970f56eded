"""Words of a note, with what their place in the sentence says about them."""

import re
from dataclasses import dataclass

from bot.screening import cues
from bot.screening.folding import Folded

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_SENTENCE_END = frozenset(".!?\n:;•*")


@dataclass(frozen=True, slots=True)
class Token:
    """One word. `capital` is False where capitals say nothing, as in a note typed in capitals."""

    start: int
    end: int
    text: str
    lower: str
    capital: bool
    opens_sentence: bool
    dotted: bool

    @property
    def is_initial(self) -> bool:
        return len(self.lower) == 1 and (self.dotted or self.text.isupper())


def tokens_of(folded: Folded) -> tuple[Token, ...]:
    """The words of a note in order; numbers and signs are no words."""
    matches = list(_WORD.finditer(folded.text))
    capitals_tell = _capitals_tell([match[0] for match in matches])
    tokens: list[Token] = []
    for match in matches:
        dotted = folded.text[match.end() : match.end() + 1] == "."
        tokens.append(
            Token(
                start=match.start(),
                end=match.end(),
                text=match[0],
                lower=match[0].lower(),
                capital=match[0][0].isupper() and capitals_tell,
                opens_sentence=_opens_sentence(folded.text, match.start(), tokens),
                dotted=dotted,
            )
        )
    return tuple(tokens)


def _capitals_tell(words: list[str]) -> bool:
    """Whether a capital marks a name: not in a note in capitals, nor when Every Word Has One."""
    long = [word for word in words if len(word) > 3]
    if len(long) < 4:
        return not (long and all(word.isupper() for word in words))
    return sum(word[0].isupper() for word in long) <= 0.6 * len(long)


def _opens_sentence(text: str, start: int, before: list[Token]) -> bool:
    if not before:
        return True
    between = text[before[-1].end : start]
    if "\n" in between:
        return True
    stripped = between.strip(" \t\"'()[]")
    if not stripped or stripped[-1] not in _SENTENCE_END:
        return False
    return not (between.startswith(".") and _is_abbreviation(before[-1]))


def _is_abbreviation(token: Token) -> bool:
    return len(token.lower) == 1 or token.lower in cues.ABBREVIATIONS
