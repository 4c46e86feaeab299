"""What a spreadsheet would calculate is made text."""

import pytest

from server.formulas import harmless


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_what_a_spreadsheet_would_run_is_made_text(start: str) -> None:
    assert harmless(start) == f"'{start}"
    assert harmless(f"x{start}") == f"x{start}"
