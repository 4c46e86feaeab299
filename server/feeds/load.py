"""Loads one file of one feed: read, compare, write, log; or, on a dry run, only tell.

One transaction a feed: a load that stops half way has done nothing (orders of the past, which go
in parts, are in `orders.py`). What it would do is the same `Plan` for a dry run and for a load.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from schemas.feed_rows import FEED_ROWS
from schemas.ids import uuid7
from server.database import in_transaction
from server.feeds import queries
from server.feeds.binding import Bound, bind
from server.feeds.mapping import ColumnMap
from server.feeds.plan import Change, Company, Plan, Refused, Run
from server.feeds.price_lists import plan_price_lists
from server.feeds.prices import plan_prices
from server.feeds.products import plan_products
from server.feeds.promotions import plan_promotions
from server.feeds.read import Source
from server.feeds.receivables import plan_receivables
from server.feeds.stock import plan_stock
from server.feeds.stores import plan_stores
from server.feeds.targets import plan_targets
from server.feeds.tax_rates import plan_tax_rates
from server.feeds.transforms import Options
from server.feeds.validate import Line, Named, Rejects, good_rows, unique
from sync.audit import note
from sync.terms.price import minor_digits
from sync.write import write

CHANGES_KEPT = 1_000
EVERY_ROWS = 2_000
ENDS_NOTHING = (
    "Lines that do not say which row they are about: {}. So nothing was ended that the file leaves"
    " out: correct them and load the file again."
)

Tell = Callable[[str, float], None]
"""(what is being done, how much of it, 0 to 1)."""


def quiet(what: str, share: float) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: what it is, the fields that name a row, and what compares it with what is there."""

    says: str
    key: tuple[str, ...]
    plan: Callable[[Connection, Run, Sequence[Line]], Plan]


FEEDS: dict[str, Feed] = {
    "tax_rates": Feed("tax rates by class", ("tax_class", "valid_from"), plan_tax_rates),
    "products": Feed("products with their units", ("code",), plan_products),
    "price_lists": Feed("price lists and whom they are for", ("code",), plan_price_lists),
    "prices": Feed(
        "prices by list", ("list", "product", "min_quantity", "valid_from"), plan_prices
    ),
    "stores": Feed("stores", ("code",), plan_stores),
    "promotions": Feed("promotions", ("code",), plan_promotions),
    "stock": Feed("stock of the day", ("warehouse", "product"), plan_stock),
    "receivables": Feed("what stores owe and have paid", ("store", "number"), plan_receivables),
    "targets": Feed("what reps are to sell in a period", ("rep", "first_day"), plan_targets),
}
"""In the order in which they point at each other. Orders of the past come after them all."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person or program asked for."""

    by: str
    company: str | None = None
    cell: str | None = None
    dry_run: bool = False
    strict: bool = False
    full: bool = False
    as_of: datetime | None = None
    shift_days: int = 0
    address: str | None = None


@dataclass(slots=True)
class Outcome:
    """What a load did, or on a dry run would do. Rows add up: new + changed + same + rejected."""

    feed: str
    file: str
    dry_run: bool
    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0
    sha256: str = ""
    loaded: bool = False
    changes: list[Change] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def take(self, plan: Plan) -> None:
        """The counts of a plan."""
        self.new, self.changed, self.same = plan.new, plan.changed, plan.same
        self.changes = plan.changes[:CHANGES_KEPT]

    def logged(self) -> dict[str, int]:
        """The counts as the log of loads keeps them: what was really written."""
        wrote = self.loaded
        return {
            "rows_read": self.read,
            "rows_new": self.new if wrote else 0,
            "rows_changed": self.changed if wrote else 0,
            "rows_same": self.same,
            "rows_rejected": self.rejected,
        }


def whose(conn: Connection, ask: Ask) -> tuple[Company, int | None]:
    """The company asked for and its default cell; Refused says what there is to choose from."""
    rows = queries.companies(conn)
    found = [row for row in rows if ask.company in (None, row["code"])]
    if len(found) != 1:
        codes = ", ".join(row["code"] for row in rows) or "none yet"
        raise Refused(f"Name the company with --company; there is: {codes}.")
    row = found[0]
    cells = queries.cells(conn, row["id"])
    own = next((cell["cell"] for cell in cells if cell["kind"] == "company"), None)
    if own is None:
        raise Refused(f"The company {row['code']} has no cell of its own yet.")
    depots = {cell["code"]: cell["cell"] for cell in cells if cell["kind"] == "field"}
    if ask.cell is not None and ask.cell not in depots:
        known = ", ".join(sorted(depots)) or "none yet"
        raise Refused(f"There is no depot {ask.cell!r}; there is: {known}.")
    only = next(iter(depots.values())) if len(depots) == 1 else None
    company = Company(
        row["id"], row["code"], row["currency"], minor_digits(row["currency"]),
        ZoneInfo(row["zone"]), own, depots,
    )  # fmt: skip
    return company, depots[ask.cell] if ask.cell is not None else only


