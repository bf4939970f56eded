"""What the service needs from storage, as promises.

Two units of work on purpose: `IntakeWork` is all that a neighbourhood manager's message can touch,
and it has no tenancy, case, agreement or vault query at all (invariant I1 by structure). `Work` has
the rest as well. Times are UTC everywhere.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from bot.dialogues.engine import DialogueState
from bot.domain.agreements import Agreement
from bot.domain.audit import AuditLine, ChainHead
from bot.domain.due import DueKind, DueRow
from bot.domain.homes import Dwelling, Neighbourhood
from bot.domain.outbox import Lane, OutboxRow, Recipient, Template
from bot.domain.people import Organisation, Person, PersonKey
from bot.domain.photos import Photo
from bot.domain.rooms import CaseRoom
from bot.domain.signals import Signal, SignalEvent
from bot.domain.tenancies import Absence, Case, CaseWorker, Tenancy
from bot.domain.visits import Visit
from bot.ports.registry import Registry


class Conflict(Exception):
    """Somebody else changed this a moment ago; read it again and decide anew."""


class StorageBusy(Exception):
    """The database is locked, full or away; nothing was stored, so try again later."""


class StorageFailed(Exception):
    """The database refused this for a reason that will not pass by itself."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person's address on a platform; `unreachable_since` is set when a message was refused.

    `room` is the private room with that person, where the platform has rooms.
    """

    platform: str
    address: str
    person: PersonKey
    linked_at: datetime
    unreachable_since: datetime | None = None
    room: str | None = None


@dataclass(frozen=True, slots=True)
class Guesses:
    """Wrong codes from one address; no code from it is looked at before `blocked_until`."""

    failures: int = 0
    blocked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """Where the card of a signal stands in a person's chat."""

    corporation: str
    ref: str
    person: PersonKey
    platform: str
    message: str
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Challenge:
    """A request to read content on the corporation's machine, to be confirmed with a code."""

    id: str
    corporation: str
    ref: str
    person: str
    created_at: datetime
    expires_at: datetime
    tries_left: int


@dataclass(frozen=True, slots=True)
class ChainLink:
    """A line of an audit chain as it is kept: its hash should follow from it and the one before."""

    number: int
    text: str
    hash: bytes


class Seen(Protocol):
    async def first_time(self, platform: str, event: str, at: datetime) -> bool:
        """True once per event; the mark commits with the effects, so nothing happens twice."""
        ...

    async def failed(self, platform: str, event: str, error_class: str, at: datetime) -> int:
        """Notes that handling failed; returns how often so far."""
        ...

    async def set_aside(self) -> Sequence[tuple[str, str, str]]:
        """Events that failed and were not handled since, oldest first: platform, id, class."""
        ...


class Cursors(Protocol):
    async def get(self, name: str) -> str | None: ...
    async def put(self, name: str, value: str) -> None: ...


class Accounts(Protocol):
    async def by_address(self, platform: str, address: str) -> Account | None: ...
    async def of(self, person: PersonKey, platform: str) -> Account | None: ...
    async def every(self, person: PersonKey) -> Sequence[Account]:
        """All of this person's accounts, unreachable ones too."""
        ...

    async def set_room(self, person: PersonKey, platform: str, room: str | None) -> None: ...
    async def nudges_by(self, person: PersonKey) -> str | None:
        """By which platform this person chose to be alerted; None when nothing was chosen."""
        ...

    async def choose_nudges(self, person: PersonKey, platform: str) -> None: ...
    async def link(self, account: Account) -> None:
        """Replaces whatever the address, and the person on this platform, were linked to."""
        ...

    async def unlink(self, person: PersonKey, platform: str) -> None: ...
    async def mark_unreachable(
        self, person: PersonKey, platform: str, since: datetime | None
    ) -> None: ...
    async def linked(self, platform: str) -> Sequence[PersonKey]: ...
    async def reachable(self, corporation: str) -> frozenset[str]:
        """The person ids of this corporation with a working account on any platform."""
        ...


class Invites(Protocol):
    async def put(self, code_hash: bytes, person: PersonKey, expires_at: datetime) -> None:
        """An earlier unused invitation of this person stops working."""
        ...

    async def take(self, code_hash: bytes, now: datetime) -> PersonKey | None:
        """Uses the invitation up; None when unknown, used or expired."""
        ...

    async def guesses(self, address_hash: bytes) -> Guesses: ...
    async def put_guesses(self, address_hash: bytes, guesses: Guesses) -> None: ...


