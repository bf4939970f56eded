"""What can go wrong with a call, as data: planned by a test, met by the service.

api.faults.next("sendMessage", TooManyRequests(retry_after=3), times=2)
cut = api.faults.always("sendMessage", CutAfter(), chat=piet.id)
...
cut.remove()
"""

import asyncio
from dataclasses import dataclass, field

from handlers.loopback.refusals import Refused

ANY_METHOD = "*"


@dataclass(frozen=True, slots=True)
class TooManyRequests:
    """429: the call is not carried out; try again after so many seconds."""

    retry_after: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """Any refusal of the Bot API, for instance Refusal(400, "CHAT_WRITE_FORBIDDEN")."""

    code: int
    description: str

    def refused(self) -> Refused:
        return Refused(self.code, self.description)


@dataclass(frozen=True, slots=True)
class ServerError:
    """A page of HTML with an error status, as the servers before Telegram's give."""

    status: int = 502


@dataclass(frozen=True, slots=True)
class Garbage:
    """A page of HTML with status 200. The call was not carried out."""


@dataclass(frozen=True, slots=True)
class CutBefore:
    """The connection closes and nothing was carried out."""


@dataclass(frozen=True, slots=True)
class CutAfter:
    """The call is carried out, but the connection closes before the answer."""


@dataclass(eq=False, slots=True)
class Hold:
    """Nothing happens until it is released; with `acted` the call is carried out before that."""

    acted: bool = False
    held: int = 0
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        self._released.set()

    async def wait(self) -> None:
        self.held += 1
        try:
            await self._released.wait()
        finally:
            self.held -= 1


Fault = TooManyRequests | Refusal | ServerError | Garbage | CutBefore | CutAfter | Hold


@dataclass(eq=False, slots=True)
class Planned:
    """A fault that waits for its calls. `left` is None until removed, `met` counts."""

    method: str
    fault: Fault
    chat: int | None
    left: int | None
    met: int = 0

    def remove(self) -> None:
        """From now on it meets no call; calls that it holds are let go."""
        self.left = 0
        if isinstance(self.fault, Hold):
            self.fault.release()

    def meets(self, method: str, chat: int) -> bool:
        return (
            self.left != 0
            and self.method in (ANY_METHOD, method.lower())
            and self.chat in (None, chat)
        )


class Faults:
    """Faults planned for a method (ANY_METHOD for all), met in the order they were planned."""

    def __init__(self) -> None:
        self._planned: list[Planned] = []

    def next(
        self, method: str, fault: Fault, *, times: int = 1, chat: int | None = None
    ) -> Planned:
        """The next calls of this method meet the fault; with `chat` only those for that chat."""
        return self._plan(Planned(method.lower(), fault, chat, times))

    def always(self, method: str, fault: Fault, *, chat: int | None = None) -> Planned:
        """All calls of this method meet the fault, until it is removed."""
        return self._plan(Planned(method.lower(), fault, chat, None))

    def remove_all(self) -> None:
        for planned in self._planned:
            planned.remove()

    def meeting(self, method: str, chat: int) -> Fault | None:
        """The fault that this call meets, which then counts as met."""
        for planned in self._planned:
            if planned.meets(method, chat):
                planned.met += 1
                if planned.left is not None:
                    planned.left -= 1
                return planned.fault
        return None

    def _plan(self, planned: Planned) -> Planned:
        self._planned.append(planned)
        return planned
