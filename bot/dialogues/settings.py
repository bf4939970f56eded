"""Small questions about the person's own settings: language, by which door to be alerted, and
unlinking."""

from bot.dialogues.engine import CANCELLED, Answers, Changes, Choice, Dialogue, Problem, Step
from bot.domain.disclosure import Text
from bot.domain.outbox import MATRIX, TELEGRAM

LANGUAGES = {"nl": ("nederlands", "nl", "dutch"), "en": ("english", "en", "engels")}


def _language_choices(answers: Answers, facts: None) -> tuple[Choice, ...]:
    return tuple(Choice(Text(f"language.{code}"), {"language": code}) for code in LANGUAGES)


def _read_language(text: str, answers: Answers, facts: None) -> Changes | Problem:
    for code, words in LANGUAGES.items():
        if text.strip().lower() in words:
            return {"language": code}
    return Problem(Text("problem.choose"))


def _stop_choices(answers: Answers, facts: None) -> tuple[Choice, ...]:
    return (
        Choice(Text("choice.keep_linked"), {CANCELLED: "yes"}),
        Choice(Text("choice.unlink"), {"unlink": "yes"}),
    )


LANGUAGE: Dialogue[None] = Dialogue(
    "language",
    (
        Step(
            "language",
            lambda answers, facts: Text("ask.language"),
            _language_choices,
            _read_language,
        ),
    ),
)

NUDGE_WORDS = {TELEGRAM: ("telegram", "telefoon", "phone"), MATRIX: ("matrix", "element")}


def _nudge_choices(answers: Answers, facts: None) -> tuple[Choice, ...]:
    return tuple(Choice(Text(f"nudges.by.{door}"), {"nudges": door}) for door in NUDGE_WORDS)


def _read_nudges(text: str, answers: Answers, facts: None) -> Changes | Problem:
    for door, words in NUDGE_WORDS.items():
        if text.strip().lower() in words:
            return {"nudges": door}
    return Problem(Text("problem.choose"))


NUDGES: Dialogue[None] = Dialogue(
    "nudges",
    (Step("nudges", lambda answers, facts: Text("ask.nudges"), _nudge_choices, _read_nudges),),
)

STOP: Dialogue[None] = Dialogue(
    "stop",
    (
        Step(
            "unlink",
            lambda answers, facts: Text("ask.unlink"),
            _stop_choices,
            lambda text, answers, facts: Problem(Text("problem.choose")),
        ),
    ),
)
