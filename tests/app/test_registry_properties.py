"""Any sound registry imports to the same state however it is saved, and once is enough; a spoilt
one is refused whole; and nothing a cell of an identity holds is ever repeated."""

import asyncio
import csv
import io
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app.registry.importing import Checked, Outcome, import_checked
from bot.app.registry.plan import KIND_OF
from bot.app.registry.problems import reports
from bot.app.registry.tables import COLUMNS, Table
from bot.ports.registry import TenancyRecord
from bot.texts.catalogue import LANGUAGES, load_catalogue
from storage.database import SqlStore
from tests.registries import NOW, Cells, Files, as_csv, checked, example
from tests.stores import open_test_store

LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyzéëïöüçñßÉÀøš'’-.;,\" \n")
NAMES = st.text(LETTERS, min_size=1, max_size=30).filter(lambda name: name.strip(" \n"))
CANARY = "Kanariegeel"
"""No heading, code or sentence holds this word, so whatever holds it was copied from a cell."""


@st.composite
def registries(draw: st.DrawFn) -> Files:
    """The example with more homes and tenants, under any names."""
    files = example()
    for person in files["people.csv"]:
        person["name"] = draw(NAMES)
    for number in range(draw(st.integers(0, 4))):
        unit = f"N-{number}"
        files["dwellings.csv"].append(
            {
                "corporation": "test",
                "unit": unit,
                "neighbourhood": "oost",
                "street": draw(NAMES),
                "number": str(draw(st.integers(1, 99999))),
                "addition": draw(st.sampled_from(["", "a", "B", "bis", "2"])),
                "postcode": draw(st.sampled_from(["9998 ZA", "9998zb", "1000 AA"])),
            }
        )
        files["tenancies.csv"].append(
            {
                "corporation": "test",
                "tenancy": f"N/{number}",
                "unit": draw(st.sampled_from([unit, unit.lower(), unit.replace("-", " ")])),
                "starts": "01-02-2026",
                "ends": draw(st.sampled_from(["", "28-02-2026"])),
                "contact": draw(st.sampled_from(["", "mark", "ellen"])),
                "tenant_name": draw(NAMES),
                "tenant_phone": draw(st.sampled_from(["", "0612345678", "+31 6 12345678"])),
                "tenant_email": "",
            }
        )
    return files


@st.composite
def saved(draw: st.DrawFn, files: Files) -> dict[str, bytes]:
    """The files in some way in which a spreadsheet might save them."""
    return {file: _one_file(draw, rows) for file, rows in files.tables.items()}


def _one_file(draw: st.DrawFn, rows: Sequence[Cells]) -> bytes:
    separator = draw(st.sampled_from(";,"))
    columns = draw(st.permutations(list(rows[0])))
    spare = [""] * draw(st.integers(0, 2))
    text = io.StringIO(newline="")
    writer = csv.writer(
        text,
        delimiter=separator,
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        lineterminator=draw(st.sampled_from(["\r\n", "\n"])),
    )
    writer.writerow([draw(st.sampled_from([c, c.upper(), c.replace("_", " ")])) for c in columns])
    for row in rows:
        if draw(st.booleans()):
            writer.writerow(["", ""])
        writer.writerow([*(_cell(draw, c, row[c]) for c in columns), *spare])
    return text.getvalue().encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252"])))


def _cell(draw: st.DrawFn, column: str, cell: str) -> str:
    if cell and column in {"starts", "ends"}:
        day, month, year = cell.split("-")
        return draw(
            st.sampled_from([cell, f"{int(day)}-{int(month)}-{year}", f"{year}-{month}-{day}"])
        )
    return cell


def read(data: dict[str, bytes]) -> Checked:
    with TemporaryDirectory() as name:
        for file, content in data.items():
            (Path(name) / file).write_bytes(content)
        return checked(Path(name))


def plainly(files: Files) -> dict[str, bytes]:
    return {file: as_csv(rows).encode() for file, rows in files.tables.items()}


def records(found: Checked) -> list[Any]:
    """What was read, whatever rows it stood in."""
    tables = (getattr(found.filing, table.stem) for table in Table)
    return [[filed.record for filed in table] for table in tables]


@settings(max_examples=60, deadline=None)
@given(data=st.data(), files=registries())
def test_however_it_is_saved_it_reads_the_same(data: st.DataObject, files: Files) -> None:
    plain, other = read(plainly(files)), read(data.draw(saved(files)))
    assert not plain.problems
    assert not other.problems
    assert records(plain) == records(other)


async def state_of(store: SqlStore) -> dict[tuple[Table, str], set[str]]:
    """All that is stored, identities opened, but for the random pseudonyms."""
    async with store.reading() as work:
        stored = {
            (table, organisation): await work.registry.stored(kind, organisation)
            for table, kind in KIND_OF.items()
            for organisation in ("voorbeeld", "test", "zorgvoorbeeld", "zorgtest")
        }
    number_of = {
        record.tenancy.subject: record.number_index.hex()
        for found in stored.values()
        for record in found
        if isinstance(record, TenancyRecord)
    }

    def shown(record: Any) -> str:
        identity = getattr(record, "identity", None)
        text = f"{record} {identity and (identity.name, identity.phone, identity.email)}"
        for subject, number in number_of.items():
            text = text.replace(subject, number)
        return text

    return {place: {shown(record) for record in found} for place, found in stored.items()}


async def imported(store: SqlStore, found: Checked) -> Outcome:
    return await import_checked(store, found, "beheer", NOW)


