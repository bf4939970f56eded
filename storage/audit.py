"""The audit log: one chain of lines a corporation, each bound to all before it.

A line is kept as canonical JSON and its hash is SHA-256 over the hash before and that text, so a
changed, moved or missing line breaks the chain from there on. A cut-off tail leaves a sound chain;
that shows against an anchor, which is kept in the keystore.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from bot.domain.audit import AuditLine, ChainHead
from bot.ports.store import ChainLink, Work
from storage.frozen import Mapper, canonical_json
from storage.sql import Link

START = bytes(32)
"""Stands for the hash before the first line."""
PAGE = 500

_LINE = Mapper(AuditLine)


class Finding(StrEnum):
    """CUT: lines are missing at the end."""

    WHOLE = "whole"
    BROKEN = "broken"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An audit chain, checked. `lines` are sound; `broken_at` is the number of the first line that
    is changed, out of place or missing."""

    lines: int
    finding: Finding = Finding.WHOLE
    broken_at: int | None = None

    @property
    def whole(self) -> bool:
        return self.finding is Finding.WHOLE


def line_text(line: AuditLine) -> str:
    return canonical_json(_LINE.row(line))


def line_of(text: str) -> AuditLine:
    return _LINE.record(json.loads(text))


def link_hash(before: bytes, text: str) -> bytes:
    return sha256(before + text.encode()).digest()


async def verify(work: Work, corporation: str, anchor: ChainHead | None) -> Verdict:
    """Checks the whole chain, and its end against the head row and the anchor."""
    ends = [end for end in (await work.audit.head(corporation), anchor) if end is not None]
    return await check_chain(work.audit.links(corporation), ends)


async def check_chain(links: AsyncIterator[ChainLink], ends: Sequence[ChainHead]) -> Verdict:
    """Checks every link, and that the chain passes through each of the `ends` known of it."""
    count, before = 0, START
    async for link in links:
        follows = link.number == count + 1 and link.hash == link_hash(before, link.text)
        known = all(end.hash == link.hash.hex() for end in ends if end.number == link.number)
        if not (follows and known):
            return Verdict(count, Finding.BROKEN, count + 1)
        count, before = link.number, link.hash
    if any(end.number > count for end in ends):
        return Verdict(count, Finding.CUT, count + 1)
    return Verdict(count)


class SqlAudit:
    def __init__(self, link: Link) -> None:
        self._db = link.connection
        self._sql = link.queries("audit")

    async def append(self, line: AuditLine) -> None:
        corporation, text = line.corporation, line_text(line)
        head = await self._sql.lock_head(self._db, corporation=corporation, start=START)
        link = {
            "corporation": corporation,
            "number": head["number"] + 1,
            "hash": link_hash(head["hash"], text),
        }
        await self._sql.append(self._db, **link, line=text)
        await self._sql.set_head(self._db, **link)

    async def head(self, corporation: str) -> ChainHead | None:
        row = await self._sql.head(self._db, corporation=corporation)
        return ChainHead(row["number"], row["hash"].hex()) if row else None

    async def lines(self, corporation: str) -> AsyncIterator[tuple[int, AuditLine, str]]:
        async for link in self.links(corporation):
            yield link.number, line_of(link.text), link.hash.hex()

    async def links(self, corporation: str) -> AsyncIterator[ChainLink]:
        """Every line in order, read a page at a time so that any length fits in memory."""
        after = 0
        while True:
            rows = self._sql.page(self._db, corporation=corporation, after=after, limit=PAGE)
            page = [ChainLink(row["number"], row["line"], row["hash"]) async for row in rows]
            for link in page:
                yield link
            if len(page) < PAGE:
                return
            after = page[-1].number
            await asyncio.sleep(0)

    async def heads(self) -> dict[str, ChainHead]:
        """The end of every corporation's chain."""
        rows = self._sql.heads(self._db)
        return {r["corporation"]: ChainHead(r["number"], r["hash"].hex()) async for r in rows}

    async def passes_through(self, corporation: str, point: ChainHead) -> bool:
        """Whether the chain has this very line; the quick half of `verify`."""
        found = await self._sql.hash_of(self._db, corporation=corporation, number=point.number)
        return found is not None and found.hex() == point.hash
