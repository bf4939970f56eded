"""What can be done with a case's agreements, and what that leaves (docs/domain.md, "Three-party
agreement: states")."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.agreement_changes import (
    ACT_OF,
    POSSIBLE,
    CaseAgreements,
    Change,
    ChangeRefused,
    begun,
    changed,
    signed,
)
from bot.domain.agreements import Agreement, AgreementState, Party, state_on

TODAY = date(2026, 11, 23)
ALL_SIGNED = dict.fromkeys(Party, TODAY - timedelta(days=30))


def agreement(
    state: AgreementState, starts: int = -20, days: int = 365, id: str = "A"
) -> Agreement:
    begins = TODAY + timedelta(days=starts)
    has_signed = {} if state is AgreementState.DRAFT else ALL_SIGNED
    return Agreement("v", id, "Z", state, begins, begins + timedelta(days=days), has_signed)


agreements = st.lists(
    st.builds(
        agreement,
        st.sampled_from(AgreementState),
        st.integers(-800, 400),
        st.integers(1, 800),
        st.uuids().map(str),
    ),
    max_size=5,
)


def test_every_state_has_its_row() -> None:
    assert set(POSSIBLE) == {None, *AgreementState}


@pytest.mark.parametrize("state", AgreementState)
def test_what_can_be_done_in_each_state(state: AgreementState) -> None:
    case = CaseAgreements((agreement(state),), TODAY)
    assert case.possible == POSSIBLE[state]
    for change in ACT_OF:
        if change in case.possible:
            assert changed(case, change)
        else:
            with pytest.raises(ChangeRefused):
                changed(case, change)


def test_three_signatures_make_it_active_in_any_order() -> None:
    draft = begun("v", "Z", "A", TODAY, 12)
    assert draft.ends == date(2027, 11, 23)
    for party in (Party.PROVIDER, Party.TENANT):
        draft = signed(draft, party, TODAY)
        assert draft.state is AgreementState.DRAFT
        with pytest.raises(ChangeRefused):
            signed(draft, party, TODAY)
    assert signed(draft, Party.CORPORATION, TODAY).state is AgreementState.ACTIVE


def test_a_renewal_waiting_for_signatures_hides_nothing() -> None:
    active = agreement(AgreementState.ACTIVE, -300)
    renewal = agreement(AgreementState.DRAFT, 65, id="B")
    case = CaseAgreements((active, renewal), TODAY)
    assert case.current == active
    assert case.possible == (Change.SIGN, Change.PAUSE, Change.WITHDRAW, Change.END)
    assert case.unsigned == tuple(Party)


@given(agreements)
def test_after_a_withdrawal_nothing_of_the_case_counts_or_will_come_to_count(
    found: list[Agreement],
) -> None:
    case = CaseAgreements(tuple(found), TODAY)
    if Change.WITHDRAW not in case.possible:
        return
    after = {one.id: one for one in changed(case, Change.WITHDRAW)}
    left = CaseAgreements(tuple(after.get(one.id, one) for one in found), TODAY)
    assert left.state is AgreementState.WITHDRAWN
    assert all(one.state is not AgreementState.DRAFT or one.id not in after for one in left.all)


@given(agreements)
def test_an_older_agreement_never_hides_a_later_withdrawal(found: list[Agreement]) -> None:
    withdrawn = agreement(AgreementState.WITHDRAWN, -1, id="W")
    earlier = [one for one in found if one.starts < withdrawn.starts]
    case = CaseAgreements((*earlier, withdrawn), TODAY)
    assert case.current == withdrawn


@given(agreements)
def test_what_counts_is_never_a_draft_while_something_else_runs(found: list[Agreement]) -> None:
    case = CaseAgreements(tuple(found), TODAY)
    running = [
        one
        for one in found
        if one.state is not AgreementState.DRAFT and one.starts <= TODAY < one.ends
    ]
    assert (case.current is None) == (not found)
    if running:
        assert case.current in running
    if case.current and case.state is AgreementState.ACTIVE:
        assert state_on(case.current, TODAY) is AgreementState.ACTIVE
