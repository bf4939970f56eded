"""A process killed at any moment leaves whole transactions or nothing of them."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.audit import verify
from storage.database import SqlStore
from tests.storage.examples import CORPORATION, PIET
from tests.stores import open_test_store

REPOSITORY = Path(__file__).parents[2]
KILLS = 8

WRITER = """
import asyncio, sys
from dataclasses import replace
from pathlib import Path
from tests.storage.examples import CORPORATION, EVENT, LATER, LINE, NOW, PIET, SIGNAL, row, state
from tests.stores import open_test_store

async def main(folder, url, number):
    async with open_test_store(folder, url or None) as store:
        while True:
            number += 1
            ref = f"R{number:06}"
            async with store.work() as work:
                await work.seen.first_time("telegram", ref, NOW)
                note = await work.vault.seal(CORPORATION, ref, "note", ref)
                await work.signals.add(replace(SIGNAL, ref=ref, sealed_note=note))
                await work.signals.add_event(CORPORATION, ref, EVENT)
                await work.dialogues.put(PIET, state(note=ref))
                await work.outbox.put(row(ref, PIET))
                await work.audit.append(replace(LINE, subject=ref))
                await work.cursors.put("number", str(number))
            print(number, flush=True)

asyncio.run(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
"""


async def test_a_killed_process_leaves_only_whole_transactions(
    database_url: str, tmp_path: Path
) -> None:
    chance = random.Random(2)
    confirmed = 0
    for _ in range(KILLS):
        confirmed = await run_and_kill(database_url, tmp_path, confirmed, chance)
        async with open_test_store(tmp_path, database_url) as store:
            confirmed = await check_whole(store, confirmed)
    assert confirmed > KILLS


async def run_and_kill(url: str, folder: Path, number: int, chance: random.Random) -> int:
    """Lets a writer run, kills it somewhere in its work, and returns the last it confirmed."""
    command = [sys.executable, "-c", WRITER, str(folder), url, str(number)]
    with subprocess.Popen(  # noqa: ASYNC220  # nothing else runs in this test
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for _ in range(chance.randint(1, 9)):
            number = int(writer.stdout.readline())
        for _ in range(chance.randint(0, 20_000)):
            pass
        os.kill(writer.pid, signal.SIGKILL)
        for line in writer.stdout:
            number = int(line)
    return number


async def check_whole(store: SqlStore, confirmed: int) -> int:
    """Everything of each transaction is there, up to one that was kept but not confirmed."""
    async with store.reading() as work:
        last = int(await work.cursors.get("number") or 0)
        assert last in {confirmed, confirmed + 1}
        refs = [f"R{number:06}" for number in range(1, last + 1)]
        for ref in refs:
            found = await work.signals.get(CORPORATION, ref)
            assert found is not None
            assert found.sealed_note is not None
            assert await work.vault.open(CORPORATION, ref, "note", found.sealed_note) == ref
            assert len(await work.signals.history(CORPORATION, ref)) == 1
        assert await work.signals.get(CORPORATION, f"R{last + 1:06}") is None
        assert [one.id for one in await work.post.undelivered(100_000)] == refs
        running = await work.dialogues.get(PIET)
        assert running is not None
        assert running.answers["note"] == refs[-1]
        verdict = await verify(work, CORPORATION, None)
        assert (verdict.whole, verdict.lines) == (True, last)
    return last


def test_the_writer_can_fail(tmp_path: Path) -> None:
    """So that a writer that never wrote cannot pass for one that was killed."""
    command = [sys.executable, "-c", WRITER, str(tmp_path), "mysql://", "0"]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert "UnknownDatabase" in done.stderr
    assert done.returncode == 1
    with pytest.raises(ValueError, match="invalid literal"):
        int(done.stdout)
