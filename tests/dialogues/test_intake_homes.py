"""What a sentence says beside the home it names stays, however the home is named."""

import pytest

from bot.dialogues.intake_facts import IntakeFacts
from bot.dialogues.intake_sentence import prefill
from bot.domain.homes import Dwelling, Neighbourhood
from bot.domain.people import Role

HOME = Dwelling("wcv", "E-4471", "noord", "Voorbeeldstraat", "12", "7511 AB")
NORTH = Neighbourhood("wcv", "noord", "Noord")


def note_of(text: str, *found: Dwelling) -> str | None:
    facts = IntakeFacts(Role.MANAGER, (NORTH,), found=found)
    return prefill(text, facts).get("note")


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("enorme troep Voorbeeldstraat 12", "enorme troep E-4471"),
        ("Voorbeeldstraat 12: enorme troep", "enorme troep"),
        ("enorme troep bij 7511 AB 12", "enorme troep bij E-4471"),
        ("enorme troep bij E-4471", "enorme troep bij E-4471"),
    ],
)
def test_the_words_beside_a_home_become_the_note(text: str, note: str) -> None:
    assert note_of(text, HOME) == note


def test_they_do_so_when_the_home_is_unknown() -> None:
    assert note_of("enorme troep Onbekendstraat 99") == "enorme troep Onbekendstraat 99"


@pytest.mark.parametrize("place", ["E-4471", "e 4471", "Voorbeeldstraat 12", "7511 AB 12"])
def test_a_home_alone_is_no_note(place: str) -> None:
    assert note_of(place, HOME) is None


def test_an_unknown_home_alone_is_no_note() -> None:
    assert note_of("Onbekendstraat 99") is None
