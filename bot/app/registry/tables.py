"""The files of a registry and their columns, as docs/registry.md describes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Table(StrEnum):
    """Every file an import can hold, in the order in which they build on each other."""

    ORGANISATIONS = "organisations.csv"
    PEOPLE = "people.csv"
    NEIGHBOURHOODS = "neighbourhoods.csv"
    AREAS = "areas.csv"
    DWELLINGS = "dwellings.csv"
    TENANCIES = "tenancies.csv"
    CASES = "cases.csv"
    CASE_WORKERS = "case_workers.csv"
    AGREEMENTS = "agreements.csv"
    ABSENCES = "absences.csv"

    @property
    def stem(self) -> str:
        return self.value.removesuffix(".csv")


@dataclass(frozen=True, slots=True)
class Column:
    """A required column may have no empty cells; other columns may be left out altogether."""

    name: str
    required: bool = True


def _columns(required: str, optional: str = "") -> tuple[Column, ...]:
    return tuple(
        [Column(name) for name in required.split()]
        + [Column(name, required=False) for name in optional.split()]
    )


COLUMNS: Mapping[Table, tuple[Column, ...]] = MappingProxyType(
    {
        Table.ORGANISATIONS: _columns("organisation kind name"),
        Table.PEOPLE: _columns("organisation person role name", "deputy language active"),
        Table.NEIGHBOURHOODS: _columns("corporation neighbourhood name", "consultant"),
        Table.AREAS: _columns("corporation person neighbourhood"),
        Table.DWELLINGS: _columns(
            "corporation unit neighbourhood street number postcode", "addition"
        ),
        Table.TENANCIES: _columns(
            "corporation tenancy unit starts tenant_name",
            "ends contact tenant_phone tenant_email",
        ),
        Table.CASES: _columns("corporation case tenancy provider", "contact"),
        Table.CASE_WORKERS: _columns("corporation case person starts", "ends"),
        Table.AGREEMENTS: _columns(
            "corporation agreement case state starts ends",
            "signed_tenant signed_corporation signed_provider",
        ),
        Table.ABSENCES: _columns("corporation person starts ends", "deputy"),
    }
)

MANDATORY = (Table.ORGANISATIONS, Table.PEOPLE, Table.NEIGHBOURHOODS, Table.DWELLINGS)
"""Files without which nothing can be imported."""

NEEDS: Mapping[Table, Table] = MappingProxyType(
    {
        Table.CASES: Table.TENANCIES,
        Table.CASE_WORKERS: Table.CASES,
        Table.AGREEMENTS: Table.CASES,
    }
)
"""Files that refer to another optional file, which must then be there."""
