"""Names of people: name lists, read with the words around them.

A word that is a name and nothing else is one wherever it stands, in any case. A word that may be
something else as well ("bakker", "roos", "winter"), or that nobody knows ("Gebremariam"), is a
name where the sentence makes it one: after a title, with a first name, with a capital where no
sentence begins, before a verb of speaking. Firms, buildings, streets and sayings are left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.domain.screening import Finding, FindingClass
from bot.screening import cues
from bot.screening.folding import Folded
from bot.screening.lexicon import Lexicon
from bot.screening.spelling import one_slip
from bot.screening.tokens import Token, tokens_of
from bot.screening.wordlists import WordList

_INTRODUCTION = re.compile(cues.INTRODUCTIONS)
_STREET = re.compile(cues.STREET_ENDING)
_OF_A_HOME = re.compile(
    r"^\s?(?:van|from|op|of|uit)\s(?:(?:nr|nummer|no|number)\.?\s?)?"
    r"(?:\d{1,4}\s?[a-z]?\b|boven|beneden|hiernaast|hierboven|hieronder|naast|de hoek|upstairs|"
    r"next door|downstairs|[a-z]{1,3}-?\d{2,6}|de overkant|driehoog|de (?:eerste|tweede|derde|vierde))"
)
_SPOKEN_WITH = re.compile(
    r"\b(?:(?:gesproken|gebeld|gesprek|contact|afspraak|afgesproken|overleg|overlegd|gemaild|geappt|ruzie|praat"
    r"|sprak|bel|belde|spreek|talked|spoke|spoken|speak|met) (?:weer |net |even |vandaag |gisteren )?(?:met|to|with|van)"
    r"|volgens|namens|aldus|sprak|groeten van|groetjes van|according to|t\.?a\.?v\.?)\s$"
)
_PERSON_AFTER = re.compile(
    r"^(?:,?\s(?:en|and)\s(?:zijn|haar|hun|z'n|d'r|zn|dr|his|her)\b|\sstaat\sop\s(?:de|het)\s(?:bel|deur|brievenbus|naam)"
    r"|,\s(?:de|een|onze|mijn|the)\s(?:bewo|huur|buur|zoon|dochter|vriend|moeder|vader|man|vrouw|tenant|neigh))"
)
_BEFORE_PERSON = re.compile(
    r"\b(?:die|dat|deur|bel|hond|kat|zoon|dochter|broer|zus|vrouw|man|kind|kinderen|vriend|vriendin|fiets|auto|tuin|balkon|"
    r"brievenbus|post|brief|troep|rommel|spullen|overlast|bezoek|herrie|lawaai|pakket|pakketje|scooter|moeder|vader|woning) "
    r"(?:van|bij|voor|door|from|of|for|by)\s$"
)
_DUTCH_ENDING = re.compile(r"(?:jes|tje|heid|heden|ingen|ing|lijk|lijke|erij|eren|baar|baars?|isch|ische|loos)$")
_FIRM_PARTNERS = re.compile(
    r"\s(?:en|and)\s(?:Zn|Zonen|Zoon|Sons?|Co|Partners|[Zz]onen|sons)\b|\s?&\s(?:[A-Z]|zn|zonen|zoon|co\b)"
)
_JOINED = re.compile(r"^[\s.'/-]{1,3}$")
_UNREADABLE = re.compile(r"[^\W\d_a-zA-Z]{2,}")


@dataclass(slots=True)
class _Note:
    folded: Folded
    tokens: tuple[Token, ...]
    lexicon: Lexicon
    not_people: list[tuple[int, int]]
    names: set[int] = field(default_factory=set)

    def token(self, index: int) -> Token | None:
        return self.tokens[index] if 0 <= index < len(self.tokens) else None

    def lower(self, index: int) -> str:
        token = self.token(index)
        return token.lower if token is not None else ""

    def joined(self, index: int) -> bool:
        """Whether only blanks, dots or hyphens stand between this word and the one before."""
        if not 0 < index < len(self.tokens):
            return False
        between = self.folded.text[self.tokens[index - 1].end : self.tokens[index].start]
        return _JOINED.match(between) is not None and not self.tokens[index].opens_sentence

    def before(self, token: Token) -> str:
        return self.folded.lower[max(0, token.start - 40) : token.start]

    def after(self, token: Token) -> str:
        return self.folded.lower[token.end : token.end + 30]


def find_names(folded: Folded, lexicon: Lexicon, listed: WordList) -> list[Finding]:
    """Where people are named; `listed` holds the corporation's own names and the look-alikes."""
    tokens = tokens_of(folded)
    not_people = [match.span() for match in listed.look_alikes.finditer(folded.lower)]
    note = _Note(folded, tokens, lexicon, not_people)
    harmless = _places_and_firms(note)
    for index in range(len(tokens)):
        if index not in harmless and _is_name(note, index):
            note.names.add(index)
    _take_first_names_before(note, harmless)
    _take_names_beside(note, harmless)
    spans = [*_spans(note), *listed.spans(folded.lower), *_unreadable(folded, lexicon)]
    return [Finding(FindingClass.NAME, *span) for span in spans]


