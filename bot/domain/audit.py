"""The audit line (after NEN 7513; docs/domain.md, "Personal data"). Never message text."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

RULE_SET = "2026-11"
"""The version of the rules in bot/domain, named on every audit line."""


class Action(StrEnum):
    CREATE = "C"
    READ = "R"
    UPDATE = "U"
    DELETE = "D"
    EXECUTE = "E"


@dataclass(frozen=True, slots=True)
class AuditLine:
    """`subject` is a reference or pseudonym; `detail` a reason code or class names; `at` UTC."""

    corporation: str
    event: str
    at: datetime
    subject: str
    user: str
    role: str
    action: Action
    outcome: str
    source: str
    basis: str = ""
    detail: str = ""
    rule_set: str = RULE_SET


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The last link of a corporation's audit chain: its number and hash (hexadecimal)."""

    number: int
    hash: str
