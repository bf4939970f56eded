"""Hard identifiers and addresses, and the numbers beside them that are nobody's."""

import pytest

from bot.domain.screening import FindingClass as Cls
from bot.screening.screener import NoteScreener
from tests.screening.notes import OWN


def _found(screener: NoteScreener, note: str) -> set[tuple[str, str]]:
    return {
        (found.cls.value, note[found.start : found.end])
        for found in screener.screen(note, OWN).findings
    }


@pytest.mark.parametrize(
    ("note", "cls", "part"),
    [
        ("bsn 123456782", Cls.BSN, "123456782"),
        ("123.456.782 staat op de brief", Cls.BSN, "123.456.782"),
        ("12 34 56 782", Cls.BSN, "12 34 56 782"),
        ("dossier 123456789", Cls.LONGNUMBER, "123456789"),
        ("klantnr 45123", Cls.LONGNUMBER, "45123"),
        ("nl91 abna 0417 1643 00", Cls.IBAN, "nl91 abna 0417 1643 00"),
        ("DE89370400440532013000", Cls.IBAN, "DE89370400440532013000"),
        ("bel 06 12 34 56 78", Cls.PHONE, "06 12 34 56 78"),
        ("(053) 487 12 34", Cls.PHONE, "(053) 487 12 34"),
        ("+31 (0)6 1234 5678", Cls.PHONE, "+31 (0)6 1234 5678"),
        ("+48 601 234 567", Cls.PHONE, "+48 601 234 567"),
        ("tel 4871234", Cls.PHONE, "4871234"),
        ("nul zes twaalf 34 56 78", Cls.PHONE, "nul zes twaalf 34 56 78"),
        ("piet (at) voorbeeld punt nl", Cls.EMAIL, "piet (at) voorbeeld punt nl"),
        ("geb. 12-03-1985", Cls.BIRTHDATE, "12-03-1985"),
        ("zij is van 1 mei '62", Cls.BIRTHDATE, "1 mei '62"),
        ("jarig op 3 mei", Cls.BIRTHDATE, "3 mei"),
        ("kenteken 12-abc-3", Cls.PLATE, "12-abc-3"),
        ("witte bus AB 12 CD", Cls.PLATE, "AB 12 CD"),
        ("de buren van nr 14", Cls.ADDRESS, "van nr 14"),
        ("Lindelaan 18b", Cls.ADDRESS, "Lindelaan 18b"),
        ("Jan van Goyenstraat 7", Cls.ADDRESS, "Jan van Goyenstraat 7"),
        ("7512 AB 33", Cls.ADDRESS, "7512 AB 33"),
        ("die van 36 klaagt", Cls.ADDRESS, "van 36"),
    ],
)
def test_an_identifier_is_found_whole(
    screener: NoteScreener, note: str, cls: Cls, part: str
) -> None:
    assert (cls.value, part) in _found(screener, note)


@pytest.mark.parametrize(
    "note",
    [
        "12-03-2025 gezien dat de gordijnen dicht waren",
        "op 3 maart om 10.30 uur en 14:15 uur",
        "E-4471 en E-4472 delen een berging",
        "Sticker met 0900-8844 en 0800-2000 hangt in de hal",
        "Gemeente is te bereiken op 14 053",
        "Bouwjaar 1978, lift gekeurd 12-05-2009",
        "van 10 tot 12 was de lift stuk, op 3 hoog",
        "box 14, container 3, lijn 9, groep 2",
        "€ 1.250,00 voor 12 lampen",
        "fietsen op 12 en 13 mei weggehaald",
        "huis aan huis, 5 zakken van 10 kg",
    ],
)
def test_numbers_of_things_and_days_are_left_alone(screener: NoteScreener, note: str) -> None:
    assert _found(screener, note) == set()


@pytest.mark.parametrize(
    "note",
    [
        "Voorbeeldstraat 12: troep in de gang",
        "voorbeeldstraat 12 weer lawaai",
        "7500 AB 12 zelfde verhaal",
        "op nr 12 brandt licht",
        "die van 12 belt weer",
    ],
)
def test_the_units_own_address_is_no_finding(screener: NoteScreener, note: str) -> None:
    assert _found(screener, note) == set()
    assert screener.screen(note).findings != ()


def test_another_number_in_the_units_street_is_a_finding(screener: NoteScreener) -> None:
    assert ("address", "Voorbeeldstraat 14") in _found(screener, "Voorbeeldstraat 14 ook")
