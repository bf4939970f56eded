"""How people name homes (docs/domain.md, "Public holidays, formats, words")."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.homes import (
    Dwelling,
    PlaceName,
    is_postcode,
    is_unit_key,
    keys_of,
    places_named,
    postcode_key,
    street_key,
    unit_key,
)


def a_home(
    unit: str = "E-4471",
    street: str = "Voorbeeldstraat",
    number: str = "12",
    postcode: str = "7511 AB",
) -> Dwelling:
    return Dwelling("wcv", unit, "noord", street, number, postcode)


HOME = a_home()
CORNER = a_home("E-4472", number="14b", postcode="7511 AC")
LANE = a_home("E-2210", "van der Testlaan", "3B", "7512 XY")
FLAT = a_home("E-3105", "Plein 1944", "12-3", "7513 BC")
CAFE = a_home("E-1203", "Caféhof", "7", "7514 DE")
HOMES = (HOME, CORNER, LANE, FLAT, CAFE)


def named_in(text: str) -> list[str]:
    """The units that a text names, likeliest first, as a look-up in the registry finds them."""
    found = [
        home.unit for place in places_named(text) for home in HOMES if place.key in keys_of(home)
    ]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize(
    "written",
    [
        "E-4471",
        "e4471",
        "E4471",
        "E 4471",
        "e - 4471",
        "e.4471",
        "E‑4471",
        "E–4471",
        "E\u00a04471",
        "E\u200b4471",
        "E-٤٤٧١",
        "eenheid E4471",
        "(E-4471)",
        "\tE-4471\n",
    ],
)
def test_a_unit_may_be_written_in_many_ways(written: str) -> None:
    assert named_in(written) == ["E-4471"]
    assert named_in(f"brievenbus van {written} zit vol") == ["E-4471"]


@pytest.mark.parametrize(
    "written",
    [
        "7511 AB 12",
        "7511AB12",
        "7511ab 12",
        "7511 AB, 12",
        "7511 AB nr 12",
        "7511 AB nr. 12",
        "7511 AB huisnummer 12",
        "postcode 7511AB nummer: 12",
        "7511 AB - 12",
    ],
)
def test_a_postcode_with_a_number_names_a_home(written: str) -> None:
    assert named_in(written) == ["E-4471"]
    assert named_in(f"troep in de gang bij {written}, al dagen") == ["E-4471"]


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("Voorbeeldstraat 12", "E-4471"),
        ("voorbeeldstraat 12", "E-4471"),
        ("VOORBEELDSTRAAT 12", "E-4471"),
        ("Voorbeeldstraat nr 12", "E-4471"),
        ("Voorbeeldstraat nr. 12", "E-4471"),
        ("Voorbeeldstraat, nummer 12", "E-4471"),
        ("Voorbeeldstraat12", "E-4471"),
        ("Voorbeeldstraat 12: troep", "E-4471"),
        ("Voorbeeldstraat 12, 7511 AB", "E-4471"),
        ("Voorbeeldstraat 12 - vuil", "E-4471"),
        ("voorbeeldstraat 14b", "E-4472"),
        ("Voorbeeldstraat 14 B", "E-4472"),
        ("Voorbeeldstraat 14-b", "E-4472"),
        ("van der Testlaan 3 B", "E-2210"),
        ("Van Der Testlaan 3b", "E-2210"),
        ("v.d. van der Testlaan 3B", "E-2210"),
        ("Plein 1944 12-3", "E-3105"),
        ("plein 1944 nr 12/3", "E-3105"),
        ("Cafehof 7", "E-1203"),
        ("CAFÉHOF 7", "E-1203"),
        ("Cafe\u0301hof 7", "E-1203"),
    ],
)
def test_a_street_with_a_number_names_a_home(written: str, unit: str) -> None:
    assert named_in(written) == [unit]
    assert named_in(f"Net gezien op de {written}") == [unit]


@pytest.mark.parametrize(
    ("sentence", "units"),
    [
        ("Brievenbus van E-4471 zit al twee weken propvol.", ["E-4471"]),
        ("Voorbeeldstraat 12: troep in de gang, vuilniszakken voor de deur.", ["E-4471"]),
        ("Gordijnen bij E-4471 al dagen dicht, dag en nacht.", ["E-4471"]),
        ("Buurvrouw van nr 14 belde: harde muziek 's nachts bij E-2210.", ["E-2210"]),
        ("Sterke gaslucht in portiek Voorbeeldflat B!", []),
        ("Meneer op E-3105 al vijf dagen niet gezien, tv staat aan, doet niet open.", ["E-3105"]),
        ("J. Jansen op nr 12 is weer psychotisch.", []),
        ("BSN 123456782 hoort bij E-2210.", ["E-2210"]),
        ("Dossier 123456789 heeft nog rommel staan.", []),
        ("Bel haar even op 06-12345678, E-1203, ze wil praten.", ["E-1203"]),
        ("Hij is bipolair en slikt lithium, zegt zijn begeleider. E-4471", ["E-4471"]),
        ("Heeft 14b een driepartijencontract? Dan weet ik of ik moet melden.", []),
        ("Gang bij E-4471 is opgeruimd, alles oké.", ["E-4471"]),
        ("E-4471 en E-2210: rommel in de gang", ["E-4471", "E-2210"]),
    ],
)
def test_the_sentences_of_the_rules_name_their_homes(sentence: str, units: list[str]) -> None:
    assert named_in(sentence) == units


@pytest.mark.parametrize("bare", ["nr 14b", "14b", "12", "nummer 12", "op 12", "huisnr. 12"])
def test_a_number_alone_names_no_home(bare: str) -> None:
    assert named_in(bare) == []


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("E-44711", "one digit more"),
        ("E-447", "one digit less"),
        ("XE-4471", "another letter in front"),
        ("E-4471b", "a letter behind"),
        ("Voorbeeldstraat 123", "12-3 is not 123"),
        ("Voorbeeldstraat 1", "another number"),
        ("7511 AC 12", "another postcode"),
        ("Plein 1944 123", "12-3 is not 123"),
    ],
)
def test_almost_is_not_the_same(text: str, other: str) -> None:
    assert named_in(text) == [], other


def test_an_addition_that_may_be_a_word_is_offered_both_ways() -> None:
    text = "Voorbeeldstraat 12 a"
    offered = [text[place.start : place.end] for place in places_named(text)]
    assert offered == ["Voorbeeldstraat 12 a", "Voorbeeldstraat 12"]


def test_likeliest_comes_first() -> None:
    text = "Voorbeeldstraat 12, dus 7511 AC 14b, ik bedoel E-2210"
    assert named_in(text) == ["E-2210", "E-4472", "E-4471"]


def test_a_postcode_is_no_street_and_no_unit() -> None:
    text = "7511 AB 12: troep in de gang"
    assert [text[place.start : place.end] for place in places_named(text)] == ["7511 AB 12"]


@pytest.mark.parametrize("unit", ["A12-03", "10234", "1-204"])
def test_a_unit_of_another_shape_is_found_as_a_short_answer(unit: str) -> None:
    assert unit_key(unit) in {place.key for place in places_named(unit.lower())}


def test_a_text_without_a_number_names_nothing() -> None:
    assert places_named("Er ligt troep in de gang") == ()
    assert places_named("") == ()
    assert places_named("  \n") == ()


# any text at all

texts = st.one_of(
    st.text(),
    st.text(alphabet="Ee-4471 \n.,'12abAB/:\u200b\u00e9İßǅ²½٤１", max_size=60),
    st.lists(
        st.sampled_from(["E-4471", "nr", "Voorbeeldstraat", "12", "12-3", "7511", "AB", ",", "b"])
    ).map(" ".join),
)


@given(texts)
@example("E" + " " * 4000 + "1")
@example("1 " * 2000)
@example("straat 1 " * 400)
@example("a" * 4000 + " 1")
def test_no_text_breaks_it_or_gives_endless_places(text: str) -> None:
    places = places_named(text)
    assert len(places) <= 60
    for place in places:
        assert 0 <= place.start < place.end <= len(text)


@given(
    st.lists(
        st.sampled_from(
            ["E-4471", "nr", "Voorbeeldstraat", "12", "14", "b", "7511", "AB", ",", "Plein", "1944"]
        )
    ).map(" ".join)
)
def test_two_namings_of_one_home_never_overlap(text: str) -> None:
    """Whoever replaces a home in a text by its unit would otherwise cut a piece out twice."""
    for home in HOMES:
        places = sorted(
            (place for place in places_named(text) if place.key in keys_of(home)),
            key=lambda place: place.start,
        )
        for one, other in pairwise(places):
            assert one.end <= other.start


letters = st.text(alphabet="ABEWXZ", min_size=1, max_size=3)
numbers = st.integers(1, 9_999_999).map(str)
words_around = st.sampled_from(["", "vuil bij ", "Bij ", "zie: ", "(", "…"])
words_after = st.sampled_from(["", ".", ", al dagen", " zit vol", ")", "!"])


@given(letters, numbers, st.sampled_from(["-", " ", "", ".", " - "]), words_around, words_after)
def test_any_unit_is_found_in_any_sentence(
    prefix: str, number: str, between: str, before: str, after: str
) -> None:
    text = f"{before}{prefix.lower()}{between}{number}{after}"
    assert unit_key(f"{prefix}-{number}") in {place.key for place in places_named(text)}


street_words = st.text(alphabet="abdeiklorstuvéë", min_size=2, max_size=12)
streets = st.lists(street_words, min_size=1, max_size=4).map(" ".join)
house_numbers = st.tuples(
    st.integers(1, 99_999).map(str), st.sampled_from(["", "a", "-3", "bis", "a-2"])
).map("".join)


@given(streets, house_numbers, words_around, words_after)
def test_any_street_with_a_number_is_found_in_any_sentence(
    street: str, number: str, before: str, after: str
) -> None:
    text = f"{before}{street} {number}{after}"
    assert street_key(street, number) in {place.key for place in places_named(text)}


@given(st.text(), st.text(), st.text())
def test_keys_can_be_made_of_anything_and_keep_their_kind(one: str, two: str, three: str) -> None:
    assert is_unit_key(unit_key(one))
    assert not is_unit_key(postcode_key(one, two))
    assert not is_unit_key(street_key(two, three))


def test_a_place_says_where_it_stands() -> None:
    assert places_named("vuil: e 4471!") == (PlaceName(unit_key("E-4471"), 6, 12),)


# postcodes


@pytest.mark.parametrize("written", ["7511 AB", "7511AB", "7511 ab", " 1000 ZZ ", "7511\u00a0AB"])
def test_a_postcode(written: str) -> None:
    assert is_postcode(written)


@pytest.mark.parametrize(
    "written",
    ["0511 AB", "7511", "7511 A", "7511 ABC", "7511 SA", "7511 sd", "7511 SS", "75 11 AB", ""],
)
def test_no_postcode(written: str) -> None:
    assert not is_postcode(written)
