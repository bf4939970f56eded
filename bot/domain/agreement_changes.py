"""What a consultant can change about a case's agreements, and what that will do.

Pure; the states and steps themselves stand in bot/domain/agreements.py (docs/domain.md,
"Three-party agreement: states").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from bot.domain.agreements import (
    Agreement,
    AgreementAct,
    AgreementState,
    Party,
    signed_by_all,
    state_on,
    transition,
)
from bot.domain.visits import add_months

TERMS_MONTHS = (12, 24)


class Change(StrEnum):
    BEGIN = "begin"
    SIGN = "sign"
    PAUSE = "pause"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    RENEW = "renew"
    END = "end"


ACT_OF: Mapping[Change, AgreementAct] = MappingProxyType(
    {
        Change.PAUSE: AgreementAct.PAUSE,
        Change.RESUME: AgreementAct.RESUME,
        Change.WITHDRAW: AgreementAct.WITHDRAW,
        Change.END: AgreementAct.END,
    }
)

POSSIBLE: Mapping[AgreementState | None, tuple[Change, ...]] = MappingProxyType(
    {
        None: (Change.BEGIN,),
        AgreementState.DRAFT: (Change.SIGN, Change.WITHDRAW),
        AgreementState.ACTIVE: (Change.PAUSE, Change.WITHDRAW, Change.RENEW, Change.END),
        AgreementState.PAUSED: (Change.RESUME, Change.WITHDRAW, Change.END),
        AgreementState.WITHDRAWN: (Change.BEGIN,),
        AgreementState.EXPIRED: (Change.BEGIN,),
        AgreementState.ENDED: (Change.BEGIN,),
    }
)
"""What can be done in each state of today."""

ENDS_SHARING = frozenset({Change.WITHDRAW, Change.END})
STOPS_MESSAGES = ENDS_SHARING | {Change.PAUSE}


class Evaluation(StrEnum):
    """How it went, when an agreement ends."""

    LIVES_ON_OWN = "lives_on_own"
    NO_LONGER_NEEDED = "no_longer_needed"
    MOVED = "moved"
    OTHER = "other"


class ChangeRefused(Exception):
    """This change does not fit the agreement as it is now."""


@dataclass(frozen=True, slots=True)
class CaseAgreements:
    """All agreements of one case, as they are today."""

    all: tuple[Agreement, ...]
    today: date

    @property
    def current(self) -> Agreement | None:
        """The one that counts: of those whose term is running and that were ever signed the last
        to start, so that neither a draft hides one that counts nor an old one a withdrawal. Else
        the last of all."""
        running = [
            one
            for one in self.all
            if one.state is not AgreementState.DRAFT and one.starts <= self.today < one.ends
        ]
        return max(running or self.all, key=lambda one: (one.starts, one.id), default=None)

    @property
    def draft(self) -> Agreement | None:
        """The one that waits for signatures."""
        drafts = [one for one in self.all if one.state is AgreementState.DRAFT]
        return max(drafts, key=lambda one: (one.starts, one.id), default=None)

    @property
    def state(self) -> AgreementState | None:
        return state_on(self.current, self.today) if self.current else None

    @property
    def possible(self) -> tuple[Change, ...]:
        found = POSSIBLE[self.state]
        if self.draft is None:
            return tuple(one for one in found if one is not Change.SIGN)
        without = tuple(one for one in found if one not in (Change.BEGIN, Change.RENEW))
        return without if Change.SIGN in without else (Change.SIGN, *without)

    @property
    def unsigned(self) -> tuple[Party, ...]:
        """Who still has to sign the draft."""
        signed = self.draft.signed if self.draft else {}
        return tuple(party for party in Party if party not in signed)


def current_of(agreements: Sequence[Agreement], today: date) -> Agreement | None:
    return CaseAgreements(tuple(agreements), today).current


def begun(corporation: str, case_code: str, id: str, starts: date, months: int) -> Agreement:
    """A draft that waits for three signatures."""
    ends = add_months(starts, months)
    return Agreement(corporation, id, case_code, AgreementState.DRAFT, starts, ends, {})


def signed(draft: Agreement, party: Party, day: date) -> Agreement:
    """With one signature more; with the last it becomes ACTIVE. Raises ChangeRefused."""
    if draft.state is not AgreementState.DRAFT or party in draft.signed:
        raise ChangeRefused
    signatures = {**draft.signed, party: day}
    after = replace(draft, signed=signatures)
    if signed_by_all(signatures):
        after = replace(after, state=transition(draft.state, AgreementAct.ACTIVATE))
    return after


def changed(case: CaseAgreements, change: Change) -> tuple[Agreement, ...]:
    """The agreements as a pause, resumption, withdrawal or end leaves them.

    A withdrawal is of the consent as such: a renewal that waits for signatures goes with it.
    Raises ChangeRefused.
    """
    if change not in case.possible or case.current is None:
        raise ChangeRefused
    meant = {case.current.id: case.current}
    if change is Change.WITHDRAW and case.draft is not None:
        meant[case.draft.id] = case.draft
    return tuple(
        replace(one, state=transition(one.state, ACT_OF[change])) for one in meant.values()
    )
