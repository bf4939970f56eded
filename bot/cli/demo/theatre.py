"""Scenes: says what happens, lets it happen, and shows what everybody sees then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import time

from rich.console import Console
from rich.panel import Panel
from rich.rule import Rule
from rich.text import Text as Styled

from bot.cli.demo.picture import Picture, beside, words
from bot.cli.demo.stage import Player, Stage


@dataclass(frozen=True, slots=True)
class Theatre:
    """`pause` is how long a picture stays before the next scene, in seconds."""

    stage: Stage
    console: Console
    picture: Picture
    pause: float

    @asynccontextmanager
    async def scene(self, key: str, at: str, acting: Player | None = None) -> AsyncIterator[None]:
        """`at` is the local time at which it happens, `key` says which sentence tells it.

        Raises NeverHappened when the service does not come to rest.
        """
        await self.stage.wait_until(time.fromisoformat(at))
        self.console.print()
        self.console.print(Rule(style="dim"))
        moment = Styled(f"{self.stage.local_time:%H:%M}", style="bold yellow")
        self.console.print(beside(moment, Styled(words(key), style="bold")))
        yield
        await self.stage.settle()
        self.picture.draw(acting)
        await asyncio.sleep(self.pause)

    async def types(self, player: Player, text: str) -> None:
        """Says what is typed as well: it may be tidied away before anybody sees the phone."""
        self._does(player, words("does.types", text=text))
        await player.user.types(text)

    async def presses(self, player: Player, label: str) -> None:
        self._does(player, words("does.presses", button=f"[ {label} ]"))
        await player.user.presses(label)

    def show_desk(self, content: str) -> None:
        """What stands on the screen of a computer at the office."""
        title = Styled(words("desk"), style="bold")
        panel = Panel(Styled(content), title=title, title_align="left", border_style="yellow")
        self.console.print(panel)

    def _does(self, player: Player, act: str) -> None:
        mark = Styled("    ▶", style="yellow")
        self.console.print(beside(mark, Styled(f"{player.first_name} {act}", style="cyan")))
