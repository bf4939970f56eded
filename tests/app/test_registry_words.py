"""The registry's sentences and its page in docs/ keep up with the code."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from bot.app.registry import tables
from bot.app.registry.row import ANSWERS, KINDS, LANGUAGES, ROLES, STATES
from bot.app.registry.tables import COLUMNS, MANDATORY, NEEDS, Table

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "registry.md").read_text(encoding="utf-8")
SOURCES = [*Path(tables.__file__).parent.glob("*.py"), ROOT / "bot" / "cli" / "registry.py"]
STEMS = [table.stem for table in Table]


def sentences(language: str) -> dict[str, str]:
    path = ROOT / "bot" / "texts" / f"registry.{language}.po"
    with path.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id}


def texts_in(source: Path) -> set[str]:
    """Every constant text in a module; those made by f-strings with all stems filled in."""
    found = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
            found |= {f"{node.value}{stem}" for stem in STEMS}
            found.add(f"head.{node.value}")
    return found


def test_every_sentence_is_said_somewhere_and_stands_in_both_languages() -> None:
    said = {f"registry.{text}" for source in SOURCES for text in texts_in(source)}
    dutch, english = sentences("nl"), sentences("en")
    assert dutch.keys() == english.keys()
    assert dutch.keys() <= said


def keys_said(source: Path) -> set[str]:
    """The first argument of each call of the functions that make a sentence."""
    keys = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            first = node.args[-1 if node.func.id == "_about" else 0]
            key = first.value if isinstance(first, ast.Constant) else None
            if node.func.id in {"said", "_words", "_about"} and isinstance(key, str):
                keys.add(f"registry.{key}")
    return keys


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_sentence_is_missing(language: str) -> None:
    said = {key for source in SOURCES for key in keys_said(source)}
    assert len(said) > 40
    assert said <= sentences(language).keys()
    assert {f"registry.twice.{stem}" for stem in STEMS} <= sentences(language).keys()


def test_both_languages_name_the_same_things() -> None:
    dutch, english = sentences("nl"), sentences("en")
    for key in dutch:
        named = re.findall(r"\{(\w+)\}", dutch[key])
        assert sorted(named) == sorted(re.findall(r"\{(\w+)\}", english[key])), key


def rows_under(heading: str) -> list[list[str]]:
    """The cells of the first table under a heading of the page."""
    section = PAGE.split(f"{heading}\n", 1)[1].lstrip("\n")
    lines = section.split("\n\n", 1)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize("table", Table)
def test_the_page_describes_every_column(table: Table) -> None:
    described = {
        name.strip("`"): required == "yes" for name, _, _, required in rows_under(f"### {table}")
    }
    assert described == {column.name: column.required for column in COLUMNS[table]}


def test_the_page_names_every_file_and_which_are_needed() -> None:
    needed = {name.strip("`"): needed for name, _, needed in rows_under("## The files")}
    assert needed.keys() == set(Table)
    assert {name for name, word in needed.items() if word == "always"} == set(MANDATORY)
    with_others = {name: word for name, word in needed.items() if "with" in word}
    assert with_others == {file: f"optional, with `{other}`" for file, other in NEEDS.items()}


@pytest.mark.parametrize(
    "word", [word for words in (KINDS, ROLES, STATES, LANGUAGES, ANSWERS) for word in words]
)
def test_the_page_explains_every_word_that_is_understood(word: str) -> None:
    if word == "coordinator":
        word = "coördinator"
    assert re.search(f"`{word.replace('_', '[_ ]')}`", PAGE, re.IGNORECASE)
