"""Who may tell whom what: the decision table (docs/domain.md, "Who may tell whom").

Asked twice: when something is taken in and again before every attempt to deliver it. What no row
allows is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.agreements import AgreementState
from bot.domain.disclosure import FieldClass


class Speaker(StrEnum):
    """Where a piece of information comes from."""

    MANAGER = "manager"
    NEIGHBOURS_VIA_STAFF = "neighbours_via_staff"
    CARE_WORKER = "care_worker"
    CONSULTANT = "consultant"
    SERVICE = "service"
    REGISTRY = "registry"


class Listener(StrEnum):
    """Where it would go."""

    RESPONSIBLE = "responsible"
    CARE_WORKER = "care_worker"
    MANAGER = "manager"
    NEIGHBOUR = "neighbour"
    COORDINATOR = "coordinator"
    MUNICIPALITY = "municipality"


class Reason(StrEnum):
    """The reason code in the audit log; a refused person always reads the same sentence."""

    ALLOWED = "allowed"
    NO_SUCH_ROW = "no_such_row"
    OTHER_CORPORATION = "other_corporation"
    NO_ACTIVE_AGREEMENT = "no_active_agreement"
    NOT_ASSIGNED = "not_assigned"
    NOT_HOUSING = "not_housing"
    NO_PLACEMENT = "no_placement"
    STEPS_NOT_EVIDENCED = "steps_not_evidenced"
    TENANT_REFUSED = "tenant_refused"
    MUNICIPALITY_NOT_AGREED = "municipality_not_agreed"
    NO_PURPOSE = "no_purpose"
    TOO_MUCH = "too_much"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known at the moment of asking; the defaults allow nothing."""

    same_corporation: bool = False
    agreement: AgreementState | None = None
    assigned: bool = False
    housing: bool = False
    placement_permitted: bool = False
    arrears_steps_evidenced: bool = False
    tenant_did_not_refuse: bool = False
    municipality_agreed: bool = False
    asked_with_purpose: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    reason: Reason

    @property
    def allowed(self) -> bool:
        return self.reason is Reason.ALLOWED


Condition = tuple[Callable[[Facts], bool], Reason]
"""What must hold, and the reason code when it does not."""

SAME_CORPORATION: Condition = (lambda f: f.same_corporation, Reason.OTHER_CORPORATION)
ACTIVE: Condition = (lambda f: f.agreement is AgreementState.ACTIVE, Reason.NO_ACTIVE_AGREEMENT)
ASSIGNED: Condition = (lambda f: f.assigned, Reason.NOT_ASSIGNED)
HOUSING: Condition = (lambda f: f.housing, Reason.NOT_HOUSING)
PLACEMENT: Condition = (lambda f: f.placement_permitted, Reason.NO_PLACEMENT)
ARREARS_STEPS: Condition = (lambda f: f.arrears_steps_evidenced, Reason.STEPS_NOT_EVIDENCED)
NOT_REFUSED: Condition = (lambda f: f.tenant_did_not_refuse, Reason.TENANT_REFUSED)
PURPOSE: Condition = (lambda f: f.asked_with_purpose, Reason.NO_PURPOSE)
MUNICIPALITY: Condition = (lambda f: f.municipality_agreed, Reason.MUNICIPALITY_NOT_AGREED)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table: who tells whom, what must hold, what it may contain."""

    speaker: Speaker
    listener: Listener
    conditions: tuple[Condition, ...]
    may_contain: frozenset[FieldClass]


_NEUTRAL = frozenset({FieldClass.PUBLIC, FieldClass.REFERENCE, FieldClass.OWN_FORM})
_REFERENCE = frozenset({FieldClass.PUBLIC, FieldClass.REFERENCE})
_FACTS = _REFERENCE | {FieldClass.HOUSING_FACT}
_FACTS_AND_NOTE = _FACTS | {FieldClass.NOTE}
_CARE_SIDE = (SAME_CORPORATION, ACTIVE, ASSIGNED, HOUSING)

TABLE: tuple[Row, ...] = (
    Row(Speaker.MANAGER, Listener.RESPONSIBLE, (SAME_CORPORATION,), _FACTS_AND_NOTE),
    Row(Speaker.NEIGHBOURS_VIA_STAFF, Listener.RESPONSIBLE, (SAME_CORPORATION,), _FACTS_AND_NOTE),
    Row(Speaker.CARE_WORKER, Listener.RESPONSIBLE, _CARE_SIDE, _FACTS_AND_NOTE),
    Row(Speaker.CONSULTANT, Listener.CARE_WORKER, _CARE_SIDE, _FACTS),
    Row(Speaker.SERVICE, Listener.RESPONSIBLE, (SAME_CORPORATION,), _NEUTRAL),
    Row(
        Speaker.REGISTRY,
        Listener.RESPONSIBLE,
        (SAME_CORPORATION, PURPOSE),
        _REFERENCE | {FieldClass.IDENTITY},
    ),
    Row(Speaker.SERVICE, Listener.CARE_WORKER, (SAME_CORPORATION,), _NEUTRAL),
    Row(Speaker.SERVICE, Listener.MANAGER, (), _NEUTRAL),
    Row(Speaker.SERVICE, Listener.NEIGHBOUR, (), frozenset({FieldClass.PUBLIC})),
    Row(Speaker.SERVICE, Listener.COORDINATOR, (PLACEMENT,), _REFERENCE),
    Row(
        Speaker.CONSULTANT,
        Listener.MUNICIPALITY,
        (SAME_CORPORATION, ARREARS_STEPS, NOT_REFUSED, MUNICIPALITY),
        frozenset({FieldClass.IDENTITY, FieldClass.HOUSING_FACT}),
    ),
)

_ROW_OF = {(row.speaker, row.listener): row for row in TABLE}


def decide(
    speaker: Speaker, listener: Listener, contents: frozenset[FieldClass], facts: Facts
) -> Decision:
    """Whether this may be told, and why not. The first unmet condition gives the reason."""
    row = _ROW_OF.get((speaker, listener))
    if row is None:
        return Decision(Reason.NO_SUCH_ROW)
    for holds, reason in row.conditions:
        if not holds(facts):
            return Decision(reason)
    if not contents <= row.may_contain:
        return Decision(Reason.TOO_MUCH)
    return Decision(Reason.ALLOWED)