class People(Protocol):
    async def get(self, person: PersonKey) -> Person | None: ...
    async def of(self, organisation: str) -> Sequence[Person]: ...
    async def by_id(self, person: str) -> Sequence[PersonKey]:
        """Active people with this id in any organisation."""
        ...

    async def set_language(self, person: PersonKey, language: str) -> None: ...
    async def corporations(self) -> Sequence[Organisation]: ...


class Places(Protocol):
    """Public settings only: neighbourhoods and dwellings."""

    async def areas(self, manager: PersonKey) -> Sequence[Neighbourhood]: ...
    async def neighbourhood(self, corporation: str, id: str) -> Neighbourhood | None: ...
    async def dwelling(self, corporation: str, unit: str) -> Dwelling | None: ...
    async def neighbours(self, corporation: str, unit: str, limit: int) -> Sequence[str]:
        """The units with the same postcode, the unit itself included."""
        ...

    async def find(self, corporation: str, key: str) -> Sequence[Dwelling]:
        """Dwellings by a search key of bot.domain.homes (unit, postcode or street)."""
        ...


class Dialogues(Protocol):
    """One running dialogue a person; the state is sealed at rest."""

    async def get(self, person: PersonKey) -> DialogueState | None: ...
    async def put(self, person: PersonKey, state: DialogueState) -> None: ...
    async def remove(self, person: PersonKey) -> None: ...
    async def expired(self, now: datetime, limit: int) -> Sequence[tuple[PersonKey, str]]:
        """Forms past their time: whose, and which dialogue."""
        ...

    async def add_message(self, person: PersonKey, dialogue: str, message: str) -> None:
        """Remembers a message of the form, so that it can be tidied away."""
        ...

    async def messages(self, person: PersonKey, dialogue: str) -> Sequence[str]: ...
    async def forget_messages(
        self, person: PersonKey, dialogue: str, messages: Sequence[str]
    ) -> None: ...


class Signals(Protocol):
    async def add(self, signal: Signal) -> bool:
        """False when the reference is taken."""
        ...

    async def get(self, corporation: str, ref: str) -> Signal | None: ...
    async def save(self, signal: Signal) -> None:
        """Raises Conflict unless the stored version is the one before."""
        ...

    async def add_event(self, corporation: str, ref: str, event: SignalEvent) -> None: ...
    async def history(self, corporation: str, ref: str) -> Sequence[SignalEvent]: ...
    async def sent_by(self, sender: PersonKey, limit: int) -> Sequence[Signal]:
        """Newest first."""
        ...


class MatterLists(Protocol):
    """What only the inner side asks of signals."""

    async def unrouted(self, limit: int) -> Sequence[Signal]: ...
    async def take_unrouted(self, limit: int) -> Sequence[Signal]:
        """Oldest first; until the transaction ends whoever else takes waits, so that of two
        processes one routes at a time."""
        ...

    async def open_of(self, owner: PersonKey) -> Sequence[Signal]:
        """Most urgent first, then oldest."""
        ...

    async def open_in(self, corporation: str) -> Sequence[Signal]:
        """Open signals somebody has, oldest first."""
        ...

    async def open_at(self, corporation: str, unit: str) -> Sequence[Signal]:
        """Open signals about a unit, oldest first."""
        ...

    async def merged_into(self, corporation: str, ref: str) -> Sequence[Signal]: ...
    async def acted_on(
        self, corporation: str, since: datetime, until: datetime
    ) -> Sequence[Signal]:
        """Signals to which a person did something from `since` up to `until`, oldest first."""
        ...

    async def lent_by(self, person: PersonKey) -> Sequence[Signal]:
        """Open signals a colleague has while this person is away, oldest first."""
        ...


class Due(Protocol):
    """What falls due, one row for each corporation, kind and matter."""

    async def arm(self, row: DueRow) -> None:
        """Sets the row, or moves the one that is there."""
        ...

    async def arm_once(self, row: DueRow) -> None:
        """Sets the row unless there is one already."""
        ...

    async def disarm(self, corporation: str, kind: DueKind, about: str) -> None: ...
    async def take(self, now: datetime, limit: int) -> Sequence[DueRow]:
        """What is due, oldest first; until the transaction ends nobody else can take these."""
        ...

    async def get(self, corporation: str, kind: DueKind, about: str) -> DueRow | None: ...
    async def next_at(self) -> datetime | None:
        """When the next row falls due; None when there is none."""
        ...

    async def ahead(self, until: datetime, limit: int) -> Sequence[DueRow]:
        """What falls due up to then, oldest first; taken by nobody."""
        ...


