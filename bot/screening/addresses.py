"""Addresses other than the unit's own: street and number, postcode, "nr 14", "die van 12"."""

import re
from collections.abc import Iterator

from bot.domain.screening import Finding, FindingClass, OwnAddress
from bot.screening import cues
from bot.screening.folding import Folded, fold
from bot.screening.lexicon import Lexicon

_NUMBER = (
    r"(?P<number>[1-9]\d{0,3}"
    r"(?:\s?-?\s?[a-h](?![a-z])|-\d{1,3}(?!\d)|\s?(?:bis|hs|huis|i{1,3})\b)?)"
    r"(?![\d:.,]?\d|\w|\s\d{3}\b)"
)
_STREET_ENDING = (
    r"(?:straat|straatje|str\.?|weg|laan|ln\.?|plein|hof|hofje|dreef|kade|gracht|singel|steeg|dijk|plantsoen|boulevard|pad"
    r"|markt|ring|park|brink|kamp|akker|veld|esch|es|horst|berg|burg|dal|donk|wal|hoek|haven|poort|baan|erf|meent"
    r"|gaarde|oord|wijk|es|enk|maat|mars|kwartier|zoom|rand|street|road|avenue|lane|dwarsstraat|passage|hoeve|loo)"
)
_STREET = re.compile(
    rf"(?<![a-z0-9-])(?P<street>(?:[a-z][a-z.'-]*\s){{0,4}}?[a-z'-]{{2,}}{_STREET_ENDING})"
    rf"[\s,]{{1,2}}(?:(?:nr|no|nummer|huisnummer|hnr)\.?\s?)?{_NUMBER}"
)
_WORDS_AND_NUMBER = re.compile(rf"(?<![a-z])(?P<street>[a-z .'-]*[a-z])\s{_NUMBER}")
_SURELY_STREET = re.compile(
    r"(?:straat|straatje|str\.?|laan|plein|dreef|kade|gracht|singel|steeg|plantsoen|boulevard|dijk|street|avenue|hof|weg|pad|lane|road)$"
)
_POSTCODE = re.compile(
    r"(?<![a-z0-9-])(?P<code>[1-9]\d{3}\s?-?\s?(?P<letters>[a-z]\s?[a-z]))(?![a-z0-9])"
    rf"(?:[\s,]{{1,3}}(?:(?:nr|no|nummer|huisnummer|hnr)\.?\s?)?{_NUMBER})?"
)
_NOT_POSTCODE = frozenset(["sa", "sd", "ss"])
_HOUSE_WORD = re.compile(
    r"(?<![a-z0-9])(?:(?:van|op|bij|naast|tegenover|boven|onder|from|at|of|in)\s(?:huis\s)?)?"
    r"(?:huis\s?nummers?|huis\s?nrs?|h\.?nr|nummers?|nrs?|no|numbers?|nr's|house|apartment|flat|appartement|apt|woning|huisnr)"
    rf"[\s.:#]{{0,2}}{_NUMBER}(?:\s?(?:,|/|en|and|&|of|t/?m|-)\s?[1-9]\d{{0,3}}\s?(?:[a-h]\b)?(?!\w))*"
)
_NOT_HOUSE_BEFORE = re.compile(
    r"(?:telefoon|rug|lift|kenteken|bus|lijn|container|meld|serie|klant|dossier|box|parkeer\w*|zaak|order|ticket"
    r"|referentie|bon|melding\w*|kamer|groep|artikel|model|blok|meter\w*|foto|stap|punt|portiek|room|phone|"
    r"plaats|garage\w*|deur|rij|etage|verdieping|tafel|sleutel\w*|brief|bericht|pagina)\s?-?$"
)
_PERSON = (
    r"(?:die|dat|degene|buurman|buurvrouw|buren|buurjongen|buuf|buur|mevrouw|mevr\.?|mw\.?|meneer|dhr\.?|man|vrouw|mensen|lui|bewoners?|"
    r"bewoonster|huurders?|huurster|familie|fam\.?|gezin|kinderen|kind|jongens?|meisje|meid|zoon|dochter|stel|dame|heer|hond|"
    r"neighbou?rs?|lady|guy|people|tenants?|residents?|family|someone|iemand|bovenburen|benedenburen|onderburen|overburen|de\sburen|"
    r"bovenbuurman|bovenbuurvrouw|benedenbuurman|benedenbuurvrouw|woman|jongeman|oudere|student\w*)"
)
_OF_PERSON = re.compile(
    rf"(?<![a-z0-9]){_PERSON}\s(?:daar\s|hier\s|from\s)?(?P<place>(?:(?:van|op|uit|from|at|of|in|bij)\s(?:de\s)?)?{_NUMBER})"
)
_LOOSE = re.compile(
    rf"(?<![a-z0-9])(?P<place>(?:van|op|bij|naast|tegenover|from|at)\s{_NUMBER})(?=(?P<next>\W*[a-z]*))"
)
_LETTERED = re.compile(
    r"(?<![a-z0-9.,-])(?P<place>[1-9]\d{0,2}\s?-?\s?[a-h])(?![a-z0-9]|\s?[-.]\d)"
    r"(?=\s(?:is|heeft|belt|belde|zegt|zei|klaagt|doet|had|staat|maakt|wil|woont|vraagt|weer|has|says|called|keeps))"
)
_UNITS_BEFORE = re.compile(
    r"(?:tussen|vanaf|pagina|punt|groep|kanaal|standje|stand|cijfer|keer|om|score|kans|lift|bus|lijn)\s$"
)


