"""The documents say what the rules do, and the code cites what the documents hold."""

import re
from itertools import chain
from pathlib import Path

import pytest

from bot.domain.consent import Listener, Reason, Speaker
from bot.domain.disclosure import Audience, Door, FieldClass
from bot.domain.people import Role
from bot.domain.signals import CATEGORIES, Category
from bot.domain.urgency import Urgency
from tests.domain.render_consent import (
    AUDIENCES,
    CLASSES,
    CONDITIONS,
    DOCUMENT,
    DOORS,
    LISTENERS,
    REFUSALS_BESIDE_CONDITIONS,
    SPEAKERS,
    render,
)

ROOT = Path(__file__).parents[2]
DOMAIN = (ROOT / "docs" / "domain.md").read_text(encoding="utf-8")

SOURCES = sorted(
    chain.from_iterable(
        (ROOT / folder).rglob(pattern)
        for folder in ("bot", "handlers", "storage")
        for pattern in ("*.py", "*.sql", "*.po")
    )
)
CITATION = re.compile(r"docs/domain\.md(?:,[\s#*-]+\"([^\"]+)\")?")


def headings() -> set[str]:
    return set(re.findall(r"^## (.+)$", DOMAIN, re.MULTILINE))


def cited() -> list[tuple[str, str]]:
    """Each file that cites the rules, with the heading it names ("" when it names none)."""
    return [
        (path.relative_to(ROOT).as_posix(), " ".join(heading.split()))
        for path in SOURCES
        for heading in CITATION.findall(path.read_text(encoding="utf-8"))
    ]


def test_every_citation_of_the_rules_names_a_heading_that_exists() -> None:
    assert [(path, heading) for path, heading in cited() if heading not in headings()] == []


def test_the_rules_are_cited_at_all() -> None:
    assert {"Signals", "Routing", "Disclosure", "Urgency"} <= {heading for _, heading in cited()}


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ('"""Signals (docs/domain.md, "Signals")."""', "Signals"),
        ('# (docs/domain.md,\n    # "Personal data")', "Personal data"),
        ('-- docs/domain.md,\n-- "Routing"', "Routing"),
        ("see docs/domain.md somewhere", ""),
    ],
)
def test_a_citation_is_recognised_however_its_line_is_broken(line: str, heading: str) -> None:
    assert CITATION.findall(line) == [heading]


def test_the_consent_document_is_what_the_table_renders() -> None:
    written = DOCUMENT.read_text(encoding="utf-8")
    assert written == render(), "make it anew: python -m tests.domain.render_consent"


def test_the_category_table_of_the_document_is_the_one_in_the_code() -> None:
    words = {Role.MANAGER: "manager", Role.CARE_WORKER: "care worker"}
    in_code = [
        (
            category.value,
            ", ".join(rule.vera),
            rule.urgency.value,
            ", ".join(word for role, word in words.items() if role in rule.posters),
        )
        for category, rule in CATEGORIES.items()
    ]
    rows = re.findall(
        r"^\| ([A-Z_]+) \| [^|]+ \| ([^|]*?) ?\| (U\d) \| ([^|]+?) \|$", DOMAIN, re.MULTILINE
    )
    assert rows == in_code
    assert {category for category, *_ in rows} == set(Category)


def test_the_urgency_table_of_the_document_has_every_level() -> None:
    assert re.findall(r"^\| (U\d) \w+ \|", DOMAIN, re.MULTILINE) == list(Urgency)


def test_every_marked_origin_is_one_of_the_three() -> None:
    assert set(re.findall(r"\*\*\[(.+?)\]\*\*", DOMAIN)) == {"stated", "law", "proposal"}


def test_the_consent_document_has_words_for_everything_the_rules_know() -> None:
    """A new role, class or reason without words would silently be left out."""
    assert set(SPEAKERS) == set(Speaker)
    assert set(LISTENERS) == set(Listener)
    assert set(CLASSES) == set(FieldClass)
    assert set(AUDIENCES) == set(Audience)
    assert set(DOORS) == set(Door)
    assert {*CONDITIONS, *REFUSALS_BESIDE_CONDITIONS, Reason.ALLOWED} == set(Reason)
