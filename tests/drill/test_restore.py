"""A backup restored under handhelds in the field: everything is back, nothing twice, by itself.

`make restore-drill` does the same with two hundred handhelds, and in all four ways a database can
come back; here only a backup is restored. `make restore-drill ARGS='--plant since_pull'` must find
what it lost.
"""

from pathlib import Path

import pytest

from tests.drill.restore import Drill, Found


@pytest.mark.slow
def test_a_backup_of_yesterday_is_restored_and_handhelds_bring_the_day_back(
    tmp_path: Path, pg_bin: Path
) -> None:
    drill = Drill(tmp_path, pg_bin, handhelds=8, orders=1, seed=1, wait=True)
    found = drill.run("backup")
    assert found.bad() == 0, found.line()
    assert found.lost_hours_orders > 10  # there was something to lose
    assert found.looked_up > 0  # and something to double


def test_a_drill_that_lost_or_doubled_something_says_so() -> None:
    fine = Found(how="backup", handhelds=2, orders=4)
    assert fine.bad() == 0
    for name in (
        "lost", "doubled", "sent_twice", "undelivered", "unsent", "unequal", "gaps", "not_done",
    ):  # fmt: skip
        assert Found(how="backup", handhelds=2, orders=4, **{name: 1}).bad() == 1, name  # type: ignore[arg-type]
