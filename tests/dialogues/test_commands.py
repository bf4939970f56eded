"""Command lines the way people type them."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogues.commands import (
    COMMANDS,
    VERB_OF,
    Command,
    Incomplete,
    Needs,
    Unknown,
    Verb,
    nearest,
    parse,
)

REF = "7KM-2Q4F"
CASE = "ZK-ROOD-17"
ABOUT = {Needs.NOTHING: "", Needs.REFERENCE: REF, Needs.CASE: CASE}
NAMES = [(name, verb) for verb, form in COMMANDS.items() for name in form.names]


@pytest.mark.parametrize(("name", "verb"), NAMES)
def test_every_name_of_every_command_is_understood(name: str, verb: Verb) -> None:
    about = ABOUT[COMMANDS[verb].needs]

    assert parse(f"!{name} {about}") == Command(verb, about)


@pytest.mark.parametrize(("name", "verb"), NAMES)
@given(data=st.data())
def test_case_and_spaces_do_not_matter(name: str, verb: Verb, data: st.DataObject) -> None:
    about = ABOUT[COMMANDS[verb].needs]
    shouted = "".join(data.draw(st.sampled_from((c.upper(), c.lower()))) for c in name)
    gap = " " * data.draw(st.integers(1, 4))
    line = f"{gap}! {shouted}{gap}{about.lower()}{gap}"

    assert parse(line) == Command(verb, about)


def test_no_two_commands_share_a_name() -> None:
    for one, other in combinations(COMMANDS.values(), 2):
        assert not set(one.names) & set(other.names)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("!later 7KM-2Q4F 2d", Command(Verb.LATER, REF, "2d")),
        ("!later 7km2q4f volgende week di", Command(Verb.LATER, REF, "volgende week di")),
        ("!klaar 7km 2q4f opgelost", Command(Verb.DONE, REF, "opgelost")),
        ("klaar 7KM-2Q4F opgelost", Command(Verb.DONE, REF, "opgelost")),
        ("oppakken 7km-2q4f", Command(Verb.TAKE_UP, REF)),
        ("zaken", Command(Verb.CASES)),
        ("Help", Command(Verb.HELP)),
        ("!intrekken zk-rood-17", Command(Verb.WITHDRAW, CASE)),
        (
            "!signaal ZK-ROOD-17 geluid spoed Muziek tot 3 uur",
            Command(Verb.SIGNAL, "", "ZK-ROOD-17 geluid spoed Muziek tot 3 uur"),
        ),
        ("!signaal", Command(Verb.SIGNAL)),
        ("!oppakken", Incomplete(Verb.TAKE_UP)),
        ("!oppakken die van gisteren", Incomplete(Verb.TAKE_UP)),
        ("!wie", Incomplete(Verb.WHO)),
        ("!opakken 7KM-2Q4F", Unknown(Verb.TAKE_UP)),
        ("!colega 7KM-2Q4F", Unknown(Verb.COLLEAGUE)),
        ("!zakne", Unknown(Verb.CASES)),
        ("!xyzzy", Unknown(None)),
        ("!", Unknown(None)),
    ],
)
def test_what_a_line_asks_for(line: str, command: object) -> None:
    assert parse(line) == command


@pytest.mark.parametrize(
    "line",
    [
        "1",
        "ok",
        "later bel ik terug",
        "open raam bij de buren",
        "klaar met de tuin",
        "wie is dat",
        "help ik kan er niet in",
        "stop daarmee",
        "",
    ],
)
def test_ordinary_words_are_no_command(line: str) -> None:
    assert parse(line) is None


@given(st.sampled_from(sorted(name for name in VERB_OF if len(name) >= 5)), st.data())
def test_a_slip_of_the_finger_still_finds_a_command(name: str, data: st.DataObject) -> None:
    gone = data.draw(st.integers(0, len(name) - 1))

    assert nearest(name[:gone] + name[gone + 1 :]) is not None


@given(st.text(max_size=200))
def test_any_text_at_all_is_read_without_fault(line: str) -> None:
    read = parse(line)

    if isinstance(read, Command):
        assert (read.about != "") == (COMMANDS[read.verb].needs is not Needs.NOTHING)
