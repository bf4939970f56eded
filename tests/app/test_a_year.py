"""A whole year on hand-driven time: managers send, staff act or don't, people are away, both clock
changes and every holiday pass, the service stops and starts. Afterwards an oracle that knows only
the policy looks at every phone and every history.
"""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from bot.domain.due import DueKind
from bot.domain.escalation import (
    WAITING,
    Planned,
    Step,
    after_step,
    first_return,
    ladder,
    next_return,
)
from bot.domain.people import PersonKey
from bot.domain.signals import TOLD, Act, Signal, SignalEvent, State, transition
from bot.domain.urgency import LADDERS, Urgency
from bot.domain.worktime import Hours
from tests.app.paper import Did, Line
from tests.app.town import CALENDAR, MONDAY, Someone, Town
from tests.domain import slow_worktime
from tests.stores import open_test_store

LATE = timedelta(minutes=15)
DAYS = 366
MANAGERS = ("piet", "aisha")
STAFF = ("sanne", "tom", "lieke")
HOMES = ("E-4471", "E-4472", "E-4473", "E-2210", "E-3105", "E-1203")
SEEN = (
    *["Brievenbus van {} zit vol, al weken"] * 4,
    *["Gordijnen bij {} al dagen dicht, dag en nacht"] * 4,
    *["Geen contact te krijgen bij {}"] * 3,
    "Sterke gaslucht bij {}!",
    *["Stank bij {} in de gang"] * 3,
)
CARD = re.compile(r"(?:🔔|🚨) Seintje (\w{3}-\w{4})")
OVERVIEWS = ("☀️", "🗓️")
REFERENCE = re.compile(r"\b[0-9A-Z]{3}-[0-9A-Z]{4}\b")
WROTE_DOWN = {
    Step.REMINDER: Act.REMIND,
    Step.DEPUTY: Act.TELL_DEPUTY,
    Step.TEAM_LEAD: Act.TELL_TEAM_LEAD,
    Step.ALARM: Act.ALARM,
    Step.AGAIN: Act.ALARM,
}


@dataclass
class Year:
    """The town, the dice, and what the oracle must know of what happened outside the service."""

    town: Town
    dice: Random
    acted: set[tuple[datetime, str]] = field(default_factory=set)
    standstills: list[tuple[datetime, datetime]] = field(default_factory=list)

    def one_of(self, people: Sequence[str]) -> Someone:
        """Somebody who does something now."""
        one = self.town.somebody(self.dice.choice(people))
        self.acted.add((self.town.clock.now(), one.address))
        return one


async def a_manager_sends(year: Year) -> None:
    manager = year.one_of(MANAGERS)
    await manager.types(year.dice.choice(SEEN).format(year.dice.choice(HOMES)))
    for _ in range(4):
        for label in manager.screen.labels:
            if any(word in label for word in ("Versturen", "Overslaan", "Nieuw")):
                await manager.presses(label)
                break


async def staff_act(year: Year) -> None:
    """Somebody presses a button of one of the cards in the chat, or answers what it then asks."""
    one = year.one_of(STAFF)
    cards = [message for message in one.messages if message.buttons]
    if not cards:
        return
    acute = [card for card in cards if card.text.startswith("🚨")]
    card = year.dice.choice(acute or cards)
    ends = [label for label in card.labels if "Afgehandeld" in label and year.dice.random() < 0.4]
    await one.presses(year.dice.choice(ends or card.labels), on=card)
    for _ in range(2):
        if one.screen.labels and not CARD.match(one.screen.text):
            await one.presses(year.dice.choice(one.screen.labels), on=one.screen)


async def somebody_is_away(year: Year) -> None:
    one = year.one_of(STAFF)
    deputy = year.dice.choice([other for other in STAFF if other != one.address])
    starts = CALENDAR.local_day(year.town.clock.now()) + timedelta(days=year.dice.randint(0, 9))
    ends = starts + timedelta(days=year.dice.randint(0, 20))
    await one.types(f"/afwezig {starts:%d-%m-%Y} t/m {ends:%d-%m-%Y} {deputy.title()}")
    for label in one.screen.labels:
        if label.startswith("✅"):
            await one.presses(label)
            return


