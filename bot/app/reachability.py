"""Who of a corporation's people can be reached, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.people import OWNER_ROLES, Person, Role
from bot.ports.store import Account, Work

MUST_BE_REACHED = OWNER_ROLES | {Role.MANAGER}
"""Without these no signal comes in or is answered."""


class Way(StrEnum):
    """How things stand with a person's doors."""

    OPEN = "open"
    BLOCKED = "blocked"
    UNLINKED = "unlinked"
    NEVER_LINKED = "never_linked"


@dataclass(frozen=True, slots=True)
class Reach:
    """`since` is UTC: linked since, or out of reach since; None for who never was linked."""

    person: Person
    way: Way
    since: datetime | None
    doors: tuple[str, ...] = ()


async def reach_of_all(work: Work, corporation: str) -> Sequence[Reach]:
    """Everybody at work who must be reached, by role and id."""
    people = [
        one
        for one in await work.people.of(corporation)
        if one.active and one.role in MUST_BE_REACHED
    ]
    accounts = {one.id: await work.accounts.every(one.key) for one in people}
    gone = await _unlinked(work, corporation, {id for id, own in accounts.items() if not own})
    found = [_reach(one, accounts[one.id], gone) for one in people]
    return sorted(found, key=lambda reach: (reach.person.role, reach.person.id))


def _reach(person: Person, accounts: Sequence[Account], gone: dict[str, datetime]) -> Reach:
    if not accounts:
        since = gone.get(person.id)
        return Reach(person, Way.UNLINKED if since else Way.NEVER_LINKED, since)
    works = [one for one in accounts if one.unreachable_since is None]
    doors = tuple(one.platform for one in works or accounts)
    if works:
        return Reach(person, Way.OPEN, min(one.linked_at for one in works), doors)
    refused = [one.unreachable_since for one in accounts if one.unreachable_since is not None]
    return Reach(person, Way.BLOCKED, max(refused), doors)


async def _unlinked(work: Work, corporation: str, people: set[str]) -> dict[str, datetime]:
    """When these people, who have no account, had their last one; from the audit."""
    found: dict[str, datetime] = {}
    if people:
        async for _, line, _ in work.audit.lines(corporation):
            if line.event.startswith("account.") and line.subject in people:
                found[line.subject] = line.at
    return found
