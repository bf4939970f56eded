"""One row of the outbox being put into words: who reads it, and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.app.house import House
from bot.domain.disclosure import (
    Audience,
    Door,
    Text,
)
from bot.domain.outbox import OutboxRow
from bot.domain.people import Person, PersonKey, Role
from bot.domain.tenancies import Case
from bot.ports.doors import Parcel
from bot.ports.store import Work

AUDIENCE_OF: Mapping[Role, Audience] = MappingProxyType(
    {
        Role.MANAGER: Audience.MANAGER,
        Role.CONSULTANT: Audience.OWNER,
        Role.TEAM_LEAD: Audience.OWNER,
        Role.CARE_WORKER: Audience.CARE_WORKER,
        Role.COORDINATOR: Audience.COORDINATOR,
        Role.PRIVACY_OFFICER: Audience.PRIVACY_OFFICER,
        Role.ADMINISTRATOR: Audience.ADMINISTRATOR,
    }
)


class NothingToSay(Exception):
    """What this row was about is over; there is nothing left to tell."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads it, and where: a person by an account, the room of a case, or a bare address."""

    person: Person | None
    address: str
    door: Door
    room: str = ""
    case: Case | None = None

    @property
    def audience(self) -> Audience:
        if self.case is not None:
            return Audience.CARE_WORKER
        return AUDIENCE_OF[self.person.role] if self.person else Audience.STRANGER

    @property
    def language(self) -> str:
        return self.person.language if self.person else "nl"


@dataclass(frozen=True, slots=True)
class Telling:
    """One row being put into words."""

    house: House
    work: Work
    row: OutboxRow
    reader: Reader

    @property
    def person(self) -> PersonKey:
        """The reader as a known person. Raises NothingToSay for a bare address."""
        if self.row.recipient.person is None:
            raise NothingToSay
        return self.row.recipient.person

    def number(self, name: str) -> int | None:
        value = self.row.details.get(name)
        return int(value) if value else None

    def word(self, name: str) -> str:
        return str(self.row.details.get(name) or "")

    def says(self, text: Text | None) -> Parcel:
        return Parcel(self.reader.address, self.reader.language, text)
