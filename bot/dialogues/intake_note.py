"""The note of a signal: screened by the step that takes it, held back where it says too much."""

from collections.abc import Iterable, Mapping

from bot.dialogues.engine import Answers, Changes, Choice, Problem
from bot.dialogues.intake_facts import CANCEL, IntakeFacts, home_of, own_address
from bot.dialogues.understanding import Intent, category_of, intent_of, source_of
from bot.domain.disclosure import Field, Text, own_form
from bot.domain.homes import Dwelling, is_unit_key, keys_of, places_named
from bot.domain.screening import Finding, FindingClass, Outcome, mask, pieces
from bot.domain.signals import Purpose
from bot.domain.urgency import Urgency

LONGEST_NOTE = 1500
FORGET_HELD: Changes = {"held": None, "found": None, "marked": None, "masked": None}
_TURN = "\x1f"
"""Between what is kept of a marked note and what is left out of it, by turns."""


def read_note(text: str, answers: Answers, facts: IntakeFacts) -> Changes | Problem:
    if len(text) > LONGEST_NOTE:
        return Problem(Text("problem.note_too_long", {"limit": own_form(LONGEST_NOTE)}))
    return note_answer(text, answers, facts)


def note_answer(
    text: str, answers: Mapping[str, str | None], facts: IntakeFacts
) -> dict[str, str | None]:
    """The note as screened. A note that holds too much is never part of the answers itself."""
    home = home_of(answers, facts)
    screening = facts.screen(text, own_address(home))
    masked = mask(text, screening.findings, lambda cls: f"[{MASK_LABELS[cls]}]")
    masked = _without_own_address(masked, home)
    observed: dict[str, str | None] = {"note": masked, "source": source_of(text)}
    if intent_of(text) is Intent.WITHDRAWAL_HINT:
        return {**observed, "purpose": Purpose.WITHDRAWAL_HINT, "urgency": Urgency.URGENT}
    if screening.outcome is Outcome.EMERGENCY:
        return {**observed, "urgency": Urgency.ACUTE}
    if screening.outcome is Outcome.ACCEPT:
        return observed
    found = ",".join(cls for cls in screening.classes if cls is not FindingClass.EMERGENCY)
    return {
        **observed,
        "note": None,
        "held": screening.outcome,
        "found": found,
        "marked": _marked(text, screening.findings),
        "masked": masked if _may_go_without(screening.outcome, masked, home, facts) else None,
    }


def _marked(text: str, findings: Iterable[Finding]) -> str:
    """The note with only the first letter of what is left out, told apart by turns.

    The words themselves are neither kept nor said again (docs/decisions/0006-a-held-note.md).
    """
    turns = [""]
    for part in pieces(text.replace(_TURN, " "), findings):
        if part.removed:
            turns += [next(filter(str.isalnum, part.text), "") + "…", ""]
        else:
            turns[-1] += part.text
    return _TURN.join(turns)


def _may_go_without(
    outcome: Outcome, masked: str, home: Dwelling | None, facts: IntakeFacts
) -> bool:
    """Of a stopped note the rest may go when it is clean and still tells what was seen or heard."""
    if outcome is Outcome.MASK:
        return True
    rest = facts.screen(masked, own_address(home))
    return rest.outcome is Outcome.ACCEPT and category_of(masked) is not None


MASK_LABELS: Mapping[FindingClass, str] = {
    FindingClass.BSN: "nummer",
    FindingClass.LONGNUMBER: "nummer",
    FindingClass.IBAN: "rekeningnummer",
    FindingClass.PHONE: "telefoonnummer",
    FindingClass.EMAIL: "e-mailadres",
    FindingClass.BIRTHDATE: "geboortedatum",
    FindingClass.PLATE: "kenteken",
    FindingClass.NAME: "naam",
    FindingClass.ADDRESS: "adres",
    FindingClass.HEALTH: "weggelaten",
    FindingClass.ADDICTION: "weggelaten",
    FindingClass.GUARDIANSHIP: "weggelaten",
    FindingClass.CRIME: "weggelaten",
    FindingClass.ORIGIN: "weggelaten",
    FindingClass.ARREARS: "weggelaten",
    FindingClass.CHILDCARE: "weggelaten",
    FindingClass.EMERGENCY: "spoed",
}
"""What stands in a note where something was left out; notes are kept in Dutch."""


def _without_own_address(note: str, home: Dwelling | None) -> str:
    """The unit's own address is told by its unit id: dropped in front, replaced elsewhere."""
    if home is None:
        return note.strip()
    own = [p for p in places_named(note) if p.key in keys_of(home) and not is_unit_key(p.key)]
    for place in sorted(own, key=lambda place: -place.start):
        before, after = note[: place.start], note[place.end :]
        in_front = not before.strip() and after[:1] in ":,;-"
        note = before + ("" if in_front else home.unit) + after
    return note.lstrip(" :,;-\n").strip()


def held_question(answers: Answers, facts: IntakeFacts) -> Text:
    found = tuple(Text(f"found.{cls}") for cls in answers.get("found", "").split(",") if cls)
    fields = {"found": own_form(found), "marked": _in_place(answers["marked"])}
    masked = answers.get("masked")
    if masked is None:
        return Text("held.stop", fields)
    key = "held.mask" if answers["held"] == Outcome.MASK else "held.stop_or_without"
    return Text(key, {**fields, "masked": own_form(masked)})


def _in_place(marked: str) -> Field:
    """The marked note, what is left out of it in bold."""
    return own_form(
        tuple(
            Text("held.left_out" if place % 2 else "held.kept", {"words": own_form(words)})
            for place, words in enumerate(marked.split(_TURN))
            if words
        ),
        between="",
    )


def held_choices(answers: Answers, facts: IntakeFacts) -> tuple[Choice, ...]:
    retype = Choice(Text("choice.retype"), {**FORGET_HELD, "note": None})
    no_note = Choice(Text("choice.no_note"), {**FORGET_HELD, "note": ""})
    masked = answers.get("masked")
    if masked is None:
        return (retype, no_note, CANCEL)
    without = Choice(Text("choice.send_without"), {**FORGET_HELD, "note": masked})
    return (without, retype, CANCEL)


def read_held(text: str, answers: Answers, facts: IntakeFacts) -> Changes | Problem:
    read = read_note(text, answers, facts)
    return read if isinstance(read, Problem) else {**FORGET_HELD, **read}
