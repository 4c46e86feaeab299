"""Rows turned on their side and set upright again are the same rows; what cannot be is an error."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.turned import straighten, turn

values = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3)
kept = values | st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=2), values)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[str], list[list[Any]], list[str]]:
    """Columns, rows, and which columns hold parts of one width, of several, or nothing."""
    width, number = draw(st.integers(1, 4)), draw(st.integers(0, 5))
    columns = [f"c{n}" for n in range(width)]
    parts = [name for name in columns if draw(st.booleans())]
    inner = {name: draw(st.integers(0, 3)) for name in parts}
    uneven = draw(st.booleans())

    def part(name: str) -> st.SearchStrategy[Any]:
        least, most = (0, 3) if uneven else (inner[name], inner[name])
        one = st.lists(kept, min_size=least, max_size=most)
        return st.none() | st.lists(one, max_size=4)

    rows = [
        [draw(part(name) if name in parts else kept) for name in columns] for _ in range(number)
    ]
    return columns, rows, parts


@given(tables())
def test_rows_come_back_as_they_were(table: tuple[list[str], list[list[Any]], list[str]]) -> None:
    columns, rows, parts = table
    text = msgspec.json.encode(turn(columns, rows, parts))
    told = msgspec.json.decode(text)
    assert told["columns"] == columns
    assert straighten(told["columns"], told["turned"]) == rows


def test_the_example_of_the_protocol() -> None:
    rows = [["a", [[1, "p1"], [2, "p2"]]], ["b", [[1, "p3"]]]]
    turned = turn(["id", "lines"], rows, ["lines"])
    assert turned == {
        "columns": ["id", "lines"],
        "turned": [["a", "b"], {"counts": [2, 1], "turned": [[1, 2, 1], ["p1", "p2", "p3"]]}],
    }


def test_lines_of_different_widths_stay_as_they_are() -> None:
    column = [[[1, 2], [3]], None]
    assert turn(["x"], [[value] for value in column], ["x"])["turned"] == [column]


@pytest.mark.parametrize(
    "turned",
    [
        [],
        [["a"], ["b"], ["c"]],
        [["a", "b"], ["c"]],
        [["a"], "b"],
        [["a"], 7],
        [["a"], {"turned": [[1]]}],
        [["a"], {"counts": [1]}],
        [["a"], {"counts": 1, "turned": [[1]]}],
        [["a"], {"counts": [2], "turned": [[1]]}],
        [["a"], {"counts": [1], "turned": [[1, 2]]}],
        [["a"], {"counts": [-1], "turned": [[1]]}],
        [["a"], {"counts": [True], "turned": [[1]]}],
        [["a"], {"counts": [1, 0], "turned": [[1]]}],
        [["a"], {"counts": [1], "turned": [[1], [2, 3]]}],
        [["a"], {"counts": [1], "turned": [7]}],
    ],
)
def test_what_does_not_fit_is_an_error(turned: list[Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        straighten(["id", "lines"], turned)


def test_rows_of_another_width_are_not_turned() -> None:
    with pytest.raises(ValueError, match="values for 2 columns"):
        turn(["a", "b"], [[1]])
