"""Homes as the public knows them: units, addresses, neighbourhoods. Nothing here knows a tenant.

How a home may be named in a text: docs/domain.md, "Public holidays, formats, words".
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_GAP = r"[\s.\-\u00ad\u200b-\u200d\u2010-\u2015\u2060\u2212]"
"""What people put, or their keyboards slip, between the parts of a unit id."""

_UNIT = re.compile(
    rf"(?<!\w)[A-Za-z]{{1,3}}{_GAP}{{0,3}}\d{{1,7}}(?P<more>(?:[-./]\d{{1,4}})+)?(?!\w)"
)
_POSTCODE = re.compile(
    r"(?<!\w)([1-9]\d{3}\s?[A-Za-z]{2})[\s,.:-]*(?:(?:huis)?(?:nummer|nr|no)[\s.:]*)?(?=\d)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,5}(?:[A-Za-z]{1,4}\d{0,3})?(?:[-/](?:\d{1,4}|[A-Za-z]{1,4}))?(?!\w)")
_ADDITION_APART = re.compile(r"\s{0,3}-?\s{0,3}(?:[A-Za-z]|bis|hs|[IV]{2,3})(?!\w)", re.IGNORECASE)
_WORD = re.compile(r"\d+|[^\W\d_]+")
_BETWEEN_STREET_WORDS = re.compile(r"[\s.'’\u0300-\u036f-]{0,3}")
_BEFORE_NUMBER = re.compile(r"[\s,.:\u0300-\u036f]{0,3}")
_WORDS_FOR_NUMBER = frozenset({"nr", "no", "nummer", "huisnr", "huisnummer"})
_MOST_STREET_WORDS = 8
_LONGEST_BARE_UNIT = 20
_MOST_PLACES = 60
_FORBIDDEN_POSTCODE_LETTERS = frozenset({"SA", "SD", "SS"})


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    corporation: str
    id: str
    name: str
    consultant: str | None = None


@dataclass(frozen=True, slots=True)
class Dwelling:
    """A unit with its address; `number` holds the addition too: "14b"."""

    corporation: str
    unit: str
    neighbourhood: str
    street: str
    number: str
    postcode: str

    @property
    def address(self) -> str:
        return f"{self.street} {self.number}"


@dataclass(frozen=True, slots=True)
class PlaceName:
    """One way a text names a home, as a search key, and where it stands in the text.

    `key` is comparable with `unit_key`, `postcode_key` or `street_key` of a dwelling.
    """

    key: str
    start: int
    end: int


def unit_key(unit: str) -> str:
    """The form in which units are compared: "e 4471", "E4471" and "E-4471" are one unit."""
    return "u:" + _folded(unit)


def postcode_key(postcode: str, number: str) -> str:
    return f"p:{_folded(postcode)}|{_folded_number(number)}"


def street_key(street: str, number: str) -> str:
    return f"s:{_folded(street)}|{_folded_number(number)}"


def keys_of(home: Dwelling) -> frozenset[str]:
    """Every key under which a home can be named."""
    return frozenset(
        {
            unit_key(home.unit),
            postcode_key(home.postcode, home.number),
            street_key(home.street, home.number),
        }
    )


def is_unit_key(key: str) -> bool:
    return key.startswith("u:")


def is_postcode(text: str) -> bool:
    """A Dutch postcode `1234 AB`: no leading zero, not SA, SD or SS."""
    match = re.fullmatch(r"[1-9][0-9]{3}\s?([A-Za-z]{2})", text.strip())
    return match is not None and match[1].upper() not in _FORBIDDEN_POSTCODE_LETTERS


def places_named(text: str) -> tuple[PlaceName, ...]:
    """Every part of a text that may name a home, likeliest first: unit id, postcode, street.

    A guess costs no more than a search that finds nothing, so it offers rather too many: a street's
    name can be any of the last words before the number, a letter after it an addition or a word. A
    number alone names no home. At most sixty places, so that no text is endless work.
    """
    by_postcode = tuple(_by_postcode(text))
    others = (*_by_unit(text), *_by_street(text))
    apart = tuple(place for place in others if not any(_cuts(place, p) for p in by_postcode))
    units = tuple(place for place in apart if is_unit_key(place.key))
    streets = tuple(place for place in apart if not is_unit_key(place.key))
    return (*units, *by_postcode, *streets)[:_MOST_PLACES] or _as_bare_unit(text)


def _by_unit(text: str) -> Iterator[PlaceName]:
    for match in _UNIT.finditer(text):
        yield PlaceName(unit_key(match[0]), *match.span())
        if match["more"]:
            shorter = text[match.start() : match.start("more")]
            yield PlaceName(unit_key(shorter), match.start(), match.start("more"))


def _by_postcode(text: str) -> Iterator[PlaceName]:
    for match in _POSTCODE.finditer(text):
        for end in _ends_of_number(text, match.end()):
            key = postcode_key(match[1], text[match.end() : end])
            yield PlaceName(key, match.start(), end)


def _by_street(text: str) -> Iterator[PlaceName]:
    words = tuple(_WORD.finditer(text))
    for at, number in enumerate(words):
        if not number[0].isdecimal():
            continue
        for first, last in _streets_before(text, words, at):
            street = text[words[first].start() : words[last].end()]
            for end in _ends_of_number(text, number.start()):
                key = street_key(street, text[number.start() : end])
                yield PlaceName(key, words[first].start(), end)


def _streets_before(
    text: str, words: tuple[re.Match[str], ...], number: int
) -> Iterator[tuple[int, int]]:
    """The first and last word of each street that may stand before a number, longest first."""
    last = number - 1
    if last >= 0 and words[last][0].lower() in _WORDS_FOR_NUMBER:
        last -= 1
    if last < 0 or not _only(_BEFORE_NUMBER, text, words[last].end(), words[last + 1].start()):
        return
    first = last
    while (
        first > 0
        and last - first + 1 < _MOST_STREET_WORDS
        and _only(_BETWEEN_STREET_WORDS, text, words[first - 1].end(), words[first].start())
    ):
        first -= 1
    for start in range(first, last + 1):
        if any(word[0].isalpha() and len(word[0]) > 1 for word in words[start : last + 1]):
            yield start, last


def _ends_of_number(text: str, start: int) -> Iterator[int]:
    """Where a house number may end: after an addition that stands apart ("3 B"), and before it."""
    number = _NUMBER.match(text, start)
    if number is None:
        return
    addition = _ADDITION_APART.match(text, number.end())
    if addition is not None and number[0].isdecimal():
        yield addition.end()
    yield number.end()


def _as_bare_unit(text: str) -> tuple[PlaceName, ...]:
    """A short answer with a digit and nothing else recognised may be a unit id of another shape."""
    if len(text.strip()) <= _LONGEST_BARE_UNIT and any(letter.isdecimal() for letter in text):
        return (PlaceName(unit_key(text), 0, len(text)),)
    return ()


def _only(pattern: re.Pattern[str], text: str, start: int, end: int) -> bool:
    return pattern.fullmatch(text, start, end) is not None


def _cuts(place: PlaceName, other: PlaceName) -> bool:
    """Whether a place is made of only a piece of the other."""
    apart = place.end <= other.start or other.end <= place.start
    return not apart and not (place.start < other.start and other.end <= place.end)


def _folded(text: str) -> str:
    """Letters and digits only, without case and accents."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(str(int(c)) if c.isdecimal() else c for c in plain if c.isalnum())


def _folded_number(number: str) -> str:
    """As `_folded`, but 12-3 stays another number than 123."""
    return "-".join(_folded(part) for part in re.split(r"(?<=\d)\W+(?=\d)", number.strip()))
