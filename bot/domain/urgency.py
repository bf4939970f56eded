"""How fast a signal must be acted on, and what happens when it is not (docs/domain.md, "Urgency").

The whole policy is the table LADDERS: change a row and everything follows, cards and agenda too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bot.domain.worktime import Hours, Span


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


@dataclass(frozen=True, slots=True)
class Ladder:
    """One row of the escalation table. All spans count from when the owner was to be told, in the
    `hours` of the row; `again` is how often an alarm is repeated while nobody takes it up."""

    hours: Hours
    act_within: Span
    reminder: Span
    deputy: Span
    team_lead: Span
    alarm: Span
    again: Span


HOUR = 60
HALF_A_DAY = 255
"""Minutes: half of an office day of eight and a half hours."""

LADDERS: Mapping[Urgency, Ladder] = MappingProxyType(
    {
        Urgency.ACUTE: Ladder(
            hours=Hours.CLOCK,
            act_within=Span(minutes=HOUR),
            reminder=Span(minutes=15),
            deputy=Span(),
            team_lead=Span(),
            alarm=Span(minutes=30),
            again=Span(minutes=HOUR),
        ),
        Urgency.URGENT: Ladder(
            hours=Hours.EXTENDED,
            act_within=Span(minutes=4 * HOUR),
            reminder=Span(minutes=HOUR),
            deputy=Span(minutes=2 * HOUR),
            team_lead=Span(minutes=4 * HOUR),
            alarm=Span(minutes=8 * HOUR),
            again=Span(minutes=12 * HOUR),
        ),
        Urgency.NORMAL: Ladder(
            hours=Hours.OFFICE,
            act_within=Span(days=2),
            reminder=Span(minutes=HALF_A_DAY),
            deputy=Span(days=1),
            team_lead=Span(days=2),
            alarm=Span(days=4),
            again=Span(days=5),
        ),
        Urgency.LOW: Ladder(
            hours=Hours.OFFICE,
            act_within=Span(days=5),
            reminder=Span(minutes=3 * HALF_A_DAY),
            deputy=Span(days=3),
            team_lead=Span(days=5),
            alarm=Span(days=10),
            again=Span(days=5),
        ),
    }
)
"""A first reminder comes at half the time to the deputy; acute signals go to owner, deputy and team
lead at once, so their reminder stands on its own."""
