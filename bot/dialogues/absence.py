"""What somebody is asked who is going to be away: from when, until when, and who stands in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from bot.dialogues.dates import periods_in, read_when
from bot.dialogues.engine import CANCELLED, Answers, Changes, Choice, Dialogue, Problem, Step
from bot.domain.absences import is_away, overlap, stands_in_for_itself
from bot.domain.disclosure import Field, Text, public
from bot.domain.people import Person, Role
from bot.domain.tenancies import Absence

LONGEST_ABSENCE = timedelta(days=366)
FURTHEST_AHEAD = timedelta(days=366)
NEW = "new"
NOBODY = ""
"""No deputy of one's own: the usual one, else a team lead, stands in."""

_UNTIL = frozenset({"t/m", "tm", "tot", "until", "till"})
_FILLERS = frozenset(
    {"en", "met", "vanaf", "from", "vervanger", "waarnemer", "deputy", "door", "naar"}
)
_NOBODY_WORDS = frozenset({"niemand", "geen", "nobody", "none", "no one"})
_NO_LETTERS = re.compile(r"[^\w\s-]")


@dataclass(frozen=True, slots=True)
class AbsenceFacts:
    """Who asks, which day it is, who works here, and who is or will be away."""

    me: Person
    today: date
    colleagues: tuple[Person, ...]
    absences: tuple[Absence, ...]

    @property
    def own(self) -> tuple[Absence, ...]:
        return tuple(one for one in self.absences if one.person == self.me.id)

    @property
    def needs_no_deputy(self) -> bool:
        """Whether a team lead stands in where nobody is named."""
        has_lead = any(one.role is Role.TEAM_LEAD for one in self.colleagues)
        return has_lead and self.me.deputy is None

    @property
    def people(self) -> Mapping[str, Person]:
        return MappingProxyType({one.id: one for one in (*self.colleagues, self.me)})


def absence_in(answers: Answers, facts: AbsenceFacts) -> Absence:
    """What was answered, as far as the deputy is known."""
    return Absence(
        facts.me.organisation,
        facts.me.id,
        date.fromisoformat(answers["starts"]),
        date.fromisoformat(answers["ends"]),
        answers.get("deputy") or None,
    )


def chosen(answers: Answers, facts: AbsenceFacts) -> Absence | None:
    """The absence that is to be ended or taken back; None when it is no longer there."""
    wanted = answers.get("planned")
    return next((one for one in facts.own if one.starts.isoformat() == wanted), None)


def read_line(line: str, facts: AbsenceFacts) -> tuple[dict[str, str], Problem | None]:
    """What `/afwezig` was typed with, in any order: days and a colleague. What is not understood
    is left to be asked, and what is wrong with it is said."""
    if not line.strip():
        return {}, None
    days, rest, wrong = _days_in(line.replace(",", " ").split(), facts)
    answers = {"planned": NEW, **days}
    if not rest:
        return answers, wrong
    deputy = _read_deputy(rest, answers, facts)
    if isinstance(deputy, Problem):
        return answers, wrong or deputy
    return answers | {"deputy": str(deputy["deputy"])}, wrong


def _days_in(words: list[str], facts: AbsenceFacts) -> tuple[dict[str, str], str, Problem | None]:
    """The days that are named, the other words, and what is wrong with the days. One day alone is
    the first one, or the last where `t/m` stands before it."""
    for place in range(len(words)):
        found = next(periods_in(" ".join(words[place:]), facts.today), None)
        if found is None:
            continue
        (starts, ends), after = found
        before = words[:place]
        rest = _without_fillers([*before, *after.split()])
        if wrong := _wrong_with(starts, ends, facts):
            return {}, rest, wrong
        if before and before[-1].casefold() in _UNTIL:
            return {"ends": ends.isoformat()}, rest, None
        days = {"starts": starts.isoformat()}
        used = words[place : len(words) - len(after.split())]
        if starts != ends or _UNTIL.intersection(word.casefold() for word in used):
            days["ends"] = ends.isoformat()
        return days, rest, None
    return {}, _without_fillers(words), None


def _without_fillers(words: list[str]) -> str:
    return " ".join(word for word in words if word.casefold() not in _FILLERS | _UNTIL)


