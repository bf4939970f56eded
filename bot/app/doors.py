"""By which door a person is told something: content by Matrix where there is one, attention drawn
by the door the person chose."""

from bot.domain.outbox import MATRIX, TELEGRAM
from bot.domain.people import PersonKey
from bot.ports.store import IntakeWork

USUAL_NUDGES = TELEGRAM
"""A phone buzzes; who wants it otherwise says so."""


async def open_doors(work: IntakeWork, person: PersonKey) -> frozenset[str]:
    """The platforms this person can be reached on now."""
    accounts = await work.accounts.every(person)
    return frozenset(one.platform for one in accounts if one.unreachable_since is None)


async def nudge_door(work: IntakeWork, person: PersonKey) -> str:
    """Where this person's attention is drawn: the chosen door if it is open, else any that is."""
    doors = await open_doors(work, person)
    chosen = await work.accounts.nudges_by(person) or USUAL_NUDGES
    if chosen in doors or not doors:
        return chosen
    return min(doors)


async def has_content_elsewhere(work: IntakeWork, person: PersonKey, platform: str) -> bool:
    """Whether the content of a matter stands by another door than this one."""
    return platform != MATRIX and MATRIX in await open_doors(work, person)
