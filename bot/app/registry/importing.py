"""Imports a registry: all of it or nothing, in one transaction."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bot.app.house import House
from bot.app.registry.checks import check
from bot.app.registry.effects import (
    NOTHING,
    Effects,
    foreseen,
    rules_before,
    take_effect,
)
from bot.app.registry.filing import EVERY, Filing, OnRow, quietly, read_filing
from bot.app.registry.folder import find_files
from bot.app.registry.known import Known, known_from
from bot.app.registry.plan import KIND_OF, Change, Plan, plan
from bot.app.registry.problems import Level, Problem
from bot.app.registry.tables import Table
from bot.domain.audit import Action, AuditLine
from bot.domain.people import Role
from bot.ports.store import Store, Work


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of a table are new and so on; `ended` includes what was removed."""

    new: int = 0
    changed: int = 0
    same: int = 0
    ended: int = 0
    kept: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.new + other.new,
            self.changed + other.changed,
            self.same + other.same,
            self.ended + other.ended,
            self.kept + other.kept,
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did or, for show, would do. It is refused when a problem is an error."""

    problems: Sequence[Problem]
    counts: Mapping[Table, Counts]
    effects: Effects = NOTHING

    @property
    def refused(self) -> bool:
        return any(problem.level is Level.ERROR for problem in self.problems)


@dataclass(frozen=True, slots=True)
class Checked:
    """Files that were read and checked, before anything stored is looked at."""

    filing: Filing
    known: Known
    problems: Sequence[Problem]
    today: date

    @property
    def refused(self) -> bool:
        return any(problem.level is Level.ERROR for problem in self.problems)


def read_registry(folder: Path, today: date, on_row: OnRow = quietly) -> Checked:
    """Reads and checks the files of a folder. `today` is the corporation's day."""
    problems: list[Problem] = []
    filing = read_filing(find_files(folder, problems), problems, on_row)
    known = known_from(filing)
    problems += check(filing, known, today)
    return Checked(filing, known, problems, today)


async def import_checked(
    store: Store,
    checked: Checked,
    user: str,
    now: datetime,
    dry_run: bool = False,
    on_row: OnRow = quietly,
    house: House | None = None,
) -> Outcome:
    """Writes what changed, with an audit line for every organisation; nothing when `dry_run`.

    With a `house` that is in service, what the change sets in motion happens with it, or is
    foreseen. `user` is who sits at the machine, `now` UTC. Raises StorageBusy.
    """
    if checked.refused:
        return Outcome(checked.problems, {})
    async with store.reading() if dry_run and house is None else store.work() as work:
        planned = await _planned(work, checked)
        outcome = Outcome([*checked.problems, *planned.problems], _counts(planned))
        if outcome.refused:
            return outcome
        if dry_run:
            effects = await foreseen(house, work, planned) if house else NOTHING
            return replace(outcome, effects=effects)
        before = await rules_before(house, work, planned) if house else {}
        await _write(work, planned, on_row)
        for line in _audit_lines(planned, user, now):
            await work.audit.append(line)
        if house:
            effects = await take_effect(house, work, planned, before, user)
            outcome = replace(outcome, effects=effects)
    return outcome


async def _planned(work: Work, checked: Checked) -> Plan:
    filing = checked.filing
    stored = {
        (table, filed.record.id): await work.registry.stored(KIND_OF[table], filed.record.id)
        for table in Table
        if table in filing.present
        for filed in filing.organisations
    }
    return plan(filing, checked.known, stored, work.registry.number_index, checked.today)


async def _write(work: Work, planned: Plan, on_row: OnRow) -> None:
    totals: defaultdict[Table, int] = defaultdict(int)
    for change in planned.changes:
        totals[change.table] += len(change.written)
    done: defaultdict[Table, int] = defaultdict(int)
    for change in planned.changes:
        for some in _batches(change.written):
            await work.registry.put(some)
            done[change.table] += len(some)
            on_row(change.table, done[change.table], totals[change.table])
        if change.removed:
            await work.registry.remove(change.removed)
    await work.registry.end_links(planned.leaving)


def _batches(records: Sequence[Any]) -> Sequence[Sequence[Any]]:
    """In any order but the file's: rows lie on the disk as they were written, and tenancies in the
    order of their homes would tell who lives where."""
    mixed = random.SystemRandom().sample(records, len(records))
    return [mixed[start : start + EVERY] for start in range(0, len(mixed), EVERY)]


def _counts_of(change: Change[Any]) -> Counts:
    return Counts(
        new=len(change.new),
        changed=len(change.changed),
        same=change.same,
        ended=len(change.ended) + len(change.removed),
        kept=len(change.kept),
    )


def _counts(planned: Plan) -> Mapping[Table, Counts]:
    counts: defaultdict[Table, Counts] = defaultdict(Counts)
    for change in planned.changes:
        counts[change.table] += _counts_of(change)
    return dict(counts)


def _audit_lines(planned: Plan, user: str, now: datetime) -> Sequence[AuditLine]:
    """One line for each organisation, with nothing but counts."""
    details: defaultdict[str, list[str]] = defaultdict(list)
    for change in planned.changes:
        counts = _counts_of(change)
        if counts.new or counts.changed or counts.ended:
            text = f"{change.table.stem} +{counts.new} ~{counts.changed} -{counts.ended}"
            details[change.organisation].append(text)
        else:
            details[change.organisation] += []
    return [
        AuditLine(
            corporation=organisation,
            event="registry.imported",
            at=now,
            subject="registry",
            user=user,
            role=Role.ADMINISTRATOR,
            action=Action.EXECUTE,
            outcome="done",
            source="cli",
            detail="; ".join(texts),
        )
        for organisation, texts in details.items()
    ]
