"""Who lives where, with which case and agreement: the inner side only.

The unit of a tenancy is a ciphertext, found by a keyed hash: no row tells who lives where to
somebody who has the database without the keys.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date

from bot.domain.agreement_changes import current_of
from bot.domain.agreements import Agreement, Party
from bot.domain.people import PersonKey
from bot.domain.tenancies import Absence, Case, CaseWorker, Tenancy
from bot.ports.store import KeyDestroyed, NoteVault
from storage.frozen import Mapper
from storage.keys import bound
from storage.sql import Link, Row

TENANCY = Mapper(Tenancy, apart="unit")
CASE = Mapper(Case, columns={"code": "case_code"})
CASE_WORKER = Mapper(CaseWorker)
AGREEMENT = Mapper(Agreement, columns={"id": "agreement"}, apart="signed")
ABSENCE = Mapper(Absence)

_UNIT_CONTEXT = "tenancy.unit"


def identity_context(field: str) -> str:
    """What a field of an identity is bound to when it is sealed."""
    return f"vault.{field}"


def unit_index(vault: NoteVault, corporation: str, unit: str) -> bytes:
    """The keyed hash by which a tenancy is found from its unit."""
    return vault.fingerprint("tenancy.unit", bound(corporation, unit).decode())


def number_index(vault: NoteVault, corporation: str, number: str) -> bytes:
    """The keyed hash by which a tenancy is found from the corporation's own number for it."""
    return vault.fingerprint("tenancy.number", bound(corporation, number).decode())


async def tenancy_row(vault: NoteVault, tenancy: Tenancy) -> dict[str, object]:
    """The row of a tenancy, but for its `number_index`."""
    corporation, subject = tenancy.corporation, tenancy.subject
    return {
        **TENANCY.row(tenancy),
        "unit_index": unit_index(vault, corporation, tenancy.unit),
        "unit_sealed": await vault.seal(corporation, subject, _UNIT_CONTEXT, tenancy.unit),
    }


async def tenancy_of(vault: NoteVault, row: Row) -> Tenancy:
    """Raises KeyDestroyed when the tenant was erased."""
    unit = await vault.open(row["corporation"], row["subject"], _UNIT_CONTEXT, row["unit_sealed"])
    return TENANCY.record(row, unit=unit)


def agreement_of(row: Row, signatures: Sequence[Row]) -> Agreement:
    signed = {Party(one["party"]): date.fromisoformat(one["signed_on"]) for one in signatures}
    return AGREEMENT.record(row, signed=signed)


class SqlTenancies:
    def __init__(self, link: Link, vault: NoteVault) -> None:
        self._db = link.connection
        self._sql = link.queries("tenancies")
        self._vault = vault

    async def of_unit(self, corporation: str, unit: str, day: date) -> Tenancy | None:
        row = await self._sql.of_unit(
            self._db,
            corporation=corporation,
            unit_index=unit_index(self._vault, corporation, unit),
            day=day.isoformat(),
        )
        return await self._readable(row)

    async def names_at(self, corporation: str, units: Iterable[str], day: date) -> Sequence[str]:
        names = []
        for unit in units:
            index = unit_index(self._vault, corporation, unit)
            rows = self._sql.sealed_names(
                self._db, corporation=corporation, unit_index=index, day=day.isoformat()
            )
            async for row in rows:
                with suppress(KeyDestroyed):
                    names.append(await self._name(corporation, row))
        return names

    async def _name(self, corporation: str, row: Row) -> str:
        context = identity_context("name")
        return await self._vault.open(corporation, row["subject"], context, row["sealed"])

    async def get(self, corporation: str, subject: str) -> Tenancy | None:
        row = await self._sql.get(self._db, corporation=corporation, subject=subject)
        return await self._readable(row)

    async def _readable(self, row: Row | None) -> Tenancy | None:
        try:
            return await tenancy_of(self._vault, row) if row else None
        except KeyDestroyed:
            return None

    async def cases_of(self, corporation: str, subject: str) -> Sequence[Case]:
        rows = self._sql.cases_of(self._db, corporation=corporation, subject=subject)
        return [CASE.record(row) async for row in rows]

    async def cases_of_worker(self, worker: PersonKey, day: date) -> Sequence[Case]:
        rows = self._sql.cases_of_worker(
            self._db, provider=worker.organisation, person=worker.person, day=day.isoformat()
        )
        return [CASE.record(row) async for row in rows]

    async def workers_of(self, corporation: str, case_code: str) -> Sequence[CaseWorker]:
        rows = self._sql.workers_of(self._db, corporation=corporation, case_code=case_code)
        return [CASE_WORKER.record(row) async for row in rows]

    async def case(self, corporation: str, code: str) -> Case | None:
        row = await self._sql.case(self._db, corporation=corporation, case_code=code)
        return CASE.record(row) if row else None

    async def cases(self, corporation: str) -> Sequence[Case]:
        rows = self._sql.cases(self._db, corporation=corporation)
        return [CASE.record(row) async for row in rows]

    async def agreements_of(self, corporation: str, case_code: str) -> Sequence[Agreement]:
        rows = self._sql.agreements_of(self._db, corporation=corporation, case_code=case_code)
        return [await self._agreement(row) async for row in rows]

    async def _agreement(self, row: Row) -> Agreement:
        signatures = self._sql.signatures(
            self._db, corporation=row["corporation"], agreement=row["agreement"]
        )
        return agreement_of(row, [one async for one in signatures])

    async def agreement_of(self, corporation: str, case_code: str, day: date) -> Agreement | None:
        return current_of(await self.agreements_of(corporation, case_code), day)

    async def save_agreement(self, agreement: Agreement) -> None:
        key = {"corporation": agreement.corporation, "agreement": agreement.id}
        await self._sql.save_agreement(self._db, **AGREEMENT.row(agreement))
        await self._sql.forget_signatures(self._db, **key)
        signatures = [
            {**key, "party": party.value, "signed_on": day.isoformat()}
            for party, day in agreement.signed.items()
        ]
        await self._sql.add_signatures(self._db, signatures)

    async def absences(self, corporation: str, day: date) -> Sequence[Absence]:
        rows = self._sql.absences(self._db, corporation=corporation, day=day.isoformat())
        return [ABSENCE.record(row) async for row in rows]

    async def absences_from(self, corporation: str, day: date) -> Sequence[Absence]:
        rows = self._sql.absences_from(self._db, corporation=corporation, day=day.isoformat())
        return [ABSENCE.record(row) async for row in rows]

    async def put_absence(self, absence: Absence) -> None:
        await self._sql.put_absence(self._db, **ABSENCE.row(absence))

    async def remove_absence(self, absence: Absence) -> None:
        await self._sql.remove_absence(
            self._db,
            corporation=absence.corporation,
            person=absence.person,
            starts=absence.starts.isoformat(),
        )
