"""CSV for spreadsheets: what one would run is made text, and our own figures stay figures."""

import csv
import io

import pytest

from server.office.spreadsheet import Figure, harmless, line


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_what_a_spreadsheet_would_run_is_made_text(start: str) -> None:
    assert harmless(start) == f"'{start}"
    assert harmless(f"x{start}") == f"x{start}"


def test_a_line_reads_back_as_it_was_and_a_figure_below_zero_is_a_number() -> None:
    made = line(("=A1", 'a "quoted", cell', Figure("-125.00"), "-125.00"))
    assert list(csv.reader(io.StringIO(made))) == [
        ["'=A1", 'a "quoted", cell', "-125.00", "'-125.00"]
    ]
