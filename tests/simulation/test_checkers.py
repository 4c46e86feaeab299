"""Each checker finds what it is for, and nothing in a history where all is well."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.simulation.checkers import CHECKERS, check
from tests.simulation.history import History
from tests.simulation.standing import Standing

Change = Callable[[History, Standing], None]
ORDER, VISIT = "order-1", "visit-1"


def captured(change: str, kind: str, row: str, **more: Any) -> dict[str, Any]:
    return {"device": "h1", "rep": "r1", "id": change, "kind": kind, "act": "submit", "row": row,
            "store": "s", "raw": "{}", "how": "saved", **more}  # fmt: skip


def told(change: str, n: int, outcome: str = "applied", **more: Any) -> dict[str, Any]:
    return {"device": "h1", "of": "d-1", "n": n, "id": change, "outcome": outcome, "state": None,
            "rules": [], "refs": {}, "replayed": False, **more}  # fmt: skip


def page(**rows: list[list[Any]]) -> dict[str, Any]:
    return {"device": "h1", "complete": True, "cursor": "c", "rows": rows, "gone": {},
            "epoch": "e", "added": [], "dropped": []}  # fmt: skip


def receipt(change: str, n: int, kind: str, row: str, **more: Any) -> dict[str, Any]:
    return {"change": change, "id": change, "device": "d-1", "n": n, "kind": kind,
            "act": "submit", "outcome": "applied", "received_at": f"2026-01-0{n}",
            "subject": f"{kind}/{row}", "refs": {kind: row}, **more}  # fmt: skip


def all_well() -> tuple[History, Standing]:
    """One handhelds' order and visit, captured, pushed, read again and delivered."""
    history = History()
    at = "2026-01-01T00:00:00.000Z"
    history.note(at, "captured", **captured("c1", "order", ORDER))
    history.note(at, "captured", **captured("c2", "visit", VISIT))
    history.note(at, "request", device="h1", path="/sync/v1/push", changes=[[1, "c1"], [2, "c2"]],
                 fault=None, arrived=1, killed=None, status=200)  # fmt: skip
    history.note(at, "verdict", **told("c1", 1))
    history.note(at, "verdict", **told("c2", 2))
    history.note(at, "pulled", **page(order=[[ORDER, 2]], visit=[[VISIT, 1]]))
    history.note(at, "delivery", act="send", reference=f"{ORDER}/1", answer="Acknowledged", there=1)
    held = {("order", ORDER): 7, ("visit", VISIT): 8}
    standing = Standing(
        receipts=[receipt("c1", 1, "order", ORDER), receipt("c2", 2, "visit", VISIT)],
        rows={kind: Counter() for kind in ("card", "collection", "plan_stop")}
        | {"order": Counter([ORDER]), "visit": Counter([VISIT])},
        feeds=[(2, 9, 4, 4, 9)],
        deliveries=[{"order": ORDER, "revision": 1, "state": "acknowledged", "attempt": 1}],
        documents=Counter([f"{ORDER}/1"]),
        truth={"h1": held}, copies={"h1": dict(held)},
        outboxes={"h1": {"c1": (1, "applied"), "c2": (2, "applied")}}, rounds={"h1": 1},
    )  # fmt: skip
    return history, standing


def test_where_all_is_well_nothing_is_found() -> None:
    assert {name: found for name, found in check(*all_well()).items() if found} == {}


def _at(history: History) -> str:
    return str(history.entries[-1]["at"])


def no_receipt(history: History, standing: Standing) -> None:
    del standing.receipts[0]


def no_row(history: History, standing: Standing) -> None:
    standing.rows["order"].clear()


def _card(history: History, standing: Standing, beside: Any) -> None:
    """A card was captured with a competitor line, and taken."""
    raw = '{"body":{"competitors":[{"name":"Kola","price_minor":99}]}}'
    history.note(_at(history), "captured", **captured("c4", "card", "card-1", raw=raw))
    standing.receipts.append(receipt("c4", 4, "card", "card-1"))
    standing.rows["card"]["card-1"], standing.beside["card-1"] = 1, beside


def another_price_beside(history: History, standing: Standing) -> None:
    _card(history, standing, [["Kola", 98, None, None, None]])


def nothing_beside(history: History, standing: Standing) -> None:
    _card(history, standing, None)


def another_epoch(history: History, standing: Standing) -> None:
    history.note(_at(history), "pulled", **page(visit=[[VISIT, 1]]) | {"epoch": "e-2"})


