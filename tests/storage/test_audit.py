"""The audit chain: what is changed, moved, missing or cut off shows."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.audit import AuditLine, ChainHead
from bot.ports.store import ChainLink
from storage import audit
from storage.audit import START, Finding, Verdict, check_chain, line_text, link_hash, verify
from storage.database import SqlStore
from tests.storage.examples import CORPORATION, LINE
from tests.stores import keystore_path, open_test_store, sqlite_path

OTHER = "westwijk"


def lines(count: int, corporation: str = CORPORATION) -> list[AuditLine]:
    return [
        replace(LINE, corporation=corporation, subject=f"R{n}", detail="ü\ud83d" * (n % 2))
        for n in range(1, count + 1)
    ]


async def write(store: SqlStore, count: int, corporation: str = CORPORATION) -> None:
    async with store.work() as work:
        for line in lines(count, corporation):
            await work.audit.append(line)


async def verdict(store: SqlStore, corporation: str = CORPORATION) -> Verdict:
    async with store.reading() as work:
        return await verify(work, corporation, store.anchor(corporation))


async def test_lines_come_back_in_order(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PAGE", 3)
    for count in (1, 2, 4):  # 1, 3, 7: a page less, just a page, more than two
        await write(store, count)
        async with store.reading() as work:
            found = [one async for one in work.audit.lines(CORPORATION)]
            head = await work.audit.head(CORPORATION)
        assert [number for number, _, _ in found] == list(range(1, len(found) + 1))
        assert [line for _, line, _ in found][-count:] == lines(count)
        assert head == ChainHead(found[-1][0], found[-1][2])
    assert await verdict(store) == Verdict(7)


async def test_each_corporation_has_its_own_chain(store: SqlStore) -> None:
    await write(store, 2)
    await write(store, 3, OTHER)
    async with store.reading() as work:
        assert [line.corporation async for _, line, _ in work.audit.lines(OTHER)] == [OTHER] * 3
        assert await work.audit.head("elders") is None
    assert await verdict(store) == Verdict(2)
    assert await verdict(store, OTHER) == Verdict(3)
    assert await verdict(store, "elders") == Verdict(0)


async def test_lines_of_a_transaction_that_failed_leave_no_gap(store: SqlStore) -> None:
    await write(store, 2)
    with suppress(ZeroDivisionError):
        async with store.work() as work:
            await work.audit.append(LINE)
            raise ZeroDivisionError
    async with store.work() as work:
        with suppress(ZeroDivisionError):
            async with work.savepoint():
                await work.audit.append(LINE)
                raise ZeroDivisionError
        await work.audit.append(LINE)
    assert await verdict(store) == Verdict(3)


# Tampering, on the rows themselves -------------------------------------------------------------

CUT_ONE = (
    "DELETE FROM audit WHERE number = 5",
    "UPDATE audit_head SET number = 4, hash = (SELECT hash FROM audit a WHERE a.number = 4)",
)


@pytest.mark.parametrize(
    ("tampering", "expected"),
    [
        (["UPDATE audit SET line = replace(line, 'R3', 'R9')"], Verdict(2, Finding.BROKEN, 3)),
        (["UPDATE audit SET line = line || ' ' WHERE number = 1"], Verdict(0, Finding.BROKEN, 1)),
        (["UPDATE audit SET hash = x'00' WHERE number = 5"], Verdict(4, Finding.BROKEN, 5)),
        (["DELETE FROM audit WHERE number = 2"], Verdict(1, Finding.BROKEN, 2)),
        (["DELETE FROM audit WHERE number = 1"], Verdict(0, Finding.BROKEN, 1)),
        (["UPDATE audit SET number = number + 9"], Verdict(0, Finding.BROKEN, 1)),
        (["DELETE FROM audit WHERE number = 5"], Verdict(4, Finding.CUT, 5)),
        (CUT_ONE, Verdict(4, Finding.CUT, 5)),
        (["DELETE FROM audit", "DELETE FROM audit_head"], Verdict(0, Finding.CUT, 1)),
    ],
)
async def test_tampering_shows(tmp_path: Path, tampering: Sequence[str], expected: Verdict) -> None:
    async with open_test_store(tmp_path) as store:
        await write(store, 5)
        assert await store.anchor_heads() == []
        assert await verdict(store) == Verdict(5)
        tamper(sqlite_path(tmp_path), *tampering)
        assert await verdict(store) == expected


async def test_a_chain_made_anew_does_not_fit_its_anchor(tmp_path: Path) -> None:
    async with open_test_store(tmp_path) as store:
        await write(store, 5)
        await store.anchor_heads()
        tamper(sqlite_path(tmp_path), "DELETE FROM audit", "DELETE FROM audit_head")
        async with store.work() as work:
            for line in lines(8):
                await work.audit.append(replace(line, user="anders"))
        assert await verdict(store) == Verdict(4, Finding.BROKEN, 5)
        assert await store.anchor_heads() == [CORPORATION]
        assert await verdict(store) == Verdict(4, Finding.BROKEN, 5)


async def test_an_anchor_moves_on_but_never_back(tmp_path: Path) -> None:
    async with open_test_store(tmp_path) as store:
        assert store.anchor(CORPORATION) is None
        await write(store, 5)
        for _ in range(2):
            assert await store.anchor_heads() == []
        anchor = store.anchor(CORPORATION)
        tamper(sqlite_path(tmp_path), *CUT_ONE)
        assert await store.anchor_heads() == [CORPORATION]
        assert store.anchor(CORPORATION) == anchor
        await write(store, 3, OTHER)
        assert await store.anchor_heads() == [CORPORATION]
        other = store.anchor(OTHER)
        assert other is not None
        assert other.number == 3


@pytest.mark.parametrize(
    "forging",
    [
        "UPDATE anchor SET number = 4",
        "UPDATE anchor SET mac = x'00'",
        "UPDATE anchor SET hash = upper(hash)",
    ],
)
async def test_a_forged_anchor_fits_no_chain(tmp_path: Path, forging: str) -> None:
    async with open_test_store(tmp_path) as store:
        await write(store, 5)
        await store.anchor_heads()
        tamper(keystore_path(tmp_path), forging)
        assert (await verdict(store)).finding is Finding.BROKEN
        assert await store.anchor_heads() == [CORPORATION]


def tamper(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(statement)
    database.close()


# The check itself, over any chain --------------------------------------------------------------

TEXTS = st.lists(st.text(), max_size=6)


def chain(texts: Sequence[str]) -> list[ChainLink]:
    links, before = [], START
    for number, text in enumerate(texts, start=1):
        before = link_hash(before, text)
        links.append(ChainLink(number, text, before))
    return links


async def stream(links: Sequence[ChainLink]) -> AsyncIterator[ChainLink]:
    for link in links:
        yield link


@given(TEXTS, st.data())
async def test_any_other_order_or_content_is_found(texts: list[str], data: st.DataObject) -> None:
    links = chain(texts)
    ends = [ChainHead(links[-1].number, links[-1].hash.hex())] if links else []
    assert await check_chain(stream(links), ends) == Verdict(len(links))
    other = data.draw(st.permutations(links))[: data.draw(st.integers(0, 6))]
    found = await check_chain(stream(other), ends)
    assert found.whole == (other == links)
    assert found.lines == len(links) if found.whole else found.broken_at == found.lines + 1


def test_a_line_has_one_text() -> None:
    assert line_text(LINE) == (
        '{"action":"C","at":1793611815123456,"basis":"","corporation":"oostwijk","detail":"",'
        '"event":"signal.taken_in","outcome":"allowed","role":"manager","rule_set":"2026-11",'
        '"source":"telegram","subject":"BCD-2345","user":"piet"}'
    )
