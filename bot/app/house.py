"""What every use case has at hand besides its transaction."""

from dataclasses import dataclass
from datetime import timedelta

from bot.domain.worktime import WorkCalendar
from bot.ports.tools import Clock, Screener

DRAFTS_KEPT = timedelta(hours=24)
"""Unsent forms are forgotten after this (docs/domain.md, "Personal data")."""


@dataclass(frozen=True, slots=True)
class House:
    """The time, the calendar, and an eye for what may not travel."""

    clock: Clock
    screener: Screener
    calendar: WorkCalendar
