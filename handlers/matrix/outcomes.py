"""Why nothing was said, where a channel needs to know more than that it was not."""

from collections.abc import Collection

from bot.ports.doors import Refused, TryLater, Unreachable
from handlers.matrix.homeserver import Denied, TokenRefused

_FORBIDDEN = 403


class NotReadable(Unreachable):
    """No trusted device of `people` could read it: they have none, or it has no keys left."""

    def __init__(self, error: str, people: Collection[str]) -> None:
        super().__init__(error)
        self.people = frozenset(people)


class IdentityChanged(NotReadable):
    """`people` show another identity than the pinned one; somebody must confirm it first."""


class NotInRoom(NotReadable):
    """`people` did not join, or are not in the room any more."""


class RoomUnsafe(Unreachable):
    """The room is not encrypted, or a rule of it was loosened: it is to be replaced.

    `rules` are the types of the state events that are wrong.
    """

    def __init__(self, rules: Collection[str]) -> None:
        super().__init__("room_unsafe")
        self.rules = frozenset(rules)


def outcome_of(fault: Denied | TokenRefused) -> TryLater | Unreachable | Refused:
    """What a refusal of the homeserver means for a row of the outbox."""
    if isinstance(fault, TokenRefused):
        return TryLater("token")
    if fault.status == _FORBIDDEN:
        return Unreachable("forbidden")
    return Refused(fault.errcode or f"status_{fault.status}")
