"""Dates in a note: dates of birth are found, dates of observation are left alone.

A date is one of birth when a word beside it says so, or when its year lies so far back that
nobody reports an observation of that day and no word says it is something else.
"""

import re
from collections.abc import Iterator

from bot.domain.screening import Finding, FindingClass

_OBSERVED_SINCE = 2013
"""No note is about an older observation; a full date before it is taken for a date of birth."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan",
            "februari february feb febr",
            "maart march mrt mar",
            "april apr",
            "mei may",
            "juni june jun",
            "juli july jul",
            "augustus august aug",
            "september sept sep",
            "oktober october okt oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_YEAR = r"(?:19|20)\d\d|'?\d\d"
_DAY_MONTH_YEAR = (
    r"(?<![\d.-])(?P<d>[0-3]?\d)\s?(?P<sep>[-/._])\s?(?P<m>[01]?\d)\s?(?P=sep)\s?"
    rf"(?P<y>{_YEAR})(?!\d|[-/]\d)"
)
_DIGIT_DATES = (
    _DAY_MONTH_YEAR,
    r"(?<!\d)(?P<d>[0-3]?\d)\s(?P<m>[01]?\d)\s(?P<y>(?:19|20)\d\d)(?!\d)",
    r"(?<!\d)(?P<y>(?:19|20)\d\d)\s?[-/._]\s?(?P<m>[01]?\d)\s?[-/._]\s?(?P<d>[0-3]?\d)(?!\d)",
    r"(?<!\d)(?P<y>19\d\d|20[0-3]\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?!\d)",
    r"(?<!\d)(?P<d>0[1-9]|[12]\d|3[01])(?P<m>0[1-9]|1[0-2])(?P<y>19\d\d|20[0-3]\d)(?!\d)",
)
_DAY_AND_MONTH = (
    r"(?<!\d)(?P<d>[0-3]?\d)(?:e|ste|de|th|st|nd|rd)?[\s.-]{0,2}(?:of )?"
    rf"(?P<month>{_MONTH})\b\.?(?:[\s,-]{{1,3}}(?P<y>{_YEAR})(?![\d:.]\d|\d|\s?uur))?"
)
_MONTH_AND_DAY = (
    rf"\b(?P<month>{_MONTH})\.?\s(?P<d>[0-3]?\d)(?:st|nd|rd|th)?(?!\d)"
    r"(?:,?\s(?P<y>(?:19|20)\d\d))?(?![\d:.]\d|\s?uur)"
)
_DATES = tuple(map(re.compile, (*_DIGIT_DATES, _DAY_AND_MONTH, _MONTH_AND_DAY)))
_BORN = (
    r"(?:geb(?:oren|\.|oorte\w*|\.?\s?dat\w*|dd|d)?|born|birth\w*|d\.?o\.?b\.?|jarig|verjaar\w*"
    r"|geboortejaar|bday)"
)
_BORN_BEFORE = re.compile(
    rf"\b{_BORN}\W{{0,4}}(?:(?:is|op|dag|datum|date|in|on|te|was|zijn|haar)\W+)*$"
)
_BORN_AFTER = re.compile(rf"^\W{{0,3}}(?:is\s)?(?:{_BORN})\b(?!\w)")
_SOMETHING_ELSE = re.compile(
    r"\b(?:sinds|vanaf|per|bouw\w*|gebouwd|keuring\w*|gekeurd|geplaatst|contract\w*|huurt|woont"
    r"|ingang\w*|onderhoud\w*|gerenoveerd|renovatie|vervangen|since|built|inspected|installed"
    r"|d\.?d\.?|opgeleverd|oplevering|brief|gemeld|melding)\W+(?:\w+\W+){0,2}$"
)
_YEAR_OF_BIRTH = re.compile(
    rf"\b(?:{_BORN}|geboortejaar|bj)\W{{0,3}}(?:is |in |uit |from )?"
    r"(?P<year>(?:19|20)\d\d|'\d\d)(?!\d)"
)


def find_dates(lower: str) -> tuple[list[Finding], list[tuple[int, int]]]:
    """Dates of birth as findings, and the places of all dates: none of them is a number."""
    births: list[Finding] = []
    places: list[tuple[int, int]] = []
    for match in _dates(lower):
        if any(match.start() < end and start < match.end() for start, end in places):
            continue
        places.append(match.span())
        if _is_birth(lower, match):
            births.append(Finding(FindingClass.BIRTHDATE, *match.span()))
    for match in _YEAR_OF_BIRTH.finditer(lower):
        births.append(Finding(FindingClass.BIRTHDATE, *match.span("year")))
        places.append(match.span("year"))
    return births, places


def _dates(lower: str) -> Iterator[re.Match[str]]:
    for pattern in _DATES:
        for match in pattern.finditer(lower):
            parts = match.groupdict()
            month = _MONTHS[parts["month"]] if parts.get("month") else int(parts["m"])
            day = int(parts["d"])
            if (1 <= day <= 31 and 1 <= month <= 12) or (1 <= month <= 31 and 1 <= day <= 12):
                yield match


def _is_birth(lower: str, match: re.Match[str]) -> bool:
    before = lower[max(0, match.start() - 40) : match.start()]
    if _BORN_BEFORE.search(before) or _BORN_AFTER.match(lower[match.end() : match.end() + 20]):
        return True
    year = match.groupdict().get("y")
    return year is not None and _full(year) < _OBSERVED_SINCE and not _SOMETHING_ELSE.search(before)


def _full(year: str) -> int:
    """A year with its century: two digits up to 40 are of this one."""
    digits = year.removeprefix("'")
    if len(digits) == 4:
        return int(digits)
    return int(digits) + (2000 if int(digits) <= 40 else 1900)