def _unreadable(folded: Folded, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Words in a script that no recogniser reads: removed, since they could say anything."""
    if folded.source.isascii():
        return
    for match in re.finditer(r"[^\W\d_]+", folded.source):
        typed = match[0]
        if any(_is_latin(char) for char in typed) or len(typed) < 2:
            continue
        inside = [
            place
            for place in range(len(folded.text))
            if match.start() <= folded.span(place, place + 1)[0] < match.end()
        ]
        if inside and not lexicon.is_word(folded.lower[inside[0] : inside[-1] + 1]):
            yield inside[0], inside[-1] + 1


def _is_latin(char: str) -> bool:
    return (
        char < "\u0250"
        or "\u1e00" <= char <= "\u1eff"
        or "\u2100" <= char <= "\u214f"
        or (
            "\uff00" <= char <= "\uff5a"
            or "\U0001d400" <= char <= "\U0001d7ff"
            or "\ufb00" <= char <= "\ufb06"
        )
    )


def _places_and_firms(note: _Note) -> set[int]:
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
        elif token.lower in cues.FIRM_BEFORE and not note.lexicon.certain & {token.lower}:
            harmless.update(_firm_words_after(note, index))
        elif token.lower in cues.FIRM_AFTER and note.joined(index) and token.text != token.lower:
            harmless.add(index - 1)
        elif _FIRM_PARTNERS.match(note.folded.text, token.end):
            harmless.add(index)
    return harmless


def _street_words_before(note: _Note, index: int) -> Iterator[int]:
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


def _firm_words_after(note: _Note, index: int) -> Iterator[int]:
    """The name of a firm or building: "garage Jansen", "slagerij de Boer"."""
    place = index + 1
    while note.joined(place) and note.lower(place) in cues.PARTICLES:
        place += 1
    if note.joined(place) and (
        note.tokens[place].capital or note.lower(place) in note.lexicon.possible
    ):
        yield place


def _is_name(note: _Note, index: int) -> bool:
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


def _is_certain(note: _Note, token: Token, word: str) -> bool:
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


def _is_unknown(note: _Note, word: str) -> bool:
    return (
        len(word) > 2
        and word not in note.lexicon.places
        and not note.lexicon.is_word(word)
        and word.partition("'")[0] not in note.lexicon.words
        and word not in cues.NOT_AFTER_TITLE
        and _DUTCH_ENDING.search(word) is None
    )


def _name_like(note: _Note, token: Token, word: str) -> bool:
    """Could be a surname: on a list, or a word nobody knows."""
    if word in cues.NOT_AFTER_TITLE or word in cues.ROLES or word in cues.TITLES:
        return token.capital and not token.opens_sentence and word in note.lexicon.possible
    if word in note.lexicon.possible or token.capital:
        return True
    return _is_unknown(note, word) and cues.NOT_AFTER_TITLE.isdisjoint(one_slip(word))


def _lead(note: _Note, index: int) -> int:
    """The index of the word before a surname's particles and initials."""
    place = index
    while note.joined(place):
        before = note.tokens[place - 1]
        if before.lower not in cues.PARTICLES and not before.is_initial:
            break
        place -= 1
    return place - 1 if note.joined(place) else -1


def _follows_title(note: _Note, index: int, word: str) -> bool:
    lead = note.token(_lead(note, index))
    if lead is None or lead.lower not in cues.TITLES:
        return False
    if word in cues.TITLES or word in cues.PARTICLES:
        return False
    if word in cues.PLAIN_SURNAMES and _acts(note, index, cues.DOING):
        return True
    return _name_like(note, note.tokens[index], word)


def _follows_role(note: _Note, index: int, word: str) -> bool:
    if not note.joined(index) or note.lower(index - 1) not in cues.ROLES:
        return False
    token = note.tokens[index]
    if token.capital:
        return (
            word in note.lexicon.possible or word in note.lexicon.calling or _is_unknown(note, word)
        )
    if word in note.lexicon.calling:
        return _acts(note, index, cues.DOING) or _ends(note, token)
    return _is_unknown(note, word) and (
        _acts(note, index, cues.SAYING)
        or (
            not note.lexicon.is_misspelt_word(word)
            and (_acts(note, index, cues.DOING) or _ends(note, token))
        )
    )


def _is_introduced(note: _Note, index: int, word: str) -> bool:
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


def _is_surname_here(note: _Note, index: int, word: str) -> bool:
    """After a name, after initials, or after the particles that only surnames have."""
    if not note.joined(index) or word in cues.PARTICLES:
        return False
    token = note.tokens[index]
    if index - 1 in note.names:
        if word in cues.NOT_AFTER_TITLE:
            return token.capital and word in note.lexicon.possible
        return token.capital or (word in note.lexicon.possible and word not in note.lexicon.places)
    place = index
    while note.joined(place) and note.lower(place - 1) in cues.PARTICLES:
        place -= 1
    particles = " ".join(note.lower(part) for part in range(place, index))
    owner = place - 1 if note.joined(place) else -1
    known = word in note.lexicon.possible or _is_unknown(note, word)
    if particles and owner in note.names:
        return token.capital or known
    if particles and owner >= 0 and token.capital and _is_first_name_here(note, owner):
        return True
    if particles.startswith("van") and token.capital and note.lower(owner) in cues.BEFORE_PERSON:
        return True
    if particles in cues.STRONG_PARTICLES:
        return token.capital or known
    if particles in cues.PARTICLES_BEFORE_CAPITAL and token.capital:
        return word not in note.lexicon.not_people and (
            particles in {"ter", "ten"} or word not in note.lexicon.places
        )
    if particles in {"de", "van de"} and word in note.lexicon.of_article:
        return token.capital or word in note.lexicon.only_after_article
    initial = note.token(owner)
    if initial is None or not initial.is_initial:
        return False
    in_lower_case = known and word not in cues.NOT_AFTER_TITLE and initial.text.islower()
    return token.capital or in_lower_case or _is_unknown(note, word)


def _is_first_name_here(note: _Note, index: int) -> bool:
    """The "Mark" of "Mark van Dijk": a first name with a capital."""
    token = note.tokens[index]
    return token.capital and (
        token.lower in note.lexicon.first and token.lower not in cues.NOT_AFTER_TITLE
    )


def _is_initial_of_name(note: _Note, index: int) -> bool:
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
        and (surname.lower in note.lexicon.possible or _is_unknown(note, surname.lower))
    )


