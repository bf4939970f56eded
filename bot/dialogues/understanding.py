"""What a plain sentence is about: which category, how urgent, or something else than a signal.

Tables of word stems (a stem matches at the start of a word) and a few pure functions. Reading is a
proposal only: the sender sees the form and can change every answer.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.domain.signals import Category, Source
from bot.domain.urgency import Urgency


class Intent(StrEnum):
    """What the writer wants. Everything that is not recognised is an observation."""

    OBSERVATION = "observation"
    ASKS_ABOUT_AGREEMENT = "asks_about_agreement"
    ASKS_WHAT_TO_TELL_NEIGHBOURS = "asks_what_to_tell_neighbours"
    WITHDRAWAL_HINT = "withdrawal_hint"
    ALL_CLEAR = "all_clear"


def _stems(*stems: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(stems) + ")", re.IGNORECASE)


CATEGORY_WORDS: Mapping[Category, re.Pattern[str]] = MappingProxyType(
    {
        Category.AGGRESSION: _stems(
            "agress", r"(be)?dreig", "klappen", r"sla(at|an) ", "vecht", "aggress", "threat"
        ),
        Category.UNSAFE: _stems(
            "onveilig", "gevaar", "gaslucht", "gaslek", "brand(?!weer|stof)", "rook(?!meld|t)",
            "losse (draad|stoep|tegel)", "unsafe", "danger", "gas leak", "smell of gas",
        ),
        Category.NO_CONTACT: _stems(
            r"doe[nt] niet open", "geen (contact|gehoor|reactie)", "neemt niet op",
            r"\w*(niet|nooit) (meer )?gezien", "niet te bereiken", r"reage+rt? niet",
            "no (contact|answer|reply)", "not been seen", "haven'?t seen",
        ),
        Category.MAIL_FULL: _stems(
            "brievenbus", "postbus", r"post (puilt|ligt|stapelt)", "letter ?box", "mail ?box",
        ),
        Category.CURTAINS_CLOSED: _stems("gordijn", "luxaflex", "rolluik", "curtain", "blinds"),
        Category.SMELL_PESTS: _stems(
            "stank", r"stink", "ongedierte", "muizen", "ratten", r"rat(?!\w)", "kakkerlak",
            "vliegen", "smell", "stench", "pests", "mice", "rats", "cockroach", r"het ruikt",
        ),
        Category.NOISE: _stems(
            r"\w*lawaai", "herrie", r"geluid", r"\w*muziek", "gebonk", "geschreeuw", "noise",
            "loud", "music", "blaft", "geblaf", "hard(e)? (tv|televisie)",
        ),
        Category.HALL_MESS: _stems(
            "troep", "rommel", r"vuilnis", "afval", "grof ?vuil", "zakken (in|voor|op)",
            "spullen (in|op) (de |het )?(gang|portiek|hal|galerij)", "mess(?!age)", "rubbish",
            "garbage", "litter",
        ),
        Category.NEGLECT: _stems(
            "verwaarlo", "onkruid", "overwoekerd", "vervuil", "verloeder", "tuin (is|staat|ziet)",
            "neglect", "overgrown", "kapotte? (ruit|raam)",
        ),
        Category.CONFLICT: _stems(
            r"(buren)?ruzie", "conflict", "scheld", "mot met", "quarrel", "argument", "shouting at",
        ),
        Category.WORRIED_NEIGHBOURS: _stems(
            r"bezorgd", "ongerust", r"maken? zich zorgen", "zorgen over", "worried",
        ),
        Category.CARE_CHANGE: _stems(
            "begeleiding (stopt|verandert|wisselt)", "support (stops|ends)"
        ),
    }
)  # fmt: skip
"""In order of weight: where two are named, the first row wins."""

CATEGORY_NAMES: Mapping[Category, tuple[str, ...]] = MappingProxyType(
    {Category.OTHER: ("anders", "overig", "other")}
)

URGENCY_WORDS: Mapping[Urgency, re.Pattern[str]] = MappingProxyType(
    {
        Urgency.URGENT: _stems("spoed", "dringend", "haast", "urgent", "u1"),
        Urgency.NORMAL: _stems("normaal", "gewoon", "normal", "u2"),
        Urgency.LOW: _stems("laag", "geen haast", "low", "u3"),
    }
)

_NEIGHBOURS_SAY = re.compile(
    r"(?<!\w)(buren|buur(man|vrouw|tjes?)?|neighbou?rs?)(?!\w).{0,40}(?<!\w)"
    r"(bel(t|de|den|len)|zeg(t|gen)|zei(den)?|kla(agt|gen|agde)|meld(t|en|de|den)|ma(ken|akt)"
    r"|(hebben|heeft) last|vertel\w*|bezorgd|ongerust|say|says|said|called|complain\w*|worried)",
    re.IGNORECASE | re.DOTALL,
)
_AGREEMENT = re.compile(
    r"drie\s?-?\s?partijen|3\s?-?\s?partijen|three\s?-?\s?party|partijen(contract|overeenkomst)",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"\?|^\s*(heeft|hebben|is|zijn|woont|wonen|wie|krijg(t|en)|zit(ten)?|welke|weet (je|jij|u)"
    r"|klopt|does|do|is|are|who|has|have)(?!\w)",
    re.IGNORECASE,
)
_ASKED_ABOUT_RESIDENTS = re.compile(
    r"(?<!\w)(contract|overeenkomst|agreement|begeleid\w*|zorg(?!en|elijk)\w*|hulpverlen\w*"
    r"|cli[eë]nt\w*|bewindvoer\w*|wie (woont|wonen|zit|zitten)|who lives|hoe heet|naam van"
    r"|(bij|in) (de )?(ggz|opvang)|beschermd wonen|care (provider|worker)|support worker"
    r"|support(?!\w)|vast(e)? (contact\w*|aanspreekpunt))",
    re.IGNORECASE,
)
_WHAT_TO_SAY = re.compile(
    r"(?<!\w)wat (zeg|moet|mag|kan|antwoord) ik|wat zal ik|hoe reageer ik|what (do|should|can) i "
    r"(say|tell|answer)|(buren|buur(man|vrouw)|neighbou?rs?)(?!\w).{0,30}(?<!\w)"
    r"(vra(gen|agt)|vroeg(en)?|willen weten|ask(s|ed)?|want to know)(?!\w)",
    re.IGNORECASE | re.DOTALL,
)
_CARE_SIDE = (
    r"(begeleid\w*|hulpverlen\w*|zorgaanbieder\w*|zorgverlen\w*|zorg(?!en)\w*|care|support worker)"
)
_WITHDRAWS = re.compile(
    r"(?<!\w)((praat|praten|deel|delen|geef|bel|bellen|spreek|overleg|contact|informatie|gegevens)"
    rf"\b.{{0,30}}\b(niet|geen|nooit)( meer)?\b.{{0,40}}\b{_CARE_SIDE}"
    r"|(niet|geen|nooit)( meer)?\b.{0,30}\b(praten|delen|overleg\w*|contact|informatie|bellen|weten"
    rf"|doorgeven|gegevens)\b.{{0,30}}\b{_CARE_SIDE}"
    r"|trekt? .{0,30}(toestemming|overeenkomst|contract).{0,10}\bin\b"
    r"|(toestemming|overeenkomst|contract)\b.{0,25}\b(intrekken|ingetrokken|opzeggen|stoppen)"
    rf"|(wil|wilt)\b.{{0,20}}\b(niet|geen)\b.{{0,40}}\b{_CARE_SIDE}"
    rf"|(stop|stopt|stoppen) met .{{0,20}}{_CARE_SIDE}"
    r"|(don'?t|do not|not|no longer|stop)\b.{0,30}\b(talk|share|tell|contact)\w*\b"
    rf".{{0,40}}\b{_CARE_SIDE}"
    r"|withdraws? .{0,20}(consent|permission|agreement))",
    re.IGNORECASE | re.DOTALL,
)  # fmt: skip
_ALL_CLEAR = re.compile(
    r"(?<!\w)((is|zijn|alles|alweer|weer|al) (weer )?(netjes |helemaal |nu )?"
    r"(opgeruimd|opgelost|geleegd|schoon|weg|in orde|ok[eé]?|goed|leeg|rustig|stil)(?!\w)"
    r"|(opgeruimd|opgelost|geleegd)(?!\w)|niet meer nodig|geen (probleem|last) meer"
    r"|all (clear|good|fine)|has been (cleared|cleaned|solved|emptied)|cleaned up|resolved)",
    re.IGNORECASE,
)
_NOT_CLEAR = re.compile(
    r"(?<!\w)(niet|nog steeds|nooit|not|still)\b.{0,20}"
    r"(opgeruimd|opgelost|geleegd|schoon|weg|in orde|leeg|clear|clean|solved)",
    re.IGNORECASE,
)


def intent_of(text: str) -> Intent:
    """What the writer wants; the order of the tests is the order of caution."""
    if _WITHDRAWS.search(text) and not _is_question(text):
        return Intent.WITHDRAWAL_HINT
    if _WHAT_TO_SAY.search(text):
        return Intent.ASKS_WHAT_TO_TELL_NEIGHBOURS
    if _AGREEMENT.search(text) or (_is_question(text) and _ASKED_ABOUT_RESIDENTS.search(text)):
        return Intent.ASKS_ABOUT_AGREEMENT
    if _ALL_CLEAR.search(text) and not _NOT_CLEAR.search(text):
        return Intent.ALL_CLEAR
    return Intent.OBSERVATION


def category_of(text: str) -> Category | None:
    """The category a sentence is about, or None when no row of the table matches."""
    for category, words in CATEGORY_WORDS.items():
        if words.search(text):
            return category
    for category, names in CATEGORY_NAMES.items():
        if text.strip().lower() in names:
            return category
    return None


def urgency_of(text: str) -> Urgency | None:
    """The urgency a text names; "geen haast" is low, so the lowest row is tried first."""
    for urgency in reversed(tuple(URGENCY_WORDS)):
        if URGENCY_WORDS[urgency].search(text):
            return urgency
    return None


def source_of(text: str) -> Source:
    """Whose observation it is: neighbours' when the sentence says that they told it."""
    return Source.NEIGHBOURS if _NEIGHBOURS_SAY.search(text) else Source.OWN


def _is_question(text: str) -> bool:
    return _QUESTION.search(text) is not None
