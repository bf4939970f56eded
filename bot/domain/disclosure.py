"""What may be shown to whom, by which door (docs/domain.md, "Disclosure").

Every value in an outgoing text carries a class. Each audience and each channel has a clearance; a
value outside either cannot be put into words at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias


class FieldClass(StrEnum):
    """PUBLIC: fixed words and public settings. OWN_FORM: what the reader is filling in himself."""

    PUBLIC = "public"
    REFERENCE = "reference"
    OWN_FORM = "own_form"
    HOUSING_FACT = "housing_fact"
    NOTE = "note"
    IDENTITY = "identity"


class Audience(StrEnum):
    STRANGER = "stranger"
    MANAGER = "manager"
    OWNER = "owner"
    CARE_WORKER = "care_worker"
    COORDINATOR = "coordinator"
    PRIVACY_OFFICER = "privacy_officer"
    ADMINISTRATOR = "administrator"


class Door(StrEnum):
    """The kinds of channel a text can leave by. MATRIX is a person's own encrypted room; ASKED is
    the same room for an identity that was asked for with its purpose; CASE_ROOM is shared."""

    TELEGRAM = "telegram"
    MATRIX = "matrix"
    ASKED = "asked"
    CASE_ROOM = "case_room"
    CONSOLE = "console"


_PUBLIC = frozenset({FieldClass.PUBLIC})
_REFERENCES = _PUBLIC | {FieldClass.REFERENCE}
_CONTENT = _REFERENCES | {FieldClass.HOUSING_FACT, FieldClass.NOTE}

AUDIENCE_CLEARANCE: Mapping[Audience, frozenset[FieldClass]] = MappingProxyType(
    {
        Audience.STRANGER: _PUBLIC,
        Audience.MANAGER: _REFERENCES | {FieldClass.OWN_FORM},
        Audience.OWNER: _CONTENT | {FieldClass.OWN_FORM, FieldClass.IDENTITY},
        Audience.CARE_WORKER: _REFERENCES | {FieldClass.OWN_FORM, FieldClass.HOUSING_FACT},
        Audience.COORDINATOR: _REFERENCES,
        Audience.PRIVACY_OFFICER: _REFERENCES,
        Audience.ADMINISTRATOR: _REFERENCES,
    }
)

DOOR_CLEARANCE: Mapping[Door, frozenset[FieldClass]] = MappingProxyType(
    {
        Door.TELEGRAM: _REFERENCES | {FieldClass.OWN_FORM},
        Door.MATRIX: _CONTENT | {FieldClass.OWN_FORM},
        Door.ASKED: _REFERENCES | {FieldClass.IDENTITY},
        Door.CASE_ROOM: _REFERENCES | {FieldClass.HOUSING_FACT},
        Door.CONSOLE: _CONTENT,
    }
)


def may_show(cls: FieldClass, audience: Audience, door: Door) -> bool:
    """True only when both the audience and the door are cleared for this class."""
    return cls in AUDIENCE_CLEARANCE[audience] and cls in DOOR_CLEARANCE[door]


class NotCleared(Exception):
    """This text holds something the reader, or the way to the reader, is not cleared for."""


Value: TypeAlias = "str | int | Text | tuple[Text, ...]"


@dataclass(frozen=True, slots=True)
class Field:
    """A value on its way out, with the class that decides who may see it.

    `between` stands between the texts of a tuple: they are lines, or with "" side by side.
    """

    value: Value
    cls: FieldClass
    between: str = "\n"

    @property
    def is_text(self) -> bool:
        return isinstance(self.value, Text | tuple)

    def texts(self) -> tuple[Text, ...]:
        """The texts inside this field."""
        if isinstance(self.value, Text):
            return (self.value,)
        return self.value if isinstance(self.value, tuple) else ()


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence of the catalogue with its fields; no sentence exists outside the catalogue."""

    key: str
    fields: Mapping[str, Field] = field(default_factory=dict)

    def all_fields(self) -> Iterator[Field]:
        """Every field in this text, those of nested texts included."""
        for one in self.fields.values():
            yield one
            for nested in one.texts():
                yield from nested.all_fields()


def check_cleared(text: Text, audience: Audience, door: Door) -> None:
    """The choke point: raises NotCleared (naming classes only) unless every field may be shown."""
    refused = {f.cls for f in text.all_fields() if not may_show(f.cls, audience, door)}
    if refused:
        raise NotCleared(f"{text.key}: {', '.join(sorted(refused))} for {audience} by {door}")


def public(value: Value) -> Field:
    return Field(value, FieldClass.PUBLIC)


def reference(value: Value) -> Field:
    return Field(value, FieldClass.REFERENCE)


def own_form(value: Value, between: str = "\n") -> Field:
    return Field(value, FieldClass.OWN_FORM, between)


def housing_fact(value: Value) -> Field:
    return Field(value, FieldClass.HOUSING_FACT)


def identity(value: Value) -> Field:
    return Field(value, FieldClass.IDENTITY)


def note(value: Value) -> Field:
    return Field(value, FieldClass.NOTE)