async def the_service_stops(year: Year) -> None:
    """For a moment, a night, or days on end; then another process goes on."""
    hours = year.dice.choice((0, 0, 1, 5, 14, 60))
    stopped = year.town.clock.now()
    await year.town.clock.move_to(stopped + timedelta(hours=hours))
    year.standstills.append((stopped, year.town.clock.now()))
    people = {*MANAGERS, *STAFF, "bram"}
    year.town = Town(year.town.store, before=year.town)
    for person in people:
        year.town.somebody(person)
    await year.town.settles()


WHAT_HAPPENS: tuple[tuple[Callable[[Year], Awaitable[None]], int], ...] = (
    (a_manager_sends, 70),
    (staff_act, 300),
    (somebody_is_away, 24),
    (the_service_stops, 25),
)


@pytest.mark.parametrize("seed", [2026])
async def test_a_year(tmp_path: Path, seed: int) -> None:
    async with open_test_store(tmp_path) as store:
        town = Town(store)
        await town.fills_its_registry()
        for person in (*MANAGERS, *STAFF, "bram"):
            await town.has(person)
        year = Year(town, Random(seed))  # dice, not secrets
        for moment, happens in _happenings(year.dice):
            await year.town.goes_on_until(max(moment, year.town.clock.now()))
            await happens(year)
            await nothing_lies_still(year.town)
        await year.town.goes_on_until(max(MONDAY + timedelta(days=DAYS), year.town.clock.now()))
        await nothing_lies_still(year.town)
        await every_step_came_once_and_in_time(year)
        nobody_was_called_out_of_hours(year)
        await people_really_were_away(year)


def _happenings(dice: Random) -> list[tuple[datetime, Callable[[Year], Awaitable[None]]]]:
    minutes = DAYS * 24 * 60
    return sorted(
        (
            (MONDAY + timedelta(minutes=dice.randrange(minutes)), happens)
            for happens, times in WHAT_HAPPENS
            for _ in range(times)
        ),
        key=lambda one: one[0],
    )


async def nothing_lies_still(town: Town) -> None:
    """Whatever is open has an owner who works here and exactly one moment at which it comes up."""
    async with town.store.reading() as work:
        open_now = [
            signal
            for person in STAFF
            for signal in await work.matters.open_of(PersonKey("voorbeeld", person))
        ]
        due = {
            row.about: row
            for row in await work.due.ahead(datetime.max.replace(tzinfo=UTC), 10_000)
            if row.kind is DueKind.SIGNAL
        }
        assert not await work.matters.unrouted(10)
    assert due.keys() == {signal.ref for signal in open_now}
    assert all(row.at > town.clock.now() and not row.tries for row in due.values())


async def every_step_came_once_and_in_time(year: Year) -> None:
    for signal in [one for manager in MANAGERS for one in await year.town.signals_of(manager)]:
        async with year.town.store.reading() as work:
            history = list(await work.signals.history(signal.corporation, signal.ref))
            joined = await work.matters.merged_into(signal.corporation, signal.ref)
        if joined:
            continue  # its urgency may have been raised in between; the stories tell of that
        for stretch in _stretches(history, year.town.clock.now()):
            _is_as_planned(year, signal, stretch)
        _was_told(year, signal, history)


@dataclass(frozen=True)
class Stretch:
    """From an act after which somebody must do something, until somebody did."""

    began: SignalEvent
    state: State
    told: tuple[SignalEvent, ...]
    ended: datetime


def _stretches(history: Sequence[SignalEvent], now: datetime) -> Iterator[Stretch]:
    state, began, told = State.NEW, None, []
    for event in history:
        before, state = state, state if event.act in TOLD else transition(state, event.act)
        passes_on = event.act in (Act.LEND, Act.RETURN) and before not in WAITING
        if event.act in TOLD:
            told.append(event)
        elif not passes_on:
            if began:
                yield Stretch(began, before, tuple(told), event.at)
            began, told = event, []
    if began:
        yield Stretch(began, state, tuple(told), now)


