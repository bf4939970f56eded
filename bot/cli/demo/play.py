"""`seintje demo`: plays a story with the real service, then says what holds.

No account, token or network: the service talks over HTTP to a Bot API server in this very process,
keeps its files in a temporary folder, and runs on a clock that the story moves on.
"""

import sys
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.rule import Rule
from rich.text import Text as Styled

from bot.cli.console import FAILED, catalogue, language, refuse
from bot.cli.demo.checks import Finding, findings
from bot.cli.demo.picture import Picture, beside, make_console, words
from bot.cli.demo.stage import EXAMPLE, opened_stage
from bot.cli.demo.story import gathered, tell
from bot.cli.demo.theatre import Theatre
from bot.config import Service
from bot.domain.disclosure import Text, public
from bot.wiring import configure_logging
from handlers.loopback.user import CannotDo, StillThere
from handlers.loopback.waiting import NeverHappened


async def play(speed: float) -> int:
    """Plays it with `speed` seconds between two scenes; 0 when all that was checked holds, else 1.

    Ends the program when the example registry is not there.
    """
    if not EXAMPLE.is_dir():
        refuse(Text("demo.no_example", {"folder": public(str(EXAMPLE))}))
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    console = make_console()
    with TemporaryDirectory(prefix="seintje-demo-") as temporary:
        folder = Path(temporary)
        with (folder / "service.log").open("w", encoding="utf-8") as log:
            configure_logging(Service(), log)
            try:
                return await _performance(folder, console, speed)
            except (NeverHappened, CannotDo, StillThere) as stuck:
                console.print(Styled(words("stuck", what=str(stuck)), style="bold red"))
                log.flush()
                console.print(Styled((folder / "service.log").read_text(encoding="utf-8")))
                return FAILED


async def _performance(folder: Path, console: Console, speed: float) -> int:
    console.print(Styled(words("opening"), style="bold"))
    async with opened_stage(folder) as stage:
        cast, codes = await gathered(stage)
        picture = Picture(console, cast.in_picture)
        told = await tell(Theatre(stage, console, picture, speed), cast, codes)
        found = await findings(stage, cast, told)
    _show(console, found)
    return 0 if all(finding.holds for finding in found) else FAILED


def _show(console: Console, found: tuple[Finding, ...]) -> None:
    console.print()
    console.print(Rule(style="dim"))
    console.print(Styled(words("checked"), style="bold"))
    for finding in found:
        sign, style = ("✔", "green") if finding.holds else ("✘", "bold red")
        sentence = catalogue().plain(finding.what, language())
        console.print(beside(Styled(f"  {sign}", style=style), Styled(sentence, style=style)))
    whole = all(finding.holds for finding in found)
    console.print()
    console.print(Styled(words("all_holds" if whole else "not_all_holds"), style="bold"))