def find_addresses(folded: Folded, lexicon: Lexicon, own: OwnAddress | None) -> list[Finding]:
    """Every address in the note but the unit's own, which is the subject of the note."""
    lower = folded.lower
    if not any(char.isdigit() for char in lower):
        return []
    mine = _Own(own)
    found: list[tuple[int, int]] = []
    claimed: list[tuple[int, int]] = []
    for start, end, harmless in _candidates(folded, lexicon, mine):
        if any(start < stop and begin < end for begin, stop in claimed):
            continue
        claimed.append((start, end))
        if not harmless:
            found.append((start, end))
    return [Finding(FindingClass.ADDRESS, *span) for span in found]


class _Own:
    """The unit's own address, comparable with what a note says."""

    def __init__(self, own: OwnAddress | None) -> None:
        self.street = _squeezed(own.street) if own else None
        self.number = _squeezed(own.number) if own else None
        self.postcode = _squeezed(own.postcode) if own else None

    def is_number(self, number: str) -> bool:
        return self.number is not None and _squeezed(number) == self.number

    def is_street(self, street: str) -> bool:
        return bool(self.street) and _squeezed(street).endswith(self.street or "")

    def is_postcode(self, postcode: str) -> bool:
        return self.postcode is not None and _squeezed(postcode) == self.postcode


def _squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text).lower)


def _candidates(folded: Folded, lexicon: Lexicon, mine: _Own) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether it is the unit's own address; the surest kinds first."""
    lower = folded.lower
    yield from _postcodes(folded, mine)
    yield from _streets(folded, mine)
    for match in _HOUSE_WORD.finditer(lower):
        if not _NOT_HOUSE_BEFORE.search(lower[max(0, match.start() - 25) : match.start()].rstrip()):
            single = match.end() == match.end("number")
            yield *match.span(), single and mine.is_number(match["number"])
    for match in _OF_PERSON.finditer(lower):
        if not _counts(lower, match.end(), lexicon):
            yield *match.span("place"), mine.is_number(match["number"])
    for match in _LOOSE.finditer(lower):
        if _is_house_number(lower, match):
            yield *match.span("place"), mine.is_number(match["number"])
    for match in _LETTERED.finditer(lower):
        yield *match.span("place"), mine.is_number(match["place"])


def _postcodes(folded: Folded, mine: _Own) -> Iterator[tuple[int, int, bool]]:
    for match in _POSTCODE.finditer(folded.lower):
        if _is_postcode(folded, match):
            number_is_mine = match["number"] is None or mine.is_number(match["number"])
            yield *match.span(), mine.is_postcode(match["code"]) and number_is_mine


def _streets(folded: Folded, mine: _Own) -> Iterator[tuple[int, int, bool]]:
    lower = folded.lower
    for match in _STREET.finditer(lower):
        start = _street_start(folded, match)
        if start is not None:
            own = mine.is_street(lower[start : match.end("street")])
            yield start, match.end(), own and mine.is_number(match["number"])
    for match in _WORDS_AND_NUMBER.finditer(lower) if mine.street else ():
        if mine.is_street(match["street"]):
            yield *match.span("number"), mine.is_number(match["number"])


def _is_postcode(folded: Folded, match: re.Match[str]) -> bool:
    letters = match["letters"].replace(" ", "")
    typed = folded.text[slice(*match.span("letters"))]
    if letters in _NOT_POSTCODE:
        return False
    if match["number"] is not None and letters not in cues.NO_POSTCODE_LETTERS:
        return True
    return " " not in match["letters"] and (
        typed.isupper() or letters not in cues.NO_POSTCODE_LETTERS
    )


def _street_start(folded: Folded, match: re.Match[str]) -> int | None:
    """Where the street's name begins, or None when the word is no street."""
    words = list(re.finditer(r"\S+", match["street"]))
    last = words[-1]
    name = last[0].rstrip(".")
    if name in cues.NO_STREET:
        return None
    start = match.start() + last.start()
    typed_capital = folded.text[start].isupper()
    if not typed_capital and not _SURELY_STREET.search(name):
        return None
    if len(name) < 6 and not typed_capital:
        return None
    for word in reversed(words[:-1]):
        place = match.start() + word.start()
        if not folded.text[place].isupper() and word[0] not in {"van", "de", "der", "den", "het"}:
            break
        if folded.text[place].isupper():
            start = place
    return start


def _counts(lower: str, end: int, lexicon: Lexicon) -> bool:
    """Whether the number counts something: "4 weken", "2 honden", "12 maart"."""
    following = re.match(r"\s(?P<word>[a-z]+)", lower[end : end + 25])
    return following is not None and not (
        following["word"] in cues.VERBS_AFTER_NUMBER or following["word"] in lexicon.certain
    )


def _is_house_number(lower: str, match: re.Match[str]) -> bool:
    """A bare number after "van" or "op" with a verb or the end of the sentence behind it."""
    if _UNITS_BEFORE.search(lower[max(0, match.start() - 12) : match.start()]):
        return False
    following = match["next"]
    word = following.strip()
    if word.startswith(("%", "/", ":", "°", "x", "e ", "+", "€")):
        return False
    return not re.search(r"[a-z]", word) or following.strip(" ,") in cues.VERBS_AFTER_NUMBER
