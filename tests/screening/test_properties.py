"""Whatever is typed: nothing crashes, nothing found stays, nothing smuggled gets through."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.nl import bsn

from bot.domain.screening import Finding, FindingClass, Outcome, mask, outcome_of
from bot.screening.folding import fold
from bot.screening.screener import NoteScreener
from tests.screening.notes import OWN, Note, read_notes

_HALVES = ("tuning", "reporting")
_SENSITIVE = [note for half in _HALVES for note in read_notes(f"{half}_sensitive")]
_HARMLESS = [note for half in _HALVES for note in read_notes(f"{half}_harmless")]
_ANY_TEXT = st.text(max_size=300) | st.lists(
    st.sampled_from([note.text for note in (*_SENSITIVE, *_HARMLESS)]) | st.text(max_size=8),
    max_size=4,
).map(" ".join)

_SEPARATORS = st.sampled_from(
    ["", " ", ".", "-", "/", "\n", "\u00a0", "\u200b", "\u00ad", " - ", "\u2013"]
)
_DIGIT_SHAPES: list[Callable[[str], str]] = [
    str,
    lambda digit: chr(0xFF10 + int(digit)),  # full width
    lambda digit: chr(0x0660 + int(digit)),  # Arabic-Indic
    lambda digit: chr(0x1D7CE + int(digit)),  # mathematical bold
    lambda digit: f"{digit}\ufe0f\u20e3",  # keycap emoji
    lambda digit: f"{digit}\u0301",  # with an accent
]


def _label(cls: FindingClass) -> str:
    return f"[{cls.value}]"


def _valid_bsns() -> st.SearchStrategy[str]:
    return (
        st.integers(10_000_000, 99_999_999)
        .map(str)
        .map(
            lambda digits: next(
                (digits + last for last in "0123456789" if bsn.is_valid(digits + last)), ""
            )
        )
        .filter(bool)
    )


@st.composite
def _smuggled(draw: st.DrawFn, digits: st.SearchStrategy[str]) -> str:
    """Digits in any script, with anything a person might put in between."""
    shape = draw(st.sampled_from(_DIGIT_SHAPES))
    written = [shape(digit) for digit in draw(digits)]
    separators = draw(st.lists(_SEPARATORS, min_size=len(written), max_size=len(written)))
    return "".join(
        digit + separator for digit, separator in zip(written, separators, strict=True)
    ).strip(" .-/\n\u00a0\u200b\u00ad\u2013")


@given(_ANY_TEXT)
@settings(deadline=None)
def test_offsets_point_into_the_text_as_typed(screener: NoteScreener, text: str) -> None:
    screening = screener.screen(text, OWN)

    for found in screening.findings:
        assert 0 <= found.start < found.end <= len(text)
    assert screening.outcome is outcome_of(screening.findings)


@given(_ANY_TEXT)
@settings(deadline=None)
def test_folding_keeps_step_with_the_text(text: str) -> None:
    folded = fold(text)

    assert len(folded.text) == len(folded.lower)
    spans = [folded.span(place, place + 1) for place in range(len(folded.text))]
    assert all(start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@given(_ANY_TEXT)
@settings(deadline=None)
def test_screening_has_no_memory(screener: NoteScreener, text: str) -> None:
    assert screener.screen(text, OWN) == screener.screen(text, OWN)


@given(_ANY_TEXT)
@settings(deadline=None)
def test_masking_keeps_all_that_was_not_found(screener: NoteScreener, text: str) -> None:
    findings = screener.screen(text, OWN).findings
    removed = [found for found in findings if found.cls is not FindingClass.EMERGENCY]

    masked = mask(text, findings, lambda cls: "")

    kept = [
        char
        for place, char in enumerate(text)
        if not any(found.start <= place < found.end for found in removed)
    ]
    assert masked.replace(" ", "") in (
        "".join(kept).replace(" ", ""),
        _without_blanks_between(text, removed),
    )


def _without_blanks_between(text: str, removed: list[Finding]) -> str:
    """What is kept when blanks between neighbours of one class go too."""
    parts = mask(text, removed, lambda cls: "\x00").split("\x00")
    return "".join(parts).replace(" ", "")


@pytest.mark.parametrize("note", _SENSITIVE, ids=lambda note: note.text[:30])
def test_no_found_part_survives_masking(screener: NoteScreener, note: Note) -> None:
    text = note.text
    findings = screener.screen(text, OWN).findings

    masked = mask(text, findings, _label)

    rest = re.sub(r"\[[a-z]+\]", "\x00", masked)
    for found in findings:
        part = text[found.start : found.end]
        if found.cls is not FindingClass.EMERGENCY and len(part) > 3 and text.count(part) == 1:
            assert part not in rest


@pytest.mark.parametrize("note", _HARMLESS, ids=lambda note: note.text[:30])
def test_what_is_kept_of_a_note_is_what_was_typed(screener: NoteScreener, note: Note) -> None:
    text = note.text
    screening = screener.screen(text, OWN)

    if screening.outcome is Outcome.ACCEPT:
        assert mask(text, screening.findings, _label) == text


@given(_smuggled(_valid_bsns()))
@settings(deadline=None)
def test_a_bsn_is_stopped_however_it_is_written(screener: NoteScreener, written: str) -> None:
    screening = screener.screen(f"bsn {written} van de bewoner", OWN)

    assert FindingClass.BSN in screening.classes
    assert screening.outcome is Outcome.STOP


@given(_smuggled(st.integers(0, 99_999_999).map(lambda number: f"06{number:08}")))
@settings(deadline=None)
def test_a_mobile_number_is_found_however_it_is_written(
    screener: NoteScreener, written: str
) -> None:
    screening = screener.screen(f"Bel haar op {written} graag", OWN)

    assert set(screening.classes) & {FindingClass.PHONE, FindingClass.BSN, FindingClass.LONGNUMBER}
    masked = mask(f"Bel haar op {written} graag", screening.findings, _label)
    assert sum(char.isdigit() for char in masked) == 0


@given(
    st.sampled_from(["NL91ABNA0417164300", "NL20INGB0001234567", "NL02RABO0123456789"]),
    st.lists(st.sampled_from(["", " ", "\u00a0", "\u200b", "."]), min_size=18, max_size=18),
    st.booleans(),
)
@settings(deadline=None)
def test_an_iban_is_found_however_it_is_written(
    screener: NoteScreener, number: str, separators: list[str], small: bool
) -> None:
    written = "".join(char + gap for char, gap in zip(number, separators, strict=True)).strip(
        " .\u00a0\u200b"
    )
    written = written.lower() if small else written

    assert FindingClass.IBAN in screener.screen(f"rekening {written} graag", OWN).classes


@given(
    st.from_regex(r"[a-z]{2,8}(\.[a-z]{2,8})?", fullmatch=True),
    st.sampled_from(["@", "\uff20", " @ ", "\u200b@", " (at) ", "[at]"]),
    st.from_regex(r"[a-z]{3,10}", fullmatch=True),
)
@settings(deadline=None)
def test_an_address_for_mail_is_found(screener: NoteScreener, who: str, at: str, host: str) -> None:
    assert FindingClass.EMAIL in screener.screen(f"mail naar {who}{at}{host}.nl", OWN).classes


@pytest.mark.parametrize(
    "note",
    [
        "mw \u0434\u0435 Vries belt",  # Cyrillic look-alikes
        "J\u0430ns\u0435n zegt dat het stinkt",
        "J\u200ba\u200bn\u200bs\u200be\u200bn zegt dat het stinkt",
        "\uff2a\uff41\uff4e\uff53\uff45\uff4e zegt dat het stinkt",
        "\U0001d409\U0001d41a\U0001d427\U0001d42c\U0001d41e\U0001d427 zegt dat het stinkt",
        "Jan\u00adsen zegt dat het stinkt",
        "\u041e\u043b\u0435\u043d\u0430 zegt dat het stinkt",  # a script no recogniser reads
        "\u0645\u062d\u0645\u062f zegt dat het stinkt",
        "J\u00e4nsen zegt dat het stinkt",
    ],
)
def test_a_name_in_disguise_is_found(screener: NoteScreener, note: str) -> None:
    assert FindingClass.NAME in screener.screen(note, OWN).classes


def test_a_very_long_note_is_screened_like_a_short_one(screener: NoteScreener) -> None:
    text = "vuilniszakken in de gang. " * 400 + "mw de vries belde. " + "12 34 " * 200

    assert FindingClass.NAME in screener.screen(text, OWN).classes
