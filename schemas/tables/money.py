"""Money that reps take: receipts, from the store to the books."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from schemas.tables.metadata import METADATA, Id, Instant, cell_key, replicated

COLLECTION_STATES = ("received", "handed_in", "posted", "bounced", "refused")

collection = Table(
    "collection",
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),
    *replicated(),  # scope st:<store>
    Column("number", Text, nullable=False),  # <prefix>-R<count>, made on the device
    Column("store", Id(), nullable=False),
    Column("rep", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("visit", Id()),
    Column("method", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("cheque_no", Text),
    Column("cheque_bank", Text),
    Column("cheque_on", Date),
    Column("cheque_key", Text),  # what two receipts of one cheque share
    Column("allocation", JSONB, nullable=False),  # as it stands: [[item's number, minor units]]
    Column("note", Text),
    Column("photo", Text),  # hash of the file; files travel by a channel of their own
    Column("signature", Text),
    Column("captured_at", Instant(), nullable=False),
    Column("captured_uncertain", Boolean, nullable=False),
    Column("received_at", Instant(), nullable=False),
    Column("day", Date, nullable=False),  # it was taken, on the store's wall
    Column("state", Text, nullable=False),
    Column("possible_duplicate_of", Id()),
    Column("is_cleared", Boolean, nullable=False),  # a person said: a payment of its own
    Column("handed_in_at", Instant()),
    Column("handed_in_by", Text),
    Column("posted_at", Instant()),  # stays when the posting is taken back
    Column("posted_by", Text),
    Column("applied", JSONB, nullable=False),  # what was posted: [[item's number, minor units]]
    Column("on_account_minor", BigInteger, nullable=False),  # the rest of what was posted
    Column("bounced_at", Instant()),
    Column("reason", Text),  # why it bounced or was refused
    CheckConstraint("method in ('cash', 'cheque', 'transfer')", name="method"),
    CheckConstraint(
        "state in (" + ", ".join(f"'{state}'" for state in COLLECTION_STATES) + ")", name="state"
    ),
    Index("ix_collection_store", "cell", "store", "day"),
    Index("ix_collection_number", "cell", "number"),
    Index("ix_collection_cheque", "cell", "cheque_key"),
    Index("ix_collection_posted", "cell", "posted_at"),
    Index(
        "ix_collection_open", "cell", "rep", postgresql_where="state in ('received', 'handed_in')"
    ),
)
