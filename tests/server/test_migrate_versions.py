"""A database of an earlier version, with its rows, is brought to this one in place."""

from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine

from server import migrate
from tests.sync.fleet import Handheld, projected
from tests.world import World, build, change

NUMBERS = {1: "0001", 2: "0002", 3: "0003", 4: "0008", 5: "0009"}
"""The migration after which a database is that of a version."""


@pytest.fixture
def world(engine: Engine) -> World:
    """Hours of a store, and two edits of them that were not taken as they are."""
    world = build(engine)
    first, second = world.stores[:2]
    world.run("UPDATE store SET opening_hours = 'daily' WHERE id = %s", first)
    contact = {"id": first, "store": first, "set": {"name": "Kim", "phone": "1"}, "base": {}}
    met = {"id": first, "set": {"opening": "never"}, "base": {"opening": "often"}}
    asked = {"id": second, "set": {"opening": "late", "terms_days": 9}, "base": {"terms_days": 3}}
    world.push(
        world.carrier(),
        [
            change(1, "contact", "save", contact, v=1),
            change(2, "store", "edit", met, v=1),
            change(3, "store", "edit", asked, v=1),
        ],
    )
    world.run(
        "UPDATE conflict SET ask = jsonb_set(ask, '{set,opening_hours}', '\"late\"')"
        " WHERE ask ->> 'kind' = 'store'"
    )
    return world


def to(owner_url: str, number: str) -> None:
    """Migrate back, as an operator never would: it makes a database of then."""
    with migrate.owner_connection(owner_url) as connection:
        command.downgrade(migrate._config(connection), number)


def inbox(world: World) -> list[tuple[Any, ...]]:
    return world.rows(
        "SELECT field, arguments, ask -> 'set' FROM conflict WHERE field <> '' ORDER BY 1, 2"
    )


def test_what_a_database_of_version_1_holds_is_there_after_the_migrations(
    world: World, owner_url: str
) -> None:
    before, asked = inbox(world), world.rows("SELECT id, opening_hours FROM store ORDER BY id")
    receipts = world.rows("SELECT verdict, body FROM receipt ORDER BY change")
    world.engine.dispose()
    to(owner_url, NUMBERS[1])
    names = "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
    assert ("opening",) in world.rows(names, "store")
    assert ("email",) not in world.rows(names, "contact")
    assert ("competitors",) not in world.rows(names, "visit_card")
    assert world.rows(names, "sales_target") == []
    assert "opening_hours" not in str(inbox(world))
    assert "'opening': 'late'" in str(inbox(world))
    world.engine.dispose()
    assert migrate.upgrade(owner_url) is True
    assert inbox(world) == before
    assert "'opening_hours': 'late'" in str(before)
    assert world.rows("SELECT id, opening_hours FROM store ORDER BY id") == asked
    assert world.rows("SELECT verdict, body FROM receipt ORDER BY change") == receipts
    assert migrate.check(world.engine) == []


@pytest.mark.usefixtures("version_2_is_served")
def test_a_handheld_goes_on_over_the_migrations_with_the_cursor_it_had(
    world: World, owner_url: str
) -> None:
    one = Handheld(world, world.carrier(), 2)
    one.pull()
    world.engine.dispose()
    to(owner_url, NUMBERS[1])
    world.engine.dispose()
    migrate.upgrade(owner_url)
    assert one.pull() == {}
    assert one.rows == {k: v for k, v in projected(world, one.carrier, 2).items() if v}
    one.upgrade(4)
    assert one.pull() == {"store": 2, "conflict": 1}


def test_a_database_of_each_version_has_a_migration_of_its_own() -> None:
    from schemas.versions import NEWEST

    assert list(NUMBERS) == list(range(1, NEWEST + 1))
    files = {path.name for path in (migrate.FOLDER / "versions").glob("*.py")}
    assert all(any(name.startswith(number) for name in files) for number in NUMBERS.values())
