"""Command lines: what somebody typed in a room, as a value. Pure; a table of commands, no channel.

`!oppakken 7KM-2Q4F`, `!later 7KM-2Q4F 2d`, `!signaal ZK-ROOD-17 geluid spoed De muziek ...`. Case
and spaces do not matter. Without the exclamation mark a line counts only where it cannot be
anything else.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

MARK = "!"


class Verb(StrEnum):
    SIGNAL = "signal"
    CASES = "cases"
    TAKE_UP = "take_up"
    LATER = "later"
    DONE = "done"
    SHARE = "share"
    COLLEAGUE = "colleague"
    WITHDRAW = "withdraw"
    PAUSE = "pause"
    AGREEMENT = "agreement"
    WHO = "who"
    VISITS = "visits"
    SHOW = "show"
    MINE = "mine"
    AWAY = "away"
    LANGUAGE = "language"
    NUDGES = "nudges"
    CANCEL = "cancel"
    STOP = "stop"
    HELP = "help"


class Needs(StrEnum):
    """What has to stand behind a command."""

    NOTHING = "nothing"
    REFERENCE = "reference"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Form:
    """One row of the table: how it is typed (Dutch first), and what it needs."""

    names: tuple[str, ...]
    needs: Needs = Needs.NOTHING
    takes_more: bool = False

    def named_in(self, language: str) -> str:
        """The command as it is typed in this language."""
        return f"{MARK}{self.names[1 if language == 'en' else 0]}"


COMMANDS: Mapping[Verb, Form] = MappingProxyType(
    {
        Verb.SIGNAL: Form(("signaal", "signal", "seintje", "melding"), takes_more=True),
        Verb.CASES: Form(("zaken", "cases", "open", "lijst")),
        Verb.TAKE_UP: Form(("oppakken", "ack", "pak", "take"), Needs.REFERENCE),
        Verb.LATER: Form(("later", "later", "straks", "snooze"), Needs.REFERENCE, takes_more=True),
        Verb.DONE: Form(("klaar", "done", "afgehandeld", "close"), Needs.REFERENCE, True),
        Verb.SHARE: Form(("deel", "share", "delen"), Needs.REFERENCE, takes_more=True),
        Verb.COLLEAGUE: Form(("collega", "colleague", "pass"), Needs.REFERENCE, takes_more=True),
        Verb.WITHDRAW: Form(("intrekken", "withdraw"), Needs.CASE, takes_more=True),
        Verb.PAUSE: Form(("pauze", "pause"), Needs.CASE, takes_more=True),
        Verb.AGREEMENT: Form(("overeenkomst", "agreement", "contract"), Needs.CASE),
        Verb.WHO: Form(("wie", "who"), Needs.REFERENCE),
        Verb.VISITS: Form(("bezoeken", "visits"), takes_more=True),
        Verb.SHOW: Form(("toon", "show", "kaart", "card"), Needs.REFERENCE),
        Verb.MINE: Form(("mijn", "mine")),
        Verb.AWAY: Form(("afwezig", "away", "absent", "vrij"), takes_more=True),
        Verb.LANGUAGE: Form(("taal", "language"), takes_more=True),
        Verb.NUDGES: Form(("meldingen", "nudges"), takes_more=True),
        Verb.CANCEL: Form(("annuleren", "cancel")),
        Verb.STOP: Form(("stop", "stop", "ontkoppel", "unlink")),
        Verb.HELP: Form(("help", "help", "hulp", "uitleg")),
    }
)
"""Every command there is. A new one is a row here and a row where it is done."""

VERB_OF: Mapping[str, Verb] = MappingProxyType(
    {name: verb for verb, form in COMMANDS.items() for name in form.names}
)

_REFERENCE = re.compile(r"([0-9a-z]{3})[-\s]?([0-9a-z]{4})(?![0-9a-z-])", re.IGNORECASE)
_CASE = re.compile(r"[0-9a-z]+(?:-[0-9a-z]+)+(?!\S)|(?=\S*\d)[0-9a-z]{4,}(?!\S)", re.IGNORECASE)
ALIKE = 0.6
"""How much a misspelt word must be like a command to be taken for it, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Command:
    """A line understood. `about` is a reference or case code in capitals; `rest` is as typed."""

    verb: Verb
    about: str = ""
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """A command without what it is about."""

    verb: Verb


@dataclass(frozen=True, slots=True)
class Unknown:
    """No such command; `nearest` is the one most like it, if any is."""

    nearest: Verb | None


def parse(line: str) -> Command | Incomplete | Unknown | None:
    """What a line asks for; None when it is no command at all."""
    line = line.strip()
    marked = line.startswith(MARK)
    word, _, rest = line.lstrip(MARK).strip().partition(" ")
    word, rest = word.casefold().rstrip(".:,"), rest.strip()
    verb = VERB_OF.get(word)
    if not marked:
        return _unmarked(verb, rest)
    if verb is None:
        return Unknown(nearest(word))
    return _read(verb, rest)


def nearest(word: str) -> Verb | None:
    """The command a misspelt word most looks like."""
    found = difflib.get_close_matches(word.casefold(), VERB_OF, n=1, cutoff=ALIKE)
    return VERB_OF[found[0]] if found else None


def _unmarked(verb: Verb | None, rest: str) -> Command | None:
    """Only a bare word, or a word with a reference or case code behind it, says enough."""
    if verb is None:
        return None
    if COMMANDS[verb].needs is Needs.NOTHING:
        return None if rest else Command(verb)
    read = _read(verb, rest)
    return read if isinstance(read, Command) else None


def _read(verb: Verb, rest: str) -> Command | Incomplete:
    form = COMMANDS[verb]
    if form.needs is Needs.NOTHING:
        return Command(verb, rest=rest if form.takes_more else "")
    found = (_REFERENCE if form.needs is Needs.REFERENCE else _CASE).match(rest)
    if found is None:
        return Incomplete(verb)
    about = "-".join(found.groups()) if form.needs is Needs.REFERENCE else found[0]
    more = rest[found.end() :].strip() if form.takes_more else ""
    return Command(verb, about.upper(), more)
