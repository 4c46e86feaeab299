"""Rules about orders and their lines, in the order they are asked."""

from collections.abc import Callable, Mapping

from sync.conditions import line as lc
from sync.conditions import order as oc
from sync.conditions import quiet
from sync.decisions import either
from sync.decisions import line as ld
from sync.decisions import order as od
from sync.facts import COMING_BACK, FROM_STOCK, GOING_OUT, OWED
from sync.rules.rule import Rule
from sync.subjects.order import Working, WorkingLine
from sync.tell import line as lt
from sync.tell import order as ot

OrderRules = Mapping[str, tuple[Rule[[Working]], ...]]
LineRules = Mapping[str, tuple[Rule[[Working, WorkingLine]], ...]]

QUESTIONS = (
    *("authority", "order_state", "store", "product", "price", "promotion", "quantity"),
    *("credit", "twin", "cut_off", "stock"),
)

HELD, PASS = either.hold_for_office, either.let_pass
FILL, CUT, SWAP = ld.confirm_available_backorder_rest, ld.cut, ld.substitute
GRACE = {"grace_days": (3, 0, 365)}
SHORT = ("keep_waiting", "cut_rest", "take_substitute", "cancel_order")

# fmt: off
ORDER: OrderRules = {
    "authority": (
        Rule("store_not_mine", oc.rep_had_no_right, HELD, (PASS,),
             of=(16,), tell=ot.right, params=GRACE, promises=False, owner="supervisor"),
    ),
    "order_state": (
        Rule("order_known", oc.order_is_here_already, HELD,
             of=(8,), tell=ot.known, releasable=False, promises=False,
             item="duplicate", office_answers=("set_aside",)),
        Rule("order_empty", oc.order_has_no_lines, od.reject_order, of=(21,), tell=ot.order),
        Rule("currency_differs", oc.currency_is_not_the_stores, HELD,
             of=(21,), tell=ot.currency, promises=False),
        Rule("number_known", oc.number_is_another_orders, HELD, (PASS,), of=(23,), tell=ot.order,
             item="duplicate"),
        Rule("order_needs_approval", oc.order_is_no_sale, HELD, (PASS,), of=(), tell=ot.order_type,
             owner="supervisor"),
    ),
    "store": (
        Rule("store_merged", oc.store_was_merged, HELD, (od.redirect_to_survivor,),
             of=(7,), tell=ot.survivor, release=od.redirect_to_survivor, promises=False,
             office_answers=("redirect", "reject")),
        Rule("store_unknown", oc.store_is_unknown, HELD,
             of=(7,), tell=ot.store, releasable=False, promises=False, office_answers=("reject",)),
        Rule("store_closed", oc.store_is_closed, HELD, types=GOING_OUT, of=(7,),
             tell=ot.store, promises=False),
        Rule("store_pending", oc.store_is_not_approved, HELD, (PASS,), types=GOING_OUT, of=(15,),
             tell=ot.store, owner="key_account"),
        Rule("store_blocked", oc.store_is_blocked, HELD, (PASS,), types=GOING_OUT, of=(6,),
             tell=ot.block, owner="finance"),
    ),
    "quantity": (
        Rule("total_differs", oc.order_does_not_add_up, HELD, (either.apply_arithmetic,),
             of=(21,), tell=ot.order_total),
        Rule("return_without_order", oc.return_is_of_nothing, HELD, (PASS,),
             types=COMING_BACK, of=(12,), tell=ot.order),
    ),
    "credit": (
        Rule("credit_exceeded", oc.credit_limit_is_exceeded, HELD, (PASS,),
             types=OWED, of=(6,), tell=ot.credit, owner="finance",
             params={"count_unposted_cash": (0, 0, 1), "expires": (0, 0, 1)}),
    ),
    "twin": (
        Rule("probable_duplicate", oc.another_order_looks_the_same, HELD, (PASS,),
             types=GOING_OUT, of=(8,), tell=ot.twin, item="duplicate",
             params={"percent": (80, 1, 100), "hours": (24, 1, 168), "rep_decides": (0, 0, 1)},
             rep_answers=("both_meant", "withdraw")),
    ),
    "cut_off": (
        Rule("cut_off_passed", oc.delivery_day_has_closed, od.move_to_next_delivery, (HELD,),
             types=GOING_OUT, of=(), tell=ot.delivery_day),
        Rule("delivery_far_ahead", oc.day_is_far_ahead, HELD, (PASS,),
             types=GOING_OUT, of=(), tell=ot.delivery_day, params={"days": (180, 1, 3650)}),
        Rule("not_a_delivery_day", oc.day_is_no_delivery_day, od.move_to_next_delivery,
             (HELD, PASS), types=GOING_OUT, of=(), tell=ot.delivery_day),
    ),
}

