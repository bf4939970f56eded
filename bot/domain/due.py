"""What falls due: one row for each thing that has a next moment.

A row says only that somebody must look at something then; what is to be done is decided from the
state of that moment. Setting a row again moves it, so nothing can fall due twice.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DueKind(StrEnum):
    """What can fall due; bot/app/due.py says who handles each.

    At one moment they are handled in this order: first what neighbourhood managers are told, so
    that nothing inside the house can delay it (invariant I1).
    """

    RELEASE = "1_release"
    ABSENCE = "2_absence"
    SIGNAL = "3_signal"
    HOLD = "4_hold"
    DIGEST = "5_digest"
    WEEKLY = "6_weekly"


@dataclass(frozen=True, slots=True)
class DueRow:
    """`about` names what it is of within its corporation, `step` what comes next of it.

    `at` is UTC. A row that failed keeps its error class and how often, and comes again.
    """

    corporation: str
    kind: DueKind
    about: str
    step: str
    at: datetime
    tries: int = 0
    error: str | None = None
