"""Posting a signal from the care side: the case, then the same steps as any other signal.

The home is named by its case code all the way: the answer of the step `unit` is that code.
"""

from bot.dialogues.engine import Answers, Changes, Choice, Dialogue, Problem, Step
from bot.dialogues.intake import INTAKE
from bot.dialogues.intake_facts import CANCEL, IntakeFacts
from bot.domain.disclosure import Text, own_form

_SHARED = {step.name: step for step in INTAKE.steps}


def opening(facts: IntakeFacts) -> Answers:
    """The answer that needs no question: the only case."""
    return {"unit": facts.cases[0]} if len(facts.cases) == 1 else {}


def _choices(answers: Answers, facts: IntakeFacts) -> tuple[Choice, ...]:
    cases = tuple(
        Choice(Text("choice.plain", {"label": own_form(code)}), {"unit": code})
        for code in facts.cases
    )
    return (*cases, CANCEL)


def _read(text: str, answers: Answers, facts: IntakeFacts) -> Changes | Problem:
    code = text.strip().casefold()
    named = [one for one in facts.cases if one.casefold() == code]
    return {"unit": named[0]} if named else Problem(Text("problem.case"))


CARE_INTAKE: Dialogue[IntakeFacts] = Dialogue(
    "care_intake",
    (
        _SHARED["held_choice"],
        Step("unit", lambda answers, facts: Text("ask.case"), _choices, _read, line_words=1),
        _SHARED["category"],
        _SHARED["urgency"],
        _SHARED["note"],
        _SHARED["confirmed"],
    ),
)
