"""A note that says too much: what its sender sees, may choose, and what is kept of it meanwhile."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogues.engine import DialogueState
from bot.dialogues.intake_facts import IntakeFacts
from bot.dialogues.intake_note import MASK_LABELS, held_choices, held_question, note_answer
from bot.domain.people import PersonKey, Role
from bot.domain.screening import FindingClass, Outcome, pieces
from bot.texts.catalogue import load_catalogue
from storage.dialogues import STATE
from tests.app.town import Someone, Town, screener
from tests.screening.notes import read_notes
from tests.stores import open_test_store

WITHOUT = "Zonder dit doorgaan"
_NOTES = [note.text for half in ("tuning", "reporting") for note in read_notes(f"{half}_sensitive")]
_FACTS = IntakeFacts(role=Role.MANAGER, areas=(), screen=screener().screen)


@pytest.fixture
async def piet(town: Town) -> Someone:
    return await town.has("piet")


async def test_the_words_are_marked_where_they_stand(piet: Someone) -> None:
    await piet.types("Harde muziek bij E-4471, bel mevrouw Bouali even op 06-12345678")

    piet.sees(
        "Dit stuur ik niet door",
        "• een naam\n• een telefoonnummer",
        "Harde muziek bij E-4471, bel mevrouw B… even op 0…",
        "Harde muziek bij E-4471, bel mevrouw [naam] even op [telefoonnummer]",
    )
    assert piet.screen.labels == (WITHOUT, "Opnieuw typen", "✖️ Annuleren")


def test_the_marks_are_in_bold() -> None:
    answers = note_answer("Bel mevrouw Bouali op 06-12345678 <nu>", {}, _FACTS)

    said = load_catalogue().say(
        held_question({k: v for k, v in answers.items() if v}, _FACTS), "nl"
    )

    assert "<i>Bel mevrouw <b>B…</b> op <b>0…</b> &lt;nu&gt;</i>" in said


async def test_of_a_stopped_note_the_rest_may_go_when_it_tells_what_was_seen(
    town: Town, piet: Someone
) -> None:
    await piet.types("Hij is psychotisch en er ligt troep in de gang bij E-4471")
    piet.sees(
        "Dit kan ik niet doorsturen",
        "Hij is p… en er ligt troep in de gang bij E-4471",
        "Hij is [weggelaten] en er ligt troep in de gang bij E-4471",
    )
    assert piet.screen.labels == (WITHOUT, "Opnieuw typen", "✖️ Annuleren")

    await piet.presses(WITHOUT)
    await piet.presses("Versturen")

    (signal,) = await town.signals_of("piet")
    content = await town.content(signal.ref)
    assert "Hij is [weggelaten] en er ligt troep in de gang bij E-4471" in content
    assert "psychotisch" not in content


@pytest.mark.parametrize(
    "says",
    [
        "J. Jansen op nr 12 is weer psychotisch.",
        "BSN 123456782 hoort bij E-4471.",
        "Ze zeggen dat er een hennepkwekerij zit op E-4471.",
        "Ik hoorde dat E-4471 al twee maanden geen huur betaalt.",
    ],
)
async def test_where_nothing_seen_or_heard_is_left_the_rest_is_not_offered(
    town: Town, piet: Someone, says: str
) -> None:
    await piet.types(says)

    piet.sees("Wat overblijft, is te weinig. Schrijf alleen wat u zag of hoorde.")
    assert piet.screen.labels == ("Opnieuw typen", "Zonder toelichting", "✖️ Annuleren")


async def test_a_sender_who_reads_english_sees_the_marks_too(piet: Someone) -> None:
    await piet.types("/language")
    await piet.presses("English")
    await piet.types("Loud music at E-4471, Fatima called about it")

    piet.sees("I don't pass this on", "• a name", "F… called about it")


async def test_while_the_screen_stands_the_words_are_nowhere(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Not on the disk in clear, and not in the sealed draft either, which holds the rest."""
    async with open_test_store(tmp_path) as store:
        town = Town(store)
        await town.fills_its_registry()
        piet = await town.has("piet")
        for says in (
            "Mevrouw Tjoetertje op E-4471 is psychotisch, BSN 123456782, kanariegele gordijnen",
            "Kanariegele gordijnen bij mevrouw Tjoetertje, E-4471",
        ):
            await piet.types(says)
            draft = await draft_of(town, "piet")
            assert "anariegele" in draft
            assert [
                word for word in ("joetertje", "sychotisch", "123456782") if word in draft
            ] == []
        written = all_bytes(tmp_path)
    for word in (b"Tjoetertje", b"psychotisch", b"123456782", b"anariegele"):
        assert word not in written
    assert "Tjoetertje" not in "".join(capfd.readouterr())
    assert not any("Tjoetertje" in message.text for message in piet.messages)


async def test_with_the_choice_the_draft_is_gone(town: Town, piet: Someone) -> None:
    await piet.types("Mevrouw Tjoetertje op E-4471 is psychotisch")
    await piet.presses("Annuleren")

    async with town.store.reading() as work:
        assert await work.dialogues.get(PersonKey("voorbeeld", "piet")) is None


def all_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def draft_of(town: Town, person: str) -> str:
    """The running dialogue, unsealed."""
    async with town.store.reading() as work:
        state = await work.dialogues.get(PersonKey("voorbeeld", person))
    assert isinstance(state, DialogueState)
    return STATE.dumps(state)


@given(st.sampled_from(_NOTES) | st.text(max_size=200))
@settings(deadline=None)
def test_no_screen_and_no_choice_holds_more_than_a_first_letter(text: str) -> None:
    answers = {k: v for k, v in note_answer(text, {}, _FACTS).items() if v is not None}
    if "held" not in answers:
        return

    said = load_catalogue().say(held_question(answers, _FACTS), "nl", escape=str)
    shown = [answers["marked"], said.partition("\n\n")[2]]
    shown += [str(choice.gives.get("note")) for choice in held_choices(answers, _FACTS)]

    for part in pieces(text, _FACTS.screen(text, None).findings):
        if part.removed and len(part.text.strip()) > 3 and text.count(part.text) == 1:
            assert not any(part.text in one for one in shown), part.removed


@given(st.sampled_from(_NOTES))
@settings(deadline=None)
def test_what_may_go_without_is_clean(text: str) -> None:
    answers = note_answer(text, {}, _FACTS)
    rest = answers.get("masked")
    if answers.get("held") == Outcome.STOP and rest:
        assert _FACTS.screen(rest, None).outcome is Outcome.ACCEPT


@pytest.mark.parametrize("cls", FindingClass)
def test_a_label_is_no_finding_itself(cls: FindingClass) -> None:
    assert _FACTS.screen(f"Er hing [{MASK_LABELS[cls]}] bij de deur", None).findings == ()
