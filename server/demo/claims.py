"""What the day claims, looked up in Talaria's database and in the delivery system's own.

The delivery system's file is read directly: it is another program's, and what it holds is what the
firm's warehouse would have been told to do.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from server.database import transaction
from server.demo import queries, queries_evidence
from server.demo.rep import Rep
from server.demo.stage import Stage
from server.demo.timeline import Timeline

Row = dict[str, Any]


@dataclass(frozen=True)
class Expected:
    """Orders, by number, of which something particular is known."""

    released: str
    rejected: str
    cheaper: str
    new_price: Decimal


@dataclass
class Found:
    """Both databases, read once."""

    orders: list[Row]
    lines: dict[str, list[Row]]
    receipts: list[Row]
    money: list[Row]
    deliveries: dict[str, list[Row]]
    conflicts: list[Row]
    promised: Row
    documents: list[Row]
    attempts: dict[str, int]

    def numbered(self, number: str) -> Row:
        return next((one for one in self.orders if one["number"] == number), {})


def read(stage: Stage, reps: Sequence[Rep]) -> Found:
    """Look everything up."""
    devices = [rep.device for rep in reps]
    with transaction(stage.engine) as conn:
        orders = queries.orders(conn, devices)
        ids = [one["id"] for one in orders]
        lines: dict[str, list[Row]] = {}
        for line in queries.order_lines(conn, ids):
            lines.setdefault(line["order_id"], []).append(line)
        deliveries: dict[str, list[Row]] = {}
        for one in queries.deliveries(conn, ids):
            deliveries.setdefault(one["order_id"], []).append(one)
        receipts, money = queries.receipts(conn, devices), queries.money(conn, devices)
        conflicts = queries.conflicts(conn, ids)
        promised = queries.promised(conn, stage.cast.cell, stage.cast.short["code"])
    books = stage.standin_data / "standin.sqlite"
    return Found(
        orders, lines, receipts, money, deliveries, conflicts, promised,
        queries_evidence.documents(books), queries_evidence.attempts(books),
    )  # fmt: skip


def check(stage: Stage, told: Timeline, reps: Sequence[Rep], expected: Expected) -> None:
    """State every claim with what was found."""
    found = read(stage, reps)
    _arrived(told, reps, found)
    _decided(told, stage, found, expected)
    _delivered(told, found, expected)
    _came_back(told, reps, found)


def _arrived(told: Timeline, reps: Sequence[Rep], found: Found) -> None:
    taken = Counter(str(one["number"]) for rep in reps for one in rep.taken)
    arrived = Counter(one["number"] for one in found.orders)
    told.claim("Every order a rep was told is saved is in Talaria, once",
               arrived == taken and max(arrived.values()) == 1,
               f"{sum(taken.values())} saved, {sum(arrived.values())} there")  # fmt: skip
    slips = Counter((one["number"], one["amount_minor"]) for rep in reps for one in rep.slips)
    told.claim("The cash that was taken without a network is received, once",
               bool(slips) and slips == Counter((m["number"], m["amount_minor"])
                                                for m in found.money if m["state"] == "received"),
               ", ".join(number for number, _ in slips))  # fmt: skip
    for rep in reps:
        mine = [one for one in found.receipts if one["device"] == rep.device]
        sent = sorted(one["n"] or 0 for one in mine)
        told.claim(f"Every change of {rep.name}'s handheld was decided once, none left out",
                   sent == list(range(1, len(mine) + 1)), f"{len(mine)} answers")  # fmt: skip
    faulty = [one for one in found.receipts if one["outcome"] in ("rejected", "waiting")]
    told.claim("No change was refused or left waiting", not faulty, len(faulty) or "")
    told.claim("The reps' outboxes are empty",
               all(rep.does("status")["pending"] == 0 for rep in reps))  # fmt: skip


def _decided(told: Timeline, stage: Stage, found: Found, expected: Expected) -> None:
    short = stage.cast.short["code"]
    sold = [line for lines in found.lines.values() for line in lines if line["product"] == short]
    confirmed = sum(line["confirmed"] for line in sold)
    waiting = sum(line["backordered"] for line in sold)
    left, ordered = stage.cast.short_left, sum(line["ordered"] for line in sold)
    told.claim("Of the product that ran short no more was promised than there was",
               len(sold) > 1 and confirmed == left and waiting == ordered - left,
               f"{ordered} ordered, {left} there, {confirmed} promised, {waiting} on backorder",
    )  # fmt: skip
    told.claim("What is reserved is what open orders were promised",
               found.promised["reserved"] == found.promised["kept"],
               f"{found.promised['reserved']} = {found.promised['kept']}")  # fmt: skip
    told.claim("No line has lost a bottle: confirmed + backordered + cut = ordered",
               all(line["confirmed"] + line["backordered"] + line["cut"] == line["ordered"]
                   for lines in found.lines.values() for line in lines))  # fmt: skip
    released, rejected = found.numbered(expected.released), found.numbered(expected.rejected)
    told.claim("The order of the blocked store was held, released by the desk, and went out",
               released.get("external_no") and _held(found, released, "store_blocked"),
               f"{expected.released}: {released.get('external_no')}")  # fmt: skip
    told.claim("The order over the limit was held and rejected by the desk",
               rejected.get("state") == "rejected" and _held(found, rejected, "credit_exceeded"),
               f"{expected.rejected}: {rejected.get('state')}")  # fmt: skip
    cheaper = found.numbered(expected.cheaper)
    eaches = sum(line["ordered"] for line in found.lines.get(cheaper.get("id", ""), []))
    worth = int(expected.new_price * eaches * 100)
    told.claim("The store got the price that was lowered while the rep was away",
               cheaper.get("net_minor") == worth,
               f"{expected.cheaper}: {cheaper.get('net_minor', 0) / 100:.2f}")  # fmt: skip


def _held(found: Found, order: Row, rule: str) -> bool:
    return any(
        one["rule"] == rule and one["state"] == "resolved" and one["resolved_by"] == "user:desk"
        for one in found.conflicts
        if one["order_id"] == order.get("id")
    )


def _delivered(told: Timeline, found: Found, expected: Expected) -> None:
    due = {one["id"]: one for one in found.orders if one["state"] not in ("held", "rejected")}
    documents = Counter(one["order_id"] for one in found.documents)
    told.claim("The delivery system has every accepted order, once, and nothing else",
               set(documents) == set(due) and max(documents.values(), default=0) == 1,
               f"{len(due)} orders, {sum(documents.values())} documents")  # fmt: skip
    told.claim("The rejected order is not among them",
               expected.rejected not in [one["order_no"] for one in found.documents])  # fmt: skip
    told.claim("Every document asks for exactly what stands of its order",
               all(_same(one["lines"], found.lines.get(one["order_id"], []))
                   for one in found.documents))  # fmt: skip
    cut = sum(1 for one in found.deliveries.values() for each in one if each["look_ups"])
    told.claim("Each was taken, its answer lost, found by looking it up, and not sent twice",
               cut == len(due) and found.attempts.get("taken") == len(due),
               f"{found.attempts}")  # fmt: skip
    numbers = {one["order_id"]: one["external_no"] for one in found.documents}
    known = [one["external_no"] == numbers.get(one["id"]) for one in due.values()]
    told.claim("Talaria knows each order by the delivery system's own number", all(known))


def _same(asked: list[Row], lines: list[Row]) -> bool:
    wanted = {
        line["n"]: (line["product"], line["confirmed"] + line["backordered"])
        for line in lines
        if line["confirmed"] + line["backordered"]
    }
    return {one["n"]: (one["product"], one["quantity"]) for one in asked} == wanted


def _came_back(told: Timeline, reps: Sequence[Rep], found: Found) -> None:
    shown: dict[str, Row] = {}
    for rep in reps:
        for store in {one["store"] for one in found.orders if one["rep"] == rep.code}:
            for one in rep.does("store", store)["orders"]:
                shown[str(one["number"])] = one
    same = [
        shown.get(one["number"], {}).get("external_no") == one["external_no"]
        and shown.get(one["number"], {}).get("state") == one["state"]
        for one in found.orders
    ]
    told.claim("The handhelds show every order with its number and state",
               all(same), f"{sum(same)} of {len(same)}")  # fmt: skip
