"""The service is killed again and again while signals stream in and time goes on: nothing is lost,
nothing doubled, and what falls due is done once.

Real SIGKILLs on the real program, on real files and a real PostgreSQL, at random moments. Telegram
(ours, on loopback) lives on, as it would; so do the people, who type on as people do.
"""

import asyncio
import random
import re
import signal
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.app.linking import invite
from bot.app.registry.importing import import_checked, read_registry
from bot.config import Settings, load_settings
from bot.domain.escalation import began, ladder
from bot.domain.people import PersonKey
from bot.domain.signals import Act, Signal, State
from bot.wiring import Parts, opened
from handlers.loopback.bot_api import LoopbackBotApi
from handlers.loopback.faults import CutAfter
from handlers.loopback.messages import Message
from handlers.loopback.user import LoopbackUser
from storage.audit import verify
from tests.journeys.programs import PATIENCE, Program, SharedClock
from tests.registries import EXAMPLE
from tests.stores import database_url as database_url

KILLS = {1: 50, 2: 30}
"""By the number of processes."""
LONGEST_LIFE = 0.6
"""Seconds a process may live after it said that it is ready, before one is killed."""
PASSES = timedelta(hours=9)
"""From the first kill to the last; enough for the whole ladder of an urgent signal."""
CORPORATION = "voorbeeld"
MANAGERS = {"piet": ("E-4471", "E-2210", "E-3105"), "aisha": ("E-1890", "E-3300", "E-5012")}
LEFT_ALONE = {"piet": ("E-4472", "E-1203"), "aisha": ("E-5013",)}
"""Homes of urgent signals that nobody takes up."""
OWNERS = ("sanne", "tom", "lieke")
REFERENCE = re.compile(r"[0-9A-Z]{3}-[0-9A-Z]{4}")


@dataclass(frozen=True)
class Town:
    """What lives on, and the programs that do not."""

    api: LoopbackBotApi
    clock: SharedClock
    settings: Settings
    programs: Sequence[Program]
    people: dict[str, LoopbackUser]
    chance: random.Random

    @asynccontextmanager
    async def parts(self) -> AsyncIterator[Parts]:
        async with opened(self.settings, self.clock) as parts:
            yield parts


async def test_many_kills_lose_nothing_and_double_nothing(
    tmp_path: Path, database_url: str
) -> None:
    """One process on SQLite; on PostgreSQL two, of which either one dies."""
    async with town_with(tmp_path, database_url) as town:
        waiting = await left_alone(town)
        enough = asyncio.Event()
        streams = [
            asyncio.create_task(streams_signals(town.people[name], units, enough))
            for name, units in MANAGERS.items()
        ]
        kills = KILLS[len(town.programs)]
        for kill in range(kills):
            await one_kill(town, kill, PASSES / kills)
        enough.set()
        seen = dict(zip(MANAGERS, await asyncio.gather(*streams), strict=True))
        await all_due_is_done(town)
        for name in OWNERS:
            await everything_shown(town.api, town.people[name])
        for program in town.programs:
            assert await program.ends_by(signal.SIGTERM) == 0, program.log.read_text()

        receipts = {name: [*waiting[name], *seen[name]] for name in MANAGERS}
        async with town.parts() as parts:
            await hold_to_what_was_seen(parts, receipts, town.people)
            for name, refs in waiting.items():
                for ref in refs:
                    await climbed_once(parts, name, ref)
    assert sum(map(len, seen.values())) >= 2 * len(MANAGERS)


@asynccontextmanager
async def town_with(folder: Path, url: str, short_leases: bool = True) -> AsyncIterator[Town]:
    clock = SharedClock(folder / "clock")
    processes = 1 if url.startswith("sqlite") else 2
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(LoopbackBotApi(now=clock.now))
        config = configured(folder, api, url)
        settings = load_settings(config)
        programs = [
            await stack.enter_async_context(
                Program.of(config, folder / f"log-{n}.txt", clock, short_leases)
            )
            for n in range(processes)
        ]
        codes = await invited(settings, clock)
        for program in programs:
            await program.starts()
        people = await linked(api, codes)
        for program in programs:
            await program.is_ready()
        yield Town(api, clock, settings, programs, people, random.Random(20261123))


def configured(folder: Path, api: LoopbackBotApi, url: str) -> Path:
    config = folder / "config.toml"
    config.write_text(
        f'[service]\nlisten = "127.0.0.1:0"\nlog = "json"\n'
        f'[storage]\nurl = "{url}"\n'
        f'[telegram]\ntoken = "{api.token}"\nbase_url = "{api.base_url}"\n'
        "messages_per_second = 1000.0\nmessages_per_second_per_chat = 1000.0\n"
    )
    return config


async def one_kill(town: Town, kill: int, passes: timedelta) -> None:
    """One of the processes dies at some moment, time goes on, and it comes back."""
    if kill % 5 == 0:
        method = town.chance.choice(["sendMessage", "editMessageText", "getUpdates"])
        town.api.faults.next(method, CutAfter())
    await asyncio.sleep(town.chance.uniform(0.0, LONGEST_LIFE))
    program = town.chance.choice(town.programs)
    assert await program.ends_by(signal.SIGKILL) == -signal.SIGKILL
    town.clock.jumps(passes)
    await program.starts()
    await program.is_ready()


