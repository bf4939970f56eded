"""Files as spreadsheets really save them."""

from pathlib import Path

import pytest

from bot.app.registry.problems import reports, row_ranges
from bot.app.registry.sheets import holds_bsn, letter
from bot.domain.people import Role
from tests.registries import as_csv, checked, errors, example

ENCODINGS = ("utf-8", "utf-8-sig", "cp1252")


def test_the_example_has_nothing_wrong(tmp_path: Path) -> None:
    found = checked(example().write(tmp_path))
    assert not found.problems
    assert len(found.filing.dwellings) == 14


@pytest.mark.parametrize("separator", [";", ","])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_way_of_saving_reads_the_same(tmp_path: Path, separator: str, encoding: str) -> None:
    plain, other = tmp_path / "plain", tmp_path / "other"
    plain.mkdir()
    other.mkdir()
    files = example()
    files.find("people.csv", person="noor")["name"] = "Noortje Zoë Ångström"
    files.find("dwellings.csv", unit="T-100")["street"] = "'s-Testweg; achter, links"
    expected = checked(files.write(plain))
    assert not expected.problems
    assert checked(files.write(other, separator, encoding)).filing == expected.filing


def test_headings_may_be_written_loosely(tmp_path: Path) -> None:
    folder = example().write(tmp_path)
    file = folder / "tenancies.csv"
    heading, rest = file.read_text(encoding="utf-8").split("\n", 1)
    file.write_text(
        heading.replace("tenant_name", " Tenant Name ").replace("unit", "UNIT") + "\n" + rest,
        encoding="utf-8",
    )
    (folder / "dwellings.csv").rename(folder / "Dwellings.CSV")
    assert not checked(folder).problems


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    files = example()
    expected = checked(files.write(tmp_path)).filing
    files.tables["people.csv"] = [dict(reversed(row.items())) for row in files.tables["people.csv"]]
    assert checked(files.write(tmp_path)).filing == expected


def test_blank_rows_and_columns_count_in_row_numbers_and_nowhere_else(tmp_path: Path) -> None:
    folder = example().write(tmp_path)
    (folder / "neighbourhoods.csv").write_text(
        "sep=;\n\ncorporation;neighbourhood;name;consultant;;\n\n;;;;;\n"
        'voorbeeld;noord;"Voorbeeldwijk\nNoord";sanne;;\n'
        "voorbeeld;zuid;Zuid\n"
        "test;oost;Oost;nobody;;\n",
        encoding="utf-8",
    )
    found = checked(folder)
    assert [n.record.name for n in found.filing.neighbourhoods] == [
        "Voorbeeldwijk Noord",
        "Zuid",
        "Oost",
    ]
    assert [(p.row, p.column) for p in found.problems] == [(8, "consultant")]


@pytest.mark.parametrize("word", ["wijkbeheerder", "Wijkbeheerder", "MANAGER", "manager"])
def test_roles_in_dutch_and_english(tmp_path: Path, word: str) -> None:
    files = example()
    files.find("people.csv", person="piet")["role"] = word
    people = checked(files.write(tmp_path)).filing.people
    assert [p.record.role for p in people if p.record.id == "piet"] == [Role.MANAGER]


@pytest.mark.parametrize("day", ["01-03-2026", "1-3-2026", "2026-03-01", "01-03-2026 00:00"])
def test_days_as_people_and_programs_write_them(tmp_path: Path, day: str) -> None:
    files = example()
    expected = checked(files.write(tmp_path)).filing.tenancies
    files.find("tenancies.csv", tenancy="H-0001")["starts"] = day
    assert checked(files.write(tmp_path)).filing.tenancies == expected


@pytest.mark.parametrize(
    ("column", "cell", "key"),
    [
        ("starts", "31-02-2026", "not_a_date"),
        ("starts", "3/12/2026", "not_a_date"),
        ("starts", "03-12-26", "not_a_date"),
        ("starts", "03-12-1026", "not_a_date"),
        ("starts", "", "cell_empty"),
        ("tenant_name", "  ", "cell_empty"),
        ("tenant_name", "n" * 101, "too_long"),
        ("tenant_name", "Jos\u00c3\u00a9 Proefhuurder", "letters_damaged"),
        ("tenant_name", "Jos\ufffd Proefhuurder", "letters_damaged"),
        ("tenant_name", "Abel\x07Proefhuurder", "letters_damaged"),
        ("tenant_name", "Abel 123456782", "bsn_value"),
        ("tenant_phone", "612345678", "not_a_phone"),
        ("tenant_phone", "0612", "not_a_phone"),
        ("tenant_email", "abel at voorbeeld", "not_an_email"),
        ("tenancy", "H 1; drop", "not_a_contract"),
        ("tenancy", "111222333", "bsn_value"),
        ("unit", "vier", "not_a_unit"),
        ("contact", "San Ne", "not_an_id"),
    ],
)
def test_a_cell_that_cannot_be_right_is_named_by_row_and_column(
    tmp_path: Path, column: str, cell: str, key: str
) -> None:
    files = example()
    files.row("tenancies.csv", 5)[column] = cell
    assert ("tenancies.csv", 5, column, key) in errors(files.write(tmp_path))


