"""Who is away when, whom it leads to, and when somebody goes and is back."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.absences import (
    DAY,
    ended,
    is_away,
    is_settled,
    next_boundary,
    stands_in_for_itself,
)
from bot.domain.people import Person, Role
from bot.domain.routing import Staff, settled
from bot.domain.tenancies import Absence
from tests.app.town import CALENDAR

MONDAY = date(2026, 11, 23)
IDS = ("anna", "ben", "cas", "dora")


def people(**deputies: str | None) -> dict[str, Person]:
    """Consultants with their usual deputies; dora is the team lead."""
    return {
        id: Person(
            "voorbeeld",
            id,
            Role.TEAM_LEAD if id == "dora" else Role.CONSULTANT,
            id.title(),
            deputy=deputies.get(id),
        )
        for id in IDS
    }


def away(person: str, first: int, last: int, deputy: str | None = None) -> Absence:
    """Days are counted from the Monday."""
    return Absence(
        "voorbeeld", person, MONDAY + timedelta(days=first), MONDAY + timedelta(days=last), deputy
    )


@pytest.mark.parametrize(
    ("planned", "others", "goes_round"),
    [
        (away("anna", 0, 5, "ben"), [], False),
        (away("anna", 0, 5, "ben"), [away("ben", 0, 5, "cas")], False),
        (away("anna", 0, 5, "ben"), [away("ben", 0, 5, "anna")], True),
        (away("anna", 0, 5, "ben"), [away("ben", 6, 9, "anna")], False),
        (away("anna", 0, 5, "ben"), [away("ben", 5, 9, "anna")], True),
        (away("anna", 0, 5, "ben"), [away("ben", 0, 2, "cas"), away("cas", 3, 9, "anna")], False),
        (away("anna", 0, 5, "ben"), [away("ben", 0, 3, "cas"), away("cas", 3, 9, "anna")], True),
        (away("anna", 0, 5, "ben"), [away("ben", 0, 5, "cas"), away("cas", 0, 5, "ben")], False),
        (away("anna", 0, 5), [away("ben", 0, 5)], True),
        (away("anna", 0, 5, "cas"), [away("ben", 0, 5)], False),
    ],
)
def test_a_circle_counts_on_days_when_all_in_it_are_away(
    planned: Absence, others: list[Absence], goes_round: bool
) -> None:
    usual = people(anna="ben", ben="anna")
    assert stands_in_for_itself(planned, others, usual) is goes_round


absences = st.builds(
    lambda person, first, length, deputy: away(person, first, first + length, deputy),
    st.sampled_from(IDS),
    st.integers(0, 12),
    st.integers(0, 8),
    st.sampled_from((*IDS, None)),
).filter(lambda absence: absence.deputy != absence.person)


@given(planned=absences, others=st.lists(absences, max_size=5, unique_by=lambda one: one.person))
def test_the_same_as_following_the_chain_every_single_day(
    planned: Absence, others: list[Absence]
) -> None:
    usual = people(anna="ben", ben="cas", cas="anna")
    beside = [one for one in others if one.person != planned.person]
    assert stands_in_for_itself(planned, beside, usual) is any(
        planned.person in _chain([*beside, planned], usual, planned.person, day)
        for day in _days(planned)
    )


def _days(absence: Absence) -> Iterator[date]:
    day = absence.starts
    while day <= absence.ends:
        yield day
        day += DAY


def _chain(
    absences: list[Absence], usual: dict[str, Person], person: str, day: date
) -> list[str | None]:
    """Deputies one after another, for as many steps as there are people."""
    found: list[str | None] = []
    current: str | None = person
    for _ in IDS:
        now = [one for one in absences if one.person == current and is_away(one, day)]
        if not now or current is None:
            break
        current = now[0].deputy or usual[current].deputy
        found.append(current)
    return found


@pytest.mark.parametrize(
    ("absence", "now", "moment"),
    [
        (away("anna", 3, 4), (23, 9, 0), (26, 7, 30)),
        (away("anna", 0, 4), (23, 9, 0), (30, 7, 30)),
        (away("anna", 5, 5), (23, 9, 0), (30, 7, 30)),
        (away("anna", 0, 1), (25, 7, 29), (25, 7, 30)),
        (away("anna", 0, 1), (25, 7, 30), None),
    ],
)
def test_the_next_moment_is_when_the_office_opens(
    absence: Absence, now: tuple[int, int, int], moment: tuple[int, int, int] | None
) -> None:
    """In UTC: the office opens at half past eight in Amsterdam, half past seven in winter."""
    day, hour, minute = now
    found = next_boundary([absence], datetime(2026, 11, day, hour, minute, tzinfo=UTC), CALENDAR)
    expected = datetime(2026, 11, *moment, tzinfo=UTC) if moment else None
    assert found == expected


@pytest.mark.parametrize(("first", "last"), [(-3, 5), (0, 5), (4, 5), (0, 0), (-3, 0)])
def test_what_is_ended_today_is_over(first: int, last: int) -> None:
    left = ended(away("anna", first, last), MONDAY)
    assert not is_settled(away("anna", first, last), MONDAY)
    assert is_settled(left, MONDAY)
    assert not any(is_away(left, MONDAY + timedelta(days=day)) for day in range(10))
    assert all(is_away(left, MONDAY + timedelta(days=day)) for day in range(first, 0))


@pytest.mark.parametrize(
    ("owner", "belongs_to", "gone", "unreachable", "expected"),
    [
        ("anna", None, set(), (), ("anna", None)),
        ("anna", None, {"anna"}, (), ("ben", "anna")),
        ("anna", None, {"anna", "ben"}, (), ("cas", "anna")),
        ("anna", None, {"anna", "ben", "cas"}, (), ("dora", "anna")),
        ("anna", None, set(IDS), (), ("anna", None)),
        ("anna", None, {"anna"}, ("ben",), ("cas", "anna")),
        ("anna", None, set(), ("anna",), ("anna", None)),
        ("ben", "anna", {"anna"}, (), ("ben", "anna")),
        ("ben", "anna", set(), (), ("anna", None)),
        ("ben", "anna", {"anna", "ben"}, (), ("cas", "anna")),
        ("ben", "anna", {"ben"}, ("anna",), ("cas", "anna")),
        ("cas", "anna", {"anna"}, (), ("cas", "anna")),
    ],
)
def test_where_an_open_matter_should_be(
    owner: str,
    belongs_to: str | None,
    gone: set[str],
    unreachable: tuple[str, ...],
    expected: tuple[str, str | None],
) -> None:
    usual = people(anna="ben", ben="cas", cas="anna")
    staff = Staff(usual, frozenset(gone), frozenset(unreachable))
    assert settled(owner, belongs_to, staff) == expected
