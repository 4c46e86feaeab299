"""What an order as a whole is asked: right, order, store, sums, credit, twins, delivery day."""

from datetime import timedelta

from tests.simulation.audit.book import when
from tests.simulation.audit.lines import DEFAULTS, HOLD, LineQuestions


class Questions(LineQuestions):
    """An order while it is asked about."""

    def authority(self) -> None:
        grace = self.param("store_not_mine", "grace_days")
        rep = str(self.order["rep"])
        if self.store in self.book.stores and not self.book.carries(
            rep, self.store, self.captured, grace
        ):
            self.is_foreign = True
            self.says("store_not_mine")

    def order_state(self) -> None:
        order, book = self.order, self.book
        currency = book.stores.get(self.store, {}).get("currency")
        other = book.numbers.get(order["number"], order["id"])
        for rule, is_true in (
            ("order_known", order["id"] in book.known),
            ("order_empty", not self.lines),
            ("currency_differs", currency is not None and currency != self.currency),
            ("number_known", other != order["id"]),
            ("order_needs_approval", self.type != "sale"),
        ):
            if is_true and (answer := self.says(rule)):
                self.is_rejected = answer == "reject_order"
                return

    def store_itself(self) -> None:
        store = self.book.stores.get(self.store, {"status": "unknown"})
        status = store.get("status", "active")
        if status == "merged":
            answer = self.says("store_merged", now=store.get("merged_into"))
            if answer == HOLD:
                return
            if store.get("merged_into") in self.book.stores:
                self.store = str(store["merged_into"])
                return self.store_itself()
            status = "unknown"
        if self.comes_back and status != "unknown":  # a store that shuts gives back what it has
            return
        credit = self.book.credit.get(self.store, {})
        for rule, is_true in (
            ("store_unknown", status == "unknown"),
            ("store_closed", status == "closed"),
            ("store_pending", status in ("pending", "prospect")),
            ("store_blocked", status == "on_hold" or bool(credit.get("blocked_reason"))),
        ):
            if is_true and self.says(rule):
                return

    def whole(self) -> None:
        said = sum(int(one["net_minor"]) for one in self.order.get("lines", ()))
        if int(self.order["net_minor"]) != said and self.says("total_differs"):
            return
        if self.comes_back and str(self.order.get("about")) not in self.book.returnable:
            self.says("return_without_order")

    def credit(self) -> None:
        limit = self.book.credit.get(self.store, {}).get("limit_minor")
        net, owed = sum(self.net(one) for one in self.live), self.book.exposure(self.store)
        if self.param("credit_exceeded", "count_unposted_cash"):
            owed -= int(self.book.credit.get(self.store, {}).get("collected_minor", 0))
        if self.type == "sale" and limit is not None and owed + net > int(limit):
            self.says("credit_exceeded", now=owed)

    def twin(self) -> None:
        if self.comes_back:  # it is like the order it is about
            return
        mine = self.pieces()
        percent = self.param("probable_duplicate", "percent")
        _, params = self.book.policy("probable_duplicate", self.store)
        hours = timedelta(hours=params.get("hours", 24))
        for one in self.book.twins.get(self.store, ()):
            theirs = {key: int(each) for key, each in one["lines"].items()}
            same = sum(theirs.get(key) == each for key, each in mine.items())
            longer = max(len(mine), len(theirs))
            apart = abs(self.captured - when(one["captured_at"]))
            if (
                one["order"] != self.order["id"]
                and apart <= hours
                and same * 100 >= percent * longer
            ):
                self.says("probable_duplicate", now=one["number"])
                return

    def pieces(self) -> dict[str, int]:
        """Product -> pieces, as ordered: what is refused was ordered too."""
        found: dict[str, int] = {}
        for line in self.lines:
            found[line.product] = found.get(line.product, 0) + line.quantity
        return found

    def cut_off(self) -> None:
        book, day = self.book, self.day
        if day is None or self.store not in book.cut_offs or self.comes_back:
            return
        far = timedelta(days=self.param("delivery_far_ahead", "days"))
        today = book.today(self.store)
        for rule, is_true in (
            ("cut_off_passed", day < today or book.has_closed(self.store, day)),
            ("delivery_far_ahead", day - today > far),
            ("not_a_delivery_day", not book.delivers_on(self.store, day)),
        ):
            if not is_true:
                continue
            following = book.next_delivery(self.store, max(day, today - timedelta(days=1)))
            chosen, _ = book.policy(rule, self.store)
            moves = (chosen or DEFAULTS.get(rule)) == "move_to_next_delivery"
            answer = self.note(rule, HOLD) if moves and following is None else self.says(rule)
            if answer == "move_to_next_delivery":
                self.day = following
            if answer:
                return
