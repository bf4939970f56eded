"""When a word is somebody's name: the signs in the sentence, each a rule of its own.

A word that is a name and nothing else is one wherever it stands, in any case. A word that may be
something else as well ("bakker", "roos", "winter"), or that nobody knows ("Gebremariam"), is a
name where the sentence makes it one: after a title, with a first name, with a capital where no
sentence begins, before a verb of speaking.
"""

import re

from bot.screening import cues
from bot.screening.lexicon import Lexicon
from bot.screening.reading import Reading
from bot.screening.spelling import one_slip
from bot.screening.tokens import Token

_INTRODUCTION = re.compile(
    r"\b(?:heet|heten|heette|hete|genaamd|genoemd|geheten|ene|zekere|noemt zich"
    r"|noemen (?:hem|haar|ze)|called|named|name is|name's"
    r"|(?:(?:achter|voor|roep|bij|meisjes|familie|gezins)?naam(?: van [a-z]+)?"
    r"|surname|first name|last name|name)(?:\s?(?:is|was|luidt|staat)\b|\s?[:=]|\s-)"
    r"|(?:op|onder) (?:de )?naam(?: van)?|t\.?n\.?v\.?|ten name van"
    r"|luistert naar(?: de naam)?|initialen)[\s:=\"'(-]{0,3}$"
)
_OF_A_HOME = re.compile(
    r"^\s?(?:van|from|op|of|uit)\s(?:(?:nr|nummer|no|number)\.?\s?)?"
    r"(?:\d{1,4}\s?[a-z]?\b|boven|beneden|hiernaast|hierboven|hieronder|naast|de hoek|upstairs"
    r"|next door|downstairs|[a-z]{1,3}-?\d{2,6}|de overkant|driehoog"
    r"|de (?:eerste|tweede|derde|vierde))"
)
_SPOKEN_WITH = re.compile(
    r"\b(?:(?:gesproken|gebeld|gesprek|contact|afspraak|afgesproken|overleg|overlegd|gemaild"
    r"|geappt|ruzie|praat|sprak|bel|belde|spreek|talked|spoke|spoken|speak|met) "
    r"(?:weer |net |even |vandaag |gisteren )?(?:met|to|with|van)"
    r"|volgens|namens|aldus|sprak|groeten van|groetjes van|according to|t\.?a\.?v\.?)\s$"
)
_PERSON_AFTER = re.compile(
    r"^(?:,?\s(?:en|and)\s(?:zijn|haar|hun|z'n|d'r|zn|dr|his|her)\b"
    r"|\sstaat\sop\s(?:de|het)\s(?:bel|deur|brievenbus|naam)"
    r"|,\s(?:de|een|onze|mijn|the)\s"
    r"(?:bewo|huur|buur|zoon|dochter|vriend|moeder|vader|man|vrouw|tenant|neigh))"
)
_OWNS = re.compile(r"^\s(?:zn|z'n|d'r|dr)\s")
_BEFORE_PERSON = re.compile(
    r"\b(?:die|dat|deur|bel|hond|kat|zoon|dochter|broer|zus|vrouw|man|kind|kinderen|vriend"
    r"|vriendin|fiets|auto|tuin|balkon|brievenbus|post|brief|troep|rommel|spullen|overlast"
    r"|bezoek|herrie|lawaai|pakket|pakketje|scooter|moeder|vader|woning) "
    r"(?:van|bij|voor|door|from|of|for|by)\s$"
)


def is_name(note: Reading, index: int) -> bool:
    token = note.tokens[index]
    if token.is_initial or len(token.lower) == 1:
        return _is_initial_of_name(note, index)
    word = _without_genitive(token.lower, note.lexicon)
    return (
        _is_certain(note, token, word)
        or _follows_title(note, index, word)
        or _follows_role(note, index, word)
        or _is_introduced(note, index, word)
        or _is_surname_here(note, index, word)
        or _has_telling_capital(note, index, word)
        or _acts_like_person(note, index, word)
    )


def _without_genitive(word: str, lexicon: Lexicon) -> str:
    if word.endswith("'s"):
        return word[:-2]
    if word.endswith("s") and word not in lexicon.words and word[:-1] in lexicon.certain:
        return word[:-1]
    return word


def _is_certain(note: Reading, token: Token, word: str) -> bool:
    if word in note.lexicon.certain:
        return len(word) > 3 or token.capital or token.text.islower()
    if "-" in word:
        parts = word.split("-")
        return (
            all(len(part) > 1 for part in parts)
            and any(part in note.lexicon.certain for part in parts)
            and all(part in note.lexicon.certain or part in note.lexicon.first for part in parts)
        )
    return False


def _name_like(note: Reading, token: Token, word: str) -> bool:
    """Could be a surname: on a list, or a word nobody knows."""
    if word in cues.NOT_AFTER_TITLE or word in cues.ROLES or word in cues.TITLES:
        return token.capital and not token.opens_sentence and word in note.lexicon.possible
    if word in note.lexicon.possible or token.capital:
        return True
    return note.is_unknown(word) and cues.NOT_AFTER_TITLE.isdisjoint(one_slip(word))


