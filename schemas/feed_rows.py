"""One row of each feed, after the mapping has turned its columns into values.

A feed is a file another system of the company sends: its stores, products, prices, stock, open
items, orders of the past. These schemas say what a row must hold once columns are named and
texts are read; `server/feeds/mapping.py` gets it there. Fields that are not required may be
missing from the file altogether: then what is stored stays as it is.

Money is `_minor` in whole minor units, quantities are eaches, prices decimal text per each.
"""

from schemas.fields import (
    QUANTITY_LIMIT,
    Choice,
    Code,
    Day,
    DecimalText,
    Flag,
    Gtin,
    Instant,
    Listed,
    Money,
    Quantity,
    Text,
    Whole,
    Wire,
)

WAREHOUSE_LIMIT = 10**12
"""Largest stock of one product in one warehouse, in eaches."""


class StoreRow(Wire):
    """A store. Without coordinates it is placed by its town. `cell` is the code of its depot."""

    code = Code(required=True)
    name = Text(at_least=1, at_most=200, required=True)
    status = Choice("prospect", "pending", "active", "on_hold", "closed")
    status_reason = Text(at_most=200, allow_none=True)
    address = Text(at_most=300, allow_none=True)
    city = Text(at_most=100, allow_none=True)
    region = Text(at_most=100, allow_none=True)
    postcode = Text(at_most=20, allow_none=True)
    lat_deg = DecimalText(whole=3, fraction=12, signed=True, allow_none=True)
    lon_deg = DecimalText(whole=3, fraction=12, signed=True, allow_none=True)
    gln = Code(at_most=13, allow_none=True)
    tax_id = Code(allow_none=True)
    banner = Code(allow_none=True)
    channel = Code(allow_none=True)
    store_class = Code(at_most=20, allow_none=True)
    price_list = Code(allow_none=True)
    warehouse = Code()
    zone = Code(allow_none=True)
    terms_days = Whole(high=1_000, allow_none=True)
    lead_days = Whole(high=1_000, allow_none=True)
    delivery_days = Listed(Whole(low=1, high=7), at_most=7, allow_none=True)
    visits_per_4w = Whole(high=56, allow_none=True)
    limit_minor = Money(low=0, allow_none=True)
    blocked_reason = Text(at_most=200, allow_none=True)
    cell = Code()
    source = Code(allow_none=True)


class ProductRow(Wire):
    """A product. With `case_size` it may be ordered by the case of that many eaches."""

    code = Code(required=True)
    name = Text(at_least=1, at_most=200, required=True)
    brand = Text(at_most=200, allow_none=True)
    category = Text(at_most=200, allow_none=True)
    status = Choice("planned", "active", "sell_out", "blocked")
    volume_ml = Whole(high=10**9, allow_none=True)
    weight_g = Whole(high=10**9, allow_none=True)
    tax_class = Code(allow_none=True)
    min_quantity = Quantity(low=1)
    multiple = Quantity(low=1)
    substitute = Code(allow_none=True)
    case_size = Quantity(low=1, allow_none=True)
    each_gtin = Gtin(allow_none=True)
    case_gtin = Gtin(allow_none=True)


class PriceListRow(Wire):
    """A price list and whom it is for: a banner, a channel, a class of a channel, the stores that
    name it (level store), or every store (level base)."""

    code = Code(required=True)
    name = Text(at_least=1, at_most=200)
    currency = Code(at_most=3)
    level = Choice("base", "channel", "channel_class", "banner", "store", required=True)
    banner = Code(allow_none=True)
    channel = Code(allow_none=True)
    store_class = Code(at_most=20, allow_none=True)


class PriceRow(Wire):
    """A price per each in a list. Days are local; `valid_to` is the last day it holds."""

    product = Code(required=True)
    price = DecimalText(required=True)
    list = Code(required=True)
    min_quantity = Quantity(low=1)
    valid_from = Day(allow_none=True)
    valid_to = Day(allow_none=True)


