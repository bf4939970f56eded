"""Rooms: how ours are made, and what the homeserver says of them now.

Nothing is left to a preset: every rule is said, and read back. State is plain text and can be
forged by the homeserver; it decides only to whom we do NOT write.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from handlers.matrix.device import MEGOLM

ENCRYPTION = "m.room.encryption"
MEMBER = "m.room.member"
POWER = "m.room.power_levels"
ONLY_US = 100
_LEVELS = MappingProxyType(
    dict.fromkeys(("state_default", "invite", "kick", "ban", "redact"), ONLY_US)
    | {"users_default": 0, "events_default": 0}
)
_RULES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        ENCRYPTION: ("algorithm", MEGOLM),
        "m.room.history_visibility": ("history_visibility", "joined"),
        "m.room.join_rules": ("join_rule", "invite"),
        "m.room.guest_access": ("guest_access", "forbidden"),
    }
)


@dataclass(frozen=True, slots=True)
class RoomRules:
    """A room to be made. `name` and `topic` are not encrypted: a case code, nothing else.
    `federate` lets people of other homeservers in."""

    name: str
    invite: tuple[str, ...] = ()
    topic: str = ""
    is_direct: bool = False
    federate: bool = False


@dataclass(frozen=True, slots=True)
class Members:
    joined: frozenset[str] = frozenset()
    invited: frozenset[str] = frozenset()


@dataclass(slots=True)
class Room:
    """A room as the last sync left it."""

    id: str
    state: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)

    def take(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Takes in state events, the oldest first."""
        for event in events:
            content = event.get("content")
            if isinstance(event.get("state_key"), str) and isinstance(content, dict):
                # A room once encrypted stays so, whatever is said later.
                if event["type"] == ENCRYPTION and content.get("algorithm") != MEGOLM:
                    continue
                self.state[str(event["type"]), event["state_key"]] = content

    def remove(self, mxid: str) -> None:
        self.state[MEMBER, mxid] = {"membership": "leave"}

    @property
    def members(self) -> Members:
        return Members(self._with("join"), self._with("invite"))

    @property
    def is_encrypted(self) -> bool:
        return bool(self._value(ENCRYPTION, "algorithm") == MEGOLM)

    def downgrades(self, me: str) -> frozenset[str]:
        """The rules that do not hold any more, by the type of their state event."""
        wrong = {rule for rule, (key, value) in _RULES.items() if self._value(rule, key) != value}
        return frozenset(wrong | ({POWER} if self._power_is_loose(me) else set()))

    def _power_is_loose(self, me: str) -> bool:
        """Whether anybody but us can change something."""
        power = self.state.get((POWER, ""), {})
        others = {user: level for user, level in power.get("users", {}).items() if user != me}
        return (
            any(power.get(key) != level for key, level in _LEVELS.items())
            or any(level != 0 for level in others.values())
            or any(level < ONLY_US for level in power.get("events", {}).values())
        )

    def _value(self, rule: str, key: str) -> Any:
        return self.state.get((rule, ""), {}).get(key)

    def _with(self, membership: str) -> frozenset[str]:
        return frozenset(
            key
            for (event_type, key), content in self.state.items()
            if event_type == MEMBER and content.get("membership") == membership
        )


def creation(rules: RoomRules) -> dict[str, Any]:
    """The body of /createRoom."""
    state = [{"type": rule, "content": {key: value}} for rule, (key, value) in _RULES.items()]
    body: dict[str, Any] = {
        "visibility": "private",
        # All a preset would decide is said below.
        "preset": "private_chat",
        "name": rules.name,
        "invite": list(rules.invite),
        "is_direct": rules.is_direct,
        "creation_content": {"m.federate": rules.federate},
        "initial_state": state,
        "power_level_content_override": {**_LEVELS, "events": {}},
    }
    return body | ({"topic": rules.topic} if rules.topic else {})