@dataclass(frozen=True, slots=True)
class Share:
    """What a consultant shared with the care side of a case: of which matter, in which own words
    (none: only the facts). Storage seals both."""

    corporation: str
    id: str
    case_code: str
    person: str
    ref: str
    words: str


class Sharing(Protocol):
    async def add(self, share: Share, subject: str, at: datetime) -> None:
        """Seals it under the key of the subject."""
        ...

    async def get(self, corporation: str, id: str, subject: str) -> Share | None:
        """Raises KeyDestroyed when the subject was erased."""
        ...

    async def put_room(self, room: CaseRoom) -> None: ...
    async def room_of(self, corporation: str, case_code: str) -> CaseRoom | None: ...


class Visits(Protocol):
    async def add(self, visit: Visit) -> bool:
        """False, and nothing happens, where the tenancy has one of this number or the reference is
        taken."""
        ...

    async def save(self, visit: Visit) -> None:
        """Stores a visit one version on. Raises Conflict when somebody else was first."""
        ...

    async def get(self, corporation: str, ref: str) -> Visit | None: ...
    async def of_tenancy(self, corporation: str, subject: str) -> Sequence[Visit]:
        """By number."""
        ...

    async def of_consultant(self, consultant: PersonKey) -> Sequence[Visit]:
        """By moment."""
        ...

    async def of_corporation(self, corporation: str) -> Sequence[Visit]:
        """By moment."""
        ...


class Outbox(Protocol):
    async def put(self, row: OutboxRow) -> None:
        """A waiting row with the same recipient, template and matter gets these details instead,
        and keeps its place."""
        ...


class Post(Protocol):
    """The delivery side of the outbox."""

    async def lease(
        self, platform: str, lane: Lane, now: datetime, until: datetime, limit: int
    ) -> Sequence[OutboxRow]:
        """Takes due rows, at most the oldest one a recipient, so that order is kept in each chat.

        A row not finished `until` then can be taken again. `attempts` counts this one too.
        """
        ...

    async def done(self, id: str) -> None: ...
    async def waiting_for(self, recipient: Recipient) -> Sequence[OutboxRow]:
        """All rows for this recipient that are not done: waiting, held, or being sent."""
        ...

    async def waiting(self, recipient: Recipient, template: Template) -> Sequence[OutboxRow]:
        """The rows of this kind the recipient is still to be sent, oldest first."""
        ...

    async def again(self, id: str, not_before: datetime, error: str) -> None: ...
    async def hold(self, id: str, error: str) -> None:
        """Waits for the recipient to be linked or reachable again."""
        ...

    async def held(self, to: Recipient) -> Sequence[OutboxRow]:
        """What is held for this recipient, oldest first."""
        ...

    async def release_held(self, to: Recipient, now: datetime) -> None:
        """Held rows wait as if new, with no attempts behind them."""
        ...

    async def give_up(self, id: str, error: str) -> None: ...
    async def take_back(self, now: datetime) -> int:
        """Lets rows go on at once that a killed process was sending; returns how many.

        Only for a process that is alone with its database: another's leases end by themselves.
        """
        ...

    async def undelivered(self, limit: int) -> Sequence[OutboxRow]:
        """Rows in any state, dead ones too, oldest first."""
        ...

    async def oldest_waiting(self) -> datetime | None:
        """When the oldest row was made that can still be sent without anybody's doing."""
        ...

    async def next_due(self, platform: str, lane: Lane) -> datetime | None:
        """When `lease` will next find something; None when nothing waits."""
        ...


class Leases(Protocol):
    """Who of several processes may do what only one of them may. Time is the database's own."""

    async def take(self, name: str, holder: str, span: timedelta) -> bool:
        """Has it, or keeps it, until so long from now; false while somebody else has it."""
        ...

    async def release(self, name: str, holder: str) -> None:
        """Lets it go, if this is who has it."""
        ...


class Cleaning(Protocol):
    """What has served its time; at most so many rows are taken away, and how many is returned."""

    async def forget_seen(self, platform: str, before: datetime, limit: int) -> int:
        """Events that had their effect before that moment. Those that failed stay."""
        ...

    async def forget_form_messages(self, age: timedelta, limit: int) -> int:
        """Messages that were remembered longer ago than this, by the database's clock."""
        ...


class Audit(Protocol):
    async def append(self, line: AuditLine) -> None: ...
    async def head(self, corporation: str) -> ChainHead | None: ...
    async def heads(self) -> Mapping[str, ChainHead]:
        """The last link of every chain there is, care providers' too."""
        ...

    def lines(self, corporation: str) -> AsyncIterator[tuple[int, AuditLine, str]]:
        """Number, line and hash, in order, a page at a time however many there are."""
        ...

    def links(self, corporation: str) -> AsyncIterator[ChainLink]:
        """The same lines as they are kept, for checking."""
        ...


