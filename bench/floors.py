"""The floor of a push: the same rows, straight into plain tables, committed in one transaction.

COPY gets its text ready made; unnest gets lists of Python values. No HTTP, no rules, no indexes
but the primary keys, on the same PostgreSQL with the same flush at commit.
"""

from dataclasses import dataclass
from typing import Any

import psycopg

from bench import queries
from bench.timing import timed
from bench.work import Change

SCHEMAS = ("floor_copy", "floor_unnest", "floor_all")


@dataclass
class Rows:
    """The rows of one batch, ready for both ways."""

    text: dict[str, bytes]
    columns: dict[str, list[list[Any]]]


class Floor:
    """One plain connection and the plain tables of its own."""

    def __init__(self, conninfo: str, suffix: str = "") -> None:
        self.raw: queries.Raw = psycopg.connect(conninfo)
        self._schemas = [name + suffix for name in SCHEMAS]
        every = (*queries.DOCUMENTS, *queries.TRACES)
        for schema in self._schemas:
            queries.plain_tables(self.raw, schema, every)
        self._types = {table: queries.types(self.raw, table) for table in every}
        self.raw.commit()

    def close(self) -> None:
        self.raw.close()

    def rows_of(self, changes: list[Change]) -> Rows:
        """Look up what a pushed batch has left in the real tables."""
        args = {
            "ids": [change["body"]["id"] for change in changes],
            "changes": [change["id"] for change in changes],
        }
        found = Rows({}, {})
        for table, which in (queries.DOCUMENTS | queries.TRACES).items():
            found.text[table] = b"".join(queries.text_out(self.raw, table, which, args))
            found.columns[table] = queries.as_columns(
                self.raw, table, which, args, self._types[table]
            )
        self.raw.commit()
        documents = len(found.columns["orders"][0]) if found.columns["orders"] else 0
        documents += len(found.columns["visit_card"][0]) if found.columns["visit_card"] else 0
        assert documents == len(changes), f"{documents} documents of {len(changes)} are there"
        return found

    def copy_ms(self, rows: Rows) -> float:
        """The documents by COPY."""
        return timed(lambda: self._copy(self._schemas[0], rows, tuple(queries.DOCUMENTS)))[1]

    def copy_all_ms(self, rows: Rows) -> float:
        """The documents and all the server adds (receipts, deliveries, entries, conflicts)."""
        return timed(lambda: self._copy(self._schemas[2], rows, tuple(rows.text)))[1]

    def unnest_ms(self, rows: Rows) -> float:
        """The documents by unnest."""
        return timed(lambda: self._unnest(rows))[1]

    def _copy(self, schema: str, rows: Rows, tables: tuple[str, ...]) -> None:
        for table in tables:
            queries.text_in(self.raw, schema, table, rows.text[table])
        self.raw.commit()

    def _unnest(self, rows: Rows) -> None:
        with self.raw.pipeline():
            for table in queries.DOCUMENTS:
                if rows.columns[table]:
                    queries.unnest_in(
                        self.raw, self._schemas[1], table, rows.columns[table], self._types[table]
                    )
            self.raw.commit()