def _is_as_planned(year: Year, signal: Signal, stretch: Stretch) -> None:
    told = list(stretch.told)
    for act, planned in _plan(signal.urgency, stretch):
        at = _in_service(year, planned.at, _hours(signal.urgency, planned.step))
        if at > stretch.ended or (at == stretch.ended and not told):
            break
        if act is Act.TELL_DEPUTY and (not told or told[0].act is not act):
            continue  # nobody was there to stand in
        assert told, (signal.ref, act, planned, stretch)
        assert (told[0].act, told[0].at) == (act, at), (signal.ref, signal.urgency, stretch)
        told.pop(0)
    assert not told, (signal.ref, stretch)


def _plan(urgency: Urgency, stretch: Stretch) -> Iterator[tuple[Act, Planned]]:
    """What the policy wants. What repeats counts from its own moment, or from when it came if that
    was late."""
    since = stretch.began.at
    if stretch.state in WAITING:
        steps = ladder(urgency, since, CALENDAR)
        yield from ((WROTE_DOWN[one.step], one) for one in steps if one.step in WROTE_DOWN)
        yield from _repeated(
            stretch, Act.ALARM, steps[-1], lambda done: after_step(urgency, since, done, CALENDAR)
        )
    elif stretch.state in (State.ACKNOWLEDGED, State.IN_PROGRESS):
        weekly = stretch.began.act is Act.PROGRESS
        first = next_return(since, CALENDAR) if weekly else first_return(urgency, since, CALENDAR)
        yield Act.COME_BACK, first
        yield from _repeated(
            stretch, Act.COME_BACK, first, lambda done: next_return(done.at, CALENDAR)
        )


def _hours(urgency: Urgency, step: Step) -> Hours:
    return LADDERS[urgency].hours


def _repeated(
    stretch: Stretch, act: Act, last: Planned, following: Callable[[Planned], Planned]
) -> Iterator[tuple[Act, Planned]]:
    for came in [event.at for event in stretch.told if event.act is act]:
        last = following(last if came - last.at <= LATE else replace(last, at=came))
        yield act, last


def _in_service(year: Year, at: datetime, hours: Hours) -> datetime:
    """When something planned for this moment can really come."""
    for stopped, went_on in year.standstills:
        if stopped < at < went_on:
            at = CALENDAR.next_moment(went_on, hours)
    return at


def _was_told(year: Year, signal: Signal, history: Sequence[SignalEvent]) -> None:
    """Whatever stands in the history as told did make a phone buzz, with this reference."""
    heard = {
        line.at
        for person in STAFF
        for line in year.town.somebody(person).lines
        if line.did is Did.SAID and signal.ref in line.text
    }
    assert {event.at for event in history if event.act in TOLD} <= heard


def nobody_was_called_out_of_hours(year: Year) -> None:
    """A phone buzzes in the hours of what it is about, unless its owner is busy with it; and never
    twice at one moment for the same matter."""
    for person in STAFF:
        unasked = [
            line
            for line in year.town.somebody(person).lines
            if line.did is Did.SAID
            and (line.at, person) not in year.acted
            and not line.text.startswith(OVERVIEWS)
        ]
        assert len(unasked) > 100, "the year was too quiet to prove anything"
        for line in unasked:
            assert slow_worktime.runs(line.at, _loudest(line), CALENDAR), line
        buzzes = Counter((line.at, ref) for line in unasked for ref in REFERENCE.findall(line.text))
        twice = {buzz for buzz, times in buzzes.items() if times > 1}
        assert not twice, [line for line in unasked if line.at in dict(twice)]


async def people_really_were_away(year: Year) -> None:
    moved = Counter(line.split()[0] for line in await year.town.audit_of())
    assert min(moved["signal.lend"], moved["signal.return"]) > 3, moved


def _loudest(line: Line) -> Hours:
    if "🚨" in line.text or "acuut" in line.text:
        return Hours.CLOCK
    return Hours.EXTENDED if re.search(r"Spoed: spoed|· spoed", line.text) else Hours.OFFICE
