"""What a signal is: its categories, its outcomes and its life (docs/domain.md, "Signals")."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.domain.people import Role
from bot.domain.urgency import Urgency


class Category(StrEnum):
    MAIL_FULL = "MAIL_FULL"
    HALL_MESS = "HALL_MESS"
    CURTAINS_CLOSED = "CURTAINS_CLOSED"
    NEGLECT = "NEGLECT"
    NOISE = "NOISE"
    SMELL_PESTS = "SMELL_PESTS"
    CONFLICT = "CONFLICT"
    WORRIED_NEIGHBOURS = "WORRIED_NEIGHBOURS"
    NO_CONTACT = "NO_CONTACT"
    UNSAFE = "UNSAFE"
    AGGRESSION = "AGGRESSION"
    ARREARS = "ARREARS"
    CARE_CHANGE = "CARE_CHANGE"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """One row of the category table; `vera` maps to the sector's reference data (may be empty)."""

    urgency: Urgency
    posters: frozenset[Role]
    vera: tuple[str, ...] = ()


_MANAGER_AND_CARE = frozenset({Role.MANAGER, Role.CARE_WORKER})
_CARE = frozenset({Role.CARE_WORKER})

CATEGORIES: Mapping[Category, CategoryRule] = MappingProxyType(
    {
        Category.MAIL_FULL: CategoryRule(Urgency.NORMAL, _MANAGER_AND_CARE, ("SOC.OVE",)),
        Category.HALL_MESS: CategoryRule(Urgency.NORMAL, _MANAGER_AND_CARE, ("SOC.VUI",)),
        Category.CURTAINS_CLOSED: CategoryRule(Urgency.LOW, _MANAGER_AND_CARE, ("SOC",)),
        Category.NEGLECT: CategoryRule(Urgency.NORMAL, _MANAGER_AND_CARE, ("ONE.VER",)),
        Category.NOISE: CategoryRule(Urgency.NORMAL, _MANAGER_AND_CARE, ("SOC.GEL",)),
        Category.SMELL_PESTS: CategoryRule(
            Urgency.NORMAL, _MANAGER_AND_CARE, ("SOC.STA", "SOC.ONG")
        ),
        Category.CONFLICT: CategoryRule(Urgency.LOW, _MANAGER_AND_CARE, ("SOC.RUZ",)),
        Category.WORRIED_NEIGHBOURS: CategoryRule(Urgency.LOW, frozenset({Role.MANAGER}), ("SOC",)),
        Category.NO_CONTACT: CategoryRule(Urgency.URGENT, _MANAGER_AND_CARE, ("SOC",)),
        Category.UNSAFE: CategoryRule(Urgency.URGENT, _MANAGER_AND_CARE, ("SOC.ONV",)),
        Category.AGGRESSION: CategoryRule(Urgency.URGENT, _MANAGER_AND_CARE, ("AGR",)),
        Category.ARREARS: CategoryRule(Urgency.NORMAL, _CARE, ("SCH",)),
        Category.CARE_CHANGE: CategoryRule(Urgency.NORMAL, _CARE),
        Category.OTHER: CategoryRule(Urgency.LOW, _MANAGER_AND_CARE),
    }
)


def categories_for(role: Role) -> tuple[Category, ...]:
    """What this role may post, in the order of the table."""
    return tuple(category for category, rule in CATEGORIES.items() if role in rule.posters)


class Source(StrEnum):
    """Whose observation it is; a neighbour's name is never part of it."""

    OWN = "own"
    NEIGHBOURS = "neighbours"


class Purpose(StrEnum):
    """Why a signal exists: an observation, news on an earlier one, or a tenant who wants the
    sharing with the care side to stop."""

    OBSERVATION = "observation"
    UPDATE = "update"
    WITHDRAWAL_HINT = "withdrawal_hint"


class State(StrEnum):
    NEW = "NEW"
    ROUTED = "ROUTED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    IN_PROGRESS = "IN_PROGRESS"
    SNOOZED = "SNOOZED"
    RESOLVED = "RESOLVED"
    MERGED = "MERGED"
    REOPENED = "REOPENED"


OPEN_STATES = frozenset(State) - {State.RESOLVED, State.MERGED}


class Act(StrEnum):
    """What can happen to a signal."""

    ROUTE = "route"
    REASSIGN = "reassign"
    LEND = "lend"
    RETURN = "return"
    ACKNOWLEDGE = "acknowledge"
    PROGRESS = "progress"
    SNOOZE = "snooze"
    WAKE = "wake"
    RESOLVE = "resolve"
    MERGE = "merge"
    REOPEN = "reopen"
    REMIND = "remind"
    TELL_DEPUTY = "tell_deputy"
    TELL_TEAM_LEAD = "tell_team_lead"
    ALARM = "alarm"
    COME_BACK = "come_back"


TOLD = frozenset({Act.REMIND, Act.TELL_DEPUTY, Act.TELL_TEAM_LEAD, Act.ALARM, Act.COME_BACK})
"""Acts of the service that leave a signal in its state; they only stand in its history."""


class Outcome(StrEnum):
    """How a signal ended; the consultant chooses one."""

    SOLVED = "solved"
    IN_TOUCH = "in_touch"
    NOTHING_FOUND = "nothing_found"
    PASSED_ON = "passed_on"
    NOT_HOUSING = "not_housing"


