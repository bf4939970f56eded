"""The three-party agreement between tenant, corporation and care provider.

Rules: docs/domain.md, "Three-party agreement: states".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType


class Party(StrEnum):
    TENANT = "tenant"
    CORPORATION = "corporation"
    PROVIDER = "provider"


class AgreementState(StrEnum):
    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"
    ENDED = "ENDED"


class AgreementAct(StrEnum):
    ACTIVATE = "activate"
    PAUSE = "pause"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"
    END = "end"


TRANSITIONS: Mapping[tuple[AgreementState, AgreementAct], AgreementState] = MappingProxyType(
    {
        (AgreementState.DRAFT, AgreementAct.ACTIVATE): AgreementState.ACTIVE,
        (AgreementState.DRAFT, AgreementAct.WITHDRAW): AgreementState.WITHDRAWN,
        (AgreementState.ACTIVE, AgreementAct.PAUSE): AgreementState.PAUSED,
        (AgreementState.ACTIVE, AgreementAct.WITHDRAW): AgreementState.WITHDRAWN,
        (AgreementState.ACTIVE, AgreementAct.EXPIRE): AgreementState.EXPIRED,
        (AgreementState.ACTIVE, AgreementAct.END): AgreementState.ENDED,
        (AgreementState.PAUSED, AgreementAct.RESUME): AgreementState.ACTIVE,
        (AgreementState.PAUSED, AgreementAct.WITHDRAW): AgreementState.WITHDRAWN,
        (AgreementState.PAUSED, AgreementAct.EXPIRE): AgreementState.EXPIRED,
        (AgreementState.PAUSED, AgreementAct.END): AgreementState.ENDED,
    }
)
"""Withdrawing is possible wherever sharing is, in one step; no way leads back from the end."""


class AgreementStepRefused(Exception):
    """This step does not fit the state the agreement is in."""


def transition(state: AgreementState, act: AgreementAct) -> AgreementState:
    """The state after an act. Raises AgreementStepRefused when the table has no such row."""
    try:
        return TRANSITIONS[state, act]
    except KeyError:
        raise AgreementStepRefused(f"{act} in {state}") from None


@dataclass(frozen=True, slots=True)
class Agreement:
    """`ends` is the first day on which nothing may be shared any more (Europe/Amsterdam).

    `signed` holds the day on which each party signed.
    """

    corporation: str
    id: str
    case_code: str
    state: AgreementState
    starts: date
    ends: date
    signed: Mapping[Party, date]


def signed_by_all(signed: Mapping[Party, date]) -> bool:
    return all(party in signed for party in Party)


def state_on(agreement: Agreement, today: date) -> AgreementState:
    """The state that counts today, whatever is stored: fail closed on a term that has passed or not
    begun, and on a signature that is missing or still to come."""
    if agreement.state not in (AgreementState.ACTIVE, AgreementState.PAUSED):
        return agreement.state
    if today >= agreement.ends:
        return AgreementState.EXPIRED
    signed = {party: day for party, day in agreement.signed.items() if day <= today}
    if today < agreement.starts or not signed_by_all(signed):
        return AgreementState.DRAFT
    return agreement.state
