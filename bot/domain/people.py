"""Who takes part: roles and who holds them (docs/domain.md, "People and organisations")."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class OrganisationKind(StrEnum):
    CORPORATION = "corporation"
    PROVIDER = "provider"


class Role(StrEnum):
    MANAGER = "manager"
    CONSULTANT = "consultant"
    TEAM_LEAD = "team_lead"
    CARE_WORKER = "care_worker"
    COORDINATOR = "coordinator"
    PRIVACY_OFFICER = "privacy_officer"
    ADMINISTRATOR = "administrator"


OWNER_ROLES = frozenset({Role.CONSULTANT, Role.TEAM_LEAD})
"""The roles that can be responsible for a signal."""


class PersonKey(NamedTuple):
    """Identifies a person: one role per organisation, so the organisation comes first."""

    organisation: str
    person: str


@dataclass(frozen=True, slots=True)
class Organisation:
    id: str
    kind: OrganisationKind
    name: str


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff; tenants are never a Person, they live in the vault only."""

    organisation: str
    id: str
    role: Role
    name: str
    language: str = "nl"
    deputy: str | None = None
    active: bool = True

    @property
    def key(self) -> PersonKey:
        return PersonKey(self.organisation, self.id)

    @property
    def is_active_team_lead(self) -> bool:
        return self.active and self.role is Role.TEAM_LEAD