def two_receipts(history: History, standing: Standing) -> None:
    standing.receipts.append(receipt("c1", 3, "order", ORDER))


def two_rows(history: History, standing: Standing) -> None:
    standing.rows["visit"][VISIT] = 2


def made_twice(history: History, standing: Standing) -> None:
    history.note(_at(history), "captured", **captured("c3", "order", ORDER))
    standing.receipts.append(receipt("c3", 3, "order", ORDER))


def receipt_of_nothing(history: History, standing: Standing) -> None:
    standing.receipts.append(receipt("c9", 3, "visit", VISIT, refs={}))


def row_of_nothing(history: History, standing: Standing) -> None:
    standing.rows["order"]["order-9"] = 1


def a_row_too_few(history: History, standing: Standing) -> None:
    del standing.copies["h1"]["visit", VISIT]


def a_row_too_many(history: History, standing: Standing) -> None:
    standing.copies["h1"]["store", "s9"] = 1


def another_row(history: History, standing: Standing) -> None:
    standing.copies["h1"]["order", ORDER] = 6


def never_back(history: History, standing: Standing) -> None:
    history.entries[5]["rows"]["visit"] = []


def healed_at_night(history: History, standing: Standing) -> None:
    standing.repairs = [("d-1", "visit", VISIT, "missing")]


def unanswered(history: History, standing: Standing) -> None:
    standing.outboxes["h1"]["c2"] = (2, None)


def three_rounds(history: History, standing: Standing) -> None:
    standing.rounds["h1"] = 3


def never_at_rest(history: History, standing: Standing) -> None:
    standing.rounds["h1"] = -1


def waits_for_nothing(history: History, standing: Standing) -> None:
    history.entries[1]["raw"] = '{"depends_on":["c1"]}'
    standing.receipts[1]["outcome"] = "waiting"


def told_of_anothers(history: History, standing: Standing) -> None:
    stolen = captured("c1", "order", "order-2", stolen=True) | {"device": "h2"}
    history.note(_at(history), "captured", **stolen)
    history.note(
        _at(history), "verdict", **{**told("c1", 1, refs={"order": ORDER}), "device": "h2"}
    )


def told_two_ways(history: History, standing: Standing) -> None:
    history.note(_at(history), "verdict", **told("c1", 1, "rejected"))


def shows_another(history: History, standing: Standing) -> None:
    standing.outboxes["h1"]["c1"] = (1, "rejected")


def went_back(history: History, standing: Standing) -> None:
    history.note(_at(history), "pulled", **page(order=[[ORDER, 1]]))


def out_of_order(history: History, standing: Standing) -> None:
    standing.receipts[1]["received_at"] = "2025-12-31"


def a_gap(history: History, standing: Standing) -> None:
    standing.receipts[1]["n"] = 3


def a_place_twice(history: History, standing: Standing) -> None:
    standing.feeds = [(2, 9, 4, 3, 9)]


def above_the_head(history: History, standing: Standing) -> None:
    standing.feeds = [(2, 9, 4, 4, 10)]


def delivered_twice(history: History, standing: Standing) -> None:
    standing.documents[f"{ORDER}/1"] = 2


def delivered_unasked(history: History, standing: Standing) -> None:
    standing.documents["order-9/1"] = 1


def not_delivered(history: History, standing: Standing) -> None:
    standing.documents.clear()


def never_sent(history: History, standing: Standing) -> None:
    standing.deliveries[0]["state"] = "queued"


def a_wrong_sum(history: History, standing: Standing) -> None:
    standing.sums = ["stock.reserved of p1 is 3, should be 4"]


def answered_500(history: History, standing: Standing) -> None:
    history.entries[2]["status"] = 500


def held_for_a_fault(history: History, standing: Standing) -> None:
    history.note(_at(history), "verdict", **told("c1", 1, rules=["server_fault"]))


PLANTED: dict[str, tuple[Change, ...]] = {
    "lost": (no_receipt, no_row, another_price_beside, nothing_beside, another_epoch),
    "duplicated": (two_receipts, two_rows, made_twice),
    "phantom": (receipt_of_nothing, row_of_nothing),
    "diverged": (a_row_too_few, a_row_too_many, another_row, never_back, healed_at_night),
    "stuck": (unanswered, three_rounds, never_at_rest, waits_for_nothing),
    "untrue": (told_two_ways, shows_another, went_back, told_of_anothers),
    "disordered": (out_of_order, a_gap, a_place_twice, above_the_head),
    "undelivered": (delivered_twice, delivered_unasked, not_delivered, never_sent),
    "miscounted": (a_wrong_sum,),
    "stumbled": (answered_500, held_for_a_fault),
}


