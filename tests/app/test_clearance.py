"""The choke point: whatever a template would say, nothing above the reader's clearance leaves."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from types import MappingProxyType

import pytest

from bot.app import parcels, templates
from bot.app.letters import to_person
from bot.app.parcels import PLATFORM_OF, ConsentRefused, ParcelDesk, classes_of, texts_of
from bot.app.telling import AUDIENCE_OF, NothingToSay, Telling
from bot.dialogues.commands import Verb
from bot.domain.disclosure import (
    AUDIENCE_CLEARANCE,
    DOOR_CLEARANCE,
    Door,
    Field,
    FieldClass,
    NotCleared,
    Text,
)
from bot.domain.escalation import Step
from bot.domain.outbox import OutboxRow, Template
from bot.domain.people import OWNER_ROLES, PersonKey, Role
from bot.ports.doors import Button, Parcel
from tests.app.town import MONDAY, Town

PERSON = {
    Role.MANAGER: PersonKey("voorbeeld", "piet"),
    Role.CONSULTANT: PersonKey("voorbeeld", "sanne"),
    Role.TEAM_LEAD: PersonKey("voorbeeld", "lieke"),
    Role.CARE_WORKER: PersonKey("zorgvoorbeeld", "bas"),
    Role.COORDINATOR: PersonKey("zorgvoorbeeld", "carla"),
    Role.PRIVACY_OFFICER: PersonKey("voorbeeld", "frans"),
    Role.ADMINISTRATOR: PersonKey("voorbeeld", "bram"),
}
TOLD_IN_A_ROOM = frozenset({Template.SHARED})
"""Said in the room of a case and to nobody in particular: tests/app/test_sharing.py."""
EVERY_READING = list(product(set(Template) - TOLD_IN_A_ROOM, Role))
CLEARED_FOR_REFERENCES = {Role.MANAGER, Role.CONSULTANT, Role.TEAM_LEAD}
ABOVE_TELEGRAM = sorted(frozenset(FieldClass) - DOOR_CLEARANCE[Door.TELEGRAM])


@pytest.fixture
async def full_town(town: Town) -> Town:
    """Everybody is linked, a signal with a note is under way, and a form is half filled in."""
    for person in PERSON.values():
        await town.has(person.person, person.organisation)
        room = town.in_matrix(person.person)
        await room.types(await town.code_for(person.person, person.organisation))
    piet = town.somebody("piet")
    await piet.types("Brievenbus van E-4471 zit al weken vol")
    await piet.presses("Versturen")
    await piet.types("Gordijnen bij E-4472 al dagen dicht")
    return town


async def row(town: Town, template: Template, role: Role, door: Door = Door.TELEGRAM) -> OutboxRow:
    """A row of this template that comes as near as can be to saying something to this reader."""
    (signal,) = await town.signals_of("piet")
    async with town.store.work() as work:
        person = await work.people.get(PERSON[role])
        state = await work.dialogues.get(PERSON[Role.MANAGER])
        assert person is not None
        assert state is not None
        if template is Template.FORM:
            await work.dialogues.put(person.key, state)
    about = state.id if template in (Template.FORM, Template.TIDY) else signal.ref
    details = {
        "text": "answer.how_to_start",
        "toast": "matter.already",
        "urgency": "U2",
        "step": Step.FIRST.value,
        "verb": Verb.HELP.value,
        "purpose": "visit",
        "change": "withdraw",
        "done": "withdraw",
        "since": MONDAY.isoformat(),
        "until": (MONDAY + timedelta(days=1)).isoformat(),
    }
    now, platform = town.clock.now(), PLATFORM_OF[door]
    made = to_person(person, template, about, now, details, platform)
    return replace(made, corporation="voorbeeld")


async def parcel(town: Town, made: OutboxRow, door: Door = Door.TELEGRAM) -> Parcel | None:
    """What would be sent, or None when it is refused or there is nothing to say."""
    async with town.store.work() as work:
        try:
            return await ParcelDesk(town.house, door).make(work, made)
        except (NothingToSay, NotCleared, ConsentRefused):
            return None


async def test_what_any_template_says_to_anybody_is_cleared(full_town: Town) -> None:
    said = set()
    for template, role in EVERY_READING:
        sent = await parcel(full_town, await row(full_town, template, role))
        if sent is None:
            continue
        classes = classes_of(texts_of(sent))
        said.add((template, role))
        assert classes <= AUDIENCE_CLEARANCE[AUDIENCE_OF[role]], (template, role)
        assert classes <= DOOR_CLEARANCE[Door.TELEGRAM], (template, role)
        if role not in CLEARED_FOR_REFERENCES:
            assert classes <= {FieldClass.PUBLIC}, (template, role)

    assert {role for template, role in said if template is Template.CARD} == CLEARED_FOR_REFERENCES
    assert (Template.FORM, Role.MANAGER) in said
    assert (Template.FORM, Role.CARE_WORKER) not in said


async def test_what_is_said_in_a_room_is_cleared_for_that_room(full_town: Town) -> None:
    held: dict[Role, set[FieldClass]] = {role: set() for role in Role}
    for template, role in EVERY_READING:
        made = await row(full_town, template, role, Door.MATRIX)
        sent = await parcel(full_town, made, Door.MATRIX)
        if sent is None:
            continue
        classes = classes_of(texts_of(sent))
        held[role] |= classes
        door = Door.ASKED if template is Template.IDENTITY else Door.MATRIX
        assert classes <= AUDIENCE_CLEARANCE[AUDIENCE_OF[role]], (template, role)
        assert classes <= DOOR_CLEARANCE[door], (template, role)

    assert {FieldClass.NOTE, FieldClass.IDENTITY} <= held[Role.CONSULTANT]
    assert not any(FieldClass.NOTE in held[role] for role in set(Role) - OWNER_ROLES)


@pytest.mark.parametrize("cls", ABOVE_TELEGRAM)
@pytest.mark.parametrize("where", ["text", "inside", "button", "toast"])
async def test_what_is_not_cleared_cannot_be_said_to_anybody(
    full_town: Town, monkeypatch: pytest.MonkeyPatch, cls: FieldClass, where: str
) -> None:
    async def careless(telling: Telling) -> Parcel:
        secret = Text("mine.line", {"ref": Field("Abel Proefhuurder", cls)})
        inside = Text("form.asks_first", {"question": Field(secret, FieldClass.REFERENCE)})
        plain = telling.says(Text("receipt"))
        button = Button(secret, "token")
        return {
            "text": telling.says(secret),
            "inside": telling.says(inside),
            "button": replace(plain, buttons=((button,),)),
            "toast": replace(plain, toast=secret),
        }[where]

    monkeypatch.setattr(parcels, "WORDING", MappingProxyType(dict.fromkeys(Template, careless)))
    for template, role in EVERY_READING:
        assert await parcel(full_town, await row(full_town, template, role)) is None


async def test_every_template_is_put_into_words() -> None:
    assert templates.WORDING.keys() == set(Template)
