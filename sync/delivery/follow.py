"""Makes an order's rows follow what its delivery system has said: lines, stock, credit, state.

Everything is worked out anew from all that was said (standing.py), and only what differs is
written. Locks: the order, then credit, then stock, as everywhere.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection

from sync import life
from sync.delivery.standing import Asked, Stand, Word, rank_of, stand
from sync.delivery.told import About, tell_given_up, tell_short, tell_undelivered
from sync.feed import Entry
from sync.queries import facts as fact_queries
from sync.queries import orders as order_queries
from sync.queries import push as push_queries
from sync.queries import statuses as queries

_json = msgspec.json.Encoder().encode
Order = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A line before and after."""

    n: int
    product: str
    base: Asked
    was: Stand
    now: Stand


@dataclass(slots=True)
class Folded:
    """What everything said so far comes to."""

    lines: list[Line]
    words: list[Word]
    invoices: list[tuple[datetime, str | None]] = field(default_factory=list)

    @property
    def net_minor(self) -> int:
        return sum(line.now.net_minor for line in self.lines)

    @property
    def is_short(self) -> bool:
        """Whether less is coming than was asked for."""
        return any(
            line.now.confirmed < line.base.confirmed + line.base.backordered for line in self.lines
        )


def fold(conn: Connection, cell: int, order: Order) -> Folded:
    """Work out where the lines of a locked order stand; writes nothing."""
    rows = queries.lines(conn, cell, order["id"])
    base = {row[0]: _asked(row) for row in rows}
    said = queries.said(conn, cell, order["id"], order["revision"])
    words = [Word(row[0], row[1], row[2], {one["n"]: one for one in row[3]}) for row in said]
    stands = stand(base, words)
    folded = Folded(
        [Line(row[0], row[1], base[row[0]], _was(row), stands[row[0]]) for row in rows], words
    )
    folded.invoices = [(row[1], row[4]) for row in said if life.WORDS[row[0]] == "invoice"]
    return folded


def write_lines(conn: Connection, cell: int, order: Order, folded: Folded) -> None:
    """Write the lines that differ, and give back or take the stock that follows."""
    moved = [line for line in folded.lines if line.now != line.was]
    stock: dict[str, int] = {}
    for line in moved:
        stock[line.product] = stock.get(line.product, 0) + line.now.reserved - line.was.reserved
    changed = sorted((product, units) for product, units in stock.items() if units)
    if changed:
        owner = order["stock_owner"]
        fact_queries.lock_stock(conn, cell, [owner], [product for product, _ in changed])
        push_queries.reserve(conn, cell, [(owner, product, units) for product, units in changed])
    rows = [
        (
            line.n, line.now.confirmed, line.now.backordered, line.now.cut, line.now.cut_reason,
            line.now.reserved, line.now.shipped, line.now.delivered, line.now.net_minor,
            line.now.discount_minor, line.now.state, _kept(line.base),
        )
        for line in moved
    ]  # fmt: skip
    queries.set_lines(conn, cell, order["id"], rows)


def exposure_of(order: Order, folded: Folded) -> tuple[int, int]:
    """(exposure, base exposure): what the order adds to its store's debt, and did at first."""
    base = order["base_exposure_minor"]
    base = order["exposure_minor"] if base is None else base
    lost = sum(line.base.net_minor for line in folded.lines) - folded.net_minor
    if base == 0 or order["settled_at"] is not None:
        return 0, base
    return max(0, base - lost), base


def follow(
    conn: Connection, cell: int, order: Order, word: str, external_no: str | None, about: About,
    by: str, now: datetime,
) -> list[Entry]:  # fmt: skip
    """Make a locked order follow one more word that is kept already; return the entries.

    An order that is closed, or was given up, stays as it is: the word stands in its timeline.
    """
    if order["state"] in life.KEEPS_NOTHING:
        return []
    if life.WORDS[word] in ("cancel", "reject"):
        return give_up(conn, cell, order, word, about, by, now)
    loud: dict[str, Any] = {"external_no": order["external_no"] or external_no}
    quiet: dict[str, Any] = {}
    told = follow_lines(conn, cell, order, about, by, now, loud, quiet, word)
    return write_order(conn, cell, order, loud, quiet, by) + told


