"""Says what must become of every change, from the manual alone, and compares.

    auditor = Auditor(company_state)
    expected = auditor.take(change, "d-1", at)     # in the order the server committed
    auditor.office({"act": "release", "order": id, "at": at})
    auditor.compare(expected, verdict)             # [] = as it must be

`company_state` is the `facts` of sync/contract/rules/_world.json, with `policies`, `devices`
(id -> rep, state), and, where money is taken, `items` (store -> number -> due_on, open_minor,
kind). It imports nothing of the product (audit/__init__.py says why), knows no clock and no
database: everything it says can be said again.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.simulation.audit import facts
from tests.simulation.audit.book import Book, when
from tests.simulation.audit.differences import order_differs, sums, sums_differ, verdict_differs
from tests.simulation.audit.orders import VAN, Expected, Orders, Standing, kept

NOT_PREDICTED = {
    "order of type van": VAN,
    "order in another currency": "what minor units then mean for credit is not said",
    "store create": "how alike two stores look is a score whose weights the manual does not give",
    "store edit": "field by field, played by sync/contract/edits; no total hangs on it",
    "contact save": "as store edit",
    "contact remove": "as store edit",
    "card amend": "as store edit",
    "conflict answer": "done as if by the office: told to the auditor as an act of the office",
    "a wrong discount on a line that changes": "what becomes of it with another price or quantity"
    " is not said: the line's money is passed over",
    "malformed": "what cannot be read is played by sync/contract/wire",
    "clock_wrong": "how often a wrong clock is told is not said; the rule is passed over",
    "texts": "sentences, figures and due times: played by the cases of the rules",
}
"""What the auditor says nothing about, and why. Stores such a change touched stay uncertain."""


class Auditor:
    """A company as the manual has it."""

    def __init__(self, company_state: Mapping[str, Any]) -> None:
        self.book = Book(company_state)
        self.devices: dict[str, dict[str, Any]] = {
            key: dict(one) for key, one in company_state.get("devices", {}).items()
        }
        self.items: dict[str, dict[str, Any]] = dict(company_state.get("items", {}))
        self._orders = Orders(self.book)
        self.orders, self.uncertain = self._orders.orders, self._orders.uncertain
        self.visits: dict[str, dict[str, Any]] = {}
        self.cards: dict[str, str] = {}
        self.stops: dict[str, dict[str, Any]] = {}
        self.collections: dict[str, dict[str, Any]] = {}
        self.expected: dict[str, Expected] = {}
        self._bodies: dict[str, str] = {}
        self._numbers: dict[tuple[str, int], str] = {}
        self._waiting: dict[str, tuple[Mapping[str, Any], str, datetime]] = {}

    # -- changes ----------------------------------------------------------------------------------

    def take(
        self, change: Mapping[str, Any], device: str, at: datetime,
        clock: Mapping[str, Any] | None = None,
    ) -> Expected:  # fmt: skip
        """The next change that was committed, received at `at`; `clock` as its push said."""
        text = json.dumps([change["kind"], change["act"], change["body"]], sort_keys=True)
        key, n = str(change["id"]), (device, int(change.get("n", 0)))
        before = self._bodies.get(key)
        if before == text:
            was = self.expected[key]
            return Expected(**{**vars(was), "then": [], "replayed": was.outcome != "waiting"})
        if before is not None or self._numbers.get(n, key) != key:
            return kept(key, "id_reused")
        self._bodies[key], self._numbers[n] = text, key
        return self._turn(change, device, at, _captured(change, at, clock))

    def batch(
        self, changes: Sequence[Mapping[str, Any]], device: str, at: datetime,
        clock: Mapping[str, Any] | None = None,
    ) -> dict[str, Expected]:  # fmt: skip
        """Changes pushed together, in order of n; a change comes after what it depends on."""
        found: dict[str, Expected] = {}
        for change in sorted(changes, key=lambda one: int(one["n"])):
            expected = self.take(change, device, at, clock)
            for one in (expected, *expected.then):
                found[one.id] = one
        return found

    def _turn(
        self, change: Mapping[str, Any], device: str, at: datetime, captured: datetime
    ) -> Expected:
        key, self.book.now = str(change["id"]), at
        own = [self.expected.get(str(one)) for one in change.get("depends_on") or ()]
        if self.devices[device].get("state", "active") != "active":
            expected = kept(key, "device_revoked")
        elif any(one is None or one.outcome == "waiting" for one in own):
            self._waiting[key] = (change, device, captured)
            expected = Expected(key, "waiting")
        elif any(one and one.is_parked for one in own) and self._answer("dependency_parked"):
            expected = kept(key, "dependency_parked")
        else:
            expected = self._decide(change, self.devices[device]["rep"], captured)
        self.expected[key] = expected
        if expected.outcome != "waiting":
            for other, (later, whose, when_captured) in list(self._waiting.items()):
                if key in map(str, later["depends_on"]):
                    del self._waiting[other]
                    follows = self._turn(later, whose, at, when_captured)
                    expected.then += [follows, *follows.then]
        return expected

    def _answer(self, rule: str) -> bool:
        return (self.book.policy(rule, None)[0] or "hold_for_office") == "hold_for_office"

    def _decide(self, change: Mapping[str, Any], rep: str, captured: datetime) -> Expected:
        what, body = f"{change['kind']} {change['act']}", change["body"]
        key = str(change["id"])
        if what in NOT_PREDICTED:
            self.uncertain.add(str(body.get("store", body.get("id"))))
            return Expected(key, None, why=NOT_PREDICTED[what])
        kind = str(change["kind"])
        if kind == "order":
            order = {"seen": change.get("seen")} | dict(body)
            acts = self._orders
            act = {"submit": acts.submit, "revise": acts.revise, "cancel": acts.cancel}
            return act[str(change["act"])](key, order, rep, captured)
        known = {"visit": self.visits, "plan_stop": self.stops}.get(kind, {}).get(body["id"])
        if kind == "plan_stop":
            if known and known["rep"] != rep:
                return kept(key, "row_known")
            outcome, told, rest = facts.stop(self.book, rep, body, captured, known)
            if rest is not None:
                self.stops[body["id"]] = rest
            return Expected(key, outcome, told=told, is_kept=outcome == "held")
        if kind == "collection":
            return self._collect(key, body | {"rep": rep, "captured_at": captured})
        whose = (rep, body["store"])
        if (known and known["whose"] != whose) or body["id"] in self.cards:
            return kept(key, "row_known")
        state = body.get("state")
        outcome, told, store = facts.fact(self.book, rep, body["store"], captured, state, known)
        if outcome != "held":
            if kind == "card":
                self.cards[body["id"]] = store
            elif known is None or facts.FURTHER[state] >= facts.FURTHER[known["state"]]:
                self.visits[body["id"]] = {"state": state, "store": store, "whose": whose}
        return Expected(key, outcome, told=told, is_kept=outcome == "held")

    def _collect(self, key: str, one: dict[str, Any]) -> Expected:
        wishes = [(a["number"], a["amount_minor"]) for a in one.get("allocation") or ()]
        one = one | {"allocation": wishes, "day": None}
        if one["id"] in self.collections:
            return kept(key, "row_known")
        items, earlier = self.items.get(one["store"], {}), list(self.collections.values())
        outcome, told, _, _ = facts.money(self.book, one, items, earlier)
        self.collections[one["id"]] = one
        account = self.book.credit.get(one["store"])
        currency = self.book.stores.get(one["store"], {}).get("currency")
        if account and one["method"] != "cheque" and currency in (None, one["currency"]):
            paid = max(0, int(one["amount_minor"]))
            account["collected_minor"] = int(account.get("collected_minor", 0)) + paid
        return Expected(key, outcome, told=told)

    # -- the office, the warehouse, the delivery system -------------------------------------------

    def office(self, action: Mapping[str, Any]) -> Standing | None:
        """Something the other side did, in commit order. Acts:

        release (order, rules: those named or all), reject, cancel, lapse, state (order, to): what
        happens to an order; its standing comes back. set (what: a member of the book, key, to):
        a row is now so (None: gone; {} of a dict is merged). settle (order): a count took it over.
        """
        self.book.now = when(action.get("at", self.book.now))
        act = action["act"]
        if act == "set":
            rows: dict[str, Any] = getattr(self.book, action["what"])
            self._set(rows, str(action["key"]), action["to"])
            return None
        if act == "policies":
            self.book.policies = list(action["to"])
            return None
        if act == "device":
            self.devices[str(action["device"])] = dict(action["to"])
            return None
        one = self.orders[str(action["order"])]
        self._orders.answered(one, action)
        return one

    def _set(self, rows: dict[str, Any], key: str, to: Any) -> None:
        if to is None:
            rows.pop(key, None)
        elif isinstance(to, Mapping):
            rows[key] = rows.get(key, {}) | dict(to)
        else:
            rows[key] = to

    # -- comparing --------------------------------------------------------------------------------

    def compare(self, expected: Expected, verdict: Mapping[str, Any]) -> list[str]:
        """What a verdict says otherwise than the manual; [] = nothing, or nothing was predicted."""
        return verdict_differs(expected, verdict)

    def compare_order(self, row: Mapping[str, Any]) -> list[str]:
        """An order at rest (id, store, state, net_minor, exposure_minor, lines: n, product,
        ordered, confirmed, backordered, cut, discount_minor, net_minor) against what must stand."""
        return order_differs(self._orders, row)

    def sums(self) -> dict[str, dict[str, int]]:
        """reserved by warehouse/product, ordered_minor by store, used_minor by promotion."""
        return sums(self.book)

    def compare_sums(self, at_rest: Mapping[str, Mapping[str, int]]) -> list[str]:
        """The sums of a database against those that must be; stores that are uncertain apart."""
        return sums_differ(self._orders, at_rest)


def _captured(change: Mapping[str, Any], at: datetime, clock: Mapping[str, Any] | None) -> datetime:
    """When a change was made, by the server's time (PROTOCOL.md, section 2)."""
    made = change["captured"]
    if clock is None:
        return min(when(made["wall"]), at)
    if made["boot"] == clock["boot"]:
        ago = timedelta(milliseconds=clock["monotonic_ms"] - made["monotonic_ms"])
        return min(at - ago, at)
    return min(when(made["wall"]) + (at - when(clock["wall"])), at)