def _has_telling_capital(note: _Note, index: int, word: str) -> bool:
    token = note.tokens[index]
    if not token.capital or token.opens_sentence or len(word) < 3:
        return False
    if token.text.isupper() or note.lower(index - 1) in cues.ARTICLES:
        return False
    lexicon = note.lexicon
    if word in lexicon.places or word in lexicon.not_people or word in lexicon.common:
        return False
    return word in note.lexicon.possible or _is_unknown(note, word)


def _acts_like_person(note: _Note, index: int, word: str) -> bool:
    token = note.tokens[index]
    if note.lower(index - 1) in cues.ARTICLES and note.joined(index):
        return False
    if word in note.lexicon.calling:
        return _acts_with_calling_name(note, index, word)
    if word in note.lexicon.possible and token.capital and token.opens_sentence:
        known = word not in cues.ROLES and word not in note.lexicon.common
        return known and _acts(note, index, cues.SAYING)
    if not _is_unknown(note, word):
        return False
    if _acts(note, index, cues.SAYING) or _in_company(note, index):
        return True
    if note.lexicon.is_misspelt_name(word):
        return True
    if note.lexicon.is_misspelt_word(word):
        return False
    return (
        _PERSON_AFTER.match(note.after(token)) is not None
        or _BEFORE_PERSON.search(note.before(token)) is not None
        or _of_a_home(note, token)
        or (token.capital and (_acts(note, index, cues.DOING) or _before_a_verb(note, index)))
    )


def _acts_with_calling_name(note: _Note, index: int, word: str) -> bool:
    token = note.tokens[index]
    if _acts(note, index, cues.SAYING) or _of_a_home(note, token) or _in_company(note, index):
        return True
    if _PERSON_AFTER.match(note.after(token)):
        return True
    if word in cues.THINGS:
        return False
    if token.capital:
        return _acts(note, index, cues.DOING) or _before_a_verb(note, index)
    return token.opens_sentence and _acts(note, index, cues.DOING - cues.ALSO_ENGLISH)