def follow_lines(
    conn: Connection, cell: int, order: Order, about: About, by: str, now: datetime,
    loud: dict[str, Any], quiet: dict[str, Any], word: str | None = None,
) -> list[Entry]:  # fmt: skip
    """Make lines, stock and credit of a locked order follow what was said; tell what fell short.

    Puts into `loud` and `quiet` what the order's row has become; with `word`, its state too.
    """
    folded = fold(conn, cell, order)
    if word is not None:
        loud["state"] = _state(order["state"], word, folded)
    loud["net_minor"] = folded.net_minor
    loud["steps"] = steps_of(loud.get("steps") or order["steps"], folded.words)
    loud |= _invoice(folded)
    exposure, base = exposure_of(order, folded)
    if loud.get("invoiced_at") and order["settled_at"] is None and base:
        invoice = (loud["invoice_no"], loud["invoiced_at"])
        if queries.is_owed(conn, cell, order["store"], *invoice):
            quiet["settled_at"], exposure = now, 0
    freed = order["exposure_minor"] - exposure
    if freed:
        fact_queries.lock_credit(conn, cell, [order["store"]])
        push_queries.expose(conn, cell, [(order["store"], -freed)])
    write_lines(conn, cell, order, folded)
    if any(line.now != line.was for line in folded.lines):
        loud["lines"] = quiet["base_exposure_minor"] = base
    quiet["exposure_minor"] = exposure
    return _tell(conn, cell, order, folded, about, by, now)


def write_order(
    conn: Connection, cell: int, order: Order, loud: dict[str, Any], quiet: dict[str, Any], by: str,
    *, always: bool = False,
) -> list[Entry]:  # fmt: skip
    """Write the columns that differ, and return the entry that tells of it. `quiet` ones do not
    travel: alone they tell nothing. `lines` among the loud: lines have changed."""
    changed = {name: value for name, value in loud.items() if order.get(name, ...) != value}
    if not (changed or always or any(order.get(k, ...) != v for k, v in quiet.items())):
        return []
    tells = bool(changed) or always
    changed.pop("lines", None)
    if "steps" in changed:
        changed["steps"] = _json(changed["steps"]).decode()
    order_queries.restate(conn, cell, order["id"], by, {**changed, **quiet}, quietly=not tells)
    return [Entry(order["scope"], "order", order["id"])] if tells else []


def give_up(
    conn: Connection, cell: int, order: Order, word: str, about: About, by: str, now: datetime
) -> list[Entry]:
    """End an order that will not be delivered: nothing stays kept of stock, promotions or credit.

    word: "cancelled" or "rejected", as the delivery system says.
    """
    quiet = release_all(conn, cell, order)
    order_queries.cut_lines(conn, cell, order["id"], f"{word}_there")
    words = [*fold_words(conn, cell, order)]
    loud: dict[str, Any] = {
        "state": life.path(order["state"], life.WORDS[word])[-1].end,  # type: ignore[index]
        "steps": steps_of(order["steps"], words),
    }
    entries = write_order(conn, cell, order, loud, quiet, by)
    return [*entries, tell_given_up(conn, cell, order, word, about, by, now)]


def fold_words(conn: Connection, cell: int, order: Order) -> list[Word]:
    """What was said of an order, without its lines."""
    said = queries.said(conn, cell, order["id"], order["revision"])
    return [Word(row[0], row[1], row[2], {}) for row in said]


def release_all(conn: Connection, cell: int, order: Order) -> dict[str, Any]:
    """Give back all that a locked order keeps of credit, promotions and stock; its lines are the
    caller's. Returns the columns that say so, for `write_order`."""
    if order["exposure_minor"]:
        fact_queries.lock_credit(conn, cell, [order["store"]])
        push_queries.expose(conn, cell, [(order["store"], -order["exposure_minor"])])
    held = order_queries.lock(conn, cell, order["id"])
    if held is not None and held.caps:
        company_cell = order_queries.ground(conn, cell, held.rep)[1]
        fact_queries.lock_promotions(conn, company_cell, sorted(held.caps))
        used = [(promotion, -minor) for promotion, minor in sorted(held.caps.items())]
        push_queries.use_caps(conn, company_cell, used)
    kept = order_queries.reserved_lines(conn, cell, order["id"])
    if kept:
        owner = order["stock_owner"]
        fact_queries.lock_stock(conn, cell, [owner], [product for product, _ in kept])
        push_queries.reserve(conn, cell, [(owner, product, -units) for product, units in kept])
    return {"exposure_minor": 0, "caps": "{}"}


