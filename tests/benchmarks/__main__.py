"""make bench: the same work by a bare bot and by Seintje, in one run, as ratios per message.

People type a sentence and press Versturen, all at once; each program has a Bot API server of its
own kind and process. Rounds alternate, so that what else the machine does falls on both.
"""

import argparse
import asyncio
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path

from tests.benchmarks.installation import Server, bare_bot, bot_api, install, seintje

PEOPLE = 40
ROUNDS = 5
SIGNALS_A_ROUND = 5
UPDATES_A_SIGNAL = 2
UNITS = ("E-4471", "E-4472", "E-2210", "E-3105", "E-1203")


async def messages_a_second(server: Server, people: list[int]) -> float:
    """Updates handled a second, from the first typed word to the last receipt seen."""
    groups = [(unit, people[at :: len(UNITS)]) for at, unit in enumerate(UNITS)]
    started = time.monotonic()
    await asyncio.gather(*(server.plays(some, script(unit)) for unit, some in groups))
    seconds = time.monotonic() - started
    return len(people) * SIGNALS_A_ROUND * UPDATES_A_SIGNAL / seconds


def script(unit: str) -> list[list[str]]:
    signal = [
        ["types", f"Brievenbus van {unit} zit al twee weken propvol"],
        ["presses", "Versturen"],
        ["sees", "Doorgegeven"],
    ]
    return signal * SIGNALS_A_ROUND


def seed(database: Path, signals: int) -> None:
    """Closed signals of earlier days, straight into the table."""
    with sqlite3.connect(database) as db:
        db.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
            "INSERT INTO signal SELECT 'voorbeeld', printf('ZZ%08d', i), 'E-4471', 'OTHER', 'U3', "
            "'own', 'observation', 'RESOLVED', 'm' || (10000 + i % 40), 'sanne', i, i, NULL, NULL, "
            "'solved', NULL, NULL, 3 FROM n",
            (signals,),
        )


async def compare(folder: Path, concurrent: bool, stored: int) -> None:
    async with bot_api() as bare_server, bot_api() as own_server:
        people = await bare_server.has_people(PEOPLE)
        await own_server.has_people(PEOPLE)
        config = await install(own_server, folder, people)
        if stored:
            await asyncio.to_thread(seed, folder / "data" / "seintje.db", stored)
        async with (
            bare_bot(bare_server, folder, concurrent),
            seintje(own_server, folder, config) as ours,
        ):
            idle = ours.memory_mb()
            rates = [
                (
                    await messages_a_second(bare_server, people),
                    await messages_a_second(own_server, people),
                )
                for _ in range(ROUNDS)
            ]
            ratios = sorted(own / bare for bare, own in rates)
            print(
                f"stored {stored:>9,} | bare {'concurrent' if concurrent else 'in turn':<10} "
                f"{statistics.median(bare for bare, _ in rates):6.0f}/s | "
                f"Seintje {statistics.median(own for _, own in rates):6.0f}/s | "
                f"ratio {statistics.median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) | "
                f"ready {ours.ready_after:.1f} s, {idle:.0f} MB idle, {ours.memory_mb():.0f} after"
            )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stored", type=int, nargs="*", default=[0, 10_000, 1_000_000])
    given = parser.parse_args()
    for stored in given.stored:
        for concurrent in (False, True) if not stored else (False,):
            with tempfile.TemporaryDirectory() as folder:
                await compare(Path(folder), concurrent, stored)


if __name__ == "__main__":
    asyncio.run(main())
