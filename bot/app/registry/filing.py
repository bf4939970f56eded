"""The rows of a registry's files as records of the domain."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from bot.app.registry.tables import Table
from bot.domain.registry import Identity

T = TypeVar("T")

OnRow = Callable[[Table, int], None]
"""Told, now and then, how many rows of a file were done."""

EVERY = 1000
"""How many rows there are between two calls of OnRow."""


@dataclass(frozen=True, slots=True)
class FiledTenancy:
    """A tenancy under the number the corporation knows it by; no pseudonym yet."""

    corporation: str
    contract: str = field(repr=False)
    unit: str
    contact: str | None
    starts: date
    ends: date | None
    identity: Identity


@dataclass(frozen=True, slots=True)
class FiledCase:
    corporation: str
    code: str
    contract: str = field(repr=False)
    provider: str
    contact: str | None


@dataclass(frozen=True, slots=True)
class FiledWorker:
    """A worker of the case's own provider; another organisation cannot be named."""

    corporation: str
    case_code: str
    person: str
    starts: date
    ends: date | None


@dataclass(frozen=True, slots=True)
class Filed(Generic[T]):
    """A record and its row. One that is not sound only serves to be referred to."""

    row: int
    record: T
    sound: bool