class NoteVault(Protocol):
    """Seals what is taken in; nothing here can tell a tenant from another."""

    async def seal(self, corporation: str, subject: str, context: str, text: str) -> bytes:
        """Encrypts under the data key of the subject, made when missing. `context` is bound in.

        Raises KeyDestroyed when the subject was erased.
        """
        ...

    async def prepare(self, corporation: str, subjects: Sequence[str]) -> None:
        """Makes the keys of many subjects at once, so that sealing for each is quick."""
        ...

    async def open(self, corporation: str, subject: str, context: str, sealed: bytes) -> str:
        """Raises KeyDestroyed when the subject was erased, SealBroken when this was not sealed
        for this subject and context."""
        ...

    async def seal_bytes(self, corporation: str, subject: str, context: str, data: bytes) -> bytes:
        """As `seal`, for what is no text."""
        ...

    async def open_bytes(
        self, corporation: str, subject: str, context: str, sealed: bytes
    ) -> bytes:
        """As `open`, for what is no text."""
        ...

    def reference(self, corporation: str, event: str, attempt: int) -> str:
        """A signal reference that tells nothing: the same event gives the same reference."""
        ...

    def code(self, purpose: str, id: str, digits: int) -> str:
        """A short one-time code that only this installation can compute."""
        ...

    def fingerprint(self, purpose: str, value: str) -> bytes:
        """A keyed hash, for finding a value again without storing it."""
        ...


class ServedAlready(Exception):
    """Another process runs the service on this database."""


class Photos(Protocol):
    async def add(self, photo: Photo) -> bool:
        """False, and nothing happens, where it is there already."""
        ...

    async def of(self, corporation: str, owner: str) -> Sequence[Photo]:
        """In the order in which they came."""
        ...

    async def count(self, corporation: str, owner: str) -> int: ...
    async def send(self, corporation: str, draft: str, ref: str) -> None:
        """From now on the photos of this form are the signal's."""
        ...

    async def move(self, corporation: str, id: str, draft: str) -> None:
        """One that is not sent yet goes with another form."""
        ...

    async def reseal(self, photo: Photo) -> None: ...
    async def forget_draft(self, corporation: str, draft: str) -> None:
        """Forgets the photos of a form that was never sent."""
        ...

    async def forget_unsent(self, before: datetime, limit: int) -> int:
        """Of all forms, what is older; returns how many photos."""
        ...


class KeyDestroyed(Exception):
    """The key of this person was destroyed, so this can no longer be read."""


class SealBroken(Exception):
    """This was changed, or moved from another place, after it was sealed."""


class Tenancies(Protocol):
    """The tenancy of a tenant whose key was destroyed counts as none."""

    async def of_unit(self, corporation: str, unit: str, day: date) -> Tenancy | None: ...
    async def names_at(self, corporation: str, units: Iterable[str], day: date) -> Sequence[str]:
        """The names of the tenants of these units that day."""
        ...

    async def get(self, corporation: str, subject: str) -> Tenancy | None: ...
    async def cases_of(self, corporation: str, subject: str) -> Sequence[Case]: ...
    async def cases_of_worker(self, worker: PersonKey, day: date) -> Sequence[Case]:
        """The cases a care worker is assigned to that day."""
        ...

    async def workers_of(self, corporation: str, case_code: str) -> Sequence[CaseWorker]: ...
    async def case(self, corporation: str, code: str) -> Case | None: ...
    async def cases(self, corporation: str) -> Sequence[Case]: ...
    async def agreements_of(self, corporation: str, case_code: str) -> Sequence[Agreement]:
        """All there ever were, the first to start first."""
        ...

    async def agreement_of(self, corporation: str, case_code: str, day: date) -> Agreement | None:
        """The one that counts on that day; see bot/domain/agreement_changes.py."""
        ...

    async def save_agreement(self, agreement: Agreement) -> None: ...
    async def absences(self, corporation: str, day: date) -> Sequence[Absence]:
        """Who is away that day."""
        ...

    async def absences_from(self, corporation: str, day: date) -> Sequence[Absence]:
        """Those that are not over before that day, planned ones too."""
        ...

    async def put_absence(self, absence: Absence) -> None:
        """Adds an absence, or replaces the one of this person that starts that day."""
        ...

    async def remove_absence(self, absence: Absence) -> None: ...


