"""The rows of the files as the records to store, given what is stored already."""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from bot.app.registry.filing import Filed, Filing
from bot.app.registry.known import Known
from bot.app.registry.problems import Level, Problem, said
from bot.app.registry.tables import Table
from bot.domain.absences import is_settled
from bot.domain.agreements import Agreement
from bot.domain.homes import Dwelling, unit_key
from bot.domain.people import Person
from bot.domain.registry import RUNNING, state_after_import
from bot.domain.tenancies import Absence, Case, CaseWorker, Tenancy
from bot.ports.registry import TenancyRecord

Stored = Mapping[tuple[Table, str], Sequence[Any]]
"""What is stored, by table and organisation."""
NumberIndex = Callable[[str, str], bytes]


def people_from(filing: Filing, stored: Stored) -> Iterator[Person]:
    """A person who is here already keeps the language he or she chose."""
    languages = {
        person.key: person.language
        for (table, _), people in stored.items()
        if table is Table.PEOPLE
        for person in people
    }
    for filed in filing.people:
        person = filed.record
        yield replace(person, language=languages.get(person.key, person.language))


def absences_from(filing: Filing, stored: Stored, today: date) -> Iterator[Absence]:
    """What is over, or was ended or taken back here, stays so."""
    before = {
        (absence.corporation, absence.person, absence.starts): absence
        for (table, _), absences in stored.items()
        if table is Table.ABSENCES
        for absence in absences
    }
    for filed in filing.absences:
        record = filed.record
        old = before.get((record.corporation, record.person, record.starts))
        yield old if old is not None and is_settled(old, today) else record


def dwellings_from(filing: Filing, stored: Stored) -> Iterator[Dwelling]:
    """A unit keeps the spelling under which it was first imported, which signals refer to."""
    spelling = _spelling(stored)
    for filed in filing.dwellings:
        home = filed.record
        unit = spelling.get((home.corporation, unit_key(home.unit)), home.unit)
        yield home if unit == home.unit else replace(home, unit=unit)


def _spelling(stored: Stored) -> Mapping[tuple[str, str], str]:
    return {
        (corporation, unit_key(home.unit)): home.unit
        for (table, corporation), homes in stored.items()
        if table is Table.DWELLINGS
        for home in homes
    }


def tenancies_from(
    filing: Filing,
    known: Known,
    stored: Stored,
    number_index: NumberIndex,
    problems: list[Problem],
) -> Mapping[bytes, TenancyRecord]:
    """By the index of their number. Whoever was here before keeps the pseudonym; whoever was
    erased stays erased."""
    before = {
        record.number_index: record
        for (table, _), records in stored.items()
        if table is Table.TENANCIES
        for record in records
    }
    spelling = _spelling(stored)
    found: dict[bytes, TenancyRecord] = {}
    for filed in filing.tenancies:
        row = filed.record
        index = number_index(row.corporation, row.contract)
        old = before.get(index)
        if old is not None and old.identity is None:
            problems.append(_about(Table.TENANCIES, filed, "tenancy", "tenant_erased"))
            found[index] = old
            continue
        unit = known.unit(row.corporation, row.unit) or row.unit
        tenancy = Tenancy(
            corporation=row.corporation,
            subject=old.tenancy.subject if old else secrets.token_hex(16),
            unit=spelling.get((row.corporation, unit_key(unit)), unit),
            contact=row.contact,
            starts=row.starts,
            ends=row.ends,
        )
        found[index] = TenancyRecord(tenancy, index, row.identity)
    return found


def cases_from(
    filing: Filing, tenancies: Mapping[bytes, TenancyRecord], number_index: NumberIndex
) -> Iterator[Case]:
    for filed in filing.cases:
        row = filed.record
        tenancy = tenancies[number_index(row.corporation, row.contract)].tenancy
        yield Case(row.corporation, row.code, tenancy.subject, row.provider, row.contact)


def case_workers_from(filing: Filing, known: Known) -> Iterator[CaseWorker]:
    for filed in filing.case_workers:
        row = filed.record
        provider = (known.cases or {})[row.corporation, row.case_code].provider
        yield CaseWorker(row.corporation, row.case_code, provider, row.person, row.starts, row.ends)


def agreements_from(filing: Filing, stored: Stored, problems: list[Problem]) -> Sequence[Agreement]:
    """A file never revives what ended here, nor changes what is known about it."""
    before = {
        (agreement.corporation, agreement.id): agreement
        for (table, _), agreements in stored.items()
        if table is Table.AGREEMENTS
        for agreement in agreements
    }
    found = []
    for filed in filing.agreements:
        row = filed.record
        old = before.get((row.corporation, row.id))
        state = state_after_import(old.state if old else None, row.state)
        if state is row.state:
            found.append(row)
            continue
        problems.append(_about(Table.AGREEMENTS, filed, "state", "agreement_not_revived"))
        found.append(old if old and state not in RUNNING else replace(row, state=state))
    return found


def _about(table: Table, filed: Filed[Any], column: str, key: str) -> Problem:
    return Problem(table, filed.row, column, said(key), Level.WARNING)
