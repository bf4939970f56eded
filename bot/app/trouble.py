"""What keeps a loop from its work: each trouble is said once, and waited out ever longer."""

import time
from typing import Any

import structlog

log = structlog.get_logger()

SAID_AGAIN_AFTER_SECONDS = 600.0
"""In real time. Trouble that comes and goes is not said at every turn."""


class Trouble:
    """The trouble of one loop. Says `<name>_interrupted` when it begins, with what to do about it,
    and `<name>_resumed` when it is over; `about` stands on both lines."""

    def __init__(self, name: str, first: float, longest: float, **about: Any) -> None:
        """Pauses go from `first` to `longest`, in seconds."""
        self._log = log.bind(**about)
        self._name = name
        self._first = first
        self._longest = longest
        self._pause = first
        self._reason: str | None = None
        self._is_said = False
        self._said_at: dict[str, float] = {}

    def met(self, reason: str, advice: str) -> float:
        """Notes that it is there, and returns how many seconds to wait before trying again."""
        if reason != self._reason:
            self._say(reason, advice)
            self._reason = reason
        pause, self._pause = self._pause, min(self._longest, self._pause * 2)
        return pause

    def over(self) -> None:
        """Notes that there is none, or none any more."""
        if self._reason is not None and self._is_said:
            self._log.warning(f"{self._name}_resumed", after=self._reason)
        self._reason, self._is_said, self._pause = None, False, self._first

    def _say(self, reason: str, advice: str) -> None:
        now = time.monotonic()
        said_at = self._said_at.get(reason)
        if said_at is None or now - said_at > SAID_AGAIN_AFTER_SECONDS:
            self._log.warning(f"{self._name}_interrupted", reason=reason, advice=advice)
            self._said_at[reason] = now
            self._is_said = True
