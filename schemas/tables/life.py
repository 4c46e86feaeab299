"""What delivery systems said of orders after they took them, and what was asked of them since."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from schemas.tables.metadata import METADATA, Id, Instant, cell_key

status_update = Table(
    "status_update",
    METADATA,
    cell_key(),
    Column("target", Text, primary_key=True),
    Column("id", Text, primary_key=True),  # theirs: by it a repeat is known
    Column("order_id", Id()),  # empty while nobody knows whose it is
    Column("order_ref", Text),  # as they named it
    Column("revision", Integer),
    Column("external_no", Text),
    Column("status", Text, nullable=False),  # their word, or ours
    Column("meaning", Text),  # ours; empty while nobody knows it
    Column("at", Instant(), nullable=False),  # when it happened there
    Column("received_at", Instant(), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("lines", JSONB, nullable=False),  # as told
    Column("invoice_no", Text),
    Column("detail", Text, nullable=False),
    CheckConstraint("outcome in ('applied', 'stale', 'parked')", name="outcome"),
    Index("ix_status_update_order", "cell", "order_id"),
    Index("ix_status_update_parked", "cell", "target", postgresql_where="outcome = 'parked'"),
)

order_change = Table(
    "order_change",  # a change of an order that is with the delivery system, until it answers
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),
    Column("order_id", Id(), nullable=False),
    Column("revision", Integer, nullable=False),  # under which it is asked
    Column("replaces", Integer, nullable=False),  # the revision they have
    Column("act", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Instant(), nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("settled_at", Instant()),
    Column("item", Id()),  # the inbox item that tells of it
    Column("proposal", JSONB),  # the order and its lines as they would be; empty: a cancellation
    CheckConstraint("act in ('change', 'cancel')", name="act"),
    CheckConstraint("state in ('office', 'asked', 'taken', 'declined', 'late')", name="state"),
    Index("ix_order_change_order", "cell", "order_id", "revision"),
)
