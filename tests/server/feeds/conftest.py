"""A founded company and short ways to load a text: what every test of the feeds starts from."""

import io
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, text

from server.feeds.founding import ensure_company
from server.feeds.load import Ask, Outcome, load
from server.feeds.mapping import find_mapping, parse
from server.feeds.orders import File, load_orders
from server.feeds.read import Shape, Source, open_stream
from server.feeds.validate import Rejects

COMPANY = {
    "company": {"code": "acme", "name": "Acme", "currency": "USD", "zone": "America/Chicago"},
    "cells": [{"code": "depot", "name": "Depot"}],
    "warehouses": [
        {"cell": "depot", "code": "w1", "name": "Main", "zone": "America/Chicago"},
    ],
}
TABLES = (
    *("store", "product", "product_uom", "price_list", "price", "warehouse", "stock"),
    *("credit_account", "open_item", "orders", "order_line", "promotion", "tax_rate"),
    "sales_target",
    *("entry", "feed"),
)
PRODUCTS = "code,name,case_size\np1,Cola 1 l,12\np2,Water,6\n"
STORES = "code,name,city,region,lat_deg,lon_deg\ns1,One,Ames,IA,42.0,-93.6\ns2,Two,Ames,IA,,\n"


def source_of(content: str | bytes, shape: Shape | None = None) -> Source:
    """An open feed file with this content."""
    data = content.encode() if isinstance(content, str) else content
    return open_stream(io.BytesIO(data), "test.csv", len(data), shape or Shape())


@dataclass
class Bench:
    """A database with a company, and what a test asks of it."""

    engine: Engine
    rejected: list[tuple[int, str, str, str]]

    def load(
        self, feed: str, content: str | bytes, *, mapping: str | None = None, **ask: Any
    ) -> Outcome:
        """Load a text into a feed; what was rejected is in `rejected`."""
        columns = find_mapping("plain", feed) if mapping is None else parse(mapping, feed)
        with Rejects() as rejects, source_of(content, columns.shape) as source:
            outcome = load(self.engine, feed, source, columns, Ask("test", **ask), rejects)
            self.rejected = rejects.first
        return outcome

    def orders(self, headers: str, lines: Sequence[str] = (), **ask: Any) -> list[Outcome]:
        """Load orders of the past with their lines."""
        contents = [("orders", headers), *(("order_lines", one) for one in lines)]
        with ExitStack() as stack:
            files = [
                File(
                    feed, source_of(content), find_mapping("plain", feed),
                    stack.enter_context(Rejects()),
                )
                for feed, content in contents
            ]  # fmt: skip
            outcomes = load_orders(self.engine, files[0], files[1:], Ask("test", **ask))
            self.rejected = [one for file in files for one in file.rejects.first]
        return outcomes

    def rows(self, sql: str, **args: Any) -> list[Any]:
        """Rows of a query."""
        with self.engine.begin() as conn:
            return [tuple(row) for row in conn.execute(text(sql), args)]

    def one(self, sql: str, **args: Any) -> Any:
        """The single value of a query."""
        return self.rows(sql, **args)[0][0]

    def everything(self) -> dict[str, list[Any]]:
        """Every replicated row and every entry: two of these are equal if nothing was written."""
        return {name: self.rows(f"SELECT * FROM {name} ORDER BY 1, 2, 3") for name in TABLES}


@pytest.fixture
def bench(engine: Engine) -> Bench:
    """A company with a depot, a warehouse and nothing else."""
    ensure_company(engine, COMPANY)
    return Bench(engine, [])


@pytest.fixture
def stocked(bench: Bench) -> Bench:
    """The same with two products and two stores."""
    bench.load("products", PRODUCTS)
    bench.load("stores", STORES)
    return bench
