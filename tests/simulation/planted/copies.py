"""Mistakes in what handhelds are told of the server's rows."""

from typing import Any

from handhelds.reference import device
from schemas.problem import Problem
from server.running import queries as running
from sync import effects, pull, scope
from sync.moving import relocate
from sync.queries import feed as feed_queries
from sync.queries import money, relocating
from sync.queries import pull as queries
from sync.queries.driver import execute
from sync.stand import Stand, carried
from tests.simulation.planted.plant import Planting


def entry_key_without_scope(p: Planting) -> None:
    def one_entry_a_row(real: Any, conn: Any, cell: int, rows: Any) -> int:
        last = {(kind, key): (place, kind, key, act) for place, kind, key, act in rows}
        for place, kind, key, _ in last.values():
            execute(
                conn, "DELETE FROM entry WHERE cell = %s AND kind = %s AND key = %s"
                " AND scope <> %s", [cell, kind, key, place],
            )  # fmt: skip
        real(conn, cell, list(last.values()))
        return len(rows)

    p.around(feed_queries, "publish", one_entry_a_row)


def number_from_a_sequence(p: Planting) -> None:
    """Numbers are given out at once, for good, as a sequence does it; rows are committed later."""

    def publish(real: Any, conn: Any, cell: int, rows: Any) -> int:
        with conn.engine.begin() as other:
            head = execute(
                other, "UPDATE feed SET pos = pos + %s WHERE cell = %s RETURNING pos",
                [len(rows), cell],
            ).fetchone()  # fmt: skip
        assert head is not None
        for at, row in enumerate(rows):
            execute(
                conn, "INSERT INTO entry (cell, scope, kind, key, pos, act, at) VALUES"
                " (%s, %s, %s, %s, %s, %s, clock_timestamp())"
                " ON CONFLICT (cell, scope, kind, key) DO UPDATE SET pos = excluded.pos",
                [cell, *row[:3], head[0] - at, row[3]],
            )  # fmt: skip
        return len(rows)

    p.around(feed_queries, "publish", publish)


def heads_not_compared(p: Planting) -> None:
    p.put(queries, "_STILL", queries._STILL.replace("AND told.heads = c.positions", ""))


def position_of_after(p: Planting) -> None:
    """The cursor is given the head as it is one entry later than the rows were read."""

    def heads(real: Any, conn: Any, cells: Any) -> dict[int, int]:
        return {cell: head + 1 for cell, head in real(conn, cells).items()}

    p.around(feed_queries, "heads", heads)


def last_entry_left_out(p: Planting) -> None:
    def entries(real: Any, conn: Any, *rest: Any) -> Any:
        found = real(conn, *rest)
        return found[:-1] if len(found) > 3 else found

    p.around(queries, "entries", entries)


def removals_not_told(p: Planting) -> None:
    def changes(real: Any, conn: Any, stand: Any, answer: Any, *rest: Any) -> None:
        real(conn, stand, answer, *rest)
        answer.gone.clear()

    p.around(pull, "_changes", changes)


def complete_after_a_page(p: Planting) -> None:
    """A page says that it is the last although rows of a scope are still to come."""

    def add(real: Any, conn: Any, stand: Any, *rest: Any) -> None:
        real(conn, stand, *rest)
        stand.held.update(stand.adding)
        stand.adding = []

    p.put(device, "PAGE_ROWS", 60)
    p.around(pull, "_add", add)


def end_of_a_grant_not_told(p: Planting) -> None:
    def silent(real: Any, conn: Any, cell: int, entries: Any) -> Any:
        return real(conn, cell, [one for one in entries if one.act != "revoked"])

    p.around(scope, "publish", silent)


def contacts_stay_behind(p: Planting) -> None:
    p.around(
        relocating, "_last_first",
        lambda real: [one for one in real() if one[0].name != "contact"],
    )  # fmt: skip


def move_tells_nobody(p: Planting) -> None:
    p.put(relocate, "publish_all", lambda *_: None)


def unknown_cursor_is_up_to_date(p: Planting) -> None:
    """Whoever comes with a cursor that nobody knows is told that there is nothing new."""

    def find(real: Any, conn: Any, carrier: Any, asked: Any, epoch: str) -> Any:
        try:
            return real(conn, carrier, asked, epoch)
        except Problem:
            held = carried(conn, carrier, set())
            cells = sorted({carrier.company_cell, carrier.cell, *(cell for cell, _ in held)})
            return Stand(feed_queries.heads(conn, cells), held, base=asked.cursor)

    p.around(pull, "find_stand", find)


def removals_forgotten_too_soon(p: Planting) -> None:
    """Removals go before the cursors that have not seen them."""
    old = [(name, words, 30 if name == "removals" else days) for name, words, days in running.OLD]
    p.put(running, "OLD", tuple(old))


def visits_not_told(p: Planting) -> None:
    def publish(real: Any, conn: Any, cell: int, entries: Any) -> int:
        return int(real(conn, cell, [one for one in entries if one.kind != "visit"]))

    p.around(effects, "publish", publish)


def edits_without_entries(p: Planting) -> None:
    def put(real: Any, conn: Any, cell: int, kind: str, *rest: Any, **more: Any) -> Any:
        told = real(conn, cell, kind, *rest, **more)
        if kind == "contact":
            told.entries = []
        return told

    p.around(effects, "put", put)


def foreign_scope_in_a_page(p: Planting) -> None:
    def rows(real: Any, conn: Any, kind: str, cells: Any, scopes: Any, *rest: Any) -> Any:
        every = execute(conn, "SELECT DISTINCT scope FROM contact").fetchall()
        found = [*scopes, *(row[0] for row in every)] if kind == "contact" else scopes
        return real(conn, kind, cells, found, *rest)

    p.around(queries, "rows_by_key", rows)


def money_not_counted_again(p: Planting) -> None:
    p.put(money, "recount", lambda conn, cell, stores: None)
