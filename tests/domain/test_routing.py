"""Who is responsible, whoever is away (docs/domain.md, "Routing")."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.people import Person, Role
from bot.domain.routing import (
    NoTeamLead,
    Responsible,
    Staff,
    Why,
    deputies,
    may_act,
    responsible_for,
)

# a small office


def somebody(
    id: str, role: Role = Role.CONSULTANT, deputy: str | None = None, active: bool = True
) -> Person:
    return Person("wcv", id, role, name=id.title(), deputy=deputy, active=active)


def office(*people: Person) -> Staff:
    return Staff({person.id: person for person in people})


def without(staff: Staff, *away: str) -> Staff:
    return replace(staff, away=frozenset(away))


ANNA = somebody("anna", deputy="bert")
BERT = somebody("bert", deputy="carla")
CARLA = somebody("carla")
LENA = somebody("lena", Role.TEAM_LEAD)
OFFICE = office(ANNA, BERT, CARLA, LENA)


def test_the_fixed_contact_comes_first() -> None:
    assert responsible_for("carla", "anna", OFFICE) == Responsible("carla", Why.FIXED_CONTACT)


def test_without_a_fixed_contact_the_consultant_of_the_neighbourhood() -> None:
    assert responsible_for(None, "anna", OFFICE) == Responsible("anna", Why.NEIGHBOURHOOD)


def test_without_anybody_the_team_lead() -> None:
    assert responsible_for(None, None, OFFICE) == Responsible("lena", Why.TEAM_LEAD)


def test_who_is_away_is_replaced_by_the_deputy() -> None:
    staff = without(OFFICE, "anna")
    assert responsible_for("anna", None, staff) == Responsible("bert", Why.DEPUTY)


def test_a_deputy_who_cannot_be_reached_is_replaced_too() -> None:
    staff = replace(without(OFFICE, "anna"), unreachable=frozenset({"bert"}))
    assert responsible_for("anna", None, staff) == Responsible("carla", Why.DEPUTY)


def test_a_deputy_who_left_still_passes_the_matter_on() -> None:
    left = without(office(ANNA, replace(BERT, active=False), CARLA, LENA), "anna")
    assert responsible_for("anna", None, left) == Responsible("carla", Why.DEPUTY)


def test_the_deputy_named_for_an_absence_replaces_the_usual_one() -> None:
    staff = replace(without(OFFICE, "anna"), standing_in={"anna": "carla"})
    assert responsible_for("anna", None, staff) == Responsible("carla", Why.DEPUTY)


def test_an_absent_fixed_contact_is_not_replaced_by_the_neighbourhood() -> None:
    staff = without(OFFICE, "carla")
    assert responsible_for("carla", "anna", staff) == Responsible("lena", Why.TEAM_LEAD)


def test_a_fixed_contact_who_left_is_passed_over() -> None:
    left = office(replace(ANNA, active=False), BERT, LENA)
    assert responsible_for("anna", "bert", left) == Responsible("bert", Why.NEIGHBOURHOOD)


def test_two_who_stand_in_for_each_other_end_at_the_team_lead() -> None:
    loop = without(office(ANNA, replace(BERT, deputy="anna"), LENA), "anna", "bert")
    assert responsible_for("anna", None, loop) == Responsible("lena", Why.TEAM_LEAD)
    assert list(deputies("anna", loop)) == ["bert"]


def test_a_neighbourhood_manager_is_never_responsible() -> None:
    piet = somebody("piet", Role.MANAGER)
    staff = without(office(replace(ANNA, deputy="piet"), piet, LENA), "anna")
    assert responsible_for("anna", None, staff) == Responsible("lena", Why.TEAM_LEAD)
    assert responsible_for("piet", None, staff) == Responsible("lena", Why.TEAM_LEAD)


def test_the_other_team_lead_comes_before_the_deputy_of_an_absent_one() -> None:
    away = replace(LENA, deputy="anna")
    mo = somebody("mo", Role.TEAM_LEAD)
    both = without(office(ANNA, away, mo), "lena")
    assert responsible_for(None, None, both) == Responsible("mo", Why.TEAM_LEAD)
    alone = without(office(ANNA, away), "lena")
    assert responsible_for(None, None, alone) == Responsible("anna", Why.DEPUTY)


def test_where_nobody_can_act_it_waits_with_the_team_lead() -> None:
    nobody = replace(OFFICE, unreachable=frozenset(OFFICE.people))
    assert responsible_for("anna", "bert", nobody) == Responsible("lena", Why.TEAM_LEAD)


def test_a_corporation_without_team_lead_says_so_only_when_it_needs_one() -> None:
    staff = office(ANNA, replace(LENA, active=False))
    assert responsible_for("anna", None, staff) == Responsible("anna", Why.FIXED_CONTACT)
    with pytest.raises(NoTeamLead):
        responsible_for(None, None, staff)


# any office at all

IDS = tuple("abcdefgh")
ids = st.sampled_from(IDS)
some_ids = st.frozensets(ids)
maybe_ids = st.one_of(st.none(), ids, st.just("unknown"))
roles = st.sampled_from([Role.CONSULTANT, Role.TEAM_LEAD, Role.MANAGER, Role.PRIVACY_OFFICER])


@st.composite
def offices(draw: st.DrawFn) -> Staff:
    """People who left, deputies unknown, in chains and in loops, and at least one team lead."""
    people = [
        somebody(id, draw(roles), draw(maybe_ids), draw(st.booleans()))
        for id in draw(st.lists(ids, unique=True))
    ]
    lead = somebody(draw(ids), Role.TEAM_LEAD, draw(maybe_ids))
    everybody = office(*(person for person in people if person.id != lead.id), lead)
    return replace(
        everybody,
        away=draw(some_ids),
        unreachable=draw(some_ids),
        standing_in=draw(st.dictionaries(ids, st.one_of(ids, st.just("unknown")))),
    )


def slowly(fixed: str | None, consultant: str | None, staff: Staff) -> str:
    """The rule once more, as a search through the whole office that remembers who was asked."""
    here = [person for person in staff.people.values() if person.active]
    owners = {p.id for p in here if p.role in (Role.CONSULTANT, Role.TEAM_LEAD)}
    able = owners - staff.away - staff.unreachable
    leads = sorted(id for id in owners if staff.people[id].role is Role.TEAM_LEAD)
    stand_in = {id: person.deputy for id, person in staff.people.items()}
    stand_in |= staff.standing_in or {}

    def chain(person: str | None, asked: tuple[str, ...] = ()) -> tuple[str, ...]:
        if person is None or person in asked:
            return asked
        return chain(stand_in.get(person), (*asked, person))

    first = fixed if fixed in owners else consultant if consultant in owners else None
    order = [*chain(first), *leads]
    for lead in leads:
        order.extend(chain(lead))
    return next((person for person in order if person in able), leads[0])


@given(maybe_ids, maybe_ids, offices())
def test_any_office_has_exactly_the_responsible_person_of_the_rule(
    fixed: str | None, consultant: str | None, staff: Staff
) -> None:
    found = responsible_for(fixed, consultant, staff)
    assert found.person == slowly(fixed, consultant, staff)
    assert staff.works_here(found.person)


@given(maybe_ids, maybe_ids, offices())
def test_whoever_can_act_is_found_before_anybody_who_cannot(
    fixed: str | None, consultant: str | None, staff: Staff
) -> None:
    found = responsible_for(fixed, consultant, staff)
    if not staff.can_act(found.person):
        leads = staff.team_leads()
        assert found.why is Why.TEAM_LEAD
        assert not any(staff.can_act(lead) for lead in leads)
        assert not any(staff.can_act(d) for lead in leads for d in deputies(lead, staff))


@given(maybe_ids, maybe_ids, offices(), st.permutations(IDS))
def test_the_order_in_which_people_are_registered_changes_nothing(
    fixed: str | None, consultant: str | None, staff: Staff, order: list[str]
) -> None:
    again = replace(staff, people={id: staff.people[id] for id in order if id in staff.people})
    assert responsible_for(fixed, consultant, again) == responsible_for(fixed, consultant, staff)


@given(offices(), ids)
def test_a_chain_of_deputies_names_everybody_once(staff: Staff, person: str) -> None:
    chain = list(deputies(person, staff))
    assert len(set(chain)) == len(chain)
    assert person not in chain


@given(maybe_ids, maybe_ids, offices())
def test_the_responsible_person_may_always_act(
    fixed: str | None, consultant: str | None, staff: Staff
) -> None:
    owner = responsible_for(fixed, consultant, staff).person
    assert may_act(owner, owner, staff)


def test_who_may_act_on_a_matter_of_anna() -> None:
    stranger = somebody("dirk")
    piet = somebody("piet", Role.MANAGER)
    staff = office(ANNA, BERT, CARLA, LENA, stranger, piet)
    allowed = [person for person in staff.people if may_act(person, "anna", staff)]
    assert allowed == ["anna", "bert", "carla", "lena"]


def test_who_left_may_no_longer_act() -> None:
    staff = office(replace(ANNA, active=False), LENA)
    assert not may_act("anna", "anna", staff)