class Cards(Protocol):
    async def put(self, card: Card) -> None: ...
    async def of(self, corporation: str, ref: str) -> Sequence[Card]: ...
    async def at(self, platform: str, message: str) -> Card | None:
        """The card that stands there."""
        ...


class Challenges(Protocol):
    async def put(self, challenge: Challenge) -> None: ...
    async def get(self, id: str) -> Challenge | None: ...
    async def remove(self, id: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Pin:
    """The identity (cross-signing master key) of a Matrix user as it was first met, or confirmed.

    `offered` is another one the homeserver shows since `changed_at`: nothing of this user counts
    and nothing goes to them until somebody confirms it. `confirmed_by` is None as long as nobody
    looked.
    """

    mxid: str
    master_key: str
    changed_at: datetime
    confirmed_by: str | None = None
    offered: str | None = None


class Trust(Protocol):
    async def pin(self, mxid: str) -> Pin | None: ...
    async def pins(self) -> Sequence[Pin]:
        """By address."""
        ...

    async def put(self, pin: Pin) -> None: ...
    async def is_replay(self, session: str, number: int, event: str) -> bool:
        """Whether this place in an encryption session was taken by another event before. Whoever
        repeats an old message as a new event is found out, also after a restart."""
        ...


class Secrets(Protocol):
    """What the service itself must keep: tokens and keys of its own, sealed at rest."""

    async def get(self, name: str) -> str | None: ...
    async def put(self, name: str, value: str) -> None: ...
    async def remove(self, name: str) -> None: ...


class IntakeWork(Protocol):
    """One transaction of the intake side. Everything in it commits together or not at all."""

    @property
    def seen(self) -> Seen: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def people(self) -> People: ...
    @property
    def places(self) -> Places: ...
    @property
    def dialogues(self) -> Dialogues: ...
    @property
    def signals(self) -> Signals: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def vault(self) -> NoteVault: ...
    @property
    def photos(self) -> Photos: ...
    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """What happens inside is undone when it raises; what went before stays."""
        ...


class Work(IntakeWork, Protocol):
    """One transaction of the inner side."""

    @property
    def intake(self) -> IntakeWork:
        """The same transaction, with nothing in reach but the intake side."""
        ...

    @property
    def cursors(self) -> Cursors: ...
    @property
    def invites(self) -> Invites: ...
    @property
    def matters(self) -> MatterLists: ...
    @property
    def sharing(self) -> Sharing: ...
    @property
    def visits(self) -> Visits: ...
    @property
    def due(self) -> Due: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def cleaning(self) -> Cleaning: ...
    @property
    def post(self) -> Post: ...
    @property
    def tenancies(self) -> Tenancies: ...
    @property
    def cards(self) -> Cards: ...
    @property
    def challenges(self) -> Challenges: ...
    @property
    def registry(self) -> Registry: ...
    @property
    def trust(self) -> Trust: ...
    @property
    def secrets(self) -> Secrets: ...


class Store(Protocol):
    @property
    def is_shared(self) -> bool:
        """Whether other processes may run the service on the same database."""
        ...

    @property
    def crypto_key(self) -> str:
        """What the file with the encryption sessions of Matrix is sealed with."""
        ...

    def work(self) -> AbstractAsyncContextManager[Work]:
        """A write transaction: commits at the end, rolls back on an exception.

        Raises StorageBusy when the database is locked, full or away. One that is lost during the
        commit itself may have been kept all the same: only a mark made in it can tell.
        """
        ...

    def reading(self) -> AbstractAsyncContextManager[Work]:
        """Sees one moment, holds nobody up, and can write nothing (StorageFailed)."""
        ...

    def serving(self, ring: Callable[[], None]) -> AbstractAsyncContextManager[None]:
        """While the block runs this process runs the service: `ring` is called whenever another
        process brought work.

        Raises ServedAlready where the database is for one process, and another has it.
        """
        ...

    async def erase(self, corporation: str, subject: str) -> None:
        """Destroys the key of a subject for ever; returns when it is gone from the disk too."""
        ...

    async def anchor_heads(self) -> Sequence[str]:
        """Notes how far each audit chain goes, outside the database, so that a cut-off tail shows.

        Returns the corporations whose chain no longer fits its anchor; theirs is left as it was.
        """
        ...

    def anchored(self) -> frozenset[str]:
        """The organisations whose chain was ever noted."""
        ...

    def anchor(self, corporation: str) -> ChainHead | None:
        """The head noted last. One that was not noted by us fits no chain."""
        ...
