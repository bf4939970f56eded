"""What a neighbourhood manager may type, and what must happen (docs/domain.md): every row, from the
sentence in the chat to what the responsible consultant reads."""

from dataclasses import dataclass

import pytest

from bot.domain.signals import Category, Purpose, Source
from bot.domain.urgency import Urgency
from tests.app.paper import Did
from tests.app.town import Someone, Town

CALL_112 = "Bel eerst 112"
WITHOUT = "Zonder dit doorgaan"
SEND = "Versturen"
NO_AGREEMENTS = "Over bewoners en afspraken kan ik bij geen enkele woning iets zeggen."
TO_NEIGHBOURS = "Over andere huurders vertellen wij niets."


@dataclass(frozen=True)
class Passed:
    """A sentence that becomes a signal after these buttons and words."""

    says: str
    unit: str
    category: Category
    urgency: Urgency
    note: str
    shows: tuple[str, ...] = ("Klopt dit?",)
    does: tuple[str, ...] = (SEND,)
    source: Source = Source.OWN
    purpose: Purpose = Purpose.OBSERVATION
    dangerous: bool = False


PASSED = [
    Passed(
        "Brievenbus van E-4471 zit al twee weken propvol.",
        "E-4471",
        Category.MAIL_FULL,
        Urgency.NORMAL,
        "Brievenbus van E-4471 zit al twee weken propvol.",
    ),
    Passed(
        "Voorbeeldstraat 12: troep in de gang, vuilniszakken voor de deur.",
        "E-4472",
        Category.HALL_MESS,
        Urgency.NORMAL,
        "troep in de gang, vuilniszakken voor de deur.",
    ),
    Passed(
        "Gordijnen bij E-4471 al dagen dicht, dag en nacht.",
        "E-4471",
        Category.CURTAINS_CLOSED,
        Urgency.LOW,
        "Gordijnen bij E-4471 al dagen dicht, dag en nacht.",
    ),
    Passed(
        "Buurvrouw van nr 14 belde: harde muziek 's nachts bij E-2210.",
        "E-2210",
        Category.NOISE,
        Urgency.NORMAL,
        "Buurvrouw [adres] belde: harde muziek 's nachts bij E-2210.",
        shows=("een ander adres", "Buurvrouw [adres] belde"),
        does=(WITHOUT, SEND),
        source=Source.NEIGHBOURS,
    ),
    Passed(
        "Sterke gaslucht in portiek Voorbeeldflat B!",
        "E-1890",
        Category.UNSAFE,
        Urgency.ACUTE,
        "Sterke gaslucht in portiek Voorbeeldflat B!",
        shows=("Onveilige situatie", "acuut", "In welke wijk?"),
        does=("Voorbeeldwijk Zuid", "types E-1890", SEND),
        dangerous=True,
    ),
    Passed(
        "Meneer op E-3105 al vijf dagen niet gezien, tv staat aan, doet niet open.",
        "E-3105",
        Category.NO_CONTACT,
        Urgency.ACUTE,
        "Meneer op E-3105 al vijf dagen niet gezien, tv staat aan, doet niet open.",
        shows=("Doorgegeven, met spoed",),
        does=(),
        dangerous=True,
    ),
    Passed(
        "Dossier 123456789 heeft nog rommel staan.",
        "E-4471",
        Category.HALL_MESS,
        Urgency.NORMAL,
        "Dossier [nummer] heeft nog rommel staan.",
        shows=("een lang nummer", "Dossier [nummer] heeft nog rommel staan."),
        does=(WITHOUT, "Voorbeeldwijk Noord", "types E-4471", SEND),
    ),
    Passed(
        "Bel haar even op 06-12345678, E-1203, ze wil praten.",
        "E-1203",
        Category.OTHER,
        Urgency.LOW,
        "Bel haar even op [telefoonnummer], E-1203, ze wil praten.",
        shows=("een telefoonnummer",),
        does=(WITHOUT, "Anders", "laag", SEND),
    ),
    Passed(
        "Ik hoor nu klappen en een kind gillen bij E-1890!",
        "E-1890",
        Category.AGGRESSION,
        Urgency.ACUTE,
        "Ik hoor nu klappen en een kind gillen bij E-1890!",
        shows=("Doorgegeven, met spoed",),
        does=(),
        dangerous=True,
    ),
    Passed(
        "Marokkaans gezin op E-5012 maakt veel lawaai.",
        "E-5012",
        Category.NOISE,
        Urgency.NORMAL,
        "[weggelaten] gezin op E-5012 maakt veel lawaai.",
        shows=("afkomst",),
        does=(WITHOUT, SEND),
    ),
    Passed(
        "Huurder E-4471 zegt: praat niet meer met mijn begeleider.",
        "E-4471",
        Category.OTHER,
        Urgency.URGENT,
        "Huurder E-4471 zegt: praat niet meer met mijn begeleider.",
        shows=("Doorgegeven. Kenmerk:",),
        does=(),
        purpose=Purpose.WITHDRAWAL_HINT,
    ),
]


