"""Dutch number plates of every side code, and foreign ones after a word that says so."""

import re
from collections.abc import Iterator

from bot.screening import cues

_L, _D = "[a-z]", r"\d"
_SIDE_CODES = tuple(
    code.split("-")
    for code in [
        "LL-DD-DD",
        "DD-DD-LL",
        "DD-LL-DD",
        "LL-DD-LL",
        "LL-LL-DD",
        "DD-LL-LL",
        "DD-LLL-D",
        "D-LLL-DD",
        "LL-DDD-L",
        "L-DDD-LL",
        "LLL-DD-L",
        "L-DD-LLL",
        "D-LL-DDD",
        "DDD-LL-D",
        "LLL-D-LL",
        "DDD-D-LL",
    ]
)
_BLOCK = {
    part: "".join(_L if char == "L" else _D for char in part)
    for code in _SIDE_CODES
    for part in code
}


def _plates(between: str) -> re.Pattern[str]:
    codes = "|".join(between.join(_BLOCK[part] for part in code) for code in _SIDE_CODES)
    return re.compile(rf"(?<![a-z0-9-])(?:{codes})(?![a-z0-9]|-[a-z0-9])")


_PLATE_HYPHENED = _plates(r"\s?[-·•*_]\s?")
_PLATE_SPACED = _plates(r"[\s.]")
_PLATE_CLOSED = _plates("")
_VEHICLE = re.compile(
    r"\b(?:kenteken\w*|nummerpla\w+|nummerbord\w*|auto|autootje|wagen|bus|busje|bestelbus\w*|scooter|brommer"
    r"|motor|aanhanger|caravan|camper|vrachtwagen|plate|car|volkswagen|vw|golf|polo|opel|ford|audi"
    r"|bmw|mercedes|toyota|peugeot|renault|citroen|fiat|kia|skoda|seat|volvo|mazda|nissan|tesla)\b"
)
_FOREIGN_PLATE = re.compile(
    r"\b(?:kenteken|nummerplaat|nummerbord|license plate|plate)\W{0,3}(?:is\W|number\W|nr\W{1,2})?"
    r"(?P<plate>(?=[a-z0-9 -]{0,8}\d)[a-z]{1,3}[ -]?[a-z0-9]{1,5}(?:[ -][a-z0-9]{1,4})?)"
    r"(?![a-z0-9])"
)


def number_plates(text: str, typed: str) -> Iterator[tuple[int, int]]:
    """Where plates stand in a folded lower-case text; `typed` is the same text in its own case."""
    vehicle = _VEHICLE.search(text) is not None
    for match in _PLATE_HYPHENED.finditer(text):
        yield match.span()
        text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    for match in [*_PLATE_SPACED.finditer(text), *_PLATE_CLOSED.finditer(text)]:
        letters = re.findall(r"[a-z]+", match[0])
        plausible = typed[slice(*match.span())].isupper() or (vehicle and len(letters[0]) < 4)
        if plausible and not cues.NO_PLATE_LETTERS.intersection(letters):
            yield match.span()
            text = text[: match.start()] + " " * len(match[0]) + text[match.end() :]
    for match in _FOREIGN_PLATE.finditer(text):
        yield match.span("plate")
