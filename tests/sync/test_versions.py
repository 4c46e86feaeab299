"""Changes of older handhelds: read as of today, answered in their words, nulling nothing."""

from typing import Any

import msgspec
import pytest

from schemas import versions
from schemas.ids import uuid7
from schemas.problem import Problem
from tests.sync.fleet import Handheld
from tests.world import World, change, order_body

Row = dict[str, Any]


def at_rest(world: World, table: str, key: str) -> Row:
    """A row at rest, by column."""
    text = world.one(f"SELECT to_json(t)::text FROM {table} t WHERE id = %s", key)
    found: Row = msgspec.json.decode(text)
    return found


@pytest.fixture
def fleet(world: World, version_2_is_served: None) -> dict[int, Handheld]:
    """One handheld of each version, all of one rep."""
    carriers = [world.carrier(), *(world.add_device(f"d-{n}", no=n) for n in (2, 3, 4, 5))]
    return {
        version: Handheld(world, carrier, version) for version, carrier in enumerate(carriers, 1)
    }


def pulled(fleet: dict[int, Handheld]) -> None:
    """Every one that is still served brings its copy up to date."""
    for version, one in fleet.items():
        if versions.is_served(version):
            one.pull()


def test_an_old_name_is_written_where_the_field_lies_today(
    world: World, fleet: dict[int, Handheld]
) -> None:
    pulled(fleet)
    store = world.stores[0]
    verdict = fleet[2].edit("store", store, {"opening_hours": "8-18"})
    assert verdict["outcome"] == "applied"
    assert at_rest(world, "store", store)["opening_hours"] == "8-18"
    verdict = fleet[3].edit("store", store, {"opening_hours": "9-17"}, {"opening_hours": "8-18"})
    assert verdict["outcome"] == "applied"
    pulled(fleet)
    assert fleet[2].rows["store"][store]["opening"] == "9-17"
    assert fleet[3].rows["store"][store]["opening_hours"] == "9-17"
    assert fleet[4].rows["store"][store]["opening_hours"] == "9-17"
    assert "opening_hours" not in fleet[2].rows["store"][store]


def test_who_does_not_know_a_field_does_not_empty_it(
    world: World, fleet: dict[int, Handheld]
) -> None:
    key, store = uuid7(), world.stores[0]
    body = {"id": key, "store": store, "base": {}, "set": {"name": "Kim", "email": "kim@a.example"}}
    assert fleet[2].push("contact", "save", body)["outcome"] == "applied"
    role = {"id": key, "store": store, "set": {"role": "buyer"}, "base": {"role": None}}
    assert fleet[1].push("contact", "save", role)["outcome"] == "applied"
    pulled(fleet)
    assert fleet[3].edit("contact", key, {"role": "owner"})["outcome"] == "applied"
    pulled(fleet)
    assert fleet[2].rows["contact"][key]["email"] == "kim@a.example"
    removal = {"id": key, "store": store, "base": {"name": "Kim"}}
    assert fleet[1].push("contact", "remove", removal)["outcome"] == "applied"
    found = at_rest(world, "contact", key)
    assert (found["state"], found["email"], found["role"]) == ("left", "kim@a.example", "owner")


def test_a_card_has_competitor_lines_for_who_knows_of_them(
    world: World, fleet: dict[int, Handheld]
) -> None:
    """A correction by who does not know of them leaves them as they were."""
    key, store = uuid7(), world.stores[0]
    beside = [{"name": "Kola Zero", "price_minor": 129, "note": "by the till"}, {"name": "Own"}]
    lines = [{"product": "p001", "on_shelf": True, "facings": 3}]
    body = {"id": key, "store": store, "lines": lines, "competitors": beside}
    assert fleet[4].push("card", "submit", body)["outcome"] == "applied"
    amended = [{"product": "p001", "set": {"facings": 4}, "base": {"facings": 3}}]
    correction = {"id": key, "store": store, "lines": amended}
    assert fleet[2].push("card", "amend", correction)["outcome"] == "applied"
    pulled(fleet)
    assert fleet[4].rows["card"][key]["competitors"] == [
        ["Kola Zero", 129, None, None, "by the till"],
        ["Own", None, None, None, None],
    ]
    for version in (2, 3, 4):
        assert fleet[version].rows["card"][key]["lines"][0][3] == 4
        assert ("competitors" in fleet[version].rows["card"][key]) is (version == 4)


@pytest.mark.parametrize("none", [{}, {"competitors": []}])
def test_a_card_without_competitor_lines_is_as_it_always_was(
    world: World, fleet: dict[int, Handheld], none: Row
) -> None:
    """Null at rest, so that no update of a program fetches it anew."""
    key = uuid7()
    body = {"id": key, "store": world.stores[0], "lines": [{"product": "p001", "on_shelf": True}]}
    assert fleet[4].push("card", "submit", body | none)["outcome"] == "applied"
    assert world.one("SELECT competitors IS NULL FROM visit_card WHERE id = %s", key)
    fleet[3].pull()
    fleet[3].upgrade(4)
    assert fleet[3].pull() == {}
    assert fleet[3].rows["card"][key]["competitors"] is None


