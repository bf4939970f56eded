"""The registry's tables in bulk, for imports (the Registry of bot.ports.registry)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.agreements import Agreement
from bot.domain.homes import Dwelling, Neighbourhood, keys_of
from bot.domain.people import Organisation, Person, PersonKey
from bot.domain.registry import Area, Identity
from bot.domain.tenancies import Absence, Case, CaseWorker
from bot.ports.registry import Record, TenancyRecord
from bot.ports.store import KeyDestroyed, NoteVault
from storage.frozen import Mapper
from storage.people import ORGANISATION, PERSON
from storage.places import DWELLING, NEIGHBOURHOOD
from storage.sql import Link, Row
from storage.tenancies import (
    ABSENCE,
    AGREEMENT,
    CASE,
    CASE_WORKER,
    TENANCY,
    agreement_of,
    identity_context,
    number_index,
    tenancy_of,
    tenancy_row,
)

AREA = Mapper(Area)

_TABLES: Mapping[type[Any], tuple[str, Mapper[Any]]] = {
    Organisation: ("organisations", ORGANISATION),
    Person: ("people", PERSON),
    Neighbourhood: ("neighbourhoods", NEIGHBOURHOOD),
    Area: ("areas", AREA),
    Dwelling: ("dwellings", DWELLING),
    Case: ("cases", CASE),
    CaseWorker: ("case_workers", CASE_WORKER),
    Absence: ("absences", ABSENCE),
}
"""Tables whose rows are the records themselves: the name in their queries, and how to map them."""

_IDENTITY_FIELDS = ("name", "phone", "email")


class SqlRegistry:
    def __init__(self, link: Link, vault: NoteVault) -> None:
        self._db = link.connection
        self._sql = link.queries("registry")
        self._vault = vault

    async def stored(self, kind: type[Record], organisation: str) -> Sequence[Record]:
        found: Sequence[Any]
        if kind is TenancyRecord:
            found = await self._tenancies(organisation)
        elif kind is Agreement:
            found = await self._agreements(organisation)
        else:
            name, mapper = _TABLES[kind]
            found = [mapper.record(row) for row in await self._rows(name, organisation)]
        return found

    async def put(self, records: Sequence[Record]) -> None:
        if not records:
            return
        kind = type(records[0])
        if kind is TenancyRecord:
            await self._put_tenancies(records)
        elif kind is Agreement:
            await self._put_agreements(records)
        else:
            name, mapper = _TABLES[kind]
            await self._many(f"put_{name}", [mapper.row(record) for record in records])
        if kind is Dwelling:
            await self._put_keys(records)

    async def remove(self, records: Sequence[Record]) -> None:
        if records:
            name, mapper = _TABLES[type(records[0])]
            await self._many(f"remove_{name}", [mapper.row(record) for record in records])

    async def end_links(self, people: Sequence[PersonKey]) -> None:
        rows = [person._asdict() for person in people]
        await self._many("end_accounts", rows)
        await self._many("end_invites", rows)

    def number_index(self, corporation: str, number: str) -> bytes:
        return number_index(self._vault, corporation, number)

    async def _rows(self, name: str, organisation: str) -> list[Row]:
        query = getattr(self._sql, name)
        return [row async for row in query(self._db, organisation=organisation)]

    async def _many(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            await getattr(self._sql, name)(self._db, rows)

    async def _put_keys(self, homes: Sequence[Any]) -> None:
        await self._many(
            "forget_dwelling_keys",
            [{"corporation": home.corporation, "unit": home.unit} for home in homes],
        )
        await self._many(
            "add_dwelling_keys",
            [
                {"corporation": home.corporation, "key": key, "unit": home.unit}
                for home in homes
                for key in keys_of(home)
            ],
        )

    async def _tenancies(self, corporation: str) -> list[TenancyRecord]:
        sealed: defaultdict[str, list[Row]] = defaultdict(list)
        for field in await self._rows("identities", corporation):
            sealed[field["subject"]].append(field)
        return [
            await self._tenancy(row, sealed[row["subject"]])
            for row in await self._rows("tenancies", corporation)
        ]

    async def _tenancy(self, row: Row, sealed: Sequence[Row]) -> TenancyRecord:
        try:
            tenancy = await tenancy_of(self._vault, row)
            identity = await self._identity(sealed)
        except KeyDestroyed:
            return TenancyRecord(TENANCY.record(row, unit=""), row["number_index"], None)
        return TenancyRecord(tenancy, row["number_index"], identity)

    async def _identity(self, sealed: Sequence[Row]) -> Identity:
        return Identity(
            **{
                row["field"]: await self._vault.open(
                    row["corporation"],
                    row["subject"],
                    identity_context(row["field"]),
                    row["sealed"],
                )
                for row in sealed
            }
        )

    async def _put_tenancies(self, records: Sequence[Any]) -> None:
        for corporation in {record.tenancy.corporation for record in records}:
            own = [r.tenancy.subject for r in records if r.tenancy.corporation == corporation]
            await self._vault.prepare(corporation, own)
        rows = [
            {
                **await tenancy_row(self._vault, record.tenancy),
                "number_index": record.number_index,
            }
            for record in records
        ]
        await self._many("put_tenancies", rows)
        await self._many(
            "forget_identities",
            [{"corporation": row["corporation"], "subject": row["subject"]} for row in rows],
        )
        await self._many(
            "add_identities", [field for record in records for field in await self._sealed(record)]
        )

    async def _sealed(self, record: TenancyRecord) -> list[dict[str, object]]:
        corporation, subject = record.tenancy.corporation, record.tenancy.subject
        known = [(field, getattr(record.identity, field)) for field in _IDENTITY_FIELDS]
        return [
            {
                "corporation": corporation,
                "subject": subject,
                "field": field,
                "sealed": await self._vault.seal(
                    corporation, subject, identity_context(field), text
                ),
            }
            for field, text in known
            if text
        ]

    async def _agreements(self, corporation: str) -> list[Agreement]:
        signed: defaultdict[str, list[Row]] = defaultdict(list)
        for signature in await self._rows("signatures", corporation):
            signed[signature["agreement"]].append(signature)
        return [
            agreement_of(row, signed[row["agreement"]])
            for row in await self._rows("agreements", corporation)
        ]

    async def _put_agreements(self, agreements: Sequence[Any]) -> None:
        rows = [AGREEMENT.row(agreement) for agreement in agreements]
        await self._many("put_agreements", rows)
        await self._many(
            "forget_signatures",
            [{"corporation": row["corporation"], "agreement": row["agreement"]} for row in rows],
        )
        await self._many(
            "add_signatures",
            [
                {
                    "corporation": agreement.corporation,
                    "agreement": agreement.id,
                    "party": party.value,
                    "signed_on": day.isoformat(),
                }
                for agreement in agreements
                for party, day in agreement.signed.items()
            ],
        )
