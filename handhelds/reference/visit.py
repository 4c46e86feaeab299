"""The rep's verbs. Each saves what was done in one transaction, and none needs a network.

Every verb makes one change: what will travel, and the row as the screens show it from now on.
Nothing here marks anything as "sending": what waits is what has no verdict (local.py).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from handhelds.reference.clock import Clock, instant, reading
from handhelds.reference.local import Local
from handhelds.reference.pad import Pad, PricedLine, Refused, total_minor
from handhelds.reference.queries import Queries, Row
from handhelds.reference.till import Money, Till, body_of
from schemas.fields import Wire
from schemas.rows import PARTS
from schemas.versions import NEWEST
from schemas.wire import BODIES


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line as typed: 2 cases of 20041."""

    product: str
    typed: str
    uom: str = "each"


class Rep:
    """What a rep does with one handheld."""

    def __init__(self, local: Local, clock: Clock, new_id: Callable[[], str]) -> None:
        self.local, self.clock, self.new_id = local, clock, new_id
        self.pad = Pad(local, clock)
        self.queries = Queries(local.db)

    # --- what a store is and what is open in it ------------------------------------------------

    def store(self, named: str) -> Row:
        """A store by code or id; Refused when this handheld does not carry it."""
        found = self.queries.store(named)
        if found is None:
            self.pad.company()  # says so if the handheld is not even enrolled
            if self.local.copy.mark("partial"):
                raise Refused(f"no store {named} yet: others are still on their way, `sync` again")
            raise Refused(f"no store {named} on this handheld: look for it with `stores`")
        return found

    def open_visit(self, store_id: str) -> Row | None:
        """The visit begun and not ended in this store, the newest if there are several."""
        begun = [row for row in self.queries.rows("visit", store_id) if row["state"] == "started"]
        return max(begun, key=lambda row: (row["started_at"] or "", row["id"]), default=None)

    # --- visits --------------------------------------------------------------------------------

    def start_visit(self, named: str) -> Row:
        """Begin a visit; the one already open in the store is handed back as it is."""
        store = self.store(named)
        already = self.open_visit(store["id"])
        if already is not None:
            return already
        today = self.pad.today(store).isoformat()
        stop = self._stop_of(store["id"], today)
        body = {
            "id": self.new_id(),
            "store": store["id"],
            "state": "started",
            "planned_on": stop["day"] if stop else None,
            "started_at": instant(self.pad.now()),
        }
        return self.keep("visit", "save", body)

    def end_visit(self, named: str, note: str | None = None, reason: str | None = None) -> Row:
        """End the open visit of a store. reason: why no order was taken, if none was."""
        store = self.store(named)
        visit = self.open_visit(store["id"])
        if visit is None:
            raise Refused(f"no visit is open in {store['name']}")
        body = self._visit_body(visit) | {
            "state": "done",
            "ended_at": instant(self.pad.now()),
            "reason": reason,
            "note": note if note is not None else visit["note"],
        }
        return self.keep("visit", "save", body)

    def skip_visit(self, named: str, reason: str) -> Row:
        """Say why a store was not visited today."""
        store = self.store(named)
        if self.open_visit(store["id"]) is not None:
            raise Refused(f"a visit is open in {store['name']}: end it instead")
        today = self.pad.today(store).isoformat()
        body = {
            "id": self.new_id(),
            "store": store["id"],
            "state": "skipped",
            "planned_on": today,
            "reason": reason,
        }
        return self.keep("visit", "save", body)

    def _visit_body(self, visit: Row) -> dict[str, Any]:
        names = ("id", "store", "planned_on", "started_at", "distance_m", "reason", "note")
        return {name: visit.get(name) for name in names}

    # --- orders --------------------------------------------------------------------------------

    def price(self, named: str, wanted: Iterable[Wanted]) -> tuple[Row, list[PricedLine]]:
        """Price lines for a store without saving anything."""
        store = self.store(named)
        return store, self.pad.lines(store, ((one.product, one.uom, one.typed) for one in wanted))

    def order(
        self,
        named: str,
        wanted: Sequence[Wanted],
        *,
        deliver_on: date | None = None,
        po_no: str | None = None,
        note: str | None = None,
        about: str | None = None,
    ) -> Row:
        """Take an order. When this returns, it is on the disk with its place in the outbox.

        about: the order it supplements, or was written again from."""
        store, lines = self.price(named, wanted)
        if not lines:
            raise Refused("an order needs at least one line")
        day = deliver_on or self.pad.next_delivery(store)
        enrolment = self.local.fact("enrolment")
        visit = self.open_visit(store["id"])
        with self.local.writing():
            number = f"{enrolment['number_prefix']}-{self.local.count_up('order'):06d}"
            body = {
                "id": self.new_id(),
                "number": number,
                "store": store["id"],
                "visit": visit["id"] if visit else None,
                "type": "sale",
                "about": about,
                "deliver_on": day.isoformat() if day else None,
                "po_no": po_no,
                "note": note,
                "currency": self.pad.company()["currency"],
                "net_minor": total_minor(lines),
                "lines": [line_body(n, line) for n, line in enumerate(lines, 1)],
            }
            return self.add("order", "submit", body)

    # --- money ---------------------------------------------------------------------------------

    def collect(self, named: str, money: Money) -> Row:
        """Write a receipt. When this returns, it is on the disk with its place in the outbox."""
        store = self.store(named)
        if money.amount_minor <= 0:
            raise Refused("a receipt needs an amount above nothing")
        till = Till(self.queries)
        uses = till.proposal(store, money.amount_minor) if money.wished is None else money.wished
        visit = self.open_visit(store["id"])
        enrolment, currency = self.local.fact("enrolment"), self.pad.company()["currency"]
        with self.local.writing():
            number = f"{enrolment['number_prefix']}-R{self.local.count_up('receipt'):06d}"
            own = {"id": self.new_id(), "number": number, "visit": visit["id"] if visit else None}
            return self.add("collection", "submit", own | body_of(money, store, uses, currency))

    # --- visit cards ---------------------------------------------------------------------------

    def card(
        self, named: str, lines: Sequence[dict[str, Any]], competitors: Sequence[Row] = ()
    ) -> Row:
        """Save a visit card. lines: product, on_shelf, and what else was seen (PARTS names).
        competitors: what stands beside ours, each a name and what was noted of it."""
        store = self.store(named)
        if not lines:
            raise Refused("a card needs at least one product")
        for line in lines:
            if self.queries.product(line["product"]) is None:
                raise Refused(f"no product {line['product']} on this handheld")
        visit = self.open_visit(store["id"])
        body: dict[str, Any] = {
            "id": self.new_id(),
            "store": store["id"],
            "visit": visit["id"] if visit else None,
            "lines": _said("lines", lines),
        }
        if competitors:  # a card without any says nothing of them
            body["competitors"] = _said("competitors", competitors)
        return self.keep("card", "submit", body)

    # --- the plan ------------------------------------------------------------------------------

    def _stop_of(self, store_id: str, day: str) -> Row | None:
        stops = self.queries.rows("plan_stop", store_id)
        return next((row for row in stops if row["day"] == day), None)

    def plan(self, named: str, day: date, sequence: int | None = None) -> Row:
        """Put a store on a day, or move its stop of that day to another place."""
        store = self.store(named)
        there = [row for row in self.queries.rows("plan_stop") if row["day"] == day.isoformat()]
        stop = next((row for row in there if row["store"] == store["id"]), None)
        place = sequence or max((row["sequence"] for row in there), default=0) + 1
        if stop is not None and stop["state"] == "skipped":  # and is wanted after all
            again: Row = {"state": "planned", "reason": None}
            return self._save_stop(stop, store, day.isoformat(), place, again)
        return self._save_stop(stop, store, day.isoformat(), place)

    def move_stop(self, named: str, day: date, to: date) -> Row:
        """Move the stop of a store from one day to another."""
        store = self.store(named)
        stop = self._stop_of(store["id"], day.isoformat())
        if stop is None:
            raise Refused(f"{store['name']} is not planned on {day}")
        if stop["state"] != "planned":
            raise Refused(f"the stop at {store['name']} is {stop['state']} already")
        if stop.get("pinned"):
            raise Refused(f"the office fixed the stop at {store['name']}: ask them to move it")
        return self._save_stop(stop, store, to.isoformat(), stop["sequence"])

    def _save_stop(
        self, stop: Row | None, store: Row, day: str, sequence: int, more: Row | None = None
    ) -> Row:
        body = {
            "id": stop["id"] if stop else self.new_id(),
            "store": store["id"],
            "day": day,
            "sequence": sequence,
            "state": stop["state"] if stop else "planned",
            "reason": stop["reason"] if stop else None,
            "visit": stop["visit"] if stop else None,
            "base": {name: stop[name] for name in ("day", "sequence", "state")} if stop else None,
        }
        return self.keep("plan_stop", "save", body | (more or {}))

    # --- taking back -----------------------------------------------------------------------------

    def undo(self, what: str) -> str:
        """Take back unsent work by its order number, or by the end of its change's id; returns
        the whole id."""
        waiting = self.queries.changes()
        named = [one["id"] for one in waiting if one["raw"]["body"].get("number") == what]
        if not named and len(what) >= 6:
            named = [one["id"] for one in waiting if one["id"].endswith(what)]
        if len(named) == 1:
            self.local.undo(named[0])
            return str(named[0])
        raise Refused(f"nothing called {what} waits here: see `outbox`")

    # --- one way to save -----------------------------------------------------------------------

    def keep(
        self, kind: str, act: str, body: dict[str, Any], row: dict[str, Any] | None = None
    ) -> Row:
        """Make and save a change in a transaction of its own; see `add`."""
        with self.local.writing():
            return self.add(kind, act, body, row)

    def add(
        self, kind: str, act: str, body: dict[str, Any], row: dict[str, Any] | None = None
    ) -> Row:
        """Make and save a change, inside a transaction; returns its row with `change`, its id.

        It depends on what is still unanswered of its own row, of its visit, and on its store if
        that is new, so that the server decides them in order. row: what the screens show of it,
        where that does not follow from the body.
        """
        store = body.get("store", body["id"])
        self.pad.company()  # says so if the handheld is not enrolled
        refuse_unreadable(kind, act, body)
        change = {
            "id": self.new_id(),
            "kind": kind,
            "act": act,
            "v": NEWEST,
            "depends_on": list(
                dict.fromkeys(
                    self._unanswered(body["id"], body.get("visit"))
                    + self._unanswered(store, act="create")
                )
            ),
            "captured": reading(self.clock),
            "seen": self._seen(store),
            "body": body,
        }
        self.local.save(change, row and {"id": body["id"], **row})
        return (self.queries.row(kind, body["id"]) or {}) | {"change": change["id"]}

    def _unanswered(self, *row_ids: str | None, act: str = "%") -> list[str]:
        found: list[str] = []
        where = "outcome IS NULL AND row_id = ? AND act LIKE ?"
        for row_id in row_ids:
            if row_id is not None:
                found += [one["id"] for one in self.queries.changes(where, row_id, act)[-1:]]
        return found

    def _seen(self, store_id: str) -> dict[str, Any]:
        """What the rep knew: how old the copies were, and which versions."""
        store = self.queries.row("store", store_id)
        receivable = self.queries.row("receivable", store_id)
        mark = self.local.copy.mark
        return {
            "cursor": mark("cursor"),
            "versions": {f"store/{store_id}": store["version"]} if store else {},
            "stock_as_of": self.pad.as_of("stock"),
            "credit_as_of": (receivable or {}).get("as_of") or self.pad.as_of("receivable"),
            "price_as_of": mark("server_time"),
            "promotion_as_of": mark("server_time"),
        }


@cache
def _body(kind: str, act: str) -> Wire:
    return BODIES[kind, act]()


def refuse_unreadable(kind: str, act: str, body: dict[str, Any]) -> None:
    """Refused where the server could not read this body: it would be refused there, when the rep
    is long gone."""
    faults: Any = _body(kind, act).validate(body)
    path = []
    while isinstance(faults, dict) and faults:
        name, faults = next(iter(faults.items()))
        path.append(str(name))
    if faults:
        raise Refused(f"this cannot be sent: {'.'.join(path)} {faults[0]}")


def _said(part: str, rows: Iterable[Row]) -> list[Row]:
    """What is said of each line of a card, in the names of PARTS."""
    names = PARTS["card", part]
    return [{name: row[name] for name in names if row.get(name) is not None} for row in rows]


def line_body(n: int, line: PricedLine) -> dict[str, Any]:
    return {
        "n": n,
        "product": line.product,
        "uom": line.uom,
        "typed": line.typed,
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "discount_minor": line.discount_minor,
        "promotions": [
            {"promotion": one.promotion, "discount_minor": one.minor} for one in line.promotions
        ],
        "net_minor": line.net_minor,
    }