async def invited(settings: Settings, clock: SharedClock) -> dict[str, str]:
    async with opened(settings, clock) as parts:
        now = parts.clock.now()
        await import_checked(parts.store, read_registry(EXAMPLE, now.date()), "test", now)
        codes = {}
        for name in (*MANAGERS, *OWNERS):
            async with parts.store.work() as work:
                key = PersonKey(CORPORATION, name)
                codes[name] = (await invite(parts.house, work, key, "test")).code
    return codes


async def linked(api: LoopbackBotApi, codes: dict[str, str]) -> dict[str, LoopbackUser]:
    people = {name: api.person(name.title(), 1001 + at) for at, name in enumerate(codes)}
    for name, person in people.items():
        person.patience = PATIENCE
        await person.types(f"/start {codes[name]}")
        await person.sees("Welkom")
    return people


async def left_alone(town: Town) -> dict[str, list[str]]:
    """Urgent signals of before the first kill; returns the references by sender."""
    return {
        name: [
            await signals(town.people[name], f"/signaal {unit} brievenbus spoed zit vol")
            for unit in units
        ]
        for name, units in LEFT_ALONE.items()
    }


async def streams_signals(
    person: LoopbackUser, units: tuple[str, ...], enough: asyncio.Event
) -> list[str]:
    """Sends one signal after the other; returns the references of the receipts seen."""
    references: list[str] = []
    while not enough.is_set():
        unit = units[len(references) % len(units)]
        text = f"Troep in de gang bij {unit}, keer {len(references)}"
        references.append(await signals(person, text))
    return references


async def signals(person: LoopbackUser, text: str) -> str:
    """Sends one signal; returns the reference of its receipt."""
    before = person.last
    await person.types(text)
    form = await person.sees("Klopt dit?", after=before)
    await person.presses("Versturen", message=form)
    return reference_in(await person.sees("Doorgegeven", after=form))


def reference_in(message: Message) -> str:
    found = REFERENCE.search(message.text)
    assert found is not None, message.text
    return found[0]


async def all_due_is_done(town: Town) -> None:
    async with town.parts() as parts:
        coming = town.clock.now()
        while coming <= town.clock.now():
            await asyncio.sleep(0.05)
            async with parts.store.reading() as work:
                coming = await work.due.next_at() or coming


async def everything_shown(api: LoopbackBotApi, person: LoopbackUser) -> None:
    """Until the bot has nothing more to say: /zaken is answered after all that waited before."""
    before = person.last if person.visible else None
    await person.types("/zaken")
    await person.sees("zaken", after=before)


async def hold_to_what_was_seen(
    parts: Parts, receipts: dict[str, list[str]], people: dict[str, LoopbackUser]
) -> None:
    async with parts.store.reading() as work:
        assert list(await work.post.undelivered(10)) == []
        for name, seen in receipts.items():
            assert len(seen) == len(set(seen)), "two presses with one reference"
            stored = await work.signals.sent_by(PersonKey(CORPORATION, name), 100_000)
            assert Counter(signal.ref for signal in stored) == Counter(seen)
            for one in stored:
                assert one.owner is not None
                first = one.merged_into or one.ref
                assert one.state in (State.ROUTED, State.MERGED)
                assert first in shown_to(people[one.owner]), "a consultant was not told"
            stand_joined(stored)
        for corporation in await work.audit.heads():
            anchor = parts.store.anchor(corporation)
            assert (await verify(work, corporation, anchor)).whole


def stand_joined(stored: Sequence[Signal]) -> None:
    """Two signals about the same thing in one home make one matter, whoever routed them."""
    matters = Counter((one.unit, one.category) for one in stored if one.merged_into is None)
    assert set(matters.values()) == {1}, matters


async def climbed_once(parts: Parts, sender: str, ref: str) -> None:
    """Every step of the ladder that was due stands in the history once, none before its time."""
    async with parts.store.reading() as work:
        signal = await work.signals.get(CORPORATION, ref)
        history = tuple(await work.signals.history(CORPORATION, ref))
    since = began(history)
    assert signal is not None
    assert since is not None
    steps = ladder(signal.urgency, since, parts.house.calendar)
    assert steps[-1].at < parts.clock.now(), "too little time went by to see the whole ladder"
    climbed = Counter(event.act for event in history)
    wanted = {Act.ROUTE, Act.REMIND, Act.TELL_DEPUTY, Act.TELL_TEAM_LEAD, Act.ALARM}
    assert climbed == Counter(wanted), (sender, history)
    moments = sorted(event.at for event in history if event.act is not Act.ROUTE)
    planned = sorted(step.at for step in steps)[1:]
    assert all(at >= plan for at, plan in zip(moments, planned, strict=True))


def shown_to(person: LoopbackUser) -> set[str]:
    return {ref for message in person.history for ref in REFERENCE.findall(message.text)}
