"""make bench: a million things that are due some day, for Seintje and for APScheduler's memory
job store in one run: time until ready, memory, and lateness with 200 falling due a second.

Each measurement is a process of its own, measured from its start; beside it runs the same with
nothing pending. Seintje's is the real service on a real SQLite file, without a channel; what falls
due is taken, noted and taken away in its own transactions. APScheduler keeps all in memory, so
after a restart its jobs have to be made again: that is its time until ready.
"""

import argparse
import asyncio
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from unittest.mock import patch

A_SECOND = 200
SECONDS = 10
PENDING = 1_000_000
FALLS_DUE_AFTER = timedelta(seconds=10)
YEAR = timedelta(days=365)
PATIENCE = 900


def memory_mb() -> float:
    """Resident memory of this process, in megabytes (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


def tell(**what: object) -> None:
    print(json.dumps(what), flush=True)  # whoever measures reads it


def tell_lateness(lateness: Sequence[float]) -> None:
    ordered = sorted(lateness)
    tell(p50=ordered[len(ordered) // 2], p99=ordered[len(ordered) * 99 // 100], worst=ordered[-1])


def moments() -> list[datetime]:
    """When something falls due while it is measured."""
    begin = datetime.now(UTC) + FALLS_DUE_AFTER
    return [begin + timedelta(seconds=n / A_SECOND) for n in range(A_SECOND * SECONDS)]


# Seintje ------------------------------------------------------------------------------------------


async def seed(folder: Path, pending: int) -> Path:
    """An installation with so many rows that fall due within the year, from tomorrow on, and those
    that fall due while it is measured."""
    from bot.config import load_settings
    from bot.wiring import opened
    from handlers.clock import SystemClock

    config = folder / "config.toml"
    config.write_text('[service]\nlisten = "127.0.0.1:0"\n', encoding="utf-8")
    settings = load_settings(config)
    async with opened(settings, SystemClock()):
        pass
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    step = YEAR / max(1, pending)
    with sqlite3.connect(settings.storage.sqlite_file or "") as db:
        db.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO due SELECT 'voorbeeld', '3_signal', printf('ZZ%08d', i), 'reminder', "
            "? + i * ?, 0, NULL FROM n WHERE ? > 0",
            (pending, int(tomorrow.timestamp() * 1e6), step // timedelta(microseconds=1), pending),
        )
        db.executemany(
            "INSERT INTO due VALUES ('voorbeeld', '3_signal', ?, 'reminder', ?, 0, NULL)",
            [(f"{n:08}", int(at.timestamp() * 1e6)) for n, at in enumerate(moments())],
        )
    return config


async def seintje(config: Path) -> None:
    """The service, with one handler that only notes how late it was called."""
    from bot.app import due
    from bot.app.house import House
    from bot.config import load_settings
    from bot.domain.due import DueKind, DueRow
    from bot.ports.store import Work
    from bot.wiring import Service, configure_logging, opened, own_screener
    from handlers.clock import SystemClock

    settings = load_settings(config)
    configure_logging(settings.service)
    lateness: list[float] = []

    async def handler(house: House, work: Work, row: DueRow) -> None:
        lateness.append((house.clock.now() - row.at).total_seconds())

    async with opened(settings, SystemClock(), own_screener(settings)) as parts:
        stop, ready = asyncio.Event(), asyncio.Event()
        with patch.object(due, "HANDLERS", MappingProxyType({DueKind.SIGNAL: handler})):
            service = asyncio.create_task(Service(parts).run(stop, ready))
            await ready.wait()
            tell(mb=memory_mb())
            while len(lateness) < A_SECOND * SECONDS:  # noqa: ASYNC110  # the service calls nobody
                await asyncio.sleep(0.1)
            stop.set()
            await service
    tell_lateness(lateness)


# APScheduler --------------------------------------------------------------------------------------


async def apscheduler(pending: int) -> None:
    from apscheduler.schedulers.asyncio import AsyncIOScheduler

    lateness: list[float] = []
    done = asyncio.Event()
    falling_due = moments()

    def handler(moment: datetime) -> None:
        lateness.append((datetime.now(UTC) - moment).total_seconds())
        if len(lateness) == len(falling_due):
            done.set()

    scheduler = AsyncIOScheduler(timezone=UTC)
    tomorrow, step = datetime.now(UTC) + timedelta(days=1), YEAR / max(1, pending)
    for n in range(pending):
        moment = tomorrow + n * step
        scheduler.add_job(handler, "date", run_date=moment, args=[moment])
    scheduler.start()
    tell(mb=memory_mb())
    begin = datetime.now(UTC) + FALLS_DUE_AFTER
    falling_due = [begin + (moment - falling_due[0]) for moment in falling_due]
    for moment in falling_due:
        scheduler.add_job(handler, "date", run_date=moment, args=[moment], misfire_grace_time=None)
    await done.wait()
    tell_lateness(lateness)


# Measuring ----------------------------------------------------------------------------------------


async def measured(*arguments: str) -> dict[str, float]:
    """What a process of its own told, and after how many seconds it told that it was ready."""
    started = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __spec__.name, *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    if process.stdout is None:
        raise RuntimeError("the process says nothing")
    async with asyncio.timeout(PATIENCE):
        told: dict[str, float] = json.loads(await process.stdout.readline())
        ready = time.monotonic() - started
        told |= json.loads(await process.stdout.readline())
    await process.wait()
    return {**told, "ready": ready}


async def compare(pending: int) -> None:
    for count in (0, pending):
        with tempfile.TemporaryDirectory() as folder:
            config = await seed(Path(folder), count)
            show("Seintje", count, await measured("--seintje", str(config)))
        show("APScheduler", count, await measured("--apscheduler", str(count)))


def show(name: str, count: int, found: dict[str, float]) -> None:
    print(  # this is the report
        f"pending {count:>9,} | {name:<11} | ready {found['ready']:6.1f} s | {found['mb']:5.0f} MB "
        f"| late p50 {found['p50'] * 1000:.0f} ms, p99 {found['p99'] * 1000:.0f} ms, "
        f"worst {found['worst'] * 1000:.0f} ms"
    )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pending", type=int, default=PENDING)
    parser.add_argument("--seintje", type=Path)
    parser.add_argument("--apscheduler", type=int)
    given = parser.parse_args()
    if given.seintje is not None:
        await seintje(given.seintje)
    elif given.apscheduler is not None:
        await apscheduler(given.apscheduler)
    else:
        await compare(given.pending)


if __name__ == "__main__":
    asyncio.run(main())
