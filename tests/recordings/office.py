"""What the office does on the recorded day, by name. A recording names these acts: keep them.

They are written in today's names and may be written anew, as long as the same is then at rest.
"""

from collections.abc import Callable

from server.access.devices import make_enrolment_code
from sync import segments
from sync.scope import assign, unassign
from sync.write import remove, write
from tests.recordings.world import BEGIN, Clock
from tests.world import CELL, COMPANY_CELL, World

Act = Callable[[World, Clock], dict[str, str]]
"""Does it; returns what a handheld is told by word of mouth, such as a code."""


def code_for_ana(world: World, clock: Clock) -> dict[str, str]:
    with world.begin() as conn:
        code = make_enrolment_code(conn, world.company, "r01", "user:admin", clock.now())
    return {"code": code}


def _store(world: World, n: int, **columns: object) -> None:
    """Change columns of a store as a load does."""
    row = {"id": world.stores[n], "code": f"s{n + 1:03d}", "name": f"Store {n + 1}"}
    with world.begin() as conn:
        write(
            conn, CELL, "store",
            [row | {"status": "active", "warehouse": "w1", **columns}], "user:admin",
        )  # fmt: skip


def store_edited_meanwhile(world: World, clock: Clock) -> dict[str, str]:
    _store(world, 0, opening_hours="Mo-Sa 7-19", city="Nevada")
    return {}


def opening_hours_found_out(world: World, clock: Clock) -> dict[str, str]:
    """Of a store of which they were not known."""
    _store(world, 2, opening_hours="Tu-Su 10-20")
    return {}


def contacts_changed(world: World, clock: Clock) -> dict[str, str]:
    """One comes, one is renamed, one goes."""
    _kim, (lee,), (mo,) = world.rows("SELECT id::text FROM contact ORDER BY id LIMIT 3")
    first, second = world.stores[:2]
    fresh = lee[:-1] + "f"
    with world.begin() as conn:
        write(
            conn, CELL, "contact",
            [
                {"id": lee, "store": first, "name": "Lee Ann", "state": "active"},
                {"id": fresh, "store": second, "name": "Noa", "state": "active"},
            ],
            "user:admin",
        )  # fmt: skip
    with world.begin() as conn:
        remove(conn, CELL, "contact", [mo])
    return {}


def stock_is_short(world: World, clock: Clock) -> dict[str, str]:
    (key,) = world.rows("SELECT id::text FROM stock WHERE product = 'p004'")[0]
    with world.begin() as conn:
        write(
            conn, CELL, "stock",
            [{"id": key, "warehouse": "w1", "product": "p004", "on_hand": 5, "allocated": 0,
              "blocked": 0, "safety": 0, "published": 5, "as_of": BEGIN}],
            "load:stock",
        )  # fmt: skip
    return {}


def product_ends(world: World, clock: Clock) -> dict[str, str]:
    with world.begin() as conn:
        write(
            conn, COMPANY_CELL, "product",
            [{"code": "p006", "name": "Product p006", "status": "sell_out", "min_quantity": 1,
              "multiple": 1, "substitute": "p005"}],
            "load:products",
        )  # fmt: skip
    return {}


def stores_change_hands(world: World, clock: Clock) -> dict[str, str]:
    """Ana gives her third store away and gets one of Ben's."""
    with world.begin() as conn:
        unassign(conn, CELL, "r01", [world.stores[2]], clock.now())
    with world.begin() as conn:
        assign(conn, CELL, "r01", [world.stores[4]], "user:admin", clock.now())
    return {}


def revoke(world: World, clock: Clock) -> dict[str, str]:
    world.run("UPDATE device SET state = 'revoked' WHERE rep = 'r01' AND id <> 'd-1'")
    return {}


def segments_built(world: World, clock: Clock) -> dict[str, str]:
    """What many handhelds carry alike is prepared."""
    with world.begin() as conn:
        for cell, scope, schema in segments.due(conn):
            segments.build(conn, cell, scope, schema)
    return {}


def segments_apart(world: World, clock: Clock) -> dict[str, str]:
    """However small they are, they are fetched by requests of their own."""
    segments.INSIDE_BYTES = 0  # world.pinned puts it back
    return {}


ACTS: dict[str, Act] = {
    act.__name__: act
    for act in (
        code_for_ana, store_edited_meanwhile, opening_hours_found_out, contacts_changed,
        stock_is_short, product_ends, stores_change_hands, revoke, segments_built, segments_apart,
    )
}  # fmt: skip
