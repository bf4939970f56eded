"""The room of a case: who belongs in it, and what must be done so that nobody else is
(docs/domain.md, "Three-party agreement: states").

Pure: from the agreement and who is assigned to what the room should be, and from what it is to the
acts that lead there, in an order in which nobody is ever let in who may not be there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.agreements import AgreementState
from bot.domain.people import PersonKey


class RoomState(StrEnum):
    """FROZEN: something is wrong with it, so nothing is said there until it is replaced."""

    OPEN = "open"
    FROZEN = "frozen"


@dataclass(frozen=True, slots=True)
class CaseRoom:
    """The room of a case on its platform."""

    corporation: str
    case_code: str
    room: str
    state: RoomState = RoomState.OPEN


class Flaw(StrEnum):
    """What can be wrong with a room that was made as it should be."""

    STRANGER = "stranger"
    NOT_ENCRYPTED = "not_encrypted"
    OPEN_TO_GUESTS = "open_to_guests"
    OPEN_TO_JOIN = "open_to_join"
    HISTORY_SHOWN = "history_shown"
    OTHERS_MAY_CHANGE = "others_may_change"
    NAMED_OTHERWISE = "named_otherwise"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a case's room should be: members besides the bot; `exists` false where there should be
    none, and one that is there is emptied of the care side."""

    exists: bool
    members: frozenset[PersonKey]


@dataclass(frozen=True, slots=True)
class Found:
    """What a room is. `strangers` are addresses of nobody we know, `invited` who has not come in
    yet; `flaws` are settings that are no longer as they were made."""

    members: frozenset[PersonKey]
    invited: frozenset[PersonKey] = frozenset()
    strangers: frozenset[str] = frozenset()
    flaws: frozenset[Flaw] = frozenset()


class Act(StrEnum):
    FREEZE = "freeze"
    REMOVE = "remove"
    CREATE = "create"
    INVITE = "invite"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class RoomAct:
    act: Act
    person: PersonKey | None = None
    stranger: str | None = None


SHARING = frozenset({AgreementState.ACTIVE, AgreementState.PAUSED})
"""While an agreement is only paused its members stay; nothing is shared then."""


def wanted(
    state: AgreementState | None, consultant: PersonKey | None, workers: Iterable[PersonKey]
) -> Wanted:
    """A room for every agreement that counts, with the responsible person and the care workers
    assigned today; when it no longer counts only the corporation's own side stays."""
    own = frozenset({consultant} if consultant else ())
    if state in SHARING:
        return Wanted(True, own | frozenset(workers))
    return Wanted(False, own)


def acts(want: Wanted, found: Found | None) -> tuple[RoomAct, ...]:
    """What leads from what is to what should be. Freezing comes first, removals before anybody is
    invited; a room with a flaw or a stranger in it is never mended but replaced."""
    if found is None:
        if not want.exists:
            return ()
        return (RoomAct(Act.CREATE), *_invitations(want.members))
    gone = _sorted((found.members | found.invited) - want.members)
    removals = tuple(RoomAct(Act.REMOVE, person=one) for one in gone)
    strangers = tuple(RoomAct(Act.REMOVE, stranger=one) for one in sorted(found.strangers))
    if found.flaws or found.strangers:
        replaced = (RoomAct(Act.REPLACE),) if want.exists else ()
        return (RoomAct(Act.FREEZE), *strangers, *removals, *replaced)
    if not want.exists:
        return removals
    return (*removals, *_invitations(want.members - found.members - found.invited))


def may_be_written_in(want: Wanted, found: Found) -> bool:
    """Only where everybody who can read it belongs there; an open invitation counts as somebody
    who can."""
    inside = found.members | found.invited
    return want.exists and not found.flaws and not found.strangers and inside <= want.members


def _invitations(people: Iterable[PersonKey]) -> tuple[RoomAct, ...]:
    return tuple(RoomAct(Act.INVITE, person=one) for one in _sorted(people))


def _sorted(people: Iterable[PersonKey]) -> list[PersonKey]:
    return sorted(people, key=lambda one: (one.organisation, one.person))
