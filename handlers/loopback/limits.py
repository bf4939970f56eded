"""Flood limits: how much a bot may say (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits).

Telegram publishes only the long-term rates: about one message a second in a chat, twenty a minute
in a group, thirty a second in all. Short bursts above them are let through.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from handlers.loopback.refusals import too_many_requests


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_second` in the long run, `burst` at once."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class FloodLimits:
    chat: Rate = Rate(1, 3)
    group: Rate = Rate(20 / 60, 20)
    overall: Rate = Rate(30, 30)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    since: datetime


class FloodGate:
    """Counts what is said, in the time of the server's clock; without limits lets all through."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._buckets: dict[int | None, _Bucket] = {}
        self.limits: FloodLimits | None = None

    def pass_through(self, method: str, chat: int) -> None:
        """Raises Refused when the bot says too much."""
        if self.limits is None or not method.lower().startswith(("send", "edit")):
            return
        of_chat = self.limits.group if chat < 0 else self.limits.chat
        pairs = ((None, self.limits.overall), (chat, of_chat))
        waits = [self._wait(key, rate) for key, rate in pairs]
        if max(waits) > 0:
            raise too_many_requests(math.ceil(max(waits)))
        for key, _ in pairs:
            self._buckets[key].tokens -= 1

    def _wait(self, key: int | None, rate: Rate) -> float:
        now = self._now()
        bucket = self._buckets.setdefault(key, _Bucket(rate.burst, now))
        passed = max(0.0, (now - bucket.since).total_seconds())
        bucket.tokens = min(rate.burst, bucket.tokens + passed * rate.per_second)
        bucket.since = now
        return (1 - bucket.tokens) / rate.per_second
