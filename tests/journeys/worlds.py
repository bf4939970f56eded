"""Worlds that look the same from the street: one public side, any private side.

Two of them are lived through in step: the managers do the same at the same times, the same human
acts are done on each of their signals, and all the rest may differ.
"""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from bot.app import matters
from bot.app.matters import NotYours
from bot.app.show import ask
from bot.domain.agreements import Agreement, AgreementState, Party
from bot.domain.people import Person
from bot.domain.registry import Identity
from bot.domain.signals import Act, NotPossible, Outcome, Signal, transition
from bot.domain.tenancies import Absence, Case, CaseWorker, Tenancy
from bot.ports.registry import TenancyRecord
from bot.ports.store import Work
from tests.app.paper import Line
from tests.app.town import Someone, Town
from tests.registries import example
from tests.stores import open_test_store

CORPORATION = "voorbeeld"
MANAGERS = ("piet", "aisha")
STAFF = ("sanne", "tom", "lieke")
UNITS = ("E-4471", "E-4472", "E-4473", "E-4474", "E-2210", "E-1890", "E-5013")
PRIVATE_TABLES = (
    "tenancies.csv",
    "cases.csv",
    "case_workers.csv",
    "agreements.csv",
    "absences.csv",
)
WORLD_BEGAN = date(2026, 1, 1)


@dataclass(frozen=True)
class Tenant:
    """Who lives somewhere, with the care around it. Days count from the story's first."""

    name: str
    contact: str | None = None
    leaves_after: int | None = None
    agreement: AgreementState | None = None


@dataclass(frozen=True)
class Happening:
    """Something before a step that no manager is part of."""

    before_step: int
    what: str
    who: str = "sanne"
    unit: str = UNITS[0]


@dataclass(frozen=True)
class World:
    """The private side. `linked` is the staff with an account from the beginning; absences are
    (person, first day, days, deputy)."""

    tenants: tuple[tuple[str, Tenant], ...] = ()
    linked: frozenset[str] = frozenset()
    absences: tuple[tuple[str, int, int, str | None], ...] = ()
    happenings: tuple[Happening, ...] = ()


@dataclass(frozen=True)
class Step:
    """Something a manager does, or somebody does on one of the manager's signals, which are counted
    round by `number`; `after` is the time since the step before."""

    who: str
    does: str
    text: str = ""
    number: int = 0
    after: timedelta = timedelta(seconds=1)


async def managers_chats(story: Sequence[Step], *worlds: World) -> list[list[Line]]:
    """All that the service ever did in the managers' chats, in each world."""
    async with AsyncExitStack() as stack:
        towns = [await stack.enter_async_context(_living_in(world)) for world in worlds]
        for number, step in enumerate(story):
            for world, town in zip(worlds, towns, strict=True):
                for happening in world.happenings:
                    if happening.before_step == number:
                        await _happens(town, happening)
                await town.goes_on_until(town.clock.now() + step.after)
            await _step(towns, step)
        for town in towns:
            await town.goes_on(days=2)
        return [_seen_by_managers(town) for town in towns]


def _seen_by_managers(town: Town) -> list[Line]:
    return [line for who in MANAGERS for line in town.somebody(who).lines]


@asynccontextmanager
async def _living_in(world: World) -> AsyncIterator[Town]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with open_test_store(folder) as store:
            town = Town(store, paced=True)
            (folder / "registry").mkdir()
            public = example().without(*PRIVATE_TABLES).write(folder / "registry")
            await town.fills_its_registry(public)
            async with store.work() as work:
                await _move_in(work, world, town.house.calendar.local_day(town.clock.now()))
            for manager in MANAGERS:
                await town.has(manager)
            for person in sorted(world.linked):
                await town.has(person)
            yield town


async def _move_in(work: Work, world: World, today: date) -> None:
    records = [_tenancy(work, unit, tenant, today) for unit, tenant in world.tenants]
    await work.registry.put(records)
    sharing = [(unit, tenant) for unit, tenant in world.tenants if tenant.agreement]
    await work.registry.put([_case(unit, tenant) for unit, tenant in sharing])
    await work.registry.put(
        [CaseWorker(CORPORATION, f"Z-{u}", "zorgvoorbeeld", "bas", WORLD_BEGAN) for u, _ in sharing]
    )
    await work.registry.put([_agreement(unit, tenant) for unit, tenant in sharing])
    await work.registry.put(
        [
            Absence(
                CORPORATION,
                person,
                today + timedelta(days=first),
                today + timedelta(days=first + days),
                deputy,
            )
            for person, first, days, deputy in world.absences
        ]
    )


def _tenancy(work: Work, unit: str, tenant: Tenant, today: date) -> TenancyRecord:
    ends = None if tenant.leaves_after is None else today + timedelta(days=tenant.leaves_after)
    return TenancyRecord(
        Tenancy(CORPORATION, _subject(unit), unit, tenant.contact, WORLD_BEGAN, ends),
        work.registry.number_index(CORPORATION, unit),
        Identity(tenant.name, phone="0612345678"),
    )


def _subject(unit: str) -> str:
    return f"tenant-{unit}"


def _case(unit: str, tenant: Tenant) -> Case:
    return Case(CORPORATION, f"Z-{unit}", _subject(unit), "zorgvoorbeeld", tenant.contact)


def _agreement(unit: str, tenant: Tenant) -> Agreement:
    return Agreement(
        CORPORATION,
        f"O-{unit}",
        f"Z-{unit}",
        tenant.agreement or AgreementState.DRAFT,
        WORLD_BEGAN,
        date(2028, 1, 1),
        dict.fromkeys(Party, WORLD_BEGAN),
    )


