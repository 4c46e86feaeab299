"""The one MetaData and the column families that many tables share."""

from sqlalchemy import BigInteger, Column, DateTime, Integer, MetaData, Text, Uuid

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def Id() -> Uuid[str]:
    """A UUIDv7 made by its author, text in Python, 16 bytes at rest."""
    return Uuid(as_uuid=False)


def Instant() -> DateTime:
    """A moment in UTC."""
    return DateTime(timezone=True)


def cell_key() -> Column[int]:
    """First column of every key of replicated data."""
    return Column("cell", Integer, primary_key=True, autoincrement=False)


def replicated() -> tuple[Column[str], Column[int], Column[str]]:
    """What every replicated row carries beside its key: scope, version, changed_by.

    version counts the row's own writes from 1; changed_by is `user:CODE`, `device:ID`,
    `load:FEED` or `delivery:TARGET`.
    """
    return (
        Column("scope", Text, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("changed_by", Text, nullable=False),
    )
