"""Who may tell whom what: every combination there is (docs/domain.md, "Who may tell whom").

The table is said a second time below, in plain sentences, and both are compared for all speakers,
listeners, contents and facts.
"""

from collections.abc import Iterator
from itertools import chain, combinations, product

import pytest

from bot.domain.agreements import AgreementState
from bot.domain.consent import TABLE, Decision, Facts, Listener, Reason, Speaker, decide
from bot.domain.disclosure import FieldClass

ACTIVE = AgreementState.ACTIVE
YES_NO = (False, True)

ALL_FACTS = tuple(
    Facts(*values)
    for values in product(YES_NO, (None, *AgreementState), *[YES_NO] * (len(Facts.__slots__) - 2))
)
ALL_CONTENTS = tuple(
    frozenset(some)
    for some in chain.from_iterable(
        combinations(FieldClass, count) for count in range(len(FieldClass) + 1)
    )
)


def words(text: str) -> frozenset[FieldClass]:
    return frozenset(FieldClass(word) for word in text.split())


def permitted(speaker: Speaker, listener: Listener, f: Facts) -> frozenset[FieldClass] | None:
    """What may be told now; None when nothing may, not even an empty telling."""
    match speaker, listener:
        case ((Speaker.MANAGER | Speaker.NEIGHBOURS_VIA_STAFF), Listener.RESPONSIBLE):
            return words("public reference housing_fact note") if f.same_corporation else None
        case Speaker.CARE_WORKER, Listener.RESPONSIBLE:
            return words("public reference housing_fact note") if care_may_talk(f) else None
        case Speaker.CONSULTANT, Listener.CARE_WORKER:
            return words("public reference housing_fact") if care_may_talk(f) else None
        case Speaker.SERVICE, (Listener.RESPONSIBLE | Listener.CARE_WORKER):
            return words("public reference own_form") if f.same_corporation else None
        case Speaker.REGISTRY, Listener.RESPONSIBLE:
            asked = f.same_corporation and f.asked_with_purpose
            return words("public reference identity") if asked else None
        case Speaker.SERVICE, Listener.MANAGER:
            return words("public reference own_form")
        case Speaker.SERVICE, Listener.NEIGHBOUR:
            return words("public")
        case Speaker.SERVICE, Listener.COORDINATOR:
            return words("public reference") if f.placement_permitted else None
        case Speaker.CONSULTANT, Listener.MUNICIPALITY:
            lawful = f.arrears_steps_evidenced and f.tenant_did_not_refuse and f.municipality_agreed
            return words("identity housing_fact") if f.same_corporation and lawful else None
        case _:
            return None


def care_may_talk(f: Facts) -> bool:
    return f.same_corporation and f.agreement is ACTIVE and f.assigned and f.housing


def disagreements(speaker: Speaker, listener: Listener) -> Iterator[tuple[Facts, object]]:
    for facts in ALL_FACTS:
        may = permitted(speaker, listener, facts)
        for contents in ALL_CONTENTS:
            allowed = may is not None and contents <= may
            if decide(speaker, listener, contents, facts).allowed is not allowed:
                yield facts, contents


@pytest.mark.parametrize("speaker", Speaker)
@pytest.mark.parametrize("listener", Listener)
def test_every_combination_is_decided_as_the_rules_say(
    speaker: Speaker, listener: Listener
) -> None:
    assert next(disagreements(speaker, listener), None) is None


def test_all_combinations_are_really_all() -> None:
    assert len(ALL_CONTENTS) == 2 ** len(FieldClass)
    assert len(set(ALL_FACTS)) == len(ALL_FACTS) == 7 * 2 ** (len(Facts.__slots__) - 1)


def test_no_pair_stands_in_the_table_twice() -> None:
    pairs = [(row.speaker, row.listener) for row in TABLE]
    assert len(set(pairs)) == len(pairs)


