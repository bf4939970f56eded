"""Importing a registry, on both databases."""

from pathlib import Path

import pytest

from bot.app.registry.importing import Counts, Outcome, import_checked, read_registry
from bot.app.registry.problems import Level
from bot.app.registry.tables import Table
from bot.domain.agreements import AgreementState, Party
from bot.domain.homes import Dwelling, street_key, unit_key
from bot.domain.people import PersonKey, Role
from bot.domain.registry import Identity
from bot.domain.tenancies import Tenancy
from bot.ports.registry import TenancyRecord
from bot.ports.store import Account
from storage.database import SqlStore
from tests.registries import NOW, TODAY, Files, example
from tests.stores import open_test_store

SANNE = PersonKey("voorbeeld", "sanne")
PIET = PersonKey("voorbeeld", "piet")


async def imported(store: SqlStore, files: Files, folder: Path, dry_run: bool = False) -> Outcome:
    checked = read_registry(files.write(folder), TODAY)
    return await import_checked(store, checked, "beheer", NOW, dry_run)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "registry"
    made.mkdir()
    return made


async def tenancies(store: SqlStore, corporation: str = "voorbeeld") -> dict[str, TenancyRecord]:
    """By unit; of a unit with several, the one that starts last."""
    async with store.reading() as work:
        found = await work.registry.stored(TenancyRecord, corporation)
    return {record.tenancy.unit: record for record in sorted(found, key=lambda r: r.tenancy.starts)}


def bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def only_changes(outcome: Outcome) -> dict[Table, Counts]:
    return {t: c for t, c in outcome.counts.items() if c.new or c.changed or c.ended or c.kept}


def warned(outcome: Outcome) -> list[tuple[str, int | None, str]]:
    return [
        (problem.file, problem.row, problem.text.key.removeprefix("registry."))
        for problem in outcome.problems
        if problem.level is Level.WARNING
    ]


async def test_after_an_import_everybody_and_everything_is_found(
    store: SqlStore, folder: Path
) -> None:
    outcome = await imported(store, example(), folder)
    assert not outcome.refused
    assert outcome.counts[Table.DWELLINGS] == Counts(new=14)
    async with store.reading() as work:
        piet = await work.people.get(PIET)
        assert piet is not None
        assert piet.role is Role.MANAGER
        assert [area.id for area in await work.places.areas(PIET)] == ["noord"]
        for spoken in ("E-4471", "e4471"):
            (home,) = await work.places.find("voorbeeld", unit_key(spoken))
            assert home.address == "Voorbeeldstraat 10"
        tenancy = await work.tenancies.of_unit("voorbeeld", "E-4471", TODAY)
        assert tenancy is not None
        assert tenancy.contact == "sanne"
        (case,) = await work.tenancies.cases_of("voorbeeld", tenancy.subject)
        agreement = await work.tenancies.agreement_of("voorbeeld", case.code, TODAY)
        assert agreement is not None
        assert agreement.state is AgreementState.ACTIVE
        assert set(agreement.signed) == set(Party)
        (worker,) = await work.tenancies.workers_of("voorbeeld", case.code)
        assert worker.person == "bas"


async def test_the_tenant_lies_sealed_in_the_vault(store: SqlStore, folder: Path) -> None:
    await imported(store, example(), folder)
    found = (await tenancies(store))["E-4471"]
    assert found.identity == Identity("Abel Proefhuurder", None, "abel@voorbeeld.example")
    assert "Abel" not in repr(found)


async def test_nothing_that_names_a_tenant_is_in_the_files_on_disk(
    tmp_path: Path, folder: Path
) -> None:
    cellar = tmp_path / "cellar"
    cellar.mkdir()
    async with open_test_store(cellar) as store:
        await imported(store, example(), folder)
        on_disk = bytes_in(cellar)
    assert b"Voorbeeldstraat" in on_disk
    for word in (b"Proefhuurder", b"Abel", b"abel@", b"H-0001"):
        assert word not in on_disk