@pytest.mark.parametrize(
    ("number", "addition", "written"),
    [
        ("14", "", "14"),
        ("14b", "", "14b"),
        ("14 B", "", "14B"),
        ("14-2", "", "14-2"),
        ("14", "b", "14b"),
        ("14", "2", "14-2"),
        ("14", "-hs", "14hs"),
    ],
)
def test_house_numbers_with_their_addition(
    tmp_path: Path, number: str, addition: str, written: str
) -> None:
    files = example()
    files.find("dwellings.csv", unit="E-4474").update(number=number, addition=addition)
    homes = checked(files.write(tmp_path)).filing.dwellings
    assert [home.record.number for home in homes if home.record.unit == "E-4474"] == [written]


@pytest.mark.parametrize(
    ("cells", "column", "key"),
    [
        ({"number": "12-mrt"}, "number", "not_a_house_number"),
        ({"number": "b14"}, "number", "not_a_house_number"),
        ({"number": "0"}, "number", "not_a_house_number"),
        ({"number": "14-mrt.-26"}, "number", "not_a_house_number"),
        ({"addition": "beneden"}, "addition", "not_an_addition"),
        ({"number": "14b", "addition": "b"}, "addition", "two_additions"),
        ({"postcode": "0123 AB"}, "postcode", "not_a_postcode"),
        ({"postcode": "1234 SS"}, "postcode", "not_a_postcode"),
        ({"postcode": "1234"}, "postcode", "not_a_postcode"),
    ],
)
def test_addresses(tmp_path: Path, cells: dict[str, str], column: str, key: str | None) -> None:
    files = example()
    files.row("dwellings.csv", 2).update(cells)
    assert errors(files.write(tmp_path)) == [("dwellings.csv", 2, column, key)]


def test_a_postcode_is_kept_in_one_notation(tmp_path: Path) -> None:
    files = example()
    files.row("dwellings.csv", 2)["postcode"] = "9999xa"
    assert checked(files.write(tmp_path)).filing.dwellings[0].record.postcode == "9999 XA"


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    files = example()
    files.row("dwellings.csv", 3)["postcode"] = "nul"
    files.row("dwellings.csv", 4)["number"] = "-"
    files.row("tenancies.csv", 2)["starts"] = "ooit"
    files.row("agreements.csv", 2)["state"] = "misschien"
    assert errors(files.write(tmp_path)) == [
        ("dwellings.csv", 3, "postcode", "not_a_postcode"),
        ("dwellings.csv", 4, "number", "not_a_house_number"),
        ("tenancies.csv", 2, "starts", "not_a_date"),
        ("agreements.csv", 2, "state", "not_a_word"),
    ]


def test_one_fault_in_many_rows_is_told_once(tmp_path: Path) -> None:
    files = example()
    for number in (2, 3, 4, 7):
        files.row("dwellings.csv", number)["postcode"] = "nul"
    (told,) = reports(checked(files.write(tmp_path)).problems)
    assert row_ranges(told.rows) == "2-4, 7"


# Files that are no table -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "file_empty"),
        (b"\r\n\r\n", "file_empty"),
        (b"corporation;person;neighbourhood\r\n", "file_empty"),
        (b"PK\x03\x04 a spreadsheet by another name", "not_csv"),
        ("corporation;person;neighbourhood\n".encode("utf-16"), "not_csv"),
        (b"corporation;person;\x9d\n", "letters_unreadable"),
        (b"voorbeeld;piet;noord\n", "no_headings"),
        (b"corporation\tperson\tneighbourhood\n", "no_headings"),
    ],
)
def test_a_file_that_is_no_table(tmp_path: Path, data: bytes, key: str) -> None:
    folder = example().write(tmp_path)
    (folder / "areas.csv").write_bytes(data)
    assert errors(folder) == [("areas.csv", None, None, key)]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("corporation;person", [("neighbourhood", "column_missing")]),
        ("corporation;person;neighbourhood;neighbourhood", [("neighbourhood", "column_twice")]),
        ("corporation;person;neighbourhood;colour", [("D", "column_unknown")]),
        (
            "corporation;person;neighborhood",
            [("C", "column_unknown_close"), ("neighbourhood", "column_missing")],
        ),
        ("corporation;person;neighbourhood;BSN nummer", [("D", "bsn_column")]),
    ],
)
def test_headings_that_do_not_fit(
    tmp_path: Path, heading: str, expected: list[tuple[str, str]]
) -> None:
    folder = example().write(tmp_path)
    (folder / "areas.csv").write_text(f"{heading}\nvoorbeeld;piet;noord;noord\n", encoding="utf-8")
    assert errors(folder) == [("areas.csv", None, column, key) for column, key in expected]


