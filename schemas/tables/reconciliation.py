"""Days compared with what delivery systems say of them, and systems that have fallen silent."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from schemas.tables.exchange import delivery
from schemas.tables.metadata import METADATA, Id, Instant, cell_key

KINDS = (
    "missing_there",
    "unknown_here",
    "stuck_here",
    "twice_there",
    "number_differs",
    "lines_differ",
    "value_differs",
)

reconciliation = Table(
    "reconciliation",
    METADATA,
    cell_key(),  # the company's cell
    Column("target", Text, primary_key=True),
    Column("day", Date, primary_key=True),  # in the company's zone
    Column("state", Text, nullable=False),
    Column("asked_by", Text, nullable=False),  # job:reconcile, or user:CODE
    Column("asked_at", Instant(), nullable=False),
    Column("next_at", Instant(), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("ran_at", Instant()),
    Column("as_of", Instant()),  # when their list was made
    Column("ours", JSONB, nullable=False),  # {"orders", "lines", "value_minor": {currency: n}}
    Column("theirs", JSONB, nullable=False),
    Column("moved", Integer, nullable=False),  # ours that they count on the day beside
    Column("under_way", Integer, nullable=False),  # too lately changed to be compared
    Column("says", Text, nullable=False),  # why it could not be compared; what their list lacks
    CheckConstraint(
        "state in ('asked', 'agrees', 'differs', 'unanswered', 'cannot_be_asked')", name="state"
    ),
    Index("ix_reconciliation_due", "next_at", postgresql_where="state in ('asked', 'unanswered')"),
)

reconciliation_line = Table(
    "reconciliation_line",  # one difference of a day; seen again, it is the same row
    METADATA,
    cell_key(),
    Column("target", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("subject", Text, primary_key=True),  # the order's id as they or we say it
    Column("state", Text, nullable=False),  # asked: to be repaired; gone: it agrees by now
    Column("first_seen_at", Instant(), nullable=False),
    Column("seen_at", Instant(), nullable=False),
    Column("order_cell", SmallInteger),
    Column("order_id", Id()),
    Column("delivery", Id()),
    Column("ours", JSONB),
    Column("theirs", JSONB, nullable=False),
    Column("note", Text, nullable=False),
    Column("repair", Text),
    Column("repaired_by", Text),
    Column("repaired_at", Instant()),
    ForeignKeyConstraint(
        ["cell", "target", "day"],
        ["reconciliation.cell", "reconciliation.target", "reconciliation.day"],
    ),
    CheckConstraint("kind in (" + ", ".join(f"'{kind}'" for kind in KINDS) + ")", name="kind"),
    CheckConstraint("state in ('open', 'asked', 'repairing', 'gone')", name="state"),
    Index("ix_reconciliation_line_open", "cell", "target", postgresql_where="state <> 'gone'"),
)

delivery_silence = Table(
    "delivery_silence",  # whether a delivery system answers, as last looked at
    METADATA,
    cell_key(),  # the company's cell
    Column("target", Text, primary_key=True),
    Column("after_min", Integer, nullable=False, server_default="30"),  # 0: never alarmed
    Column("since", Instant()),  # silent since; empty: it answers, or nothing waits
    Column("waiting", Integer, nullable=False, server_default="0"),
    Column("raised_at", Instant()),
    Column("cleared_at", Instant()),
)

Index(
    "ix_delivery_acknowledged",
    delivery.c.cell,
    delivery.c.target,
    delivery.c.changed_at,
    postgresql_where=delivery.c.state == "acknowledged",
)