def test_a_new_store_of_an_old_handheld_has_its_hours(
    world: World, fleet: dict[int, Handheld]
) -> None:
    for version, name in ((1, "opening"), (3, "opening_hours")):
        body = {"id": uuid7(), "code": f"D1-S00{version}", "name": f"Shop {version}", name: "daily"}
        assert fleet[version].push("store", "create", body)["state"] == "pending"
        assert at_rest(world, "store", str(body["id"]))["opening_hours"] == "daily"


@pytest.mark.parametrize(
    ("version", "name"), [(1, "opening"), (2, "opening"), (3, "opening_hours")]
)
def test_a_conflict_names_the_field_as_its_handheld_does(
    world: World, fleet: dict[int, Handheld], version: int, name: str
) -> None:
    store = world.stores[0]
    pulled(fleet)
    body = {"id": store, "set": {name: "never"}, "base": {name: "often"}}
    verdict = fleet[version].push("store", "edit", body)
    assert [one["field"] for one in verdict["conflicts"]] == [name]
    pulled(fleet)
    told = [fleet[version].rows["conflict"] for version in (2, 3, 4)]
    names = [next(iter(rows.values()))["field"] for rows in told]
    assert names == ["opening", "opening_hours", "opening_hours"]


def test_a_repeat_is_answered_with_the_very_words_of_the_first_answer(
    world: World, fleet: dict[int, Handheld]
) -> None:
    """Also after an update of the program: the change in the outbox stays of its version."""
    body = {"id": world.stores[0], "set": {"opening": "never"}, "base": {"opening": "often"}}
    sent = change(1, "store", "edit", body, v=1)
    (first,), _ = world.push(world.carrier(), [sent])
    (again,), _ = world.push(world.carrier(), [sent])
    assert again == first | {"replayed": True}


@pytest.mark.parametrize(
    ("version", "kind", "act", "more", "says"),
    [
        (1, "store", "create", {"opening_hours": "x"}, "opening_hours: is not a field of this"),
        (3, "store", "create", {"opening": "x"}, "opening: is not a field of this"),
        (1, "store", "create", {"opening": "x" * 300}, "opening: must have 0 to 200 characters"),
        (3, "store", "create", {"opening_hours": 7}, "opening_hours: must be text"),
        (1, "store", "edit", {"opening_hours": "x"}, "opening_hours: is not a field of a store"),
        (1, "store", "edit", {"opening": 7}, "opening: must be text"),
        (3, "store", "edit", {"opening": "x"}, "opening: is not a field of a store"),
        (1, "contact", "save", {"email": "x"}, "email: is not a field of a contact"),
        (2, "contact", "save", {"email": 7}, "email: must be text"),
        (3, "card", "submit", {"competitors": []}, "competitors: is not a field of this message"),
        (4, "card", "submit", {"competitors": [{}]}, "competitors.0.name: is missing"),
    ],
)
def test_what_a_version_cannot_say_is_told_in_its_words(
    world: World,
    fleet: dict[int, Handheld],
    version: int,
    kind: str,
    act: str,
    more: Row,
    says: str,
) -> None:
    body: Row = {"id": world.stores[0], "set": more, "base": {}}
    if kind == "contact":
        body |= {"id": uuid7(), "store": world.stores[0], "set": {"name": "Kim", **more}}
    if act == "submit":
        body = {"id": uuid7(), "store": world.stores[0], "lines": [], **more}
    if act == "create":
        body = {"id": uuid7(), "code": "D1-S001", "name": "Shop", **more}
    verdict = fleet[version].push(kind, act, body)
    assert verdict["outcome"] == "rejected"
    assert says in verdict["says"]


def test_a_version_no_longer_served_is_still_pushed(world: World) -> None:
    """Captured work is never refused for its version; news is, with what to do about it."""
    one = Handheld(world, world.carrier(), 1)
    with pytest.raises(Problem) as refusal:
        one.pull()
    assert refusal.value.code == "schema_unsupported"
    assert one.push("order", "submit", order_body(world.stores[0], [("p001", 1)]))["outcome"] == (
        "applied"
    )
    body = {"id": world.stores[0], "set": {"opening": "late"}, "base": {"opening": None}}
    assert one.push("store", "edit", body)["outcome"] == "applied"
    assert at_rest(world, "store", world.stores[0])["opening_hours"] == "late"


def test_an_old_change_that_waited_is_read_as_of_the_day_it_is_decided(world: World) -> None:
    first = change(
        2, "visit", "save", {"id": uuid7(), "store": world.stores[0], "state": "started"}
    )
    body = {"id": world.stores[0], "set": {"opening": "late"}, "base": {"opening": None}}
    waiting = change(1, "store", "edit", body, v=1, depends_on=[first["id"]])
    (told,), _ = world.push(world.carrier(), [waiting])
    assert told["outcome"] == "waiting"
    told_now, _ = world.push(world.carrier(), [first])
    assert {one["outcome"] for one in told_now} == {"applied"}
    assert at_rest(world, "store", world.stores[0])["opening_hours"] == "late"
