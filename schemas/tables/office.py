"""What keeps the office running: audit, loads, jobs, leases, rate limits."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from schemas.tables.metadata import METADATA, Id, Instant, cell_key

audit = Table(
    "audit",
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),
    Column("at", Instant(), nullable=False),
    Column("who", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),  # "order/<id>", "device/<id>" ...
    Column("before", JSONB),
    Column("after", JSONB),
    Column("address", Text),
    Index("ix_audit_subject", "cell", "subject", "at"),
)

load = Table(
    "load",
    METADATA,
    cell_key(),
    Column("id", Id(), primary_key=True),
    Column("feed", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("began_at", Instant(), nullable=False),
    Column("ended_at", Instant()),
    Column("rows_read", Integer, nullable=False),
    Column("rows_new", Integer, nullable=False),
    Column("rows_changed", Integer, nullable=False),
    Column("rows_same", Integer, nullable=False),
    Column("rows_rejected", Integer, nullable=False),
)

lease = Table(
    "lease",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("token", BigInteger, nullable=False),  # raised at every change of hands
    Column("until", Instant(), nullable=False),
)

job_run = Table(
    "job_run",
    METADATA,
    Column("job", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("token", BigInteger, nullable=False),
    Column("began_at", Instant(), nullable=False),
    Column("ended_at", Instant()),
    Column("outcome", Text),
)

rate_bucket = Table(
    "rate_bucket",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("at", Instant(), nullable=False),
)
