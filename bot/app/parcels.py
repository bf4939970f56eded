"""The choke point of everything that leaves the house.

For every attempt anew, in the transaction just before it: find the reader, ask consent, put the row
into words, and check every value in them against the clearance of the reader and of the door.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from bot.app.content import agreement_facts, consent_facts, speaker_of, told_together
from bot.app.house import House
from bot.app.letters import to_person
from bot.app.telling import NothingToSay, Reader, Telling
from bot.app.templates import WORDING, dialogue_of
from bot.domain.consent import Facts, Listener, Reason, Speaker, decide
from bot.domain.disclosure import Door, FieldClass, Text, check_cleared
from bot.domain.outbox import OutboxRow, Template
from bot.domain.people import Role
from bot.domain.rooms import RoomState
from bot.domain.signals import Signal
from bot.ports.doors import Parcel
from bot.ports.store import Card, Work

PLATFORM_OF: Mapping[Door, str] = MappingProxyType(
    {Door.TELEGRAM: "telegram", Door.MATRIX: "matrix", Door.CONSOLE: "console"}
)


class NoWay(Exception):
    """The recipient has no working account on any channel that is on."""


class ConsentRefused(Exception):
    """The decision table does not allow this to be told now."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ParcelDesk:
    """Makes the parcel of a row for one door, and keeps what sending it taught."""

    house: House
    door: Door

    async def make(self, work: Work, row: OutboxRow) -> Parcel:
        """Raises NothingToSay, NoWay, ConsentRefused, or NotCleared for what may not be shown."""
        reader = await self._reader(work, row)
        parcel = await WORDING[row.template](Telling(self.house, work, row, reader))
        parcel = replace(parcel, room=reader.room, id=row.id)
        texts = texts_of(parcel)
        contents = classes_of(texts)
        if reader.case is not None:
            facts = await agreement_facts(self.house, work, reader.case)
            ask_consent_of(Listener.CARE_WORKER, contents, Speaker.CONSULTANT, facts)
            speakers: Sequence[tuple[Signal | None, Speaker]] = ()
        else:
            speakers = await _speakers(work, row, contents)
        for signal, speaker in speakers:
            facts = _facts(row, reader)
            if signal is not None:
                facts = await consent_facts(self.house, work, signal, facts)
            ask_consent(reader, contents, speaker, facts)
        for text in texts:
            check_cleared(text, reader.audience, reader.door)
        return parcel

    async def sent(self, work: Work, row: OutboxRow, parcel: Parcel, message: str | None) -> None:
        """Keeps where a form or card now stands, and forgets what was tidied away."""
        person, dialogue = row.recipient.person, dialogue_of(row)
        if person is None:
            return
        if dialogue and parcel.delete:
            await work.dialogues.forget_messages(person, dialogue, parcel.delete)
        if message is None or message == parcel.edit:
            return
        if row.template is Template.FORM:
            await work.dialogues.add_message(person, dialogue, message)
        elif parcel.is_card:
            platform = row.recipient.platform
            await work.cards.put(Card(row.corporation, row.about, person, platform, message))
            await self._show_again_if_changed(work, row, parcel)

    async def _show_again_if_changed(self, work: Work, row: OutboxRow, parcel: Parcel) -> None:
        """A card that was still under way when its matter changed was not there to be refreshed."""
        if row.recipient.person is None:
            return
        person = await work.people.get(row.recipient.person)
        try:
            now = await self.make(work, row)
        except (NothingToSay, NoWay, ConsentRefused):
            return
        if person is not None and (now.text, now.buttons) != (parcel.text, parcel.buttons):
            moment = self.house.clock.now()
            await work.outbox.put(
                to_person(person, Template.CARD, row.about, moment, platform=row.recipient.platform)
            )

    async def _reader(self, work: Work, row: OutboxRow) -> Reader:
        to, platform = row.recipient, PLATFORM_OF[self.door]
        if to.platform != platform:
            raise NoWay("other_door")
        if row.template is Template.SHARED:
            return await _case_reader(work, row)
        if to.person is None:
            return Reader(None, to.address or "", _door_for(row, self.door))
        person = await work.people.get(to.person)
        if person is None or not person.active:
            raise NothingToSay
        account = await work.accounts.of(to.person, platform)
        if account is None:
            raise NoWay("not_linked")
        if account.unreachable_since is not None:
            raise NoWay("unreachable")
        return Reader(person, account.address, _door_for(row, self.door), account.room or "")


