"""Why somebody asks who lives at a home. The purpose is kept in the audit; without one there is no
answer."""

from bot.dialogues.engine import Answers, Changes, Choice, Dialogue, Problem, Step
from bot.dialogues.matters import BACK, MatterFacts
from bot.domain.disclosure import Text, reference

PURPOSES = ("visit", "call", "danger", "records")


def _choices(answers: Answers, facts: MatterFacts) -> tuple[Choice, ...]:
    return (*(Choice(Text(f"who.purpose.{one}"), {"purpose": one}) for one in PURPOSES), BACK)


def _read(text: str, answers: Answers, facts: MatterFacts) -> Changes | Problem:
    return Problem(Text("problem.choose"))


WHO: Dialogue[MatterFacts] = Dialogue(
    "who",
    (
        Step(
            "purpose",
            lambda answers, facts: Text("ask.purpose", {"ref": reference(facts.ref)}),
            _choices,
            _read,
        ),
    ),
)