_WHILE_SOMEBODY_HAS_IT = (
    State.ROUTED,
    State.ACKNOWLEDGED,
    State.IN_PROGRESS,
    State.SNOOZED,
    State.REOPENED,
)

TRANSITIONS: Mapping[tuple[State, Act], State] = MappingProxyType(
    {
        (State.NEW, Act.ROUTE): State.ROUTED,
        (State.NEW, Act.MERGE): State.MERGED,
        (State.ROUTED, Act.REASSIGN): State.ROUTED,
        (State.ROUTED, Act.ACKNOWLEDGE): State.ACKNOWLEDGED,
        (State.ROUTED, Act.SNOOZE): State.SNOOZED,
        (State.ROUTED, Act.RESOLVE): State.RESOLVED,
        (State.ACKNOWLEDGED, Act.REASSIGN): State.ROUTED,
        (State.ACKNOWLEDGED, Act.PROGRESS): State.IN_PROGRESS,
        (State.ACKNOWLEDGED, Act.SNOOZE): State.SNOOZED,
        (State.ACKNOWLEDGED, Act.RESOLVE): State.RESOLVED,
        (State.IN_PROGRESS, Act.REASSIGN): State.ROUTED,
        (State.IN_PROGRESS, Act.PROGRESS): State.IN_PROGRESS,
        (State.IN_PROGRESS, Act.SNOOZE): State.SNOOZED,
        (State.IN_PROGRESS, Act.RESOLVE): State.RESOLVED,
        (State.SNOOZED, Act.REASSIGN): State.ROUTED,
        (State.SNOOZED, Act.WAKE): State.IN_PROGRESS,
        (State.SNOOZED, Act.PROGRESS): State.IN_PROGRESS,
        (State.SNOOZED, Act.ACKNOWLEDGE): State.ACKNOWLEDGED,
        (State.SNOOZED, Act.SNOOZE): State.SNOOZED,
        (State.SNOOZED, Act.RESOLVE): State.RESOLVED,
        (State.RESOLVED, Act.REOPEN): State.REOPENED,
        (State.REOPENED, Act.REASSIGN): State.ROUTED,
        (State.REOPENED, Act.ACKNOWLEDGE): State.ACKNOWLEDGED,
        (State.REOPENED, Act.SNOOZE): State.SNOOZED,
        (State.REOPENED, Act.RESOLVE): State.RESOLVED,
    }
    | {(state, act): state for state in _WHILE_SOMEBODY_HAS_IT for act in (Act.LEND, Act.RETURN)}
)
"""The whole life of a signal. What is not in this table cannot happen."""


class NotPossible(Exception):
    """This step does not fit the state the signal is in."""


def transition(state: State, act: Act) -> State:
    """The state after an act. Raises NotPossible when the table has no such row."""
    try:
        return TRANSITIONS[state, act]
    except KeyError:
        raise NotPossible(f"{act} in {state}") from None


class ReleasedStatus(StrEnum):
    """All a neighbourhood manager ever learns of a signal (docs/domain.md, "Who may tell whom")."""

    PASSED_ON = "passed_on"
    IN_PROGRESS = "in_progress"
    DONE = "done"


RELEASED_AFTER: Mapping[Act, ReleasedStatus] = MappingProxyType(
    {
        Act.ACKNOWLEDGE: ReleasedStatus.IN_PROGRESS,
        Act.PROGRESS: ReleasedStatus.IN_PROGRESS,
        Act.RESOLVE: ReleasedStatus.DONE,
        Act.REOPEN: ReleasedStatus.IN_PROGRESS,
    }
)
"""Only acts of a person on that very signal are here; timers, routing and merging never are."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal as stored. `sealed_*` are ciphertexts; the tenancy never stands beside the unit.

    All times are UTC. `belongs_to` is whom the owner stands in for while that person is away.
    `sealed_subject` names the vault subject whose key seals the note.
    """

    corporation: str
    ref: str
    unit: str
    category: Category
    urgency: Urgency
    source: Source
    purpose: Purpose
    state: State
    sender: str
    owner: str | None
    observed_at: datetime
    created_at: datetime
    sealed_note: bytes | None = None
    sealed_subject: bytes | None = None
    outcome: Outcome | None = None
    merged_into: str | None = None
    snoozed_until: datetime | None = None
    version: int = 1
    belongs_to: str | None = None

    def after(self, act: Act) -> "Signal":
        """This signal after the act, one version on. Raises NotPossible."""
        return replace(self, state=transition(self.state, act), version=self.version + 1)


@dataclass(frozen=True, slots=True)
class SignalEvent:
    """One line of a signal's history. `actor` is a person id, or None when nobody acted."""

    at: datetime
    act: Act
    actor: str | None


def released_status(history: tuple[SignalEvent, ...], released_until: datetime) -> ReleasedStatus:
    """The last status released to the sender: what a person did before the last release moment."""
    status = ReleasedStatus.PASSED_ON
    for event in history:
        if event.at < released_until and event.actor is not None:
            status = RELEASED_AFTER.get(event.act, status)
    return status