async def test_importing_twice_changes_nothing(store: SqlStore, folder: Path) -> None:
    await imported(store, example(), folder)
    before = await tenancies(store)
    outcome = await imported(store, example(), folder)
    assert only_changes(outcome) == {}
    assert outcome.counts[Table.TENANCIES].same == 13
    assert await tenancies(store) == before


async def test_a_dry_run_counts_and_writes_nothing(store: SqlStore, folder: Path) -> None:
    outcome = await imported(store, example(), folder, dry_run=True)
    assert outcome.counts[Table.TENANCIES] == Counts(new=13)
    async with store.reading() as work:
        assert await work.people.corporations() == []
        assert await work.audit.head("voorbeeld") is None


async def test_files_with_a_fault_change_nothing_at_all(store: SqlStore, folder: Path) -> None:
    files = example()
    files.find("absences.csv", person="mark")["starts"] = "ooit"
    outcome = await imported(store, files, folder)
    assert outcome.refused
    async with store.reading() as work:
        assert await work.people.corporations() == []


async def test_changed_rows_are_changed_and_the_pseudonym_stays(
    store: SqlStore, folder: Path
) -> None:
    await imported(store, example(), folder)
    before = await tenancies(store)
    files = example()
    files.find("tenancies.csv", tenancy="H-0001").update(contact="tom", tenant_phone="06-12345678")
    files.find("dwellings.csv", unit="E-4472").update(street="Nieuwe Voorbeeldstraat")
    outcome = await imported(store, files, folder)
    assert only_changes(outcome) == {
        Table.DWELLINGS: Counts(changed=1, same=13),
        Table.TENANCIES: Counts(changed=1, same=12),
    }
    now = (await tenancies(store))["E-4471"]
    assert now.tenancy.subject == before["E-4471"].tenancy.subject
    assert now.tenancy.contact == "tom"
    assert now.identity == Identity("Abel Proefhuurder", "+31612345678", "abel@voorbeeld.example")
    async with store.reading() as work:
        assert not await work.places.find("voorbeeld", street_key("Voorbeeldstraat", "12"))
        (home,) = await work.places.find("voorbeeld", street_key("Nieuwe Voorbeeldstraat", "12"))
    assert home.unit == "E-4472"


async def test_a_phone_number_that_is_gone_from_the_file_is_gone(
    store: SqlStore, folder: Path
) -> None:
    files = example()
    await imported(store, files, folder)
    files.find("tenancies.csv", tenancy="H-0001")["tenant_email"] = ""
    await imported(store, files, folder)
    assert (await tenancies(store))["E-4471"].identity == Identity("Abel Proefhuurder")


async def test_who_is_not_in_the_file_any_more_stops_and_is_unlinked(
    store: SqlStore, folder: Path
) -> None:
    files = example()
    files.find("people.csv", person="piet")
    await imported(store, files, folder)
    async with store.work() as work:
        for person, address in ((PIET, "1"), (SANNE, "2")):
            await work.accounts.link(Account("telegram", address, person, NOW))
        await work.invites.put(b"code of piet", PIET, NOW.replace(year=2027))
    files.drop("people.csv", person="piet").drop("areas.csv", person="piet")
    outcome = await imported(store, files, folder)
    assert only_changes(outcome) == {
        Table.PEOPLE: Counts(same=13, ended=1),
        Table.AREAS: Counts(same=3, ended=1),
    }
    async with store.work() as work:
        piet = await work.people.get(PIET)
        assert piet is not None
        assert not piet.active
        assert await work.accounts.by_address("telegram", "1") is None
        assert await work.accounts.by_address("telegram", "2") is not None
        assert await work.invites.take(b"code of piet", NOW) is None
        assert await work.places.areas(PIET) == []
    assert only_changes(await imported(store, files, folder)) == {
        Table.PEOPLE: Counts(same=13, kept=1)
    }