@settings(max_examples=8, deadline=None)
@given(data=st.data(), files=registries())
def test_importing_twice_is_importing_once(data: st.DataObject, files: Files) -> None:
    async def story() -> None:
        with TemporaryDirectory() as one, TemporaryDirectory() as two:
            async with open_test_store(Path(one)) as once, open_test_store(Path(two)) as twice:
                await imported(once, read(plainly(files)))
                await imported(twice, read(data.draw(saved(files))))
                again = await imported(twice, read(data.draw(saved(files))))
                assert not any(c.new or c.changed or c.ended for c in again.counts.values())
                assert await state_of(once) == await state_of(twice)

    asyncio.run(story())


@settings(max_examples=8, deadline=None)
@given(first=registries(), second=registries())
def test_what_is_stored_follows_the_last_files(first: Files, second: Files) -> None:
    """But for what is only kept, an import leaves the same as if it had been the first."""

    async def story() -> None:
        with TemporaryDirectory() as one, TemporaryDirectory() as two:
            async with open_test_store(Path(one)) as fresh, open_test_store(Path(two)) as used:
                await imported(used, read(plainly(first)))
                assert not (await imported(used, read(plainly(second)))).refused
                await imported(fresh, read(plainly(second)))
                expected, found = await state_of(fresh), await state_of(used)
                assert all(expected[place] <= found[place] for place in expected)

    asyncio.run(story())


# Spoilt files -----------------------------------------------------------------------------------

REQUIRED = [(t, c.name) for t in Table for c in COLUMNS[t] if c.required]
SIGNATURES = frozenset({"signed_tenant", "signed_corporation", "signed_provider"})


def with_canaries() -> Files:
    """The example with a tenant whose identity can be recognised wherever it turns up."""
    files = example()
    files.find("tenancies.csv", tenancy="H-0001").update(
        tenancy=f"{CANARY}-1",
        tenant_name=f"{CANARY} Proefhuurder",
        tenant_email=f"{CANARY}@voorbeeld.example",
    )
    files.find("cases.csv", case="Z-101")["tenancy"] = f"{CANARY}-1"
    return files


def all_that_is_said(found: Checked) -> str:
    """Every sentence in every language, and all that a log or a traceback could show."""
    catalogue = load_catalogue()
    told = reports(found.problems)
    said = [catalogue.plain(report.text, one) for report in told for one in LANGUAGES]
    filed = [row for table in Table for row in getattr(found.filing, table.stem)]
    return "\n".join([*said, *map(repr, [*told, *filed, found])])


SPOILERS = st.one_of(
    st.tuples(st.just("empty"), st.sampled_from(REQUIRED), st.integers(0, 99)),
    st.tuples(st.just("no_column"), st.sampled_from(REQUIRED), st.just(0)),
    st.tuples(st.just("twice"), st.sampled_from(REQUIRED), st.integers(0, 99)),
    st.tuples(st.just("bsn"), st.sampled_from(REQUIRED), st.integers(0, 99)),
)


@settings(max_examples=80, deadline=None)
@given(spoiler=SPOILERS)
def test_a_spoilt_registry_is_refused_whole(spoiler: tuple[str, tuple[Table, str], int]) -> None:
    how, (table, column), place = spoiler
    files = with_canaries()
    rows = files[table]
    row = rows[place % len(rows)]
    if how == "empty":
        row[column] = " "
    elif how == "no_column":
        files.tables[table] = [{c: v for c, v in r.items() if c != column} for r in rows]
    elif how == "twice":
        rows.append(dict(row))
    else:
        row[column] = f"{row[column]} 123456782"
    found = read(plainly(files))
    assert found.refused
    assert CANARY not in all_that_is_said(found)

    async def story() -> None:
        with TemporaryDirectory() as name:
            async with open_test_store(Path(name)) as store:
                assert (await imported(store, found)).refused
                assert not any((await state_of(store)).values())

    asyncio.run(story())


@st.composite
def mangled(draw: st.DrawFn) -> dict[str, bytes]:
    """Files with something gone wrong somewhere, as happens between people and programs."""
    data = plainly(with_canaries())
    for _ in range(draw(st.integers(1, 3))):
        file = draw(st.sampled_from(["tenancies.csv", "cases.csv", "people.csv"]))
        lines = data[file].split(b"\r\n")
        place = draw(st.just(0) | st.integers(0, len(lines) - 1))
        at = draw(st.integers(0, max(0, len(lines[place]) - 1)))
        junk = draw(st.sampled_from([b";", b",", b'"', b"\xff", b"\0", b"\n", b"", b"\xc3", b"x;"]))
        how = draw(st.sampled_from(["put", "cut", "drop", "join", "rename", "other"]))
        if how == "put":
            lines[place] = lines[place][:at] + junk + lines[place][at:]
        elif how == "cut":
            lines[place] = lines[place][at:]
        elif how == "drop":
            del lines[place]
        elif how == "join" and place + 1 < len(lines):
            lines[place : place + 2] = [lines[place] + lines[place + 1]]
        elif how == "rename":
            data[draw(st.sampled_from(["areas.csv", "tenants.csv"]))] = data[file]
        else:
            lines = [line.replace(b";", junk or b"\t") for line in lines]
        data[file] = b"\r\n".join(lines)
    return data


@settings(max_examples=300, deadline=None)
@given(data=mangled())
def test_whatever_goes_wrong_no_identity_is_repeated(data: dict[str, bytes]) -> None:
    assert CANARY not in all_that_is_said(read(data))
