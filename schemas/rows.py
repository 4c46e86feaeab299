"""ROWS: the columns of each kind as a pull of the newest version carries them, in wire order.

A pull answers column arrays: {"columns": [...], "data": [[...], ...]}. Every kind starts with
id, scope, version. An aggregate carries its parts as arrays of arrays; PARTS names their columns.
An allow-list: a column at rest that is not named here never travels. What earlier versions carry
follows from versions.py.
Money is integer minor units, prices decimal strings, days YYYY-MM-DD, instants ISO 8601 UTC.
"""

ROWS: dict[str, tuple[str, ...]] = {
    "product": (
        "id", "scope", "version", "name", "brand", "category", "status", "volume_ml",
        "weight_g", "tax_class", "min_quantity", "multiple", "substitute", "uoms",
    ),
    "price_list": (
        "id", "scope", "version", "name", "currency", "level", "banner", "channel", "store_class",
    ),
    "price": (
        "id", "scope", "version", "product", "price", "min_quantity", "valid_from", "valid_to",
    ),
    "promotion": (
        "id", "scope", "version", "code", "name", "kind", "products", "store", "banner", "channel",
        "store_class", "percent", "amount_minor", "tier_by", "tiers", "buy", "get", "get_product",
        "stacks", "priority", "valid_from", "valid_to", "state",
    ),
    "tax_rate": (
        "id", "scope", "version", "tax_class", "name", "percent", "valid_from", "valid_to",
    ),
    "must_stock": (
        "id", "scope", "version", "banner", "channel", "store_class", "product",
        "min_facings", "valid_from", "valid_to",
    ),
    "period": ("id", "scope", "version", "year", "no", "first_day", "last_day", "state"),
    "policy": ("id", "scope", "version", "banner", "store", "rule", "choice", "params"),
    "warehouse": ("id", "scope", "version", "name", "zone", "cut_off", "stock_as_of"),
    "stock": ("id", "scope", "version", "product", "available", "due_quantity", "due_on"),
    "store": (
        "id", "scope", "version", "code", "name", "status", "status_reason", "merged_into",
        "address", "city", "region", "postcode", "lat_deg", "lon_deg", "geo_source", "banner",
        "channel", "store_class", "price_list", "warehouse", "zone", "terms_days", "lead_days",
        "delivery_days", "visits_per_4w", "phone", "opening_hours", "tax_id",
        "geo_accuracy_m",
    ),
    "contact": (
        "id", "scope", "version", "store", "name", "role", "phone", "email", "preferred_time",
        "state",
    ),
    "receivable": (
        "id", "scope", "version", "limit_minor", "open_minor", "on_account_minor",
        "blocked_reason", "as_of", "items",
    ),
    "visit": (
        "id", "scope", "version", "store", "rep", "state", "planned_on", "started_at",
        "ended_at", "distance_m", "reason", "note",
    ),
    "card": (
        "id", "scope", "version", "store", "visit", "rep", "captured_at", "state", "lines",
        "amendments", "competitors",
    ),
    "order": (
        "id", "scope", "version", "number", "store", "rep", "visit", "type", "revision",
        "state", "holds", "captured_at", "received_at", "deliver_on", "po_no", "note",
        "currency", "net_minor", "external_no", "about", "invoice_no", "steps", "lines",
    ),
    "collection": (
        "id", "scope", "version", "number", "store", "rep", "visit", "method", "amount_minor",
        "currency", "cheque_no", "cheque_bank", "cheque_on", "allocation", "note", "captured_at",
        "day", "state", "handed_in_at", "posted_at", "applied",
        "on_account_minor", "bounced_at", "reason",
    ),
    "plan_stop": (
        "id", "scope", "version", "rep", "store", "day", "sequence", "state", "pinned",
        "reason", "visit",
    ),
    "target": (
        "id", "scope", "version", "rep", "first_day", "last_day", "net_minor", "working_days",
        "state",
    ),
    "conflict": (
        "id", "scope", "version", "item", "store", "order_id", "subject", "change", "line",
        "field", "rule", "decision", "base", "yours", "now", "needs", "message", "arguments",
        "says", "proposed", "answers", "owner", "state", "due_at", "escalated_at", "answer",
        "answer_note", "answer_by", "resolution", "resolved_by", "resolved_at", "at",
    ),
}  # fmt: skip

PARTS: dict[tuple[str, str], tuple[str, ...]] = {
    ("product", "uoms"): ("uom", "num", "den", "gtin", "orderable"),
    ("promotion", "tiers"): ("reach", "percent", "amount_minor"),
    ("receivable", "items"): (
        "number", "kind", "issued_on", "due_on", "amount_minor", "open_minor", "paid_on",
        "disputed",
    ),
    ("collection", "allocation"): ("number", "amount_minor"),
    ("collection", "applied"): ("number", "amount_minor"),
    ("card", "lines"): (
        "product", "listed", "on_shelf", "facings", "shelf_stock", "back_stock",
        "price_minor", "promotion_seen", "out_of_stock", "nearest_expiry",
    ),
    ("conflict", "answers"): ("name", "says"),
    ("card", "amendments"): ("at", "by", "product", "field", "was", "now", "stands", "why"),
    ("card", "competitors"): ("name", "price_minor", "facings", "promotion_seen", "note"),
    ("order", "steps"): ("word", "at"),
    ("order", "lines"): (
        "n", "product", "uom", "typed", "ordered", "unit_price", "discount_minor",
        "net_minor", "confirmed", "backordered", "cut", "cut_reason", "shipped", "delivered",
        "state", "promotions",
    ),
}  # fmt: skip