async def test_who_is_marked_as_gone_is_unlinked_too(store: SqlStore, folder: Path) -> None:
    files = example()
    await imported(store, files, folder)
    async with store.work() as work:
        await work.accounts.link(Account("telegram", "1", PIET, NOW))
    files.find("people.csv", person="piet")["active"] = "nee"
    await imported(store, files, folder)
    async with store.reading() as work:
        assert await work.accounts.by_address("telegram", "1") is None


async def test_the_language_somebody_chose_is_kept(store: SqlStore, folder: Path) -> None:
    await imported(store, example(), folder)
    async with store.work() as work:
        await work.people.set_language(PIET, "en")
    files = example()
    files.find("people.csv", person="piet")["name"] = "Pieter Voorbeeld"
    await imported(store, files, folder)
    async with store.reading() as work:
        piet = await work.people.get(PIET)
    assert piet is not None
    assert (piet.name, piet.language) == ("Pieter Voorbeeld", "en")


async def test_homes_and_tenancies_that_are_missing_are_kept_and_told(
    store: SqlStore, folder: Path
) -> None:
    await imported(store, example(), folder)
    files = example()
    files.drop("dwellings.csv", unit="E-5013")
    files.drop("tenancies.csv", tenancy="H-0002")
    files.drop("tenancies.csv", tenancy="T-0002")
    outcome = await imported(store, files, folder)
    assert not outcome.refused
    assert warned(outcome) == [
        ("dwellings.csv", None, "missing_kept"),
        ("tenancies.csv", None, "missing_kept"),
    ]
    assert outcome.problems[1].text.fields["count"].value == 2
    assert "E-4472" in await tenancies(store)


async def test_a_kept_tenancy_is_not_let_in_the_way_of_a_new_one(
    store: SqlStore, folder: Path
) -> None:
    await imported(store, example(), folder)
    files = example()
    files.find("tenancies.csv", tenancy="H-0002").update(tenancy="H-9002", starts="01-10-2026")
    outcome = await imported(store, files, folder)
    assert outcome.refused
    assert [(p.row, p.column, p.text.key) for p in outcome.problems if p.level is Level.ERROR] == [
        (3, "starts", "registry.in_the_way.tenancies")
    ]


async def test_a_worker_who_is_not_in_the_file_any_more_is_off_the_case_at_once(
    store: SqlStore, folder: Path
) -> None:
    await imported(store, example(), folder)
    files = example().drop("case_workers.csv", case="Z-101")
    outcome = await imported(store, files, folder)
    assert only_changes(outcome) == {Table.CASE_WORKERS: Counts(same=6, ended=1)}
    async with store.reading() as work:
        (worker,) = await work.tenancies.workers_of("voorbeeld", "Z-101")
    assert worker.ends is not None
    assert worker.ends < TODAY
    assert only_changes(await imported(store, files, folder)) == {
        Table.CASE_WORKERS: Counts(same=6, kept=1)
    }


@pytest.mark.parametrize("here", [AgreementState.WITHDRAWN, AgreementState.PAUSED])
async def test_a_file_never_revives_what_was_stopped_here(
    store: SqlStore, folder: Path, here: AgreementState
) -> None:
    await imported(store, example(), folder)
    async with store.work() as work:
        agreement = await work.tenancies.agreement_of("voorbeeld", "Z-101", TODAY)
        assert agreement is not None
        stopped = type(agreement)(
            **{
                name: getattr(agreement, name)
                for name in ("corporation", "id", "case_code", "starts", "ends", "signed")
            },
            state=here,
        )
        await work.tenancies.save_agreement(stopped)
    outcome = await imported(store, example(), folder)
    assert not outcome.refused
    assert warned(outcome) == [("agreements.csv", 2, "agreement_not_revived")]
    async with store.reading() as work:
        assert await work.tenancies.agreement_of("voorbeeld", "Z-101", TODAY) == stopped


