"""What a neighbourhood manager may type, and what must happen (docs/domain.md): every row."""

import pytest

from bot.domain.screening import FindingClass, Outcome, OwnAddress, mask
from bot.screening.screener import NoteScreener

_OWN = OwnAddress("Voorbeeldstraat", "12", "7500 AB", "E-4471")
_ADDRESS, _NAME, _HEALTH = FindingClass.ADDRESS, FindingClass.NAME, FindingClass.HEALTH

_ROWS = [
    ("Brievenbus van E-4471 zit al twee weken propvol.", Outcome.ACCEPT, set()),
    (
        "Voorbeeldstraat 12: troep in de gang, vuilniszakken voor de deur.",
        Outcome.ACCEPT,
        set(),
    ),
    ("Gordijnen bij E-4471 al dagen dicht, dag en nacht.", Outcome.ACCEPT, set()),
    (
        "Buurvrouw van nr 14 belde: harde muziek 's nachts bij E-2210.",
        Outcome.MASK,
        {_ADDRESS},
    ),
    ("Sterke gaslucht in portiek Voorbeeldflat B!", Outcome.EMERGENCY, {FindingClass.EMERGENCY}),
    (
        "Meneer op E-3105 al vijf dagen niet gezien, tv staat aan, doet niet open.",
        Outcome.EMERGENCY,
        {FindingClass.EMERGENCY},
    ),
    ("J. Jansen op nr 12 is weer psychotisch.", Outcome.STOP, {_NAME, _HEALTH}),
    ("BSN 123456782 hoort bij E-2210.", Outcome.STOP, {FindingClass.BSN}),
    ("Dossier 123456789 heeft nog rommel staan.", Outcome.MASK, {FindingClass.LONGNUMBER}),
    (
        "Bel haar even op 06-12345678, E-1203, ze wil praten.",
        Outcome.MASK,
        {FindingClass.PHONE},
    ),
    (
        "Hij is bipolair en slikt lithium, zegt zijn begeleider. E-4471",
        Outcome.STOP,
        {_HEALTH},
    ),
    (
        "Heeft 14b een driepartijencontract? Dan weet ik of ik moet melden.",
        Outcome.ACCEPT,
        set(),
    ),
    (
        "Buren vragen waarom er steeds zorg komt bij E-4471, wat zeg ik?",
        Outcome.ACCEPT,
        set(),
    ),
    (
        "Ik hoor nu klappen en een kind gillen bij E-1890!",
        Outcome.EMERGENCY,
        {FindingClass.EMERGENCY},
    ),
    (
        "Ze zeggen dat er een hennepkwekerij zit op E-3300.",
        Outcome.STOP,
        {FindingClass.CRIME},
    ),
    (
        "Ik hoorde dat E-2210 al twee maanden geen huur betaalt.",
        Outcome.STOP,
        {FindingClass.ARREARS},
    ),
    ("Gang bij E-4471 is opgeruimd, alles oké.", Outcome.ACCEPT, set()),
    (
        "Marokkaans gezin op E-5012 maakt veel lawaai.",
        Outcome.MASK,
        {FindingClass.ORIGIN},
    ),
    (
        "Huurder E-4471 zegt: praat niet meer met mijn begeleider.",
        Outcome.ACCEPT,
        set(),
    ),
]


@pytest.mark.parametrize(("note", "outcome", "classes"), _ROWS)
def test_a_row_comes_out_as_the_table_says(
    screener: NoteScreener, note: str, outcome: Outcome, classes: set[FindingClass]
) -> None:
    screening = screener.screen(note, _OWN)

    assert (screening.outcome, set(screening.classes)) == (outcome, classes)


def test_what_is_removed_leaves_the_rest_readable(screener: NoteScreener) -> None:
    note = "Buurvrouw van nr 14 belde: harde muziek 's nachts bij E-2210."
    findings = screener.screen(note, _OWN).findings

    masked = mask(note, findings, lambda cls: f"[{cls.value}]")

    assert masked == "Buurvrouw [address] belde: harde muziek 's nachts bij E-2210."
