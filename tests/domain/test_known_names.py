"""The silent second pass: names the vault knows, in any spelling a person would type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.known_names import LEFT_OUT, name_parts, without_known_names


@pytest.mark.parametrize(
    ("note", "name", "kept"),
    [
        ("jansen heeft weer troep", "Piet Jansen", "[naam] heeft weer troep"),
        ("J. Janssen op de galerij", "Jan Janssen", "[naam] op de galerij"),
        ("de bel van JANSEN doet het niet", "Jan Janssen", "de bel van [naam] doet het niet"),
        ("volgens vandijk is het vol", "Joost van Dijk", "volgens [naam] is het vol"),
        ("Van Dijk deed niet open", "Joost van Dijk", "[naam] deed niet open"),
        ("fam yilmaz is weg", "Fatma Yılmaz", "fam [naam] is weg"),
        ("muller zijn fiets", "Eva Müller", "[naam] zijn fiets"),
        ("El-Amrani belde", "Mohammed El Amrani", "[naam] belde"),
        ("amranis deur staat open", "Mohammed El Amrani", "[naam] deur staat open"),
        ("Kowlaczyk deed niet open", "Anna Kowalczyk", "[naam] deed niet open"),
        ("A.B. de Groot riep iets", "A.B. de Groot", "[naam] riep iets"),
    ],
)
def test_a_name_is_found_as_people_type_it(note: str, name: str, kept: str) -> None:
    assert without_known_names(note, [name]) == kept


@pytest.mark.parametrize(
    "note",
    [
        "Brievenbus van E-4471 zit al twee weken propvol",
        "Troep in de gang, zakken voor de deur",
        "het is er van dag tot dag vol",
    ],
)
def test_what_names_nobody_stays_as_it_was(note: str) -> None:
    assert without_known_names(note, ["Joost van Dijk", "A. de Vries", "Eva Müller"]) == note


@given(
    st.text(alphabet="abcdefghijklmnoprstuvwyz", min_size=5, max_size=12),
    st.sampled_from([str.upper, str.title, str.lower]),
)
def test_no_whole_part_of_a_name_survives(surname: str, typed: type[str]) -> None:
    note = f"bij {typed(surname)} ligt rommel"
    assert LEFT_OUT in without_known_names(note, [f"Q. {surname}"])


@given(st.text(), st.lists(st.text(max_size=30), max_size=4))
def test_any_text_and_any_name_can_be_handled(note: str, names: list[str]) -> None:
    left = without_known_names(note, names)
    assert without_known_names(note, []) == note
    if not any(name_parts(name) for name in names):
        assert left == note
