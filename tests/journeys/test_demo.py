"""`seintje demo`: the story is told, everything is checked, and a leak does not go unseen."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from bot.cli.demo import checks
from bot.cli.demo.checks import Finding
from bot.cli.demo.picture import WIDTH
from storage.audit import Finding as Chain
from storage.audit import Verdict

DEMO = "from bot.cli.app import main; main()"

LEAKY = """
import sys
from bot import wiring
from bot.texts.catalogue import Catalogue

whole = wiring.load_catalogue()
receipt = whole.sentences["nl"]["receipt"][0] + " Abel Proefhuurder"
leaking = Catalogue({"nl": {**whole.sentences["nl"], "receipt": (receipt,)}})
wiring.load_catalogue = lambda: leaking

converse = wiring.converse
async def chatty(house, work, inbound):
    wiring.log.warning("heard", text=inbound.text)
    await converse(house, work, inbound)
wiring.converse = chatty
"""
"""A tenant's name in every receipt, and what people type in the log of the service."""


def run_demo(folder: Path, *, sabotage: str = "", **environment: str) -> tuple[int, str, str]:
    """The exit code and what was written; the demonstration keeps its files in `folder`."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", sabotage + DEMO, "demo"],
        env={**os.environ, "TMPDIR": str(folder), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What an undisturbed run wrote, on a machine that is set up for the real service."""
    folder = tmp_path_factory.mktemp("demo")
    elsewhere = {"SEINTJE_TELEGRAM__TOKEN": "1:x", "HTTP_PROXY": "http://192.0.2.1:9"}
    code, shown, complaints = run_demo(folder, LANG="nl_NL.UTF-8", **elsewhere)
    assert (code, complaints) == (0, "")
    assert list(folder.iterdir()) == []
    return shown


def test_the_story_is_told_and_everything_holds(shown: str) -> None:
    for sentence in (
        "Piet typt: Brievenbus van E-4471 zit al twee weken propvol",
        "Klopt dit?",
        "📌 Volle brievenbus",
        "Piet drukt op [ Versturen ]",
        "✅ Doorgegeven. Kenmerk:",
        "[ 👍 Oppakken ]",
        "Op de computer van Sanne",
        "Piet typt: Heeft 14b een driepartijencontract?",
        "Over bewoners en afspraken",
        "Brievenbus van mevrouw J…",
        "(BSN 1…) op E-4473",
        "Die woorden bewaar ik niet.",
        "[ Zonder dit doorgaan ]",
        "Is er nu gevaar? Bel eerst",
        "in behandeling",
        "3 keer gelijk, byte voor byte",
        "Alles klopt.",
    ):
        assert sentence in shown.replace(" │", "")
    assert "✘" not in shown


def test_the_picture_fits_and_its_frames_are_straight(shown: str) -> None:
    phones = [line for line in shown.splitlines() if line.count("│") == 6]
    assert len(phones) > 100
    assert {cell_len(line) for line in phones} == {3 * (WIDTH // 3)}
    assert max(cell_len(line) for line in shown.splitlines()) <= WIDTH
    assert "\x1b" not in shown


def test_a_leak_is_found_and_told(tmp_path: Path) -> None:
    code, shown, _ = run_demo(tmp_path, sabotage=LEAKY, LANG="en_US.UTF-8")

    assert code == 1
    failed = [line.split(maxsplit=1)[1] for line in shown.splitlines() if "✘" in line]
    assert [sentence[:30] for sentence in failed] == [
        "Telegram does not hold who liv",
        "Nor can it be read in the file",
    ]
    assert "Not everything holds." in shown


REF = ("4KQ-7HXD",)
NAMES = frozenset({"Abel", "Abel Proefhuurder", "Proefhuurder", "123456782"})
WHOLE = {"voorbeeld": Verdict(7), "test": Verdict(3)}
HOUSES = frozenset(WHOLE)


def found_in_chains(**changed: Verdict) -> Callable[[], Finding]:
    return lambda: checks.chains_whole({**WHOLE, **changed}, HOUSES)


def found_in_traffic(said: str) -> Callable[[], Finding]:
    return lambda: checks.no_identity_sent(said, NAMES, REF, 1)


def found_in_files(*contents: bytes) -> Callable[[], Finding]:
    files = {f"file{n}": content for n, content in enumerate(contents)}
    return lambda: checks.no_identity_stored(files, NAMES, REF)


def found_in_answers(*answers: bytes) -> Callable[[], Finding]:
    return lambda: checks.answers_alike(answers)


def found_at_danger(*answers: str) -> Callable[[], Finding]:
    return lambda: checks.danger_first(answers, "Bel 112")


def found_with_staff(*shown: str) -> Callable[[], Finding]:
    return lambda: checks.no_content_to_staff(shown, frozenset({"E-4471", "Huisraad"}), REF)


def found_in_outbox(waiting: int) -> Callable[[], Finding]:
    return lambda: checks.nothing_waits(waiting)


@pytest.mark.parametrize(
    ("finding", "holds"),
    [
        (found_in_chains(), True),
        (found_in_chains(test=Verdict(3, Chain.BROKEN, 4)), False),
        (found_in_chains(test=Verdict(3, Chain.CUT, 4)), False),
        (found_in_chains(test=Verdict(0)), False),
        (lambda: checks.chains_whole({"test": Verdict(3)}, HOUSES), False),
        (found_in_traffic("Kenmerk: 4KQ-7HXD"), True),
        (found_in_traffic("Kenmerk: 4KQ-7HXD Labels"), True),
        (found_in_traffic("Kenmerk: 4KQ-7HXD abel"), False),
        (found_in_traffic("Kenmerk: 4KQ-7HXD (123456782)"), False),
        (found_in_traffic("nothing was searched at all"), False),
        (found_in_files(b"\xff4KQ-7HXD\xff", b"\x00"), True),
        (found_in_files(b"4KQ-7HXD", b"xxproefhuurderxx"), False),
        (found_in_files(b"4KQ-7HXD", b"123456782"), False),
        (found_in_files(b"nothing was searched at all"), False),
        (found_in_answers(b"neutral", b"neutral"), True),
        (found_in_answers(b"neutral", b"neutral "), False),
        (found_in_answers(b"", b""), False),
        (found_in_answers(b"neutral"), False),
        (found_at_danger("Bel 112", "Doorgegeven"), True),
        (found_at_danger("Doorgegeven", "Bel 112"), False),
        (found_at_danger(), False),
        (found_with_staff("Seintje 4KQ-7HXD"), True),
        (found_with_staff("Seintje 4KQ-7HXD", "E-4471"), False),
        (found_with_staff("huisraad 4KQ-7HXD"), False),
        (found_with_staff(), False),
        (found_in_outbox(0), True),
        (found_in_outbox(1), False),
    ],
)
def test_each_check_can_fail(finding: Callable[[], Finding], holds: bool) -> None:
    assert finding().holds is holds