def _lead(note: Reading, index: int) -> int:
    """The index of the word before a surname's particles and initials."""
    place = index
    while note.joined(place):
        before = note.tokens[place - 1]
        if before.lower not in cues.PARTICLES and not before.is_initial:
            break
        place -= 1
    return place - 1 if note.joined(place) else -1


def _follows_title(note: Reading, index: int, word: str) -> bool:
    lead = note.token(_lead(note, index))
    if lead is None or lead.lower not in cues.TITLES:
        return False
    if word in cues.TITLES or word in cues.PARTICLES:
        return False
    if word in cues.PLAIN_SURNAMES and note.acts(index, cues.DOING):
        return True
    return _name_like(note, note.tokens[index], word)


def _follows_role(note: Reading, index: int, word: str) -> bool:
    if not note.joined(index) or note.lower(index - 1) not in cues.ROLES:
        return False
    token = note.tokens[index]
    if token.capital:
        return (
            word in note.lexicon.possible or word in note.lexicon.calling or note.is_unknown(word)
        )
    if word in note.lexicon.calling:
        return note.acts(index, cues.DOING) or note.ends(token) or _before_a_verb(note, index)
    return note.is_unknown(word) and (
        note.acts(index, cues.SAYING)
        or (
            not note.lexicon.is_misspelt_word(word)
            and (note.acts(index, cues.DOING) or note.ends(token))
        )
    )


def _is_introduced(note: Reading, index: int, word: str) -> bool:
    token = note.tokens[index]
    if _INTRODUCTION.search(note.before(token)):
        if note.lower(index - 1) == "heet" and not token.capital and word in note.lexicon.words:
            return word in note.lexicon.calling
        return _name_like(note, token, word) and word not in cues.PARTICLES
    lead = note.token(_lead(note, index))
    if lead is None or lead is note.token(index - 1):
        return False
    particle = note.tokens[note.tokens.index(lead) + 1]
    return _INTRODUCTION.search(note.before(particle)) is not None and _name_like(note, token, word)


def _is_surname_here(note: Reading, index: int, word: str) -> bool:
    """After a name, after initials, or after the particles that only surnames have."""
    if not note.joined(index) or word in cues.PARTICLES:
        return False
    token = note.tokens[index]
    if index - 1 in note.names:
        if word in cues.NOT_AFTER_TITLE:
            return token.capital and word in note.lexicon.possible
        return token.capital or (word in note.lexicon.possible and word not in note.lexicon.places)
    return _follows_particles(note, index, word) or _follows_initial(note, index, word)


def _follows_particles(note: Reading, index: int, word: str) -> bool:
    """The "Berg" of "van den Berg"."""
    token, lexicon = note.tokens[index], note.lexicon
    place = _before_particles(note, index)
    particles = " ".join(note.lower(part) for part in range(place, index))
    owner = place - 1 if note.joined(place) else -1
    if not particles or (word in cues.ROLES and not token.capital):
        return False
    if owner in note.names or particles in cues.STRONG_PARTICLES:
        return token.capital or word in lexicon.possible or note.is_unknown(word)
    if particles in {"de", "van de"} and word in lexicon.of_article:
        return token.capital or word in lexicon.only_after_article
    if _is_surname_that_acts(note, place, index, word):
        return True
    if not token.capital:
        return False
    if owner >= 0 and _is_first_name_here(note, owner):
        return True
    if particles.startswith("van") and note.lower(owner) in cues.BEFORE_PERSON:
        return True
    return (
        particles in cues.PARTICLES_BEFORE_CAPITAL
        and word not in lexicon.not_people
        and (particles in {"ter", "ten"} or word not in lexicon.places)
    )


def _is_surname_that_acts(note: Reading, place: int, index: int, word: str) -> bool:
    """The "dongen" of "van dongen heeft vuilnis": particles open the sentence, a verb follows."""
    return (
        note.tokens[place].opens_sentence
        and note.lower(place) == "van"
        and word in note.lexicon.possible
        and word not in note.lexicon.common
        and word not in cues.NOT_AFTER_TITLE
        and (
            note.acts(index, cues.DOING) or _OWNS.match(note.after(note.tokens[index])) is not None
        )
    )


def _follows_initial(note: Reading, index: int, word: str) -> bool:
    """The "Groot" of "A.B. de Groot"."""
    place = _before_particles(note, index)
    initial = note.token(place - 1) if note.joined(place) else None
    if initial is None or not initial.is_initial:
        return False
    in_lower_case = (
        initial.text.islower()
        and word in note.lexicon.possible
        and word not in cues.NOT_AFTER_TITLE
    )
    return note.tokens[index].capital or in_lower_case or note.is_unknown(word)


