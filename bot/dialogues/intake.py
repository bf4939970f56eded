"""Posting a signal: neighbourhood, unit, category, urgency, note, check."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.dialogues.engine import CANCELLED, Answers, Changes, Choice, Dialogue, Problem, Step
from bot.dialogues.understanding import Intent, category_of, intent_of, source_of, urgency_of
from bot.domain.disclosure import Field, Text, own_form, reference
from bot.domain.homes import Dwelling, Neighbourhood, is_unit_key, keys_of, places_named
from bot.domain.people import Role
from bot.domain.screening import FindingClass, Outcome, OwnAddress, Screening, mask
from bot.domain.signals import CATEGORIES, Category, Purpose, Signal, Source, categories_for
from bot.domain.urgency import SELECTABLE, Urgency

LONGEST_NOTE = 1500
WORDS_THAT_TELL = 4
"""From so many words on, typed text is read as a sentence about what was seen."""
RECENT_UNITS = 4

CANCEL = Choice(Text("choice.cancel"), {CANCELLED: "yes"})
ANOTHER_UNIT: Changes = {"unit": None, "address": None}
FORGET_HELD: Changes = {"held": None, "found": None, "masked": None}


Screen = Callable[[str, OwnAddress | None], Screening]


def nothing_found(text: str, own: OwnAddress | None) -> Screening:
    return Screening(Outcome.ACCEPT, ())


@dataclass(frozen=True, slots=True)
class IntakeFacts:
    """The public settings this person may use, and what the text just typed names.

    `found` are homes in the sender's own neighbourhoods; others are not told apart from unknown.
    `home` is the home answered before; `screen` recognises what may not travel in a note.
    `own_open` are the sender's own signals that have not been reported done to the sender.
    """

    role: Role
    areas: tuple[Neighbourhood, ...]
    recent: tuple[Dwelling, ...] = ()
    found: tuple[Dwelling, ...] = ()
    screen: Screen = nothing_found
    home: Dwelling | None = None
    own_open: tuple[Signal, ...] = ()


def prefill(text: str, facts: IntakeFacts) -> Answers:
    """The answers that a plain sentence already gives. The sender sees and checks them all."""
    changes: dict[str, str | None] = {}
    if len(facts.found) == 1:
        changes |= _unit_answer(facts.found[0])
    elif len(facts.areas) == 1:
        changes["neighbourhood"] = facts.areas[0].id
    category = category_of(text)
    if category in categories_for(facts.role):
        changes |= _category_answer(category)
    if _says_more_than_a_place(text, facts):
        changes |= _note_answer(text, changes, facts)
    chosen = urgency_of(text)
    if chosen and changes.get("urgency") != Urgency.ACUTE:
        changes["urgency"] = chosen
    changes |= _by_intent(intent_of(text), changes, facts)
    return {name: value for name, value in changes.items() if value is not None}


def _told(text: str, answers: Answers, facts: IntakeFacts) -> Answers:
    """What a sentence tells besides the answer to the question; answers given before stay."""
    if len(text.split()) < WORDS_THAT_TELL or not _says_more_than_a_place(text, facts):
        return {}
    return {name: value for name, value in prefill(text, facts).items() if name not in answers}


def _by_intent(
    intent: Intent, answers: Mapping[str, str | None], facts: IntakeFacts
) -> dict[str, str | None]:
    """What needs no check goes at once: a life at risk, and a wish to stop the sharing."""
    known = answers.get("unit") is not None
    if intent is Intent.WITHDRAWAL_HINT:
        return {"category": Category.OTHER, "urgency": Urgency.URGENT} | _sent_if(known)
    if answers.get("urgency") == Urgency.ACUTE:
        return {"category": answers.get("category") or Category.UNSAFE} | _sent_if(known)
    if intent is Intent.ALL_CLEAR:
        mine = [signal for signal in facts.own_open if signal.unit == answers.get("unit")]
        return {"offer": mine[0].ref} if mine else {}
    return {}


def _sent_if(known: bool) -> dict[str, str | None]:
    return {"confirmed": "yes"} if known else {}


def _says_more_than_a_place(text: str, facts: IntakeFacts) -> bool:
    """Leaves the home out of the text: the one that is known, else as few words as may name it."""
    known = {key for home in facts.found for key in keys_of(home)}
    places = sorted(places_named(text), key=lambda p: (p.key not in known, p.end - p.start))
    rest = text
    for place in places:
        rest = rest.replace(text[place.start : place.end], " ")
    return len(rest.split()) > 1


def opening(facts: IntakeFacts) -> Answers:
    """The answers that need no question: the only neighbourhood."""
    return {"neighbourhood": facts.areas[0].id} if len(facts.areas) == 1 else {}


def _summary(answers: Answers) -> Field:
    """The answers so far, a line each; they are the sender's own words and choices."""
    lines = [
        Text(f"form.line.{name}", {"value": own_form(_shown_answer(name, answers))})
        for name in ("unit", "category", "urgency", "note")
        if answers.get(name)
    ]
    if answers.get("source") == Source.NEIGHBOURS:
        lines.append(Text("form.line.source"))
    return own_form(tuple(lines))


