"""What the responsible person is asked about a case's agreement. Before anything is done the
question says what it will do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.dialogues.dates import read_when
from bot.dialogues.engine import CANCELLED, Answers, Changes, Choice, Dialogue, Problem, Step
from bot.domain.agreement_changes import (
    ENDS_SHARING,
    STOPS_MESSAGES,
    TERMS_MONTHS,
    CaseAgreements,
    Change,
    Evaluation,
)
from bot.domain.disclosure import Text, reference

BACK = Choice(Text("choice.back"), {CANCELLED: "yes"})
OLDEST_SIGNATURE = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """The case by its code here, its agreements, and what each change would do: how many care
    workers leave the room and how many messages are not sent."""

    code: str
    agreements: CaseAgreements
    workers: Mapping[Change, int]
    messages: Mapping[Change, int]


def _ask_change(answers: Answers, facts: AgreementFacts) -> Text:
    state = facts.agreements.state
    fields = {"code": reference(facts.code)}
    if state is None:
        return Text("agreement.none", fields)
    current = facts.agreements.current
    ends = reference(f"{current.ends:%d-%m-%Y}" if current else "")
    return Text(
        "agreement.stands",
        {**fields, "state": reference(Text(f"agreement.state.{state}")), "ends": ends},
    )


def _changes(answers: Answers, facts: AgreementFacts) -> tuple[Choice, ...]:
    possible = facts.agreements.possible
    rows = tuple(Choice(Text(f"agreement.change.{one}"), {"change": one}) for one in possible)
    return (*rows, BACK)


def _parties(answers: Answers, facts: AgreementFacts) -> tuple[Choice, ...]:
    unsigned = facts.agreements.unsigned
    return (*(Choice(Text(f"party.{one}"), {"party": one}) for one in unsigned), BACK)


def _days(answers: Answers, facts: AgreementFacts) -> tuple[Choice, ...]:
    today = facts.agreements.today
    yesterday = today - timedelta(days=1)
    return (
        Choice(Text("day.today"), {"day": today.isoformat()}),
        Choice(Text("day.yesterday"), {"day": yesterday.isoformat()}),
        BACK,
    )


def _read_day(text: str, answers: Answers, facts: AgreementFacts) -> Changes | Problem:
    """A day that has been: of a day and month alone the last one."""
    today = facts.agreements.today
    when = read_when(text, today)
    if when is not None and when.day > today:
        when = read_when(text, today - OLDEST_SIGNATURE)
    if when is None:
        return Problem(Text("problem.when"))
    if when.day > today:
        return Problem(Text("problem.not_yet"))
    return {"day": when.day.isoformat()}


def _terms(answers: Answers, facts: AgreementFacts) -> tuple[Choice, ...]:
    rows = (
        Choice(Text("agreement.months", {"n": reference(months)}), {"months": str(months)})
        for months in TERMS_MONTHS
    )
    return (*rows, BACK)


def _evaluations(answers: Answers, facts: AgreementFacts) -> tuple[Choice, ...]:
    rows = (Choice(Text(f"evaluation.{one}"), {"evaluation": one}) for one in Evaluation)
    return (*rows, BACK)


def _ask_sure(answers: Answers, facts: AgreementFacts) -> Text:
    """What it will do, said before it is done."""
    change = Change(answers["change"])
    return Text(
        f"agreement.sure.{change}",
        {
            "code": reference(facts.code),
            "effects": reference(
                effects_text(change, facts.workers[change], facts.messages[change])
            ),
        },
    )


def effects_text(change: Change, workers: int, messages: int) -> Text:
    """How many leave and what is not sent; nothing where nothing of the kind happens."""
    lines = []
    if change in ENDS_SHARING:
        lines.append(Text("agreement.workers", {"n": reference(workers)}))
    if change in STOPS_MESSAGES:
        lines.append(Text("agreement.messages", {"n": reference(messages)}))
    return (
        Text("agreement.effects", {"lines": reference(tuple(lines))}) if lines else Text("nothing")
    )


def _sure(answers: Answers, facts: AgreementFacts) -> tuple[Choice, ...]:
    return (Choice(Text("choice.yes_do_it"), {"sure": "yes"}), BACK)


def _choose(text: str, answers: Answers, facts: AgreementFacts) -> Changes | Problem:
    return Problem(Text("problem.choose"))


def _of(*changes: Change) -> frozenset[str]:
    return frozenset(changes)


_SIGNS, _HAS_TERM, _ENDS = _of(Change.SIGN), _of(Change.BEGIN, Change.RENEW), _of(Change.END)


AGREEMENT: Dialogue[AgreementFacts] = Dialogue(
    "agreement",
    (
        Step("change", _ask_change, _changes, _choose),
        Step(
            "party",
            lambda answers, facts: Text("ask.party"),
            _parties,
            _choose,
            applies=lambda answers, facts: answers["change"] in _SIGNS,
        ),
        Step(
            "day",
            lambda answers, facts: Text("ask.signed_on"),
            _days,
            _read_day,
            applies=lambda answers, facts: answers["change"] in _SIGNS,
        ),
        Step(
            "months",
            lambda answers, facts: Text("ask.months"),
            _terms,
            _choose,
            applies=lambda answers, facts: answers["change"] in _HAS_TERM,
        ),
        Step(
            "evaluation",
            lambda answers, facts: Text("ask.evaluation"),
            _evaluations,
            _choose,
            applies=lambda answers, facts: answers["change"] in _ENDS,
        ),
        Step(
            "sure",
            _ask_sure,
            _sure,
            _choose,
            applies=lambda answers, facts: answers["change"] not in _SIGNS | _HAS_TERM,
        ),
    ),
)
