"""What is said about one line: its product, price, promotion, quantity and stock."""

from collections.abc import Mapping

_HOLD = "hold_for_office"
_FILL = "confirm_available_backorder_rest"

SENTENCES: Mapping[str, Mapping[str, str]] = {
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
        _HOLD: "{product} does not come by {uom} but by {now}. The office decides.",
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
    "stock_kept": {
        "leave_what_is_kept": "You ordered {yours} of {product}; {now} can be had, the last {kept} "
        "are kept for key accounts. {confirmed} confirmed, {backordered} on backorder, {cut} left "
        "out.",
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
}
