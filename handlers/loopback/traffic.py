"""Every request that the bot made, and the answer it got."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request. `at` is when it came in.

    `status` and `reply` are None while it is being worked on, and for ever when the bot got no
    answer. `reply` is the body as JSON, or None when the answer was not JSON.
    """

    method: str
    parameters: Mapping[str, Any]
    at: datetime
    status: int | None = None
    reply: Mapping[str, Any] | None = None

    @property
    def ok(self) -> bool:
        return self.status == 200 and self.reply is not None


class Traffic:
    """In the order in which requests came in. With `keeps` off they are only counted."""

    def __init__(self, keeps: bool = True) -> None:
        self._keeps = keeps
        self._exchanges: list[Exchange] = []
        self.count = 0

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        return tuple(self._exchanges)

    def begin(self, method: str, parameters: Mapping[str, Any], at: datetime) -> int:
        self.count += 1
        if not self._keeps:
            return -1
        self._exchanges.append(Exchange(method, parameters, at))
        return len(self._exchanges) - 1

    def answered(self, number: int, status: int, reply: Mapping[str, Any] | None) -> None:
        if self._keeps:
            begun = self._exchanges[number]
            self._exchanges[number] = replace(begun, status=status, reply=reply)
