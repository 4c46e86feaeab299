"""Rows at rest: the nouns of Talaria as SQLAlchemy Core tables.

`cell` (a depot or sales office; the company itself is one too) comes first in every key of
replicated data, so a cell can live on a machine of its own. No triggers, no sequences: ids are
UUIDv7 text made by their author, and order comes from the feed's counter row alone.
A replicated row carries scope, version, changed_by. `all.py` imports every table once.
"""
