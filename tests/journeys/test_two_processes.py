"""Two services on one database, as real programs: on a file the second is refused; on PostgreSQL
the second polls when the first is gone."""

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.people import PersonKey
from tests.journeys.programs import Program
from tests.journeys.test_crash import CORPORATION, Town, signals, town_with
from tests.stores import sqlite_url

TAKES_OVER_WITHIN = 30.0
PATIENCE = 60.0
LOOKS_EVERY_SECONDS = 0.05


@pytest.fixture
async def town(tmp_path: Path, fresh_database: str) -> AsyncIterator[Town]:
    """Two processes on one PostgreSQL, with leases as long as they really are."""
    async with town_with(tmp_path, fresh_database, short_leases=False) as town:
        yield town


def leases_taken(program: Program) -> int:
    return program.log.read_text(encoding="utf-8").count('"event": "lease_taken"')


async def takes_over(program: Program) -> None:
    give_up_at = time.monotonic() + TAKES_OVER_WITHIN
    while not leases_taken(program):
        assert time.monotonic() < give_up_at, program.log.read_text(encoding="utf-8")
        await asyncio.sleep(LOOKS_EVERY_SECONDS)


def poller_and_other(town: Town) -> tuple[Program, Program]:
    """Who asks Telegram, and who waits: never both."""
    one, other = town.programs
    assert leases_taken(one) + leases_taken(other) == 1
    return (one, other) if leases_taken(one) else (other, one)


async def holds_what_was_seen(town: Town, *refs: str) -> None:
    async with town.parts() as parts, parts.store.reading() as work:
        stored = await work.signals.sent_by(PersonKey(CORPORATION, "piet"), 10)
        assert sorted(one.ref for one in stored) == sorted(refs)


async def test_when_the_poller_is_killed_the_other_takes_over(town: Town) -> None:
    piet = town.people["piet"]
    first = await signals(piet, "/signaal E-4471 brievenbus spoed zit vol")
    poller, other = poller_and_other(town)
    assert await poller.ends_by(signal.SIGKILL) == -signal.SIGKILL
    await takes_over(other)
    second = await signals(piet, "/signaal E-4472 brievenbus spoed zit vol")
    await holds_what_was_seen(town, first, second)


async def test_a_poller_that_stops_lets_go(town: Town) -> None:
    poller, other = poller_and_other(town)
    assert await poller.ends_by(signal.SIGTERM) == 0
    await takes_over(other)
    assert "lease_not_let_go" not in poller.log.read_text(encoding="utf-8")
    await holds_what_was_seen(
        town, await signals(town.people["piet"], "/signaal E-4471 brievenbus spoed zit vol")
    )


async def test_a_second_service_on_a_file_is_refused(tmp_path: Path) -> None:
    async with town_with(tmp_path, sqlite_url(tmp_path)) as town:
        status, said = await seintje("run", "--config", str(tmp_path / "config.toml"))
        assert (status, "draait al een dienst" in said) == (2, True), said
        status, said = await seintje("outbox", "--config", str(tmp_path / "config.toml"))
        assert status == 0, said
        await signals(town.people["piet"], "/signaal E-4471 brievenbus spoed zit vol")


async def seintje(*arguments: str) -> tuple[int, str]:
    """A command of its own: its exit status and all it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from bot.cli.app import main; main()", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(PATIENCE):
        said, _ = await process.communicate()
    return process.returncode or 0, " ".join(said.decode().split())
