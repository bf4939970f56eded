"""How fast the service may send: token buckets, one a chat and one a lane. Time is passed in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.domain.outbox import Lane

LANE_SHARE: Mapping[Lane, float] = MappingProxyType(
    {Lane.MANAGERS: 0.6, Lane.STAFF: 0.3, Lane.STRANGERS: 0.1}
)
"""Each lane's own part of what the platform allows; none can use another's (invariant I1)."""

CHAT_BURST = 5
LANE_BURST_SECONDS = 1.0
CHATS_REMEMBERED = 10_000


@dataclass(slots=True)
class Bucket:
    """Fills by `rate` a second up to `size`; what is taken in advance must be waited for."""

    rate: float
    size: float
    tokens: float
    filled_at: datetime

    def take(self, now: datetime) -> timedelta:
        """Takes one token; returns how long to wait before using it."""
        passed = max(0.0, (now - self.filled_at).total_seconds())
        self.tokens = min(self.size, self.tokens + passed * self.rate) - 1
        self.filled_at = now
        return timedelta(seconds=max(0.0, -self.tokens / self.rate))

    def is_full(self, now: datetime) -> bool:
        passed = max(0.0, (now - self.filled_at).total_seconds())
        return self.tokens + passed * self.rate >= self.size


@dataclass(slots=True)
class Pace:
    """The pace of one lane on one platform, in messages a second."""

    lane_rate: float
    chat_rate: float
    lane: Bucket | None = None
    chats: dict[str, Bucket] = field(default_factory=dict)

    def take(self, chat: str, now: datetime) -> timedelta:
        """How long to wait before sending to this chat; the wait is then spoken for."""
        if self.lane is None:
            size = max(1.0, self.lane_rate * LANE_BURST_SECONDS)
            self.lane = Bucket(self.lane_rate, size, size, now)
        if chat not in self.chats:
            self._forget_idle(now)
            self.chats[chat] = Bucket(self.chat_rate, CHAT_BURST, CHAT_BURST, now)
        return max(self.lane.take(now), self.chats[chat].take(now))

    def _forget_idle(self, now: datetime) -> None:
        if len(self.chats) >= CHATS_REMEMBERED:
            self.chats = {c: b for c, b in self.chats.items() if not b.is_full(now)}


def pace_of(lane: Lane, messages_per_second: float, per_chat: float) -> Pace:
    return Pace(messages_per_second * LANE_SHARE[lane], per_chat)