def test_every_count_has_something_planted_for_it() -> None:
    assert PLANTED.keys() == CHECKERS.keys()


@pytest.mark.parametrize(
    ("name", "plant"), [(name, one) for name, plants in PLANTED.items() for one in plants]
)
def test_what_is_planted_is_found_under_its_name(name: str, plant: Change) -> None:
    history, standing = all_well()
    plant(history, standing)
    assert check(history, standing)[name]


def test_a_competitor_line_as_it_was_captured_is_well() -> None:
    history, standing = all_well()
    _card(history, standing, [["Kola", 99, None, None, None]])
    assert check(history, standing)["lost"] == []


def test_what_only_a_disk_held_that_was_put_back_is_not_lost() -> None:
    history, standing = all_well()
    history.note(_at(history), "vanished", device="h1", ids=["c1"], how="restored")
    less = replace(standing, receipts=standing.receipts[1:])
    assert check(history, less)["lost"] == []


def test_what_is_held_may_be_decided_by_a_person_later() -> None:
    history, standing = all_well()
    history.entries[3]["outcome"] = "held"
    standing.outboxes["h1"]["c1"] = (1, "held")
    assert check(history, standing)["untrue"] == []


def test_a_number_left_out_is_found_unless_its_handheld_took_it_to_a_new_name() -> None:
    history, standing = all_well()
    standing.receipts[0] = receipt("c1", 1, "order", ORDER, device="d-9")
    said = "d-1: no receipt for n [1]"
    assert said in check(history, standing)["disordered"]
    enrolled = {"device": "h2", "ending": "done", "of": "d-9", "install": "i"}
    history.note(_at(history), "enrolled", **enrolled)
    assert said in check(history, standing)["disordered"], "that is another handheld"
    history.note(_at(history), "enrolled", **enrolled | {"device": "h1"})
    assert check(history, standing)["disordered"] == []
    del standing.receipts[0]
    assert said in check(history, standing)["disordered"]


def test_what_waits_is_judged_by_its_own_text_where_another_stole_its_id() -> None:
    history, standing = all_well()
    waits = captured("c3", "visit", VISIT, raw='{"depends_on":["never"]}')
    history.note(_at(history), "captured", **waits)
    standing.receipts.append(receipt("c3", 3, "visit", VISIT, outcome="waiting"))
    thief = captured("c3", "order", ORDER, raw='{"depends_on":[]}', device="h2", stolen=True)
    history.note(_at(history), "captured", **thief)
    assert not [said for said in check(history, standing)["stuck"] if "c3" in said]


def test_what_waited_may_have_gone_with_a_copy_of_its_handheld() -> None:
    history, standing = all_well()
    standing.receipts[0] = receipt("c1", 1, "order", ORDER, device="d-9")
    said = "d-1: no receipt for n [1]"
    told = {"device": "h1", "of": "d-1", "n": 1, "id": "c1", "refs": {}, "rules": [],
            "replayed": False, "state": None}  # fmt: skip
    history.note(_at(history), "verdict", **told, outcome="applied")
    assert said in check(history, standing)["disordered"], "what was decided stays where it was"
    history.note(_at(history), "verdict", **told, outcome="waiting")
    assert said not in check(history, standing)["disordered"]


def test_an_older_database_begins_an_epoch() -> None:
    history, standing = all_well()
    history.note(_at(history), "epoch", why="server_restored")
    another_epoch(history, standing)
    assert check(history, standing)["lost"] == []


def test_what_rots_on_a_disk_is_repaired_there_and_on_its_copies() -> None:
    history, standing = all_well()
    standing.repairs = [("d-1", "visit", VISIT, "different"), ("d-2", "order", ORDER, "extra")]
    history.note(_at(history), "fault", kind="rotten_copy", device="h1")
    history.note(_at(history), "fault", kind="cloned", device="h1", other="h2")
    for device, of in (("h1", "d-1"), ("h2", "d-2")):
        history.note(_at(history), "enrolled", device=device, ending="done", of=of, install="i")
    assert check(history, standing)["diverged"] == []
