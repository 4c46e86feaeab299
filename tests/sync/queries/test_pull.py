"""Which rows lie in scopes is said once: who reads them, however, reads the same."""

import msgspec
import pytest

from schemas.ids import uuid7
from schemas.rows import ROWS
from schemas.versions import NEWEST
from sync.kinds import KINDS, kinds_of
from sync.queries import pull as queries
from sync.queries import verify
from tests.world import CELL, COMPANY_CELL, World, change, order_body


@pytest.fixture
def shop(world: World) -> World:
    """Rows of every family, of several owners; one item of the rep's lies with the office alone."""
    for n, store in enumerate(world.stores[:3], 1):
        visit = {"id": uuid7(), "store": store, "state": "done"}
        order = order_body(store, [("p001", 5_000)])
        world.push(
            world.carrier(),
            [change(2 * n, "visit", "save", visit), change(2 * n + 1, "order", "submit", order)],
        )
    world.run(
        "UPDATE conflict SET scope = 'office' WHERE id = (SELECT id FROM conflict"
        " WHERE rep = 'r01' ORDER BY id LIMIT 1)"
    )
    return world


def test_rows_of_scopes_are_the_same_however_they_are_read(shop: World) -> None:
    families = {
        "rep": ["rep:r01", "rep:r02"], "wh": ["wh:w1"],
        "st": [f"st:{store}" for store in shop.stores[1:]], "pl": ["pl:base"],
        "company": ["company"],
    }  # fmt: skip
    seen = set()
    with shop.begin() as conn:
        for scopes in families.values():
            cell = CELL if scopes[0][:2] in ("re", "wh", "st") else COMPANY_CELL
            kinds = kinds_of(scopes[0])
            told = queries.rows_by_scope(conn, kinds, cell, scopes, NEWEST)
            for kind, found in zip(kinds, told, strict=True):
                rows = msgspec.json.decode(f"[{found.text or ''}]")
                read = list(verify.rows(conn, kind, [cell], scopes, NEWEST))
                assert sorted(row[0] for row in rows) == sorted(one[2] for one in read)
                assert {row[ROWS[kind].index("scope")] for row in rows} <= set(scopes)
                seen |= {kind} if rows else set()
    assert seen >= {"conflict", "store", "order", "visit", "stock", "price", "product"}
    assert seen <= KINDS.keys()
    assert shop.one("SELECT count(*) FROM conflict WHERE scope = 'office'") == 1
