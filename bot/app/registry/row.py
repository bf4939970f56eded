"""Reads the cells of one row as what they stand for."""

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import TypeVar

import phonenumbers

from bot.app.registry.problems import Problem, said
from bot.app.registry.sheets import Line, clean, holds_bsn, is_damaged
from bot.app.registry.tables import COLUMNS, Table
from bot.domain.agreements import AgreementState
from bot.domain.disclosure import Text
from bot.domain.homes import is_postcode
from bot.domain.people import OrganisationKind, Role

T = TypeVar("T")

KINDS: Mapping[str, OrganisationKind] = MappingProxyType(
    {
        "corporation": OrganisationKind.CORPORATION,
        "corporatie": OrganisationKind.CORPORATION,
        "woningcorporatie": OrganisationKind.CORPORATION,
        "provider": OrganisationKind.PROVIDER,
        "zorgaanbieder": OrganisationKind.PROVIDER,
    }
)
ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "manager": Role.MANAGER,
        "wijkbeheerder": Role.MANAGER,
        "consultant": Role.CONSULTANT,
        "woonconsulent": Role.CONSULTANT,
        "consulent": Role.CONSULTANT,
        "team_lead": Role.TEAM_LEAD,
        "teamleider": Role.TEAM_LEAD,
        "care_worker": Role.CARE_WORKER,
        "begeleider": Role.CARE_WORKER,
        "zorgverlener": Role.CARE_WORKER,
        "coordinator": Role.COORDINATOR,
        "coördinator": Role.COORDINATOR,
        "privacy_officer": Role.PRIVACY_OFFICER,
        "functionaris_gegevensbescherming": Role.PRIVACY_OFFICER,
        "fg": Role.PRIVACY_OFFICER,
        "administrator": Role.ADMINISTRATOR,
        "functioneel_beheerder": Role.ADMINISTRATOR,
    }
)
STATES: Mapping[str, AgreementState] = MappingProxyType(
    {
        "draft": AgreementState.DRAFT,
        "concept": AgreementState.DRAFT,
        "active": AgreementState.ACTIVE,
        "actief": AgreementState.ACTIVE,
        "paused": AgreementState.PAUSED,
        "gepauzeerd": AgreementState.PAUSED,
        "withdrawn": AgreementState.WITHDRAWN,
        "ingetrokken": AgreementState.WITHDRAWN,
        "expired": AgreementState.EXPIRED,
        "verlopen": AgreementState.EXPIRED,
        "ended": AgreementState.ENDED,
        "beëindigd": AgreementState.ENDED,
    }
)
LANGUAGES: Mapping[str, str] = MappingProxyType({"nl": "nl", "en": "en"})
ANSWERS: Mapping[str, bool] = MappingProxyType({"ja": True, "yes": True, "nee": False, "no": False})

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_UNIT = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9 ./-]{0,31}")
_CONTRACT = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,39}")
_HOUSE_NUMBER = re.compile(r"([1-9]\d{0,4})(?: ?-? ?([A-Za-z][A-Za-z0-9]{0,3})|-(\d{1,4}))?")
_MADE_A_DATE = re.compile(
    r"\d+-(jan|feb|mrt|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)", re.IGNORECASE
)
_ADDITION = re.compile(r"-? ?([A-Za-z0-9]{1,4})")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_DATE = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})|(\d{4})-(\d{2})-(\d{2})")
_MIDNIGHT = re.compile(r"[ T]0?0:00(:00)?$")
_YEARS = range(1900, 2200)


