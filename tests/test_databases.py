"""The databases of tests: used again when they are as new, thrown away when they are not."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import make_url

from server.embedded import EmbeddedPostgres
from server.hints import conninfo
from tests.conftest import TEMPLATE
from tests.databases import MOST_USES, Databases, admin


@pytest.fixture
def few(test_postgres: EmbeddedPostgres) -> Iterator[Databases]:
    """Databases of this test alone."""
    few = Databases(test_postgres, TEMPLATE)
    yield few
    while few.idle:  # none is left behind
        with few.lent() as make, psycopg.connect(conninfo(make()[1]), autocommit=True) as raw:
            raw.execute("CREATE TABLE odd ()")


def test_what_a_test_has_filled_comes_back_without_rows(few: Databases) -> None:
    with few.lent() as make:
        first, owner_url = make()
        with psycopg.connect(conninfo(owner_url), autocommit=True) as raw:
            raw.execute("INSERT INTO feed VALUES (1, 0, 0)")
    with few.lent() as make:
        again, owner_url = make()
        assert again == first
        with psycopg.connect(conninfo(owner_url)) as raw:
            assert raw.execute("SELECT count(*) FROM feed").fetchone() == (0,)
            assert raw.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)


@pytest.mark.parametrize(
    "words",
    [
        "CREATE TABLE odd ()",
        "ALTER TABLE feed ADD odd integer",
        "ALTER TABLE feed ALTER pos DROP NOT NULL",
        "ALTER TABLE orders DROP CONSTRAINT pk_orders CASCADE",
        "REVOKE SELECT ON orders FROM talaria_app",
        "UPDATE alembic_version SET version_num = 'odd'",
        "DO $$ BEGIN EXECUTE"
        " format('COMMENT ON DATABASE %I IS %L', current_database(), 'odd'); END $$",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET jit = off', current_database()); END $$",
    ],
)
def test_a_database_of_another_shape_is_not_used_again(few: Databases, words: str) -> None:
    with few.lent() as make:
        first, owner_url = make()
        with psycopg.connect(conninfo(owner_url), autocommit=True) as raw:
            raw.execute(words.encode())
    with few.lent() as make:
        assert make()[0] != first


def test_who_is_still_connected_when_a_test_ends_is_cut_off(few: Databases) -> None:
    with few.lent() as make:
        late = psycopg.connect(conninfo(make()[1]))
        late.execute("INSERT INTO feed VALUES (1, 0, 0)")
    with pytest.raises(psycopg.OperationalError):
        late.execute("SELECT 1")
    late.close()


def test_a_test_that_cuts_everybody_off_does_not_keep_its_database_from_being_emptied(
    few: Databases,
) -> None:
    for _ in range(2):
        with few.lent() as make:
            first, owner_url = make()
            with psycopg.connect(conninfo(owner_url), autocommit=True) as raw:
                raw.execute("INSERT INTO feed VALUES (1, 0, 0)")
            with admin(few.server) as raw:
                raw.execute(
                    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                    " WHERE datname = %s",
                    [make_url(first).database],
                )
    with few.lent() as make:
        again, owner_url = make()
        assert again == first
        with psycopg.connect(conninfo(owner_url)) as raw:
            assert raw.execute("SELECT count(*) FROM feed").fetchone() == (0,)


def test_two_at_once_are_two_and_none_is_used_for_ever(few: Databases) -> None:
    with few.lent() as make:
        assert make() != make()
    seen = set()
    for _ in range(2 * MOST_USES):
        with few.lent() as make:
            seen.add(make()[0])
    assert len(seen) > 1
