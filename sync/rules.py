"""The only file that decides: every rule about an order, in the order they are asked.

Read it as a table. A question is asked of the order, or of each line not refused yet. Inside a
question the first row whose `when` is true answers, with its `then`, or with the one of
`instead` that the office chose by a policy (store over banner over company).

* An answer that adjusts hands the adjusted order on to the next question.
* A refused line ends there; the rest of the order goes on.
* A hold ends nothing: reasons add up, and name their lines. It takes a person to release each.
* A row that a person released is passed over: what it proposed stands (`release` does it).
* `promises=False`: while held for this reason, no stock is kept for the order (or line).

Adding a rule: a row here, a condition, a decision if it needs a new one, its figures (tell.py),
its sentences (sentences.py), and examples in contract/rules/<rule>.json for every answer.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, ParamSpec, cast

from sync import conditions as c
from sync import decisions as d
from sync import tell
from sync.conclude import conclude, fold
from sync.decisions import Answer, Conflict, Decision, Effect, Who
from sync.facts import Facts, Order, Policy
from sync.tell import Told
from sync.working import Working, WorkingLine, chosen, had_right

__all__ = ["QUESTIONS", "RULES", "Rule", "decide", "fold", "rep_carried", "validate_policies"]

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Rule(Generic[P]):
    """One row. `params`: name -> (default, least, most) of what a policy may set."""

    name: str
    when: Callable[P, bool]
    then: Callable[P, Answer]
    instead: tuple[Callable[P, Answer], ...] = ()
    tell: Callable[P, Told] = field(kw_only=True)
    params: Mapping[str, tuple[int, int, int]] = field(default_factory=dict, kw_only=True)
    release: Callable[P, Answer] | None = field(default=None, kw_only=True)
    releasable: bool = field(default=True, kw_only=True)
    promises: bool = field(default=True, kw_only=True)

    @property
    def answers(self) -> dict[str, Callable[P, Answer]]:
        """Every answer this row may give, by name; the first is the default."""
        return {one.__name__: one for one in (self.then, *self.instead)}


OrderRules = Mapping[str, tuple[Rule[[Working]], ...]]
LineRules = Mapping[str, tuple[Rule[[Working, WorkingLine]], ...]]

QUESTIONS = (
    *("authority", "order_state", "store", "product", "price", "promotion", "quantity"),
    *("credit", "twin", "cut_off", "stock"),
)

HELD, PASS = d.hold_for_office, d.let_pass
FILL, CUT, SWAP = d.confirm_available_backorder_rest, d.cut, d.substitute
GRACE = {"grace_days": (3, 0, 365)}

# fmt: off
ORDER: OrderRules = {
    "authority": (
        Rule("store_not_mine", c.rep_had_no_right, HELD, (PASS,),
             tell=tell.right, params=GRACE, promises=False),
    ),
    "order_state": (
        Rule("order_known", c.order_is_here_already, HELD,
             tell=tell.known, releasable=False, promises=False),
        Rule("order_empty", c.order_has_no_lines, d.reject_order, tell=tell.order),
        Rule("currency_differs", c.currency_is_not_the_stores, HELD,
             tell=tell.currency, promises=False),
        Rule("number_known", c.number_is_another_orders, HELD, (PASS,), tell=tell.order),
        Rule("order_needs_approval", c.order_is_no_sale, HELD, (PASS,), tell=tell.order_type),
    ),
    "store": (
        Rule("store_merged", c.store_was_merged, HELD, (d.redirect_to_survivor,),
             tell=tell.survivor, release=d.redirect_to_survivor, promises=False),
        Rule("store_unknown", c.store_is_unknown, HELD,
             tell=tell.store, releasable=False, promises=False),
        Rule("store_closed", c.store_is_closed, HELD, tell=tell.store, promises=False),
        Rule("store_pending", c.store_is_not_approved, HELD, (PASS,), tell=tell.store),
        Rule("store_blocked", c.store_is_blocked, HELD, (PASS,), tell=tell.block),
    ),
    "quantity": (
        Rule("total_differs", c.order_does_not_add_up, HELD, (d.apply_arithmetic,),
             tell=tell.order_total),
    ),
    "credit": (
        Rule("credit_exceeded", c.credit_limit_is_exceeded, HELD, (PASS,), tell=tell.credit),
    ),
    "twin": (
        Rule("probable_duplicate", c.another_order_looks_the_same, HELD, (PASS,),
             tell=tell.twin, params={"percent": (80, 1, 100), "hours": (24, 1, 168)}),
    ),
    "cut_off": (
        Rule("cut_off_passed", c.delivery_day_has_closed, d.move_to_next_delivery, (HELD,),
             tell=tell.delivery_day),
        Rule("delivery_far_ahead", c.day_is_far_ahead, HELD, (PASS,),
             tell=tell.delivery_day, params={"days": (180, 1, 3650)}),
        Rule("not_a_delivery_day", c.day_is_no_delivery_day, d.move_to_next_delivery,
             (HELD, PASS), tell=tell.delivery_day),
    ),
}

ORDER_LINE: LineRules = {
    "product": (
        Rule("product_unknown", c.product_is_unknown, d.reject_line, tell=tell.product),
        Rule("product_blocked", c.product_is_blocked, d.reject_line, (HELD,), tell=tell.product),
        Rule("product_planned", c.product_is_planned, d.reject_line, (PASS,), tell=tell.product),
    ),
    "price": (
        Rule("price_unknown", c.product_has_no_price, HELD, (d.honour_quoted_price,),
             tell=tell.price),
        Rule("price_lowered", c.price_is_lower_now, d.apply_price_now, (d.honour_quoted_price,),
             tell=tell.lower_price),
        Rule("price_kept", c.price_rose_within_grace, d.honour_quoted_price,
             (HELD, d.apply_price_now), tell=tell.price, params=GRACE),
        Rule("price_raised", c.price_rose, HELD, (d.honour_quoted_price, d.apply_price_now),
             tell=tell.price),
    ),
    "promotion": (
        Rule("promotion_unknown", c.promotion_is_unknown, HELD, (d.drop_discount,),
             tell=tell.promotion),
        Rule("promotion_not_for_this", c.promotion_is_for_others, HELD, (d.drop_discount,),
             tell=tell.promotion),
        Rule("promotion_ended", c.promotion_was_not_on, HELD,
             (d.drop_discount, d.honour_discount), tell=tell.promotion),
        Rule("discount_differs", c.discount_is_not_the_promotions, HELD, (d.apply_promotion,),
             tell=tell.promotion),
        Rule("promotion_used_up", c.promotion_has_too_little_left, HELD, (d.limit_to_budget,),
             tell=tell.budget),
        Rule("discount_not_granted", c.discount_has_no_promotion, HELD, (d.drop_discount,),
             tell=tell.promotion, params={"percent": (0, 0, 100)}),
    ),
    "quantity": (
        Rule("quantity_not_positive", c.quantity_is_not_positive, d.reject_line,
             tell=tell.quantity),
        Rule("uom_unknown", c.uom_is_unknown, HELD, tell=tell.uom, promises=False),
        Rule("quantity_differs", c.quantity_is_not_what_was_typed, HELD, (d.apply_typed,),
             tell=tell.typed, release=d.apply_typed, promises=False),
        Rule("quantity_absurd", c.quantity_is_absurd, HELD, tell=tell.maximum,
             params={"maximum": (100_000, 1, 1_000_000_000)}, promises=False),
        Rule("line_total_differs", c.line_does_not_add_up, HELD, (d.apply_arithmetic,),
             tell=tell.line_total),
        Rule("quantity_below_minimum", c.quantity_is_below_minimum, HELD,
             (d.raise_to_whole, d.reject_line), tell=tell.allowed),
        Rule("quantity_not_multiple", c.quantity_is_no_multiple, HELD,
             (d.raise_to_whole, d.reject_line), tell=tell.allowed),
    ),
    "stock": (
        Rule("stock_unknown", c.stock_is_unknown, FILL, (d.confirm_all, HELD), tell=tell.stock),
        Rule("product_sell_out", c.last_stock_is_short, CUT, (SWAP,), tell=tell.stock),
        Rule("stock_out", c.none_is_left, FILL, (CUT, SWAP, HELD), tell=tell.stock),
        Rule("stock_short", c.ordered_exceeds_available, FILL, (CUT, SWAP, HELD),
             tell=tell.stock),
    ),
}
# fmt: on

RULES: Mapping[str, OrderRules | LineRules] = {"order": ORDER, "order_line": ORDER_LINE}
BY_NAME: Mapping[str, Rule[...]] = {
    row.name: row
    for rows in (*ORDER.values(), *ORDER_LINE.values())
    for row in cast(tuple[Rule[...], ...], rows)
}
_ANSWERS = {name: row.answers for name, row in BY_NAME.items()}
_PARAMS = {
    name: {key: bounds[0] for key, bounds in row.params.items()} for name, row in BY_NAME.items()
}
_NEEDS: Mapping[Effect, Who | None] = {
    "noted": None,
    "adjusted": "rep",
    "held": "office",
    "rejected": "rep",
}
_OPEN = frozenset(("authority", "product"))
"""Questions whose answers say nothing about a store: a rep without a right to it may read them."""


def decide(order: Order, facts: Facts) -> Decision:
    """Ask every question about an order and say what becomes of it.

    Changes neither: `fold` the decision to go on to the next order of the batch. Lines are asked
    in order of `n`, so how they are listed makes no difference.
    """
    asking = _Asking(Working(order, facts, _PARAMS))
    w = asking.w
    for question in QUESTIONS:
        if question in ORDER_LINE:
            for x in w.lines:
                if x.refused_by is None:
                    asking.ask_line(question, x)
        if question in ORDER:
            asking.ask(question, ORDER[question], None)
            if w.refused_by is not None:
                break
    return conclude(w, asking.held, asking.conflicts, asking.effects)


class _Asking:
    """One order being asked about, and the answers so far."""

    def __init__(self, w: Working) -> None:
        self.w = w
        self.held: dict[str, list[int]] = {}
        self.conflicts: list[Conflict] = []
        self.effects: set[Effect] = set()
        self.is_foreign = c.rep_had_no_right(w)

    def ask_line(self, question: str, x: WorkingLine) -> None:
        """Ask one question of one line, and note what it takes from the lines after it."""
        w = self.w
        if question == "stock":
            if w.doubtful or x.doubtful:
                w.take(x, 0, x.quantity)
                return
            x.most_net = x.net()
        effect = self.ask(question, ORDER_LINE[question], x)
        if question == "promotion" and x.promotion is not None and effect != "held":
            x.budgeted = True
            w.caps[x.promotion.id] = w.caps.get(x.promotion.id, 0) + x.discount
        if question == "stock" and not x.settled and x.refused_by is None:
            fits = x.quantity if not w.promises_stock else w.available(x.line.product)
            w.take(x, min(x.quantity, fits), max(0, x.quantity - fits))

    def ask(self, question: str, rows: Iterable[Rule[...]], x: WorkingLine | None) -> Effect | None:
        """The first row that is true answers; None = no row had anything to say."""
        w = self.w
        about = (w,) if x is None else (w, x)
        effect: Effect | None = None
        for row in rows:
            if not row.when(*about):
                continue
            if row.name in w.released and row.releasable:
                if row.release is not None:
                    row.release(*about)
                continue
            told = row.tell(*about)
            answers = _ANSWERS[row.name]
            name = w.choices.get(row.name, "")
            name = name if name in answers else row.then.__name__
            answer = answers[name](*about)
            effect = answer.effect
            private = self.is_foreign and question not in _OPEN
            self._note(row, x, name, answer, told, private)
            if not answer.goes_on:
                break
        return effect

    def _note(
        self,
        row: Rule[...],
        x: WorkingLine | None,
        name: str,
        answer: Answer,
        told: Told,
        private: bool,
    ) -> None:
        """Keep an answer: what it does to the order or line, and what people are told."""
        effect = answer.effect
        where: Working | WorkingLine = self.w if x is None else x
        if effect == "held":
            name = HELD.__name__
            self.held.setdefault(row.name, []).extend([] if x is None else [x.line.n])
            where.doubtful = where.doubtful or not row.promises
        elif effect == "rejected":
            where.refused_by = row.name
        self.effects.add(effect)
        self.conflicts.append(
            Conflict(
                rule=row.name,
                line=None if x is None else x.line.n,
                yours=told.yours,
                now=told.now,
                decision=name,
                needs=_NEEDS[effect],
                message=row.name,
                arguments={**told.more, **answer.figures},
                proposed=told.proposed,
                private=private,
            )
        )


def rep_carried(facts: Facts, rep: str, store: str, at: datetime) -> bool:
    """Whether a rep's visit or card of a store may stand: the authority question without an order.

    `store_not_mine` answers it for both, with the same grace and the same choices.
    """
    found = facts.stores.get(store)
    choices, params = chosen(facts, found, _PARAMS)
    if choices.get("store_not_mine") == PASS.__name__ and found is not None:
        return True
    grants = facts.grants.get((rep, store), ())
    return had_right(grants, at, facts.now, params["store_not_mine"]["grace_days"])


def validate_policies(policies: Iterable[Policy]) -> list[str]:
    """What is wrong with these policy rows, in words; empty = nothing."""
    errors: list[str] = []
    seen: set[tuple[str, str | None, str | None]] = set()
    for one in policies:
        where = f"policy for {one.rule}"
        where += f", store {one.store}" if one.store else ""
        where += f", banner {one.banner}" if one.banner else ""
        row = BY_NAME.get(one.rule)
        if row is None:
            errors.append(f"{where}: there is no rule of this name")
            continue
        if one.store and one.banner:
            errors.append(f"{where}: name a store or a banner, not both")
        if (one.rule, one.banner, one.store) in seen:
            errors.append(f"{where}: there are two of them")
        seen.add((one.rule, one.banner, one.store))
        if one.choice is not None and one.choice not in row.answers:
            errors.append(f"{where}: {one.choice} is not one of {', '.join(row.answers)}")
        for name, value in one.params.items():
            if name not in row.params:
                errors.append(f"{where}: there is nothing called {name} to set")
                continue
            _, least, most = row.params[name]
            if type(value) is not int or not least <= value <= most:
                errors.append(f"{where}: {name} is a whole number from {least} to {most}")
    return errors
