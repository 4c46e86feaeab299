"""The cases of the contract, played by the auditor, which was written from the manual alone.

What it cannot express is listed, with why; a case that is neither played nor listed fails.
"""

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from tests.simulation.audit import facts
from tests.simulation.audit.book import Book, when
from tests.simulation.audit.decided import judge
from tests.simulation.audit.orders import Orders, Standing
from tests.simulation.audit.promotions import evaluate
from tests.sync.cases import merged

HERE = Path(__file__).parent
CONTRACT = HERE.parents[1] / "sync" / "contract"
NOT_EXPRESSED = {
    **dict.fromkeys(
        ("id_reused", "row_known", "unreadable", "version_unknown", "server_fault", "clock_wrong"),
        "what goes before the decision: the case names the finding, not what led to it",
    ),
    "captured_late": "periods are not modelled",
    "device_revoked": "as id_reused",
    "dependency_parked": "as id_reused",
    **dict.fromkeys(("stop_gone", "stop_back"), "rows taken away are not modelled"),
    **dict.fromkeys(
        ("card_corrected", "card_locked", "card_of_another", "contact_store_merged",
         "edit_not_mine", "edit_store_merged", "field_changed_meanwhile", "field_of_office",
         "position_less_accurate", "row_gone", "shared_field_changed", "store_code_known",
         "store_is_new", "store_looks_known"),
        "edits of stores, contacts and cards are not predicted (NOT_PREDICTED of auditor.py)",
    ),
}  # fmt: skip
"""Files of sync/contract/edits that the auditor cannot play, and why. Of sync/contract/sessions it
plays none: they are talks with a server whose answers are written down, not a company's."""
UNTOUCHED = {"untouched.applied", "untouched.same", "untouched.two_fields", "untouched.new",
             "untouched.released", "untouched.change"}  # fmt: skip
"""Single cases: edits of stores and contacts, and what goes before the decision."""


def read(name: str) -> Any:
    return json.loads((CONTRACT / name).read_text(encoding="utf-8"))


def cases(folder: str) -> list[Any]:
    files = sorted((CONTRACT / folder).glob("[a-z]*.json"))
    return [pytest.param(c, id=c["id"]) for f in files for c in json.loads(f.read_text())["cases"]]


def book_of(case: dict[str, Any]) -> Book:
    world = read("rules/_world.json")["facts"]
    return Book(merged(world, case.get("facts", {})) | {"policies": case.get("policy", [])})


def told_of(conflicts: list[dict[str, Any]], private: bool = False) -> list[Any]:
    rows = [c for c in conflicts if bool(c.get("private")) == private]
    return sorted((c["rule"], int(c.get("line") or 0), c["decision"]) for c in rows)


def plain(told: Any) -> list[Any]:
    return sorted((rule, n or 0, decision) for rule, n, decision, _ in told)


@pytest.mark.parametrize("case", cases("rules"))
def test_an_order_becomes_what_its_case_says(case: dict[str, Any]) -> None:
    order = merged(read("rules/_world.json")["order"], case.get("order", {}))
    found = judge(order, book_of(case), frozenset(case.get("released", ())))
    expect = case["expect"]
    conflicts = expect.get("conflicts", [])
    assert plain(found.told) == told_of(conflicts)
    assert plain(found.private) == told_of(conflicts, private=True)
    nows = {(c["rule"], int(c["line"] or 0)): c["now"] for c in conflicts}
    for rule, n, _, now in found.told:
        if rule.startswith("stock_"):
            assert nows[rule, n or 0] == now
    assert {rule: [str(n) for n in lines] for rule, lines in found.holds.items()} == {
        one["rule"]: one["lines"] for one in expect.get("holds", [])
    }
    assert {"outcome": found.outcome, "state": found.state, "store": found.store,
            "deliver_on": found.deliver_on, "net_minor": str(found.net_minor),
            "exposure_minor": str(found.exposure_minor)} == {
        name: expect[name] for name in
        ("outcome", "state", "store", "deliver_on", "net_minor", "exposure_minor")
    }  # fmt: skip
    assert found.reserve == {f"{w}/{p}": int(n) for w, p, n in expect.get("reserve", [])}
    assert found.caps == {pid: int(minor) for pid, minor in expect.get("caps", [])}
    names = ("n", "product", "ordered", "confirmed", "backordered", "cut", "unit_price",
             "discount_minor", "net_minor")  # fmt: skip
    assert [{name: str(line[name]) for name in names} for line in found.lines] == [
        {name: line[name] for name in names} for line in expect["lines"]
    ]


@pytest.mark.parametrize(
    "case", [c for c in cases("terms") if c.values[0].get("ask") == "evaluate"]
)
def test_promotions_give_what_their_case_says(case: dict[str, Any]) -> None:
    given = case["given"]
    lines = [
        {"n": int(one["n"]), "product": one["product"], "quantity": int(one["quantity"]),
         "gross_minor": int(one["gross_minor"]), "named": one.get("named")}
        for one in given["lines"]
    ]  # fmt: skip
    promotions = {one["id"]: one for one in given["promotions"]}
    if "store" in given:
        book, at = Book({"stores": {given["store"]["id"]: given["store"]}}), when(given["when"])
        promotions = {
            pid: one
            for pid, one in promotions.items()
            if book.is_for(one, given["store"]["id"])
            and (not one.get("valid_from") or when(one["valid_from"]) <= at)
            and (not one.get("valid_to") or at < when(one["valid_to"]))
        }
    found = evaluate(lines, promotions)
    assert {
        str(n): [[pid, str(minor)] for pid, minor in one.items() if minor]
        for n, one in found.items()
        if any(one.values())
    } == case["expect"]


