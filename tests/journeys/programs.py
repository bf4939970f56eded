"""`seintje run` as processes that can be killed and are back within the second.

    async with Program.of(config, folder / "log.txt", clock) as program:
        await program.starts()
        await program.ends_by(signal.SIGKILL)

Every life is a fork of a process that has read the code and the word lists once, which saves
seconds each time; everything else of a start is done by each life for itself. All of them share a
clock that stands apart from the machine's and can be made to jump. Leases can be made to run out
sooner, so that many deaths fit in a minute.
"""

import asyncio
import gc
import mmap
import os
import re
import signal
import struct
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Self
from unittest.mock import patch

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""Nine o'clock in the Netherlands."""
PATIENCE = 60.0
LOOKS_EVERY_SECONDS = 0.02
IMPORTED_WHEN_NEEDED = (
    "apscheduler.schedulers.asyncio",
    "holidays.countries",
    "uvicorn.protocols.http.auto",
    "uvicorn.lifespan.off",
)
_READY = re.compile(rb'"event": "ready"')


class SharedClock:
    """One time for all who open the same file; sleeping takes as long as it takes."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            ahead = (MONDAY - datetime.now(UTC)).total_seconds()
            file.write_bytes(struct.pack("d", ahead))
        with file.open("r+b") as opened:
            self._ahead = mmap.mmap(opened.fileno(), 8)
        self.file = file

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._seconds)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def jumps(self, by: timedelta) -> None:
        self._ahead[:] = struct.pack("d", self._seconds + by.total_seconds())

    @property
    def _seconds(self) -> float:
        return float(struct.unpack("d", self._ahead[:])[0])


class Program:
    """One program, which lives at most once at a time."""

    def __init__(self, maker: asyncio.subprocess.Process, config: Path, log: Path) -> None:
        self.log = log
        self._maker = maker
        self._config = config
        self._pid: int | None = None
        self._readies = 0

    @classmethod
    @asynccontextmanager
    async def of(
        cls, config: Path, log: Path, clock: SharedClock, short_leases: bool
    ) -> AsyncIterator[Self]:
        maker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", __name__, str(clock.file)),
            *(["short-leases"] if short_leases else []),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        program = cls(maker, config, log)
        try:
            yield program
        finally:
            if program._pid is not None:
                with suppress(ProcessLookupError):
                    os.kill(program._pid, signal.SIGKILL)
            maker.kill()
            await maker.wait()

    async def starts(self) -> None:
        """Returns when the process is there; it may not be ready by far."""
        assert self._maker.stdin is not None
        self._maker.stdin.write(f"{self._config}\t{self.log}\n".encode())
        self._pid = int(await self._told())

    async def is_ready(self) -> None:
        """Until it says so; then it has opened everything and begins to work."""
        give_up_at = time.monotonic() + PATIENCE
        while (found := len(_READY.findall(self.log.read_bytes()))) <= self._readies:
            assert time.monotonic() < give_up_at, self.log.read_text(encoding="utf-8")
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
        self._readies = found

    async def ends_by(self, number: signal.Signals) -> int:
        """The exit status, or minus the signal that ended it."""
        assert self._pid is not None
        os.kill(self._pid, number)
        self._pid = None
        return int(await self._told())

    async def _told(self) -> bytes:
        assert self._maker.stdout is not None
        async with asyncio.timeout(PATIENCE):
            return await self._maker.stdout.readline()


def make_lives(clock: SharedClock, short_leases: bool) -> None:
    """For each line, a configuration and a log file: a life, its process id, and how it ended."""
    from bot.app import lease
    from bot.cli import app, service
    from bot.screening.screener import load_screener

    for heavy in IMPORTED_WHEN_NEEDED:
        import_module(heavy)
    screener = load_screener()
    patch.object(service, "service_screener", lambda _settings: screener).start()
    patch.object(service, "SystemClock", lambda: clock).start()
    if short_leases:
        _shorten(lease)
    gc.freeze()
    for line in sys.stdin:
        config, log = line.rstrip("\n").split("\t")
        pid = os.fork()
        if pid == 0:
            output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.close(0)
            app.app(["run", "--config", config])
        print(pid, flush=True)  # noqa: T201  # whoever asked reads it
        ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        print(ended, flush=True)  # noqa: T201  # and this


def _shorten(lease: ModuleType) -> None:
    patch.multiple(
        lease,
        SPAN=timedelta(seconds=2),
        MARGIN_SECONDS=0.5,
        RENEWED_EVERY_SECONDS=0.3,
        ASKED_EVERY_SECONDS=0.1,
    ).start()


if __name__ == "__main__":
    make_lives(SharedClock(Path(sys.argv[1])), short_leases="short-leases" in sys.argv)
