"""What may be shown to whom, by which door (docs/domain.md, "Disclosure")."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.disclosure import (
    AUDIENCE_CLEARANCE,
    DOOR_CLEARANCE,
    Audience,
    Door,
    Field,
    FieldClass,
    NotCleared,
    Text,
    Value,
    check_cleared,
    housing_fact,
    may_show,
    note,
    own_form,
    public,
    reference,
)

# Every class × audience × door, written out a second time. p public, r reference, f own form,
# h housing fact, n note, i identity; a dot where it must not be shown.
SHOWN = """
                  telegram   matrix    asked     case_room  console
stranger          p.....     p.....    p.....    p.....     p.....
manager           prf...     prf...    pr....    pr....     pr....
owner             prf...     prfhn.    pr...i    pr.h..     pr.hn.
care_worker       prf...     prfh..    pr....    pr.h..     pr.h..
coordinator       pr....     pr....    pr....    pr....     pr....
privacy_officer   pr....     pr....    pr....    pr....     pr....
administrator     pr....     pr....    pr....    pr....     pr....
"""
LETTERS = dict(zip("prfhni", FieldClass, strict=True))


def shown() -> set[tuple[FieldClass, Audience, Door]]:
    doors, *rows = (line.split() for line in SHOWN.strip().splitlines())
    return {
        (LETTERS[letter], Audience(audience), Door(door))
        for audience, *cells in rows
        for door, letters in zip(doors, cells, strict=True)
        for letter in letters.replace(".", "")
    }


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("door", Door)
def test_exactly_what_the_table_holds_may_be_shown(audience: Audience, door: Door) -> None:
    for cls in FieldClass:
        assert may_show(cls, audience, door) is ((cls, audience, door) in shown())


def test_every_audience_and_door_has_a_clearance() -> None:
    assert set(AUDIENCE_CLEARANCE) == set(Audience)
    assert set(DOOR_CLEARANCE) == set(Door)


def test_telegram_carries_no_content_whoever_reads() -> None:
    content = (FieldClass.HOUSING_FACT, FieldClass.NOTE, FieldClass.IDENTITY)
    for cls, audience in product(content, Audience):
        assert not may_show(cls, audience, Door.TELEGRAM)


def test_a_stranger_is_shown_fixed_words_only() -> None:
    for cls, door in product(set(FieldClass) - {FieldClass.PUBLIC}, Door):
        assert not may_show(cls, Audience.STRANGER, door)


# the choke point

audiences, doors = st.sampled_from(Audience), st.sampled_from(Door)


def texts_with(values: st.SearchStrategy[Value]) -> st.SearchStrategy[Text]:
    fields = st.builds(Field, values, st.sampled_from(FieldClass))
    return st.dictionaries(st.sampled_from("ab"), fields, max_size=2).map(
        lambda fields: Text("some.key", fields)
    )


plain: st.SearchStrategy[Value] = st.sampled_from(["E-4471", 3])
texts = st.recursive(
    texts_with(plain),
    lambda inner: texts_with(st.one_of(plain, inner, st.lists(inner, max_size=2).map(tuple))),
    max_leaves=6,
)


def classes_in(text: Text) -> list[FieldClass]:
    """Every class anywhere in a text, found by walking it the slow and obvious way."""
    found, waiting = [], [text]
    while waiting:
        for field in waiting.pop().fields.values():
            found.append(field.cls)
            if isinstance(field.value, Text):
                waiting.append(field.value)
            elif isinstance(field.value, tuple):
                waiting.extend(field.value)
    return found


@given(texts, audiences, doors)
def test_nothing_above_the_clearance_passes_however_deep(
    text: Text, audience: Audience, door: Door
) -> None:
    above = {cls for cls in classes_in(text) if (cls, audience, door) not in shown()}
    try:
        check_cleared(text, audience, door)
        refused = False
    except NotCleared:
        refused = True
    assert refused is bool(above)


@pytest.mark.parametrize(
    "hidden",
    [
        Text("card", {"note": note("canary")}),
        Text("card", {"inner": public(Text("line", {"note": note("canary")}))}),
        Text("card", {"lines": own_form((Text("a"), Text("b", {"note": note("canary")})))}),
        Text("a", {"b": public(Text("b", {"c": public((Text("c", {"d": note("canary")}),))}))}),
    ],
    ids=["outside", "inside", "in a line", "three deep"],
)
def test_a_note_does_not_slip_through_inside_something_harmless(hidden: Text) -> None:
    with pytest.raises(NotCleared) as refusal:
        check_cleared(hidden, Audience.OWNER, Door.TELEGRAM)
    assert "note" in str(refusal.value)
    assert "canary" not in str(refusal.value)
    check_cleared(hidden, Audience.OWNER, Door.MATRIX)


def test_a_refusal_names_each_class_once_and_no_value() -> None:
    text = Text("card", {"a": note("canary"), "b": housing_fact("canary"), "c": note("canary")})
    with pytest.raises(NotCleared, match="card: housing_fact, note for manager by telegram"):
        check_cleared(text, Audience.MANAGER, Door.TELEGRAM)


def test_a_sentence_without_fields_may_go_to_anybody() -> None:
    for audience, door in product(Audience, Door):
        check_cleared(Text("greeting"), audience, door)


def test_each_helper_gives_its_class() -> None:
    made = [public(1), reference(1), own_form(1), housing_fact(1), note(1)]
    assert [field.cls for field in made] == [
        FieldClass.PUBLIC,
        FieldClass.REFERENCE,
        FieldClass.OWN_FORM,
        FieldClass.HOUSING_FACT,
        FieldClass.NOTE,
    ]
