"""Loads everything a folder holds, in the order in which feeds point at each other.

Which file is which feed's is what each mapping's `name` says, such as "stores*.csv*". If the
mapping describes a company (`company.toml`) and it is not there yet, it is made first. If it says
`derive_stock = true` and the folder has no stock, one is made from the orders and marked.
"""

import io
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from fnmatch import fnmatch
from pathlib import Path

from sqlalchemy import Engine

from server.feeds import queries, queries_orders
from server.feeds.derive import WEEKS, as_csv, stock_of
from server.feeds.founding import described, ensure_company
from server.feeds.load import Ask, Outcome, Tell, load, quiet, whose
from server.feeds.mapping import ColumnMap, find_mapping, mapping_text
from server.feeds.orders import File, load_orders
from server.feeds.plan import Refused
from server.feeds.read import open_path, open_stream
from server.feeds.validate import Rejects

REJECTS = ".rejects.csv"
ORDER = (
    *("tax_rates", "products", "price_lists", "prices", "stores", "promotions", "receivables"),
    "targets",
)

Keep = Callable[[Path | None, Rejects, Outcome], None]
"""Called with each file (None = made by us), its rejects, and what became of it."""


def load_all(
    engine: Engine, folder: Path, where: str, ask: Ask, keep: Keep, tell: Tell = quiet
) -> list[Outcome]:
    """Load every feed of a folder. Errors: Unreadable, MappingProblem, Refused.

    Feeds loaded before an error stay loaded; the same command goes on where it stopped.
    """
    if not folder.is_dir():
        raise Refused(f"There is no folder {folder}.")
    told = described(where)
    if told is not None and not ask.dry_run:
        code = ensure_company(engine, told)
        ask = ask_for(ask, code)
    outcomes: list[Outcome] = []
    for feed in ORDER:
        outcomes += _load_files(engine, feed, folder, where, ask, keep, tell)
    outcomes += _load_orders(engine, folder, where, ask, keep, tell)
    stock = _load_files(engine, "stock", folder, where, ask, keep, tell)
    if not stock and told is not None and told.get("derive_stock"):
        stock = _derive_stock(engine, where, ask, keep, tell)
    if not outcomes and not stock:
        raise Refused(f"{folder} holds no file that the mapping {where!r} looks for.")
    return outcomes + stock


def ask_for(ask: Ask, company: str) -> Ask:
    """The same, for a company, unless one was named."""
    return ask if ask.company else replace(ask, company=company)


def files_of(folder: Path, columns: ColumnMap) -> list[Path]:
    """The files of a folder that are this feed's, by name."""
    pattern = columns.file_name or f"{columns.feed}*.csv*"
    return sorted(
        path
        for path in folder.iterdir()
        if fnmatch(path.name, pattern) and not path.name.endswith(REJECTS)
    )


def _mapped(where: str, feed: str) -> ColumnMap | None:
    """The mapping of a feed, or None if the source has no such feed."""
    return None if mapping_text(where, feed) is None else find_mapping(where, feed)


def _load_files(
    engine: Engine, feed: str, folder: Path, where: str, ask: Ask, keep: Keep, tell: Tell
) -> list[Outcome]:
    columns = _mapped(where, feed)
    if columns is None:
        return []
    outcomes = []
    for path in files_of(folder, columns):
        with Rejects() as rejects, open_path(path, columns.shape) as source:
            outcome = load(engine, feed, source, columns, ask, rejects, tell)
            keep(path, rejects, outcome)
        outcomes.append(outcome)
    return outcomes


def _load_orders(
    engine: Engine, folder: Path, where: str, ask: Ask, keep: Keep, tell: Tell
) -> list[Outcome]:
    headers, lines = _mapped(where, "orders"), _mapped(where, "order_lines")
    if headers is None:
        return []
    with ExitStack() as open_files:

        def open_one(path: Path, columns: ColumnMap) -> File:
            source = open_files.enter_context(open_path(path, columns.shape))
            return File(columns.feed, source, columns, open_files.enter_context(Rejects()))

        line_paths = files_of(folder, lines) if lines is not None else []
        paths = [path for path in files_of(folder, headers) if path not in line_paths]
        if not paths:
            return []
        if len(paths) > 1:
            raise Refused(f"{folder} holds {len(paths)} files of orders: join them into one.")
        first = open_one(paths[0], headers)
        rest = [open_one(path, lines) for path in line_paths if lines is not None]
        outcomes = load_orders(engine, first, rest, ask, tell)
        for path, file, outcome in zip(
            [*paths, *line_paths], [first, *rest], outcomes, strict=True
        ):
            keep(path, file.rejects, outcome)
    return outcomes


def _derive_stock(engine: Engine, where: str, ask: Ask, keep: Keep, tell: Tell) -> list[Outcome]:
    """Stock from the last weeks of orders, through the same feed as any other stock."""
    columns = find_mapping(where, "stock")
    with engine.begin() as conn:
        queries.no_hurry(conn)
        company, cell = whose(conn, ask)
        cells = [cell] if cell is not None else sorted(company.cells.values())
        day = queries_orders.last_day(conn, cells)
        if day is None:
            return []
        since = day - timedelta(weeks=WEEKS)
        sold = queries_orders.sold_since(conn, company.own_cell, cells, since)
    text = as_csv(stock_of(code, much, case_size, day) for code, much, case_size in sold)
    with (
        Rejects() as rejects,
        open_stream(
            io.BytesIO(text), "stock derived from orders", len(text), columns.shape
        ) as file,
    ):
        outcome = load(engine, "stock", file, columns, replace(ask, shift_days=0), rejects, tell)
        keep(None, rejects, outcome)
    return [outcome]
