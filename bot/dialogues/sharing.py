"""What a consultant tells the care side about a matter: the facts, or words of the consultant's
own. What the sender of a signal wrote never goes along by itself."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.dialogues.engine import CANCELLED, Answers, Changes, Choice, Dialogue, Problem, Step
from bot.dialogues.intake_note import LONGEST_NOTE
from bot.domain.disclosure import Text, own_form, reference
from bot.domain.screening import Outcome as Screened
from bot.domain.screening import OwnAddress, Screening

BACK = Choice(Text("choice.back"), {CANCELLED: "yes"})
FACTS_ONLY = ""


@dataclass(frozen=True, slots=True)
class SharingFacts:
    """The matter, the case's code as its room has it, and what looks through the words."""

    ref: str
    code: str
    screen: Callable[[str, OwnAddress | None], Screening]


def _words(answers: Answers, facts: SharingFacts) -> tuple[Choice, ...]:
    return (Choice(Text("share.facts_only"), {"words": FACTS_ONLY}), BACK)


def _read_words(text: str, answers: Answers, facts: SharingFacts) -> Changes | Problem:
    if len(text) > LONGEST_NOTE:
        return Problem(Text("problem.note_too_long", {"limit": reference(LONGEST_NOTE)}))
    if facts.screen(text, None).outcome is not Screened.ACCEPT:
        return Problem(Text("problem.share_words"))
    return {"words": text}


def _ask_sure(answers: Answers, facts: SharingFacts) -> Text:
    words = answers["words"]
    told = Text("share.words", {"words": own_form(words)}) if words else Text("share.only_facts")
    return Text("share.sure", {"code": own_form(facts.code), "told": own_form(told)})


def _sure(answers: Answers, facts: SharingFacts) -> tuple[Choice, ...]:
    return (Choice(Text("choice.yes_do_it"), {"sure": "yes"}), BACK)


def _choose(text: str, answers: Answers, facts: SharingFacts) -> Changes | Problem:
    return Problem(Text("problem.choose"))


SHARING: Dialogue[SharingFacts] = Dialogue(
    "sharing",
    (
        Step(
            "words",
            lambda answers, facts: Text("ask.share", {"ref": own_form(facts.ref)}),
            _words,
            _read_words,
        ),
        Step("sure", _ask_sure, _sure, _choose),
    ),
)
