"""Numbers read out in words: "nul zes twaalf vierendertig ..."."""

import re
from collections.abc import Iterator

_ONES = (
    "nul|zero een|one twee|two drie|three vier|four vijf|five zes|six zeven|seven acht|eight "
    "negen|nine"
)
_TEENS = (
    "tien|ten elf|eleven twaalf|twelve dertien|thirteen veertien|fourteen vijftien|fifteen "
    "zestien|sixteen zeventien|seventeen achttien|eighteen negentien|nineteen"
)
_TENS = (
    "twintig|twenty dertig|thirty veertig|forty vijftig|fifty zestig|sixty zeventig|seventy "
    "tachtig|eighty negentig|ninety"
)


def _spelled(words: str, first: int, step: int = 1) -> dict[str, str]:
    return {
        word: str(first + place * step)
        for place, alternatives in enumerate(words.split())
        for word in alternatives.split("|")
    }


_DIGIT_WORDS = _spelled(_ONES, 0) | _spelled(_TEENS, 10) | _spelled(_TENS, 20, 10)
_DIGIT_WORDS |= {
    f"{one}en{ten}": digits[0] + digit
    for one, digit in _spelled(_ONES, 0).items()
    for ten, digits in _spelled(_TENS, 20, 10).items()
}
_DIGIT_WORD = "|".join(sorted(_DIGIT_WORDS, key=len, reverse=True))
_SPOKEN = re.compile(
    rf"(?<![a-z0-9])(?:(?:{_DIGIT_WORD}|\d++)[\s,.-]{{0,3}}){{5,}}(?<![\s,.-])(?![a-z])"
)
_SPOKEN_PART = re.compile(rf"{_DIGIT_WORD}|\d+")


def spoken_numbers(text: str) -> Iterator[tuple[str, int, int]]:
    """The digits of each number of eight digits and more that is spelled out, and its place."""
    for match in _SPOKEN.finditer(text):
        parts = _SPOKEN_PART.findall(match[0])
        digits = "".join(_DIGIT_WORDS.get(part, part) for part in parts)
        if sum(part in _DIGIT_WORDS for part in parts) > 1 and len(digits) > 7:
            yield digits, *match.span()
