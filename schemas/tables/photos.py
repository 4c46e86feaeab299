"""Photos reps took in stores: what is known of each; the bytes are files (server/photos)."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text

from schemas.tables.metadata import METADATA, Id, Instant, cell_key

photo = Table(
    "photo",
    METADATA,
    cell_key(),  # the device's home cell
    Column("id", Id(), primary_key=True),  # made on the handheld
    Column("device", Text, nullable=False),
    Column("rep", Text, nullable=False),
    Column("store", Id(), nullable=False),
    Column("visit", Id()),
    Column("card", Id()),
    Column("product", Text),
    Column("note", Text),
    Column("captured_at", Instant(), nullable=False),
    Column("media_type", Text, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("sha256", Text, nullable=False),  # of the whole, hex
    Column("received_bytes", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("begun_at", Instant(), nullable=False),
    Column("heard_at", Instant(), nullable=False),  # the last piece; an upload may rest for days
    Column("whole_at", Instant()),
    CheckConstraint("state in ('coming', 'whole', 'expired')", name="state"),
    CheckConstraint("received_bytes between 0 and bytes", name="received"),
    Index("ix_photo_store", "store", "captured_at"),
    Index("ix_photo_heard", "heard_at", postgresql_where="state <> 'expired'"),
)  # fmt: skip
