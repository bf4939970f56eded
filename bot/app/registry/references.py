"""Checks that every table has in common: what a row refers to exists, and is of the right sort.

A reference is only looked at where its table could be read and its corporation is known, so that
one fault is told once.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from bot.app.registry.filing import Filed
from bot.app.registry.known import Key, Known
from bot.app.registry.problems import Level, Problem, said
from bot.app.registry.tables import Table
from bot.domain.disclosure import Text
from bot.domain.people import OWNER_ROLES, OrganisationKind, Person

T = TypeVar("T")


def at(
    table: Table, filed: Filed[T], column: str, text: Text, level: Level = Level.ERROR
) -> Problem:
    return Problem(table, filed.row, column, text, level)


def duplicates(
    table: Table,
    column: str,
    rows: Sequence[Filed[T]],
    key: Callable[[T], tuple[str | date, ...]],
) -> Iterator[Problem]:
    first: dict[tuple[str | date, ...], int] = {}
    for filed in rows:
        its_key = key(filed.record)
        if "" in its_key or date.min in its_key:
            continue
        earlier = first.setdefault(its_key, filed.row)
        if earlier != filed.row:
            yield at(table, filed, column, said(f"twice.{table.stem}", row=earlier))


def _is_corporation(organisation: str, known: Known) -> bool:
    return known.kind(organisation) is OrganisationKind.CORPORATION


def corporation_problems(table: Table, filed: Filed[T], id: str, known: Known) -> Iterator[Problem]:
    if known.kind(id) is OrganisationKind.PROVIDER:
        yield at(table, filed, "corporation", said("not_a_corporation"))
    else:
        yield from organisation_problems(table, filed, "corporation", id, known)


def organisation_problems(
    table: Table, filed: Filed[T], column: str, id: str, known: Known
) -> Iterator[Problem]:
    if id and known.organisations is not None and id not in known.organisations:
        near = known.closest(Table.ORGANISATIONS, "", id)
        yield at(table, filed, column, _unknown(Table.ORGANISATIONS, near))


def neighbourhood_problems(
    table: Table, filed: Filed[T], corporation: str, id: str, known: Known
) -> Iterator[Problem]:
    if not id or known.neighbourhoods is None or not _is_corporation(corporation, known):
        return
    if (corporation, id) not in known.neighbourhoods:
        near = known.closest(Table.NEIGHBOURHOODS, corporation, id)
        yield at(table, filed, "neighbourhood", _unknown(Table.NEIGHBOURHOODS, near))


def unit_problems(
    table: Table, filed: Filed[T], corporation: str, unit: str, known: Known
) -> Iterator[Problem]:
    if not unit or known.units is None or not _is_corporation(corporation, known):
        return
    if known.unit(corporation, unit) is None:
        yield at(table, filed, "unit", _unknown(Table.DWELLINGS, None))


def tenancy_problems(
    table: Table, filed: Filed[T], corporation: str, contract: str, known: Known
) -> Iterator[Problem]:
    if not contract or known.tenancies is None or not _is_corporation(corporation, known):
        return
    if (corporation, contract) not in known.tenancies:
        yield at(table, filed, "tenancy", _unknown(Table.TENANCIES, None))


def case_problems(
    table: Table, filed: Filed[T], corporation: str, code: str, known: Known
) -> Iterator[Problem]:
    if not code or known.cases is None or not _is_corporation(corporation, known):
        return
    if (corporation, code) not in known.cases:
        yield at(table, filed, "case", _unknown(Table.CASES, None))


def colleague(
    table: Table, filed: Filed[T], column: str, key: Key, known: Known
) -> Person | Problem | None:
    """The person, or what is wrong; None when that cannot be said because of another problem."""
    organisation, id = key
    if not id or known.people is None or known.kind(organisation) is None:
        return None
    found = known.people.get(key)
    if found is not None:
        return found
    near = known.closest(Table.PEOPLE, organisation, id)
    return at(table, filed, column, _unknown(Table.PEOPLE, near))


def owner_problems(
    table: Table, filed: Filed[T], column: str, corporation: str, id: str | None, known: Known
) -> Iterator[Problem]:
    """A fixed contact or consultant: an own colleague who can be responsible for signals."""
    found = colleague(table, filed, column, (corporation, id or ""), known)
    if isinstance(found, Problem):
        yield found
    elif found and found.role not in OWNER_ROLES:
        yield at(table, filed, column, said("not_an_owner"))
    elif found and not found.active:
        yield at(table, filed, column, said("owner_inactive"), Level.WARNING)


def order_problems(
    table: Table, filed: Filed[T], starts: date, ends: date | None
) -> Iterator[Problem]:
    if filed.sound and ends is not None and ends < starts:
        yield at(table, filed, "ends", said("ends_before_start"))


def _unknown(table: Table, near: str | None) -> Text:
    if near is None:
        return said("reference_unknown", file=table)
    return said("reference_unknown_close", file=table, suggestion=near)
