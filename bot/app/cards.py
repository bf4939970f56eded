"""Where a matter stands in people's chats: cards, shown anew or in place, and nudges."""

from bot.app.house import House
from bot.app.letters import to_person
from bot.domain.escalation import Step
from bot.domain.outbox import Template
from bot.domain.people import Person
from bot.ports.store import Work


async def send_card(house: House, work: Work, person: Person, ref: str, anew: bool = False) -> None:
    """Has the card of a matter shown to this person: in place where there is one already, or as a
    new message (which makes a phone buzz) that takes the old one's place."""
    now = house.clock.now()
    details = {"anew": 1} if anew else {}
    await work.outbox.put(to_person(person, Template.CARD, ref, now, details))


async def refresh_cards(house: House, work: Work, corporation: str, ref: str) -> None:
    for card in await work.cards.of(corporation, ref):
        person = await work.people.get(card.person)
        if person is not None:
            await send_card(house, work, person, ref)


async def nudge(
    house: House, work: Work, person: Person, ref: str, step: Step, late: bool = False
) -> None:
    """Has this person's attention drawn to a matter. Several that wait are told as one message."""
    details: dict[str, str | int] = {"step": step, "late": int(late)}
    await work.outbox.put(to_person(person, Template.NUDGE, ref, house.clock.now(), details))
