"""What people read about a rule: one sentence for each answer, keyed by language.

A sentence is found by (rule, decision) and its places are filled from the conflict: `yours`,
`now` and its arguments. How a place looks follows from its name: `_minor` is money, a time or a
day is shown short, nothing is shown as "unknown". Other languages are further tables with the
same keys; a missing sentence falls back to English.

A name written from right to left stands between two marks that keep it together (FSI and PDI of
Unicode's bidirectional algorithm): without them it would turn the words and figures around it.
"""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from sync.decisions.shapes import Conflict, Plain
from sync.terms.price import minor_digits

_HOLD = "hold_for_office"
_FILL = "confirm_available_backorder_rest"

ENGLISH: Mapping[str, Mapping[str, str]] = {
    "store_not_mine": {
        _HOLD: "The store of order {number} was not yours when you took it at {captured}. The "
        "office decides.",
        "let_pass": "The store of order {number} was not yours at {captured}; your firm lets the "
        "order pass.",
    },
    "order_known": {
        _HOLD: "Order {number} is here already ({now}). What you sent again waits for the office.",
    },
    "order_empty": {"reject_order": "Order {number} has no lines, so there is nothing to send."},
    "currency_differs": {
        _HOLD: "Order {number} is in {yours}, but {store} buys in {now}. The office decides.",
    },
    "number_known": {
        _HOLD: "Another order has number {number} already. This one is kept and waits for the "
        "office.",
        "let_pass": "Another order has number {number} already. Both go on.",
    },
    "order_needs_approval": {
        _HOLD: "Order {number} is of type {yours}, which the office must approve.",
        "let_pass": "Order {number} is of type {yours}; it goes on without approval.",
    },
    "store_merged": {
        _HOLD: "{store} was merged into {survivor}. The office decides whether order {number} "
        "goes there.",
        "redirect_to_survivor": "{store} was merged into {survivor}; order {number} goes there.",
    },
    "store_unknown": {
        _HOLD: "The store of order {number} is not known here. The order waits for the office.",
    },
    "store_closed": {
        _HOLD: "{store} was closed. Order {number} waits: the office reopens the store or cancels.",
    },
    "store_pending": {
        _HOLD: "{store} is not approved yet. Order {number} waits until it is.",
        "let_pass": "{store} is not approved yet; order {number} goes on all the same.",
    },
    "store_blocked": {
        _HOLD: "{store} is blocked ({reason}). Order {number} is kept and waits for the office.",
        "let_pass": "{store} is blocked ({reason}); order {number} goes on all the same.",
    },
    "product_unknown": {
        "reject_line": "There is no product {code}; this line was left out.",
    },
    "product_blocked": {
        "reject_line": "{product} is blocked; this line was left out. Instead: {substitute}.",
        _HOLD: "{product} is blocked. The office decides. Instead: {substitute}.",
    },
    "product_planned": {
        "reject_line": "{product} is not sold yet; this line was left out.",
        "let_pass": "{product} is not sold yet; it is taken as an advance order.",
    },
    "price_unknown": {
        _HOLD: "{product} has no price for this store today; you quoted {yours}. The office "
        "decides.",
        "honour_quoted_price": "{product} has no price for this store today; your {yours} stands.",
    },
    "price_lowered": {
        "apply_price_now": "{product} costs less now: {now} in place of {yours}. The store gets "
        "the lower price.",
        "honour_quoted_price": "{product} costs {now} now; the {yours} you quoted stands.",
    },
    "price_kept": {
        "honour_quoted_price": "{product} costs {now} now. The {yours} you quoted stands: it was "
        "right on your copy of {price_as_of}.",
        _HOLD: "{product} costs {now} now; you quoted {yours} from your copy of {price_as_of}. "
        "The office decides.",
        "apply_price_now": "{product} costs {now} now, no longer the {yours} on your copy of "
        "{price_as_of}. The new price stands.",
    },
    "price_raised": {
        _HOLD: "{product} costs {now}; you quoted {yours} from a copy of {price_as_of}, which is "
        "too old or never had it. The office decides.",
        "honour_quoted_price": "{product} costs {now}; the {yours} you quoted stands.",
        "apply_price_now": "{product} costs {now}, not the {yours} you quoted. The new price "
        "stands.",
    },
    "promotion_unknown": {
        _HOLD: "The promotion on {product} is not known here; you took off {yours_minor}. The "
        "office decides.",
        "drop_discount": "The promotion on {product} is not known here; {yours_minor} off was "
        "taken back.",
    },
    "promotion_not_for_this": {
        _HOLD: "{promotion} is not for {product} in this store; you took off {yours_minor}. The "
        "office decides.",
        "drop_discount": "{promotion} is not for {product} in this store; {yours_minor} off was "
        "taken back.",
    },
    "promotion_ended": {
        _HOLD: "{promotion} was not on at {captured}: it ran from {began} until {ended}. You took "
        "{yours_minor} off {product}; the office decides.",
        "drop_discount": "{promotion} was not on at {captured}: it ran from {began} until "
        "{ended}. {yours_minor} off {product} was taken back.",
        "honour_discount": "{promotion} was not on at {captured}: it ran from {began} until "
        "{ended}. Your {yours_minor} off {product} stands.",
    },
    "discount_differs": {
        _HOLD: "{promotion} gives {now_minor} off this line of {product}; you took off "
        "{yours_minor}. The office decides.",
        "apply_promotion": "{promotion} gives {now_minor} off this line of {product}, not "
        "{yours_minor}. The promotion stands.",
    },
    "promotion_used_up": {
        _HOLD: "{promotion} has {left_minor} left; this line of {product} needs {yours_minor}. "
        "The office decides.",
        "limit_to_budget": "{promotion} had only {left_minor} left, so that much came off "
        "{product} in place of {yours_minor}.",
    },
    "discount_not_granted": {
        _HOLD: "You took {yours_minor} off {product} without a promotion. The office decides.",
        "drop_discount": "You took {yours_minor} off {product} without a promotion; it was taken "
        "back.",
    },
    "quantity_not_positive": {
        "reject_line": "You ordered {yours} of {product}; this line was left out.",
    },
    "uom_unknown": {
        _HOLD: "{product} is not sold by {uom} but by {now}. The office decides.",
    },
    "quantity_differs": {
        _HOLD: "You typed {typed} x {uom} of {product}, which is {each} each; the order says "
        "{yours}. The office decides.",
        "apply_typed": "You typed {typed} x {uom} of {product}; that is {each} each, not {yours}.",
    },
    "quantity_absurd": {
        _HOLD: "You ordered {yours} of {product}; more than {now} on one line must be checked.",
    },
    "line_total_differs": {
        _HOLD: "The line of {product} comes to {now_minor}; the order says {yours_minor}. The "
        "office decides.",
        "apply_arithmetic": "The line of {product} comes to {now_minor}, not {yours_minor}.",
    },
    "quantity_below_minimum": {
        _HOLD: "You ordered {yours} of {product}; the least is {minimum}. The office decides.",
        "raise_to_whole": "You ordered {yours} of {product}; the least is {minimum}, so it is "
        "{whole}.",
        "reject_line": "You ordered {yours} of {product}; the least is {minimum}. This line was "
        "left out.",
    },
    "quantity_not_multiple": {
        _HOLD: "You ordered {yours} of {product}, which goes by {multiple}. The office decides.",
        "raise_to_whole": "You ordered {yours} of {product}, which goes by {multiple}, so it is "
        "{whole}.",
        "reject_line": "You ordered {yours} of {product}, which goes by {multiple}. This line was "
        "left out.",
    },
    "total_differs": {
        _HOLD: "The lines of order {number} come to {now_minor}; the order says {yours_minor}. "
        "The office decides.",
        "apply_arithmetic": "The lines of order {number} come to {now_minor}, not {yours_minor}.",
    },
    "credit_exceeded": {
        _HOLD: "{store} owes {exposure_minor}; with order {number} of {order_minor} that is "
        "{over_minor} over its limit of {limit_minor}. The order is kept and waits for the office.",
        "let_pass": "{store} owes {exposure_minor}; with order {number} of {order_minor} that is "
        "{over_minor} over its limit of {limit_minor}. The order goes on all the same.",
    },
    "probable_duplicate": {
        _HOLD: "Order {number} for {store} looks like order {other} that {other_rep} took at "
        "{other_captured}. The office decides whether both go.",
        "let_pass": "Order {number} for {store} looks like order {other} that {other_rep} took at "
        "{other_captured}. Both go on.",
    },
    "cut_off_passed": {
        "move_to_next_delivery": "It was too late for delivery on {asked_for} when order {number} "
        "arrived at {decided}. It goes on {deliver_on}.",
        _HOLD: "It was too late for delivery on {asked_for} when order {number} arrived at "
        "{decided}. The office decides.",
    },
    "delivery_far_ahead": {
        _HOLD: "Order {number} asks for delivery on {asked_for}, which is far ahead. The office "
        "decides.",
        "let_pass": "Order {number} asks for delivery on {asked_for}, which is far ahead; it "
        "stands.",
    },
    "not_a_delivery_day": {
        "move_to_next_delivery": "{store} gets no delivery on {asked_for}. Order {number} goes on "
        "{deliver_on}.",
        _HOLD: "{store} gets no delivery on {asked_for}. The office decides about order {number}.",
        "let_pass": "{store} gets no regular delivery on {asked_for}; order {number} keeps it.",
    },
    "stock_unknown": {
        _FILL: "There is no stock figure for {product}: {backordered} on backorder.",
        "confirm_all": "There is no stock figure for {product}: {confirmed} confirmed unseen.",
        _HOLD: "There is no stock figure for {product}. The office decides.",
    },
    "product_sell_out": {
        "cut": "{product} is being sold out: you ordered {yours}, only {now} left. {confirmed} "
        "confirmed, {cut} left out.",
        "substitute": "{product} is being sold out: you ordered {yours}, only {now} left. "
        "{confirmed} confirmed, {substituted} sent as {substitute}.",
    },
    "stock_out": {
        _FILL: "You ordered {yours} of {product} at {captured}, with stock as of {stock_as_of}; "
        "none is left. {backordered} on backorder.",
        "cut": "You ordered {yours} of {product} at {captured}, with stock as of {stock_as_of}; "
        "none is left. {cut} left out.",
        "substitute": "You ordered {yours} of {product} at {captured}, with stock as of "
        "{stock_as_of}; none is left. {substituted} sent as {substitute}, {backordered} on "
        "backorder.",
        _HOLD: "You ordered {yours} of {product} at {captured}, with stock as of {stock_as_of}; "
        "none is left. The office decides.",
    },
    "stock_short": {
        _FILL: "You ordered {yours} of {product} at {captured}, with stock as of {stock_as_of}; "
        "only {now} left. {confirmed} confirmed, {backordered} on backorder.",
        "cut": "You ordered {yours} of {product} at {captured}, with stock as of {stock_as_of}; "
        "only {now} left. {confirmed} confirmed, {cut} left out.",
        "substitute": "You ordered {yours} of {product} at {captured}, with stock as of "
        "{stock_as_of}; only {now} left. {confirmed} confirmed, {substituted} sent as "
        "{substitute}, {backordered} on backorder.",
        _HOLD: "You ordered {yours} of {product} at {captured}, with stock as of {stock_as_of}; "
        "only {now} left. The office decides about the rest.",
    },
    # What the delivery system answered (acknowledge.py); no rules of ours, but people read them.
    "delivery_short": {
        "as_answered": "Order {number}: of {product} the delivery system allocated {allocated} of "
        "{yours} ({reason}); {backordered} on backorder, {cut} cut.",
    },
    "delivery_refused": {
        _HOLD: "The delivery system did not take order {number} for {store}: {reason}. The office "
        "sees to it and sends it again.",
    },
    "delivery_unknown": {
        _HOLD: "Nobody can say whether order {number} for {store} arrived in the delivery system: "
        "{reason}. A person looks there before it is sent again.",
    },
}