ORDER_LINE: LineRules = {
    "product": (
        Rule("product_unknown", lc.product_is_unknown, ld.reject_line, of=(5,), tell=lt.product),
        Rule("product_blocked", lc.product_is_blocked, ld.reject_line, (HELD,),
             types=GOING_OUT, of=(5,), tell=lt.product),
        Rule("product_planned", lc.product_is_planned, ld.reject_line, (PASS,),
             types=GOING_OUT, of=(5,), tell=lt.product),
    ),
    "price": (
        Rule("price_unknown", lc.product_has_no_price, HELD, (ld.honour_quoted_price,),
             types=OWED, of=(3,), tell=lt.price, owner="key_account"),
        Rule("price_lowered", lc.price_is_lower_now, ld.apply_price_now, (ld.honour_quoted_price,),
             types=OWED, of=(3,), tell=lt.lower_price),
        Rule("price_kept", lc.price_rose_within_grace, ld.honour_quoted_price,
             (HELD, ld.apply_price_now), types=OWED, of=(3,), tell=lt.price, params=GRACE,
             owner="key_account", rep_answers=("accept_price", "withdraw")),
        Rule("price_raised", lc.price_rose, HELD, (ld.honour_quoted_price, ld.apply_price_now),
             types=OWED, of=(3,), tell=lt.price, owner="key_account",
             rep_answers=("accept_price", "withdraw")),
    ),
    "promotion": (
        Rule("promotion_unknown", lc.promotion_is_unknown, HELD, (ld.drop_discount,),
             types=GOING_OUT, of=(4,), tell=lt.promotion, owner="key_account"),
        Rule("promotion_not_for_this", lc.promotion_is_for_others, HELD, (ld.drop_discount,),
             types=GOING_OUT, of=(4,), tell=lt.promotion, owner="key_account"),
        Rule("promotion_ended", lc.promotion_was_not_on, HELD,
             (ld.drop_discount, ld.honour_discount), types=GOING_OUT, of=(4,), tell=lt.promotion,
             owner="key_account"),
        Rule("discount_differs", lc.discount_is_not_the_promotions, HELD, (ld.apply_promotion,),
             types=GOING_OUT, of=(4,), tell=lt.promotion, owner="key_account"),
        Rule("promotion_used_up", lc.promotion_has_too_little_left, HELD, (ld.limit_to_budget,),
             types=GOING_OUT, of=(4,), tell=lt.budget, owner="key_account"),
        Rule("discount_not_granted", lc.discount_has_no_promotion, HELD, (ld.drop_discount,),
             types=OWED, of=(4,), tell=lt.promotion, params={"percent": (0, 0, 100)},
             owner="key_account"),
    ),
    "quantity": (
        Rule("quantity_not_positive", lc.quantity_is_not_positive, ld.reject_line,
             of=(21,), tell=lt.quantity),
        Rule("uom_unknown", lc.uom_is_unknown, HELD, of=(21,), tell=lt.uom, promises=False),
        Rule("quantity_differs", lc.quantity_is_not_what_was_typed, HELD, (ld.apply_typed,),
             of=(21,), tell=lt.typed, release=ld.apply_typed, promises=False),
        Rule("return_exceeds_delivered", lc.more_comes_back_than_came, ld.limit_to_delivered,
             (HELD,), types=COMING_BACK, of=(12,), tell=lt.coming_back),
        Rule("quantity_absurd", lc.quantity_is_absurd, HELD, of=(21,), tell=lt.maximum,
             params={"maximum": (100_000, 1, 1_000_000_000)}, promises=False),
        Rule("line_total_differs", lc.line_does_not_add_up, HELD, (either.apply_arithmetic,),
             of=(21,), tell=lt.line_total),
        Rule("quantity_below_minimum", lc.quantity_is_below_minimum, HELD,
             (ld.raise_to_whole, ld.reject_line), types=GOING_OUT, of=(21,), tell=lt.allowed),
        Rule("quantity_not_multiple", lc.quantity_is_no_multiple, HELD,
             (ld.raise_to_whole, ld.reject_line), types=GOING_OUT, of=(21,), tell=lt.allowed),
    ),
    "stock": (
        Rule("stock_unknown", lc.stock_is_unknown, FILL, (ld.confirm_all, HELD),
             types=FROM_STOCK, of=(1,), tell=lt.stock),
        Rule("stock_kept", lc.only_what_is_kept_is_left, ld.leave_what_is_kept,
             types=FROM_STOCK, of=(2,), tell=lt.kept, params={"percent": (0, 0, 100)},
             rep_answers=SHORT),
        Rule("product_sell_out", lc.last_stock_is_short, CUT, (SWAP,), types=FROM_STOCK,
             of=(1, 5), tell=lt.stock),
        Rule("stock_out", lc.none_is_left, FILL, (CUT, SWAP, HELD), types=FROM_STOCK,
             of=(1, 2), tell=lt.stock, rep_answers=SHORT),
        Rule("stock_short", lc.ordered_exceeds_available, FILL, (CUT, SWAP, HELD),
             types=FROM_STOCK, of=(1, 2), tell=lt.stock, rep_answers=SHORT),
    ),
}
# fmt: on

QUIET: Mapping[str, Callable[[Working, WorkingLine], bool]] = {
    "product": quiet.product_is_sold,
    "price": quiet.price_is_the_same,
    "promotion": quiet.nothing_is_taken_off,
    "quantity": quiet.quantity_is_plain,
    "stock": quiet.stock_is_plenty,
}
"""Lines of which no row of a question can be true, told by one look."""
