"""Hard identifiers: BSN, other long numbers, IBAN, phone, e-mail, birth date, number plate."""

import re
from collections.abc import Iterable, Iterator

import phonenumbers
from stdnum.nl import bsn

from bot.domain.screening import Finding, FindingClass
from bot.screening.dates import find_dates
from bot.screening.folding import Folded
from bot.screening.plates import number_plates
from bot.screening.spoken import spoken_numbers

_SEEN = "\x00"

_TLD = r"(?:nl|com|org|net|eu|de|be|info|nu|pl|tr|me|co|uk|online|email)"
_EMAIL = re.compile(
    r"(?<![\w.+'-])[\w.+'-]*[\w+-]\s?@\s?[\w-]+(?:\.[\w-]+)+"
    rf"|(?<![\w.+'-])[\w.+'-]*[\w+-]\s?@\s?[\w-]+\s?(?:\.|,|\bpunt\b|\bdot\b)\s?{_TLD}\b"
    r"|(?<![\w.+'-])[\w.+-]{2,}@[a-z][\w-]+"
    r"|(?<![\w.+'-])[\w.+-]+\s?(?:[(\[{<]\s?(?:at|apenstaart\w*|@)\s?[)\]}>]|\bat\b|\bape?n?staart\w*)\s?[\w-]+"
    rf"(?:\s?(?:\.|[(\[{{<]\s?(?:dot|punt)\s?[)\]}}>]|\bdot\b|\bpunt\b)\s?[\w-]+)*?"
    rf"\s?(?:\.|[(\[{{<]\s?(?:dot|punt)\s?[)\]}}>]|\bdot\b|\bpunt\b)\s?{_TLD}\b"
)
_IBAN = re.compile(
    r"(?<![a-z0-9])(?:"
    r"n[\s.-]{0,2}l[\s.-]{0,2}(?:[0-9o][\s.-]{0,3}){2}(?:[a-z][\s.-]{0,2}){4}"
    r"[0-9o](?:[\s.-]{0,3}[0-9o]){8,9}"
    r"|(?:a[delt]|b[aeg]|c[hyz]|d[ek]|e[es]|f[iro]|g[bilr]|h[ru]|i[est]|l[ituv]|m[cdekt]|no|p[lt]"
    r"|r[os]|s[aeikm]|t[nr]|u[a]|x[k])\d{2}(?:[\s.-]?[a-z0-9]{4}){2,7}(?:[\s.-]?[a-z0-9]{1,4})?"
    r")(?![a-z0-9])"
)
_DIGIT_LOOK_ALIKES = str.maketrans("oil", "011")
_ALMOST_DIGITS = re.compile(r"(?<![a-z0-9])(?=[oil]*\d)[0-9oil]{2,}(?![a-z0-9])")

_BETWEEN = r"[^\w+,;:!?€%]{0,3}"
_PUBLIC_PHONE = re.compile(r"(?<!\d)0(?:800|900|906|909)[\s-]?\d(?:[\s-]?\d){3,6}(?!\d)")
_PHONE = re.compile(
    rf"(?<![\d+])\(?(?:(?:\+|00){_BETWEEN}[1-9](?:{_BETWEEN}\d){{7,14}}"
    rf"|0{_BETWEEN}[1-9](?:{_BETWEEN}\d){{8}}"
    rf"|31{_BETWEEN}(?:\(0\){_BETWEEN})?[1-9](?:{_BETWEEN}\d){{8}})(?!\d)"
)
_PHONE_WORD = re.compile(
    r"\b(?:tel\w*|bel\w*|mob\w*|app\w*|whatsapp\w*|gsm|call|phone|cell|06|nummer)\b\W{0,3}"
    r"(?:\w+\W{1,3}){0,3}$"
)
_LOCAL_PHONE = re.compile(rf"(?<!\d)\d(?:{_BETWEEN}\d){{6,8}}(?!\d)")

