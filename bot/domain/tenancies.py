"""Tenancies and cases: the part of the house that knows who lives where.

A tenant is only ever a pseudonym here; the identity lies in the vault under that pseudonym. The
days of `starts` and `ends` both belong to the period; without `ends` it is open.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Tenancy:
    """`subject` is the random pseudonym under which the vault keeps the tenant's identity."""

    corporation: str
    subject: str
    unit: str
    contact: str | None
    starts: date
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """The hinge of placement, agreement and tenancy."""

    corporation: str
    code: str
    subject: str
    provider: str
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class CaseWorker:
    """A care worker assigned to a case; only assigned workers take part, never a whole provider."""

    corporation: str
    case_code: str
    provider: str
    person: str
    starts: date
    ends: date | None = None

    def is_assigned_on(self, day: date) -> bool:
        return self.starts <= day and (self.ends is None or day <= self.ends)


@dataclass(frozen=True, slots=True)
class Absence:
    """A time away; `deputy` stands in, if named."""

    corporation: str
    person: str
    starts: date
    ends: date
    deputy: str | None = None