def _wrong_with(starts: date, ends: date, facts: AbsenceFacts) -> Problem | None:
    if starts < facts.today:
        return Problem(Text("problem.past"))
    if starts - facts.today > FURTHEST_AHEAD or ends - starts > LONGEST_ABSENCE:
        return Problem(Text("absence.too_far"))
    if ends < starts:
        return Problem(Text("absence.ends_too_soon"))
    wanted = Absence(facts.me.organisation, facts.me.id, starts, ends)
    other = next((one for one in facts.own if overlap(one, wanted)), None)
    return Problem(Text("absence.already", _period(other))) if other else None


# the steps


def _planned_choices(answers: Answers, facts: AbsenceFacts) -> tuple[Choice, ...]:
    rows = tuple(
        Choice(
            Text("absence.end" if is_away(one, facts.today) else "absence.withdraw", _period(one)),
            {"planned": one.starts.isoformat()},
        )
        for one in facts.own
    )
    return (*rows, Choice(Text("absence.another"), {"planned": NEW}), _back())


def _read_planned(text: str, answers: Answers, facts: AbsenceFacts) -> Changes | Problem:
    answered, wrong = read_line(text, facts)
    return answered if len(answered) > 1 else wrong or Problem(Text("problem.choose"))


def _is_new(answers: Answers, facts: AbsenceFacts) -> bool:
    return answers.get("planned", NEW) == NEW


def _start_choices(answers: Answers, facts: AbsenceFacts) -> tuple[Choice, ...]:
    monday = facts.today + timedelta(days=7 - facts.today.weekday())
    days = {"absence.today": facts.today, "absence.tomorrow": facts.today + timedelta(days=1)}
    days |= {"absence.next_monday": monday}
    rows = _offered(days, lambda day: _first_day(day, answers, facts))
    return (*rows, _back())


def _read_start(text: str, answers: Answers, facts: AbsenceFacts) -> Changes | Problem:
    """The first day; where more is typed, as in a whole line, that counts too."""
    answered, _ = read_line(text, facts)
    if "starts" in answered and ("ends" in answered or "ends" not in answers):
        return answered
    found = read_when(text, facts.today)
    if found is not None:
        return _first_day(found.day, answers, facts)
    _, _, wrong = _days_in(text.split(), facts)
    return wrong or Problem(Text("problem.when"))


def _first_day(day: date, answers: Answers, facts: AbsenceFacts) -> Changes | Problem:
    ends = date.fromisoformat(answers["ends"]) if "ends" in answers else day
    return _wrong_with(day, ends, facts) or {"starts": day.isoformat()}


def _end_choices(answers: Answers, facts: AbsenceFacts) -> tuple[Choice, ...]:
    starts = date.fromisoformat(answers["starts"])
    friday = starts + timedelta(days=(4 - starts.weekday()) % 7)
    days = {
        "absence.one_day": starts,
        "absence.until_friday": friday,
        "absence.one_week": starts + timedelta(days=6),
        "absence.two_weeks": starts + timedelta(days=13),
    }
    rows = _offered(days, lambda day: _last_day(day, answers, facts))
    return (*rows, _back())


def _offered(
    days: Mapping[str, date], given_by: Callable[[date], Changes | Problem]
) -> list[Choice]:
    """A button for each of these days that can be, by its first name only."""
    names = {day: key for key, day in reversed(list(days.items()))}
    given = {day: given_by(day) for day in sorted(names)}
    return [
        Choice(Text(names[day], _day(day)), gives)
        for day, gives in given.items()
        if not isinstance(gives, Problem)
    ]


def _read_end(text: str, answers: Answers, facts: AbsenceFacts) -> Changes | Problem:
    """A day, or a length of time, seen from the first day on."""
    starts = date.fromisoformat(answers["starts"])
    bare = " ".join(word for word in text.split() if word.casefold() not in _UNTIL)
    found = read_when(bare, starts)
    if found is None:
        return Problem(Text("problem.when"))
    return _last_day(found.day, answers, facts)


def _last_day(day: date, answers: Answers, facts: AbsenceFacts) -> Changes | Problem:
    """With it the deputy is asked for again who turns out to be away then."""
    wrong = _wrong_with(date.fromisoformat(answers["starts"]), day, facts)
    given = {"ends": day.isoformat()}
    deputy = answers.get("deputy")
    if not wrong and deputy and _circle({**answers, **given}, facts, deputy):
        return {**given, "deputy": None}
    return wrong or given


