"""A note as the name recogniser reads it: its words, what stands beside them, the names so far."""

import re
from dataclasses import dataclass, field

from bot.screening import cues
from bot.screening.folding import Folded
from bot.screening.lexicon import Lexicon
from bot.screening.tokens import Token

_JOINED = re.compile(r"^[\s.'/-]{1,3}$")
_DUTCH_ENDING = re.compile(
    r"(?:jes|tje|heid|heden|ingen|ing|lijk|lijke|erij|eren|baar|baars?|isch|ische|loos)$"
)


@dataclass(slots=True)
class Reading:
    """`names` are the places of the words found to be names so far; it grows while reading."""

    folded: Folded
    tokens: tuple[Token, ...]
    lexicon: Lexicon
    not_people: list[tuple[int, int]]
    names: set[int] = field(default_factory=set)

    def token(self, index: int) -> Token | None:
        return self.tokens[index] if 0 <= index < len(self.tokens) else None

    def lower(self, index: int) -> str:
        token = self.token(index)
        return token.lower if token is not None else ""

    def joined(self, index: int) -> bool:
        """Whether only blanks, dots or hyphens stand between this word and the one before."""
        if not 0 < index < len(self.tokens):
            return False
        between = self.folded.text[self.tokens[index - 1].end : self.tokens[index].start]
        return _JOINED.match(between) is not None and not self.tokens[index].opens_sentence

    def before(self, token: Token) -> str:
        return self.folded.lower[max(0, token.start - 40) : token.start]

    def after(self, token: Token) -> str:
        return self.folded.lower[token.end : token.end + 30]

    def acts(self, index: int, verbs: frozenset[str]) -> bool:
        """Whether the word behind is one of these verbs."""
        return self.joined(index + 1) and self.lower(index + 1) in verbs

    def ends(self, token: Token) -> bool:
        """Whether the sentence or its part ends behind this word."""
        rest = self.after(token).lstrip(" \"')")
        return not rest or rest[0] in ".,;:!?\n)"

    def is_unknown(self, word: str) -> bool:
        """No word of Dutch or English, no place, and no Dutch word's ending."""
        return (
            len(word) > 2
            and word not in self.lexicon.places
            and not self.lexicon.is_word(word)
            and word.partition("'")[0] not in self.lexicon.words
            and word not in cues.NOT_AFTER_TITLE
            and _DUTCH_ENDING.search(word) is None
        )