def _in_company(note: _Note, index: int) -> bool:
    """Spoken with, or beside another name: "gesproken met floor", "Roos en Ahmed"."""
    if index - 1 in note.names or not note.joined(index):
        return False
    before = note.before(note.tokens[index])
    if _SPOKEN_WITH.search(before):
        return True
    return note.lower(index - 1) in {"en", "and"} and (
        index - 2 in note.names or _is_pair(note, index - 2, index)
    )


def _is_pair(note: _Note, first: int, second: int) -> bool:
    """Two first names side by side that could be words alone: "Ab en Jo"."""
    return all(
        token is not None and token.capital and token.lower in note.lexicon.first
        for token in (note.token(first), note.token(second))
    )


def _before_a_verb(note: _Note, index: int) -> bool:
    """A word in lower case follows that looks like what somebody does: "gaf", "wast", "legde"."""
    if not note.joined(index + 1):
        return False
    following = note.tokens[index + 1]
    return following.text.islower() and (
        following.lower in cues.PAST or note.lexicon.is_verb(following.lower)
    )


def _acts(note: _Note, index: int, verbs: frozenset[str]) -> bool:
    return note.joined(index + 1) and note.lower(index + 1) in verbs


def _of_a_home(note: _Note, token: Token) -> bool:
    return _OF_A_HOME.match(note.after(token)) is not None


def _ends(note: _Note, token: Token) -> bool:
    rest = note.after(token).lstrip(" \"')")
    return not rest or rest[0] in ".,;:!?\n)"


def _take_names_beside(note: _Note, harmless: set[int]) -> None:
    """The other half of a pair: the "Roos" of "Roos en Ahmed"."""
    for index in sorted(note.names):
        other = note.token(index - 2)
        if (
            other is not None
            and index - 2 not in harmless
            and note.lower(index - 1) in {"en", "and"}
            and note.joined(index)
            and note.joined(index - 1)
            and (
                (other.capital and other.lower in note.lexicon.first)
                or other.lower in note.lexicon.calling
            )
        ):
            note.names.add(index - 2)


def _take_first_names_before(note: _Note, harmless: set[int]) -> None:
    """The first name of a surname that was found: "Roos Jansen", "Mark van Dijk"."""
    for index in sorted(note.names):
        place = index
        while note.joined(place) and note.lower(place - 1) in cues.PARTICLES:
            place -= 1
        if not note.joined(place) or place - 1 in harmless:
            continue
        before = note.tokens[place - 1]
        known = before.lower in note.lexicon.first or before.lower in note.lexicon.possible
        if (before.capital and known and before.lower not in cues.DOING) or (
            before.lower in note.lexicon.calling and place == index
        ):
            note.names.add(place - 1)


def _spans(note: _Note) -> Iterator[tuple[int, int]]:
    """Runs of name words as one span, particles between them included."""
    start: int | None = None
    last = -1
    for index in sorted(note.names):
        if start is not None and _linked(note, last, index):
            last = index
            continue
        if start is not None:
            yield _span(note, start, last)
        start, last = index, index
    if start is not None:
        yield _span(note, start, last)


def _linked(note: _Note, first: int, second: int) -> bool:
    return all(note.joined(place) for place in range(first + 1, second + 1)) and all(
        note.lower(place) in cues.PARTICLES for place in range(first + 1, second)
    )


def _span(note: _Note, first: int, last: int) -> tuple[int, int]:
    """The words of a name, with its surname's particles in front ("van den Berg")."""
    while note.joined(first) and _belongs(note, first):
        first -= 1
    end = note.tokens[last].end
    if note.tokens[last].is_initial and note.tokens[last].dotted:
        end += 1
    return note.tokens[first].start, end


def _belongs(note: _Note, first: int) -> bool:
    before = note.lower(first - 1)
    if before not in cues.PARTICLES or before in {"bij", "op", "in", "uit", "aan", "het", "tot"}:
        return False
    pair = f"{note.lower(first - 2)} {before}" if note.joined(first - 1) else before
    word = note.lower(first)
    return (
        before in {"vd", "el", "al", "ben", "den", "der", "ten", "ter"}
        or pair in cues.STRONG_PARTICLES
        or (before == "de" and word in note.lexicon.of_article)
        or (before == "van" and word in cues.PARTICLES)
    )
