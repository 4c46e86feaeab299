"""Orders of the past: whole orders or none, by the part, and nothing twice."""

from datetime import UTC, datetime

import pytest

from server.feeds import orders as module
from server.feeds.plan import Refused
from server.feeds.read import Unreadable
from tests.server.feeds.conftest import Bench

HEADERS = (
    "number,store,ordered_on,net\n"
    "A1,s1,2026-10-01,25.20\nA2,s2,2026-10-02,5.00\nA3,s1,2026-10-03,1.00\n"
)
LINES_1 = "order,n,product,quantity,amount\nA1,1,p1,12,15.48\nA1,2,p2,6,9.72\nA2,1,p2,3,5.00\n"
LINES_2 = "order,n,product,quantity,amount\nA3,1,p1,1,1.00\n"


def orders(bench: Bench) -> list[tuple[object, ...]]:
    return bench.rows(
        "SELECT o.number, s.code, o.net_minor, count(l.n) FROM orders o"
        " JOIN store s ON s.id = o.store LEFT JOIN order_line l ON l.order_id = o.id"
        " GROUP BY 1, 2, 3 ORDER BY 1"
    )


def test_headers_and_lines_become_whole_orders(stocked: Bench) -> None:
    outcomes = stocked.orders(HEADERS, [LINES_1, LINES_2])
    assert [(one.feed, one.read, one.new) for one in outcomes] == [
        ("orders", 3, 3), ("order_lines", 3, 3), ("order_lines", 1, 1),
    ]  # fmt: skip
    assert orders(stocked) == [("A1", "s1", 2_520, 2), ("A2", "s2", 500, 1), ("A3", "s1", 100, 1)]
    row = stocked.rows(
        "SELECT captured_at, state, type, rep, external_no, device, changed_by,"
        " scope = 'st:' || store FROM orders WHERE number = 'A1'"
    )
    noon = datetime(2026, 10, 1, 17, tzinfo=UTC)
    assert row == [(noon, "closed", "sale", "history", "A1", None, "load:orders", True)]
    line = stocked.rows(
        "SELECT uom, ordered, confirmed, delivered, cut, unit_price::text, net_minor, state"
        " FROM order_line WHERE n = 2"
    )
    assert line == [("each", 6, 6, 6, 0, "1.620000", 972, "delivered")]


def test_the_same_files_again_write_no_row_and_no_entry(stocked: Bench) -> None:
    stocked.orders(HEADERS, [LINES_1, LINES_2])
    before = stocked.everything()
    outcomes = stocked.orders(HEADERS, [LINES_1, LINES_2])
    assert [(one.new, one.changed, one.same) for one in outcomes] == [
        (0, 0, 3),
        (0, 0, 3),
        (0, 0, 1),
    ]
    assert stocked.everything() == before


def test_a_corrected_line_changes_its_order_alone(stocked: Bench) -> None:
    stocked.orders(HEADERS, [LINES_1, LINES_2])
    pos = stocked.one("SELECT pos FROM feed WHERE cell = 2")
    fixed = LINES_1.replace("A2,1,p2,3", "A2,1,p2,4")
    said = stocked.orders(HEADERS, [fixed, LINES_2], dry_run=True)
    assert [(one.key, one.fields) for one in said[0].changes] == [
        ("A2", {"lines": ("as loaded", "as in the file")})
    ]
    outcomes = stocked.orders(HEADERS, [fixed, LINES_2])
    assert (outcomes[0].changed, outcomes[0].same) == (1, 2)
    assert stocked.rows("SELECT number, version FROM orders ORDER BY 1") == [
        ("A1", 1), ("A2", 2), ("A3", 1),
    ]  # fmt: skip
    assert stocked.one("SELECT pos FROM feed WHERE cell = 2") == pos + 1


