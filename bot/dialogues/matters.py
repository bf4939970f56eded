"""What a consultant is asked about a matter: how it ended, which colleague takes it over, or until
when it can wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from bot.dialogues.dates import read_when
from bot.dialogues.engine import CANCELLED, Answers, Changes, Choice, Dialogue, Problem, Step
from bot.domain.disclosure import Text, public, reference
from bot.domain.people import Person
from bot.domain.signals import Outcome
from bot.domain.worktime import Hours, WorkCalendar

BACK = Choice(Text("choice.back"), {CANCELLED: "yes"})


@dataclass(frozen=True, slots=True)
class MatterFacts:
    """The matter's reference, the colleagues who could take it over, and what time it is there."""

    ref: str
    now: datetime
    calendar: WorkCalendar
    colleagues: tuple[Person, ...] = ()

    @property
    def today(self) -> date:
        return self.calendar.local_day(self.now)


def _outcome_choices(answers: Answers, facts: MatterFacts) -> tuple[Choice, ...]:
    rows = tuple(Choice(Text(f"outcome.{one}"), {"outcome": one}) for one in Outcome)
    return (*rows, BACK)


def _colleague_choices(answers: Answers, facts: MatterFacts) -> tuple[Choice, ...]:
    rows = tuple(
        Choice(Text("choice.plain", {"label": public(colleague.name)}), {"colleague": colleague.id})
        for colleague in facts.colleagues
    )
    return (*rows, BACK)


OUTCOME_WORDS: Mapping[Outcome, tuple[str, ...]] = MappingProxyType(
    {
        Outcome.SOLVED: ("opgelost", "klaar", "solved", "fixed"),
        Outcome.IN_TOUCH: ("gesproken", "contact", "spoke", "in touch"),
        Outcome.NOTHING_FOUND: ("niets", "loos", "nothing"),
        Outcome.PASSED_ON: ("doorgezet", "doorgegeven", "overgedragen", "passed"),
        Outcome.NOT_HOUSING: ("hoort niet", "niet van ons", "not ours", "not housing"),
    }
)
"""How an outcome is typed: a line that begins with one of these words, or holds it."""


def _read_outcome(text: str, answers: Answers, facts: MatterFacts) -> Changes | Problem:
    """Only where exactly one outcome is named."""
    typed = text.strip().casefold()
    named = [one for one, words in OUTCOME_WORDS.items() if any(word in typed for word in words)]
    return {"outcome": named[0]} if len(named) == 1 else Problem(Text("problem.choose"))


def _read_colleague(text: str, answers: Answers, facts: MatterFacts) -> Changes | Problem:
    wanted = text.strip().lower()
    named = [one for one in facts.colleagues if wanted in (one.name.lower(), one.id.lower())]
    return {"colleague": named[0].id} if len(named) == 1 else Problem(Text("problem.choose"))


AFTERNOON = time(13, 30)
LONGEST_SNOOZE = timedelta(days=92)


def _later_choices(answers: Answers, facts: MatterFacts) -> tuple[Choice, ...]:
    """This afternoon while it is still morning, the next working day, in a week."""
    calendar, today = facts.calendar, facts.today
    afternoon = calendar.at(today, AFTERNOON)
    rows = []
    if calendar.is_working_day(today) and facts.now < afternoon - timedelta(hours=1):
        rows.append(Choice(Text("later.afternoon"), _until(afternoon)))
    for key, days in (("later.tomorrow", 1), ("later.week", 7)):
        opens = calendar.at(today + timedelta(days=days), time())
        moment = calendar.next_moment(opens, Hours.OFFICE)
        day = f"{calendar.local_day(moment):%d-%m}"
        rows.append(Choice(Text(key, {"day": public(day)}), _until(moment)))
    return (*rows, BACK)


def _read_later(text: str, answers: Answers, facts: MatterFacts) -> Changes | Problem:
    """A day, with or without a time; it ends at a moment in office hours."""
    when = read_when(text, facts.today)
    if when is None:
        return Problem(Text("problem.when"))
    wanted = facts.calendar.at(when.day, when.time or time())
    if wanted + timedelta(days=1) < facts.now or (when.time and wanted <= facts.now):
        return Problem(Text("problem.past"))
    if when.day - facts.today > LONGEST_SNOOZE:
        return Problem(Text("problem.too_far"))
    return _until(facts.calendar.next_moment(max(wanted, facts.now), Hours.OFFICE))


def _until(moment: datetime) -> Changes:
    return {"until": moment.isoformat()}


SNOOZE: Dialogue[MatterFacts] = Dialogue(
    "snooze",
    (
        Step(
            "until",
            lambda answers, facts: Text("ask.later", {"ref": reference(facts.ref)}),
            _later_choices,
            _read_later,
        ),
    ),
)

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
