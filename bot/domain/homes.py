"""Homes as the public knows them: units, addresses, neighbourhoods. Nothing here knows a tenant."""

import re
from dataclasses import dataclass

_UNIT_IN_TEXT = re.compile(
    r"(?<![A-Za-z0-9])([A-Za-z]{1,3})\s?[-\u2010-\u2015.]?\s?(\d{2,7})(?![A-Za-z0-9])"
)
_POSTCODE_AND_NUMBER = re.compile(
    r"(?<!\d)([1-9]\d{3})\s?([A-Za-z]{2})[\s,]+(?:nr\.?\s?|huisnummer\s?)?(\d{1,5})\s?-?\s?([A-Za-z]?\d{0,4})(?!\w)"
)
_STREET_AND_NUMBER = re.compile(
    r"(?<!\w)([A-Za-zÀ-ÿ][\wÀ-ÿ.'’-]*(?:\s[A-Za-zÀ-ÿ][\wÀ-ÿ.'’-]*){0,4})\s(?:nr\.?\s?)?(\d{1,5})\s?-?([A-Za-z]{0,2})(?!\w)"
)
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
    return "u:" + re.sub(r"[^0-9A-Z]", "", unit.upper())


def postcode_key(postcode: str, number: str) -> str:
    return "p:" + re.sub(r"[^0-9A-Z]", "", f"{postcode}{number}".upper())


def street_key(street: str, number: str) -> str:
    return "s:" + re.sub(r"[^0-9a-zà-ÿ]", "", f"{street}{number}".lower())


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
    match = re.fullmatch(r"([1-9]\d{3})\s?([A-Za-z]{2})", text.strip())
    return match is not None and match[2].upper() not in _FORBIDDEN_POSTCODE_LETTERS


def places_named(text: str) -> tuple[PlaceName, ...]:
    """Every part of a text that may name a home, likeliest first: unit id, postcode, street.

    A street's name can be any of the last words before the number, so each is offered.
    """
    found = [
        PlaceName(unit_key(match[1] + match[2]), match.start(), match.end())
        for match in _UNIT_IN_TEXT.finditer(text)
    ]
    found += [
        PlaceName(postcode_key(match[1] + match[2], match[3] + match[4]), *match.span())
        for match in _POSTCODE_AND_NUMBER.finditer(text)
    ]
    for match in _STREET_AND_NUMBER.finditer(text):
        for word in re.finditer(r"\S+", match[1]):
            street = match[1][word.start() :]
            key = street_key(street, match[2] + match[3])
            found.append(PlaceName(key, match.start() + word.start(), match.end()))
    if not found and text.strip():
        found.append(PlaceName(unit_key(text), 0, len(text)))
    return tuple(found)