def test_a_line_no_longer_in_the_files_is_taken_out_of_its_order(stocked: Bench) -> None:
    stocked.orders(HEADERS, [LINES_1, LINES_2])
    stocked.orders(HEADERS, [LINES_1.replace("A1,2,p2,6,9.72\n", ""), LINES_2])
    assert orders(stocked)[0] == ("A1", "s1", 2_520, 1)


def test_an_order_whose_lines_are_in_no_file_is_new_only_with_them(stocked: Bench) -> None:
    first = stocked.orders(HEADERS, [LINES_1])
    assert (first[0].new, first[0].rejected) == (2, 1)
    assert stocked.rejected == [(4, "number", "A3", module.FAULTS["no_lines"][1])]
    second = stocked.orders(HEADERS, [LINES_2])  # A1 and A2 are there, their lines stay
    assert (second[0].new, second[0].changed, second[0].same, second[0].rejected) == (1, 0, 2, 0)
    assert orders(stocked) == [("A1", "s1", 2_520, 2), ("A2", "s2", 500, 1), ("A3", "s1", 100, 1)]


def test_lines_that_are_all_rejected_leave_those_of_an_order_that_is_there(stocked: Bench) -> None:
    stocked.orders(HEADERS, [LINES_1, LINES_2])
    outcomes = stocked.orders(HEADERS, [LINES_1, LINES_2.replace("p1", "p9")])
    assert (outcomes[0].same, outcomes[2].rejected) == (3, 1)
    assert orders(stocked)[2] == ("A3", "s1", 100, 1)


def test_an_order_all_of_whose_lines_are_bad_does_not_come_in_without_them(stocked: Bench) -> None:
    stocked.orders(HEADERS, [LINES_1, LINES_2.replace("p1", "p9")])
    assert [row[0] for row in orders(stocked)] == ["A1", "A2"]
    assert (4, "number", "A3", module.FAULTS["lines"][1]) in stocked.rejected


def test_headers_alone_leave_the_lines(stocked: Bench) -> None:
    stocked.orders(HEADERS, [LINES_1, LINES_2])
    outcomes = stocked.orders(HEADERS.replace("5.00", "6.00"))
    assert (outcomes[0].changed, outcomes[0].same) == (1, 2)
    assert outcomes[0].changes[0].fields == {"net_minor": (500, 600)}
    assert orders(stocked)[1] == ("A2", "s2", 600, 1)


def test_a_total_the_source_does_not_name_is_the_sum_of_the_lines(stocked: Bench) -> None:
    lines = LINES_1.replace("A2,1,p2,3,5.00\n", "")
    stocked.orders("number,store,ordered_on\nA1,s1,2026-10-01\n", [lines])
    assert orders(stocked) == [("A1", "s1", 2_520, 2)]


def test_every_kind_of_bad_row_is_rejected_and_the_good_orders_load(stocked: Bench) -> None:
    headers = (
        HEADERS + "A4,s9,2026-10-04,1\nA1,s1,2026-10-04,1\nA5,s1,2026-02-30,1\nA6,s1,2026-10-05,1\n"
    )
    lines = (
        "order,n,product,quantity,amount\nA1,1,p1,12,15.48\nA1,1,p2,6,9.72\nA9,1,p1,1,1\n"
        "A4,1,p1,1,1\nA1,2,p9,1,1\nA2,1,p2,-3,5\nA3,1,p1,one,1\nA3,2,p1,1,1\nA2,2,p1,1,5\n"
    )
    outcomes = stocked.orders(headers, [lines])
    assert sorted(stocked.rejected) == [
        (3, "n", "A1", "Another line says this number of this order already: keep one of the two."),
        (4, "order", "A9", "Its order is not in the file of orders, or was rejected."),
        (5, "order", "A4", "Its order is not in the file of orders, or was rejected."),
        (5, "store", "s9", "Load the store first, or correct its code."),
        (6, "number", "A1", "Another line of the file says this already: keep one of the two."),
        (6, "product", "p9", "Load the product first, or correct its code."),
        (7, "ordered_on", "2026-02-30", "Write a day of the calendar, such as 2026-11-23."),
        (7, "quantity", "-3", "Sales have bottles and amounts above zero, returns below."),
        (8, "number", "A6", module.FAULTS["no_lines"][1]),
        (8, "quantity", "one", "Write a whole number, such as 12."),
    ]
    assert [(one.read, one.new, one.rejected) for one in outcomes] == [(7, 3, 4), (9, 3, 6)]
    assert [row[0] for row in orders(stocked)] == ["A1", "A2", "A3"]


