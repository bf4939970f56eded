"""What a consultant is asked about a matter: how it ended, or which colleague takes it over."""

from dataclasses import dataclass

from bot.dialogues.engine import CANCELLED, Answers, Changes, Choice, Dialogue, Problem, Step
from bot.domain.disclosure import Text, public, reference
from bot.domain.people import Person
from bot.domain.signals import Outcome

BACK = Choice(Text("choice.back"), {CANCELLED: "yes"})


@dataclass(frozen=True, slots=True)
class MatterFacts:
    """The matter's reference and the colleagues who could take it over."""

    ref: str
    colleagues: tuple[Person, ...] = ()


def _outcome_choices(answers: Answers, facts: MatterFacts) -> tuple[Choice, ...]:
    rows = tuple(Choice(Text(f"outcome.{one}"), {"outcome": one}) for one in Outcome)
    return (*rows, BACK)


def _colleague_choices(answers: Answers, facts: MatterFacts) -> tuple[Choice, ...]:
    rows = tuple(
        Choice(Text("choice.plain", {"label": public(colleague.name)}), {"colleague": colleague.id})
        for colleague in facts.colleagues
    )
    return (*rows, BACK)


def _read_outcome(text: str, answers: Answers, facts: MatterFacts) -> Changes | Problem:
    return Problem(Text("problem.choose"))


def _read_colleague(text: str, answers: Answers, facts: MatterFacts) -> Changes | Problem:
    wanted = text.strip().lower()
    named = [one for one in facts.colleagues if wanted in (one.name.lower(), one.id.lower())]
    return {"colleague": named[0].id} if len(named) == 1 else Problem(Text("problem.choose"))


RESOLVE: Dialogue[MatterFacts] = Dialogue(
    "resolve",
    (
        Step(
            "outcome",
            lambda answers, facts: Text("ask.outcome", {"ref": reference(facts.ref)}),
            _outcome_choices,
            _read_outcome,
        ),
    ),
)

HAND_OVER: Dialogue[MatterFacts] = Dialogue(
    "hand_over",
    (
        Step(
            "colleague",
            lambda answers, facts: Text("ask.colleague", {"ref": reference(facts.ref)}),
            _colleague_choices,
            _read_colleague,
        ),
    ),
)
