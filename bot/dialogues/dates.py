"""Reads days and times the way people type them, Dutch first, English beside it.

"morgen", "di", "volgende week dinsdag 10:00", "over een week", "2d", "3-12", "3 mrt 2027", "3 t/m 5
mei". Pure: today comes in.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class When:
    """A local day, and a time of day when one was given."""

    day: date
    time: dt.time | None = None


def _words(*rows: str) -> Mapping[str, int]:
    """Each row holds the ways to write one thing; its place in the list is its number."""
    return MappingProxyType({word: n for n, row in enumerate(rows) for word in row.split()})


_DAYS = _words(
    "maandag ma monday mon",
    "dinsdag di tuesday tue",
    "woensdag wo wednesday wed",
    "donderdag do thursday thu",
    "vrijdag vr friday fri",
    "zaterdag za saturday sat",
    "zondag zo sunday sun",
)
_MONTHS = _words(
    "-",
    "januari jan january",
    "februari feb february",
    "maart mrt maa march mar",
    "april apr",
    "mei may",
    "juni jun june",
    "juli jul july",
    "augustus aug august",
    "september sep sept",
    "oktober okt october oct",
    "november nov",
    "december dec",
)
_AHEAD = MappingProxyType({"vandaag": 0, "today": 0, "morgen": 1, "tomorrow": 1, "overmorgen": 2})
_NUMBERS = _words("nul", "een één 'n a one", "twee two", "drie three", "vier four", "vijf five")
_SPANS = MappingProxyType(
    {"d": 1, "dag": 1, "dagen": 1, "day": 1, "days": 1}
    | {"w": 7, "week": 7, "weken": 7, "wk": 7, "weeks": 7}
)
_ORDINARY_TIME = re.compile(r"\b(?:om |at )?([01]?\d|2[0-3])[:.]([0-5]\d)(?: ?(?:uur|u|h))?(?!\S)")
_WHOLE_HOUR = re.compile(r"\b(?:om |at )?([01]?\d|2[0-3]) ?(?:uur|u|h|hrs)(?!\S)")
_NUMERIC = re.compile(r"(\d{1,2})[-/.](\d{1,2})(?:[-/.](\d{4}|\d{2}))?")
_WRITTEN = re.compile(r"(\d{1,2})(?:e|th|st|nd|rd)? ?([a-z]+)\.?(?: ?(\d{4}))?")
_SPAN = re.compile(r"(?:(?:over|in) )?(\d{1,3}|[a-zé']+) ?([a-z]+)")
_FROM_TO = re.compile(r"\s*(?:\bt/m\b|\btm\b|\btot en met\b|\btot\b|\bto\b|\buntil\b|–|—| - )\s*")

LONGEST_TEXT = 60


def read_when(text: str, today: date) -> When | None:
    """The day (and time) meant, or None. A day without a year is the next one there is, today
    included; a day of the week is the coming one, never today."""
    words = _tidied(text)
    at, rest = _time_in(words)
    day = _day(rest, today) if rest else today
    return When(day, at) if day is not None and (rest or at) else None


def read_past_day(text: str, today: date) -> date | None:
    """As `read_when`, for what has been: a day without a year is the last one there was."""
    words = _tidied(text)
    if words in ("gisteren", "yesterday"):
        return today - timedelta(days=1)
    if words in ("eergisteren",):
        return today - timedelta(days=2)
    found = _day(words, today)
    if found is None or found <= today:
        return found
    has_year = re.search(r"\d{4}$", words) is not None
    return None if has_year else _same_day(found, found.year - 1)


def read_period(text: str, today: date) -> tuple[date, date] | None:
    """From and up to and including: "3-12 t/m 17-12", "3 t/m 17 december", or a single day."""
    parts = _FROM_TO.split(_tidied(text), maxsplit=1)
    if len(parts) == 1:
        day = _day(parts[0], today)
        return (day, day) if day else None
    ends = _day(parts[1], today)
    starts = _day(_completed(parts[0], parts[1]), today)
    if starts is None or ends is None:
        return None
    if ends < starts and not re.search(r"\d{4}$", parts[1]):
        ends = _same_day(ends, ends.year + 1) or ends
    return (starts, ends) if starts <= ends else None


def periods_in(text: str, today: date) -> Iterator[tuple[tuple[date, date], str]]:
    """Every way to read a beginning of the text as a period, the longest first, with the rest."""
    words = text.split()
    for count in range(len(words), 0, -1):
        found = read_period(" ".join(words[:count]), today)
        if found is not None:
            yield found, " ".join(words[count:])


def _tidied(text: str) -> str:
    return " ".join(text[:LONGEST_TEXT].lower().replace(",", " ").split())


def _completed(first: str, second: str) -> str:
    """In "3 t/m 17 december" the first day borrows what it lacks of the second."""
    if not first.isdigit():
        return first
    written = _WRITTEN.fullmatch(second)
    if written:
        return f"{first} {written[2]} {written[3] or ''}".strip()
    numeric = _NUMERIC.fullmatch(second)
    if numeric:
        return f"{first}-{numeric[2]}" + (f"-{numeric[3]}" if numeric[3] else "")
    return first


def _time_in(words: str) -> tuple[dt.time | None, str]:
    for pattern in (_ORDINARY_TIME, _WHOLE_HOUR):
        found = pattern.search(words)
        if found and not (pattern is _ORDINARY_TIME and _NUMERIC.fullmatch(words)):
            minute = int(found[2]) if pattern is _ORDINARY_TIME else 0
            rest = (words[: found.start()] + words[found.end() :]).strip()
            return dt.time(int(found[1]), minute), " ".join(rest.split())
    return None, words


def _day(words: str, today: date) -> date | None:
    if words in _AHEAD:
        return today + timedelta(days=_AHEAD[words])
    return (
        _weekday(words, today)
        or _numeric(words, today)
        or _written(words, today)
        or _span(words, today)
    )


def _weekday(words: str, today: date) -> date | None:
    *before, last = words.split() or [""]
    if last in ("week", "weeks") and before and before[-1] in _DAYS:
        before, last = [*before[:-1], "week"], before[-1]
    if last not in _DAYS:
        return None
    phrase = " ".join(word for word in before if word not in ("op", "on"))
    coming = today + timedelta(days=(_DAYS[last] - today.weekday() - 1) % 7 + 1)
    if phrase in ("", "komende", "aanstaande", "a.s.", "as", "this", "deze week"):
        return coming
    if phrase in ("volgende week", "next week", "volgende"):
        monday = today + timedelta(days=7 - today.weekday())
        return monday + timedelta(days=_DAYS[last])
    return None


def _numeric(words: str, today: date) -> date | None:
    found = _NUMERIC.fullmatch(words)
    return _date(int(found[1]), int(found[2]), found[3], today) if found else None


def _written(words: str, today: date) -> date | None:
    found = _WRITTEN.fullmatch(words)
    if not found or found[2] not in _MONTHS:
        return None
    return _date(int(found[1]), _MONTHS[found[2]], found[3], today)


def _date(day: int, month: int, year: str | None, today: date) -> date | None:
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        found = date(today.year, month, day)
    except ValueError:
        return None
    return found if found >= today else _same_day(found, today.year + 1)


def _same_day(day: date, year: int) -> date | None:
    try:
        return day.replace(year=year)
    except ValueError:
        return None


def _span(words: str, today: date) -> date | None:
    found = _SPAN.fullmatch(words)
    if not found or found[2] not in _SPANS:
        return None
    count = int(found[1]) if found[1].isdigit() else _NUMBERS.get(found[1])
    return today + timedelta(days=count * _SPANS[found[2]]) if count else None