def test_strict_writes_nothing_when_one_line_is_bad(stocked: Bench) -> None:
    before = stocked.everything()
    outcomes = stocked.orders(HEADERS, [LINES_1, LINES_2.replace("p1", "p9")], strict=True)
    assert not any(one.loaded for one in outcomes)
    assert stocked.everything() == before
    assert stocked.one("SELECT max(rows_new) FROM load WHERE feed = 'orders'") == 0


def test_a_dry_run_writes_nothing(stocked: Bench) -> None:
    before = stocked.everything()
    outcomes = stocked.orders(HEADERS, [LINES_1, LINES_2], dry_run=True)
    assert outcomes[0].new == 3
    assert [one.key for one in outcomes[0].changes] == ["A1", "A2", "A3"]
    assert stocked.everything() == before


def test_a_return_carries_negative_bottles(stocked: Bench) -> None:
    headers = "number,store,ordered_on,type\nR1,s1,2026-10-01,return\n"
    stocked.orders(headers, ["order,n,product,quantity,amount\nR1,1,p1,-12,-15.48\n"])
    assert stocked.rows("SELECT o.type, o.net_minor, l.delivered FROM orders o, order_line l") == [
        ("return", -1_548, -12)
    ]


def test_nothing_is_written_before_every_file_was_read_to_its_end(stocked: Bench) -> None:
    before = stocked.everything()
    with pytest.raises(Unreadable):
        stocked.orders(HEADERS, [LINES_1, LINES_2 + 'A3,2,"p1,1,1\n'])
    assert stocked.everything() == before


def test_a_load_that_stops_leaves_whole_orders_and_the_next_goes_on(
    stocked: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PART_ORDERS", 1)
    real, calls = module.write, []

    def breaks(*args: object, **named: object) -> object:
        calls.append(args)
        if len(calls) == 2:
            real(*args, **named)  # type: ignore[arg-type]
            raise RuntimeError("the power went after the rows were written")
        return real(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "write", breaks)
    with pytest.raises(RuntimeError):
        stocked.orders(HEADERS, [LINES_1, LINES_2])
    assert orders(stocked) == [("A1", "s1", 2_520, 2)]
    outcomes = stocked.orders(HEADERS, [LINES_1, LINES_2])
    assert (outcomes[0].new, outcomes[0].same) == (2, 1)
    assert orders(stocked) == [("A1", "s1", 2_520, 2), ("A2", "s2", 500, 1), ("A3", "s1", 100, 1)]


def test_only_one_load_of_orders_runs_at_a_time(stocked: Bench) -> None:
    with stocked.engine.connect() as conn, conn.begin():
        company = stocked.one("SELECT id::text FROM company")
        assert module.staged.lock(conn, company)
        with pytest.raises(Refused, match="Another load of orders is running"):
            stocked.orders(HEADERS, [LINES_1, LINES_2])
        module.staged.unlock(conn, company)
    assert stocked.orders(HEADERS, [LINES_1, LINES_2])[0].new == 3


def test_orders_made_by_handhelds_are_never_taken_for_those_of_the_past(stocked: Bench) -> None:
    stocked.orders(HEADERS, [LINES_1, LINES_2])
    with stocked.engine.begin() as conn:
        conn.exec_driver_sql("UPDATE orders SET device = 'd-1' WHERE number = 'A3'")
    outcomes = stocked.orders(HEADERS, [LINES_1, LINES_2])
    assert (outcomes[0].new, outcomes[0].same) == (1, 2)
