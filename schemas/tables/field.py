"""What reps capture: visits, visit cards, orders, plan stops; and what they are to reach."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
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

ORDER_STATES = (
    "received",
    "held",
    "accepted",
    "sent",
    "acknowledged",
    "allocated",
    "short",
    "picking",
    "dispatched",
    "delivered",
    "invoiced",
    "closed",
    "rejected",
    "cancelled",
    "returned",
)

visit = Table(
    "visit",
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),
    *replicated(),  # scope st:<store>
    Column("store", Id(), nullable=False),
    Column("rep", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("planned_on", Date),
    Column("started_at", Instant()),
    Column("ended_at", Instant()),
    Column("lat_deg", Numeric(9, 6)),
    Column("lon_deg", Numeric(9, 6)),
    Column("distance_m", Integer),
    Column("reason", Text),  # why there was no visit or no order
    Column("note", Text),
    CheckConstraint("state in ('planned', 'started', 'done', 'skipped')", name="state"),
    Index("ix_visit_store", "cell", "store"),
)

visit_card = Table(
    "visit_card",
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),
    *replicated(),  # scope st:<store>
    Column("store", Id(), nullable=False),
    Column("visit", Id()),
    Column("rep", Text, nullable=False),
    Column("captured_at", Instant(), nullable=False),
    Column("state", Text, nullable=False),
    Column("lines", JSONB, nullable=False),  # array of arrays, columns as in schemas/rows.py
    Column("amendments", JSONB, nullable=False),  # the same: what was corrected, by whom, and why
    Column("competitors", JSONB),  # the same: what stood beside ours; null: nobody noted any
    CheckConstraint("state in ('open', 'closed', 'amended', 'locked')", name="state"),
    Index("ix_visit_card_store", "cell", "store", "captured_at"),
)

orders = Table(
    "orders",
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),
    *replicated(),  # scope st:<store>
    Column("number", Text, nullable=False),  # D<device no>-<count>, made on the device
    Column("store", Id(), nullable=False),
    Column("rep", Text, nullable=False),
    Column("device", Text),  # empty for orders loaded from history
    Column("visit", Id()),
    Column("type", Text, nullable=False),
    Column("stock_owner", Text, nullable=False),  # warehouse code, or van later
    Column("revision", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("holds", ARRAY(Text), nullable=False),  # rules that wait for a person
    Column("released", ARRAY(Text), nullable=False),  # rules a person has cleared
    Column("hold_due_at", Instant()),
    Column("captured_at", Instant(), nullable=False),
    Column("captured_uncertain", Boolean, nullable=False),
    Column("received_at", Instant(), nullable=False),
    Column("decided_at", Instant()),
    Column("deliver_on", Date),
    Column("po_no", Text),
    Column("note", Text),
    Column("currency", Text, nullable=False),
    Column("net_minor", BigInteger, nullable=False),
    Column("exposure_minor", BigInteger, nullable=False),  # its part of ordered_minor
    Column("caps", JSONB, nullable=False),  # what it took of promotion budgets, {promotion: minor}
    Column("stock_as_of", Instant()),
    Column("credit_as_of", Instant()),
    Column("price_as_of", Instant()),
    Column("answered", JSONB, nullable=False, server_default="{}"),  # chosen by people
    Column("external_no", Text),
    Column("acknowledged_at", Instant()),
    Column("about", Id()),  # the order it supplements, returns, or was made from again
    Column("invoice_no", Text),
    Column("invoiced_at", Instant()),
    Column("settled_at", Instant()),  # from when on the receivables carry what it owes
    Column("base_exposure_minor", BigInteger),  # exposure before the delivery system said anything
    Column("steps", JSONB, nullable=False, server_default="[]"),  # [[word, when]]
    CheckConstraint("type in ('sale', 'free', 'return', 'van')", name="type"),
    CheckConstraint(
        "state in (" + ", ".join(f"'{state}'" for state in ORDER_STATES) + ")", name="state"
    ),
    Index("ix_orders_store", "cell", "store", "captured_at"),
    Index("ix_orders_received", "cell", "received_at"),
    Index("ix_orders_number", "cell", "number"),
    Index("ix_orders_about", "cell", "about", postgresql_where="about IS NOT NULL"),
    Index("ix_orders_promoted", "cell", "store", postgresql_where="caps <> '{}'"),
    Index("ix_orders_held", "cell", postgresql_where="state = 'held'"),  # the office's inbox
)

order_line = Table(
    "order_line",
    METADATA,
    cell_key(),
    # No foreign key: it asks once a line, 200 times a batch, and on a young company's tables each
    # time by reading all orders. Whoever writes lines writes their order; the auditor compares.
    Column("order_id", Id(), primary_key=True),
    Column("n", SmallInteger, primary_key=True, autoincrement=False),
    Column("product", Text, nullable=False),
    Column("uom", Text, nullable=False),
    Column("typed", Numeric(18, 6), nullable=False),
    Column("quoted_price", Numeric(18, 6), nullable=False),  # as the rep told the store
    Column("unit_price", Numeric(18, 6), nullable=False),  # as it stands
    Column("discount_minor", BigInteger, nullable=False),
    Column("promotions", JSONB, nullable=False, server_default="{}"),  # {promotion: minor off}
    Column("net_minor", BigInteger, nullable=False),
    Column("ordered", Integer, nullable=False),
    Column("confirmed", Integer, nullable=False),
    Column("backordered", Integer, nullable=False),
    Column("cut", Integer, nullable=False),
    Column("cut_reason", Text),
    Column("reserved", Integer, nullable=False),
    Column("shipped", Integer, nullable=False),
    Column("delivered", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("substitute", Text),
    Column("base", JSONB),  # how it stood before the delivery system said anything of it
    CheckConstraint("confirmed + backordered + cut = ordered or state = 'open'", name="sums"),
    CheckConstraint("unit_price <> 'NaN' and typed <> 'NaN'", name="numbers"),
    Index("ix_order_line_product", "cell", "product"),
)

plan_stop = Table(
    "plan_stop",
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),
    *replicated(),  # scope rep:<rep>
    Column("rep", Text, nullable=False),
    Column("store", Id(), nullable=False),
    Column("day", Date, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("state", Text, nullable=False),  # planned, started, done, skipped
    Column("pinned", Boolean, nullable=False),  # an office appointment
    Column("reason", Text),
    Column("visit", Id()),
    Index("ix_plan_stop_rep", "cell", "rep", "day"),
)

sales_target = Table(
    "sales_target",  # travels as kind target; a "target" of the tables is a delivery system
    METADATA,
    cell_key(),  # the rep's home cell
    Column("id", Id(), primary_key=True),
    *replicated(),  # scope rep:<rep>
    Column("rep", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("net_minor", BigInteger, nullable=False),  # sales of the period, before tax
    Column("working_days", ARRAY(Date), nullable=False),  # of the rep, in the period
    Column("state", Text, nullable=False),
    UniqueConstraint("cell", "rep", "first_day"),
    CheckConstraint("first_day <= last_day", name="days"),
    CheckConstraint("net_minor > 0", name="net"),
    CheckConstraint("state in ('set', 'withdrawn')", name="state"),
)
