"""Arrays sent as text, and statements sent together."""

from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from server.database import transaction
from sync.queries.driver import array, columns, execute, together

TEXTS = st.lists(
    st.one_of(st.none(), st.sampled_from(["", "null", "NULL", "a,b", '"', "{}", "\\", "p001", " "]),
              st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))),
    max_size=6,
)  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=TEXTS, numbers=st.lists(st.integers(-(2**63), 2**63 - 1), max_size=6))
def test_an_array_arrives_as_it_was_sent(
    engine: Engine, texts: list[Any], numbers: list[int]
) -> None:
    with transaction(engine) as conn:
        sql = "SELECT %s::text[], %s::int8[]"
        assert execute(conn, sql, [array(texts), array(numbers)]).fetchone() == (texts, numbers)


def test_plain_ones_go_as_one_text_and_others_stay_lists() -> None:
    assert array(["a-1", "b:2"]) == "{a-1,b:2}"
    assert array([1, -2]) == "{1,-2}"
    assert array([]) == "{}"
    assert array(["a b"]) == "{a b}"
    for odd in (["null"], [""], [None], ["a", None], [True], [1, True]):
        assert array(odd) == odd
    assert columns([], 3) == ["{}"] * 3
    assert columns([("a", 1), ("b", 2)], 2) == ["{a,b}", "{1,2}"]


def test_what_is_asked_together_comes_in_order_and_the_first_fault_is_told(engine: Engine) -> None:
    with transaction(engine) as conn:
        execute(conn, "CREATE TEMP TABLE tried (n int PRIMARY KEY) ON COMMIT DROP")
        with together(conn):
            execute(conn, "INSERT INTO tried VALUES (1)")
            found = execute(conn, "SELECT n FROM tried")
        assert found.fetchall() == [(1,)]
        with pytest.raises(psycopg.errors.UniqueViolation):
            _one_after_the_other(conn, "INSERT INTO tried VALUES (1)", "SELECT n FROM tried")
        conn.rollback()


def _one_after_the_other(conn: Connection, *statements: str) -> None:
    with together(conn):
        for statement in statements:
            execute(conn, statement)
