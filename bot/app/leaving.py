"""Somebody stops working here: no link, no question and no matter stays behind."""

from collections.abc import Sequence
from dataclasses import replace

from bot.app.absences import look_again
from bot.app.house import House
from bot.app.moving import Move, move, moves_since, rules_for
from bot.domain.audit import Action, AuditLine
from bot.domain.due import DueKind
from bot.domain.outbox import MATRIX, TELEGRAM, Recipient
from bot.domain.people import Person, PersonKey, Role
from bot.ports.store import Work


class LastTeamLead(Exception):
    """Without this team lead there would be nobody to fall back on."""


async def leave(house: House, work: Work, person: Person, user: str) -> Sequence[Move]:
    """Ends somebody's part at once; what this person had goes to whoever is responsible now.

    `user` is who sits at the machine. Raises LastTeamLead.
    """
    others = [one for one in await work.people.of(person.organisation) if one.id != person.id]
    if person.is_active_team_lead and not any(one.is_active_team_lead for one in others):
        raise LastTeamLead
    before = await rules_for(house, work, person.organisation)
    await work.registry.put([replace(person, active=False)])
    await forget(house, work, person.key)
    moves = await moves_since(house, work, person.organisation, before)
    for one in moves:
        await move(house, work, one, user)
    await work.audit.append(
        AuditLine(
            corporation=person.organisation,
            event="person.left",
            at=house.clock.now(),
            subject=person.id,
            user=user,
            role=Role.ADMINISTRATOR,
            action=Action.UPDATE,
            outcome="done",
            source="console",
        )
    )
    return moves


async def forget(house: House, work: Work, person: PersonKey) -> None:
    """Takes away what somebody who left had: accounts, invitations, a running dialogue, messages
    that wait, absences; who was to be replaced by this person is by the usual deputy."""
    await work.registry.end_links([person])
    await work.dialogues.remove(person)
    for platform in (TELEGRAM, MATRIX):
        for row in await work.post.held(Recipient(person, platform)):
            await work.post.done(row.id)
    await work.due.disarm(person.organisation, DueKind.ABSENCE, person.person)
    today = house.calendar.local_day(house.clock.now())
    for absence in await work.tenancies.absences_from(person.organisation, today):
        if absence.person == person.person:
            await work.tenancies.remove_absence(absence)
        elif absence.deputy == person.person:
            await work.tenancies.put_absence(replace(absence, deputy=None))
            await look_again(house, work, PersonKey(person.organisation, absence.person))
