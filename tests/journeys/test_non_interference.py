"""Neighbour safety (invariant I1): what managers see never depends on who lives where.

For any two worlds with the same public side, the same doings of the managers and the same human
acts on their signals, everything done in their chats is the same, byte for byte and in time.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.app import parcels, route, templates
from bot.app.house import House
from bot.app.letters import to_person
from bot.app.telling import Telling
from bot.domain.agreements import AgreementState
from bot.domain.disclosure import Text
from bot.domain.outbox import Template
from bot.domain.people import PersonKey
from bot.domain.signals import Act, ReleasedStatus, Signal, SignalEvent, released_status
from bot.ports.doors import Parcel
from bot.ports.store import Work
from tests.journeys.worlds import (
    ACTS,
    HAPPENINGS,
    MANAGERS,
    STAFF,
    UNITS,
    Happening,
    Step,
    Tenant,
    World,
    managers_chats,
)

NAMES = ("Jansen", "Bea Proefhuurder", "de Vries", "El Amrani")
SENTENCES = (
    "Brievenbus van {unit} zit al weken vol",
    "Gordijnen bij {unit} al dagen dicht, dag en nacht",
    "{name} op {unit} maakt elke nacht harde muziek",
    "Troep bij {unit} in de gang, van {name}",
    "Gang bij {unit} is opgeruimd, alles oké",
    "Ik hoor nu klappen en een kind gillen bij {unit}!",
    "Huurder {unit} zegt: praat niet meer met mijn begeleider.",
    "Heeft {unit} een driepartijencontract?",
    "Buren vragen waarom er steeds zorg komt bij {unit}, wat zeg ik?",
    "{name} van {unit} is weer psychotisch",
    "Bel {name} op 06-12345678, {unit}",
    "/signaal {unit} brievenbus spoed zit vol",
    "/signaal {unit}",
    "{unit}",
)
COMMANDS = ("/mijn", "/signaal", "/help", "/taal en", "/annuleren", "ja", "hoi", "{name}", "/stop")
PAUSES = (
    timedelta(seconds=1),
    timedelta(minutes=30),
    timedelta(hours=4),
    timedelta(hours=25),
    timedelta(days=15),
)
AND_THEN = [
    Step("piet", "types", "/mijn", after=timedelta(hours=25)),
    Step("aisha", "types", "/mijn"),
]

who = st.sampled_from(MANAGERS)
after = st.sampled_from(PAUSES)
units = st.sampled_from(("E-4471", "E-4471", "E-4472", *UNITS))
texts = st.builds(
    lambda text, unit, name: text.format(unit=unit, name=name),
    st.sampled_from((*SENTENCES[:1] * 4, *SENTENCES)),
    units,
    st.sampled_from(NAMES),
)
oddities = st.sampled_from(COMMANDS) | texts
elsewhere = st.sampled_from(SENTENCES).map(lambda text: text.format(unit="E-9999", name="Jansen"))
sending = st.builds(Step, who, st.just("sends"), texts, after=after)
acting = st.builds(Step, who, st.sampled_from(sorted(ACTS)), number=st.integers(0, 1), after=after)
steps = st.one_of(
    sending,
    acting,
    sending,
    acting,
    st.builds(Step, who, st.just("types"), oddities | elsewhere, after=after),
    st.builds(Step, who, st.just("presses"), number=st.integers(0, 5), after=after),
    st.builds(
        Step,
        who,
        st.sampled_from(("presses that again", "is delivered again", "sends a photo", "edits")),
        text=texts,
        after=after,
    ),
)
stories = st.lists(steps, min_size=3, max_size=10)
staff = st.sampled_from(STAFF)
tenants = st.builds(
    Tenant,
    st.sampled_from(NAMES),
    st.none() | staff,
    st.sampled_from((None, 0, 1, 16)),
    st.none() | st.sampled_from(AgreementState),
)
worlds = st.builds(
    World,
    st.dictionaries(units, tenants, max_size=5).map(lambda d: tuple(d.items())),
    st.frozensets(staff),
    st.lists(
        st.tuples(staff, st.integers(0, 5), st.integers(0, 10), st.none() | staff), max_size=2
    ).map(lambda absences: tuple({absence[0]: absence for absence in absences}.values())),
    st.lists(
        st.builds(
            Happening,
            st.integers(0, 9),
            st.sampled_from(sorted(HAPPENINGS)),
            staff,
            st.sampled_from(UNITS),
        ),
        max_size=6,
    ).map(tuple),
)


NOBODY = World()
EVERYBODY = World(
    tenants=tuple(
        (unit, Tenant("Jansen", "tom", agreement=AgreementState.ACTIVE)) for unit in UNITS
    ),
    linked=frozenset(STAFF),
    absences=(("tom", 0, 30, "sanne"),),
    happenings=(
        Happening(2, "blocks", "sanne"),
        Happening(3, "elsewhere"),
        Happening(4, "erased", unit="E-4472"),
        Happening(5, "unblocks", "sanne"),
        Happening(6, "reads", "lieke"),
    ),
)
A_FULL_DAY = [
    Step("piet", "sends", "Brievenbus van E-4471 zit al weken vol"),
    Step("aisha", "sends", "De brievenbus van E-4471 puilt uit", after=timedelta(minutes=5)),
    Step("piet", "sends", "Jansen op E-4472 maakt elke nacht harde muziek"),
    Step("piet", "types", "Heeft E-4471 een driepartijencontract?"),
    Step("aisha", "types", "Ik hoor nu klappen en een kind gillen bij E-1890!"),
    Step("piet", "types", "Huurder E-4471 zegt: praat niet meer met mijn begeleider."),
    Step("piet", "taken up", number=0),
    Step("aisha", "types", "/mijn", after=timedelta(days=1)),
    Step("piet", "types", "/mijn"),
]
MAIL = "Brievenbus van E-4471 zit al weken vol"
TWICE_REPORTED = [
    Step("piet", "sends", MAIL),
    Step("aisha", "sends", MAIL, after=timedelta(days=4)),
]
STAYS = World(tenants=(("E-4471", Tenant("Jansen")),))
MOVES = World(tenants=(("E-4471", Tenant("Jansen", leaves_after=1)),))


@example(story=A_FULL_DAY, one=NOBODY, other=EVERYBODY)
@example(story=TWICE_REPORTED, one=STAYS, other=MOVES)
@given(story=stories, one=worlds, other=worlds)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=False
)
async def test_what_managers_see_does_not_depend_on_who_lives_where(
    story: list[Step], one: World, other: World
) -> None:
    here, there = await managers_chats([*story, *AND_THEN], one, other)

    assert here == there


async def test_a_full_day_looks_the_same_in_an_empty_town_and_a_full_one() -> None:
    empty, full = await managers_chats(A_FULL_DAY, NOBODY, EVERYBODY)

    assert empty == full
    assert any("in behandeling" in line.text for line in full)


class TestThatItCanFail:
    """Careless changes that somebody might make one day: the same comparison catches each."""

    async def test_a_receipt_that_looks_up_who_lives_there(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def leaky(telling: Telling) -> Parcel:
            parcel = await templates.receipt(telling)
            if await _somebody_lives_there(telling):
                return replace(parcel, text=Text("answer.how_to_start"))
            return parcel

        _say(monkeypatch, Template.RECEIPT, leaky)
        empty, full = await managers_chats(A_FULL_DAY, NOBODY, EVERYBODY)

        assert [line.text for line in empty] != [line.text for line in full]

    async def test_a_look_up_that_takes_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The words are the same, and so is their order: only the clock tells."""

        async def leaky(telling: Telling) -> Parcel:
            if telling.row.attempts == 1 and await _somebody_lives_there(telling):
                raise TimeoutError
            return await templates.receipt(telling)

        _say(monkeypatch, Template.RECEIPT, leaky)
        empty, full = await managers_chats(A_FULL_DAY[:1], NOBODY, EVERYBODY)

        assert [line.text for line in empty] == [line.text for line in full]
        assert empty != full

    async def test_a_status_that_follows_what_the_house_does_by_itself(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def leaky(history: tuple[SignalEvent, ...], until: datetime) -> ReleasedStatus:
            if any(event.act in (Act.REASSIGN, Act.LEND) for event in history):
                return ReleasedStatus.IN_PROGRESS
            return released_status(history, until)

        monkeypatch.setattr(templates, "released_status", leaky)
        empty, full = await managers_chats(A_FULL_DAY, NOBODY, EVERYBODY)

        assert empty != full

    async def test_a_word_to_the_sender_that_it_was_reported_before(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        join = route._join

        async def leaky(house: House, work: Work, signal: Signal, first: Signal) -> None:
            await join(house, work, signal, first)
            sender = await work.people.get(PersonKey(signal.corporation, signal.sender))
            assert sender is not None
            await work.outbox.put(to_person(sender, Template.CALL_112, "", house.clock.now()))

        monkeypatch.setattr(route, "_join", leaky)
        stays, moves = await managers_chats(TWICE_REPORTED, STAYS, MOVES)

        assert stays != moves


def _say(
    monkeypatch: pytest.MonkeyPatch,
    template: Template,
    wording: Callable[[Telling], Awaitable[Parcel]],
) -> None:
    changed = MappingProxyType({**templates.WORDING, template: wording})
    monkeypatch.setattr(parcels, "WORDING", changed)


async def _somebody_lives_there(telling: Telling) -> bool:
    corporation, work = telling.row.corporation, telling.work
    signal = await work.signals.get(corporation, telling.row.about)
    assert signal is not None
    day = telling.house.calendar.local_day(telling.house.clock.now())
    return await work.tenancies.of_unit(corporation, signal.unit, day) is not None
