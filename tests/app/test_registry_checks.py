"""What must hold between rows and files (docs/domain.md, "Registry")."""

from pathlib import Path

import pytest

from bot.app.registry.problems import Level
from tests.registries import EXAMPLE, Cells, checked, errors, example, warnings

FAULTS = """
people.csv          7  organisation=voorbeld      organisation    reference_unknown_close
people.csv          7  organisation=elders        organisation    reference_unknown
people.csv          7  role=begeleider            role            role_elsewhere
people.csv         14  role=wijkbeheerder         role            role_elsewhere
people.csv          4  deputy=tim                 deputy          reference_unknown_close
people.csv          4  deputy=zzz                 deputy          reference_unknown
people.csv          4  deputy=mark                deputy          reference_unknown
people.csv          4  deputy=piet                deputy          deputy_role
people.csv          2  deputy=sanne               deputy          deputy_role
people.csv          4  deputy=sanne               deputy          deputy_self
people.csv         13  deputy=daan                deputy          reference_unknown
people.csv          7  person=sanne               person          twice.people
neighbourhoods.csv  2  consultant=piet            consultant      not_an_owner
neighbourhoods.csv  2  consultant=mark            consultant      reference_unknown
areas.csv           2  person=sanne               person          not_a_manager
areas.csv           2  neighbourhood=nord         neighbourhood   reference_unknown_close
areas.csv           2  neighbourhood=oost         neighbourhood   reference_unknown
areas.csv           4  neighbourhood=noord        neighbourhood   twice.areas
dwellings.csv      12  neighbourhood=west         neighbourhood   reference_unknown
dwellings.csv      12  corporation=zorgtest       corporation     not_a_corporation
dwellings.csv      12  unit=e4471                 unit            twice.dwellings
tenancies.csv       3  unit=E-9999                unit            reference_unknown
tenancies.csv       3  unit=T-100                 unit            reference_unknown
tenancies.csv       3  contact=piet               contact         not_an_owner
tenancies.csv       3  contact=mark               contact         reference_unknown
tenancies.csv       3  ends=14-06-2024            ends            ends_before_start
tenancies.csv      11  starts=31-03-2026          starts          two_tenancies
tenancies.csv      10  ends=                      11.starts       two_tenancies
tenancies.csv       4  tenancy=H-0001             tenancy         twice.tenancies
cases.csv           2  tenancy=T-0001             tenancy         reference_unknown
cases.csv           8  provider=test              provider        not_a_provider
cases.csv           8  provider=niemand           provider        reference_unknown
cases.csv           2  contact=bas                contact         reference_unknown
case_workers.csv    2  person=carla               person          not_a_care_worker
case_workers.csv    2  person=daan                person          worker_of_another
case_workers.csv    2  case=Z-999                 case            reference_unknown
case_workers.csv    2  case=Z-201                 case            reference_unknown
case_workers.csv    2  ends=28-02-2026            ends            ends_before_start
agreements.csv      2  case=Z-201                 case            reference_unknown
agreements.csv      2  ends=01-03-2026            ends            agreement_ends_before_start
agreements.csv      2  signed_tenant=             signed_tenant   signature_missing
agreements.csv      4  signed_provider=           signed_provider signature_missing
agreements.csv      3  signed_provider=24-11-2026 signed_provider signature_in_future
agreements.csv      4  case=Z-101                 2.starts        two_agreements
agreements.csv      3  agreement=O-101            agreement       twice.agreements
absences.csv        2  person=sanne               person          reference_unknown
absences.csv        2  deputy=joost               deputy          deputy_role
absences.csv        2  ends=20-12-2026            ends            ends_before_start
"""


@pytest.mark.parametrize("fault", [line for line in FAULTS.splitlines() if line])
def test_one_fault_is_told_once_and_in_its_place(tmp_path: Path, fault: str) -> None:
    file, number, change, place, key = fault.split()
    column, cell = change.split("=")
    files = example()
    files.row(file, int(number))[column] = cell
    elsewhere, _, where = place.rpartition(".")
    assert errors(files.write(tmp_path)) == [(file, int(elsewhere or number), where, key)]


def test_every_corporation_has_a_team_lead(tmp_path: Path) -> None:
    files = example()
    files.find("people.csv", person="ellen")["role"] = "woonconsulent"
    assert errors(files.write(tmp_path)) == [
        ("organisations.csv", 3, "organisation", "no_team_lead")
    ]


