"""Writes docs/consent.md from the rules in bot/domain: `python -m tests.domain.render_consent`."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.domain.consent import TABLE, Listener, Reason, Row, Speaker
from bot.domain.disclosure import (
    AUDIENCE_CLEARANCE,
    DOOR_CLEARANCE,
    Audience,
    Door,
    FieldClass,
    may_show,
)

DOCUMENT = Path(__file__).parents[2] / "docs" / "consent.md"

SPEAKERS: Mapping[Speaker, str] = {
    Speaker.MANAGER: "neighbourhood manager",
    Speaker.NEIGHBOURS_VIA_STAFF: "neighbours, through staff",
    Speaker.CARE_WORKER: "care worker",
    Speaker.CONSULTANT: "consultant",
    Speaker.SERVICE: "the service itself",
    Speaker.REGISTRY: "the register of tenants",
}
LISTENERS: Mapping[Listener, str] = {
    Listener.RESPONSIBLE: "responsible consultant",
    Listener.CARE_WORKER: "care worker",
    Listener.MANAGER: "neighbourhood manager",
    Listener.NEIGHBOUR: "neighbour",
    Listener.COORDINATOR: "coordinator",
    Listener.MUNICIPALITY: "municipality",
}
CLASSES: Mapping[FieldClass, tuple[str, str]] = {
    FieldClass.PUBLIC: ("fixed words", "sentences of the service, names of settings"),
    FieldClass.REFERENCE: ("reference", "a random reference or case code, urgency, status, date"),
    FieldClass.OWN_FORM: ("own form", "what readers are filling in themselves at that moment"),
    FieldClass.HOUSING_FACT: (
        "housing fact",
        "unit, category, when it was seen, an amount of rent",
    ),
    FieldClass.NOTE: ("note", "the words of a sender, after screening"),
    FieldClass.IDENTITY: ("identity", "who a tenant is: name and contact data"),
}
CONDITIONS: Mapping[Reason, str] = {
    Reason.OTHER_CORPORATION: "it stays within one corporation",
    Reason.NO_ACTIVE_AGREEMENT: "the three-party agreement is ACTIVE",
    Reason.NOT_ASSIGNED: "the care worker is personally assigned to this case",
    Reason.NOT_HOUSING: "it concerns housing",
    Reason.NO_PLACEMENT: "a placement is under way and the client permits it",
    Reason.STEPS_NOT_EVIDENCED: "the steps the law asks for are evidenced",
    Reason.TENANT_REFUSED: "the tenant did not refuse",
    Reason.MUNICIPALITY_NOT_AGREED: "the municipality takes part",
    Reason.NO_PURPOSE: "it was asked for, with the purpose, which is kept",
}
REFUSALS_BESIDE_CONDITIONS: Mapping[Reason, str] = {
    Reason.NO_SUCH_ROW: "the table has no row from this speaker to this listener",
    Reason.TOO_MUCH: "the row permits telling, but not something that this telling holds",
}
AUDIENCES: Mapping[Audience, str] = {
    Audience.STRANGER: "stranger (not linked to a person)",
    Audience.MANAGER: "neighbourhood manager",
    Audience.OWNER: "responsible consultant, deputy, team lead",
    Audience.CARE_WORKER: "care worker",
    Audience.COORDINATOR: "coordinator",
    Audience.PRIVACY_OFFICER: "privacy officer",
    Audience.ADMINISTRATOR: "administrator",
}
DOORS: Mapping[Door, str] = {
    Door.TELEGRAM: "Telegram",
    Door.MATRIX: "own encrypted Matrix room",
    Door.ASKED: "own encrypted Matrix room, asked for by name",
    Door.CASE_ROOM: "encrypted case room",
    Door.CONSOLE: "the corporation's own machine",
}

PAGE = """\
# Who may tell whom what

For privacy officers and whoever has to judge them. This page is made from the rules the service
runs on (`bot/domain/consent.py` and `bot/domain/disclosure.py`); a test fails when they differ. To
make it anew: `python -m tests.domain.render_consent`. Where the rules come from:
[domain.md](domain.md).

A telling passes three gates, and each can only refuse:

1. **The table below** decides whether this speaker may tell this listener, under which conditions,
   and what it may contain. It is asked when something is taken in and asked again immediately
   before every attempt to deliver it, so that a withdrawal also stops what was already waiting.
2. **The reader's clearance** limits what this kind of reader may see at all.
3. **The door's clearance** limits what may travel that way at all, whoever reads.

What no row permits is refused. The audit log then gets a reason code. The person whose telling is
refused always reads the same sentence, so that a refusal tells nothing.

## The table

{table}

Whoever is not in the first two columns together (a neighbour as speaker, a care worker telling a
neighbourhood manager) is refused. A neighbour is told by staff, by mouth, and only the fixed
sentence.

## What the kinds of content are

{classes}

## Reason codes of a refusal

The first condition that does not hold gives the code.

{conditions}

{other_refusals}

## What a reader may see, by which door

Each cell is what both the reader and the door are cleared for; nothing else can be put into words
there.

{seen}

## The clearances by themselves

{audiences}

{doors}
"""


def render() -> str:
    """The whole document."""
    return PAGE.format(
        table=_table(("from", "to", "only when", "may contain"), map(_row, TABLE)),
        classes=_table(("kind", "for example"), CLASSES.values()),
        conditions=_table(
            ("code", "it was refused because this does not hold"), _codes(CONDITIONS)
        ),
        other_refusals=_table(
            ("code", "it was refused because"), _codes(REFUSALS_BESIDE_CONDITIONS)
        ),
        seen=_table(("reader", *DOORS.values()), map(_seen_by, AUDIENCES)),
        audiences=_table(
            ("reader", "cleared for"),
            ((words, _kinds(AUDIENCE_CLEARANCE[who])) for who, words in AUDIENCES.items()),
        ),
        doors=_table(
            ("door", "cleared for"),
            ((words, _kinds(DOOR_CLEARANCE[door])) for door, words in DOORS.items()),
        ),
    )


def _row(row: Row) -> tuple[str, ...]:
    conditions = "; ".join(CONDITIONS[reason] for _, reason in row.conditions) or "always"
    return SPEAKERS[row.speaker], LISTENERS[row.listener], conditions, _kinds(row.may_contain)


def _seen_by(audience: Audience) -> tuple[str, ...]:
    seen = ({cls for cls in FieldClass if may_show(cls, audience, door)} for door in DOORS)
    return (AUDIENCES[audience], *map(_kinds, seen))


def _kinds(classes: Iterable[FieldClass]) -> str:
    cleared = frozenset(classes)
    return ", ".join(CLASSES[cls][0] for cls in FieldClass if cls in cleared)


def _codes(meanings: Mapping[Reason, str]) -> Iterable[tuple[str, ...]]:
    return ((f"`{reason}`", meaning) for reason, meaning in meanings.items())


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (f"| {' | '.join(cells)} |" for cells in (head, *rows))
    heading = next(lines)
    return "\n".join((heading, "|---" * len(head) + "|", *lines))


if __name__ == "__main__":
    DOCUMENT.write_text(render(), encoding="utf-8")
