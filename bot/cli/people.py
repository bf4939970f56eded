"""`seintje invite`: a one-time code with which a person links a phone or a Matrix account."""

from zoneinfo import ZoneInfo

import segno

from bot.app.linking import (
    Invitation,
    NobodyByThatName,
    NoSuchAddress,
    invite,
    link_matrix,
)
from bot.cli.console import refuse, say, system_user, write
from bot.domain.disclosure import Text, public, reference
from bot.domain.people import PersonKey
from bot.ports.store import Work
from bot.wiring import Parts, bot_name


async def invite_person(found: Parts, name: str, plain: bool) -> None:
    """Prints the code; with its deep link and QR code unless only the code is wanted."""
    async with found.store.work() as work:
        key = await _key_of(work, name)
        try:
            invitation = await invite(found.house, work, key, system_user())
        except NobodyByThatName:
            refuse(Text("invite.nobody", {"person": public(name)}))
    if plain:
        write(invitation.code)
        return
    await _show(found, invitation)


async def link_to_matrix(found: Parts, name: str, address: str) -> None:
    """Links the Matrix address of a person; the fingerprint is compared when they first talk."""
    async with found.store.work() as work:
        key = await _key_of(work, name)
        try:
            person = await link_matrix(found.house, work, key, address, system_user())
        except NobodyByThatName:
            refuse(Text("invite.nobody", {"person": public(name)}))
        except NoSuchAddress:
            refuse(Text("invite.no_address", {"address": public(address)}))
    fields = {"person": public(person.name), "address": public(address)}
    say(Text("invite.matrix_linked", fields))


async def _show(found: Parts, invitation: Invitation) -> None:
    zone = ZoneInfo(found.settings.service.timezone)
    fields = {
        "person": public(invitation.person.name),
        "code": reference(invitation.code),
        "until": public(f"{invitation.expires_at.astimezone(zone):%d-%m-%Y %H:%M}"),
    }
    say(Text("invite.made", fields))
    bot = await bot_name(found)
    if bot is None:
        say(Text("invite.no_link"))
        return
    link = f"https://t.me/{bot}?start={invitation.code.replace('-', '')}"
    say(Text("invite.link", {"link": public(link)}))
    segno.make(link, error="m").terminal(compact=True)


async def _key_of(work: Work, name: str) -> PersonKey:
    """`organisation/person`, or only the person's id where that is unique."""
    organisation, slash, person = name.rpartition("/")
    if slash:
        return PersonKey(organisation, person)
    found = await work.people.by_id(name)
    if not found:
        refuse(Text("invite.nobody", {"person": public(name)}))
    if len(found) > 1:
        options = ", ".join(f"{key.organisation}/{key.person}" for key in found)
        refuse(Text("invite.which", {"options": public(options)}))
    return found[0]
