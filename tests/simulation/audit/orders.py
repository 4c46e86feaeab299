"""The orders of a company as they stand, and what each keeps of stock, credit and promotions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.simulation.audit import facts
from tests.simulation.audit.book import Book
from tests.simulation.audit.decided import Judged, judge
from tests.simulation.audit.facts import Told

VAN = "whose stock a van is, and what is asked of it, the manual does not say"
OUT = ("sent", "acknowledged", "allocated", "short")
UNDER_WAY = ("picking", "dispatched", "delivered", "invoiced", "closed", "returned")
PARKING = ("id_reused", "row_known", "dependency_parked")
ENDED = ("cancelled", "rejected")


@dataclass
class Expected:
    """What must become of a change. outcome None: not predicted, `why` says why."""

    id: str
    outcome: str | None
    state: str | None = None
    told: list[Told] = field(default_factory=list)
    why: str = ""
    is_kept: bool = False
    replayed: bool = False
    judged: Judged | None = None
    available: dict[str, int] = field(default_factory=dict)
    reserved: dict[str, int] = field(default_factory=dict)
    exposure_minor: int | None = None

    then: list["Expected"] = field(default_factory=list)

    @property
    def is_parked(self) -> bool:
        """Kept because it could not be taken at all: what builds on it waits with it."""
        return self.is_kept and any(rule in PARKING for rule, *_ in self.told)


@dataclass
class Standing:
    """An order as it stands."""

    order: dict[str, Any]
    judged: Judged
    revision: int = 1
    released: frozenset[str] = frozenset()
    is_asked: bool = False
    reserve: dict[str, int] = field(default_factory=dict)

    @property
    def state(self) -> str:
        return self.judged.state


def kept(key: str, rule: str) -> Expected:
    """A change that is kept whole for a person."""
    return Expected(key, "held", told=[(rule, None, facts.HOLD, None)], is_kept=True)


class Orders:
    """What is submitted, revised, cancelled, and answered by the office."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.orders: dict[str, Standing] = {}
        self.uncertain: set[str] = set()

    def submit(self, key: str, order: dict[str, Any], rep: str, captured: datetime) -> Expected:
        seen = order.get("seen") or {}
        order = order | {"rep": rep, "captured_at": captured}
        order["price_as_of"] = seen.get("price_as_of")
        if why := self._unsure(order):
            return Expected(key, None, why=why)
        judged = judge(order, self.book)
        if any(rule == "order_known" for rule, *_ in judged.told):
            return Expected(key, judged.outcome, "held", judged.told, is_kept=True)
        self.book.numbers.setdefault(order["number"], order["id"])
        self.fold(Standing(order, judged))
        return self._of_order(key, judged, [])

    def _unsure(self, order: Mapping[str, Any]) -> str:
        """Why nothing is said of an order; what it may touch is uncertain from then on."""
        depot = self.book.stores.get(order["store"], {}).get("warehouse")
        stock = {f"{depot}/{line['product']}" for line in order.get("lines", ())}
        stock |= self._keeps(order["id"])
        named = {
            one["promotion"]
            for line in order.get("lines", ())
            for one in line.get("promotions") or ()
            if self._has_budget(one["promotion"])
        }
        is_van = order.get("type") == "van"
        if not is_van and not self.uncertain & {order["id"], order["store"], *stock, *named}:
            return ""
        self.uncertain |= {order["id"], order["store"], *named, *(() if is_van else stock)}
        return VAN if is_van else "something unpredicted touched what it asks of"

    def _keeps(self, order: str) -> set[str]:
        """Where an order that is here keeps stock."""
        one = self.orders.get(order)
        return set() if one is None else set(one.reserve)

    def _has_budget(self, pid: str) -> bool:
        one = self.book.promotions.get(pid, {})
        return one.get("cap_left_minor") is not None or one.get("store_cap_minor") is not None

    def _of_order(self, key: str, judged: Judged, told: list[Told]) -> Expected:
        made = Expected(key, judged.outcome, judged.state, told + judged.told, judged=judged)
        for at in judged.reserve:
            row = self.book.stock.get(at, {})
            made.reserved[at] = int(row.get("reserved", 0))
            less = sum(int(row.get(name, 0)) for name in ("allocated", "blocked", "safety"))
            made.available[at] = int(row.get("on_hand", 0)) - less - made.reserved[at]
        if judged.store in self.book.credit:
            made.exposure_minor = self.book.exposure(judged.store)
        return made

    def fold(self, one: Standing, sign: int = 1) -> None:
        """What an order keeps of stock, credit and promotions: taken (1) or given back (-1)."""
        book, judged, order = self.book, one.judged, one.order
        if sign > 0:
            one.reserve = {at: n for at, n in judged.reserve.items() if at in book.stock}
        for at, pieces in one.reserve.items():
            row = book.stock[at]
            row["reserved"] = int(row.get("reserved", 0)) + sign * pieces
        if sign < 0:
            one.reserve = {}
        if account := book.credit.get(judged.store):
            ordered = int(account.get("ordered_minor", 0))
            account["ordered_minor"] = ordered + sign * judged.exposure_minor
        for pid, minor in judged.caps.items():
            promotion = book.promotions[pid]
            if promotion.get("cap_left_minor") is not None:
                promotion["cap_left_minor"] = int(promotion["cap_left_minor"]) - sign * minor
            used = promotion.setdefault("used_minor", {})
            used[judged.store] = int(used.get(judged.store, 0)) + sign * minor
        for others in book.twins.values():
            others[:] = [other for other in others if other["order"] != order["id"]]
        if sign > 0 and judged.state != "rejected" and order.get("type") != "return":
            lines: dict[str, int] = {}
            for line in judged.lines:
                if not line["is_substitute"]:
                    lines[line["product"]] = lines.get(line["product"], 0) + line["ordered"]
            twin = {"order": order["id"], "number": order["number"], "lines": lines}
            twin["captured_at"] = order["captured_at"]
            book.twins.setdefault(judged.store, []).append(twin)
        if sign > 0 and judged.is_unclear:
            self.uncertain |= {judged.store} if judged.exposure_minor else set()
            self.uncertain |= {pid for pid in judged.caps if self._has_budget(pid)}
        if sign > 0:
            book.known[order["id"]] = judged.state
            self.orders[order["id"]] = one

    def _edit(
        self, key: str, order: Mapping[str, Any], rep: str, is_cancel: bool
    ) -> tuple[Standing | None, Expected]:
        """The questions of an edit; the order, if it is to be decided again."""
        one = self.orders.get(order["id"])
        store = str(order["store"])
        if order["id"] in self.uncertain:
            self.uncertain |= {store, *self._keeps(order["id"])}
            return None, Expected(key, None, why="its order is uncertain")
        if one is None:
            return None, kept(key, "order_not_here")
        told: list[Told] = []

        def says(rule: str, default: str) -> str:
            told.append((rule, None, facts.answer(self.book, rule, store, default), None))
            return told[-1][2]

        if one.order["rep"] != rep and says("order_of_another", facts.HOLD) == facts.HOLD:
            return None, Expected(key, "held", told=told, is_kept=True)
        if one.state in ENDED and not is_cancel:
            says("order_cancelled", "keep_ended")
            return None, Expected(key, "rejected", told=told)
        if one.state in UNDER_WAY:
            says("order_under_way", "offer_supplement_or_return")
            return None, Expected(key, "rejected", told=told)
        base = order.get("base_revision")
        if (base or one.revision) != one.revision:
            says("order_revised", "take_newest")
        if told and told[-1][2] == facts.HOLD:
            return None, Expected(key, "held", told=told, is_kept=True)
        if one.state in ENDED:  # nothing is left to cancel
            return None, Expected(key, "merged", told=told)
        if one.state in OUT:
            if is_cancel and one.is_asked:
                return None, Expected(key, "merged", told=told)
            answer = says("order_is_sent", "ask_delivery_system")
            one.is_asked |= answer == "ask_delivery_system"
            outcome = "rejected" if answer == "refuse_edit" else "held"
            return None, Expected(key, outcome, told=told)
        return one, Expected(key, None, told=told)

    def revise(self, key: str, order: dict[str, Any], rep: str, captured: datetime) -> Expected:
        one, edit = self._edit(key, order, rep, is_cancel=False)
        if one is None:
            return edit
        seen = order.get("seen") or {}
        order = order | {"rep": one.order["rep"], "captured_at": captured}
        order["price_as_of"] = seen.get("price_as_of")
        if why := self._unsure(order):
            return Expected(key, None, why=why)
        self.fold(one, -1)
        self.book.known.pop(order["id"])
        judged = judge(order, self.book)
        self.fold(Standing(order, judged, one.revision + 1))
        return self._of_order(key, judged, edit.told)

    def cancel(self, key: str, order: dict[str, Any], rep: str, captured: datetime) -> Expected:
        one, edit = self._edit(key, order, rep, is_cancel=True)
        if one is None:
            return edit
        self.end(one, "cancelled")
        return Expected(key, "applied", "cancelled", edit.told)

    def end(self, one: Standing, state: str) -> None:
        self.fold(one, -1)
        one.judged.state, one.judged.exposure_minor, one.judged.caps = state, 0, {}
        for line in one.judged.lines:  # nothing is promised any more
            line |= {"confirmed": 0, "backordered": 0, "cut": line["ordered"]}
        self.book.known[one.order["id"]] = state

    def answered(self, one: Standing, action: Mapping[str, Any]) -> None:
        """Something that the office, a job or the delivery system did to an order."""
        act = action["act"]
        if act == "release" and not self._unsure(one.order):
            self.fold(one, -1)
            self.book.known.pop(one.order["id"])
            one.released |= set(action.get("rules") or one.judged.holds)
            one.judged = judge(one.order, self.book, one.released)
            self.fold(one)
        elif act in ("reject", "cancel"):
            self.end(one, {"reject": "rejected", "cancel": "cancelled"}[act])
        elif act in ("lapse", "settle"):
            for at, pieces in one.reserve.items():
                row = self.book.stock[at]
                row["reserved"] = int(row["reserved"]) - pieces
            one.reserve = {}
        elif act == "state":
            one.judged.state = str(action["to"])
            self.book.known[one.order["id"]] = one.state
