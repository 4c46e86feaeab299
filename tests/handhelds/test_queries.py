"""What the screens read: search, and the rep's work laid over the copy."""

import pytest

from handhelds.reference.queries_pulled import folded
from handhelds.reference.visit import Wanted
from tests.handhelds.conftest import Handheld
from tests.handhelds.double import STORE, row

LINE = [Wanted("904", "2")]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cola", ["20041"]),
        ("COLA 1", ["20041"]),
        ("agua", ["904"]),
        ("ÁGUA tonica", ["904"]),
        ("kola", ["20041"]),
        ("200", ["20041"]),
        ("l", ["20041", "904"]),
        ("cola tonica", []),
        ("100%", []),
        ("_", []),
        ("'; DROP TABLE product; --", []),
    ],
)
def test_products_are_found_by_any_part_of_any_word(
    handheld: Handheld, words: str, found: list[str]
) -> None:
    assert [one["id"] for one in handheld.queries.search("product", words)] == found


def test_an_empty_search_shows_the_first_ones(handheld: Handheld) -> None:
    assert len(handheld.queries.search("store", "")) == 2
    assert len(handheld.queries.search("store", "  ", at_most=1)) == 1


def test_searched_text_has_no_case_no_accents_no_width() -> None:
    assert folded("ÁGUA Tónica ＡＢＣ ß") == "agua tonica abc ss"


def test_a_store_is_found_by_code_and_by_id(handheld: Handheld) -> None:
    for named in ("1042", STORE):
        found = handheld.queries.store(named)
        assert found is not None
        assert (found["name"], found["grey"]) == ("Nick's", False)
    assert handheld.queries.store("nobody") is None


def test_arrays_come_back_as_arrays(handheld: Handheld) -> None:
    product = handheld.queries.product("20041")
    assert product is not None
    assert product["uoms"][1] == ["case", 12, 1, None, True]
    receivable = handheld.queries.row("receivable", STORE)
    assert receivable is not None
    assert receivable["items"][0][0] == "I-1"


def test_several_changes_of_one_row_are_laid_over_it_in_order(handheld: Handheld) -> None:
    visit = handheld.rep.start_visit("1042")
    handheld.rep.end_visit("1042", note="all well")
    (shown,) = handheld.queries.rows("visit", STORE)
    assert shown["id"] == visit["id"]
    assert (shown["state"], shown["note"], shown["unsent"]) == ("done", "all well", True)
    assert shown["started_at"] == visit["started_at"]


def test_undoing_the_last_change_of_a_row_shows_the_one_before(handheld: Handheld) -> None:
    handheld.rep.start_visit("1042")
    ended = handheld.rep.end_visit("1042")
    handheld.local.undo(ended["change"])
    (shown,) = handheld.queries.rows("visit", STORE)
    assert shown["state"] == "started"


def test_a_row_that_was_answered_stays_on_top_until_a_pull_brings_it(handheld: Handheld) -> None:
    order = handheld.rep.order("1042", LINE)
    handheld.server.lose = {len(handheld.server.calls) + 2}  # the pull of this sync
    assert handheld.sync().state == "cut"
    shown = handheld.queries.row("order", order["id"])
    assert shown is not None
    assert (shown["state"], shown["unsent"]) == ("submitted", False)
    handheld.sync()
    shown = handheld.queries.row("order", order["id"])
    assert shown is not None
    assert shown["state"] == "accepted"


def test_work_answered_while_a_pull_was_under_way_is_not_hidden_by_it(handheld: Handheld) -> None:
    """The pull began before the order was sent: its pages cannot hold the order."""
    handheld.server.paged = True
    handheld.server.put("stock", row("stock", id="s1", scope="wh:3", product="20041"))
    handheld.server.put("price_list", row("price_list", id="x", name="x", currency="USD"))
    handheld.server.lose = {len(handheld.server.calls) + 2}  # the second page
    assert handheld.sync().state == "cut"
    order = handheld.rep.order("1042", LINE)
    assert handheld.sync().state == "done"
    assert handheld.local.queue().pending == 0
    assert handheld.queries.row("order", order["id"]) is not None
    handheld.sync()
    shown = handheld.queries.row("order", order["id"])
    assert shown is not None
    assert shown["state"] == "accepted"


def test_a_row_whose_parts_a_disk_made_unreadable_keeps_no_other_from_being_read(
    handheld: Handheld,
) -> None:
    """Found by the simulation: one such row, and no order could be looked at or changed."""
    for _ in range(2):
        handheld.rep.order("1042", LINE)
    handheld.sync()
    orders = handheld.queries.rows("order")
    assert len(orders) == 2
    for table, column in (('copy."order"', "lines"), ("main.captured", "row")):
        handheld.local.db.execute(
            f"UPDATE {table} SET {column} = '[[' WHERE id = ?",
            (orders[0]["id"],),
        )
    damaged, other = handheld.queries.rows("order")
    assert damaged["id"] == orders[0]["id"]
    assert other["lines"] == orders[1]["lines"]


def test_one_row_is_found_without_reading_all_that_the_rep_ever_captured(
    handheld: Handheld,
) -> None:
    asked = "EXPLAIN QUERY PLAN SELECT * FROM live WHERE kind = 'visit' AND id = 'v-1' ORDER BY seq"
    plan = [row["detail"] for row in handheld.local.db.execute(asked)]
    assert any("captured_row (kind=? AND id=?)" in step for step in plan), plan