def _shown_answer(name: str, answers: Answers) -> str | Text:
    if name == "category":
        return Text(f"category.{answers['category']}")
    if name == "urgency":
        return Text(f"urgency.{answers['urgency']}")
    if name == "unit" and answers.get("address"):
        return f"{answers['unit']} ({answers['address']})"
    return answers[name]


def _asks(key: str, answers: Answers) -> Text:
    question = own_form(Text(key))
    if not answers.keys() & {"unit", "category", "note"}:
        return Text("form.asks_first", {"question": question})
    return Text("form.asks", {"so_far": _summary(answers), "question": question})


# neighbourhood


def _neighbourhood_choices(answers: Answers, facts: IntakeFacts) -> tuple[Choice, ...]:
    areas = tuple(
        Choice(Text("choice.plain", {"label": own_form(area.name)}), {"neighbourhood": area.id})
        for area in facts.areas
    )
    return (*areas, CANCEL)


def _read_neighbourhood(text: str, answers: Answers, facts: IntakeFacts) -> Changes | Problem:
    wanted = text.strip().lower()
    for area in facts.areas:
        if wanted in (area.name.lower(), area.id.lower()):
            return {"neighbourhood": area.id}
    read = _read_unit(text, answers, facts)
    return read if not isinstance(read, Problem) else Problem(Text("problem.neighbourhood"))


# unit


def _unit_answer(home: Dwelling) -> Changes:
    return {"neighbourhood": home.neighbourhood, "unit": home.unit, "address": home.address}


def _unit_choices(answers: Answers, facts: IntakeFacts) -> tuple[Choice, ...]:
    here = answers.get("neighbourhood")
    homes = facts.found if len(facts.found) > 1 else facts.recent
    offered = [home for home in homes if home.neighbourhood == here or len(facts.found) > 1]
    choices = tuple(
        Choice(
            Text("choice.unit", {"unit": own_form(home.unit), "address": own_form(home.address)}),
            _unit_answer(home),
        )
        for home in offered[: 2 * RECENT_UNITS]
    )
    return (*choices, CANCEL)


def _read_unit(text: str, answers: Answers, facts: IntakeFacts) -> Changes | Problem:
    keys = {place.key for place in places_named(text)}
    named = [home for home in facts.found if keys & keys_of(home)]
    if len(named) == 1:
        return {**_unit_answer(named[0]), **_told(text, answers, facts)}
    return Problem(Text("problem.unit_which" if named else "problem.unit"))


# category


def _category_answer(category: Category) -> Changes:
    return {"category": category, "urgency": CATEGORIES[category].urgency}


def _category_choices(answers: Answers, facts: IntakeFacts) -> tuple[Choice, ...]:
    rows = tuple(
        Choice(
            Text(f"category.{category}"),
            {"category": category, "urgency": answers.get("urgency") if _acute(answers) else None},
        )
        for category in categories_for(facts.role)
    )
    return (*rows, CANCEL)


def _read_category(text: str, answers: Answers, facts: IntakeFacts) -> Changes | Problem:
    """A word names the category; a whole sentence is the observation itself."""
    told = _told(text, answers, facts)
    if told:
        return told
    category = category_of(text)
    if category not in categories_for(facts.role):
        return Problem(Text("problem.category"))
    return {"category": category}


def _acute(answers: Answers) -> bool:
    return answers.get("urgency") == Urgency.ACUTE


# urgency


def _urgency_choices(answers: Answers, facts: IntakeFacts) -> tuple[Choice, ...]:
    usual = CATEGORIES[Category(answers["category"])].urgency
    ordered = sorted(SELECTABLE, key=lambda urgency: (urgency is not usual, urgency))
    rows = tuple(
        Choice(
            Text("choice.usual", {"label": own_form(Text(f"urgency.{urgency}"))})
            if urgency is usual
            else Text(f"urgency.{urgency}"),
            {"urgency": urgency},
        )
        for urgency in ordered
    )
    return (*rows, CANCEL)


def _usual_urgency(answers: Answers) -> Changes:
    return {"urgency": CATEGORIES[Category(answers["category"])].urgency}


def _read_urgency(text: str, answers: Answers, facts: IntakeFacts) -> Changes | Problem:
    urgency = urgency_of(text)
    return {"urgency": urgency} if urgency else Problem(Text("problem.urgency"))


# note


def _note_choices(answers: Answers, facts: IntakeFacts) -> tuple[Choice, ...]:
    return (Choice(Text("choice.skip_note"), {"note": ""}), CANCEL)


def _read_note(text: str, answers: Answers, facts: IntakeFacts) -> Changes | Problem:
    if len(text) > LONGEST_NOTE:
        return Problem(Text("problem.note_too_long", {"limit": own_form(LONGEST_NOTE)}))
    return _note_answer(text, answers, facts)


