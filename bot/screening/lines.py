"""`seintje screen`: notes in, one JSON line each out, for a privacy officer who tries words."""

import json
from collections.abc import Iterable, Iterator
from typing import Protocol

from bot.domain.screening import OwnAddress, Screening


class _Screener(Protocol):
    def screen(self, text: str, own: OwnAddress | None = None) -> Screening: ...


def screen_lines(
    lines: Iterable[str], screener: _Screener, own: OwnAddress | None = None
) -> Iterator[str]:
    """For each note `{"outcome": ..., "spans": [{"text", "class", "start", "end"}]}`.

    Offsets count code points of the line as typed, without its line end. Lazy: a line is
    answered before the next is read.
    """
    for line in lines:
        note = line.rstrip("\r\n")
        screening = screener.screen(note, own)
        spans = [
            {
                "text": note[found.start : found.end],
                "class": found.cls.value,
                "start": found.start,
                "end": found.end,
            }
            for found in screening.findings
        ]
        yield json.dumps({"outcome": screening.outcome.value, "spans": spans}, ensure_ascii=False)
