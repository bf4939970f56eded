"""What a plain sentence already answers. It only proposes: the sender sees and checks the form."""

from collections.abc import Mapping

from bot.dialogues.engine import Answers, Changes
from bot.dialogues.intake_facts import IntakeFacts, says_more_than_a_place, unit_answer
from bot.dialogues.intake_note import LONGEST_NOTE, note_answer
from bot.dialogues.understanding import Intent, category_of, intent_of, urgency_of
from bot.domain.signals import CATEGORIES, Category, categories_for
from bot.domain.urgency import Urgency

WORDS_THAT_TELL = 4
"""From so many words on, typed text is read as a sentence about what was seen."""


def prefill(text: str, facts: IntakeFacts) -> Answers:
    """The answers that a plain sentence already gives. The sender sees and checks them all."""
    changes: dict[str, str | None] = {}
    if len(facts.found) == 1:
        changes |= unit_answer(facts.found[0])
    elif len(facts.areas) == 1:
        changes["neighbourhood"] = facts.areas[0].id
    category = category_of(text)
    if category in categories_for(facts.role):
        changes |= category_answer(category)
    if says_more_than_a_place(text, facts) and len(text) <= LONGEST_NOTE:
        changes |= note_answer(text, changes, facts)
    if urgency_of(text) is Urgency.URGENT and changes.get("urgency") != Urgency.ACUTE:
        changes["urgency"] = Urgency.URGENT
    changes |= _by_intent(intent_of(text), changes, facts)
    return {name: value for name, value in changes.items() if value is not None}


def told(text: str, answers: Answers, facts: IntakeFacts) -> Answers:
    """What a sentence tells besides the answer to the question; answers given before stay."""
    if len(text.split()) < WORDS_THAT_TELL or not says_more_than_a_place(text, facts):
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


def category_answer(category: Category) -> Changes:
    return {"category": category, "urgency": CATEGORIES[category].urgency}
