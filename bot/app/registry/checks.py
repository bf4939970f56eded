"""Checks across the rows and files of a registry (docs/domain.md, "Registry")."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import TypeVar

from bot.app.registry.filing import Filed, Filing
from bot.app.registry.known import Key, Known
from bot.app.registry.problems import Level, Problem, said
from bot.app.registry.references import (
    at,
    case_problems,
    colleague,
    corporation_problems,
    duplicates,
    neighbourhood_problems,
    order_problems,
    organisation_problems,
    owner_problems,
    tenancy_problems,
    unit_problems,
)
from bot.app.registry.tables import Table
from bot.domain.agreements import Party
from bot.domain.homes import unit_key
from bot.domain.people import OrganisationKind, Person, PersonKey, Role
from bot.domain.registry import ROLES_AT, RUNNING, in_a_loop, last_day_of, may_stand_in, overlapping

T = TypeVar("T")


def check(filing: Filing, known: Known, today: date) -> Iterator[Problem]:
    """All that is wrong between rows. `today` is the corporation's day."""
    yield from _organisations(filing, known)
    yield from _people(filing, known)
    yield from _neighbourhoods(filing, known)
    yield from _areas(filing, known)
    yield from _dwellings(filing, known)
    yield from _tenancies(filing, known)
    yield from _cases(filing, known)
    yield from _case_workers(filing, known)
    yield from _agreements(filing, known, today)
    yield from _absences(filing, known)


def _organisations(filing: Filing, known: Known) -> Iterator[Problem]:
    table = Table.ORGANISATIONS
    yield from duplicates(table, "organisation", filing.organisations, lambda one: (one.id,))
    if known.people is None:
        return
    led = {p.organisation for p in known.people.values() if p.active and p.role is Role.TEAM_LEAD}
    for filed in filing.organisations:
        if filed.record.kind is OrganisationKind.CORPORATION and filed.record.id not in led:
            yield at(table, filed, "organisation", said("no_team_lead"))


def _people(filing: Filing, known: Known) -> Iterator[Problem]:
    table = Table.PEOPLE
    yield from duplicates(table, "person", filing.people, lambda p: (p.organisation, p.id))
    looping = _looping(known)
    for filed in filing.people:
        person = filed.record
        kind = known.kind(person.organisation)
        if kind is None:
            yield from organisation_problems(
                table, filed, "organisation", person.organisation, known
            )
        elif filed.sound and person.role not in ROLES_AT[kind]:
            roles = ", ".join(sorted(ROLES_AT[kind]))
            yield at(table, filed, "role", said("role_elsewhere", roles=roles))
        elif person.deputy and person.active:
            yield from _deputy(table, filed, person, person.deputy, known)
        if person.key in looping and person.deputy != person.id:
            yield at(table, filed, "deputy", said("deputy_loop"))


def _looping(known: Known) -> frozenset[PersonKey]:
    people = (known.people or {}).values()
    return in_a_loop(
        {p.key: PersonKey(p.organisation, p.deputy) for p in people if p.deputy and p.active}
    )


def _deputy(
    table: Table, filed: Filed[T], person: Person, deputy: str, known: Known
) -> Iterator[Problem]:
    if deputy == person.id:
        yield at(table, filed, "deputy", said("deputy_self"))
        return
    found = colleague(table, filed, "deputy", (person.organisation, deputy), known)
    if isinstance(found, Problem):
        yield found
    elif found and not found.active:
        yield at(table, filed, "deputy", said("deputy_inactive"))
    elif found and not may_stand_in(found.role, person.role):
        yield at(table, filed, "deputy", said("deputy_role"))


def _neighbourhoods(filing: Filing, known: Known) -> Iterator[Problem]:
    table = Table.NEIGHBOURHOODS
    yield from duplicates(
        table, "neighbourhood", filing.neighbourhoods, lambda n: (n.corporation, n.id)
    )
    for filed in filing.neighbourhoods:
        yield from corporation_problems(table, filed, filed.record.corporation, known)
        yield from owner_problems(
            table, filed, "consultant", filed.record.corporation, filed.record.consultant, known
        )


def _areas(filing: Filing, known: Known) -> Iterator[Problem]:
    table = Table.AREAS
    yield from duplicates(
        table, "neighbourhood", filing.areas, lambda a: (a.corporation, a.person, a.neighbourhood)
    )
    for filed in filing.areas:
        area = filed.record
        yield from corporation_problems(table, filed, area.corporation, known)
        yield from neighbourhood_problems(table, filed, area.corporation, area.neighbourhood, known)
        found = colleague(table, filed, "person", (area.corporation, area.person), known)
        if isinstance(found, Problem):
            yield found
        elif found and found.role is not Role.MANAGER:
            yield at(table, filed, "person", said("not_a_manager"))
    if table in filing.present and table not in filing.unread:
        with_areas = {(filed.record.corporation, filed.record.person) for filed in filing.areas}
        for person in filing.people:
            lacks = person.record.role is Role.MANAGER and person.record.key not in with_areas
            if person.sound and person.record.active and lacks:
                text = said("manager_without_area")
                yield at(Table.PEOPLE, person, "person", text, Level.WARNING)