class Row:
    """One row of a table. Every method notes what is wrong and then returns a stand-in.

    So a whole row is read whatever is wrong with it, and `sound` says whether it may be used.
    """

    __slots__ = ("_cells", "_problems", "number", "sound", "table")

    def __init__(self, table: Table, line: Line, problems: list[Problem]) -> None:
        self.table = table
        self.number = line.number
        self.sound = True
        self._problems = problems
        self._cells = {name: clean(cell) for name, cell in line.cells.items()}
        self._look_at_every_cell()

    def _look_at_every_cell(self) -> None:
        for column in COLUMNS[self.table]:
            cell = self._cells.get(column.name, "")
            if not cell:
                if column.required:
                    self._note(column.name, said("cell_empty"))
            elif is_damaged(cell):
                self._drop(column.name, said("letters_damaged"))
            elif holds_bsn(cell) and not _is_date_or_phone(column.name, cell):
                self._drop(column.name, said("bsn_value"))

    def _note(self, column: str, text: Text) -> None:
        self.sound = False
        self._problems.append(Problem(self.table, self.number, column, text))

    def _drop(self, column: str, text: Text) -> None:
        """Notes it and forgets the cell, so that nothing else is said about it."""
        self._note(column, text)
        self._cells[column] = ""

    def text(self, column: str, longest: int = 100) -> str:
        cell = self._cells.get(column, "")
        if len(cell) > longest:
            self._note(column, said("too_long", longest=longest))
        return cell

    def id(self, column: str) -> str:
        return self._matching(column, _ID, "not_an_id")

    def optional_id(self, column: str) -> str | None:
        return self.id(column) or None

    def contract(self, column: str) -> str:
        return self._matching(column, _CONTRACT, "not_a_contract")

    def unit(self, column: str) -> str:
        return self._matching(column, _UNIT, "not_a_unit")

    def _matching(self, column: str, pattern: re.Pattern[str], otherwise: str) -> str:
        cell = self._cells.get(column, "")
        if cell and not pattern.fullmatch(cell):
            self._drop(column, said(otherwise))
            return ""
        return cell

    def word(self, column: str, words: Mapping[str, T], default: T | None = None) -> T:
        """What a fixed word stands for; `default` when the cell is empty."""
        first = next(iter(words.values()))
        cell = re.sub(r"[\s-]+", "_", self._cells.get(column, "").casefold())
        if not cell:
            return first if default is None else default
        if cell not in words:
            self._note(column, said("not_a_word", words=", ".join(words)))
        return words.get(cell, first)

    def day(self, column: str) -> date:
        return self.optional_day(column) or date.min

    def optional_day(self, column: str) -> date | None:
        cell = self._cells.get(column, "")
        if not cell:
            return None
        day = _as_date(cell)
        if day is None:
            self._note(column, said("not_a_date"))
        return day

    def postcode(self, column: str) -> str:
        cell = self._cells.get(column, "")
        if cell and not is_postcode(cell):
            self._note(column, said("not_a_postcode"))
        return f"{cell[:4]} {cell[4:].strip().upper()}"

    def house_number(self, column: str, addition: str) -> str:
        """Number and addition as one: "14b", "14-2"."""
        cell = self._cells.get(column, "")
        number = None if _MADE_A_DATE.fullmatch(cell) else _HOUSE_NUMBER.fullmatch(cell)
        extra = _ADDITION.fullmatch(self._cells.get(addition, ""))
        if cell and not number:
            self._note(column, said("not_a_house_number"))
        if self._cells.get(addition) and not extra:
            self._note(addition, said("not_an_addition"))
        if number and extra and (number[2] or number[3]):
            self._note(addition, said("two_additions"))
        if number is None:
            return ""
        return _with_addition(number[1], number[2] or number[3] or (extra[1] if extra else ""))

    def phone(self, column: str) -> str | None:
        """In international notation: "+31612345678"."""
        cell = self._cells.get(column, "")
        if not cell:
            return None
        number = _as_phone(cell)
        if number is None:
            self._note(column, said("not_a_phone"))
        return number

    def email(self, column: str) -> str | None:
        cell = self._cells.get(column, "")
        if cell and not _EMAIL.fullmatch(cell):
            self._note(column, said("not_an_email"))
        return cell or None


def _with_addition(number: str, addition: str) -> str:
    return f"{number}-{addition}" if addition[:1].isdigit() else f"{number}{addition}"


@lru_cache(maxsize=4096)
def _as_date(cell: str) -> date | None:
    match = _DATE.fullmatch(_MIDNIGHT.sub("", cell))
    if match is None:
        return None
    day, month, year = (
        (match[1], match[2], match[3]) if match[1] else (match[6], match[5], match[4])
    )
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def _is_date_or_phone(column: str, cell: str) -> bool:
    """Dates, and telephone numbers with more digits than a BSN, pass the eleven-test by chance."""
    digits = sum(sign.isdigit() for sign in cell)
    is_phone = column == "tenant_phone" and digits > 9 and _as_phone(cell) is not None
    return is_phone or _as_date(cell) is not None


def _as_phone(cell: str) -> str | None:
    if not cell.startswith(("0", "+", "(0")):
        return None
    try:
        number = phonenumbers.parse(cell, "NL")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