def test_a_team_lead_who_left_is_no_team_lead(tmp_path: Path) -> None:
    files = example()
    files.find("people.csv", person="ellen")["active"] = "nee"
    files.find("people.csv", person="mark")["deputy"] = ""
    files.without("absences.csv")
    assert errors(files.write(tmp_path)) == [
        ("organisations.csv", 3, "organisation", "no_team_lead")
    ]


def test_deputies_in_a_circle(tmp_path: Path) -> None:
    files = example()
    files.find("people.csv", person="lieke")["deputy"] = "sanne"
    assert errors(files.write(tmp_path)) == [
        ("people.csv", row, "deputy", "deputy_loop") for row in (4, 5, 6)
    ]


def test_a_chain_of_deputies_is_no_circle(tmp_path: Path) -> None:
    files = example()
    files.find("people.csv", person="tom")["deputy"] = "lieke"
    assert errors(files.write(tmp_path)) == []


def test_the_deputy_of_somebody_who_left_does_not_matter(tmp_path: Path) -> None:
    files = example()
    files.find("people.csv", person="aisha").update(active="nee", deputy="zzz")
    assert errors(files.write(tmp_path)) == []


def test_a_contact_who_left_is_a_warning_so_that_leaving_is_never_held_up(tmp_path: Path) -> None:
    files = example()
    files.find("people.csv", person="mark")["active"] = "nee"
    folder = files.write(tmp_path)
    assert errors(folder) == []
    assert warnings(folder) == [
        ("neighbourhoods.csv", 4, "consultant", "owner_inactive"),
        ("tenancies.csv", 13, "contact", "owner_inactive"),
        ("tenancies.csv", 14, "contact", "owner_inactive"),
        ("cases.csv", 9, "contact", "owner_inactive"),
    ]


def test_a_manager_without_a_neighbourhood_is_a_warning(tmp_path: Path) -> None:
    folder = example().drop("areas.csv", person="piet").write(tmp_path)
    assert errors(folder) == []
    assert warnings(folder) == [("people.csv", 2, "person", "manager_without_area")]


def test_a_worker_goes_with_the_provider_of_the_case(tmp_path: Path) -> None:
    files = example()
    files.find("cases.csv", case="Z-101")["provider"] = "zorgtest"
    assert errors(files.write(tmp_path)) == [("case_workers.csv", 2, "person", "worker_of_another")]


def test_an_agreement_after_one_that_stopped(tmp_path: Path) -> None:
    files = example()
    again = {**files.find("agreements.csv", agreement="O-104"), "agreement": "O-204"}
    files["agreements.csv"].append({**again, "state": "actief"})
    assert errors(files.write(tmp_path)) == []


def test_an_organisation_that_cannot_be_read_causes_no_further_faults(tmp_path: Path) -> None:
    files = example()
    files.find("organisations.csv", organisation="test")["kind"] = "vereniging"
    assert errors(files.write(tmp_path)) == [("organisations.csv", 3, "kind", "not_a_word")]


@pytest.mark.parametrize("table", sorted(path.name for path in EXAMPLE.glob("*.csv")))
def test_a_table_that_cannot_be_read_causes_no_further_faults(tmp_path: Path, table: str) -> None:
    folder = example().write(tmp_path)
    (folder / table).write_bytes(b"")
    assert errors(folder) == [(table, None, None, "file_empty")]


def test_a_row_with_a_fault_can_still_be_referred_to(tmp_path: Path) -> None:
    files = example()
    files.find("dwellings.csv", unit="E-4471")["postcode"] = "?"
    files.find("tenancies.csv", tenancy="H-0001")["starts"] = "?"
    files.find("cases.csv", case="Z-101")["contact"] = "s p a c e"
    files.find("people.csv", person="bas")["language"] = "fr"
    assert [(file, column) for file, _, column, _ in errors(files.write(tmp_path))] == [
        ("people.csv", "language"),
        ("dwellings.csv", "postcode"),
        ("tenancies.csv", "starts"),
        ("cases.csv", "contact"),
    ]


def test_warnings_alone_refuse_nothing(tmp_path: Path) -> None:
    found = checked(example().drop("areas.csv", person="piet").write(tmp_path))
    assert {problem.level for problem in found.problems} == {Level.WARNING}
    assert not found.refused


def test_ten_thousand_wrong_references_are_told_within_reason(tmp_path: Path) -> None:
    files = example()
    home: Cells = files.find("dwellings.csv", unit="E-5013")
    files["dwellings.csv"].extend(
        {**home, "unit": f"X-{number}", "neighbourhood": f"w{number}"} for number in range(10_000)
    )
    assert len(errors(files.write(tmp_path))) == 10_000
