"""Programs under measurement: a Bot API server each, the bare bot, and Seintje with many people."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.app.registry.importing import import_checked, read_registry
from bot.config import load_settings
from bot.domain.people import PersonKey
from bot.ports.store import Account
from bot.wiring import opened
from handlers.clock import SystemClock
from tests.registries import example

FIRST_ID = 10_000
CORPORATION = "voorbeeld"
OWNERS = {"sanne": 9_001, "tom": 9_002, "lieke": 9_003}


@dataclass(frozen=True)
class Server:
    """A Bot API server in a process of its own, with people on it."""

    token: str
    base_url: str
    control_url: str

    async def has_people(self, count: int) -> list[int]:
        """So many managers, whose ids are returned, and the consultants with open chats."""
        people = [{"id": FIRST_ID + n, "name": f"Persoon {n}"} for n in range(count)]
        owners = [{"id": id, "name": name} for name, id in OWNERS.items()]
        async with httpx.AsyncClient(timeout=60) as client:
            await client.post(f"{self.control_url}/people", json=owners)
        await self.plays(list(OWNERS.values()), [["types", "/start"]])
        async with httpx.AsyncClient(timeout=60) as client:
            await client.post(f"{self.control_url}/people", json=people)
        return [one["id"] for one in people if isinstance(one["id"], int)]

    async def plays(self, people: list[int], script: list[list[str]]) -> float:
        """Seconds until all these people are through."""
        async with httpx.AsyncClient(timeout=600) as client:
            answer = await client.post(
                f"{self.control_url}/play", json={"people": people, "script": script}
            )
        outcome = answer.json()
        if "error" in outcome:
            raise RuntimeError(outcome["error"])
        return float(outcome["seconds"])

    async def requests(self) -> int:
        async with httpx.AsyncClient(timeout=60) as client:
            answer = await client.get(f"{self.control_url}/traffic", params={"method": "none"})
        return int(answer.json()["count"])


@dataclass(frozen=True)
class Running:
    """A program that runs: how long it took to its first call, and its process."""

    process: asyncio.subprocess.Process
    ready_after: float

    def memory_mb(self) -> float:
        """Resident memory now, in megabytes (Linux)."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


@asynccontextmanager
async def bot_api() -> AsyncIterator[Server]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "handlers.loopback", "--forget", stdout=asyncio.subprocess.PIPE
    )
    try:
        if process.stdout is None:
            raise RuntimeError("the Bot API server says nothing")
        told = json.loads(await process.stdout.readline())
        yield Server(told["token"], told["base_url"], told["control_url"])
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


@asynccontextmanager
async def running(server: Server, log: Path, *command: str) -> AsyncIterator[Running]:
    before, started = await server.requests(), time.monotonic()
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, stdout=output, stderr=output
        )
    try:
        while await server.requests() == before:  # noqa: ASYNC110  # another process tells
            await asyncio.sleep(0.01)
        yield Running(process, time.monotonic() - started)
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


@asynccontextmanager
async def bare_bot(server: Server, folder: Path, concurrent: bool) -> AsyncIterator[Running]:
    command = ["-m", "tests.benchmarks.bare_bot", "--token", server.token]
    command += ["--base-url", server.base_url, "--database", str(folder / "bare.db")]
    command += ["--concurrent"] if concurrent else []
    async with running(server, folder / "bare.log", *command) as one:
        yield one


async def install(server: Server, folder: Path, managers: list[int]) -> Path:
    """Seintje with the example registry and as many managers as people, all of them linked."""
    config = folder / "config.toml"
    config.write_text(
        '[service]\nlisten = "127.0.0.1:0"\n'
        f'[telegram]\ntoken = "{server.token}"\nbase_url = "{server.base_url}"\n'
        "messages_per_second = 100000.0\nmessages_per_second_per_chat = 100000.0\n"
    )
    files = example()
    for number in managers:
        person = {"organisation": CORPORATION, "person": f"m{number}", "role": "wijkbeheerder"}
        files["people.csv"].append({**person, "name": f"M {number}", "language": "nl"})
        area = {"corporation": CORPORATION, "person": f"m{number}", "neighbourhood": "noord"}
        files["areas.csv"].append(area)
    (folder / "registry").mkdir()
    files.write(folder / "registry")
    async with opened(load_settings(config), SystemClock()) as parts:
        now = parts.clock.now()
        checked = read_registry(folder / "registry", now.date())
        await import_checked(parts.store, checked, "bench", now)
        linked = {f"m{number}": number for number in managers} | OWNERS
        async with parts.store.work() as work:
            for name, number in linked.items():
                key = PersonKey(CORPORATION, name)
                await work.accounts.link(Account("telegram", str(number), key, now))
    return config


@asynccontextmanager
async def seintje(server: Server, folder: Path, config: Path) -> AsyncIterator[Running]:
    command = ("-c", "from bot.cli.app import main; main()", "run", "--config", str(config))
    async with running(server, folder / "seintje.log", *command) as one:
        yield one
