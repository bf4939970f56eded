"""Every query finds its rows by an index, so that a million signals cost no more than ten."""

import re
import sqlite3
from pathlib import Path

import pytest

import storage
from storage.sql import SqliteAdapter, queries

FOLDER = Path(storage.__file__).parent
SCHEMA = (FOLDER / "schema.sql").read_text(encoding="utf-8")
TOPICS = sorted(
    path.stem for path in FOLDER.glob("*.sql") if "-- name:" in path.read_text(encoding="utf-8")
)

SMALL = {
    "migrate.version",  # one row a migration
    "people.corporations",  # tens of organisations
    "audit.heads",  # one row a corporation
    "people.by_id",  # asked on the command line
    "matrix.pins",  # one row a linked person, read when the session starts
}
"""Queries that may look at a whole table."""

FOLLOWED = {
    "seen_set_aside",  # holds only events that failed
    "signal_unrouted",  # holds only what is new
    "sqlite_autoindex_outbox_1",  # in the order of its key; dead and held rows are few
}
"""Indexes that may be followed from their beginning."""


def statements() -> dict[str, str]:
    loaded = {topic: queries(topic, SqliteAdapter) for topic in TOPICS}
    return {
        f"{topic}.{name}": getattr(found, name).sql
        for topic, found in loaded.items()
        for name in found.available_queries
        if not name.endswith("_cursor")
    }


PLANNED = re.compile(r"SELECT|UPDATE|DELETE|WITH|INSERT")
ALL = {name: sql for name, sql in statements().items() if PLANNED.match(sql)}


@pytest.fixture(scope="module")
def database() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMA)
    return connection


@pytest.mark.parametrize("name", sorted(ALL.keys() - SMALL))
def test_a_query_uses_an_index(database: sqlite3.Connection, name: str) -> None:
    parameters = dict.fromkeys(re.findall(r"(?<!:):(\w+)", ALL[name]), "1")
    plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {ALL[name]}", parameters)]
    scans = [step.split()[-1] for step in plan if step.startswith("SCAN") and step != "SCAN due"]
    assert set(scans) <= FOLLOWED, plan
    if ":limit" in ALL[name]:
        assert "USE TEMP B-TREE FOR ORDER BY" not in plan, plan


def test_there_are_queries_to_look_at() -> None:
    assert len(ALL) > 80
    assert ALL.keys() > SMALL
