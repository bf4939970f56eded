"""The registry's rules (docs/domain.md, "Registry")."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.agreements import Agreement, AgreementState, Party, state_on
from bot.domain.people import OWNER_ROLES, OrganisationKind, PersonKey, Role
from bot.domain.registry import (
    ROLES_AT,
    Identity,
    in_a_loop,
    last_day_of,
    may_stand_in,
    overlapping,
    state_after_import,
)

STOPPED = {AgreementState.WITHDRAWN, AgreementState.EXPIRED, AgreementState.ENDED}
DAY = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("stored", "filed"), list(product([None, *AgreementState], AgreementState))
)
def test_a_file_limits_sharing_and_never_revives_it(
    stored: AgreementState | None, filed: AgreementState
) -> None:
    after = state_after_import(stored, filed)
    if stored in STOPPED:
        assert after is stored
    elif stored is AgreementState.PAUSED:
        assert after in {AgreementState.PAUSED} | STOPPED
        assert (after is filed) == (filed in {AgreementState.PAUSED} | STOPPED)
    else:
        assert after is filed


def test_only_a_corporation_has_owners_of_signals_and_only_a_provider_care_workers() -> None:
    corporation, provider = (ROLES_AT[kind] for kind in OrganisationKind)
    assert corporation | provider == frozenset(Role)
    assert corporation - provider == OWNER_ROLES | {Role.MANAGER}
    assert provider - corporation == {Role.CARE_WORKER}


@pytest.mark.parametrize(("deputy", "role"), list(product(Role, Role)))
def test_who_may_stand_in_for_whom(deputy: Role, role: Role) -> None:
    same_sort = deputy == role or {deputy, role} <= OWNER_ROLES
    assert may_stand_in(deputy, role) == same_sort


PEOPLE = [PersonKey("voorbeeld", name) for name in "abcdef"]


@given(st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(PEOPLE)))
def test_who_comes_back_to_himself_is_in_a_loop(deputy_of: dict[PersonKey, PersonKey]) -> None:
    def comes_back(person: PersonKey) -> bool:
        current = person
        for _ in PEOPLE:
            if current not in deputy_of:
                return False
            current = deputy_of[current]
            if current == person:
                return True
        return False

    assert in_a_loop(deputy_of) == {person for person in deputy_of if comes_back(person)}


Period = tuple[date, date | None]
DAYS = st.integers(0, 12).map(lambda days: DAY + timedelta(days=days))
PERIODS = st.tuples(DAYS, DAYS | st.none()).filter(
    lambda period: period[1] is None or period[0] <= period[1]
)


def share_a_day(one: Period, other: Period) -> bool:
    days = (DAY + timedelta(days=number) for number in range(14))
    return any(
        all(starts <= day and (ends is None or day <= ends) for starts, ends in (one, other))
        for day in days
    )


@given(st.lists(PERIODS, max_size=6))
def test_overlaps_are_found_wherever_there_are_any(periods: list[Period]) -> None:
    pairs = overlapping((*period, label) for label, period in enumerate(periods))
    assert all(share_a_day(periods[one], periods[other]) for one, other in pairs)
    apart = all(
        not share_a_day(one, other)
        for place, one in enumerate(periods)
        for other in periods[:place]
    )
    assert (not pairs) == apart


def test_the_last_day_of_an_agreement_is_the_last_on_which_it_is_active() -> None:
    signed = dict.fromkeys(Party, DAY)
    agreement = Agreement(
        corporation="voorbeeld",
        id="O-1",
        case_code="Z-1",
        state=AgreementState.ACTIVE,
        starts=DAY,
        ends=DAY + timedelta(days=30),
        signed=signed,
    )
    last = last_day_of(agreement)
    assert state_on(agreement, last) is AgreementState.ACTIVE
    assert state_on(agreement, last + timedelta(days=1)) is AgreementState.EXPIRED


def test_an_identity_does_not_show_itself() -> None:
    tenant = Identity("Abel Proefhuurder", "+31612345678", "abel@voorbeeld.example")
    assert str(tenant) == repr(tenant) == "Identity()"