def steps_of(steps: list[list[str]], words: list[Word]) -> list[list[str]]:
    """An order's steps with those its delivery system told, each at the first time it was told."""
    told: dict[str, datetime] = {}
    for word in words:
        told[word.status] = min(word.at, told.get(word.status, word.at))
    own = [step for step in steps if step[0] not in told]
    theirs = [[word, at.isoformat()] for word, at in told.items()]
    return sorted(own + theirs, key=_place)


def _place(step: list[str]) -> tuple[int, datetime]:
    state = life.end_of(step[0]) if step[0] in life.WORDS else step[0]
    return life.rank(state), datetime.fromisoformat(step[1])


def _state(state: str, word: str, folded: Folded) -> str:
    """Where the order is now. Allocated in full or short of it: as the lines say, or the last word
    about it."""
    way = life.path(state, life.WORDS[word])
    state = way[-1].end if way else state
    if life.rank(state) != life.rank("short"):
        return state
    sides = [one for one in folded.words if rank_of(one.status) == life.rank("short")]
    last = max(sides, key=lambda one: one.weight).status if sides else ""
    return "short" if folded.is_short or last == "short" else "allocated"


def _invoice(folded: Folded) -> dict[str, Any]:
    if not folded.invoices:
        return {}
    numbers = [number for _, number in folded.invoices if number]
    newest = max(at for at, _ in folded.invoices)
    return {"invoiced_at": newest, "invoice_no": numbers[-1] if numbers else None}


def _tell(
    conn: Connection, cell: int, order: Order, folded: Folded, about: About, by: str, now: datetime
) -> list[Entry]:
    """A sentence for every line of which less comes than was known before."""
    entries = []
    for line in folded.lines:
        if line.now.confirmed < line.was.confirmed:
            now_is = line.now
            figures = (line.base.ordered, now_is.confirmed, now_is.backordered, now_is.cut)
            short = (line.n, line.product, figures, now_is.cut_reason)
            entries.append(tell_short(conn, cell, order, short, about, by, now))
        news = (line.was.shipped, line.was.delivered) != (line.now.shipped, line.now.delivered)
        news = news or life.rank(order["state"]) < life.rank("delivered")
        if line.now.delivered < line.now.shipped and news and _reached(folded, "delivered"):
            reasons = [w.lines[line.n].get("reason") for w in folded.words if line.n in w.lines]
            reason = next((one for one in reversed(reasons) if one), "")
            left = (line.n, line.product, (line.now.shipped, line.now.delivered), reason or "")
            entries.append(tell_undelivered(conn, cell, order, left, about, by, now))
    return entries


def _reached(folded: Folded, state: str) -> bool:
    return any(rank_of(word.status) >= life.rank(state) for word in folded.words)


def _asked(row: queries.Row) -> Asked:
    n, _, ordered, confirmed, backordered, _, reason, reserved, _, _, net, off, _, base = row
    del n
    if base is None:
        return Asked(ordered, confirmed, backordered, reserved, net, off, reason)
    return Asked(
        ordered, base["confirmed"], base["backordered"], base["kept"], base["net_minor"],
        base["discount_minor"], base["cut_reason"],
    )  # fmt: skip


def _kept(base: Asked) -> str:
    names = ("confirmed", "backordered", "kept", "net_minor", "discount_minor", "cut_reason")
    return _json({name: getattr(base, name) for name in names}).decode()


def _was(row: queries.Row) -> Stand:
    _, _, _, confirmed, backordered, cut, reason, reserved, shipped, delivered, *rest = row
    net, off, state, _ = rest
    return Stand(confirmed, backordered, cut, reason, reserved, shipped, delivered, net, off, state)
