"""PROTOCOL.md says what the code does: its tables are the code's own."""

from pathlib import Path

from schemas.change import MOST_CHANGES
from schemas.problem import problems_table
from schemas.versions import columns_table, steps_table
from schemas.wire import BODIES

PAGE = (Path(__file__).parents[3] / "sync" / "contract" / "PROTOCOL.md").read_text()


def test_the_page_lists_every_problem() -> None:
    assert problems_table() in PAGE, f"put this into section 6:\n{problems_table()}"


def test_the_page_lists_the_columns_of_every_kind() -> None:
    assert columns_table() in PAGE, f"put this into section 5:\n{columns_table()}"


def test_the_page_tells_what_each_version_changed() -> None:
    assert steps_table() in PAGE, f"put this into section 9:\n{steps_table()}"


def test_the_page_lists_every_act_with_all_its_fields() -> None:
    for (kind, act), schema in BODIES.items():
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| {kind} | {act} |"))
        if kind == "order":
            row = PAGE.partition("## 3. Push")[2]
        assert all(name in row for name in schema().fields), (kind, act)


def test_the_page_names_the_limit_of_a_batch() -> None:
    assert f"At most {MOST_CHANGES} changes" in PAGE