def bind_for(columns: ColumnMap, source: Source, company: Company, ask: Ask) -> Bound:
    """Fit a mapping to a file of this company. Errors: MappingProblem."""
    options = Options(
        decimal_mark=columns.shape.decimal_mark,
        digits=company.digits,
        zone=company.zone,
        shift_days=ask.shift_days,
    )
    return bind(columns, source.header, options)


def load(
    engine: Engine, feed: str, source: Source, columns: ColumnMap, ask: Ask, rejects: Rejects,
    tell: Tell = quiet,
) -> Outcome:  # fmt: skip
    """Load a file into a feed (not orders). Errors: Unreadable, MappingProblem, Refused."""
    began, now = time.monotonic(), datetime.now(UTC)
    outcome = Outcome(feed, source.name, ask.dry_run)
    with engine.begin() as conn:
        company, cell = whose(conn, ask)
    bound = bind_for(columns, source, company, ask)
    named = Named(bound, FEEDS[feed].key)
    good = good_rows(source, bound, FEED_ROWS[feed], rejects, named.add)
    lines = list(_told(unique(good, FEEDS[feed].key, bound, rejects), source, tell))
    outcome.read, outcome.sha256 = source.read, source.sha256
    if bound.extra and columns.plain:
        outcome.notes.append(f"Columns not used: {', '.join(bound.extra)}.")
    unread = rejects.rows
    full = ask.full and not named.nameless
    if ask.full and not full:
        outcome.notes.append(ENDS_NOTHING.format(named.nameless))

    def work(conn: Connection) -> Run:
        queries.no_hurry(conn)
        queries.one_at_a_time(conn, feed, company.id)
        first = queries.first_loaded(conn, company.own_cell, feed, outcome.sha256)
        as_of = _as_of(ask, company) or first or now
        run = Run(company, cell, now, as_of, full, bound, named.keys)
        tell("compared", 0.0)
        planned = conn.begin_nested()  # planning may settle what a snapshot takes over
        plan = FEEDS[feed].plan(conn, run, lines)
        outcome.take(plan)
        outcome.rejected = unread + len(run.rejects)
        outcome.loaded = not ask.dry_run and not (ask.strict and outcome.rejected)
        if outcome.loaded:
            _carry_out(conn, feed, plan, tell)
            planned.commit()
        else:
            planned.rollback()
        if not ask.dry_run:
            log(conn, company, outcome, ask, now)
        return run

    if ask.full and not lines:
        raise Refused("A full file without one good row would empty the feed: nothing was loaded.")
    run = in_transaction(engine, work)
    for line, trouble in run.rejects:
        rejects.add(line, [trouble])
    outcome.notes += run.notes
    outcome.seconds = time.monotonic() - began
    return outcome


def _as_of(ask: Ask, company: Company) -> datetime | None:
    """The moment a snapshot is said to be of; without an offset it is the company's own time."""
    if ask.as_of is None or ask.as_of.tzinfo is not None:
        return ask.as_of
    return ask.as_of.replace(tzinfo=company.zone)


def _told(lines: Any, source: Source, tell: Tell) -> Any:
    for count, line in enumerate(lines):
        if count % EVERY_ROWS == 0:
            tell("read", source.fraction)
        yield line
    tell("read", 1.0)


def _carry_out(conn: Connection, feed: str, plan: Plan, tell: Tell) -> None:
    """Write a plan. Cells in order, so that two loads never wait for each other in a ring."""
    todo = sorted((one for one in plan.writes if one.rows), key=lambda one: one.cell)
    for count, one in enumerate(todo):
        tell("written", count / len(todo))
        write(
            conn, one.cell, one.kind, one.rows, f"load:{feed}", parts=one.parts,
            whole_parts=one.whole_parts,
        )  # fmt: skip
    tell("written", 1.0)


def log(conn: Connection, company: Company, outcome: Outcome, ask: Ask, began: datetime) -> None:
    """Write the run into the log of loads and into the audit trail."""
    id, cell = uuid7(), company.own_cell
    counts = outcome.logged()
    queries.log_load(
        conn,
        {
            "cell": cell, "id": id, "feed": outcome.feed, "file_name": outcome.file,
            "sha256": outcome.sha256, "by": ask.by, "began_at": began,
            "ended_at": datetime.now(UTC), **counts,
        },
    )  # fmt: skip
    after = {"feed": outcome.feed, "file": outcome.file, **counts}
    note(
        conn, cell, ask.by, "load", f"load/{id}", datetime.now(UTC),
        after=after, address=ask.address,
    )  # fmt: skip
