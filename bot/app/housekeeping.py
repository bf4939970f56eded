"""Small regular chores of the service."""

from bot.app.house import House
from bot.app.letters import to_person
from bot.domain.outbox import TELEGRAM, Template
from bot.domain.routing import NoTeamLead
from bot.ports.store import Work

BATCH = 100


async def tidy_expired_forms(house: House, work: Work) -> int:
    """Forgets drafts past their time and has their messages tidied away; returns how many."""
    now = house.clock.now()
    expired = await work.dialogues.expired(now, BATCH)
    for key, dialogue in expired:
        state = await work.dialogues.get(key)
        platform = state.platform if state else TELEGRAM
        await work.dialogues.remove(key)
        await work.photos.forget_draft(key.organisation, dialogue)
        person = await work.people.get(key)
        if person is not None:
            await work.outbox.put(
                to_person(person, Template.TIDY, dialogue, now, platform=platform)
            )
    return len(expired)


async def check_team_leads(work: Work) -> None:
    """Every corporation needs an active team lead, the last who can be responsible.

    Raises NoTeamLead naming the corporations without one (docs/domain.md, "Routing").
    """
    without = []
    for corporation in await work.people.corporations():
        people = await work.people.of(corporation.id)
        if not any(person.is_active_team_lead for person in people):
            without.append(corporation.id)
    if without:
        raise NoTeamLead(*without)
