"""What the steps of the intake may know, and how a home becomes an answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.dialogues.engine import CANCELLED, Changes, Choice
from bot.domain.disclosure import Text
from bot.domain.homes import Dwelling, Neighbourhood, keys_of, places_named
from bot.domain.people import Role
from bot.domain.screening import Outcome, OwnAddress, Screening
from bot.domain.signals import Signal

CANCEL = Choice(Text("choice.cancel"), {CANCELLED: "yes"})

Screen = Callable[[str, OwnAddress | None], Screening]


def nothing_found(text: str, own: OwnAddress | None) -> Screening:
    return Screening(Outcome.ACCEPT, ())


@dataclass(frozen=True, slots=True)
class IntakeFacts:
    """The public settings this person may use, and what the text just typed names.

    `found` are homes in the sender's own neighbourhoods; others are not told apart from unknown.
    `home` is the home answered before; `screen` recognises what may not travel in a note.
    `own_open` are the sender's own signals that have not been reported done to the sender. `cases`
    are the codes of a care worker's own cases.
    """

    role: Role
    areas: tuple[Neighbourhood, ...]
    recent: tuple[Dwelling, ...] = ()
    found: tuple[Dwelling, ...] = ()
    screen: Screen = nothing_found
    home: Dwelling | None = None
    own_open: tuple[Signal, ...] = ()
    cases: tuple[str, ...] = ()


def home_of(answers: Mapping[str, str | None], facts: IntakeFacts) -> Dwelling | None:
    homes = (*facts.found, *facts.recent, *((facts.home,) if facts.home else ()))
    return next((home for home in homes if home.unit == answers.get("unit")), None)


def own_address(home: Dwelling | None) -> OwnAddress | None:
    """The unit's own address is harmless in a note about that unit."""
    return OwnAddress(home.street, home.number, home.postcode, home.unit) if home else None


def unit_answer(home: Dwelling) -> Changes:
    return {"neighbourhood": home.neighbourhood, "unit": home.unit, "address": home.address}


def says_more_than_a_place(text: str, facts: IntakeFacts) -> bool:
    """Leaves the home out of the text: the one that is known, else as few words as may name it."""
    known = {key for home in facts.found for key in keys_of(home)}
    places = sorted(places_named(text), key=lambda p: (p.key not in known, p.end - p.start))
    rest = text
    for place in places:
        rest = rest.replace(text[place.start : place.end], " ")
    return len(rest.split()) > 1