@pytest.mark.parametrize("case", cases("rules/money"))
def test_a_receipt_becomes_what_its_case_says(case: dict[str, Any]) -> None:
    world = read("rules/money/_world.json")
    known = merged(world["known"], case.get("known", {}))
    one = merged(world["collection"], case.get("collection", {}))
    earlier = []
    for key, row in known["earlier"].items():
        bank, _, number = (row.get("cheque_key") or "").partition("/")
        earlier.append(row | {"id": key, "cheque_bank": bank, "cheque_no": number})
    outcome, told, uses, rest = facts.money(book_of(case), one, known["items"], earlier)
    expect = case["expect"]
    assert outcome == expect["outcome"]
    assert plain(told) == told_of(expect.get("conflicts", []))
    assert [[number, str(minor)] for number, minor in uses] == expect["uses"]
    assert str(rest) == expect["on_account_minor"]


def is_modelled(case: dict[str, Any]) -> bool:
    """What the dispatcher holds just now, and what is doubtful, are not."""
    return not (case.get("rest") or {}).keys() & {"is_out", "is_doubtful"}


@pytest.mark.parametrize(
    "case", [c for c in cases("rules/order_edits") if is_modelled(c.values[0])]
)
def test_an_edit_of_an_order_goes_the_way_its_case_says(case: dict[str, Any]) -> None:
    world = read("rules/order_edits/_world.json")
    edit, book = merged(world["edit"], case.get("edit", {})), book_of(case)
    book.grants["rep-2/store-1"] = book.grants["rep-1/store-1"]  # both sell there
    orders = Orders(book)
    start = read("rules/_world.json")["order"]
    if "rest" not in case or case["rest"] is not None:
        rest = merged(world["rest"], case.get("rest", {}))
        judged = judge(start | {"rep": rest["rep"]}, book)
        judged.state = rest["state"]
        orders.fold(Standing(start | {"rep": rest["rep"]}, judged, int(rest["revision"])))
    base = int(edit["base_revision"])
    change = {"id": edit["order"], "store": edit["store"], "base_revision": base}
    is_cancel = edit["act"] == "cancel"
    act = orders.cancel if is_cancel else orders.revise
    found = act("c", start | change, edit["rep"], when(edit["captured_at"]))
    way = {"held": "held", "rejected": "refused"}.get(found.outcome or "", "done")
    if any(rule == "order_is_sent" for rule, *_ in found.told) and way == "held":
        way = {"ask_delivery_system": "asked", "ask_office": "office"}[found.told[-1][2]]
    assert way == case["expect"]["way"]
    asked = [t for t in found.told if t[0].startswith("order_")]
    assert plain(asked) == told_of(case["expect"].get("conflicts", []))


def is_played(case: dict[str, Any]) -> bool:
    return case["id"].split(".")[0] not in NOT_EXPRESSED and case["id"] not in UNTOUCHED


@pytest.mark.parametrize("case", [c for c in cases("edits") if is_played(c.values[0])])
def test_a_fact_becomes_what_its_case_says(case: dict[str, Any]) -> None:
    world, book, rest = read("edits/_world.json"), book_of(case), case.get("rest") or {}
    edit = case.get("edit") or {}
    at = when(world["fact"]["captured_at"])
    if "fact" in case:
        fact = merged(world["fact"], case["fact"])
        outcome, told, store = facts.fact(
            book, fact["rep"], fact["store"], at, fact["mine"]["state"], rest.get("fields")
        )
        assert store == case["expect"]["store"]
    else:
        mine = {"state": "planned", "day": rest["fields"]["day"]} | edit["mine"]
        body = mine | {"store": "store-1", "base": edit["base"]}
        fields = rest["fields"] | {"rep": "rep-1", "pinned": rest.get("is_pinned")}
        outcome, told, _ = facts.stop(book, "rep-1", body, at, fields)
    assert outcome == case["expect"]["outcome"]
    assert plain(told) == told_of(case["expect"].get("conflicts", []))


def test_what_the_auditor_cannot_express_is_there_to_be_expressed() -> None:
    there = {case.values[0]["id"] for case in cases("edits")}
    assert {one.split(".")[0] for one in there} >= NOT_EXPRESSED.keys()
    assert there >= UNTOUCHED


def imports_of(file: Path) -> set[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    named = [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    whole = [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
    return {*named, *whole}


def test_the_auditor_shares_no_code_with_what_it_audits() -> None:
    files = [HERE / "auditor.py", *sorted((HERE / "audit").glob("*.py"))]
    assert len(files) == 10
    for file in files:
        for name in imports_of(file):
            top = name.partition(".")[0]
            assert top not in ("sync", "schemas", "server", "routes", "handhelds", "bench"), file
            assert top != "tests" or name.startswith("tests.simulation.audit"), (file, name)
