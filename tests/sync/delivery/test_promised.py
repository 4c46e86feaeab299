"""What of an asked text may still be promised: never more than there is, and every sum right."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sync.delivery.promised import LINE, within_budgets, within_stock


def row(n: int, product: str, confirmed: int, backordered: int, reserved: int) -> list[Any]:
    line = dict.fromkeys(LINE, 0) | {
        "n": n, "product": product, "ordered": confirmed + backordered + 2, "cut": 2,
        "confirmed": confirmed, "backordered": backordered, "reserved": reserved,
        "state": "partial",
    }  # fmt: skip
    return list(line.values())


ROWS = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)),
    max_size=6,
)
FREE = st.dictionaries(st.sampled_from("ab"), st.integers(-5, 30))


@given(ROWS, FREE, st.sets(st.integers(1, 6)))
def test_nothing_is_promised_twice_and_every_line_adds_up(
    rows: list[tuple[str, int, int, int]], free: dict[str, int], answered: set[int]
) -> None:
    asked = [row(n, p, c, b, min(r, c)) for n, (p, c, b, r) in enumerate(rows, 1)]
    lines, short = within_stock(asked, free, answered)
    assert [list(line) for line in lines] == [LINE] * len(asked)
    for product in "ab":
        kept = sum(line["reserved"] for line in lines if line["product"] == product)
        assert kept <= max(0, free.get(product, 0))
    for before, line in zip(asked, lines, strict=True):
        was = dict(zip(LINE, before, strict=True))
        assert line["confirmed"] + line["backordered"] + line["cut"] == line["ordered"]
        assert line["confirmed"] <= was["confirmed"]
        if line["n"] in answered:
            assert line["confirmed"] == was["confirmed"]
        assert (line in short) == (line["confirmed"] < was["confirmed"])


@given(ROWS)
def test_with_enough_of_everything_the_text_stands_as_it_was_asked(
    rows: list[tuple[str, int, int, int]],
) -> None:
    asked = [row(n, p, c, b, min(r, c)) for n, (p, c, b, r) in enumerate(rows, 1)]
    lines, short = within_stock(asked, {"a": 1000, "b": 1000}, ())
    assert [list(line.values()) for line in lines] == asked
    assert short == []


def test_a_line_of_which_nothing_is_left_waits_whole() -> None:
    lines, short = within_stock([row(1, "a", 5, 0, 5)], {"a": 0}, ())
    assert [(one["confirmed"], one["backordered"], one["state"]) for one in lines] == [
        (0, 5, "backordered")
    ]
    assert short == lines


def test_a_budget_is_never_counted_beyond_its_end() -> None:
    left = {"ten": ("ten", 300), "gone": ("gone", -5), "open": ("open", None)}
    asked = {"ten": 400, "gone": 7, "open": 900}
    assert within_budgets(asked, left) == ({"ten": 300, "gone": 0, "open": 900}, 107)
    assert within_budgets({"ten": 300}, left) == ({"ten": 300}, 0)


def test_two_versions_of_a_promotion_take_of_one_budget() -> None:
    left = {"new": ("old", 300), "old": ("old", 300), "other": ("other", 10)}
    asked = {"new": 200, "old": 200, "other": 10}
    assert within_budgets(asked, left) == ({"new": 200, "old": 100, "other": 10}, 100)