_MONEY = re.compile(r"(?:€|\beuro?)\s?\d[\d.,]{0,9}|(?<!\d)\d[\d.,]{0,9}\s?(?:€|euro?\b)")
_UNIT_ID = re.compile(r"(?<![a-z0-9])[a-z]{1,3}[-.]?\d{2,6}(?![a-z0-9]|[-.]\d)")
_TIME = re.compile(r"(?<![\d.])(?:[01]?\d|2[0-4])[.:][0-5]\d(?!\d)(?![.-]\d)")
_RUN = re.compile(rf"\d(?:{_BETWEEN}\d)*")
_DATE_AND_TIME = re.compile(r"[0-3]?\d[-/. ][01]?\d[-/. ]\d\d\s{1,2}[0-2]?\d\.[0-5]\d$")
_DATE_FIRST = re.compile(r"[0-3]?\d[-/. ][01]?\d[-/. ](?:19|20)\d\d(?!\d)")
_GROUP = re.compile(r"\d+")
_BSN_WORD = re.compile(
    r"\b(?:b\.?s\.?n\.?|burgerservice\w*|sofi\w*|service\s?nummer)\b[^\d\n]{0,25}$"
)
_NUMBER_WORD = re.compile(
    r"\b(?:(?:klant|client|clienten|dossier|polis|relatie|patient\w*|zaak|huurder\w*|contract|paspoort"
    r"|rijbewijs|id|identiteit\w*|document|lid|reken\w*|pas|kaart|debiteur\w*|zorg|v|vreemdelingen)"
    r"[\s-]?(?:n(?:umme)?r|no|kaart)?)\b\W{0,3}(?:(?:is|van|hem|haar|n(?:umme)?r)\W{1,3}){0,2}$"
)
_DOCUMENT = re.compile(
    r"\b(?:paspoort|passport|rijbewijs|id[\s-]?(?:kaart|card|bewijs)|identiteits\w+|document)\w*\W{0,3}"
    r"(?:(?:is|nr|nummer|no|number)\W{1,3}){0,2}"
    r"(?P<number>(?=[a-z0-9]{0,8}\d)[a-z0-9]{8,10})(?![a-z0-9])"
)


def find_identifiers(folded: Folded) -> tuple[list[Finding], list[tuple[int, int]]]:
    """All hard identifiers, and the places that are spoken for: theirs, and those of all dates.

    What one recogniser has claimed, the next does not see.
    """
    text = folded.lower
    found: list[Finding] = []

    def claim(findings: Iterable[Finding]) -> None:
        nonlocal text
        for finding in list(findings):
            found.append(finding)
            text = _without(text, finding.start, finding.end)

    claim(_whole(FindingClass.EMAIL, _EMAIL, text))
    if not any(char.isdigit() for char in text) and not any(spoken_numbers(text)):
        return found, _places(found)
    claim(_whole(FindingClass.IBAN, _IBAN, text))
    text = _ALMOST_DIGITS.sub(lambda almost: almost[0].translate(_DIGIT_LOOK_ALIKES), text)
    claim(_spoken(text))
    claim(_scattered(text))
    births, dates = find_dates(text)
    claim(births)
    for start, end in dates:
        text = _without(text, start, end)
    text = _PUBLIC_PHONE.sub(_unseen, text)
    claim(_phones(text))
    claim(Finding(FindingClass.PLATE, *span) for span in number_plates(text, folded.text))
    claim(_documents(text))
    text = _MONEY.sub(_unseen, text)
    claim(_citizen_numbers(text))
    text = _UNIT_ID.sub(_unseen, _TIME.sub(_unseen, text))
    claim(_local_phones(text))
    claim(_long_numbers(text))
    return found, [*_places(found), *dates]


def _places(found: Iterable[Finding]) -> list[tuple[int, int]]:
    return [(finding.start, finding.end) for finding in found]


def _without(text: str, start: int, end: int) -> str:
    return text[:start] + _SEEN * (end - start) + text[end:]


def _unseen(match: re.Match[str]) -> str:
    return _SEEN * len(match[0])


def _whole(cls: FindingClass, pattern: re.Pattern[str], text: str) -> Iterator[Finding]:
    return (Finding(cls, *match.span()) for match in pattern.finditer(text))


def _digits(text: str) -> str:
    return "".join(_GROUP.findall(text))


