"""F42: somebody's transaction stays open: a report, a backup, a person who went home."""

from contextlib import ExitStack

import psycopg

from server.hints import conninfo
from tests.conftest import Clone
from tests.server.handheld.conftest import Phone
from tests.world import World, change, order_body


def orders(phone: Phone, cursor: str | None) -> tuple[set[str], str]:
    """Ids of the orders a pull brings, and its cursor."""
    answer = phone.pull(cursor).json
    assert answer["complete"]
    rows = answer["rows"].get("order", {"columns": ["id"], "data": []})
    at = rows["columns"].index("id")
    return {row[at] for row in rows["data"]}, answer["cursor"]


def test_a_transaction_left_open_delays_no_pull(
    phone: Phone, world: World, database_url: str, clone: Clone
) -> None:
    """Both have taken a number of their own, below which a horizon of numbers would wait."""
    _, cursor = orders(phone, None)
    with ExitStack() as open_ones:
        for url in (database_url, clone()[0]):
            left_open = open_ones.enter_context(psycopg.connect(conninfo(url)))
            left_open.execute("SELECT pg_current_xact_id()")
        body = order_body(world.stores[0], [("p001", 5)])
        assert phone.push(change(1, "order", "submit", body)).json["verdicts"]
        came, cursor = orders(phone, cursor)
        assert came == {body["id"]}
        assert orders(phone, cursor)[0] == set()
