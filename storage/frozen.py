"""Frozen records as rows and back: one mapper each way, derived from the record's own fields.

Moments become microseconds since 1970 UTC, days ISO dates, flags 0 or 1, members of an
enumeration their value. A field that is a record of its own is left to its topic.
"""

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter

from storage.sql import Row

Record = TypeVar("Record")
Convert = Callable[[Any], Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970 UTC; exact."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(value: int) -> datetime:
    return _EPOCH + timedelta(microseconds=value)


class Mapper(Generic[Record]):
    """Maps a record to a row and back. `columns` names the columns that differ from their field;
    fields in `apart` are stored in another way."""

    def __init__(
        self, cls: type[Record], columns: Mapping[str, str] | None = None, apart: str = ""
    ) -> None:
        self.cls = cls
        hints = get_type_hints(cls)
        left_out = frozenset(apart.split())
        self._fields = [
            (
                field.name,
                (columns or {}).get(field.name, field.name),
                *_converters(hints[field.name]),
            )
            for field in fields(cls)  # type: ignore[arg-type]  # every Record here is a dataclass
            if field.name not in left_out
        ]

    def row(self, record: Record) -> dict[str, Any]:
        """The record by column name, for a statement's parameters."""
        return {
            column: value if write is None or value is None else write(value)
            for name, column, write, _ in self._fields
            for value in (getattr(record, name),)
        }

    def record(self, row: Row, **apart: Any) -> Record:
        return self.cls(
            **{
                name: value if read is None or value is None else read(value)
                for name, column, _, read in self._fields
                for value in (row[column],)
            },
            **apart,
        )


def _converters(hint: Any) -> tuple[Convert | None, Convert | None]:
    """How a value is written and read; None where it is stored as it is."""
    if get_origin(hint) in {Union, types.UnionType}:
        (hint,) = (one for one in get_args(hint) if one is not types.NoneType)
    if hint is datetime:
        return micros, moment
    if hint is date:
        return date.isoformat, date.fromisoformat
    if hint is bool:
        return int, bool
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return str.__str__, hint
    if hint in {str, int, bytes}:
        return None, None
    raise TypeError(f"no column type for {hint}")


class JsonCodec(Generic[Record]):
    """A nested record as JSON text and back. `loads` raises ValueError on what does not fit."""

    def __init__(self, cls: type[Record]) -> None:
        self._adapter = TypeAdapter(cls)

    def dumps(self, record: Record) -> str:
        # Not dump_json: that refuses half a surrogate pair, which a chat message can hold.
        return json.dumps(self._adapter.dump_python(record, mode="json"))

    def loads(self, text: str) -> Record:
        return self._adapter.validate_python(json.loads(text))


def canonical_json(record: Mapping[str, Any]) -> str:
    """One text for one content: keys in order, no blanks, ASCII only."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"))