class PromotionRow(Wire):
    """A promotion. Days are local; `valid_to` is its last day. `products` are codes with spaces
    or semicolons between. `tiers` are steps such as `24:5%; 48:7.5%` or `24:0.05` (off each piece;
    of an order, off the whole); with `tier_by` value, and for kind order, a step is an amount of
    money: `100.00:3%`. Money within `tiers` is in major units, as people write it."""

    code = Code(required=True)
    name = Text(at_least=1, at_most=200)
    kind = Choice("percent", "amount", "tiers", "buy_get", "order", required=True)
    products = Text(at_most=20_000, allow_none=True)
    store = Code(allow_none=True)
    banner = Code(allow_none=True)
    channel = Code(allow_none=True)
    store_class = Code(at_most=20, allow_none=True)
    percent = DecimalText(whole=3, fraction=4, allow_none=True)
    amount_minor = Money(low=0, allow_none=True)
    tiers = Text(at_most=1_000, allow_none=True)
    tier_by = Choice("quantity", "value")
    buy = Quantity(low=1, allow_none=True)
    get = Quantity(low=1, allow_none=True)
    get_product = Code(allow_none=True)
    priority = Whole(high=1_000_000)
    stacks = Flag()
    valid_from = Day(allow_none=True)
    valid_to = Day(allow_none=True)
    cap_minor = Money(low=0, allow_none=True)
    store_cap_minor = Money(low=0, allow_none=True)
    state = Choice("draft", "live", "ended")


class TaxRateRow(Wire):
    """The rate of a tax class from a day on; without `valid_to` until another one begins."""

    tax_class = Code(required=True)
    percent = DecimalText(whole=3, fraction=4, required=True)
    valid_from = Day(required=True)
    valid_to = Day(allow_none=True)
    name = Text(at_most=100, allow_none=True)


class StockRow(Wire):
    """Stock of one product in one warehouse; a warehouse that books late may stand below zero."""

    product = Code(required=True)
    warehouse = Code()
    on_hand = Whole(low=-WAREHOUSE_LIMIT, high=WAREHOUSE_LIMIT, required=True)
    allocated = Whole(high=WAREHOUSE_LIMIT)
    blocked = Whole(high=WAREHOUSE_LIMIT)
    safety = Whole(high=WAREHOUSE_LIMIT)
    due_quantity = Whole(high=WAREHOUSE_LIMIT, allow_none=True)
    due_on = Day(allow_none=True)
    as_of = Instant()
    source = Code(allow_none=True)


class ReceivableRow(Wire):
    """An open or paid item of a store. `limit_minor` is the store's credit limit, if told here."""

    store = Code(required=True)
    number = Code(required=True)
    kind = Choice("invoice", "credit_note", "on_account", "cheque_pending")
    issued_on = Day(required=True)
    due_on = Day(required=True)
    amount_minor = Money(required=True)
    open_minor = Money(required=True)
    paid_on = Day(allow_none=True)
    disputed = Flag()
    limit_minor = Money(low=0, allow_none=True)


class TargetRow(Wire):
    """What a rep is to sell in a period of the company's calendar, net, before tax. `last_day`
    follows from the calendar if it is left out; `state` withdrawn ends the target."""

    rep = Code(required=True)
    first_day = Day(required=True)
    last_day = Day(allow_none=True)
    net_minor = Money(low=1, required=True)
    state = Choice("set", "withdrawn")


class OrderRow(Wire):
    """An order of the past. Returns carry negative quantities and amounts."""

    number = Code(required=True)
    store = Code(required=True)
    ordered_on = Day(required=True)
    type = Choice("sale", "free", "return")
    state = Choice("delivered", "invoiced", "closed")
    rep = Code(allow_none=True)
    deliver_on = Day(allow_none=True)
    po_no = Code(allow_none=True)
    external_no = Code(allow_none=True)
    net_minor = Money(allow_none=True)


class OrderLineRow(Wire):
    """A line of an order of the past: eaches delivered, and what they came to."""

    order = Code(required=True)
    n = Whole(low=1, high=32_767, required=True)
    product = Code(required=True)
    quantity = Whole(low=-QUANTITY_LIMIT, high=QUANTITY_LIMIT, required=True)
    amount_minor = Money(required=True)


FEED_ROWS: dict[str, type[Wire]] = {
    "stores": StoreRow,
    "products": ProductRow,
    "price_lists": PriceListRow,
    "prices": PriceRow,
    "promotions": PromotionRow,
    "tax_rates": TaxRateRow,
    "stock": StockRow,
    "receivables": ReceivableRow,
    "targets": TargetRow,
    "orders": OrderRow,
    "order_lines": OrderLineRow,
}