def _note_answer(
    text: str, answers: Mapping[str, str | None], facts: IntakeFacts
) -> dict[str, str | None]:
    """The note as screened. A note that holds too much is never part of the answers itself."""
    home = _home_of(answers, facts)
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


def _home_of(answers: Mapping[str, str | None], facts: IntakeFacts) -> Dwelling | None:
    homes = (*facts.found, *facts.recent, *((facts.home,) if facts.home else ()))
    return next((home for home in homes if home.unit == answers.get("unit")), None)


def own_address(home: Dwelling | None) -> OwnAddress | None:
    """The unit's own address is harmless in a note about that unit."""
    return OwnAddress(home.street, home.number, home.postcode, home.unit) if home else None


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


# news on an earlier signal


def _follows_question(answers: Answers, facts: IntakeFacts) -> Text:
    return Text("ask.follows", {"ref": reference(answers["offer"])})


def _follows_choices(answers: Answers, facts: IntakeFacts) -> tuple[Choice, ...]:
    first = next((s for s in facts.own_open if s.ref == answers["offer"]), None)
    same = {"category": first.category, "urgency": Urgency.LOW} if first else {}
    joined: Changes = {"follows": answers["offer"], "purpose": Purpose.UPDATE, **same}
    return (
        Choice(Text("choice.follows"), joined),
        Choice(Text("choice.new_signal"), {"follows": ""}),
        CANCEL,
    )


# what was held back


def _held_question(answers: Answers, facts: IntakeFacts) -> Text:
    found = tuple(Text(f"found.{cls}") for cls in answers.get("found", "").split(",") if cls)
    fields = {"found": own_form(found)}
    if answers["held"] == Outcome.MASK:
        return Text("held.mask", {**fields, "masked": own_form(answers["masked"])})
    return Text("held.stop", fields)


def _held_choices(answers: Answers, facts: IntakeFacts) -> tuple[Choice, ...]:
    retype = Choice(Text("choice.retype"), {**FORGET_HELD, "note": None})
    if answers["held"] == Outcome.MASK:
        without = Choice(Text("choice.send_without"), {**FORGET_HELD, "note": answers["masked"]})
        return (without, retype, CANCEL)
    return (retype, Choice(Text("choice.no_note"), {**FORGET_HELD, "note": ""}), CANCEL)


def _read_held(text: str, answers: Answers, facts: IntakeFacts) -> Changes | Problem:
    read = _read_note(text, answers, facts)
    return read if isinstance(read, Problem) else {**FORGET_HELD, **read}


# check


def _check_question(answers: Answers, facts: IntakeFacts) -> Text:
    return Text("form.check", {"so_far": _summary(answers)})


def _check_choices(answers: Answers, facts: IntakeFacts) -> tuple[Choice, ...]:
    change_note = "choice.change_note" if answers.get("note") else "choice.add_note"
    return (
        Choice(Text("choice.send"), {"confirmed": "yes"}),
        Choice(Text("choice.change_unit"), ANOTHER_UNIT),
        Choice(Text("choice.change_category"), {"category": None}),
        Choice(Text("choice.change_urgency"), {"urgency": None}),
        Choice(Text(change_note), {"note": None}),
        CANCEL,
    )


YES_WORDS = frozenset({"ja", "j", "yes", "y", "ok", "oke", "oké", "versturen", "verstuur", "send"})


def _read_check(text: str, answers: Answers, facts: IntakeFacts) -> Changes | Problem:
    """A typed yes sends; anything else is read as a better note."""
    if text.strip().lower().rstrip(".!") in YES_WORDS:
        return {"confirmed": "yes"}
    return _read_note(text, answers, facts)


INTAKE: Dialogue[IntakeFacts] = Dialogue(
    "intake",
    (
        Step(
            "held_choice",
            _held_question,
            _held_choices,
            _read_held,
            applies=lambda answers, facts: "held" in answers,
        ),
        Step(
            "follows",
            _follows_question,
            _follows_choices,
            lambda text, answers, facts: Problem(Text("problem.choose")),
            applies=lambda answers, facts: "offer" in answers,
        ),
        Step(
            "neighbourhood",
            lambda answers, facts: _asks("ask.neighbourhood", answers),
            _neighbourhood_choices,
            _read_neighbourhood,
        ),
        Step("unit", lambda a, f: _asks("ask.unit", a), _unit_choices, _read_unit),
        Step("category", lambda a, f: _asks("ask.category", a), _category_choices, _read_category),
        Step(
            "urgency",
            lambda answers, facts: _asks("ask.urgency", answers),
            _urgency_choices,
            _read_urgency,
            default=_usual_urgency,
            line_words=2,
        ),
        Step(
            "note",
            lambda answers, facts: _asks("ask.note", answers),
            _note_choices,
            _read_note,
            takes_rest=True,
        ),
        Step("confirmed", _check_question, _check_choices, _read_check, takes_rest=True),
    ),
)
"""The intake of a signal, for every channel alike."""
