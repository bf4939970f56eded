"""What the name recogniser knows: names of people, ordinary words, and names that are no person's.

Dutch names and places are read from the lists inside the deduce package, as data: its engine is
not imported (docs/decisions/0004-screening-recognisers.md). The rest stands in `lexicon/`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bot.screening import cues
from bot.screening.folding import fold
from bot.screening.spelling import one_slip, sound

_OWN = Path(__file__).with_name("lexicon")

_LONGEST_READ, _LONGEST_COMPOUND = 20, 40
"""Letters; a longer run of letters is no word, and reading it would cost time for nothing."""

_SHORT_PART, _COMPOUNDS_TO_COUNT = 3, 5
"""A word of so few letters counts as part of a compound when so many known compounds have it."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Folded lower-case words; immutable, shared by all threads.

    `certain`: names that are no ordinary word; `sounds`: how they sound. `possible`: names that
    are an ordinary word or a place as well. `common`: those that a capital does not make a name.
    `first`: all first names. `calling`: first names among the possible ones that people do go by.
    ``heads` and `tails`: short words that compounds are known to begin and to end with.
    `of_article`: surnames that follow "de"; `only_after_article`: those that no ordinary sentence
    has there. `not_people`: brands, firms, days and the like.
    """

    certain: frozenset[str]
    sounds: frozenset[str]
    possible: frozenset[str]
    common: frozenset[str]
    first: frozenset[str]
    calling: frozenset[str]
    words: frozenset[str]
    heads: frozenset[str]
    tails: frozenset[str]
    places: frozenset[str]
    of_article: frozenset[str]
    only_after_article: frozenset[str]
    not_people: frozenset[str]

    def is_word(self, word: str) -> bool:
        """An ordinary word of Dutch or English, or a compound of two Dutch ones."""
        return word in self.words or (len(word) <= _LONGEST_COMPOUND and self._is_compound(word))

    def is_verb(self, word: str) -> bool:
        """A Dutch weak verb in the third person, told by its participle: maakt, legde."""
        if word.endswith(("te", "de")):
            return "ge" + word[:-1] in self.words
        if not word.endswith("t") or word.startswith("ge"):
            return False
        return "ge" + word in self.words or f"ge{word[:-1]}d" in self.words

    def is_misspelt_word(self, word: str) -> bool:
        """One slip of the finger away from an ordinary word."""
        return len(word) <= _LONGEST_READ and not self.words.isdisjoint(one_slip(word))

    def is_misspelt_name(self, word: str) -> bool:
        """Sounds like a name, or is one slip from one, and no nearer to an ordinary word."""
        if not 5 < len(word) <= _LONGEST_READ:
            return False
        slips = one_slip(word)
        near_words = self.words.intersection(slips)
        if (heard := sound(word)) in self.sounds:
            return all(sound(near) != heard for near in near_words)
        return not near_words and not self.certain.isdisjoint(slips)

    def _is_compound(self, word: str) -> bool:
        return any(
            self._may_begin(word[:cut])
            and (
                self._may_end(word[cut:])
                or (word[cut] == "s" and len(word) - cut > 3 and self._may_end(word[cut + 1 :]))
            )
            for cut in range(_SHORT_PART, len(word) - _SHORT_PART + 1)
        )

    def _may_begin(self, part: str) -> bool:
        return part in (self.heads if len(part) == _SHORT_PART else self.words)

    def _may_end(self, part: str) -> bool:
        return part in (self.tails if len(part) == _SHORT_PART else self.words)


def load_lexicon() -> Lexicon:
    """Reads all lists; raises OSError when a file is missing."""
    deduce = _deduce_lists()
    people = deduce / "names"
    not_people = _read(_OWN / "not_people.txt")
    not_names = _read(_OWN / "not_names.txt")
    spoken = _read(_OWN / "dutch.txt") | _read(_OWN / "dialect.txt")
    words = spoken | _read(_OWN / "english.txt") | not_people | not_names
    places = frozenset().union(
        *(_read(file) for file in sorted((deduce / "locations").glob("lst_placename/*/items.txt")))
    )
    abroad = _read(_OWN / "first_names_abroad.txt") | _read(_OWN / "first_names_added.txt")
    first = _read(people / "lst_first_name" / "items.txt") | abroad
    names = (
        first
        | _read(people / "lst_surname" / "items.txt")
        | _read(people / "lst_interfix_surname" / "items.txt")
        | _read(_OWN / "surnames_abroad.txt")
        | _read(_OWN / "surnames_added.txt")
    )
    certain_words = _read(_OWN / "names_although_words.txt")
    certain = frozenset(
        name for name in ((names - words - places) | certain_words) - not_names if len(name) > 2
    )
    return Lexicon(
        certain=certain,
        sounds=frozenset(sound(name) for name in certain if len(name) > 4),
        possible=frozenset(names - certain),
        common=not_names,
        first=frozenset(first | certain_words),
        calling=_read(_OWN / "calling_names.txt"),
        words=frozenset(words),
        heads=_parts(spoken, lambda word: (word[:_SHORT_PART], word[_SHORT_PART:])),
        tails=_parts(spoken, lambda word: (word[-_SHORT_PART:], word[:-_SHORT_PART])),
        places=places,
        of_article=cues.SURNAMES_WITH_ARTICLE,
        only_after_article=cues.SURNAMES_ONLY_WITH_ARTICLE,
        not_people=not_people,
    )


def _parts(words: frozenset[str], cut: Callable[[str], tuple[str, str]]) -> frozenset[str]:
    """The short words that enough compounds of the list have where `cut` looks for one."""
    seen = Counter(
        part
        for part, rest in map(cut, words)
        if len(rest) > _SHORT_PART and part in words and rest in words
    )
    return frozenset(part for part, times in seen.items() if times >= _COMPOUNDS_TO_COUNT)


def _deduce_lists() -> Path:
    """Where the deduce package keeps its lists; found without importing it."""
    spec = find_spec("deduce")
    if spec is None or spec.submodule_search_locations is None:
        raise FileNotFoundError("The package deduce, whose name lists are read, is not installed.")
    return Path(spec.submodule_search_locations[0]) / "data" / "lookup" / "src"


def _read(file: Path) -> frozenset[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return frozenset(
        word for line in lines if not line.startswith("#") for word in fold(line).lower.split()
    )
