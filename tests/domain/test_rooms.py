"""The room of a case: whatever happens, nobody is in it who may not be."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.agreements import AgreementState
from bot.domain.people import PersonKey
from bot.domain.rooms import Act, Flaw, Found, RoomAct, acts, may_be_written_in, wanted

SANNE = PersonKey("voorbeeld", "sanne")
CARE = [PersonKey("zorg", name) for name in ("bas", "noor", "daan")]
states = st.none() | st.sampled_from(AgreementState)
some_care = st.frozensets(st.sampled_from(CARE))
anybody = st.frozensets(st.sampled_from([SANNE, *CARE]))
rooms = st.none() | st.builds(
    Found,
    anybody,
    anybody,
    st.frozensets(st.sampled_from(["@x:elders", "@y:elders"])),
    st.frozensets(st.sampled_from(Flaw)),
)


def done(found: Found | None, todo: tuple[RoomAct, ...]) -> Found | None:
    """The room after the acts, with everybody who is invited coming in."""
    for one in todo:
        if one.act in (Act.CREATE, Act.REPLACE):
            found = Found(frozenset())
        elif found is not None and one.act is Act.REMOVE:
            left = found.members - {one.person}
            strangers = found.strangers - {one.stranger}
            found = replace(
                found, members=left, invited=found.invited - {one.person}, strangers=strangers
            )
        elif found is not None and one.act is Act.INVITE and one.person is not None:
            found = replace(found, members=found.members | {one.person})
    return found


@given(states, some_care, rooms)
def test_afterwards_nobody_is_there_who_may_not_be(
    state: AgreementState | None, workers: frozenset[PersonKey], found: Found | None
) -> None:
    want = wanted(state, SANNE, workers)
    after = done(found, acts(want, found))
    if after is not None:
        assert after.members | after.invited <= want.members
        assert not after.strangers
    settled = done(after, acts(want, after))
    assert acts(want, settled) == () or (settled is not None and settled.flaws)
    if state is AgreementState.ACTIVE and settled is not None and not settled.flaws:
        assert settled.members == {SANNE, *workers}
        assert may_be_written_in(want, settled)


@given(states, some_care, rooms)
def test_who_must_go_goes_before_anybody_comes(
    state: AgreementState | None, workers: frozenset[PersonKey], found: Found | None
) -> None:
    order = [one.act for one in acts(wanted(state, SANNE, workers), found)]
    assert order == sorted(order, key=[Act.FREEZE, Act.REMOVE, *Act].index)


@pytest.mark.parametrize("state", [None, *AgreementState])
def test_the_care_side_is_there_while_the_agreement_counts(state: AgreementState | None) -> None:
    want = wanted(state, SANNE, CARE)
    counts = state in (AgreementState.ACTIVE, AgreementState.PAUSED)
    assert want.exists is counts
    assert want.members == ({SANNE, *CARE} if counts else {SANNE})


@given(some_care, rooms)
def test_nothing_is_written_where_anybody_else_could_read_it(
    workers: frozenset[PersonKey], found: Found | None
) -> None:
    want = wanted(AgreementState.ACTIVE, SANNE, workers)
    if found is not None and may_be_written_in(want, found):
        assert found.members | found.invited <= {SANNE, *workers}
        assert not found.strangers
        assert not found.flaws
