"""What the files define, for looking up what other rows refer to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TypeVar

from bot.app.registry.filing import Filed, FiledCase, FiledTenancy, Filing
from bot.app.registry.tables import Table
from bot.domain.homes import unit_key
from bot.domain.people import Organisation, OrganisationKind, Person

T = TypeVar("T")

Key = tuple[str, str]
"""An organisation and an id within it."""

_MOST_TO_COMPARE = 500
_MOST_SUGGESTIONS = 200


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """Records by key, the first of a kind winning; None where a table could not be read.

    `units` gives the spelling of dwellings.csv by search key, so that "e4471" finds "E-4471".
    """

    organisations: Mapping[str, Organisation] | None
    people: Mapping[Key, Person] | None
    neighbourhoods: frozenset[Key] | None
    units: Mapping[Key, str] | None
    tenancies: Mapping[Key, FiledTenancy] | None
    cases: Mapping[Key, FiledCase] | None

    _closest: dict[tuple[Table, Key], str | None] = field(default_factory=dict)

    def kind(self, organisation: str) -> OrganisationKind | None:
        found = (self.organisations or {}).get(organisation)
        return found.kind if found else None

    def unit(self, corporation: str, unit: str) -> str | None:
        return (self.units or {}).get((corporation, unit_key(unit)))

    def closest(self, table: Table, organisation: str, id: str) -> str | None:
        """The organisation's id most like this one, if any comes close."""
        asked = (table, (organisation, id))
        if asked not in self._closest and len(self._closest) < _MOST_SUGGESTIONS:
            self._closest[asked] = self._look_for_closest(table, organisation, id)
        return self._closest.get(asked)

    def _look_for_closest(self, table: Table, organisation: str, id: str) -> str | None:
        if table is Table.ORGANISATIONS:
            ids = list(self.organisations or ())
        else:
            keys = self.people if table is Table.PEOPLE else self.neighbourhoods
            ids = [own for of, own in keys or () if of == organisation]
        close = get_close_matches(id, ids[:_MOST_TO_COMPARE], n=1)
        return close[0] if close else None


def known_from(filing: Filing) -> Known:
    def read(table: Table, found: T) -> T | None:
        return None if table in filing.unread else found

    return Known(
        organisations=read(
            Table.ORGANISATIONS, _first(filing.organisations, lambda one: one.id, lambda one: one)
        ),
        people=read(
            Table.PEOPLE,
            _first(filing.people, lambda one: (one.organisation, one.id), lambda one: one),
        ),
        neighbourhoods=read(
            Table.NEIGHBOURHOODS,
            frozenset(
                (filed.record.corporation, filed.record.id) for filed in filing.neighbourhoods
            ),
        ),
        units=read(
            Table.DWELLINGS,
            _first(
                filing.dwellings,
                lambda one: (one.corporation, unit_key(one.unit)),
                lambda one: one.unit,
            ),
        ),
        tenancies=read(
            Table.TENANCIES,
            _first(filing.tenancies, lambda one: (one.corporation, one.contract), lambda one: one),
        ),
        cases=read(
            Table.CASES,
            _first(filing.cases, lambda one: (one.corporation, one.code), lambda one: one),
        ),
    )


Record = TypeVar("Record")
Id = TypeVar("Id")
Value = TypeVar("Value")


def _first(
    rows: Sequence[Filed[Record]], key: Callable[[Record], Id], value: Callable[[Record], Value]
) -> dict[Id, Value]:
    found: dict[Id, Value] = {}
    for filed in rows:
        found.setdefault(key(filed.record), value(filed.record))
    return found