async def test_whoever_was_erased_stays_erased(store: SqlStore, folder: Path) -> None:
    await imported(store, example(), folder)
    async with store.reading() as work:
        tenancy = await work.tenancies.of_unit("voorbeeld", "E-4472", TODAY)
    assert tenancy is not None
    await store.erase("voorbeeld", tenancy.subject)
    outcome = await imported(store, example(), folder)
    assert not outcome.refused
    assert warned(outcome) == [("tenancies.csv", 3, "tenant_erased")]
    async with store.reading() as work:
        stored = await work.registry.stored(TenancyRecord, "voorbeeld")
    assert [r.identity for r in stored if r.tenancy.subject == tenancy.subject] == [None]


async def test_a_unit_keeps_the_spelling_that_signals_refer_to(
    store: SqlStore, folder: Path
) -> None:
    await imported(store, example(), folder)
    files = example()
    for file in ("dwellings.csv", "tenancies.csv"):
        files.find(file, unit="E-4471")["unit"] = "E4471"
    outcome = await imported(store, files, folder)
    assert only_changes(outcome) == {}
    async with store.reading() as work:
        assert await work.places.dwelling("voorbeeld", "E-4471") is not None


async def test_an_optional_file_that_is_left_out_is_left_alone(
    store: SqlStore, folder: Path
) -> None:
    await imported(store, example(), folder)
    files = example().without("areas.csv", "case_workers.csv")
    assert only_changes(await imported(store, files, folder)) == {}
    async with store.reading() as work:
        assert await work.places.areas(PIET) != []


async def test_other_corporations_are_never_touched(store: SqlStore, folder: Path) -> None:
    await imported(store, example(), folder)
    alone = example()
    for file, rows in alone.tables.items():
        column = next(iter(rows[0]))
        alone.tables[file] = [
            row for row in rows if row[column] in {"voorbeeld", "zorgvoorbeeld", "zorgtest"}
        ]
    outcome = await imported(store, alone.without("absences.csv"), folder)
    assert not outcome.refused
    assert only_changes(outcome) == {}
    assert "T-100" in await tenancies(store, "test")


async def test_an_import_is_one_line_in_each_log_with_counts_only(
    store: SqlStore, folder: Path
) -> None:
    await imported(store, example(), folder)
    async with store.reading() as work:
        lines = [line async for _, line, _ in work.audit.lines("voorbeeld")]
        others = [line async for _, line, _ in work.audit.lines("test")]
    (line,), (other,) = lines, others
    assert (line.event, line.user, line.at) == ("registry.imported", "beheer", NOW)
    assert "tenancies +11 ~0 -0" in line.detail
    assert "tenancies +2 ~0 -0" in other.detail


async def test_more_rows_than_go_in_one_batch(store: SqlStore, folder: Path) -> None:
    files = example()
    files["dwellings.csv"].extend(
        {
            "corporation": "test",
            "unit": f"X-{number}",
            "neighbourhood": "oost",
            "street": "Langeweg",
            "number": str(number),
            "addition": "",
            "postcode": "9998 ZB",
        }
        for number in range(1, 2501)
    )
    watched: list[tuple[Table, int, int]] = []
    checked = read_registry(files.write(folder), TODAY)
    await import_checked(store, checked, "beheer", NOW, on_row=lambda *seen: watched.append(seen))
    async with store.reading() as work:
        assert len(await work.registry.stored(Dwelling, "test")) == 2503
    assert watched[-1][0] is not Table.DWELLINGS
    assert (Table.DWELLINGS, 2514, 2514) in watched


async def test_a_number_for_a_tenancy_means_something_in_its_own_corporation_only(
    store: SqlStore, folder: Path
) -> None:
    files = example()
    files.find("tenancies.csv", tenancy="T-0001")["tenancy"] = "H-0001"
    files.find("cases.csv", case="Z-201")["tenancy"] = "H-0001"
    assert not (await imported(store, files, folder)).refused
    ours, theirs = await tenancies(store), await tenancies(store, "test")
    mine: Tenancy = ours["E-4471"].tenancy
    assert mine.subject != theirs["T-100"].tenancy.subject
    assert ours["E-4471"].number_index != theirs["T-100"].number_index
