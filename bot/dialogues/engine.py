"""Conversations as data: a dialogue is a list of steps, a state is the answers given so far.

Pure and channel-neutral. The position is derived from the answers, never stored. What was offered
is frozen in the state, so after a restart, a double press or a change in the registry a button
still means exactly what it said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Generic, TypeVar

from bot.domain.disclosure import Text

Facts = TypeVar("Facts")
Answers = Mapping[str, str]
Changes = Mapping[str, str | None]
"""New answers by step name; None takes an answer back, so that its step is asked again."""

CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Choice:
    label: Text
    gives: Changes


@dataclass(frozen=True, slots=True)
class Problem:
    """Typed text that a step cannot read: what is wrong and what to do."""

    text: Text


@dataclass(frozen=True, slots=True)
class Step(Generic[Facts]):
    """One question. `read` understands typed text; `default` is what a one-line command leaves out.

    In a one-line command a step takes the shortest beginning it can read, of at most `line_words`
    words; `takes_rest` marks a step that takes all that is left.
    """

    name: str
    question: Callable[[Answers, Facts], Text]
    choices: Callable[[Answers, Facts], tuple[Choice, ...]]
    read: Callable[[str, Answers, Facts], Changes | Problem]
    applies: Callable[[Answers, Facts], bool] = lambda answers, facts: True
    default: Callable[[Answers], Changes] | None = None
    takes_rest: bool = False
    line_words: int = 4


@dataclass(frozen=True, slots=True)
class Dialogue(Generic[Facts]):
    name: str
    steps: tuple[Step[Facts], ...]


@dataclass(frozen=True, slots=True)
class Screen:
    """What a channel shows: a text, what may be chosen, and what was wrong with the last answer."""

    text: Text
    choices: tuple[Choice, ...] = ()
    problem: Text | None = None


@dataclass(frozen=True, slots=True)
class DialogueState:
    """All there is to know of a running dialogue. `about` names its matter; `expires_at` is UTC.

    `platform` is the door it was opened at; it stands there and is answered there.
    """

    id: str
    dialogue: str
    about: str
    answers: Answers
    screen: Screen | None
    revision: int
    expires_at: datetime
    platform: str = "telegram"

    @property
    def finished(self) -> bool:
        return self.screen is None

    @property
    def cancelled(self) -> bool:
        return CANCELLED in self.answers


@dataclass(frozen=True, slots=True)
class Press:
    """A button: which dialogue, at which revision, which of the choices."""

    dialogue: str
    revision: int
    index: int


@dataclass(frozen=True, slots=True)
class Typed:
    text: str


class Stale(Exception):
    """This button belongs to a form that is no longer there."""


class Repeated(Exception):
    """This button is of an earlier screen; pressing it again changes nothing."""


def position(dialogue: Dialogue[Facts], answers: Answers, facts: Facts) -> Step[Facts] | None:
    """The first step that applies and has no answer; None when the dialogue is at its end."""
    if CANCELLED in answers:
        return None
    for step in dialogue.steps:
        if step.name not in answers and step.applies(answers, facts):
            return step
    return None


def start(
    dialogue: Dialogue[Facts], blank: DialogueState, answers: Answers, facts: Facts
) -> DialogueState:
    """A running dialogue with some answers filled in beforehand."""
    return _shown(dialogue, replace(blank, dialogue=dialogue.name, answers=answers), facts)


def answer(
    dialogue: Dialogue[Facts], state: DialogueState, given: Press | Typed, facts: Facts
) -> DialogueState:
    """The state after an answer, one revision on.

    Raises Repeated for a button of an earlier screen, Stale for one of another dialogue or for
    text after the end.
    """
    if isinstance(given, Press):
        return _changed(dialogue, state, pressed(state, given).gives, facts)
    step = None if state.finished else position(dialogue, state.answers, facts)
    if step is None:
        raise Stale
    read = step.read(given.text, state.answers, facts)
    if isinstance(read, Problem):
        return _shown(dialogue, state, facts, problem=read.text)
    return _changed(dialogue, state, read, facts)


def answer_line(
    dialogue: Dialogue[Facts], state: DialogueState, line: str, facts: Facts
) -> DialogueState:
    """Feeds a one-line command to the same steps, word by word; stops where a step is unclear.

    Words that no step takes are dropped; the last screen shows what was understood.
    """
    words = line.split()
    while step := position(dialogue, state.answers, facts):
        taken, used = _take(step, words, state.answers, facts)
        if taken is None:
            break
        if isinstance(taken, Problem):
            return _shown(dialogue, state, facts, problem=taken.text)
        state = _changed(dialogue, state, taken, facts)
        words = words[used:]
    return state


def pressed(state: DialogueState, press: Press) -> Choice:
    """The choice a button stands for. Raises Repeated or Stale as `answer` does."""
    if press.dialogue != state.id:
        raise Stale
    if press.revision < state.revision:
        raise Repeated
    offered = state.screen.choices if state.screen else ()
    if press.revision > state.revision or not 0 <= press.index < len(offered):
        raise Stale
    return offered[press.index]


def _take(
    step: Step[Facts], words: list[str], answers: Answers, facts: Facts
) -> tuple[Changes | Problem | None, int]:
    if words and step.takes_rest:
        return step.read(" ".join(words), answers, facts), len(words)
    problem: Problem | None = None
    for count in range(1, min(step.line_words, len(words)) + 1):
        read = step.read(" ".join(words[:count]), answers, facts)
        if not isinstance(read, Problem):
            return read, count
        problem = read
    return (step.default(answers), 0) if step.default else (problem, 0)


def _changed(
    dialogue: Dialogue[Facts], state: DialogueState, changes: Changes, facts: Facts
) -> DialogueState:
    merged = {**state.answers, **changes}
    answers = {name: value for name, value in merged.items() if value is not None}
    return _shown(dialogue, replace(state, answers=answers), facts)


def _shown(
    dialogue: Dialogue[Facts],
    state: DialogueState,
    facts: Facts,
    problem: Text | None = None,
) -> DialogueState:
    step = position(dialogue, state.answers, facts)
    screen = None
    if step is not None:
        question = step.question(state.answers, facts)
        screen = Screen(question, step.choices(state.answers, facts), problem)
    return replace(state, screen=screen, revision=state.revision + 1)
