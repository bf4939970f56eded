"""`seintje invite`: a one-time code with which a person links a phone or a Matrix account; and
`seintje people`: who can be reached, and who leaves."""

from collections import Counter
from zoneinfo import ZoneInfo

import segno
from rich.table import Table

from bot.app.leaving import LastTeamLead, leave
from bot.app.linking import (
    Invitation,
    NobodyByThatName,
    NoSuchAddress,
    invite,
    link_matrix,
)
from bot.app.reachability import Way, reach_of_all
from bot.cli.console import (
    catalogue,
    language,
    refuse,
    say,
    system_user,
    wide_console,
    write,
)
from bot.domain.disclosure import Text, public, reference
from bot.domain.people import PersonKey
from bot.ports.store import Work
from bot.wiring import Parts, bot_name

PEOPLE_HEADINGS = (
    "staff.head.person",
    "staff.head.name",
    "staff.head.state",
    "staff.head.since",
    "staff.head.doors",
)


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


async def show_people(found: Parts, only_unreachable: bool) -> None:
    """By which doors everybody can be reached; or only who cannot be, since when and why."""
    zone = ZoneInfo(found.settings.service.timezone)
    async with found.store.reading() as work:
        everybody = [
            reach
            for corporation in await work.people.corporations()
            for reach in await reach_of_all(work, corporation.id)
        ]
    wanted = [one for one in everybody if one.way is not Way.OPEN or not only_unreachable]
    if not wanted:
        say(Text("staff.all_reached"))
        return
    table = Table(*(_said(Text(key)) for key in PEOPLE_HEADINGS))
    for one in wanted:
        since = f"{one.since.astimezone(zone):%d-%m-%Y %H:%M}" if one.since else ""
        named = f"{one.person.organisation}/{one.person.id}"
        state = _said(Text(f"staff.way.{one.way}"))
        table.add_row(named, one.person.name, state, since, ", ".join(one.doors))
    wide_console().print(table)


async def let_person_leave(found: Parts, name: str) -> None:
    """Ends somebody's part at once, and says where the open matters went. Exit 2 when it cannot
    be."""
    async with found.store.work() as work:
        key = await _key_of(work, name)
        person = await work.people.get(key)
        if person is None or not person.active:
            refuse(Text("invite.nobody", {"person": public(name)}))
        try:
            moves = await leave(found.house, work, person, system_user())
        except LastTeamLead:
            refuse(Text("staff.last_team_lead", {"person": public(person.name)}))
    say(Text("staff.left", {"person": public(person.name)}))
    for after, count in sorted(Counter(one.after for one in moves).items()):
        fields = {"count": public(str(count)), "after": public(after)}
        say(Text("staff.moved", fields))
    say(Text("staff.change_the_file"))


def _said(text: Text) -> str:
    return catalogue().plain(text, language())
