"""How fast the service may send: token buckets, one a chat and one a lane. Time is passed in."""

import math
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
AHEAD_SECONDS = 1.0
"""How far ahead a lane may be spoken for. Consent is asked before the wait, so it is short."""
CHATS_REMEMBERED = 10_000
FLOODED_CHATS = 3
"""A platform that wants quiet in so many chats at once means the whole bot."""


@dataclass(slots=True)
class Bucket:
    """Fills by `rate` a second up to `size`; what is taken in advance must be waited for."""

    rate: float
    size: float
    tokens: float
    filled_at: datetime

    def take(self, now: datetime) -> timedelta:
        """Takes one token; returns how long to wait before using it."""
        self.tokens = self.at(now) - 1
        self.filled_at = now
        return timedelta(seconds=max(0.0, -self.tokens / self.rate))

    def at(self, now: datetime) -> float:
        """The tokens there are at this moment, negative when some are spoken for."""
        passed = max(0.0, (now - self.filled_at).total_seconds())
        return min(self.size, self.tokens + passed * self.rate)


@dataclass(slots=True)
class Pace:
    """The pace of one lane on one platform, in messages a second."""

    lane_rate: float
    chat_rate: float
    lane: Bucket | None = None
    chats: dict[str, Bucket] = field(default_factory=dict)
    quiet: dict[str, datetime] = field(default_factory=dict)

    def room(self, now: datetime) -> int:
        """How many may be taken in hand now; none while the platform wants quiet everywhere."""
        self.quiet = {chat: until for chat, until in self.quiet.items() if until > now}
        if len(self.quiet) >= FLOODED_CHATS:
            return 0
        ahead = self.lane_rate * AHEAD_SECONDS
        return max(0, math.floor(self._lane(now).at(now) + ahead))

    def take(self, chat: str, now: datetime) -> timedelta:
        """How long to wait before sending to this chat; the wait is then spoken for."""
        if chat not in self.chats:
            self._forget_idle(now)
            self.chats[chat] = Bucket(self.chat_rate, CHAT_BURST, CHAT_BURST, now)
        return max(self._lane(now).take(now), self.chats[chat].take(now))

    def keep_quiet(self, chat: str, until: datetime) -> None:
        """Notes that the platform wants quiet in this chat."""
        self.quiet[chat] = until

    def _lane(self, now: datetime) -> Bucket:
        if self.lane is None:
            size = max(1.0, self.lane_rate * LANE_BURST_SECONDS)
            self.lane = Bucket(self.lane_rate, size, size, now)
        return self.lane

    def _forget_idle(self, now: datetime) -> None:
        if len(self.chats) >= CHATS_REMEMBERED:
            self.chats = {c: b for c, b in self.chats.items() if b.at(now) < b.size}


def pace_of(lane: Lane, messages_per_second: float, per_chat: float) -> Pace:
    return Pace(messages_per_second * LANE_SHARE[lane], per_chat)
