"""Every byte that crossed, both ways, so that a test can look for what must never be there."""

import json
import re
from collections import defaultdict
from urllib.parse import unquote_plus

ESCAPES = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")


class Wire:
    """Bytes are kept a connection, so that two requests at once are not mixed up.

    With `keeps` off nothing is kept: for long measurements.
    """

    def __init__(self, keeps: bool = True) -> None:
        self._keeps = keeps
        self._from_bot: defaultdict[object, bytearray] = defaultdict(bytearray)
        self._to_bot: defaultdict[object, bytearray] = defaultdict(bytearray)

    def received(self, connection: object, data: bytes) -> None:
        if self._keeps:
            self._from_bot[connection] += data

    def sent(self, connection: object, data: bytes) -> None:
        if self._keeps:
            self._to_bot[connection] += data

    @property
    def from_bot(self) -> bytes:
        return b"\n".join(self._from_bot.values())

    @property
    def to_bot(self) -> bytes:
        return b"\n".join(self._to_bot.values())

    def said_by_bot(self) -> str:
        """What the bot sent, raw and with form and JSON escapes undone, to search for words.

        The answers to the bot are left out: in updates they hold what people wrote themselves.
        """
        raw = self.from_bot.decode(errors="replace")
        once = unquote_plus(raw)
        return "\n".join((raw, once, ESCAPES.sub(lambda run: json.loads(f'"{run[0]}"'), once)))
