"""What verifying handhelds found: the last verification of each, and every row that was wrong."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, Table, Text

from schemas.tables.metadata import METADATA, Instant, cell_key

verification = Table(
    "verification",
    METADATA,
    cell_key(),  # the device's home cell
    Column("device", Text, primary_key=True),
    Column("run", Text, nullable=False),  # the handheld's own id of one verification
    Column("why", Text, nullable=False),
    Column("began_at", Instant(), nullable=False),
    Column("asked_at", Instant(), nullable=False),  # the last time something of it was asked
    Column("rows", Integer, nullable=False),  # compared at the last digest
    Column("equal", Boolean),  # what the last digest was; empty: not known, news lay between
    Column("sent", Integer, nullable=False),  # rows that travelled, or were told to go
)

repair = Table(
    "repair",  # a row on a handheld that was not the server's although nothing new had come
    METADATA,
    cell_key(),  # the device's home cell
    Column("run", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("device", Text, nullable=False),
    Column("rep", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("cursor", Text, nullable=False),
    Column("schema", Integer, nullable=False),
    Column("held_version", BigInteger),  # the handheld's; empty: it had no such row
    Column("held_hash", Text),
    Column("version", BigInteger),  # the server's; empty: it has no such row in the scope
    Column("hash", Text),
    Column("at", Instant(), nullable=False),
    CheckConstraint("what in ('missing', 'extra', 'different')", name="what"),
    Index("ix_repair_at", "cell", "at"),
    Index("ix_repair_device", "cell", "device", "at"),
)
