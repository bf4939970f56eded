"""What a registry may say about people, tenancies and agreements (docs/domain.md, "Registry").

The registry is the corporation's own administration, imported from files. It says who lives and
works where; it can never undo what a tenant decided here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from bot.domain.agreements import Agreement, AgreementState
from bot.domain.people import OWNER_ROLES, OrganisationKind, PersonKey, Role

ROLES_AT: Mapping[OrganisationKind, frozenset[Role]] = MappingProxyType(
    {
        OrganisationKind.CORPORATION: frozenset(Role) - {Role.CARE_WORKER},
        OrganisationKind.PROVIDER: frozenset(
            {Role.CARE_WORKER, Role.COORDINATOR, Role.PRIVACY_OFFICER, Role.ADMINISTRATOR}
        ),
    }
)
"""The roles that exist at each kind of organisation."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a tenant is. Goes sealed into the vault and is never part of a message, log or repr."""

    name: str = field(repr=False)
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Area:
    """A neighbourhood in which a neighbourhood manager works."""

    corporation: str
    person: str
    neighbourhood: str


def may_stand_in(deputy: Role, role: Role) -> bool:
    """Whoever stands in for an owner of signals must be able to own them; else the same role."""
    return deputy in OWNER_ROLES if role in OWNER_ROLES else deputy is role


def in_a_loop(deputy_of: Mapping[PersonKey, PersonKey]) -> frozenset[PersonKey]:
    """The people whose chain of deputies comes back to themselves."""
    looping: set[PersonKey] = set()
    for person in deputy_of:
        chain = [person]
        while (following := deputy_of.get(chain[-1])) is not None and following not in chain:
            chain.append(following)
        if following == person:
            looping.add(person)
    return frozenset(looping)


def overlapping(periods: Iterable[tuple[date, date | None, int]]) -> list[tuple[int, int]]:
    """Pairs of labels of periods (first day, last day or open, label) with a day in common.

    Each period is paired at most once, with the one before it that lasts longest.
    """
    pairs: list[tuple[int, int]] = []
    last_day, last_label = date.min, -1
    for starts, ends, label in sorted(periods, key=lambda period: (period[0], period[2])):
        if last_label >= 0 and starts <= last_day:
            pairs.append((last_label, label))
        if last_label < 0 or (ends or date.max) > last_day:
            last_day, last_label = ends or date.max, label
    return pairs


RUNNING = frozenset({AgreementState.ACTIVE, AgreementState.PAUSED})
"""The states of an agreement that all three signed and that has not come to its end."""


def last_day_of(agreement: Agreement) -> date:
    """The last day on which an agreement can let anything be shared."""
    return max(agreement.starts, agreement.ends - timedelta(days=1))


_FINAL = frozenset({AgreementState.WITHDRAWN, AgreementState.EXPIRED, AgreementState.ENDED})


def state_after_import(stored: AgreementState | None, filed: AgreementState) -> AgreementState:
    """The state an agreement has after an import: a file can limit sharing, never revive it.

    What ended stays ended, and what was put on hold here is released here, not by a file.
    """
    if stored in _FINAL or (stored is AgreementState.PAUSED and filed not in _FINAL):
        return stored
    return filed
