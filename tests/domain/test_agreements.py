"""The three-party agreement (docs/domain.md, "Three-party agreement: states")."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.agreements import (
    TRANSITIONS,
    Agreement,
    AgreementAct,
    AgreementState,
    AgreementStepRefused,
    Party,
    signed_by_all,
    state_on,
    transition,
)

# The states written out a second time: a row per state, what each act makes of it.
STATES = {
    "DRAFT": {"activate": "ACTIVE", "withdraw": "WITHDRAWN"},
    "ACTIVE": {
        "pause": "PAUSED",
        "withdraw": "WITHDRAWN",
        "expire": "EXPIRED",
        "end": "ENDED",
    },
    "PAUSED": {
        "resume": "ACTIVE",
        "withdraw": "WITHDRAWN",
        "expire": "EXPIRED",
        "end": "ENDED",
    },
    "WITHDRAWN": {},
    "EXPIRED": {},
    "ENDED": {},
}


@pytest.mark.parametrize("state", AgreementState)
@pytest.mark.parametrize("act", AgreementAct)
def test_exactly_what_the_table_holds_can_happen(state: AgreementState, act: AgreementAct) -> None:
    becomes = STATES[state].get(act)
    if becomes is None:
        with pytest.raises(AgreementStepRefused, match=f"{act} in {state}"):
            transition(state, act)
    else:
        assert transition(state, act) is AgreementState(becomes)


def test_withdrawing_takes_one_step_wherever_sharing_is_or_could_come() -> None:
    for state in (AgreementState.DRAFT, AgreementState.ACTIVE, AgreementState.PAUSED):
        assert transition(state, AgreementAct.WITHDRAW) is AgreementState.WITHDRAWN


def test_no_way_leads_back_from_the_end() -> None:
    final = {AgreementState.WITHDRAWN, AgreementState.EXPIRED, AgreementState.ENDED}
    assert not [state for state, _ in TRANSITIONS if state in final]


# the state that counts today

FIRST = date(2026, 1, 1)
days = st.integers(0, 800).map(lambda count: FIRST + timedelta(days=count))


@st.composite
def agreements(draw: st.DrawFn) -> Agreement:
    starts = draw(days)
    return Agreement(
        corporation="wcv",
        id="A-1",
        case_code="Z-1",
        state=draw(st.sampled_from(AgreementState)),
        starts=starts,
        ends=starts + timedelta(days=draw(st.integers(0, 730))),
        signed=draw(st.dictionaries(st.sampled_from(Party), days)),
    )


def an_agreement(
    state: AgreementState = AgreementState.ACTIVE, signed: dict[Party, date] | None = None
) -> Agreement:
    everybody = dict.fromkeys(Party, date(2026, 2, 1))
    return Agreement(
        "wcv",
        "A-1",
        "Z-1",
        state,
        starts=date(2026, 3, 1),
        ends=date(2027, 3, 1),
        signed=everybody if signed is None else signed,
    )


@given(agreements(), days)
@example(an_agreement(), date(2026, 2, 28))
@example(an_agreement(), date(2026, 3, 1))
@example(an_agreement(), date(2027, 3, 1))
def test_it_is_active_only_when_everything_says_so(agreement: Agreement, today: date) -> None:
    everything = (
        agreement.state is AgreementState.ACTIVE
        and agreement.starts <= today < agreement.ends
        and all(party in agreement.signed for party in Party)
        and all(day <= today for day in agreement.signed.values())
    )
    assert (state_on(agreement, today) is AgreementState.ACTIVE) is everything


@given(agreements(), days)
def test_the_calendar_never_revives_what_ended(agreement: Agreement, today: date) -> None:
    ended = AgreementState.WITHDRAWN, AgreementState.EXPIRED, AgreementState.ENDED
    if agreement.state in ended:
        assert state_on(agreement, today) is agreement.state


@given(agreements(), days, days)
def test_once_expired_it_stays_so(agreement: Agreement, one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    if state_on(agreement, earlier) is AgreementState.EXPIRED:
        assert state_on(agreement, later) is AgreementState.EXPIRED


@pytest.mark.parametrize("missing", Party)
def test_one_missing_signature_is_enough_to_share_nothing(missing: Party) -> None:
    signed = {party: date(2026, 2, 1) for party in Party if party is not missing}
    assert not signed_by_all(signed)
    agreement = an_agreement(signed=signed)
    assert state_on(agreement, date(2026, 6, 1)) is AgreementState.DRAFT


def test_a_signature_of_tomorrow_does_not_count_today() -> None:
    late = dict.fromkeys(Party, date(2026, 2, 1)) | {Party.TENANT: date(2026, 6, 2)}
    agreement = an_agreement(signed=late)
    assert state_on(agreement, date(2026, 6, 1)) is AgreementState.DRAFT
    assert state_on(agreement, date(2026, 6, 2)) is AgreementState.ACTIVE


def test_the_last_day_of_the_term_still_counts_and_the_day_after_does_not() -> None:
    assert state_on(an_agreement(), date(2027, 2, 28)) is AgreementState.ACTIVE
    assert state_on(an_agreement(), date(2027, 3, 1)) is AgreementState.EXPIRED


def test_a_paused_agreement_expires_too() -> None:
    paused = an_agreement(AgreementState.PAUSED)
    assert state_on(paused, date(2026, 6, 1)) is AgreementState.PAUSED
    assert state_on(paused, date(2027, 3, 1)) is AgreementState.EXPIRED
