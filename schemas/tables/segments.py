"""Scopes that many handhelds share, prepared: their rows as bytes ready to be served.

What can be built again from the tables: never backed up, never replicated to handhelds.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text

from schemas.tables.metadata import METADATA, Instant, cell_key

segment = Table(
    "segment",
    METADATA,
    cell_key(),  # the scope's cell
    Column("id", Text, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("schema", Integer, nullable=False),  # version of the rows
    Column("part", SmallInteger, nullable=False),  # a large scope has several, from 1
    Column("parts", SmallInteger, nullable=False),
    Column("pos", BigInteger, nullable=False),  # every change up to here is in it
    Column("rows", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),  # zstd of JSON
    Column("bytes", Integer, nullable=False),  # of body
    Column("sha256", Text, nullable=False),  # of body, hex
    Column("built_at", Instant(), nullable=False),
    Column("pos_at", Instant(), nullable=False),  # when pos was the head of the feed
    Column("replaced_at", Instant()),  # by a newer one; kept a while for those fetching it
    Index(
        "ix_segment_current", "cell", "scope", "schema", "part",
        unique=True, postgresql_where="replaced_at IS NULL",
    ),
    Index("ix_segment_replaced", "replaced_at"),
)  # fmt: skip
