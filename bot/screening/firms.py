"""Names that are no person's: of streets, buildings and firms, and in sayings."""

import re
from collections.abc import Iterator

from bot.screening import cues
from bot.screening.reading import Reading

_STREET = re.compile(
    r"(?:straat|straatje|weg|laan|plein|dreef|kade|gracht|singel|steeg|dijk|plantsoen|boulevard"
    r"|pad|flat|park|school|kerk|brug|tunnel|toren|gebouw|markt|stadion|college|hal"
    r"|street|road|avenue)$"
)
_BUILDING = re.compile(r"[a-z]{4}(?:hof|hove|horst|borg|burcht|staete|stede|stein|oord|zicht)$")
_FIRM_ENDING = re.compile(
    r"[a-z]{3}(?:bedrijf|school|flat|winkel|zaak|praktijk|bouw|centrum|techniek|makelaardij|groep"
    r"|dienst|handel|service|kliniek|apotheek|bakkerij|slagerij|kwekerij|boerderij|camping)$"
)
_FIRM_PARTNERS = re.compile(
    r"\s(?:en|and)\s(?:Zn|Zonen|Zoon|Sons?|Co|Partners|zonen|sons)\b"
    r"|\s?&\s(?:[A-Z]|zn|zonen|zoon|co\b)"
)


def places_and_firms(note: Reading) -> set[int]:
    """Words inside sayings, streets and firms, which are nobody's name there."""
    harmless = {
        index
        for index, token in enumerate(note.tokens)
        if any(start < token.end and token.start < end for start, end in note.not_people)
    }
    for index, token in enumerate(note.tokens):
        if _STREET.search(token.lower) and len(token.lower) > 5:
            harmless.add(index)
            harmless.update(_street_words_before(note, index))
        if _BUILDING.search(token.lower) and _after_article(note, index):
            harmless.add(index)
        if _is_firm_word(note, token.lower):
            harmless.update(_firm_words_after(note, index))
        if token.lower in cues.TRADES:
            harmless.update(_employer(note, index))
        if token.lower in cues.FIRM_AFTER and note.joined(index) and token.text != token.lower:
            harmless.update((index - 1, index))
        if _FIRM_PARTNERS.match(note.folded.text, token.end):
            harmless.add(index)
    return harmless


def _after_article(note: Reading, index: int) -> bool:
    """People have no article before their name, "de Beukenhof" has."""
    return note.joined(index) and note.tokens[index - 1].lower in {"de", "het"}


def _is_firm_word(note: Reading, word: str) -> bool:
    """ "Garage", "slagerij", or a word that ends like one: "installatiebedrijf"."""
    known = word in cues.FIRM_BEFORE or _FIRM_ENDING.search(word) is not None
    return known and word not in note.lexicon.certain


def _street_words_before(note: Reading, index: int) -> Iterator[int]:
    """The rest of "Jan van Goyenstraat", when it begins with a capital."""
    run: list[int] = []
    place = index
    while note.joined(place) and place > 0:
        place -= 1
        token = note.tokens[place]
        if token.capital and (
            not token.opens_sentence or len(run) > 0 or note.tokens[index].capital
        ):
            run.append(place)
        elif token.lower not in cues.PARTICLES:
            break
        if token.opens_sentence:
            break
    return iter(run)


def _firm_words_after(note: Reading, index: int) -> Iterator[int]:
    """The name of a firm or building: "garage Jansen", "slagerij de Boer"."""
    place = index + 1
    while note.joined(place) and note.lower(place) in cues.PARTICLES:
        place += 1
    if note.joined(place) and (
        note.tokens[place].capital or note.lower(place) in note.lexicon.possible
    ):
        yield place


def _employer(note: Reading, index: int) -> Iterator[int]:
    """The "Klaassen" of "de schilder van Klaassen", who sent him."""
    name = note.token(index + 2)
    if name is None or note.lower(index + 1) not in {"van", "from"} or not name.capital:
        return
    if note.joined(index + 1) and note.joined(index + 2) and name.lower not in cues.TITLES:
        yield index + 2