def _dwellings(filing: Filing, known: Known) -> Iterator[Problem]:
    table = Table.DWELLINGS
    yield from duplicates(
        table, "unit", filing.dwellings, lambda d: (d.corporation, d.unit and unit_key(d.unit))
    )
    for filed in filing.dwellings:
        home = filed.record
        yield from corporation_problems(table, filed, home.corporation, known)
        yield from neighbourhood_problems(table, filed, home.corporation, home.neighbourhood, known)


def _tenancies(filing: Filing, known: Known) -> Iterator[Problem]:
    table = Table.TENANCIES
    yield from duplicates(table, "tenancy", filing.tenancies, lambda t: (t.corporation, t.contract))
    periods: defaultdict[Key, list[tuple[date, date | None, int]]] = defaultdict(list)
    for filed in filing.tenancies:
        tenancy = filed.record
        yield from corporation_problems(table, filed, tenancy.corporation, known)
        yield from owner_problems(
            table, filed, "contact", tenancy.corporation, tenancy.contact, known
        )
        yield from order_problems(table, filed, tenancy.starts, tenancy.ends)
        yield from unit_problems(table, filed, tenancy.corporation, tenancy.unit, known)
        if filed.sound:
            home = (tenancy.corporation, unit_key(tenancy.unit))
            periods[home].append((tenancy.starts, tenancy.ends, filed.row))
    for together in periods.values():
        for earlier, later in overlapping(together):
            yield Problem(table, later, "starts", said("two_tenancies", row=earlier))


def _cases(filing: Filing, known: Known) -> Iterator[Problem]:
    table = Table.CASES
    yield from duplicates(table, "case", filing.cases, lambda case: (case.corporation, case.code))
    for filed in filing.cases:
        case = filed.record
        yield from corporation_problems(table, filed, case.corporation, known)
        yield from owner_problems(table, filed, "contact", case.corporation, case.contact, known)
        if known.kind(case.provider) is OrganisationKind.CORPORATION:
            yield at(table, filed, "provider", said("not_a_provider"))
        else:
            yield from organisation_problems(table, filed, "provider", case.provider, known)
        yield from tenancy_problems(table, filed, case.corporation, case.contract, known)


def _case_workers(filing: Filing, known: Known) -> Iterator[Problem]:
    table = Table.CASE_WORKERS
    yield from duplicates(
        table,
        "person",
        filing.case_workers,
        lambda w: (w.corporation, w.case_code, w.person, w.starts),
    )
    for filed in filing.case_workers:
        worker = filed.record
        yield from corporation_problems(table, filed, worker.corporation, known)
        yield from order_problems(table, filed, worker.starts, worker.ends)
        yield from case_problems(table, filed, worker.corporation, worker.case_code, known)
        case = (known.cases or {}).get((worker.corporation, worker.case_code))
        if case is None or known.kind(case.provider) is not OrganisationKind.PROVIDER:
            continue
        found = colleague(table, filed, "person", (case.provider, worker.person), known)
        if isinstance(found, Problem):
            yield at(table, filed, "person", said("worker_of_another"))
        elif found and found.role is not Role.CARE_WORKER:
            yield at(table, filed, "person", said("not_a_care_worker"))


def _agreements(filing: Filing, known: Known, today: date) -> Iterator[Problem]:
    table = Table.AGREEMENTS
    yield from duplicates(table, "agreement", filing.agreements, lambda a: (a.corporation, a.id))
    periods: defaultdict[Key, list[tuple[date, date | None, int]]] = defaultdict(list)
    for filed in filing.agreements:
        agreement = filed.record
        yield from corporation_problems(table, filed, agreement.corporation, known)
        yield from case_problems(table, filed, agreement.corporation, agreement.case_code, known)
        if not filed.sound:
            continue
        if agreement.starts >= agreement.ends:
            yield at(table, filed, "ends", said("agreement_ends_before_start"))
        for party in Party:
            signed = agreement.signed.get(party)
            if signed is None and agreement.state in RUNNING:
                yield at(table, filed, f"signed_{party}", said("signature_missing"))
            elif signed is not None and signed > today:
                yield at(table, filed, f"signed_{party}", said("signature_in_future"))
        if agreement.state in RUNNING:
            case = (agreement.corporation, agreement.case_code)
            periods[case].append((agreement.starts, last_day_of(agreement), filed.row))
    for together in periods.values():
        for earlier, later in overlapping(together):
            yield Problem(table, later, "starts", said("two_agreements", row=earlier))


def _absences(filing: Filing, known: Known) -> Iterator[Problem]:
    table = Table.ABSENCES
    yield from duplicates(
        table, "starts", filing.absences, lambda a: (a.corporation, a.person, a.starts)
    )
    for filed in filing.absences:
        absence = filed.record
        yield from corporation_problems(table, filed, absence.corporation, known)
        yield from order_problems(table, filed, absence.starts, absence.ends)
        found = colleague(table, filed, "person", (absence.corporation, absence.person), known)
        if isinstance(found, Problem):
            yield found
        elif found and absence.deputy:
            yield from _deputy(table, filed, found, absence.deputy, known)
