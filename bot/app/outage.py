"""Notices when the service was away for longer than the platform keeps what people send."""

from datetime import datetime, timedelta

import structlog

from bot.app.house import House
from bot.app.letters import to_person
from bot.domain.outbox import Template
from bot.ports.store import Work

log = structlog.get_logger()

KEPT_BY_PLATFORM = timedelta(hours=24)
"""Telegram drops what was not fetched within a day."""


async def note_contact(house: House, work: Work, platform: str) -> None:
    """Notes that the platform answered. After too long a silence everybody linked there is asked
    to send again what was sent meanwhile: it may have been dropped, and nobody else can tell."""
    cursor, now = f"{platform}.contact", house.clock.now()
    before = await work.cursors.get(cursor)
    if before is not None and now - datetime.fromisoformat(before) > KEPT_BY_PLATFORM:
        log.warning("messages_may_be_lost", platform=platform, since=before)
        for key in await work.accounts.linked(platform):
            person = await work.people.get(key)
            if person is not None and person.active:
                details = {"text": "answer.send_again"}
                row = to_person(
                    person, Template.ANSWER, "answer.send_again", now, details, platform
                )
                await work.outbox.put(row)
    await work.cursors.put(cursor, now.isoformat())
