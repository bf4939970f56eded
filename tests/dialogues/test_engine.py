"""The engine, on a small dialogue of its own: ordering lunch."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.dialogues.engine import (
    CANCELLED,
    Answers,
    Changes,
    Choice,
    Dialogue,
    DialogueState,
    Press,
    Problem,
    Repeated,
    Screen,
    Stale,
    Step,
    Typed,
    answer,
    answer_line,
    position,
    pressed,
    start,
)
from bot.domain.disclosure import Text, own_form, public

# the lunch dialogue: dish, size (not for soup), sauce (a line leaves it out), remark, check

Kitchen = tuple[str, ...]
"""The dishes there are today."""

TODAY: Kitchen = ("soup", "bread", "rice with beans")
CANCEL = Choice(Text("cancel"), {CANCELLED: "yes"})


def _choices(step: str, *values: str) -> tuple[Choice, ...]:
    return tuple(Choice(Text(f"{step}.{value}"), {step: value}) for value in values)


def _dish(text: str, answers: Answers, dishes: Kitchen) -> Changes | Problem:
    return {"dish": text} if text in dishes else Problem(Text("problem.dish"))


def _one_of(step: str, *values: str) -> Step[Kitchen]:
    def read(text: str, answers: Answers, dishes: Kitchen) -> Changes | Problem:
        return {step: text} if text in values else Problem(Text(f"problem.{step}"))

    return Step(
        step,
        lambda answers, dishes: Text(f"ask.{step}"),
        lambda answers, dishes: (*_choices(step, *values), CANCEL),
        read,
    )


def _remark(text: str, answers: Answers, dishes: Kitchen) -> Changes | Problem:
    return {"remark": text} if len(text) <= 20 else Problem(Text("problem.remark_too_long"))


DISH: Step[Kitchen] = Step(
    "dish",
    lambda answers, dishes: Text("ask.dish"),
    lambda answers, dishes: (*_choices("dish", *dishes), CANCEL),
    _dish,
)
SIZE = replace(
    _one_of("size", "small", "large"), applies=lambda answers, dishes: answers["dish"] != "soup"
)
SAUCE = replace(_one_of("sauce", "mild", "hot"), default=lambda answers: {"sauce": "mild"})
REMARK: Step[Kitchen] = Step(
    "remark",
    lambda answers, dishes: Text("ask.remark"),
    lambda answers, dishes: (Choice(Text("skip"), {"remark": ""}), CANCEL),
    _remark,
    takes_rest=True,
)
CHECK: Step[Kitchen] = Step(
    "check",
    lambda answers, dishes: Text("check", {name: own_form(answers[name]) for name in answers}),
    lambda answers, dishes: (
        Choice(Text("order"), {"check": "yes"}),
        Choice(Text("change_dish"), {"dish": None, "size": None}),
        Choice(Text("change_sauce"), {"sauce": None}),
        CANCEL,
    ),
    lambda text, answers, dishes: Problem(Text("problem.check")),
)
LUNCH: Dialogue[Kitchen] = Dialogue("lunch", (DISH, SIZE, SAUCE, REMARK, CHECK))

BLANK = DialogueState(
    id="d1",
    dialogue="",
    about="M-1",
    answers={},
    screen=None,
    revision=0,
    expires_at=datetime(2026, 11, 23, 12, 0, tzinfo=UTC),
)


def lunch(**answers: str) -> DialogueState:
    return start(LUNCH, BLANK, answers, TODAY)


def shown(state: DialogueState) -> str | None:
    return state.screen.text.key if state.screen else None


def labels(state: DialogueState) -> list[str]:
    return [choice.label.key for choice in state.screen.choices] if state.screen else []


def button(state: DialogueState, label: str) -> Press:
    return Press(state.id, state.revision, labels(state).index(label))


def press(state: DialogueState, label: str, dishes: Kitchen = TODAY) -> DialogueState:
    return answer(LUNCH, state, button(state, label), dishes)


def say(state: DialogueState, text: str, dishes: Kitchen = TODAY) -> DialogueState:
    return answer(LUNCH, state, Typed(text), dishes)


# from beginning to end


def test_a_dialogue_asks_its_steps_in_order_and_ends() -> None:
    state = lunch()
    assert shown(state) == "ask.dish"
    state = press(state, "dish.bread")
    assert shown(state) == "ask.size"
    state = press(state, "size.large")
    state = say(state, "hot")
    assert shown(state) == "ask.remark"
    state = say(state, "no onions")
    assert shown(state) == "check"
    state = press(state, "order")
    assert state.finished
    assert not state.cancelled
    assert state.answers == {
        "dish": "bread",
        "size": "large",
        "sauce": "hot",
        "remark": "no onions",
        "check": "yes",
    }


def test_what_is_known_beforehand_is_not_asked() -> None:
    assert shown(lunch(dish="bread", sauce="hot")) == "ask.size"
    assert shown(lunch(dish="bread", size="small", sauce="hot")) == "ask.remark"


def test_a_step_that_does_not_apply_is_left_out() -> None:
    assert shown(press(lunch(), "dish.soup")) == "ask.sauce"


def test_skipping_is_an_answer_too() -> None:
    state = press(lunch(dish="soup", sauce="hot"), "skip")
    assert state.answers["remark"] == ""
    assert shown(state) == "check"


def test_cancelling_ends_it_anywhere() -> None:
    for state in (lunch(), lunch(dish="bread"), lunch(dish="soup", sauce="hot", remark="")):
        cancelled = press(state, "cancel")
        assert cancelled.finished
        assert cancelled.cancelled
        assert position(LUNCH, cancelled.answers, TODAY) is None


def test_a_start_knows_its_dialogue_and_keeps_the_rest_of_the_blank() -> None:
    state = lunch()
    assert (state.dialogue, state.id, state.about) == ("lunch", BLANK.id, BLANK.about)
    assert state.expires_at == BLANK.expires_at
    assert state.revision == BLANK.revision + 1


# going back


def test_taking_an_answer_back_asks_it_again_and_keeps_the_others() -> None:
    state = lunch(dish="soup", sauce="hot", remark="")
    state = press(state, "change_sauce")
    assert shown(state) == "ask.sauce"
    assert state.answers == {"dish": "soup", "remark": ""}
    state = press(state, "sauce.mild")
    assert shown(state) == "check"
    assert state.answers == {"dish": "soup", "remark": "", "sauce": "mild"}


def test_another_dish_may_bring_a_question_that_did_not_apply() -> None:
    state = press(lunch(dish="soup", sauce="hot", remark=""), "change_dish")
    state = press(state, "dish.bread")
    assert shown(state) == "ask.size"


def test_taking_back_what_was_never_answered_is_harmless() -> None:
    state = press(lunch(dish="soup", sauce="hot", remark=""), "change_dish")
    assert "size" not in state.answers


# what was offered is frozen


def test_a_button_means_what_it_said_after_the_kitchen_changed() -> None:
    state = lunch()
    old = button(state, "dish.bread")
    closed: Kitchen = ("soup",)
    after = answer(LUNCH, state, old, closed)
    assert after.answers == {"dish": "bread"}


def test_typed_text_is_read_by_what_holds_now() -> None:
    state = say(lunch(), "bread", dishes=("soup",))
    assert state.screen is not None
    assert state.screen.problem == Text("problem.dish")
    assert labels(state) == ["dish.soup", "cancel"]


# problems


def test_text_that_cannot_be_read_says_what_is_wrong_and_asks_again() -> None:
    before = lunch()
    state = say(before, "pizza")
    assert shown(state) == "ask.dish"
    assert state.screen is not None
    assert state.screen.problem == Text("problem.dish")
    assert state.answers == before.answers
    assert state.revision == before.revision + 1


def test_a_problem_is_gone_after_the_next_answer() -> None:
    state = say(say(lunch(), "pizza"), "soup")
    assert state.screen is not None
    assert state.screen.problem is None


# stale and repeated


def test_pressing_twice_does_it_once() -> None:
    first = lunch()
    twice = button(first, "dish.bread")
    after = answer(LUNCH, first, twice, TODAY)
    with pytest.raises(Repeated):
        answer(LUNCH, after, twice, TODAY)


def test_pressing_the_last_button_twice_does_it_once() -> None:
    state = lunch(dish="soup", sauce="hot", remark="")
    twice = button(state, "order")
    after = answer(LUNCH, state, twice, TODAY)
    assert after.finished
    with pytest.raises(Repeated):
        answer(LUNCH, after, twice, TODAY)


def test_a_button_of_the_screen_before_a_problem_does_nothing() -> None:
    state = lunch()
    old = button(state, "dish.bread")
    with pytest.raises(Repeated):
        answer(LUNCH, say(state, "pizza"), old, TODAY)


@pytest.mark.parametrize(
    "wrong",
    [
        Press("d0", 1, 0),
        Press("", 1, 0),
        Press("d1", 2, 0),
        Press("d1", 1, 4),
        Press("d1", 1, -1),
    ],
    ids=["another form", "no form", "a screen to come", "no such choice", "before the first"],
)
def test_a_button_that_is_not_of_this_screen_is_stale(wrong: Press) -> None:
    with pytest.raises(Stale):
        answer(LUNCH, lunch(), wrong, TODAY)


def test_after_the_end_nothing_can_be_answered() -> None:
    done = press(lunch(dish="soup", sauce="hot", remark=""), "order")
    with pytest.raises(Stale):
        say(done, "soup")
    with pytest.raises(Stale):
        answer(LUNCH, done, Press(done.id, done.revision, 0), TODAY)


def test_the_end_stays_the_end_when_the_steps_would_ask_again() -> None:
    """A question added in a new version does not revive what was ordered before."""
    done = press(lunch(dish="soup", sauce="hot", remark=""), "order")
    longer = Dialogue("lunch", (*LUNCH.steps, _one_of("drink", "water", "milk")))
    with pytest.raises(Stale):
        answer(longer, done, Typed("water"), TODAY)


def test_a_press_can_be_looked_up_without_answering() -> None:
    state = lunch()
    assert pressed(state, button(state, "dish.soup")).gives == {"dish": "soup"}
    with pytest.raises(Stale):
        pressed(state, Press("d0", 1, 0))


# one line


def line(text: str, dishes: Kitchen = TODAY, **answers: str) -> DialogueState:
    return answer_line(LUNCH, start(LUNCH, BLANK, answers, dishes), text, dishes)


def test_a_line_answers_the_steps_word_by_word() -> None:
    state = line("bread large hot no onions please")
    assert state.answers == {
        "dish": "bread",
        "size": "large",
        "sauce": "hot",
        "remark": "no onions please",
    }
    assert shown(state) == "check"


def test_a_line_takes_as_many_words_as_a_step_needs() -> None:
    assert line("rice with beans large").answers == {
        "dish": "rice with beans",
        "size": "large",
        "sauce": "mild",
    }


def test_a_line_may_leave_out_what_has_a_usual_answer() -> None:
    state = line("bread large no onions")
    assert state.answers == {
        "dish": "bread",
        "size": "large",
        "sauce": "mild",
        "remark": "no onions",
    }


def test_a_line_stops_where_it_is_unclear_and_says_so() -> None:
    state = line("bread huge hot")
    assert state.answers == {"dish": "bread"}
    assert shown(state) == "ask.size"
    assert state.screen is not None
    assert state.screen.problem == Text("problem.size")


def test_a_line_that_ends_early_asks_on_without_reproach() -> None:
    state = line("bread")
    assert shown(state) == "ask.size"
    assert state.screen is not None
    assert state.screen.problem is None


def test_an_empty_line_asks_the_first_question() -> None:
    state = line("   ")
    assert shown(state) == "ask.dish"
    assert state.answers == {}


def test_a_rest_that_is_too_long_is_a_problem_and_keeps_the_rest() -> None:
    state = line("soup hot " + "very " * 10)
    assert state.answers == {"dish": "soup", "sauce": "hot"}
    assert state.screen is not None
    assert state.screen.problem == Text("problem.remark_too_long")


def test_a_line_goes_on_where_the_dialogue_stands() -> None:
    assert line("large", dish="bread", sauce="hot").answers["size"] == "large"


def test_a_line_after_the_end_changes_nothing() -> None:
    done = press(lunch(dish="soup", sauce="hot", remark=""), "order")
    assert answer_line(LUNCH, done, "soup hot", TODAY) == done


# any conversation at all

words = st.sampled_from([*TODAY, "small", "large", "mild", "hot", "", "pizza", "x" * 21])
inputs = st.one_of(
    st.builds(Typed, st.one_of(words, st.text(max_size=30))),
    st.tuples(st.integers(-1, 2), st.integers(-1, 5)),
)
kitchens = st.sampled_from([TODAY, ("soup",), ()])
conversations = st.lists(st.tuples(inputs, kitchens), max_size=12)


def given_to(state: DialogueState, made: Typed | tuple[int, int]) -> Typed | Press:
    if isinstance(made, Typed):
        return made
    behind, index = made
    return Press(state.id, state.revision - behind, index)


def answered(state: DialogueState, made: Typed | tuple[int, int], dishes: Kitchen) -> DialogueState:
    """The state afterwards; what the engine refuses leaves it as it was."""
    try:
        return answer(LUNCH, state, given_to(state, made), dishes)
    except (Stale, Repeated):
        return state


def check_sound(state: DialogueState, dishes: Kitchen) -> None:
    step = position(LUNCH, state.answers, dishes)
    assert state.finished is (step is None)
    assert None not in state.answers.values()
    if step is not None:
        assert shown(state) in (f"ask.{step.name}", step.name)
        assert "cancel" in labels(state)


@given(conversations)
def test_no_conversation_breaks_it(
    conversation: list[tuple[Typed | tuple[int, int], Kitchen]],
) -> None:
    state = lunch()
    for made, dishes in conversation:
        after = answered(state, made, dishes)
        assert after.revision == state.revision + (after is not state)
        assert (after.id, after.about, after.dialogue) == (state.id, state.about, "lunch")
        check_sound(after, dishes)
        state = after


@given(st.text(max_size=60) | st.lists(words).map(" ".join), kitchens)
def test_no_line_breaks_it(text: str, dishes: Kitchen) -> None:
    before = start(LUNCH, BLANK, {}, dishes)
    after = answer_line(LUNCH, before, text, dishes)
    assert after.revision >= before.revision
    check_sound(after, dishes)


@given(conversations)
def test_after_every_restart_the_conversation_goes_on_the_same(
    conversation: list[tuple[Typed | tuple[int, int], Kitchen]],
) -> None:
    """A state that was written down and read back is as good as the one in memory."""
    remembered = reread = lunch()
    for made, dishes in conversation:
        remembered = answered(remembered, made, dishes)
        reread = answered(restarted(reread), made, dishes)
        assert reread == remembered


def test_writing_down_keeps_texts_within_texts() -> None:
    nested = Text("a", {"b": public((Text("c", {"d": own_form(1)}),)), "e": own_form(Text("f"))})
    state = replace(lunch(), screen=Screen(nested, (), Text("problem")))
    assert restarted(state) == state


STATE: TypeAdapter[DialogueState] = TypeAdapter(DialogueState)


def restarted(state: DialogueState) -> DialogueState:
    """The state as it comes back after it was written down as JSON."""
    return STATE.validate_json(STATE.dump_json(state))