def _before_particles(note: Reading, index: int) -> int:
    """The place of the first of the particles before a surname, or the surname's own."""
    place = index
    while note.joined(place) and note.lower(place - 1) in cues.PARTICLES:
        if _is_dotted_letter_before_particle(note, place - 1, index):
            break
        place -= 1
    return place


def _is_dotted_letter_before_particle(note: Reading, place: int, index: int) -> bool:
    """The "t." of "t. de haan": an initial, though "t" is a particle too."""
    token = note.tokens[place]
    return (
        token.lower == "t"
        and token.dotted
        and place + 1 < index
        and note.lower(place + 1) in cues.PARTICLES
    )


def _is_first_name_here(note: Reading, index: int) -> bool:
    """The "Mark" of "Mark van Dijk": a first name with a capital."""
    token = note.tokens[index]
    return token.capital and (
        token.lower in note.lexicon.first and token.lower not in cues.NOT_AFTER_TITLE
    )


def _is_initial_of_name(note: Reading, index: int) -> bool:
    """One letter: before a surname ("J. Jansen") or after a title ("mw. B.")."""
    token = note.tokens[index]
    if token.is_initial and note.joined(index) and note.lower(index - 1) in cues.TITLES:
        return token.text.isupper() or token.dotted
    place = index + 1
    while note.joined(place) and (
        note.tokens[place].is_initial or note.lower(place) in cues.PARTICLES
    ):
        place += 1
    if not note.joined(place):
        return False
    surname = note.tokens[place]
    if surname.lower in note.lexicon.certain:
        return True
    return (
        token.dotted
        and token.text.isupper()
        and surname.capital
        and (surname.lower in note.lexicon.possible or note.is_unknown(surname.lower))
    )


def _has_telling_capital(note: Reading, index: int, word: str) -> bool:
    token = note.tokens[index]
    if not token.capital or token.opens_sentence or len(word) < 3:
        return False
    if token.text.isupper() or note.lower(index - 1) in cues.ARTICLES:
        return False
    lexicon = note.lexicon
    if word in lexicon.places or word in lexicon.not_people or word in lexicon.common:
        return False
    return word in note.lexicon.possible or note.is_unknown(word)


def _acts_like_person(note: Reading, index: int, word: str) -> bool:
    token = note.tokens[index]
    if note.lower(index - 1) in cues.ARTICLES and note.joined(index):
        return False
    if word in note.lexicon.calling:
        return _acts_with_calling_name(note, index, word)
    if word in note.lexicon.possible and token.capital and token.opens_sentence:
        known = word not in cues.ROLES and word not in note.lexicon.common
        return known and note.acts(index, cues.SAYING)
    if not note.is_unknown(word):
        return False
    if note.acts(index, cues.SAYING) or _in_company(note, index):
        return True
    if note.lexicon.is_misspelt_name(word):
        return True
    if note.lexicon.is_misspelt_word(word):
        return False
    return (
        _PERSON_AFTER.match(note.after(token)) is not None
        or _BEFORE_PERSON.search(note.before(token)) is not None
        or _of_a_home(note, token)
        or (token.capital and (note.acts(index, cues.DOING) or _before_a_verb(note, index)))
    )


def _acts_with_calling_name(note: Reading, index: int, word: str) -> bool:
    token = note.tokens[index]
    if note.acts(index, cues.SAYING) or _of_a_home(note, token) or _in_company(note, index):
        return True
    if _PERSON_AFTER.match(note.after(token)):
        return True
    if word in cues.THINGS:
        return False
    if token.capital:
        return note.acts(index, cues.DOING) or _before_a_verb(note, index)
    if not token.opens_sentence:
        return False
    return note.acts(index, cues.DOING - cues.ALSO_ENGLISH) or (
        word not in note.lexicon.words and _before_a_verb(note, index)
    )


def _in_company(note: Reading, index: int) -> bool:
    """Spoken with, or beside another name: "gesproken met floor", "Roos en Ahmed"."""
    if index - 1 in note.names or not note.joined(index):
        return False
    before = note.before(note.tokens[index])
    if _SPOKEN_WITH.search(before):
        return True
    return note.lower(index - 1) in {"en", "and"} and (
        index - 2 in note.names or _is_pair(note, index - 2, index)
    )


def _is_pair(note: Reading, first: int, second: int) -> bool:
    """Two first names side by side that could be words alone: "Ab en Jo"."""
    return all(
        token is not None and token.capital and token.lower in note.lexicon.first
        for token in (note.token(first), note.token(second))
    )


def _before_a_verb(note: Reading, index: int) -> bool:
    """A word in lower case follows that looks like what somebody does: "gaf", "wast", "legde"."""
    if not note.joined(index + 1):
        return False
    following = note.tokens[index + 1]
    return following.text.islower() and (
        following.lower in cues.PAST or note.lexicon.is_verb(following.lower)
    )


def _of_a_home(note: Reading, token: Token) -> bool:
    return _OF_A_HOME.match(note.after(token)) is not None
