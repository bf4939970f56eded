"""Every record survives storage, whatever stands in its fields."""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogues.engine import Choice, DialogueState, Screen
from bot.domain.audit import AuditLine
from bot.domain.disclosure import Field, FieldClass, Text
from bot.domain.outbox import OutboxRow, Recipient
from bot.domain.people import PersonKey
from bot.ports.store import Account, Card
from storage.accounts import GUESSES, account_of, account_row
from storage.audit import line_of, line_text
from storage.cards import CHALLENGE, card_of, card_row
from storage.dialogues import STATE
from storage.frozen import Mapper, micros, moment
from storage.outbox import outbox_row, outbox_row_of
from storage.people import ORGANISATION, PERSON
from storage.photos import PHOTO
from storage.places import DWELLING, NEIGHBOURHOOD
from storage.registry import AREA
from storage.signals import EVENT, SIGNAL
from storage.tenancies import ABSENCE, CASE, CASE_WORKER
from storage.visits import VISIT

MOMENTS = st.datetimes(timezones=st.just(UTC))
TEXTS = st.text()
KEYS = st.builds(PersonKey, TEXTS, TEXTS)
RECIPIENTS = st.one_of(
    st.builds(Recipient, KEYS),
    st.builds(Recipient, platform=TEXTS, address=TEXTS),
)
DETAILS = st.dictionaries(TEXTS, st.one_of(TEXTS, st.integers()))

WHOLE_RECORDS = (
    ABSENCE,
    AREA,
    CASE,
    CASE_WORKER,
    CHALLENGE,
    DWELLING,
    EVENT,
    GUESSES,
    NEIGHBOURHOOD,
    ORGANISATION,
    PERSON,
    PHOTO,
    SIGNAL,
    VISIT,
)


def of(cls: type[Any], **apart: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """A record with anything that fits in each of its fields, the ones with a default too."""
    with_moments = {datetime: MOMENTS, datetime | None: st.none() | MOMENTS}
    hints = get_type_hints(cls)
    each = {
        field.name: with_moments.get(hints[field.name], st.from_type(hints[field.name]))
        for field in fields(cls)
    }
    return st.builds(cls, **{**each, **apart})


@pytest.mark.parametrize("mapper", WHOLE_RECORDS, ids=lambda mapper: mapper.cls.__name__)
@given(data=st.data())
def test_a_record_comes_back_as_it_was(mapper: Mapper[Any], data: st.DataObject) -> None:
    record = data.draw(of(mapper.cls))
    assert mapper.record(mapper.row(record)) == record


@pytest.mark.parametrize(
    ("records", "to_row", "from_row"),
    [
        (of(Account, person=KEYS), account_row, account_of),
        (of(Card, person=KEYS), card_row, card_of),
        (of(OutboxRow, recipient=RECIPIENTS, details=DETAILS), outbox_row, outbox_row_of),
        (of(AuditLine), line_text, line_of),
    ],
    ids=["Account", "Card", "OutboxRow", "AuditLine"],
)
@given(data=st.data())
def test_a_record_with_parts_comes_back_as_it_was(
    records: st.SearchStrategy[Any],
    to_row: Callable[[Any], Any],
    from_row: Callable[[Any], Any],
    data: st.DataObject,
) -> None:
    record = data.draw(records)
    assert from_row(to_row(record)) == record


@given(st.data())
def test_only_plain_values_reach_the_database(data: st.DataObject) -> None:
    for mapper in WHOLE_RECORDS:
        values = mapper.row(data.draw(of(mapper.cls))).values()
        assert {type(value) for value in values} <= {str, int, bytes, type(None)}


CLASSES = st.sampled_from(FieldClass)
SHALLOW = st.builds(Field, st.one_of(TEXTS, st.integers()), CLASSES)
TEXT = st.recursive(
    st.builds(Text, TEXTS, st.dictionaries(TEXTS, SHALLOW, max_size=2)),
    lambda inner: st.builds(
        Text,
        TEXTS,
        st.dictionaries(
            TEXTS,
            st.builds(Field, st.one_of(inner, st.lists(inner, max_size=2).map(tuple)), CLASSES),
            max_size=2,
        ),
    ),
    max_leaves=4,
)
CHOICES = st.builds(Choice, TEXT, st.dictionaries(TEXTS, st.none() | TEXTS, max_size=2))
SCREENS = st.builds(Screen, TEXT, st.lists(CHOICES, max_size=3).map(tuple), st.none() | TEXT)
STATES = of(
    DialogueState, screen=st.none() | SCREENS, answers=st.dictionaries(TEXTS, TEXTS, max_size=3)
)


@given(STATES)
def test_a_running_dialogue_comes_back_as_it_was(state: DialogueState) -> None:
    assert STATE.loads(STATE.dumps(state)) == state


def test_a_dialogue_keeps_half_an_emoji() -> None:
    answers = {"note": "kapot \ud83d"}
    state = DialogueState("d", "intake", "", answers, None, 1, datetime(2026, 1, 1, tzinfo=UTC))
    assert STATE.loads(STATE.dumps(state)).answers == answers


def test_what_is_no_dialogue_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="revision"):
        STATE.loads(json.dumps({"id": "d"}))


@given(MOMENTS)
def test_moments_are_exact(at: datetime) -> None:
    assert moment(micros(at)) == at


def test_moments_of_another_zone_are_the_same_moment() -> None:
    summer = datetime.fromisoformat("2026-07-01T12:00:00+02:00")
    assert moment(micros(summer)) == summer
    assert moment(micros(summer)).utcoffset() == timedelta(0)


def test_a_record_that_cannot_be_a_row_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="no column type"):
        Mapper(DialogueState)


def test_days_read_as_they_sort() -> None:
    days = [date(2026, 11, 2), date(999, 1, 1), date(2026, 1, 31)]
    assert sorted(day.isoformat() for day in days) == [day.isoformat() for day in sorted(days)]
