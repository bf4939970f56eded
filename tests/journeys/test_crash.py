"""The service is killed again and again while signals stream in: nothing is lost, nothing doubled.

Real SIGKILLs on the real program, on real files, at random moments. Telegram (ours, on loopback)
lives on, as it would; so do the people, who type on as people do.
"""

import asyncio
import random
import re
import signal
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bot.app.linking import invite
from bot.app.registry.importing import import_checked, read_registry
from bot.config import Settings, load_settings
from bot.domain.people import PersonKey
from bot.domain.signals import State
from bot.wiring import Parts, opened
from handlers.clock import SystemClock
from handlers.loopback.bot_api import LoopbackBotApi
from handlers.loopback.faults import CutAfter
from handlers.loopback.messages import Message
from handlers.loopback.user import LoopbackUser
from storage.audit import verify
from tests.registries import EXAMPLE

KILLS = 50
PATIENCE = 60.0
LONGEST_LIFE = 0.7
"""Seconds a process may live after its first call, before it is killed."""
CORPORATION = "voorbeeld"
MANAGERS = {"piet": ("E-4471", "E-2210", "E-3105"), "aisha": ("E-1890", "E-3300", "E-5012")}
OWNERS = ("sanne", "tom", "lieke")
REFERENCE = re.compile(r"[0-9A-Z]{3}-[0-9A-Z]{4}")


@dataclass
class Program:
    """`seintje run` as a process of its own."""

    config: Path
    log: Path
    process: asyncio.subprocess.Process | None = field(default=None)

    async def start(self) -> None:
        command = (sys.executable, "-c", "from bot.cli.app import main; main()")
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command, "run", "--config", str(self.config), stdout=log, stderr=log
            )

    async def ends_by(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return await self.process.wait()


async def test_fifty_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261123)
    async with LoopbackBotApi() as api:
        settings, program = installed(tmp_path, api)
        codes = await invited(settings)
        await program.start()
        people = await linked(api, codes)

        enough = asyncio.Event()
        streams = [
            asyncio.create_task(streams_signals(people[name], units, enough))
            for name, units in MANAGERS.items()
        ]
        for kill in range(KILLS):
            await first_call_of_new_process(api)
            if kill % 5 == 0:
                method = chance.choice(["sendMessage", "editMessageText", "getUpdates"])
                api.faults.next(method, CutAfter())
            await asyncio.sleep(chance.uniform(0.0, LONGEST_LIFE))
            assert await program.ends_by(signal.SIGKILL) == -signal.SIGKILL
            await program.start()
        enough.set()
        receipts = dict(zip(MANAGERS, await asyncio.gather(*streams), strict=True))
        for name in OWNERS:
            await everything_shown(api, people[name])
        assert await program.ends_by(signal.SIGTERM) == 0, program.log.read_text()

        async with opened(settings, SystemClock()) as parts:
            await hold_to_what_was_seen(parts, receipts, people)
    assert sum(map(len, receipts.values())) >= 2 * len(MANAGERS)


def installed(folder: Path, api: LoopbackBotApi) -> tuple[Settings, Program]:
    config = folder / "config.toml"
    config.write_text(
        f'[service]\nlisten = "127.0.0.1:0"\n'
        f'[telegram]\ntoken = "{api.token}"\nbase_url = "{api.base_url}"\n'
        "messages_per_second = 1000.0\nmessages_per_second_per_chat = 1000.0\n"
    )
    return load_settings(config), Program(config, folder / "log.txt")


async def invited(settings: Settings) -> dict[str, str]:
    async with opened(settings, SystemClock()) as parts:
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


async def streams_signals(
    person: LoopbackUser, units: tuple[str, ...], enough: asyncio.Event
) -> list[str]:
    """Sends one signal after the other; returns the references of the receipts seen."""
    references: list[str] = []
    while not enough.is_set():
        unit = units[len(references) % len(units)]
        before = person.last
        await person.types(f"Troep in de gang bij {unit}, keer {len(references)}")
        form = await person.sees("Klopt dit?", after=before)
        await person.presses("Versturen", message=form)
        receipt = await person.sees("Doorgegeven", after=form)
        references.append(reference_in(receipt))
    return references


def reference_in(message: Message) -> str:
    found = REFERENCE.search(message.text)
    assert found is not None, message.text
    return found[0]


async def first_call_of_new_process(api: LoopbackBotApi) -> None:
    before = api.request_count
    await api.until(lambda: api.request_count > before, timeout=PATIENCE)


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
        for corporation in await work.audit.heads():
            anchor = parts.store.anchor(corporation)
            assert (await verify(work, corporation, anchor)).whole


def shown_to(person: LoopbackUser) -> set[str]:
    return {ref for message in person.history for ref in REFERENCE.findall(message.text)}