@pytest.mark.parametrize("row", PASSED, ids=lambda row: row.says)
async def test_a_sentence_becomes_a_signal(town: Town, row: Passed) -> None:
    aisha = await town.has("aisha")
    said_before = len(aisha.lines)

    await aisha.types(row.says)

    aisha.sees(*row.shows)
    assert row.says not in aisha.chat
    first_said = next(line for line in aisha.lines[said_before:] if line.did is Did.SAID)
    assert (CALL_112 in first_said.text) == row.dangerous

    await does(aisha, row.does)

    (signal,) = await town.signals_of("aisha")
    assert signal.unit == row.unit
    assert (signal.category, signal.urgency) == (row.category, row.urgency)
    assert (signal.source, signal.purpose) == (row.source, row.purpose)
    assert aisha.reference == signal.ref
    assert row.note in await town.content(signal.ref)


@pytest.mark.parametrize(
    ("says", "found"),
    [
        ("J. Jansen op nr 12 is weer psychotisch.", ("een naam", "iets over gezondheid")),
        ("BSN 123456782 hoort bij E-2210.", ("een burgerservicenummer",)),
        (
            "Hij is bipolair en slikt lithium, zegt zijn begeleider. E-4471",
            ("iets over gezondheid",),
        ),
        ("Ze zeggen dat er een hennepkwekerij zit op E-3300.", ("Bel daarover uw teamleider",)),
        (
            "Ik hoorde dat E-2210 al twee maanden geen huur betaalt.",
            ("Dat loopt niet via seintjes",),
        ),
    ],
)
async def test_a_sentence_is_stopped(town: Town, says: str, found: tuple[str, ...]) -> None:
    aisha = await town.has("aisha")

    await aisha.types(says)

    aisha.sees("Dit kan ik niet doorsturen", "Schrijf alleen wat u zag of hoorde.", *found)
    assert says not in aisha.chat
    assert WITHOUT not in aisha.screen.labels
    assert await town.signals_of("aisha") == []


async def test_the_privacy_officer_learns_of_a_health_detail_but_not_which(town: Town) -> None:
    aisha = await town.has("aisha")

    await aisha.types("Hij is bipolair en slikt lithium, zegt zijn begeleider. E-4471")

    assert (await town.audit_of())[-1] == "note.screened stop health"


async def test_so_does_she_when_it_was_offered_in_the_heat_of_the_moment(town: Town) -> None:
    """What goes at once is not asked about; what was found in it is left out."""
    aisha = await town.has("aisha")

    await aisha.types("Hij is psychotisch en ik hoor nu klappen en gegil bij E-4471!")

    (signal,) = await town.signals_of("aisha")
    assert "psychotisch" not in await town.content(signal.ref)
    assert "note.screened emergency health,emergency" in await town.audit_of()


@pytest.mark.parametrize(
    ("says", "answer"),
    [
        ("Heeft 14b een driepartijencontract? Dan weet ik of ik moet melden.", NO_AGREEMENTS),
        ("Buren vragen waarom er steeds zorg komt bij E-4471, wat zeg ik?", TO_NEIGHBOURS),
    ],
)
async def test_a_question_gets_its_fixed_answer(town: Town, says: str, answer: str) -> None:
    aisha = await town.has("aisha")

    await aisha.types(says)

    aisha.sees(answer)
    assert says not in aisha.chat
    assert await town.signals_of("aisha") == []


@pytest.mark.parametrize("home", ["E-4471", "E-4473", "E-9999", "Voorbeeldstraat 14b", "nr 12"])
async def test_the_answer_on_agreements_is_the_same_for_every_home(town: Town, home: str) -> None:
    aisha = await town.has("aisha")

    await aisha.types(f"Heeft {home} een driepartijencontract?")
    about_this_home = aisha.screen.text
    await aisha.types("Heeft E-2210 een driepartijencontract?")

    assert aisha.screen.text == about_this_home


async def test_good_news_is_offered_as_an_update_of_the_own_open_signal(town: Town) -> None:
    aisha = await town.has("aisha")
    await aisha.types("Troep in de gang bij E-4471, overal vuilniszakken.")
    await aisha.presses(SEND)
    first = aisha.reference

    await aisha.types("Gang bij E-4471 is opgeruimd, alles oké.")
    aisha.sees(f"Hoort dit bij uw seintje {first}?")
    await aisha.presses("hoort erbij")
    aisha.sees("Troep in gang of portiek")
    await aisha.presses(SEND)

    update = await town.signal(aisha.reference)
    assert update.ref != first
    assert (update.purpose, update.merged_into) == (Purpose.UPDATE, first)
    assert "alles oké" in await town.content(first)


async def does(someone: Someone, steps: tuple[str, ...]) -> None:
    for step in steps:
        if step.startswith("types "):
            await someone.types(step.removeprefix("types "))
        else:
            await someone.presses(step)