async def _case_reader(work: Work, row: OutboxRow) -> Reader:
    """The room of a case, as long as nothing is wrong with it."""
    code = str(row.details["case"])
    case = await work.tenancies.case(row.corporation, code)
    if case is None:
        raise NothingToSay
    room = await work.sharing.room_of(row.corporation, code)
    if room is None:
        raise NoWay("no_room")
    if room.state is not RoomState.OPEN:
        raise NoWay("frozen")
    return Reader(None, room.room, Door.CASE_ROOM, room.room, case)


def _door_for(row: OutboxRow, door: Door) -> Door:
    """An identity leaves only as the answer to who asked for it."""
    asked = row.template is Template.IDENTITY and door is Door.MATRIX
    return Door.ASKED if asked else door


async def _speakers(
    work: Work, row: OutboxRow, contents: frozenset[FieldClass]
) -> Sequence[tuple[Signal | None, Speaker]]:
    """Whose words a row would tell: the service's own, the register's, or those of senders."""
    if FieldClass.IDENTITY in contents:
        return [(None, Speaker.REGISTRY)]
    signal = None
    if contents & {FieldClass.HOUSING_FACT, FieldClass.NOTE}:
        signal = await work.signals.get(row.corporation, row.about)
    if signal is None:
        return [(None, Speaker.SERVICE)]
    return [(one, speaker_of(one)) for one in await told_together(work, signal)]


def _facts(row: OutboxRow, reader: Reader) -> Facts:
    """What is known of any row."""
    return Facts(
        same_corporation=reader.person is not None
        and row.corporation == reader.person.organisation,
        asked_with_purpose=bool(row.details.get("purpose")),
    )


LISTENER_OF: Mapping[Role, Listener] = MappingProxyType(
    {
        Role.MANAGER: Listener.MANAGER,
        Role.CONSULTANT: Listener.RESPONSIBLE,
        Role.TEAM_LEAD: Listener.RESPONSIBLE,
        Role.CARE_WORKER: Listener.CARE_WORKER,
        Role.COORDINATOR: Listener.COORDINATOR,
    }
)


def ask_consent(
    reader: Reader, contents: frozenset[FieldClass], speaker: Speaker, facts: Facts
) -> None:
    """Asks the decision table about what is going to be said. Raises ConsentRefused.

    A stranger, and staff who take no part in signals, only ever read fixed public sentences.
    """
    if contents <= {FieldClass.PUBLIC}:
        return
    person = reader.person
    listener = LISTENER_OF.get(person.role) if person else None
    if person is None or listener is None:
        raise ConsentRefused(Reason.NO_SUCH_ROW)
    ask_consent_of(listener, contents, speaker, facts)


def ask_consent_of(
    listener: Listener, contents: frozenset[FieldClass], speaker: Speaker, facts: Facts
) -> None:
    """Raises ConsentRefused."""
    decision = decide(speaker, listener, contents, facts)
    if not decision.allowed:
        raise ConsentRefused(decision.reason)


def texts_of(parcel: Parcel) -> tuple[Text, ...]:
    """Every text in a parcel: the message, its buttons, the word on a press."""
    labels = [button.label for line in parcel.buttons for button in line]
    return tuple(text for text in (parcel.text, parcel.toast, *labels) if text is not None)


def classes_of(texts: tuple[Text, ...]) -> frozenset[FieldClass]:
    return frozenset(field.cls for text in texts for field in text.all_fields())
