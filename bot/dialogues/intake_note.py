"""The note of a signal: screened by the step that takes it, held back where it says too much."""

from collections.abc import Mapping

from bot.dialogues.engine import Answers, Changes, Choice, Problem
from bot.dialogues.intake_facts import CANCEL, IntakeFacts, home_of, own_address
from bot.dialogues.understanding import Intent, intent_of, source_of
from bot.domain.disclosure import Text, own_form
from bot.domain.homes import Dwelling, is_unit_key, keys_of, places_named
from bot.domain.screening import FindingClass, Outcome, mask
from bot.domain.signals import Purpose
from bot.domain.urgency import Urgency

LONGEST_NOTE = 1500
FORGET_HELD: Changes = {"held": None, "found": None, "masked": None}


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
    held = {**observed, "note": None, "held": screening.outcome, "found": found}
    return {**held, "masked": masked if screening.outcome is Outcome.MASK else None}


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
    fields = {"found": own_form(found)}
    if answers["held"] == Outcome.MASK:
        return Text("held.mask", {**fields, "masked": own_form(answers["masked"])})
    return Text("held.stop", fields)


def held_choices(answers: Answers, facts: IntakeFacts) -> tuple[Choice, ...]:
    retype = Choice(Text("choice.retype"), {**FORGET_HELD, "note": None})
    if answers["held"] == Outcome.MASK:
        without = Choice(Text("choice.send_without"), {**FORGET_HELD, "note": answers["masked"]})
        return (without, retype, CANCEL)
    return (retype, Choice(Text("choice.no_note"), {**FORGET_HELD, "note": ""}), CANCEL)


def read_held(text: str, answers: Answers, facts: IntakeFacts) -> Changes | Problem:
    read = read_note(text, answers, facts)
    return read if isinstance(read, Problem) else {**FORGET_HELD, **read}
