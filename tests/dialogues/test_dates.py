"""Days and times the way people type them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogues.dates import periods_in, read_past_day, read_period, read_when

TODAY = date(2026, 11, 23)
"""A Monday."""

WHEN = """
morgen                       2026-11-24
overmorgen 9:00              2026-11-25 09:00
di                           2026-11-24
maandag                      2026-11-30
komende vrijdag              2026-11-27
volgende week dinsdag 10:00  2026-12-01 10:00
dinsdag 10.30 uur            2026-11-24 10:30
dinsdag volgende week        None
over een week                2026-11-30
over twee weken              2026-12-07
2d                           2026-11-25
in 3 days                    2026-11-26
3-12                         2026-12-03
3/12/27                      2027-12-03
03-12-2026 14:00             2026-12-03 14:00
3 mrt                        2027-03-03
3 maart 2027                 2027-03-03
23 november                  2026-11-23
22 november                  2027-11-22
om 15 uur                    2026-11-23 15:00
29 feb                       None
31-11                        None
32-1                         None
straks                       None
-                            None
"""


@pytest.mark.parametrize("row", WHEN.strip().splitlines())
def test_a_day_with_or_without_a_time(row: str) -> None:
    text, means = row[:29].strip(), row[29:].strip()
    read = read_when(text, TODAY)
    shown = "None"
    if read is not None:
        shown = f"{read.day}" + (f" {read.time:%H:%M}" if read.time else "")
    assert shown == means


PERIODS = """
3-12 t/m 17-12           2026-12-03 2026-12-17
3 t/m 17 december        2026-12-03 2026-12-17
3-12 - 17-12             2026-12-03 2026-12-17
3-12-2026 tot 17-12-2026 2026-12-03 2026-12-17
28-12 tot en met 4-1     2026-12-28 2027-01-04
morgen                   2026-11-24 2026-11-24
17-12-2026 t/m 3-12-2026 None
t/m 3-12                 None
"""


@pytest.mark.parametrize("row", PERIODS.strip().splitlines())
def test_a_period(row: str) -> None:
    text, means = row[:25].strip(), row[25:].strip()
    read = read_period(text, TODAY)
    assert (" ".join(map(str, read)) if read else "None") == means


def test_a_period_at_the_beginning_of_a_line_with_a_name_behind_it() -> None:
    longest, rest = next(periods_in("3-12 t/m 17-12 Tom Voorbeeld", TODAY))
    assert longest == (date(2026, 12, 3), date(2026, 12, 17))
    assert rest == "Tom Voorbeeld"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("gisteren", date(2026, 11, 22)),
        ("20-11", date(2026, 11, 20)),
        ("3-12", date(2025, 12, 3)),
        ("3 dec 2025", date(2025, 12, 3)),
        ("3-12-2026", None),
        ("vandaag", TODAY),
    ],
)
def test_a_day_that_has_been(text: str, day: date | None) -> None:
    assert read_past_day(text, TODAY) == day


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_or_not_but_never_breaks(text: str) -> None:
    read_when(text, TODAY)
    read_period(text, TODAY)
    read_past_day(text, TODAY)


@given(st.integers(0, 365))
def test_a_written_day_is_read_as_that_day(ahead: int) -> None:
    day = TODAY + timedelta(days=ahead)
    for form in (f"{day:%d-%m-%Y}", f"{day.day}-{day.month}", f"{day:%d.%m.%y}"):
        read = read_when(form, TODAY)
        assert read is not None
        assert read.day == (TODAY if ahead == 365 and form.count("-") == 1 else day)
