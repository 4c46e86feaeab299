"""Imports every table once, so that METADATA is whole (migrations, tests)."""

from schemas.tables import (
    company,
    exchange,
    field,
    life,
    money,
    office,
    photos,
    plans,
    reconciliation,
    repair,
    segments,
    trade,
)
from schemas.tables.metadata import METADATA

__all__ = [
    "METADATA",
    "company",
    "exchange",
    "field",
    "life",
    "money",
    "office",
    "photos",
    "plans",
    "reconciliation",
    "repair",
    "segments",
    "trade",
]
