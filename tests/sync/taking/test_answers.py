"""A rep's answer as it is pushed: whose policy says how far it goes."""

from schemas.ids import uuid7
from tests.sync.desk.test_answer import item, ordered, rep
from tests.world import World


def test_a_rep_decides_by_the_policy_of_the_items_own_store(world: World) -> None:
    world.run(
        "INSERT INTO policy (cell, id, scope, version, changed_by, rule, choice, params, store)"
        " VALUES (1, %s, 'company', 1, 'user:alma', 'probable_duplicate', 'hold_for_office',"
        " '{\"rep_decides\": 1}', %s)",
        uuid7(), world.stores[1],
    )  # fmt: skip
    ordered(world, 2)
    ordered(world, 2, 2)
    verdict = rep(world, "probable_duplicate", "both_meant", store=world.stores[1])
    assert "noted for the office" in verdict["says"]
    assert item(world, "probable_duplicate")["state"] == "waiting"
