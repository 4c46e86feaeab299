"""Which rows of handhelds were wrong, in the console and on the command line."""

from flask import Flask

from sync.queries import verify as queries
from tests.server.console import Console, signed_in
from tests.world import CELL, World


def wrong(
    world: World, *defects: tuple[object, ...], device: str = "d-1", rep: str = "r01"
) -> None:
    """A verification that repaired these rows."""
    with world.begin() as conn:
        common = {
            "cell": CELL, "device": device, "rep": rep, "run": "run-1", "why": "nightly",
            "cursor": "c-1", "schema": 1,
        }  # fmt: skip
        queries.keep_repairs(conn, common, defects)
        queries.keep_verification(
            conn, {**common, "rows": 61_234, "equal": True, "sent": len(defects)}
        )


def stock(key: str = "k-1") -> tuple[object, ...]:
    return ("wh:w1", "stock", key, "different", 3, "aa", 4, "bb")


def test_before_anything_was_compared_the_page_says_so(admin: Console) -> None:
    page = admin.page("/office/handhelds/repairs/")
    assert "No handheld ever held a row that was not ours" in page
    assert "not yet" in page


def test_each_repaired_row_is_listed_with_its_handheld_store_and_versions(
    admin: Console, world: World
) -> None:
    store = world.stores[0]
    wrong(world, (f"st:{store}", "visit", "v-1", "missing", None, None, 7, "cc"), stock())
    page = admin.page("/office/handhelds/repairs/")
    for word in (
        "was missing", "was different", "<bdi>warehouse</bdi> <bdi>w1</bdi>",
        f"/office/stores/{store}", "the nightly", "61,234", "every row the same", ">D1</a>",
    ):  # fmt: skip
        assert word in page, word
    assert "copies of handhelds" in admin.page("/office/handhelds/")


def test_one_handhelds_repairs_can_be_seen_alone(admin: Console, world: World) -> None:
    world.add_device("d-2", "r02", no=2)
    wrong(world, stock("mine"))
    wrong(world, stock("theirs"), device="d-2", rep="r02")
    page = admin.page("/office/handhelds/repairs/?handheld=d-2")
    assert "theirs" in page
    assert "mine" not in page
    assert "No row of this handheld" in admin.page("/office/handhelds/repairs/?handheld=d-9")


def test_a_scope_that_was_damaged_is_shown_as_it_came(admin: Console, world: World) -> None:
    wrong(world, ("st:<b>x</b>", "stock", "<i>", "extra", 0, "aa", None, None))
    page = admin.page("/office/handhelds/repairs/")
    assert "st:&lt;b&gt;x&lt;/b&gt;" in page
    assert "should not be there" in page


def test_people_of_other_cells_and_other_roles_see_nothing(app: Flask, world: World) -> None:
    wrong(world, stock())
    east = signed_in(app, world, "eve", "supervisor", cell=3)
    assert "k-1" not in east.page("/office/handhelds/repairs/")
    desk = signed_in(app, world, "dan", "order_desk")
    assert desk.get("/office/handhelds/repairs/").status_code == 403


def test_a_defect_asked_about_again_in_the_same_run_is_one(world: World) -> None:
    world.add_device("d-2", "r02", no=2)
    for _ in range(2):
        wrong(world, stock(), device="d-2", rep="r02")
    assert world.one("SELECT count(*) FROM repair") == 1
    assert world.rows("SELECT rows, equal, sent FROM verification") == [(61_234, True, 2)]
