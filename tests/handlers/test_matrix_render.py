"""A parcel as a Matrix message: twins that say the same, numbered choices, nothing unescaped."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.disclosure import Text, note, reference
from bot.ports.doors import Button, Parcel
from bot.texts.catalogue import load_catalogue
from handlers.matrix.render import LONGEST_BODY_BYTES, Rendered, rendered

CATALOGUE = load_catalogue()
BUTTONS = ((Button(Text("card.button.take"), "a"),), (Button(Text("card.button.later"), "b"),))


def shown(parcel: Parcel) -> Rendered:
    made = rendered(parcel, CATALOGUE)
    assert made is not None
    return made


def said(value: str) -> Text:
    return Text("receipt", {"ref": note(value)})


def test_choices_stand_below_it_with_their_numbers() -> None:
    made = shown(Parcel("@a:b", "nl", said("7KM-2Q4F"), BUTTONS))

    assert made.plain.splitlines()[-3:] == [
        "1 👍 Oppakken",
        "2 🕒 Later",
        "Antwoord met een nummer.",
    ]
    assert "<b>1</b> 👍 Oppakken<br><b>2</b>" in made.html


def test_a_list_of_several_matters_has_no_numbers() -> None:
    made = shown(Parcel("@a:b", "nl", said("7KM-2Q4F"), BUTTONS, covers=("1", "2")))

    assert "Oppakken" not in made.plain


def test_nothing_to_say_is_no_message() -> None:
    assert rendered(Parcel("@a:b", "nl", delete=("$1",)), CATALOGUE) is None


def test_an_edit_replaces_and_falls_back_for_old_clients() -> None:
    made = shown(Parcel("@a:b", "nl", said("7KM-2Q4F"), quiet=True))
    edit = made.replacing("$event")

    assert made.content["msgtype"] == "m.notice"
    assert edit["m.new_content"] == made.content
    assert edit["m.relates_to"] == {"rel_type": "m.replace", "event_id": "$event"}


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=200))
def test_both_twins_say_the_same_and_no_value_is_markup(value: str) -> None:
    made = shown(Parcel("@a:b", "nl", said(value)))
    plain_again = html.unescape(re.sub(r"</?[bi]>|</?code>", "", made.html.replace("<br>", "\n")))

    assert plain_again.strip() == made.plain.strip()
    assert set(re.findall(r"<[^>]*>", made.html)) <= {"<b>", "</b>", "<br>"}


def test_what_is_too_long_is_cut_not_refused() -> None:
    made = shown(Parcel("@a:b", "nl", Text("choice.plain", {"label": reference("<é" * 20_000)})))

    assert len(made.plain.encode()) <= LONGEST_BODY_BYTES + 4
    assert "<é" not in made.html
