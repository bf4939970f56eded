"""What an import would change: the files beside what is stored (docs/registry.md).

The files are a full set for the organisations they name. Who is not in them any more stops working
here; homes, tenancies, cases and agreements that are missing are kept and told.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

from bot.app.registry.filing import Filing
from bot.app.registry.known import Known
from bot.app.registry.problems import Level, Problem, said
from bot.app.registry.records import (
    NumberIndex,
    Stored,
    absences_from,
    agreements_from,
    case_workers_from,
    cases_from,
    dwellings_from,
    people_from,
    tenancies_from,
)
from bot.app.registry.tables import Table
from bot.domain.agreements import Agreement
from bot.domain.homes import Dwelling, Neighbourhood, unit_key
from bot.domain.people import Organisation, Person, PersonKey
from bot.domain.registry import RUNNING, Area, last_day_of, overlapping
from bot.domain.tenancies import Absence, Case, CaseWorker
from bot.ports.registry import TenancyRecord

T = TypeVar("T")
KIND_OF: Mapping[Table, type[Any]] = {
    Table.ORGANISATIONS: Organisation,
    Table.PEOPLE: Person,
    Table.NEIGHBOURHOODS: Neighbourhood,
    Table.AREAS: Area,
    Table.DWELLINGS: Dwelling,
    Table.TENANCIES: TenancyRecord,
    Table.CASES: Case,
    Table.CASE_WORKERS: CaseWorker,
    Table.AGREEMENTS: Agreement,
    Table.ABSENCES: Absence,
}
KEPT = frozenset(
    {Table.NEIGHBOURHOODS, Table.DWELLINGS, Table.TENANCIES, Table.CASES, Table.AGREEMENTS}
)
"""Tables whose rows are kept, and told, when they are missing from the files."""

Period = tuple[date, date | None, int]
"""First day, last day or open, and the row that says so."""
_STORED = 0
"""Stands for the row of what is only stored."""


@dataclass(frozen=True, slots=True)
class Change(Generic[T]):
    """What happens to the records of one organisation in one table.

    Of what is missing from the file, `ended` is changed, `removed` deleted, and `kept` left alone.
    """

    table: Table
    organisation: str
    new: Sequence[T]
    changed: Sequence[T]
    ended: Sequence[T]
    removed: Sequence[T]
    kept: Sequence[T]
    same: int

    @property
    def written(self) -> Sequence[T]:
        return [*self.new, *self.changed, *self.ended]


@dataclass(frozen=True, slots=True)
class Plan:
    """All changes, in an order in which they can be written, and who loses their links."""

    changes: Sequence[Change[Any]]
    leaving: Sequence[PersonKey]
    problems: Sequence[Problem]


def plan(
    filing: Filing, known: Known, stored: Stored, number_index: NumberIndex, today: date
) -> Plan:
    """Compares sound files with what is stored. Its problems can hold errors of their own."""
    problems: list[Problem] = []
    tenancies = tenancies_from(filing, known, stored, number_index, problems)
    agreements = agreements_from(filing, stored, problems)
    wanted: Mapping[Table, Iterable[Any]] = {
        Table.ORGANISATIONS: [filed.record for filed in filing.organisations],
        Table.PEOPLE: people_from(filing, stored),
        Table.NEIGHBOURHOODS: [filed.record for filed in filing.neighbourhoods],
        Table.AREAS: [filed.record for filed in filing.areas],
        Table.DWELLINGS: dwellings_from(filing, stored),
        Table.TENANCIES: tenancies.values(),
        Table.CASES: cases_from(filing, tenancies, number_index),
        Table.CASE_WORKERS: case_workers_from(filing, known),
        Table.AGREEMENTS: agreements,
        Table.ABSENCES: absences_from(filing, stored, today),
    }
    organisations = [filed.record.id for filed in filing.organisations]
    changes = [
        change
        for table in Table
        if table in filing.present
        for change in _compare(table, organisations, wanted[table], stored, today)
    ]
    problems += _clashes_with_kept(filing, changes)
    problems += _told_as_missing(changes, today)
    return Plan(changes, _leaving(changes, stored), problems)


def _compare(
    table: Table,
    organisations: Iterable[str],
    wanted: Iterable[Any],
    stored: Stored,
    today: date,
) -> Iterator[Change[Any]]:
    wanted_of: defaultdict[str, dict[Hashable, Any]] = defaultdict(dict)
    for record in wanted:
        organisation, key = _key(record)
        wanted_of[organisation][key] = record
    for organisation in organisations:
        before = {_key(record)[1]: record for record in stored.get((table, organisation), ())}
        after = wanted_of[organisation]
        missing = [record for key, record in before.items() if key not in after]
        faded = [(record, _when_missing(record, today)) for record in missing]
        yield Change(
            table=table,
            organisation=organisation,
            new=[record for key, record in after.items() if key not in before],
            changed=[r for key, r in after.items() if key in before and r != before[key]],
            ended=[left for record, left in faded if left is not None and left != record],
            removed=[record for record, left in faded if left is None],
            kept=[record for record, left in faded if left == record],
            same=sum(record == before.get(key) for key, record in after.items()),
        )


def _key(record: Any) -> tuple[str, Hashable]:
    """The organisation a record belongs to, and what tells it from others there."""
    match record:
        case Organisation(id=organisation):
            return organisation, ()
        case Person():
            return record.organisation, record.id
        case Neighbourhood() | Agreement():
            return record.corporation, record.id
        case Area():
            return record.corporation, (record.person, record.neighbourhood)
        case Dwelling():
            return record.corporation, record.unit
        case TenancyRecord(tenancy=tenancy):
            return tenancy.corporation, tenancy.subject
        case Case():
            return record.corporation, record.code
        case CaseWorker():
            key = (record.case_code, record.provider, record.person, record.starts)
            return record.corporation, key
        case Absence():
            return record.corporation, (record.person, record.starts)
    raise TypeError(type(record))


def _when_missing(record: Any, today: date) -> Any:
    """What becomes of a record that is not in the files any more; None when it is removed."""
    match record:
        case Person():
            return replace(record, active=False)
        case Area():
            return None
        case CaseWorker():
            yesterday = today - timedelta(days=1)
            if record.ends is not None and record.ends <= yesterday:
                return record
            return replace(record, ends=yesterday) if record.starts <= yesterday else None
    return record


def _clashes_with_kept(filing: Filing, changes: Iterable[Change[Any]]) -> Iterator[Problem]:
    """Tenancies and agreements that are missing from the file, and in the way of one in it."""
    periods: defaultdict[tuple[Table, str, str], list[Period]] = defaultdict(list)
    for tenancy in filing.tenancies:
        row = tenancy.record
        home = (Table.TENANCIES, row.corporation, unit_key(row.unit))
        periods[home].append((row.starts, row.ends, tenancy.row))
    for agreement in filing.agreements:
        if agreement.record.state in RUNNING:
            periods[_case_of(agreement.record)].append(_term(agreement.record, agreement.row))
    for record in (record for change in changes for record in change.kept):
        match record:
            case TenancyRecord(tenancy=kept):
                home = (Table.TENANCIES, kept.corporation, unit_key(kept.unit))
                periods[home].append((kept.starts, kept.ends, _STORED))
            case Agreement() if record.state in RUNNING:
                periods[_case_of(record)].append(_term(record, _STORED))
    for (table, _, _), together in periods.items():
        for pair in overlapping(together):
            if _STORED in pair and max(pair) != _STORED:
                yield Problem(table, max(pair), "starts", said(f"in_the_way.{table.stem}"))


def _case_of(agreement: Agreement) -> tuple[Table, str, str]:
    return Table.AGREEMENTS, agreement.corporation, agreement.case_code


def _term(agreement: Agreement, row: int) -> Period:
    return agreement.starts, last_day_of(agreement), row


def _told_as_missing(changes: Iterable[Change[Any]], today: date) -> Iterator[Problem]:
    """One warning a table; what is over needs no telling."""
    counts: defaultdict[Table, int] = defaultdict(int)
    for change in changes:
        if change.table in KEPT:
            counts[change.table] += sum(not _is_over(record, today) for record in change.kept)
    for table, count in counts.items():
        if count:
            yield Problem(table, None, None, said("missing_kept", count=count), Level.WARNING)


def _is_over(record: Any, today: date) -> bool:
    match record:
        case TenancyRecord(tenancy=tenancy):
            return tenancy.ends is not None and tenancy.ends < today
        case Agreement():
            return record.state not in RUNNING or record.ends <= today
    return False


def _leaving(changes: Iterable[Change[Any]], stored: Stored) -> Sequence[PersonKey]:
    was_active = {
        person.key
        for (table, _), people in stored.items()
        if table is Table.PEOPLE
        for person in people
        if person.active
    }
    return [
        person.key
        for change in changes
        if change.table is Table.PEOPLE
        for person in (*change.changed, *change.ended)
        if person.key in was_active and not person.active
    ]
