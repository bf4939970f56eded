"""Texts as Telegram takes them: HTML tags become entities, commands and links are found by itself.

Offsets and lengths count UTF-16 code units (https://core.telegram.org/bots/api#messageentity).
The HTML rules, and what is said of broken HTML, follow Telegram's own parser
(github.com/tdlib/td, MessageEntity.cpp).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from handlers.loopback.refusals import Refused, bad_request

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
PIECE = re.compile(
    r"""(?P<text>[^<]+)
    | <(?P<end>/?)(?P<name>[^\s>]*)(?P<attributes>(?:[^>"']|"[^"]*"|'[^']*')*)>
    | (?P<broken><)""",
    re.VERBOSE,
)
ATTRIBUTE = re.compile(r"""([^\s=>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([\w.-]+)))?""")
CHARACTER = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|(lt|gt|amp|quot));?")
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}

DETECTED = (
    ("url", re.compile(r"(?:https?://|www\.)[^\s<>]+[^\s<>.,:;!?)]")),
    ("email", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("bot_command", re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z]\w{3,31}")),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
)
UNBROKEN = frozenset({"code", "pre", "text_link", "url", "email"})

Entity = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Open:
    name: str
    attributes: dict[str, str]
    offset: int


def units(text: str) -> int:
    """The length as Telegram counts it for entities: in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def formatted(
    text: str, parse_mode: str = "", entities: Iterable[Entity] = ()
) -> tuple[str, tuple[Entity, ...]]:
    """The plain text and its entities, trimmed. Raises Refused for broken or unknown mark-up."""
    found = [dict(entity) for entity in entities]
    if parse_mode.lower() == "html":
        text, found = parse_html(text)
    elif parse_mode:
        raise bad_request("unsupported parse_mode")
    text, found = _trimmed(text, found)
    return text, tuple(sorted(found + detected(text, found), key=_place))


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """The text without its tags, and an entity for each pair of tags around some text."""
    parts: list[str] = []
    entities: list[Entity] = []
    still_open: list[_Open] = []
    length = 0
    for piece in PIECE.finditer(source):
        at = len(source[: piece.start()].encode())
        if piece["broken"]:
            kind = "end" if source[piece.end() :].startswith("/") else "start"
            raise _unparsable(f"Unclosed {kind} tag at byte offset {at}")
        if piece["text"]:
            parts.append(CHARACTER.sub(_character, piece["text"]))
            length += units(parts[-1])
        elif not piece["end"]:
            still_open.append(_started(piece, at, length))
        else:
            entities += _ended(piece, at, length, still_open)
    if still_open:
        name = still_open[-1].name
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{name}"')
    return "".join(parts), entities


def _started(piece: re.Match[str], at: int, offset: int) -> _Open:
    name = piece["name"].lower()
    if name not in KINDS:
        raise _unparsable(f'Unsupported start tag "{name}" at byte offset {at}')
    attributes = {
        found[1]: CHARACTER.sub(_character, found[2] or found[3] or found[4] or "")
        for found in ATTRIBUTE.finditer(piece["attributes"])
    }
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise _unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {at}')
    return _Open(name, attributes, offset)


def _ended(piece: re.Match[str], at: int, length: int, still_open: list[_Open]) -> list[Entity]:
    if not still_open:
        raise _unparsable(f"Unexpected end tag at byte offset {at}")
    begun = still_open.pop()
    name = piece["name"].lower()
    if name and name != begun.name:
        raise _unparsable(
            f'Unmatched end tag at byte offset {at}, expected "</{begun.name}>", found "</{name}>"'
        )
    if length == begun.offset:
        return []
    entity: Entity = {
        "offset": begun.offset,
        "length": length - begun.offset,
        "type": KINDS[begun.name],
    }
    if begun.name == "a":
        if not begun.attributes.get("href"):
            return []
        entity["url"] = begun.attributes["href"]
    if begun.name == "blockquote" and "expandable" in begun.attributes:
        entity["type"] = "expandable_blockquote"
    return [entity]


def _unparsable(reason: str) -> Refused:
    return bad_request(f"can't parse entities: {reason}")


def _character(written: re.Match[str]) -> str:
    hexadecimal, decimal, name = written.groups()
    if name:
        return NAMED[name]
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    return chr(code) if 0 < code < 0x10FFFF else written[0]


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    shift = units(text) - units(text.lstrip())
    text = text.strip()
    end = units(text)
    kept = []
    for entity in entities:
        first = max(0, entity["offset"] - shift)
        last = min(end, entity["offset"] - shift + entity["length"])
        if last > first:
            kept.append(entity | {"offset": first, "length": last - first})
    return text, kept


def detected(text: str, given: list[Entity]) -> list[Entity]:
    """Commands, links, mentions and the like that nobody marked up."""
    taken = [entity for entity in given if entity["type"] in UNBROKEN]
    found: list[Entity] = []
    for kind, pattern in DETECTED:
        for match in pattern.finditer(text):
            entity = {
                "offset": units(text[: match.start()]),
                "length": units(match[0]),
                "type": kind,
            }
            if not any(_overlap(entity, other) for other in taken + found):
                found.append(entity)
    return found


def _overlap(one: Entity, other: Entity) -> bool:
    return bool(
        one["offset"] < other["offset"] + other["length"]
        and other["offset"] < one["offset"] + one["length"]
    )


def _place(entity: Entity) -> tuple[int, int]:
    return entity["offset"], -entity["length"]
