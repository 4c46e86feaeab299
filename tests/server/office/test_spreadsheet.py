"""CSV for spreadsheets: what one would run is made text, and our own figures stay figures."""

import csv
import io

from server.office.spreadsheet import Figure, line


def test_a_line_reads_back_as_it_was_and_a_figure_below_zero_is_a_number() -> None:
    made = line(("=A1", 'a "quoted", cell', Figure("-125.00"), "-125.00"))
    assert list(csv.reader(io.StringIO(made))) == [
        ["'=A1", 'a "quoted", cell', "-125.00", "'-125.00"]
    ]