def test_knowing_nothing_allows_only_neutral_words() -> None:
    nothing = Facts()
    open_rows = {
        (speaker, listener)
        for speaker, listener in product(Speaker, Listener)
        if decide(speaker, listener, frozenset(), nothing).allowed
    }
    assert open_rows == {
        (Speaker.SERVICE, Listener.MANAGER),
        (Speaker.SERVICE, Listener.NEIGHBOUR),
    }


def test_what_a_manager_is_told_depends_on_no_fact_at_all() -> None:
    for contents in ALL_CONTENTS:
        decisions = {
            decide(Speaker.SERVICE, Listener.MANAGER, contents, facts) for facts in ALL_FACTS
        }
        assert len(decisions) == 1


def test_nobody_but_the_service_ever_speaks_to_managers_or_neighbours() -> None:
    speakers = {
        row.speaker for row in TABLE if row.listener in (Listener.MANAGER, Listener.NEIGHBOUR)
    }
    assert speakers == {Speaker.SERVICE}


def test_an_identity_goes_to_who_asked_for_it_and_to_the_municipality_only() -> None:
    told = {row.listener for row in TABLE if FieldClass.IDENTITY in row.may_contain}
    assert told == {Listener.RESPONSIBLE, Listener.MUNICIPALITY}


def test_words_of_others_never_reach_the_care_side() -> None:
    everything = Facts(True, ACTIVE, True, True, True, True, True, True, True)
    refused = decide(
        Speaker.CONSULTANT, Listener.CARE_WORKER, frozenset({FieldClass.NOTE}), everything
    )
    assert refused == Decision(Reason.TOO_MUCH)


CARE_TELLS = {"same_corporation": True, "agreement": ACTIVE, "assigned": True, "housing": True}
REPORTS = {
    "same_corporation": True,
    "arrears_steps_evidenced": True,
    "tenant_did_not_refuse": True,
    "municipality_agreed": True,
}
PLACES = {"placement_permitted": True}
TELLS = {"same_corporation": True}
PAUSED = AgreementState.PAUSED


@pytest.mark.parametrize(
    ("pair", "holds", "fails", "reason"),
    [
        ("manager responsible", TELLS, {"same_corporation": False}, "other_corporation"),
        ("care_worker responsible", CARE_TELLS, {"same_corporation": False}, "other_corporation"),
        ("care_worker responsible", CARE_TELLS, {"agreement": None}, "no_active_agreement"),
        ("care_worker responsible", CARE_TELLS, {"agreement": PAUSED}, "no_active_agreement"),
        ("care_worker responsible", CARE_TELLS, {"assigned": False}, "not_assigned"),
        ("consultant care_worker", CARE_TELLS, {"housing": False}, "not_housing"),
        ("service coordinator", PLACES, {"placement_permitted": False}, "no_placement"),
        ("consultant municipality", REPORTS, {"same_corporation": False}, "other_corporation"),
        ("consultant municipality", REPORTS, {"arrears_steps_evidenced": False},
         "steps_not_evidenced"),
        ("consultant municipality", REPORTS, {"tenant_did_not_refuse": False}, "tenant_refused"),
        ("consultant municipality", REPORTS, {"municipality_agreed": False},
         "municipality_not_agreed"),
    ],
)  # fmt: skip
def test_the_audit_learns_which_condition_failed(
    pair: str, holds: dict[str, object], fails: dict[str, object], reason: str
) -> None:
    speaker, listener = pair.split()

    def decided(facts: Facts) -> Decision:
        return decide(Speaker(speaker), Listener(listener), frozenset(), facts)

    assert decided(facts_of(holds)) == Decision(Reason.ALLOWED)
    assert decided(facts_of(holds | fails)) == Decision(Reason(reason))


def facts_of(values: dict[str, object]) -> Facts:
    return Facts(**values)  # type: ignore[arg-type]  # the rows above name the fields of Facts


def test_a_telling_outside_the_table_is_refused_as_such() -> None:
    decision = decide(Speaker.CARE_WORKER, Listener.MANAGER, frozenset(), Facts())
    assert decision == Decision(Reason.NO_SUCH_ROW)
