"""Reading a text past the tricks of Unicode, without losing the place.

Recognisers read a folded copy: plain Latin letters, ASCII digits, one kind of dash and quote,
nothing invisible. Every folded character knows which part of the typed text it stands for, so
what is found is marked and removed in the text as it was typed.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType


def _pairs(theirs: str, latin: str) -> dict[str, str]:
    return dict(zip(theirs, latin, strict=True))


_LOOK_ALIKES: Mapping[str, str] = MappingProxyType(
    _pairs("авекмнорстухіјѕԁһѵԛԝӏгп", "abekmhopctyxijsdhvqwlrn")  # Cyrillic
    | _pairs("АВЕКМНОРСТУХІЈЅԀҺѴԚԜӀ", "ABEKMHOPCTYXIJSDHVQWI")
    | _pairs("αοριντκυχεηωγ", "aopivtkuxenwy")  # Greek
    | _pairs("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")
    | _pairs("ıȷøłđðħŋəɑɡɩØŁĐÐĦ", "ijoldthneagiOLDDH")  # Latin without a decomposition
    | _pairs("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz")
    | {"ß": "ss", "æ": "ae", "œ": "oe", "Æ": "AE", "Œ": "OE", "þ": "th", "Þ": "Th"}
    | _pairs("‐‑‒–—―−⁃﹣－", "----------")
    | _pairs("‘’‚‛`´ʼ′“”„‟″", "''''''''\"\"\"\"\"")
)
_INVISIBLE = frozenset({"Cf", "Mn", "Me", "Cc", "Cs", "Co", "Cn"})
_LINE_ENDS = frozenset("\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


@dataclass(frozen=True, slots=True)
class Folded:
    """A typed text as the recognisers read it. `text` and `lower` run in step."""

    source: str
    text: str
    lower: str
    _starts: tuple[int, ...] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a non-empty part of `text` stands in the typed text."""
        if self._starts is None:
            return start, end
        return self._starts[start], self._starts[end - 1] + 1


def fold(source: str) -> Folded:
    """Folds a text; never raises, whatever characters it holds."""
    if source.isascii() and source.isprintable():
        return Folded(source, source, source.lower(), None)
    chars: list[str] = []
    starts: list[int] = []
    for offset, char in enumerate(source):
        plain = _plain(char)
        chars.append(plain)
        starts.extend([offset] * len(plain))
    text = "".join(chars)
    return Folded(source, text, text.lower(), tuple(starts))


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """The characters that stand for one typed character; none for what cannot be seen.

    Only letters whose lower-case form is as long are let through, so that `lower` keeps step.
    """
    if char in _LINE_ENDS:
        return "\n"
    if char in _FILLERS or char == "\t":
        return " "
    if not char.isascii():
        char = "".join(_plain_part(part) for part in unicodedata.normalize("NFKD", char))
    elif unicodedata.category(char) == "Cc":
        return ""
    return "".join(part for part in char if len(part.lower()) == 1)


def _plain_part(part: str) -> str:
    if part in _LOOK_ALIKES:
        return _LOOK_ALIKES[part]
    if part.isascii():
        return part
    category = unicodedata.category(part)
    if category in _INVISIBLE:
        return ""
    if category == "Nd":
        return str(unicodedata.digit(part))
    if category == "Pd":
        return "-"
    return " " if category == "Zs" else part