async def _happens(town: Town, happening: Happening) -> None:
    await HAPPENINGS[happening.what](town, happening)


async def _blocks(town: Town, happening: Happening) -> None:
    town.somebody(happening.who).blocks_the_bot()


async def _unblocks(town: Town, happening: Happening) -> None:
    town.somebody(happening.who).unblocks_the_bot()
    await town.somebody(happening.who).types("/zaken")


async def _links(town: Town, happening: Happening) -> None:
    await town.has(happening.who)


async def _unlinks(town: Town, happening: Happening) -> None:
    await town.somebody(happening.who).types("/stop")
    await _presses(town.somebody(happening.who), 1)


async def _opens_a_card(town: Town, happening: Happening) -> None:
    """Only opens the question: an answer would be a human act, and those are equal."""
    someone = town.somebody(happening.who)
    if any("✅ Afgehandeld" in message.labels for message in someone.messages):
        await someone.presses("✅ Afgehandeld")


async def _erased(town: Town, happening: Happening) -> None:
    await town.store.erase(CORPORATION, _subject(happening.unit))


async def _elsewhere(town: Town, happening: Happening) -> None:
    joost = await town.has("joost", "test")
    await joost.types("Brievenbus van T-100 zit vol, al weken")
    await _presses(joost, 0)


async def _a_stranger(town: Town, happening: Happening) -> None:
    await town.somebody("stranger").types(f"Wie woont er op {happening.unit}?")


async def _withdraws(town: Town, happening: Happening) -> None:
    async with town.store.work() as work:
        agreement = await work.tenancies.agreement_of(
            CORPORATION, f"Z-{happening.unit}", town.house.calendar.local_day(town.clock.now())
        )
        if agreement is not None:
            withdrawn = replace(agreement, state=AgreementState.WITHDRAWN)
            await work.tenancies.save_agreement(withdrawn)


async def _reads(town: Town, happening: Happening) -> None:
    for manager in MANAGERS:
        for signal in await town.signals_of(manager):
            async with town.store.work() as work:
                try:
                    await ask(town.house, work, signal.ref, happening.who, "office")
                except NotYours:
                    continue
    await town.settles()


HAPPENINGS: Mapping[str, Callable[[Town, Happening], Awaitable[None]]] = {
    "blocks": _blocks,
    "unblocks": _unblocks,
    "links": _links,
    "unlinks": _unlinks,
    "opens a card": _opens_a_card,
    "erased": _erased,
    "withdraws": _withdraws,
    "reads": _reads,
    "elsewhere": _elsewhere,
    "a stranger": _a_stranger,
}
"""What the office, the tenants and other corporations do."""


async def _step(towns: Sequence[Town], step: Step) -> None:
    if step.does in ACTS:
        await _act_in_all(towns, step)
        return
    for town in towns:
        await _manager_does(town.somebody(step.who), step)


async def _manager_does(manager: Someone, step: Step) -> None:
    match step.does:
        case "types":
            await manager.types(step.text)
        case "sends":
            await manager.types(step.text)
            for _ in range(3):
                await manager.town.goes_on(seconds=2)
                await _presses(manager, 0)
        case "presses":
            await _presses(manager, step.number)
        case "presses that again":
            if manager.has_pressed:
                await manager.presses_that_again()
        case "is delivered again":
            await manager.is_delivered_again()
        case "edits":
            await manager.edits(1, step.text)
        case "sends a photo":
            await manager.sends_a_photo()
        case _:
            raise ValueError(step.does)


async def _presses(someone: Someone, number: int) -> None:
    """The button with this number on the newest message that has buttons, if there is any."""
    with_buttons = [message for message in someone.messages if message.buttons]
    if with_buttons:
        message = with_buttons[-1]
        await someone.presses(message.labels[number % len(message.labels)], on=message)


ACTS = {"taken up": Act.ACKNOWLEDGE, "closed": Act.RESOLVE, "handed over": Act.REASSIGN}


async def _act_in_all(towns: Sequence[Town], step: Step) -> None:
    """The same human act on the sender's same signal, by whoever owns it in that world. What
    cannot be done in one world is done in none: the acts people do are part of what is equal."""
    signals = [await _numbered(town, step) for town in towns]
    owners = [
        await _owner(town, signal, ACTS[step.does])
        for town, signal in zip(towns, signals, strict=True)
    ]
    for town, signal, owner in zip(towns, signals, owners, strict=True):
        if all(owners) and signal is not None and owner is not None:
            await _act(town, signal, owner, step.does)


async def _numbered(town: Town, step: Step) -> Signal | None:
    signals = list(reversed(await town.signals_of(step.who)))
    return signals[step.number % len(signals)] if signals else None


async def _owner(town: Town, signal: Signal | None, act: Act) -> Person | None:
    """Who owns the signal, if that person can do this with it now."""
    if signal is None or signal.owner is None:
        return None
    try:
        transition(signal.state, act)
    except NotPossible:
        return None
    async with town.store.reading() as work:
        people = {person.id: person for person in await work.people.of(CORPORATION)}
    return people[signal.owner]


async def _act(town: Town, signal: Signal, owner: Person, act: str) -> None:
    async with town.store.work() as work:
        if act == "taken up":
            await matters.take_up(town.house, work, owner, signal.ref)
        elif act == "closed":
            await matters.close(town.house, work, owner, signal.ref, Outcome.SOLVED)
        else:
            colleague = "tom" if owner.id == "lieke" else "lieke"
            await matters.hand_over(town.house, work, owner, signal.ref, colleague)
    await town.settles()
