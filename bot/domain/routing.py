"""Who is responsible for a signal (docs/domain.md, "Routing").

Fixed contact of the tenancy, else the neighbourhood's consultant, else the team lead. Whoever is
away or cannot be reached is replaced by the deputy, chains followed and loops refused, and in the
end by a team lead or a team lead's deputy. Where nobody can act it waits with the first team lead.
There is always an answer: a corporation without a team lead does not start.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.domain.people import OWNER_ROLES, Person, Role


class Why(StrEnum):
    """How the responsible person was found; for the history and the audit, never for the sender."""

    FIXED_CONTACT = "fixed_contact"
    NEIGHBOURHOOD = "neighbourhood"
    DEPUTY = "deputy"
    TEAM_LEAD = "team_lead"


@dataclass(frozen=True, slots=True)
class Staff:
    """A corporation's people as routing sees them today.

    `away` holds who is absent, `unreachable` who has no working channel; `standing_in` the deputy
    named for an absence, in place of the usual one.
    """

    people: Mapping[str, Person]
    away: frozenset[str] = frozenset()
    unreachable: frozenset[str] = frozenset()
    standing_in: Mapping[str, str] | None = None

    def can_act(self, person: str) -> bool:
        return self.works_here(person) and person not in self.away | self.unreachable

    def works_here(self, person: str) -> bool:
        known = self.people.get(person)
        return known is not None and known.active and known.role in OWNER_ROLES

    def deputy_of(self, person: str) -> str | None:
        named = (self.standing_in or {}).get(person)
        known = self.people.get(person)
        return named or (known.deputy if known else None)

    def team_leads(self) -> tuple[str, ...]:
        return tuple(
            sorted(p.id for p in self.people.values() if p.active and p.role is Role.TEAM_LEAD)
        )


@dataclass(frozen=True, slots=True)
class Responsible:
    person: str
    why: Why


class NoTeamLead(Exception):
    """This corporation has no active team lead, so a signal could be left without an owner."""


def deputies(person: str, staff: Staff) -> Iterator[str]:
    """The deputy, the deputy's deputy and so on; a loop ends the chain."""
    passed = {person}
    current = staff.deputy_of(person)
    while current is not None and current not in passed:
        yield current
        passed.add(current)
        current = staff.deputy_of(current)


def responsible_for(
    fixed_contact: str | None, neighbourhood_consultant: str | None, staff: Staff
) -> Responsible:
    """The one responsible person.

    Raises NoTeamLead when only a team lead is left and there is none; start-up prevents that.
    """
    for person, why in _candidates(fixed_contact, neighbourhood_consultant, staff):
        if staff.can_act(person):
            return Responsible(person, why)
    leads = staff.team_leads()
    if not leads:
        raise NoTeamLead
    return Responsible(leads[0], Why.TEAM_LEAD)


def _candidates(
    fixed_contact: str | None, neighbourhood_consultant: str | None, staff: Staff
) -> Iterator[tuple[str, Why]]:
    """Everybody the matter can go to, in order; who has left is passed over for the next."""
    for person, why in (
        (fixed_contact, Why.FIXED_CONTACT),
        (neighbourhood_consultant, Why.NEIGHBOURHOOD),
    ):
        if person is not None and staff.works_here(person):
            yield person, why
            yield from ((deputy, Why.DEPUTY) for deputy in deputies(person, staff))
            break
    leads = staff.team_leads()
    yield from ((lead, Why.TEAM_LEAD) for lead in leads)
    for lead in leads:
        yield from ((deputy, Why.DEPUTY) for deputy in deputies(lead, staff))


def on_behalf_of(
    fixed_contact: str | None, neighbourhood_consultant: str | None, staff: Staff
) -> str | None:
    """For whom the responsible person stands in, while that one is away; None for nobody.

    Raises NoTeamLead as `responsible_for` does.
    """
    nobody_away = replace(staff, away=frozenset())
    found = responsible_for(fixed_contact, neighbourhood_consultant, staff).person
    otherwise = responsible_for(fixed_contact, neighbourhood_consultant, nobody_away).person
    return otherwise if otherwise != found else None


def settled(owner: str, belongs_to: str | None, staff: Staff) -> tuple[str, str | None]:
    """Who has an open matter as people are away today, and for whom: back with whom it belongs to
    as soon as that one can act, until then with one who can. Who has it keeps it while that goes.

    Raises NoTeamLead as `responsible_for` does.
    """
    home = belongs_to or owner
    if staff.can_act(home):
        return home, None
    if staff.can_act(owner) or (home == owner and home not in staff.away):
        return owner, belongs_to
    found = responsible_for(home, None, staff).person
    return (found, home) if staff.can_act(found) else (owner, belongs_to)


def may_act(person: str, owner: str, staff: Staff) -> bool:
    """Whether this person may act on what the owner is responsible for: the owner, whoever can
    stand in for the owner, and a team lead."""
    if not staff.works_here(person):
        return False
    return person == owner or person in staff.team_leads() or person in deputies(owner, staff)