def _phones(text: str) -> Iterator[Finding]:
    for match in _PHONE.finditer(text):
        number = match[0]
        if number.startswith(("+", "00", "(+", "(00")):
            number = "+" + _digits(number).removeprefix("00")
        elif number.startswith(("31", "(31")):
            number = "+" + _digits(number)
        else:
            number = _digits(number)
        if _is_phone(number.replace("+310", "+31")):
            yield Finding(FindingClass.PHONE, *match.span())


def _is_phone(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, "NL"))
    except phonenumbers.NumberParseException:
        return False


def _local_phones(text: str) -> Iterator[Finding]:
    """Numbers without area code or leading zero, after a word that says they are a phone's."""
    for match in _LOCAL_PHONE.finditer(text):
        if _PHONE_WORD.search(text[max(0, match.start() - 40) : match.start()]):
            yield Finding(FindingClass.PHONE, *match.span())


def _documents(text: str) -> Iterator[Finding]:
    for match in _DOCUMENT.finditer(text):
        if not bsn.is_valid(match["number"]):
            yield Finding(FindingClass.LONGNUMBER, *match.span("number"))


def _scattered(text: str) -> Iterator[Finding]:
    """Numbers cut in so many pieces that a date would be read in them, and those named BSN."""
    for run in _RUN.finditer(text):
        groups = _GROUP.findall(run[0])
        digits = "".join(groups)
        named = _BSN_WORD.search(text[max(0, run.start() - 40) : run.start()]) is not None
        pieces = len(groups) >= 5 and max(map(len, groups)) < 4 and not _DATE_AND_TIME.match(run[0])
        if (named or pieces) and len(digits) == 9 and bsn.is_valid(digits):
            yield Finding(FindingClass.BSN, *run.span())
        elif (
            len(digits) == 10
            and digits.startswith("0")
            and not _DATE_FIRST.match(run[0])
            and _is_phone(digits)
        ):
            opened = text[: run.start()].endswith("(")
            yield Finding(FindingClass.PHONE, run.start() - opened, run.end())


def _citizen_numbers(text: str) -> Iterator[Finding]:
    """Nine digits that pass the eleven-test, in any grouping; eight after a word that says BSN."""
    for run in _RUN.finditer(text):
        groups = [
            (run.start() + group.start(), run.start() + group.end())
            for group in _GROUP.finditer(run[0])
        ]
        named = _BSN_WORD.search(text[max(0, run.start() - 40) : run.start()]) is not None
        start = 0
        while start < len(groups):
            end = _citizen_number(text, groups, start, named)
            if end is not None:
                yield Finding(FindingClass.BSN, groups[start][0], groups[end][1])
                start = end
            start += 1


def _citizen_number(
    text: str, groups: list[tuple[int, int]], start: int, named: bool
) -> int | None:
    """The last group of the BSN that begins with a group, if one does."""
    digits = ""
    for index in range(start, len(groups)):
        digits += text[slice(*groups[index])]
        if len(digits) > 9:
            return None
        if (len(digits) == 9 or (len(digits) == 8 and named)) and bsn.is_valid(digits):
            return index
    return None


def _long_numbers(text: str) -> Iterator[Finding]:
    """Eight digits or more, in one piece or in groups of three and more; five after "dossier"."""
    for run in _RUN.finditer(text):
        groups = _GROUP.findall(run[0])
        digits = sum(map(len, groups))
        named = _NUMBER_WORD.search(text[max(0, run.start() - 40) : run.start()]) is not None
        long = digits >= 8 and (
            max(map(len, groups)) >= 8 or min(map(len, groups[:-1] or groups)) >= 3
        )
        if long or (named and digits >= 5):
            yield Finding(FindingClass.LONGNUMBER, *run.span())


def _spoken(text: str) -> Iterator[Finding]:
    for digits, start, end in spoken_numbers(text):
        if len(digits) == 9 and bsn.is_valid(digits):
            yield Finding(FindingClass.BSN, start, end)
        elif digits.startswith("0") and _is_phone(digits):
            yield Finding(FindingClass.PHONE, start, end)
        else:
            yield Finding(FindingClass.LONGNUMBER, start, end)
