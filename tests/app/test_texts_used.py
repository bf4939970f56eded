"""Every sentence the code says stands in the catalogue, in both languages and with the fields it
needs; and every sentence of the catalogue is said somewhere."""

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest

from bot.app.consultants import ENDS_IN
from bot.app.matter_wording import BUTTONS_IN, MINUTES_IN
from bot.app.reachability import Way
from bot.config import OWN_REASONS
from bot.dialogues.settings import LANGUAGES as LANGUAGES_OFFERED
from bot.dialogues.settings import NUDGE_WORDS
from bot.dialogues.who import PURPOSES
from bot.domain.agreement_changes import ACT_OF, Change, Evaluation
from bot.domain.agreements import AgreementState, Party
from bot.domain.due import DueKind
from bot.domain.escalation import Step
from bot.domain.people import OWNER_ROLES, Role
from bot.domain.photos import PhotoFault
from bot.domain.screening import FindingClass
from bot.domain.signals import (
    CATEGORIES,
    TOLD,
    Outcome,
    Purpose,
    ReleasedStatus,
    Source,
    State,
)
from bot.domain.urgency import Urgency
from bot.texts.catalogue import LANGUAGES, load_catalogue
from handlers.telegram.commands import COMMANDS
from handlers.telegram.read import OTHER_THINGS
from storage.audit import Finding

ROOT = Path(__file__).parent.parent.parent
SOURCES = sorted(path for part in ("bot", "handlers") for path in (ROOT / part).rglob("*.py"))
OWN_TEST = "registry."
"""The registry's sentences have a test of their own, test_registry_words."""

SAID_WITH: dict[str, Iterable[str]] = {
    "age.": [key.removeprefix("age.") for key in MINUTES_IN],
    "agenda.kind.": [kind.name for kind in DueKind if kind is not DueKind.SIGNAL],
    "agenda.step.": Step,
    "agreement.change.": Change,
    "agreement.done.": (*(frozenset(Change)), "active"),
    "agreement.state.": AgreementState,
    "agreement.sure.": frozenset(ACT_OF),
    "audit.": Finding,
    "card.button.": [act for acts in BUTTONS_IN.values() for act in acts] + ["show"],
    "card.state.": State,
    "card.step.": TOLD,
    "category.": CATEGORIES,
    "command.": COMMANDS["nl"],
    "config.": OWN_REASONS,
    "demo.role.": (Role.MANAGER, Role.CONSULTANT),
    "digest.": ("overdue", "today", "new"),
    "evaluation.": Evaluation,
    "form.line.": ("unit", "category", "urgency", "note"),
    "found.": frozenset(FindingClass) - {FindingClass.EMERGENCY},
    "help.": OWNER_ROLES | {Role.MANAGER},
    "language.": LANGUAGES_OFFERED,
    "nudges.by.": NUDGE_WORDS,
    "outcome.": Outcome,
    "party.": Party,
    "photo.": PhotoFault,
    "purpose.": Purpose,
    "sent.": OTHER_THINGS.values(),
    "source.": Source,
    "staff.way.": Way,
    "status.": ReleasedStatus,
    "urgency.": Urgency,
    "welcome.": Role,
    "who.purpose.": PURPOSES,
}
"""Keys that are made of a word and a value, with every value there is."""

_KEY = re.compile(r"[a-z_]+(\.[A-Za-z0-9_]+)+")
_PLACE = re.compile(r"\{(\w+)\}")


@cache
def nodes() -> tuple[ast.AST, ...]:
    return tuple(
        node
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
    )


def sentences(language: str) -> dict[str, tuple[str, ...]]:
    every = load_catalogue().sentences[language]
    return {key: forms for key, forms in every.items() if not key.startswith(OWN_TEST)}


def constants() -> Iterator[str]:
    for node in nodes():
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def calls(*functions: str) -> Iterator[ast.Call]:
    for node in nodes():
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id in functions:
            yield node


def expanded() -> set[str]:
    return {f"{word}{value}" for word, values in SAID_WITH.items() for value in values}


def of_the_demonstration() -> set[str]:
    return {f"demo.{text}" for text in constants()}


def places(forms: tuple[str, ...]) -> set[str]:
    return {place for form in forms for place in _PLACE.findall(form)}


def test_every_sentence_is_said_somewhere() -> None:
    said = {*constants(), *expanded(), *of_the_demonstration()}

    assert sentences("nl").keys() - said == set()


def test_every_key_in_the_code_has_its_sentence() -> None:
    """A key is any text that looks like one and begins like a sentence of the catalogue."""
    begins_with = {key.split(".")[0] for key in sentences("nl")}
    events = {
        keyword.value.value
        for node in nodes()
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "event" and isinstance(keyword.value, ast.Constant)
    }
    keys = {
        text
        for text in constants()
        if _KEY.fullmatch(text)
        and text.split(".")[0] in begins_with
        and not text.endswith((".toml", ".po", ".db"))
    }

    assert len(keys) > 100
    assert keys - events - sentences("nl").keys() == set()
    assert expanded() - sentences("nl").keys() == set()


def test_every_key_that_is_put_together_is_listed_here() -> None:
    made = {
        first.value
        for call in calls("Text", "answer", "to_address")
        for argument in call.args
        if isinstance(argument, ast.JoinedStr)
        if isinstance(first := argument.values[0], ast.Constant)
    }

    assert len(made) > 10
    assert made - SAID_WITH.keys() - {"registry.", "demo."} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_asks_for_no_field_that_the_code_does_not_give(language: str) -> None:
    checked = 0
    for call in calls("Text"):
        key = call.args[0] if call.args else None
        if not isinstance(key, ast.Constant) or key.value not in sentences(language):
            continue
        if len(call.args) == 1:
            given = set[object]()
        elif isinstance(call.args[1], ast.Dict) and None not in call.args[1].keys:
            given = {name.value for name in call.args[1].keys if isinstance(name, ast.Constant)}
        else:
            continue
        checked += 1
        assert places(sentences(language)[key.value]) <= given, key.value
    assert checked > 50


def test_the_english_twin_has_the_same_sentences_with_the_same_fields() -> None:
    dutch, english = sentences("nl"), sentences("en")

    assert dutch.keys() == english.keys()
    for key, forms in dutch.items():
        assert places(forms) == places(english[key]), key
        assert len(forms) == len(english[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty(language: str) -> None:
    """A blank stands where nothing is to be said; gettext knows no empty sentence."""
    silent = {"nothing", "purpose.observation"}
    for key, forms in sentences(language).items():
        assert all(forms), key
        assert any(form.strip() for form in forms) or key in silent, key


def test_the_dialogues_on_a_card_are_its_buttons() -> None:
    buttons = {act for acts in BUTTONS_IN.values() for act in acts}

    assert buttons == {"take", "busy", *ENDS_IN}
