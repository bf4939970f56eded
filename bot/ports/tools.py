"""Small things the service needs from outside: the time, and an eye for what may not travel."""

from datetime import datetime
from typing import Protocol

from bot.domain.screening import OwnAddress, Screening


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, UTC, aware."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class Screener(Protocol):
    """Recognises what may not travel in a note. Knows nothing of registry or vault."""

    def screen(self, text: str, own: OwnAddress | None = None) -> Screening: ...
