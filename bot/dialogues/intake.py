"""Posting a signal: neighbourhood, unit, category, urgency, note, check."""

from bot.dialogues.engine import Answers, Changes, Choice, Dialogue, Problem, Step
from bot.dialogues.intake_facts import CANCEL, IntakeFacts, unit_answer
from bot.dialogues.intake_note import held_choices, held_question, read_held, read_note
from bot.dialogues.intake_sentence import told
from bot.dialogues.understanding import category_of, urgency_of
from bot.domain.disclosure import Field, Text, own_form, reference
from bot.domain.homes import keys_of, places_named
from bot.domain.signals import CATEGORIES, Category, Purpose, Source, categories_for
from bot.domain.urgency import SELECTABLE, Urgency

RECENT_UNITS = 4
ANOTHER_UNIT: Changes = {"unit": None, "address": None}
YES_WORDS = frozenset({"ja", "j", "yes", "y", "ok", "oke", "oké", "versturen", "verstuur", "send"})


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


def _unit_choices(answers: Answers, facts: IntakeFacts) -> tuple[Choice, ...]:
    here = answers.get("neighbourhood")
    homes = facts.found if len(facts.found) > 1 else facts.recent
    offered = [home for home in homes if home.neighbourhood == here or len(facts.found) > 1]
    choices = tuple(
        Choice(
            Text("choice.unit", {"unit": own_form(home.unit), "address": own_form(home.address)}),
            unit_answer(home),
        )
        for home in offered[: 2 * RECENT_UNITS]
    )
    return (*choices, CANCEL)


def _read_unit(text: str, answers: Answers, facts: IntakeFacts) -> Changes | Problem:
    keys = {place.key for place in places_named(text)}
    named = [home for home in facts.found if keys & keys_of(home)]
    if len(named) == 1:
        return {**unit_answer(named[0]), **told(text, answers, facts)}
    return Problem(Text("problem.unit_which" if named else "problem.unit"))


# category


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
    observation = told(text, answers, facts)
    if observation:
        return observation
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


def _read_check(text: str, answers: Answers, facts: IntakeFacts) -> Changes | Problem:
    """A typed yes sends; anything else is read as a better note."""
    if text.strip().lower().rstrip(".!") in YES_WORDS:
        return {"confirmed": "yes"}
    return read_note(text, answers, facts)


INTAKE: Dialogue[IntakeFacts] = Dialogue(
    "intake",
    (
        Step(
            "held_choice",
            held_question,
            held_choices,
            read_held,
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
            read_note,
            takes_rest=True,
        ),
        Step("confirmed", _check_question, _check_choices, _read_check, takes_rest=True),
    ),
)
"""The intake of a signal, for every channel alike."""