def _deputy_choices(answers: Answers, facts: AbsenceFacts) -> tuple[Choice, ...]:
    """The usual deputy first; nobody who would bring it round in a circle."""
    able = [one for one in facts.colleagues if not _circle(answers, facts, one.id)]
    able.sort(key=lambda one: (one.id != facts.me.deputy, one.name))
    rows = [
        Choice(
            Text(
                "absence.usual" if one.id == facts.me.deputy else "choice.plain",
                {"label": public(one.name)},
            ),
            {"deputy": one.id},
        )
        for one in able
    ]
    if facts.needs_no_deputy:
        rows.append(Choice(Text("absence.nobody"), {"deputy": NOBODY}))
    return (*rows, _back())


def _read_deputy(text: str, answers: Answers, facts: AbsenceFacts) -> Changes | Problem:
    wanted = " ".join(_NO_LETTERS.sub(" ", text).casefold().split())
    if wanted in _NOBODY_WORDS and facts.needs_no_deputy:
        return {"deputy": NOBODY}
    named = [one for one in facts.colleagues if wanted in (one.id.casefold(), one.name.casefold())]
    named = named or [one for one in facts.colleagues if wanted == one.name.casefold().split()[0]]
    if len(named) != 1:
        return Problem(Text("absence.who"))
    if "ends" in answers and "starts" in answers and _circle(answers, facts, named[0].id):
        return Problem(Text("absence.circle", {"name": public(named[0].name)}))
    return {"deputy": named[0].id}


def _circle(answers: Answers, facts: AbsenceFacts, deputy: str) -> bool:
    planned = absence_in({**answers, "deputy": deputy}, facts)
    return stands_in_for_itself(planned, facts.absences, facts.people)


def _summary(answers: Answers, facts: AbsenceFacts) -> Text:
    absence = absence_in(answers, facts)
    if absence.deputy is None:
        return Text("absence.summary_nobody", _period(absence))
    name = facts.people[absence.deputy].name if absence.deputy in facts.people else absence.deputy
    return Text("absence.summary", _period(absence) | {"name": public(name)})


def _confirm_choices(answers: Answers, facts: AbsenceFacts) -> tuple[Choice, ...]:
    again: Changes = {"starts": None, "ends": None, "deputy": None}
    return (
        Choice(Text("absence.confirm"), {"confirm": "yes"}),
        Choice(Text("absence.change"), again),
        _back(),
    )


def _read_confirm(text: str, answers: Answers, facts: AbsenceFacts) -> Changes | Problem:
    if text.strip().casefold() in ("ja", "ok", "oke", "oké", "yes"):
        return {"confirm": "yes"}
    return Problem(Text("problem.choose"))


def _back() -> Choice:
    return Choice(Text("choice.back"), {CANCELLED: "yes"})


def _day(day: date) -> dict[str, Field]:
    return {"day": public(f"{day:%d-%m}")}


def _period(absence: Absence) -> dict[str, Field]:
    return {
        "starts": public(f"{absence.starts:%d-%m-%Y}"),
        "ends": public(f"{absence.ends:%d-%m-%Y}"),
    }


ABSENCE: Dialogue[AbsenceFacts] = Dialogue(
    "absence",
    (
        Step(
            "planned",
            lambda answers, facts: Text("absence.known"),
            _planned_choices,
            _read_planned,
            applies=lambda answers, facts: bool(facts.own),
        ),
        Step(
            "starts",
            lambda answers, facts: Text("absence.ask_start"),
            _start_choices,
            _read_start,
            applies=_is_new,
        ),
        Step(
            "ends",
            lambda answers, facts: Text(
                "absence.ask_end", _day(date.fromisoformat(answers["starts"]))
            ),
            _end_choices,
            _read_end,
            applies=_is_new,
        ),
        Step(
            "deputy",
            lambda answers, facts: Text("absence.ask_deputy"),
            _deputy_choices,
            _read_deputy,
            applies=_is_new,
        ),
        Step("confirm", _summary, _confirm_choices, _read_confirm, applies=_is_new),
    ),
)
