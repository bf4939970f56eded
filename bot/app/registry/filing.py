"""The rows of a registry's files as records of the domain.

A row that has shifted can hold a tenant's name anywhere, so none of these shows what it holds.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from sys import intern
from typing import Generic, TypeVar

from bot.app.registry.problems import Problem, said
from bot.app.registry.row import ANSWERS, KINDS, LANGUAGES, ROLES, STATES, Row
from bot.app.registry.sheets import NotATable, lines_of
from bot.app.registry.tables import Table
from bot.domain.agreements import Agreement, Party
from bot.domain.homes import Dwelling, Neighbourhood
from bot.domain.people import Organisation, Person
from bot.domain.registry import Area, Identity
from bot.domain.tenancies import Absence

T = TypeVar("T")

OnRow = Callable[[Table, int, int], None]
"""Told, now and then, how many rows of a file were done, of about how many."""


def quietly(table: Table, done: int, total: int) -> None:
    """Nobody watches."""


EVERY = 1000
"""How many rows there are between two calls of OnRow."""


@dataclass(frozen=True, slots=True, repr=False)
class FiledTenancy:
    """A tenancy under the number the corporation knows it by; no pseudonym yet."""

    corporation: str
    contract: str
    unit: str
    contact: str | None
    starts: date
    ends: date | None
    identity: Identity


@dataclass(frozen=True, slots=True, repr=False)
class FiledCase:
    corporation: str
    code: str
    contract: str
    provider: str
    contact: str | None


@dataclass(frozen=True, slots=True, repr=False)
class FiledWorker:
    """A worker of the case's own provider; another organisation cannot be named."""

    corporation: str
    case_code: str
    person: str
    starts: date
    ends: date | None


@dataclass(frozen=True, slots=True, repr=False)
class Filed(Generic[T]):
    """A record and its row. One that is not sound only serves to be referred to."""

    row: int
    record: T
    sound: bool


@dataclass(frozen=True, slots=True, repr=False)
class Filing:
    """All that the files say. `unread` holds tables that are absent or could not be understood."""

    present: frozenset[Table]
    unread: frozenset[Table]
    organisations: Sequence[Filed[Organisation]] = ()
    people: Sequence[Filed[Person]] = ()
    neighbourhoods: Sequence[Filed[Neighbourhood]] = ()
    areas: Sequence[Filed[Area]] = ()
    dwellings: Sequence[Filed[Dwelling]] = ()
    tenancies: Sequence[Filed[FiledTenancy]] = ()
    cases: Sequence[Filed[FiledCase]] = ()
    case_workers: Sequence[Filed[FiledWorker]] = ()
    agreements: Sequence[Filed[Agreement]] = ()
    absences: Sequence[Filed[Absence]] = ()


def read_filing(
    files: Mapping[Table, Path], problems: list[Problem], on_row: OnRow = quietly
) -> Filing:
    """Reads every file whole and adds all that is wrong with single rows to `problems`."""
    unread = set(Table) - set(files)

    def read(table: Table, record: Callable[[Row], T]) -> Sequence[Filed[T]]:
        if table not in files:
            return ()
        try:
            return list(_records(table, files[table], record, problems, on_row))
        except NotATable as cause:
            problems.extend(cause.problems)
            unread.add(table)
            return ()

    filing = Filing(
        present=frozenset(files),
        unread=frozenset(),
        organisations=read(Table.ORGANISATIONS, _organisation),
        people=read(Table.PEOPLE, _person),
        neighbourhoods=read(Table.NEIGHBOURHOODS, _neighbourhood),
        areas=read(Table.AREAS, _area),
        dwellings=read(Table.DWELLINGS, _dwelling),
        tenancies=read(Table.TENANCIES, _tenancy),
        cases=read(Table.CASES, _case),
        case_workers=read(Table.CASE_WORKERS, _case_worker),
        agreements=read(Table.AGREEMENTS, _agreement),
        absences=read(Table.ABSENCES, _absence),
    )
    return replace(filing, unread=frozenset(unread))


def _records(
    table: Table,
    path: Path,
    record: Callable[[Row], T],
    problems: list[Problem],
    on_row: OnRow,
) -> Iterator[Filed[T]]:
    data = _bytes(table, path)
    total = data.count(b"\n")
    count = 0
    for count, line in enumerate(lines_of(table, data, problems), 1):
        row = Row(table, line, problems)
        made = record(row)
        yield Filed(row.number, made, row.sound)
        if count % EVERY == 0:
            on_row(table, count, total)
    on_row(table, count, count)


def _bytes(table: Table, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise NotATable([Problem(table, None, None, said("file_unreadable"))]) from None


def _organisation(row: Row) -> Organisation:
    return Organisation(
        id=row.id("organisation"), kind=row.word("kind", KINDS), name=row.text("name")
    )


def _person(row: Row) -> Person:
    return Person(
        organisation=row.id("organisation"),
        id=row.id("person"),
        role=row.word("role", ROLES),
        name=row.text("name"),
        language=row.word("language", LANGUAGES, "nl"),
        deputy=row.optional_id("deputy"),
        active=row.word("active", ANSWERS, True),
    )


def _neighbourhood(row: Row) -> Neighbourhood:
    return Neighbourhood(
        corporation=row.id("corporation"),
        id=row.id("neighbourhood"),
        name=row.text("name"),
        consultant=row.optional_id("consultant"),
    )


def _area(row: Row) -> Area:
    return Area(row.id("corporation"), row.id("person"), row.id("neighbourhood"))


def _dwelling(row: Row) -> Dwelling:
    return Dwelling(
        corporation=intern(row.id("corporation")),
        unit=row.unit("unit"),
        neighbourhood=intern(row.id("neighbourhood")),
        street=intern(row.text("street")),
        number=row.house_number("number", "addition"),
        postcode=row.postcode("postcode"),
    )


def _tenancy(row: Row) -> FiledTenancy:
    return FiledTenancy(
        corporation=row.id("corporation"),
        contract=row.contract("tenancy"),
        unit=row.unit("unit"),
        contact=row.optional_id("contact"),
        starts=row.day("starts"),
        ends=row.optional_day("ends"),
        identity=Identity(
            row.text("tenant_name"), row.phone("tenant_phone"), row.email("tenant_email")
        ),
    )


def _case(row: Row) -> FiledCase:
    return FiledCase(
        corporation=row.id("corporation"),
        code=row.id("case"),
        contract=row.contract("tenancy"),
        provider=row.id("provider"),
        contact=row.optional_id("contact"),
    )


def _case_worker(row: Row) -> FiledWorker:
    return FiledWorker(
        corporation=row.id("corporation"),
        case_code=row.id("case"),
        person=row.id("person"),
        starts=row.day("starts"),
        ends=row.optional_day("ends"),
    )


def _agreement(row: Row) -> Agreement:
    signed = {party: row.optional_day(f"signed_{party}") for party in Party}
    return Agreement(
        corporation=row.id("corporation"),
        id=row.id("agreement"),
        case_code=row.id("case"),
        state=row.word("state", STATES),
        starts=row.day("starts"),
        ends=row.day("ends"),
        signed={party: day for party, day in signed.items() if day is not None},
    )


def _absence(row: Row) -> Absence:
    return Absence(
        corporation=row.id("corporation"),
        person=row.id("person"),
        starts=row.day("starts"),
        ends=row.day("ends"),
        deputy=row.optional_id("deputy"),
    )
