"""What is sold, where, for how much, and who owes what."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from schemas.tables.metadata import METADATA, Id, Instant, cell_key, replicated

store = Table(
    "store",
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),
    *replicated(),  # scope st:<id>
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_reason", Text),
    Column("merged_into", Id()),
    Column("address", Text),
    Column("city", Text),
    Column("region", Text),
    Column("postcode", Text),
    Column("lat_deg", Float),
    Column("lon_deg", Float),
    Column("geo_accuracy_m", Integer),
    Column("geo_source", Text),  # given, town (placed at its town's centre), rep
    Column("gln", Text),
    Column("tax_id", Text),
    Column("banner", Text),
    Column("channel", Text),
    Column("store_class", Text),
    Column("price_list", Text),
    Column("warehouse", Text, nullable=False),
    Column("zone", Text),
    Column("terms_days", Integer),
    Column("lead_days", Integer),
    Column("delivery_days", ARRAY(SmallInteger)),  # ISO weekdays; empty = every working day
    Column("visits_per_4w", SmallInteger),
    Column("phone", Text),
    Column("opening_hours", Text),  # as people say them
    Column("source", Text),
    UniqueConstraint("cell", "code"),
    CheckConstraint(
        "status in ('prospect', 'pending', 'active', 'on_hold', 'closed', 'merged')", name="status"
    ),
)

contact = Table(
    "contact",
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),
    *replicated(),  # scope st:<store>
    Column("store", Id(), nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text),
    Column("phone", Text),
    Column("email", Text),
    Column("preferred_time", Text),
    Column("state", Text, nullable=False),
    Index("ix_contact_store", "cell", "store"),
)

product = Table(
    "product",
    METADATA,
    cell_key(),  # the company's cell
    Column("code", Text, primary_key=True),
    *replicated(),  # scope company
    Column("name", Text, nullable=False),
    Column("brand", Text),
    Column("category", Text),
    Column("status", Text, nullable=False),
    Column("volume_ml", Integer),
    Column("weight_g", Integer),
    Column("tax_class", Text),
    Column("min_quantity", Integer, nullable=False),
    Column("multiple", Integer, nullable=False),
    Column("substitute", Text),
    CheckConstraint("status in ('planned', 'active', 'sell_out', 'blocked')", name="status"),
    CheckConstraint("min_quantity >= 1 and multiple >= 1", name="quantities"),
)

product_uom = Table(
    "product_uom",
    METADATA,
    cell_key(),
    Column("product", Text, primary_key=True),
    Column("uom", Text, primary_key=True),  # each, case, inner
    Column("num", Integer, nullable=False),  # 1 uom = num/den each
    Column("den", Integer, nullable=False),
    Column("gtin", Text),  # not unique: one barcode may stand on several products
    Column("orderable", Boolean, nullable=False),
    Index("ix_product_uom_gtin", "cell", "gtin"),
)

price_list = Table(
    "price_list",
    METADATA,
    cell_key(),
    Column("code", Text, primary_key=True),
    *replicated(),  # scope company
    Column("name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("banner", Text),  # of level banner: whose it is
    Column("channel", Text),  # of level channel and channel_class
    Column("store_class", Text),  # of level channel_class
    CheckConstraint(
        "level in ('base', 'channel', 'channel_class', 'banner', 'store')", name="level"
    ),
)

price = Table(
    "price",
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),
    *replicated(),  # scope pl:<list>
    Column("list", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("price", Numeric(18, 6), nullable=False),  # per each
    Column("min_quantity", Integer, nullable=False),
    Column("valid_from", Instant(), nullable=False),
    Column("valid_to", Instant()),  # exclusive
    Column("superseded_at", Instant()),  # server time at which a newer line took its place
    Index("ix_price_list_product", "cell", "list", "product"),
    CheckConstraint("price >= 0 and price <> 'NaN'", name="price"),
)

promotion = Table(
    "promotion",
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),
    *replicated(),  # scope company
    Column("code", Text),  # the office's own word for it, the same in every version
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("products", ARRAY(Text)),
    Column("store", Id()),
    Column("banner", Text),
    Column("channel", Text),
    Column("store_class", Text),
    Column("percent", Numeric(9, 4)),
    Column("amount_minor", BigInteger),
    Column("tier_by", Text, nullable=False),
    Column("tiers", JSONB, nullable=False),  # [[reach, percent as text, amount_minor], ...]
    Column("buy", Integer),
    Column("get", Integer),
    Column("get_product", Text),
    Column("stacks", Boolean, nullable=False),
    Column("valid_from", Instant(), nullable=False),
    Column("valid_to", Instant()),  # exclusive
    Column("priority", Integer, nullable=False),
    Column("cap_minor", BigInteger),  # of all versions together; the newest says it
    Column("store_cap_minor", BigInteger),  # what one store may get of it
    Column("used_minor", BigInteger, nullable=False),  # sum of orders.caps
    Column("replaces", Id()),  # the version before: terms are never edited
    Column("state", Text, nullable=False),
    CheckConstraint("kind in ('percent', 'amount', 'tiers', 'buy_get', 'order')", name="kind"),
    CheckConstraint("tier_by in ('quantity', 'value')", name="tier_by"),
    CheckConstraint("state in ('draft', 'live', 'ended')", name="state"),
    Index("ix_promotion_code", "cell", "code"),
)

tax_rate = Table(
    "tax_rate",
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),
    *replicated(),  # scope company
    Column("tax_class", Text, nullable=False),
    Column("name", Text),
    Column("percent", Numeric(9, 4), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),  # the last day it holds
    Index("ix_tax_rate_class", "cell", "tax_class"),
)

must_stock = Table(
    "must_stock",
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),
    *replicated(),  # scope company
    Column("banner", Text),
    Column("channel", Text),
    Column("store_class", Text),
    Column("product", Text, nullable=False),
    Column("min_facings", Integer, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
)

period = Table(
    "period",
    METADATA,
    cell_key(),
    Column("code", Text, primary_key=True),  # 2026-P12
    *replicated(),  # scope company
    Column("year", Integer, nullable=False),
    Column("no", Integer, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("state", Text, nullable=False),
)

stock = Table(
    "stock",
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),
    *replicated(),  # scope wh:<warehouse>
    Column("warehouse", Text, nullable=False),
    Column("product", Text, nullable=False),
    Column("on_hand", BigInteger, nullable=False),
    Column("allocated", BigInteger, nullable=False),
    Column("blocked", BigInteger, nullable=False),
    Column("safety", BigInteger, nullable=False),
    Column("reserved", BigInteger, nullable=False),  # our promises; sum of order_line.reserved
    Column("published", BigInteger, nullable=False),  # available as handhelds were last told
    Column("due_quantity", BigInteger),
    Column("due_on", Date),
    Column("as_of", Instant(), nullable=False),
    Column("source", Text),
    UniqueConstraint("cell", "warehouse", "product"),
    CheckConstraint("reserved >= 0", name="reserved"),
)

credit_account = Table(
    "credit_account",
    METADATA,
    cell_key(),
    Column("store", Id(), primary_key=True),
    *replicated(),  # scope st:<store>; travels as kind receivable with its open items
    Column("limit_minor", BigInteger),  # empty = no limit
    Column("open_minor", BigInteger, nullable=False),  # sum of open items, kept by the loads
    Column("on_account_minor", BigInteger, nullable=False),
    Column("ordered_minor", BigInteger, nullable=False),  # accepted, not yet invoiced
    Column("collected_minor", BigInteger, nullable=False),  # cash and transfers, not posted yet
    Column("blocked_reason", Text),
    Column("as_of", Instant()),
)

open_item = Table(
    "open_item",
    METADATA,
    cell_key(),
    Column("store", Id(), primary_key=True),
    Column("number", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("open_minor", BigInteger, nullable=False),
    Column("paid_on", Date),
    Column("disputed", Boolean, nullable=False),
    CheckConstraint(
        "kind in ('invoice', 'credit_note', 'on_account', 'cheque_pending')", name="kind"
    ),
)