def test_a_heading_that_may_be_a_name_is_never_repeated(tmp_path: Path) -> None:
    files = example()
    for row in files["tenancies.csv"]:
        row["Abel Proefhuurder"] = "x"
    (problem,) = checked(files.write(tmp_path)).problems
    assert problem.text.key == "registry.column_unknown"
    assert "Abel" not in repr(problem)


def test_a_row_that_has_shifted(tmp_path: Path) -> None:
    folder = example().write(tmp_path)
    with (folder / "areas.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("voorbeeld;piet;zuid;;rest\r\n")
    assert errors(folder) == [("areas.csv", 6, "E", "cell_without_heading")]


@pytest.mark.parametrize("row", ['voorbeeld;"piet"x;noord', 'voorbeeld;"piet;noord'])
def test_quotation_marks_that_do_not_match(tmp_path: Path, row: str) -> None:
    folder = example().write(tmp_path)
    with (folder / "areas.csv").open("a", encoding="utf-8", newline="") as file:
        file.write(f"{row}\r\n")
    assert errors(folder) == [("areas.csv", 6, None, "quotes_unbalanced")]


# The folder --------------------------------------------------------------------------------------


def test_only_four_files_are_mandatory(tmp_path: Path) -> None:
    files = example().without(
        "areas.csv",
        "tenancies.csv",
        "cases.csv",
        "case_workers.csv",
        "agreements.csv",
        "absences.csv",
    )
    assert not checked(files.write(tmp_path)).problems


@pytest.mark.parametrize(
    "file", ["organisations.csv", "people.csv", "neighbourhoods.csv", "dwellings.csv"]
)
def test_a_mandatory_file_that_is_missing_is_the_only_fault(tmp_path: Path, file: str) -> None:
    assert errors(example().without(file).write(tmp_path)) == [(file, None, None, "file_missing")]


def test_files_that_refer_to_one_that_is_missing(tmp_path: Path) -> None:
    assert errors(example().without("cases.csv").write(tmp_path)) == [
        ("case_workers.csv", None, None, "file_needs"),
        ("agreements.csv", None, None, "file_needs"),
    ]


def test_a_file_with_a_typing_error_in_its_name_is_not_passed_over(tmp_path: Path) -> None:
    folder = example().write(tmp_path)
    (folder / "agreements.csv").rename(folder / "agreement.csv")
    (folder / "notes.csv").write_text("x", encoding="utf-8")
    (folder / "README.md").write_text("not looked at", encoding="utf-8")
    assert errors(folder) == [
        ("agreement.csv", None, None, "file_unknown_close"),
        ("notes.csv", None, None, "file_unknown"),
    ]


def test_the_same_file_twice(tmp_path: Path) -> None:
    files = example()
    folder = files.write(tmp_path)
    (folder / "Areas.csv").write_text(as_csv(files["areas.csv"]), encoding="utf-8")
    assert errors(folder) == [("areas.csv", None, None, "file_twice")]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert (str(tmp_path / "gone"), None, None, "no_folder") in errors(tmp_path / "gone")


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    folder = example().write(tmp_path)
    (folder / "areas.csv").unlink()
    (folder / "areas.csv").mkdir()
    assert errors(folder) == [("areas.csv", None, None, "file_unreadable")]


# Small parts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "123456782",
        "BSN123456782",
        "bsn: 123456782",
        "1234.56.782",
        "123 456 782",
        "12345672",
        "012345672",
        "１２３４５６７８２",
        "zie 111222333.",
        "H-0001 123456782",
        "12 123456782",
    ],
)
def test_a_citizen_service_number_in_every_notation(cell: str) -> None:
    assert holds_bsn(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "123456789",
        "06-12345678",
        "+31 6 12345678",
        "H-123456782",
        "HC123456782",
        "E-4471",
        "",
        "00000000",
    ],
)
def test_other_numbers(cell: str) -> None:
    assert not holds_bsn(cell)


@pytest.mark.parametrize("phone", ["06 12345672", "+31 123456782", "+31 6 12345672"])
def test_a_telephone_number_may_pass_the_eleven_test(tmp_path: Path, phone: str) -> None:
    files = example()
    files.row("tenancies.csv", 2)["tenant_phone"] = phone
    assert errors(files.write(tmp_path)) == []


def test_a_citizen_service_number_is_no_telephone_number(tmp_path: Path) -> None:
    files = example()
    files.row("tenancies.csv", 2)["tenant_phone"] = "012345672"
    assert errors(files.write(tmp_path)) == [("tenancies.csv", 2, "tenant_phone", "bsn_value")]


@pytest.mark.parametrize("day", ["12-03-2025", "01-01-2026", "2026-12-03"])
def test_a_day_may_pass_the_eleven_test(tmp_path: Path, day: str) -> None:
    files = example()
    files.row("tenancies.csv", 2)["starts"] = day
    assert errors(files.write(tmp_path)) == []


def test_letters_above_columns() -> None:
    assert [letter(place) for place in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
