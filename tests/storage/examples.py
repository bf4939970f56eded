"""Invented records for storage tests, each with something in every field."""

from datetime import UTC, date, datetime, timedelta

from bot.dialogues.engine import Choice, DialogueState, Screen
from bot.domain.agreements import Agreement, AgreementState, Party
from bot.domain.audit import Action, AuditLine
from bot.domain.disclosure import Text, own_form, public
from bot.domain.homes import Dwelling, Neighbourhood
from bot.domain.outbox import Lane, OutboxRow, Recipient, Template
from bot.domain.people import Organisation, OrganisationKind, Person, PersonKey, Role
from bot.domain.registry import Area, Identity
from bot.domain.signals import Act, Category, Purpose, Signal, SignalEvent, Source, State
from bot.domain.tenancies import Absence, Case, CaseWorker, Tenancy
from bot.domain.urgency import Urgency
from bot.ports.registry import TenancyRecord
from bot.ports.store import Store

NOW = datetime(2026, 11, 2, 9, 30, 15, 123456, tzinfo=UTC)
TODAY = NOW.date()
LATER = NOW + timedelta(minutes=5)
CORPORATION = "oostwijk"
PROVIDER = "zorghuis"
PIET = PersonKey(CORPORATION, "piet")
CARLA = PersonKey(CORPORATION, "carla")
BEGELEIDER = PersonKey(PROVIDER, "bram")

ORGANISATIONS = (
    Organisation(CORPORATION, OrganisationKind.CORPORATION, "Woningstichting Oostwijk"),
    Organisation("westwijk", OrganisationKind.CORPORATION, "Woningstichting Westwijk"),
    Organisation(PROVIDER, OrganisationKind.PROVIDER, "Het Zorghuis"),
)
PEOPLE = (
    Person(CORPORATION, "piet", Role.MANAGER, "Piet", "en"),
    Person(CORPORATION, "carla", Role.CONSULTANT, "Carla", deputy="tess"),
    Person(CORPORATION, "tess", Role.TEAM_LEAD, "Tess", active=False),
    Person(PROVIDER, "bram", Role.CARE_WORKER, "Bram"),
)
NEIGHBOURHOODS = (
    Neighbourhood(CORPORATION, "n1", "De Beemd", "carla"),
    Neighbourhood(CORPORATION, "n2", "Achter de Es"),
)
DWELLINGS = (
    Dwelling(CORPORATION, "E-4471", "n1", "Voorbeeldstraat", "12b", "7511 AB"),
    Dwelling(CORPORATION, "E-4472", "n1", "Voorbeeldstraat", "14", "7511 AB"),
)
TENANCY = Tenancy(CORPORATION, "s-91b2", "E-4471", "carla", date(2026, 1, 1), date(2027, 6, 30))
IDENTITY = Identity("Kwint Zandoeverbos", "0612345678", "kwint@voorbeeld.nl")
CASE = Case(CORPORATION, "ZK-7", TENANCY.subject, PROVIDER, "carla")
CASE_WORKER = CaseWorker(
    CORPORATION, "ZK-7", PROVIDER, "bram", date(2026, 1, 1), date(2026, 12, 31)
)
AGREEMENT = Agreement(
    CORPORATION,
    "A-7",
    "ZK-7",
    AgreementState.ACTIVE,
    date(2026, 1, 1),
    date(2027, 1, 1),
    {Party.TENANT: date(2025, 12, 20), Party.PROVIDER: date(2025, 12, 21)},
)
ABSENCE = Absence(CORPORATION, "carla", TODAY, TODAY + timedelta(days=7), "tess")

SIGNAL = Signal(
    corporation=CORPORATION,
    ref="BCD-2345",
    unit="E-4471",
    category=Category.MAIL_FULL,
    urgency=Urgency.NORMAL,
    source=Source.OWN,
    purpose=Purpose.OBSERVATION,
    state=State.NEW,
    sender="piet",
    owner=None,
    observed_at=NOW - timedelta(hours=1),
    created_at=NOW,
    sealed_note=b"\x01\x00note",
    merged_into=None,
)
EVENT = SignalEvent(NOW, Act.ACKNOWLEDGE, "carla")
LINE = AuditLine(
    corporation=CORPORATION,
    event="signal.taken_in",
    at=NOW,
    subject="BCD-2345",
    user="piet",
    role="manager",
    action=Action.CREATE,
    outcome="allowed",
    source="telegram",
)


def state(expires_at: datetime = LATER, note: str = "Brievenbus propvol") -> DialogueState:
    question = Text("intake.check", {"note": own_form(note), "lines": public((Text("a"),))})
    choices = (Choice(Text("intake.send"), {"sent": "yes"}), Choice(Text("back"), {"note": None}))
    return DialogueState(
        id="d1",
        dialogue="intake",
        about="",
        answers={"unit": "E-4471", "note": note},
        screen=Screen(question, choices, Text("intake.unclear", {"count": public(3)})),
        revision=4,
        expires_at=expires_at,
    )


def row(
    id: str,
    person: PersonKey = CARLA,
    template: Template = Template.CARD,
    about: str = "",
    **details: str | int,
) -> OutboxRow:
    return OutboxRow(
        id=id,
        recipient=Recipient(person),
        lane=Lane.STAFF,
        template=template,
        about=about or id,
        created_at=NOW,
        not_before=NOW,
        corporation=person.organisation,
        details=details,
    )


async def fill_registry(store: Store) -> None:
    """Two corporations and a provider, with one tenancy that has a case and an agreement."""
    async with store.work() as work:
        number_index = work.registry.number_index(CORPORATION, "H-100")
        await work.registry.put(ORGANISATIONS)
        await work.registry.put(PEOPLE)
        await work.registry.put(NEIGHBOURHOODS)
        await work.registry.put((Area(CORPORATION, "piet", "n1"),))
        await work.registry.put(DWELLINGS)
        await work.registry.put((TenancyRecord(TENANCY, number_index, IDENTITY),))
        await work.registry.put((CASE,))
        await work.registry.put((CASE_WORKER,))
        await work.registry.put((AGREEMENT,))
        await work.registry.put((ABSENCE,))
