"""Where a matter stands in people's chats: cards, shown anew or in place, and nudges.

Somebody with two doors has a card at each; an act by either door freshens both.
"""

from bot.app.doors import has_content_elsewhere, nudge_door
from bot.app.house import House
from bot.app.letters import to_person
from bot.domain.escalation import Step
from bot.domain.outbox import MATRIX, Template
from bot.domain.people import Person
from bot.ports.store import Work


async def show_card(house: House, work: Work, person: Person, ref: str, platform: str) -> None:
    """Has the card of a matter shown as a new message (which makes a phone buzz) that takes the
    place of the old one."""
    now = house.clock.now()
    row = to_person(person, Template.CARD, ref, now, {"anew": 1}, platform)
    await work.outbox.put(row)


async def freshen_card(house: House, work: Work, person: Person, ref: str, platform: str) -> None:
    """Has the card brought up to date in place, or shown where there is none yet."""
    now = house.clock.now()
    await work.outbox.put(to_person(person, Template.CARD, ref, now, platform=platform))


async def refresh_cards(house: House, work: Work, corporation: str, ref: str) -> None:
    for card in await work.cards.of(corporation, ref):
        person = await work.people.get(card.person)
        if person is not None:
            await freshen_card(house, work, person, ref, card.platform)


async def nudge(
    house: House, work: Work, person: Person, ref: str, step: Step, late: bool = False
) -> None:
    """Has this person's attention drawn to a matter by the door of choice; the card with the
    content stands by Matrix. Several that wait are told as one message."""
    details: dict[str, str | int] = {"step": step, "late": int(late)}
    door = await nudge_door(work, person.key)
    now = house.clock.now()
    await work.outbox.put(to_person(person, Template.NUDGE, ref, now, details, door))
    if await has_content_elsewhere(work, person.key, door):
        await freshen_card(house, work, person, ref, MATRIX)
