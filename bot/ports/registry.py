"""What an import of the registry needs from storage (docs/registry.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from bot.domain.agreements import Agreement
from bot.domain.homes import Dwelling, Neighbourhood
from bot.domain.people import Organisation, Person, PersonKey
from bot.domain.registry import Area, Identity
from bot.domain.tenancies import Absence, Case, CaseWorker, Tenancy


@dataclass(frozen=True, slots=True)
class TenancyRecord:
    """A tenancy with the keyed hash of the corporation's own number for it, and its tenant.

    `identity` is None when the tenant was erased.
    """

    tenancy: Tenancy
    number_index: bytes
    identity: Identity | None


Record = TypeVar(
    "Record",
    Organisation,
    Person,
    Neighbourhood,
    Area,
    Dwelling,
    TenancyRecord,
    Case,
    CaseWorker,
    Agreement,
    Absence,
)


class Registry(Protocol):
    """The registry's tables in bulk, as part of a transaction."""

    async def stored(self, kind: type[Record], organisation: str) -> Sequence[Record]:
        """Every record of this kind that belongs to the organisation."""
        ...

    async def put(self, records: Sequence[Record]) -> None:
        """Adds or replaces records of one kind. Identities go sealed into the vault."""
        ...

    async def remove(self, records: Sequence[Record]) -> None:
        """Removes areas or case workers, all of one kind."""
        ...

    async def end_links(self, people: Sequence[PersonKey]) -> None:
        """Unlinks these people from every platform; their invitations stop working."""
        ...

    def number_index(self, corporation: str, number: str) -> bytes:
        """The keyed hash under which the corporation's number for a tenancy is kept."""
        ...