LANGUAGES: Mapping[str, Mapping[str, Mapping[str, str]]] = {"en": ENGLISH}

_DATES = frozenset(("asked_for", "deliver_on"))
_TIMES = frozenset(
    """captured until began ended decided other_captured price_as_of credit_as_of stock_as_of
    """.split()
)
_ABSENT = {
    **dict.fromkeys(_TIMES, "an unknown time"),
    "ended": "further notice",
    "substitute": "nothing",
    "each": "no whole number of",
}
_TURNS = frozenset(("R", "AL", "RLE", "RLO", "RLI"))
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def sentence(conflict: Conflict, language: str = "en") -> str:
    """What a person reads about a conflict; English where the language has no such sentence."""
    figures = {**conflict.arguments, "yours": conflict.yours, "now": conflict.now}
    return words(conflict.message, conflict.decision, figures, language)


def words(message: str, decision: str, figures: Mapping[str, Plain], language: str = "en") -> str:
    """The same from the figures alone, as they lie in the wire or in a stored conflict."""
    for table in (LANGUAGES.get(language, ENGLISH), ENGLISH):
        template = table.get(message, {}).get(decision)
        if template is not None:
            currency = str(figures.get("currency") or "")
            shown = {name: _shown(name, value, currency) for name, value in figures.items()}
            return template.format_map(_Places(shown))
    return f"{message}: {decision}"


class _Places(dict[str, str]):
    """A place nobody filled reads "unknown" rather than breaking the page it stands on."""

    def __missing__(self, key: str) -> str:
        return "unknown"


def _shown(name: str, value: Plain, currency: str) -> str:
    if value is None:
        return _ABSENT.get(name, "unknown")
    if isinstance(value, int):
        if not name.endswith("_minor"):
            return f"{value:,}"
        amount = Decimal(value).scaleb(-minor_digits(currency))
        return f"{amount:,f} {currency}".rstrip()
    if name in _TIMES:
        moment = datetime.fromisoformat(value)
        return f"{moment.day} {_MONTHS[moment.month - 1]} {moment:%H:%M}"
    if name in _DATES:
        day = date.fromisoformat(value)
        return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"
    return _kept_together(value)


def _kept_together(text: str) -> str:
    """A text that turns the reading direction, isolated; any other as it is."""
    if text.isascii() or _TURNS.isdisjoint(map(unicodedata.bidirectional, text)):
        return text
    return f"\u2068{text}\u2069"
