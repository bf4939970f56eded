"""The parameters of a call, however they came.

By URL query, form, multipart or JSON, all of which Telegram takes
(https://core.telegram.org/bots/api#making-requests).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from handlers.loopback.refusals import bad_request

# Everything else that reads as JSON is taken as JSON: numbers, true and false, objects, lists.
PLAIN_TEXTS = frozenset(
    {
        "action",
        "callback_query_id",
        "caption",
        "file_id",
        "language_code",
        "parse_mode",
        "photo",
        "secret_token",
        "text",
        "url",
    }
)


@dataclass(frozen=True, slots=True)
class Parameters:
    """Values by name; files that came along, by the name of their part."""

    values: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)

    def text(self, name: str) -> str:
        value = self.values.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        try:
            return int(self.values.get(name, default))
        except (TypeError, ValueError):
            return default

    def between(self, name: str, lowest: int, highest: int, default: int) -> int:
        return min(max(self.integer(name, default), lowest), highest)

    def flag(self, name: str) -> bool:
        return str(self.values.get(name, "")).lower() in ("true", "yes", "1")

    def listed(self, name: str) -> list[Any] | None:
        value = self.values.get(name)
        return value if isinstance(value, list) else None

    def object(self, name: str) -> dict[str, Any]:
        value = self.values.get(name)
        return value if isinstance(value, dict) else {}


def read_parameters(query: str, content_type: str, body: bytes) -> Parameters:
    """Raises Refused."""
    given: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    files: dict[str, bytes] = {}
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        given |= _json(body)
    elif kind == "multipart/form-data":
        for name, filename, content in _parts(content_type, body):
            if filename is None:
                given[name] = content.decode()
            else:
                files[name] = content
    else:
        given |= parse_qsl(body.decode(), keep_blank_values=True)
    return Parameters({name: _value(name, value) for name, value in given.items()}, files)


def _value(name: str, written: Any) -> Any:
    if name in PLAIN_TEXTS or not isinstance(written, str):
        return written
    try:
        return json.loads(written)
    except ValueError:
        return written


def _json(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        given = json.loads(body)
    except ValueError:
        given = None
    if not isinstance(given, dict):
        raise bad_request("can't parse request body as JSON")
    return given


def _parts(content_type: str, body: bytes) -> list[tuple[str, str | None, bytes]]:
    head = b"Content-Type: " + content_type.encode() + b"\r\n\r\n"
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    return [
        (
            str(part.get_param("name", header="content-disposition")),
            part.get_filename(),
            bytes(part.get_payload(decode=True) or b""),
        )
        for part in message.iter_parts()
    ]
