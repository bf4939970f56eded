"""Updates waiting for the bot: until they are confirmed, and at most a day.

https://core.telegram.org/bots/api#getupdates; what the documentation leaves open follows
github.com/tdlib/td, TQueue.cpp, and github.com/tdlib/telegram-bot-api, Client.cpp.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers.loopback.refusals import OTHER_POLLER, WEBHOOK_SET, conflict

KEPT_FOR = timedelta(hours=24)
MOST_AT_ONCE = 100
LONGEST_POLL = 50
ONLY_ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})

Update = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Waiting:
    update: Update
    since: datetime


class UpdateQueue:
    """`arrived` is called on every new update."""

    def __init__(
        self, now: Callable[[], datetime], arrived: Callable[[], None], first: int = 1
    ) -> None:
        self._now = now
        self._arrived = arrived
        self._waiting: dict[int, _Waiting] = {}
        self._next = first
        self.allowed: frozenset[str] = frozenset()

    def allow(self, kinds: Iterable[str] | None) -> None:
        """From now on only these kinds; None leaves it as it is, nothing means the default."""
        if kinds is not None:
            self.allowed = frozenset(kinds)

    def push(self, kind: str, content: Any) -> None:
        """Puts an update in the queue, unless the bot asked for other kinds only."""
        wanted = kind in self.allowed if self.allowed else kind not in ONLY_ON_REQUEST
        if wanted:
            self.push_raw({kind: content})

    def push_raw(self, content: Update) -> int:
        """Puts anything in the queue and tells the id it got."""
        id = self._next
        self._next += 1
        self._waiting[id] = _Waiting({"update_id": id, **content}, self._now())
        self._arrived()
        return id

    def waiting(self) -> list[Update]:
        """What has not been confirmed, oldest first. What is older than a day is gone."""
        oldest = self._now() - KEPT_FOR
        for id in [id for id, entry in self._waiting.items() if entry.since < oldest]:
            del self._waiting[id]
        return [entry.update for entry in self._waiting.values()]

    def read(self, offset: int, limit: int) -> list[Update]:
        """Confirms everything below the offset and tells what comes next.

        A negative offset drops all but the last so many. An offset more than ten beyond the last
        update confirms nothing.
        """
        waiting = self.waiting()
        if offset < 0:
            for update in waiting[:offset]:
                self.forget(update["update_id"])
        elif offset <= self._next + 10:
            for update in waiting:
                if update["update_id"] < offset:
                    self.forget(update["update_id"])
        return [entry.update for entry in list(self._waiting.values())[:limit]]

    def forget(self, id: int) -> None:
        self._waiting.pop(id, None)

    def clear(self) -> None:
        self._waiting.clear()


class LongPoll:
    """The one request that waits for updates; a newer one ends it with 409."""

    def __init__(self) -> None:
        self._current: asyncio.Future[None] | None = None

    async def wait(self, seconds: float) -> None:
        """Returns on the next update, or after so many seconds of real time. Raises Refused."""
        self._end(conflict(OTHER_POLLER))
        waiting = asyncio.get_running_loop().create_future()
        self._current = waiting
        try:
            async with asyncio.timeout(seconds):
                await waiting
        except TimeoutError:
            pass
        finally:
            if self._current is waiting:
                self._current = None

    @property
    def is_waiting(self) -> bool:
        return self._current is not None

    def wake(self) -> None:
        self._end(None)

    def webhook_was_set(self) -> None:
        self._end(conflict(WEBHOOK_SET))

    def _end(self, refusal: Exception | None) -> None:
        if self._current is not None and not self._current.done():
            if refusal is None:
                self._current.set_result(None)
            else:
                self._current.set_exception(refusal)
