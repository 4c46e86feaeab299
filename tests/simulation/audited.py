"""Random days in a small company: what several handhelds push, and what the office does, from one
seed; the auditor is told the same, and asked what must come of it.

The clock is the day's own, so a seed plays the same day again.
"""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine

from schemas.ids import uuid7
from sync.carrier import Carrier
from sync.desk.release import reject, release
from sync.push import PushAnswer
from tests.simulation.audit.book import gross
from tests.simulation.auditor import Auditor
from tests.simulation.small_company import BEGIN, ON_HAND, company
from tests.world import CELL, change


class Day:
    """What happens, in the company and to the auditor; `wrong` says where they part."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self.luck = Random(seed)
        self.world, state = company(engine, seed)
        self.now, self.wrong = BEGIN, list[str]()
        self.carriers = [
            self.world.carrier(), self.world.add_device("d-2", "r02", 2),
            self.world.add_device("d-3", no=3),
        ]  # fmt: skip
        state["devices"] = {one.device: {"rep": one.rep} for one in self.carriers}
        self.auditor = Auditor(state)
        self.promotions = list(state["promotions"])
        self.n = dict.fromkeys(state["devices"], 0)
        self.numbers = 0
        self.sent: list[dict[str, Any]] = []
        self.late: dict[str, dict[str, Any]] = {}  # device -> what its next batch brings after all
        self.orders: list[tuple[str, dict[str, Any], str]] = []  # device, body, change
        self.visits: list[tuple[str, str]] = []
        self.predicted = 0

    def plays(self, turns: int) -> list[str]:
        """So many things happen, until something is wrong."""
        acts: list[Callable[[], object]] = [
            *[self.push] * 6, self.releases, self.counts, self.credits, self.assigns,
        ]  # fmt: skip
        for _ in range(turns):
            self.now += timedelta(minutes=self.luck.randint(1, 90))
            self.luck.choice(acts)()
            self.look()
            if self.wrong:
                break
        return self.wrong

    # -- reps -------------------------------------------------------------------------------------

    def push(self) -> None:
        """A batch of one to seven, now and then again, turned round, or too early for good or
        until the next batch."""
        carrier = self.luck.choice(self.carriers)
        batch = [self.change(carrier) for _ in range(self.luck.randint(1, 7))]
        if self.luck.random() < 0.2 and len(batch) > 1:
            batch[0]["depends_on"] = [batch[-1]["id"]]
        elif self.luck.random() < 0.1:
            batch[-1]["depends_on"] = [uuid7()]
        if late := self.late.pop(carrier.device, None):
            batch.append(late)
        elif self.luck.random() < 0.2 and len(batch) > 1:
            batch[-1]["depends_on"] = [batch[0]["id"]]
            self.late[carrier.device] = batch.pop(0)
        if self.sent and self.luck.random() < 0.3:
            own = [one for one in self.sent if one["from"] == carrier.device]
            again = self.luck.sample(own, min(1, len(own)))
            batch += [{k: v for k, v in one.items() if k != "from"} for one in again]
        self.sent += [one | {"from": carrier.device} for one in batch]
        self.pushes(carrier, batch)

    def pushes(self, carrier: Carrier, batch: list[dict[str, Any]]) -> PushAnswer:
        clock = {"wall": self.now.isoformat(), "monotonic_ms": 10_000_000, "boot": "b-1"}
        expected = self.auditor.batch(batch, carrier.device, self.now, clock)
        verdicts, answer = self.world.push(carrier, batch, received_at=self.now)
        if answer.faults:
            self.wrong.append(f"the server stumbled: {answer.faults}")
        for verdict in verdicts:
            must = expected.get(verdict["id"])
            if must is None:
                self.wrong.append(f"a verdict nobody expected: {verdict}")
                continue
            self.predicted += must.outcome is not None
            self.wrong += self.auditor.compare(must, verdict)
        silent = expected.keys() - {verdict["id"] for verdict in verdicts}
        self.wrong += [f"{key} got no verdict" for key in silent]
        return answer

    def change(self, carrier: Carrier) -> dict[str, Any]:
        self.n[carrier.device] += 1
        n, store = self.n[carrier.device], self.luck.choice(self.world.stores)
        ago_ms = self.luck.choice((60_000, 60_000, 3_600_000, 9_900_000))
        captured = {"wall": (self.now - timedelta(milliseconds=ago_ms)).isoformat(),
                    "monotonic_ms": 10_000_000 - ago_ms, "boot": "b-1"}  # fmt: skip
        facts = ("visit", "card", "plan_stop", "money")
        kind = self.luck.choice(("order",) * 6 + ("edit",) * 3 + facts)
        mine = [one for one in self.orders if one[0] == carrier.device]
        if kind == "edit" and mine:
            return self.edit(n, captured, self.luck.choice(mine))
        body: dict[str, Any] = {"id": uuid7(), "store": store}
        if kind == "card":
            body["lines"] = [{"product": "p001", "on_shelf": True}]
            return change(n, kind, "submit", body, captured=captured)
        if kind == "plan_stop":
            body |= {"day": "2026-11-24", "sequence": n}
            body["state"] = self.luck.choice(("planned", "started"))
            return change(n, kind, "save", body, captured=captured)
        if kind == "visit":
            if self.visits and self.luck.random() < 0.5:
                body["id"], body["store"] = self.luck.choice(self.visits)
            self.visits.append((body["id"], body["store"]))
            body["state"] = self.luck.choice(("started", "done"))
            return change(n, kind, "save", body, captured=captured)
        if kind == "money":
            self.numbers += 1
            number = f"D{carrier.device[2:]}-R{self.numbers:06d}"
            body |= {"number": number, "method": "cash", "currency": "USD"}
            body["amount_minor"] = self.luck.choice((0, 1_000, 2_000))
            return change(n, "collection", "submit", body, captured=captured)
        body |= self.order(carrier)
        if self.orders and self.luck.random() < 0.15:  # the same as somebody took before
            like = self.luck.choice(self.orders[-6:])[1]
            body |= {name: like[name] for name in ("store", "type", "lines", "net_minor")}
        made = change(n, "order", "submit", body, captured=captured, seen=self.seen())
        self.orders.append((carrier.device, body, made["id"]))
        return made

    def seen(self) -> dict[str, Any]:
        ago = self.luck.choice((None, timedelta(hours=3), timedelta(days=2), timedelta(days=5)))
        return {} if ago is None else {"price_as_of": (self.now - ago).isoformat()}

    def edit(self, n: int, captured: Any, one: tuple[str, dict[str, Any], str]) -> dict[str, Any]:
        """A new text for an order, or none any more."""
        device, body, submitted = one
        more: dict[str, Any] = {"captured": captured, "depends_on": [submitted]}
        standing = self.auditor.orders.get(body["id"])
        base = self.luck.choice((standing.revision if standing else 1, 1))
        if self.luck.random() < 0.5:
            gone = {"id": body["id"], "store": body["store"], "base_revision": base}
            return change(n, "order", "cancel", gone, **more)
        text = self.order(self.world.carrier(device=device)) | {"number": body["number"]}
        text |= {"id": body["id"], "store": body["store"], "base_revision": base}
        return change(n, "order", "revise", text, seen=self.seen(), **more)

    def order(self, carrier: Carrier) -> dict[str, Any]:
        """The text of an order, some of it wrong."""
        self.numbers += self.luck.random() < 0.97
        products = self.luck.sample([*ON_HAND, "p001", "p002", "nope"], self.luck.randint(1, 4))
        lines = [self.line(i, product) for i, product in enumerate(products, 1)]
        net = sum(line["net_minor"] for line in lines) + 7 * (self.luck.random() < 0.03)
        kind = self.luck.choice(("sale",) * 9 + ("free", "return"))
        return {
            "number": f"D{carrier.device[2:]}-{self.numbers:06d}", "type": kind,
            "currency": "USD", "net_minor": net, "lines": lines,
        }  # fmt: skip

    def line(self, n: int, product: str) -> dict[str, Any]:
        luck = self.luck
        uom, size = luck.choice((("each", 1), ("each", 1), ("case", 12)))
        typed = luck.randint(1, 20) if uom == "each" else luck.randint(1, 2)
        quantity = typed * size + (luck.random() < 0.03)
        prices = {"p002": ("2.50", "2.70"), "p008": ("2.50", "2.30"), "p001": ("2.50", "2.40")}
        price = luck.choice(prices.get(product, ("2.50",)))
        worth = gross(quantity, price)
        off, promotions = 0, []
        if luck.random() < 0.35:
            pid = luck.choice(self.promotions)
            kind = self.auditor.book.promotions[pid]["kind"]
            off = {"amount": 5 * quantity, "buy_get": worth // 6}.get(kind, worth // 10)
            promotions = [{"promotion": pid, "discount_minor": off}]
        wrong = luck.random() < 0.02
        return {
            "n": n, "product": product, "uom": uom, "typed": str(typed), "quantity": quantity,
            "unit_price": price, "discount_minor": off, "promotions": promotions,
            "net_minor": worth - off + wrong,
        }  # fmt: skip

    # -- the office -------------------------------------------------------------------------------

    def releases(self) -> None:
        """A held order is let go, for one reason or all, or refused."""
        held = [key for key, one in self.auditor.orders.items() if one.state == "held"]
        held = [key for key in held if key not in self.auditor.uncertain]
        if not held:
            return
        order, act = self.luck.choice(held), self.luck.choice(("release", "release", "reject"))
        holds = self.auditor.orders[order].judged.holds
        some = self.luck.choice((None, [next(iter(holds))]))
        with self.world.begin() as conn:
            if act == "release":
                release(conn, CELL, order, some, "user:desk", self.now)
            else:
                reject(conn, CELL, order, "user:desk", self.now)
        self.auditor.office({"act": act, "order": order, "rules": some, "at": self.now})

    def counts(self) -> None:
        """A product is counted anew; what is reserved stays reserved."""
        product = self.luck.choice([code for code, there in ON_HAND.items() if there is not None])
        there = self.luck.randint(0, 120)
        self.world.run("UPDATE stock SET on_hand = %s WHERE product = %s", there, product)
        self.sets("stock", f"w1/{product}", {"on_hand": there})

    def credits(self) -> None:
        """What a store owes, its limit, and whether it is blocked."""
        store = self.luck.choice(self.world.stores)
        row = {"limit_minor": self.luck.choice((None, 20_000, 60_000)),
               "open_minor": self.luck.choice((0, 5_000, 15_000)),
               "blocked_reason": self.luck.choice((None, None, None, "cheque"))}  # fmt: skip
        self.world.run(
            "UPDATE credit_account SET limit_minor = %s, open_minor = %s, blocked_reason = %s"
            " WHERE store = %s", *row.values(), store,
        )  # fmt: skip
        self.sets("credit", store, row)

    def assigns(self) -> None:
        """A store of r02 is taken away some days ago, or given back."""
        store = self.world.stores[-1]
        ago = self.luck.choice((None, timedelta(days=1), timedelta(days=9)))
        until = None if ago is None else self.now - ago
        self.world.run(
            "UPDATE scope_grant SET valid_to = %s WHERE rep = 'r02' AND scope = %s",
            until, f"st:{store}",
        )  # fmt: skip
        since = BEGIN - timedelta(days=30)
        self.sets("grants", f"r02/{store}", [{"valid_from": since, "valid_to": until}])

    def sets(self, what: str, key: str, to: Any) -> None:
        self.auditor.office({"act": "set", "what": what, "key": key, "to": to, "at": self.now})

    # -- looking ----------------------------------------------------------------------------------

    def look(self) -> None:
        """The orders and sums of the database against those that must be."""
        lines: dict[str, list[dict[str, Any]]] = {}
        names = ("n", "product", "ordered", "confirmed", "backordered", "cut", "discount_minor",
                 "net_minor")  # fmt: skip
        for order, *values in self.world.rows(
            f"SELECT order_id::text, {', '.join(names)} FROM order_line"
        ):
            lines.setdefault(order, []).append(dict(zip(names, values, strict=True)))
        whole = ("id", "store", "state", "net_minor", "exposure_minor")
        rows = self.world.rows(
            "SELECT id::text, store::text, state, net_minor, exposure_minor FROM orders"
        )
        for row in rows:
            order_row = dict(zip(whole, row, strict=True)) | {"lines": lines.get(row[0], [])}
            self.wrong += self.auditor.compare_order(order_row)
        missing = self.auditor.orders.keys() - {row[0] for row in rows}
        self.wrong += [f"order {key} is not there" for key in missing]
        sums = {
            "reserved": "SELECT warehouse || '/' || product, reserved FROM stock",
            "ordered_minor": "SELECT store::text, ordered_minor FROM credit_account",
            "used_minor": "SELECT id::text, used_minor FROM promotion",
        }
        at_rest = {name: dict(self.world.rows(sql)) for name, sql in sums.items()}
        self.wrong += self.auditor.compare_sums(at_rest)
