"""Takes away what nobody needs any more: in small batches, so that no work waits for it."""

from datetime import timedelta

from bot.app.house import DRAFTS_KEPT, House
from bot.ports.store import Work

BATCH = 500
SEEN_KEPT = {"telegram": timedelta(days=7)}
"""How long an event is recognised by platform. Telegram brings one again for 24 hours at most; the
rest is margin, for a database that was brought back from a copy."""
FORM_MESSAGES_KEPT = timedelta(days=4)
"""A form ends within a day, and Telegram lets a bot delete a message for two."""


async def clean_up(house: House, work: Work) -> int:
    """Forgets events, form messages and unsent photos past their time, at most a batch of each;
    returns how many."""
    now = house.clock.now()
    gone = await work.cleaning.forget_form_messages(FORM_MESSAGES_KEPT, BATCH)
    gone += await work.photos.forget_unsent(now - DRAFTS_KEPT, BATCH)
    for platform, kept in SEEN_KEPT.items():
        gone += await work.cleaning.forget_seen(platform, now - kept, BATCH)
    return gone
