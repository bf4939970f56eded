"""How fast a signal must be acted on (docs/domain.md, "Urgency")."""

from enum import StrEnum


class Urgency(StrEnum):
    """U0 acute: 112 first; U1 within 4 working hours; U2 within 2 days; U3 within 5 days."""

    ACUTE = "U0"
    URGENT = "U1"
    NORMAL = "U2"
    LOW = "U3"


SELECTABLE = (Urgency.URGENT, Urgency.NORMAL, Urgency.LOW)
"""What a sender may choose; acute follows from words of danger, and 112 is named first."""


def most_urgent(*levels: Urgency) -> Urgency:
    """Joining signals never lowers urgency."""
    return min(levels)
