"""Trying words on the command line, and a corporation's own words."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.domain.screening import FindingClass, Outcome
from bot.screening.lines import screen_lines
from bot.screening.screener import NoteScreener, load_screener
from bot.screening.wordlists import SHIPPED, WordListError, read_entries
from tests.screening.notes import OWN


def test_each_line_is_answered_by_one_json_line(screener: NoteScreener) -> None:
    notes = ["mw de vries is er\n", "Volle brievenbus\r\n", "\n"]

    answers = [json.loads(line) for line in screen_lines(notes, screener, OWN)]

    assert answers == [
        {
            "outcome": "mask",
            "spans": [{"text": "de vries", "class": "name", "start": 3, "end": 11}],
        },
        {"outcome": "accept", "spans": []},
        {"outcome": "accept", "spans": []},
    ]


def test_a_line_is_answered_before_the_next_is_read(screener: NoteScreener) -> None:
    read: list[str] = []

    def typed() -> Iterator[str]:
        for note in ("een", "twee"):
            read.append(note)
            yield note

    answers = screen_lines(typed(), screener)
    next(answers)

    assert read == ["een"]


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.tsv")), ids=lambda file: file.name)
def test_every_shipped_line_is_read_and_has_a_reason(file: Path) -> None:
    assert list(read_entries(file))


def test_a_corporation_adds_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "health.tsv").write_text("# ours\nhuize avondrust*\tcare home in town\n", "utf-8")
    (tmp_path / "name.tsv").write_text("!de jonge jan\tour own building\n", "utf-8")
    screener = load_screener(extra_words=tmp_path)

    assert screener.screen("kwam uit Huize  Avondrust").classes == (FindingClass.HEALTH,)
    assert screener.screen("lift in de jonge jan is stuk").outcome is Outcome.ACCEPT
    assert load_screener().screen("kwam uit huize avondrust").outcome is Outcome.ACCEPT


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("zonder reden", "write the word, a tab and the reason"),
        ("(half\teen haakje", "the pattern cannot be read"),
    ],
)
def test_an_unreadable_line_is_refused_with_file_and_line(
    tmp_path: Path, line: str, complaint: str
) -> None:
    (tmp_path / "crime.tsv").write_text(f"# eerste regel\n{line}\n", "utf-8")

    with pytest.raises(WordListError, match=rf"crime\.tsv, line 2: {complaint}"):
        load_screener(extra_words=tmp_path)


@pytest.mark.parametrize(
    ("note", "cls"),
    [
        ("huurder is schizofeen", FindingClass.HEALTH),
        ("slikt medcijnen", FindingClass.HEALTH),
        ("er kwam een bewinvoerder", FindingClass.GUARDIANSHIP),
        ("huurachterstnad zeggen ze", FindingClass.ARREARS),
    ],
)
def test_a_slip_of_the_finger_hides_no_word(
    screener: NoteScreener, note: str, cls: FindingClass
) -> None:
    assert cls in screener.screen(note).classes


def test_the_corporations_own_words_count_on_the_command_line_too(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "health.tsv").write_text("huize avondrust\teen zorghuis in de wijk\n")
    config = tmp_path / "config.toml"
    config.write_text('[screening]\nwords = "words"\n')

    with_own_words = _seintje_screen("kwam uit huize avondrust\n", "--config", str(config))
    without = _seintje_screen("kwam uit huize avondrust\n", "--config", str(tmp_path / "none.toml"))

    assert json.loads(with_own_words)["outcome"] == "stop"
    assert json.loads(without)["outcome"] == "accept"


def test_the_units_own_address_is_harmless_on_the_command_line(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[service]\n")
    example = Path(__file__).parents[2] / "docs" / "example"
    _seintje("import", str(example), "--config", str(config))
    note = "vuil voor Voorbeeldstraat 10\n"

    of_the_unit = _seintje_screen(note, "--config", str(config), "--unit", "E-4471")
    of_another = _seintje_screen(note, "--config", str(config), "--unit", "E-4472")

    assert json.loads(of_the_unit) == {"outcome": "accept", "spans": []}
    assert json.loads(of_another)["spans"][0]["class"] == "address"


def _seintje_screen(notes: str, *options: str) -> str:
    return _seintje("screen", *options, typed=notes)


def _seintje(*words: str, typed: str = "") -> str:
    command = [sys.executable, "-c", "from bot.cli.app import main; main()", *words]
    run = subprocess.run(command, input=typed, capture_output=True, text=True, check=True)
    return run.stdout


ONE_OF_EACH = {
    "bsn": ("het bsn is 111222333", "111222333"),
    "longnumber": ("dossier 123456789 heeft rommel", "123456789"),
    "iban": ("rekening NL91ABNA0417164300 ligt in de hal", "NL91ABNA0417164300"),
    "phone": ("bel 06-12345678 even", "06-12345678"),
    "email": ("mail naar jan@voorbeeld.example", "jan@voorbeeld.example"),
    "birthdate": ("geboren 12-03-1961", "12-03-1961"),
    "plate": ("auto met kenteken 12-AB-34 in de tuin", "12-AB-34"),
    "name": ("mevr de vries zet dozen in de gang", "de vries"),
    "address": ("komt van Kerkstraat 14 hier dumpen", "Kerkstraat 14"),
    "health": ("hij is psychotisch", "psychotisch"),
    "addiction": ("zit aan de drugs", "aan de drugs"),
    "guardianship": ("staat onder curatele", "onder curatele"),
    "crime": ("er zit een hennepkwekerij", "hennepkwekerij"),
    "origin": ("marokkaans gezin boven", "marokkaans"),
    "arrears": ("heeft een huurschuld", "huurschuld"),
    "childcare": ("jeugdzorg komt er", "jeugdzorg"),
    "emergency": ("sterke gaslucht in het portiek", "gaslucht"),
}


@pytest.mark.parametrize("cls", list(FindingClass))
def test_every_class_is_named_where_it_stands(screener: NoteScreener, cls: FindingClass) -> None:
    note, part = ONE_OF_EACH[cls]
    (line,) = screen_lines([note], screener)
    answer = json.loads(line)
    (span,) = (one for one in answer["spans"] if one["class"] == cls)
    assert note[span["start"] : span["end"]] == span["text"]
    assert part in span["text"]
    assert answer["outcome"] != "accept"
