"""Digests of the handheld's SQLite and of the server's PostgreSQL are equal if the rows are, only.

Every kind's table gets rows no sane company has, in a shadow of it without constraints; they go
the way of a pull into the handheld, and both sides hash what they then hold.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb
from sqlalchemy import ARRAY, Boolean, Connection, Date, DateTime, Engine, Float, Numeric, Time
from sqlalchemy import Text as TextType
from sqlalchemy import Uuid as UuidType
from sqlalchemy.dialects.postgresql import JSONB

from handhelds.reference.answers import Page
from handhelds.reference.local import Local
from handhelds.reference.queries_tables import ARRAYS
from handhelds.reference.queries_verify import DAMAGED, FLAGS
from schemas.rows import ROWS
from schemas.tables.all import METADATA
from schemas.versions import NEWEST
from sync.kinds import KINDS, scope_family
from sync.queries import verify as queries
from sync.queries.driver import execute
from sync.queries.pull import _AT as PLACES
from sync.terms.digest import NOTHING, Digest, key_digits, row_hash
from tests.handhelds.double import Clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PARTS = {"product": "product_uom", "receivable": "open_item", "order": "order_line"}
"""Tables whose rows travel inside another's."""
HOSTILE = st.sampled_from(
    ["", " ", "[]", "{}", '["a"]', '"', "\\", "1", "1.0", "null", "true", "\x01", "\x7f", "\u2028",
     "é", "e\u0301", "\U0001f600", "a'b", "x,1.0,y", "[1.0,", "%s", "\ufffd", "damaged"]
)  # fmt: skip
texts = HOSTILE | st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=9)
days = st.dates(date(1990, 1, 1), date(2190, 1, 1))
numbers = st.integers(-(2**53), 2**53) | st.floats(-1e15, 1e15) | st.sampled_from(
    [0.0, -0.0, 1.0, 1e-7, 5e-324, 0.1, 1e14, 41.5869, 2**53]
)  # fmt: skip
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
documents = st.lists(values, max_size=3) | st.dictionaries(texts, values, max_size=3)


@pytest.fixture
def shadows(engine: Engine) -> Iterator[Connection]:
    """A transaction in which every table of a kind is an empty one without constraints."""
    with engine.connect() as conn, conn.begin() as turn:
        for table in sorted({place[0] for place in PLACES.values()} | set(PARTS.values())):
            execute(conn, f"CREATE TEMP TABLE {table} (LIKE {table}) ON COMMIT DROP")
        yield conn
        turn.rollback()


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Local]:
    found = Local(tmp_path / "home", Clock())
    yield found
    found.close()


def any_value(column: Any) -> st.SearchStrategy[Any]:
    """Values of a column's type, as psycopg takes them."""
    kind = column.type
    if isinstance(kind, JSONB):
        made: st.SearchStrategy[Any] = documents.map(Jsonb)
    elif isinstance(kind, ARRAY):
        inner = texts if isinstance(kind.item_type, TextType) else st.integers(0, 99)
        if isinstance(kind.item_type, Date):
            inner = days
        made = st.lists(inner, max_size=3)
    elif isinstance(kind, Boolean):
        made = st.booleans()
    elif isinstance(kind, Float):
        made = st.floats() | st.sampled_from([0.0, -0.0, 1.0, 1e22, 1e-7, 41.586900])
    elif isinstance(kind, Numeric):
        made = st.integers(-999_999, 999_999).map(lambda n: Decimal(n) / 1000)
    elif isinstance(kind, DateTime):
        made = st.integers(0, 7 * 10**15).map(lambda us: EPOCH + timedelta(microseconds=us))
    elif isinstance(kind, Date):
        made = days
    elif isinstance(kind, Time):
        made = st.times()
    elif isinstance(kind, UuidType):
        made = st.uuids().map(str)
    elif isinstance(kind, TextType):
        made = texts
    else:
        made = st.integers(0, 30_000)
    return made if not column.nullable else st.none() | made


def any_row(table: str, **fixed: Any) -> st.SearchStrategy[dict[str, Any]]:
    columns = METADATA.tables[table].columns
    return st.fixed_dictionaries(
        {c.name: st.just(fixed[c.name]) if c.name in fixed else any_value(c) for c in columns}
    )


def insert(conn: Connection, table: str, row: dict[str, Any]) -> None:
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join(["%s"] * len(row))
    execute(conn, f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))


def any_kind_rows(kind: str) -> st.SearchStrategy[list[tuple[dict[str, Any], dict[str, Any]]]]:
    """Rows of a kind in one scope, each with a row of its parts where it has such."""
    table, key, owner = PLACES[kind]
    family = scope_family(KINDS[kind].scope)
    named = "0190a1b2-3c4d-7e5f-8a9b-0c1d2e3f4a5b" if family == "st" else "a"
    fixed: dict[str, Any] = {"cell": 2, "scope": f"{family}:{named}"}
    if family == "company":
        fixed["scope"] = "company"
    if owner:
        fixed[owner] = named
    rows = any_row(table, **fixed)
    if key not in fixed:
        keys = texts.filter(lambda text: _is_id(text))
        if isinstance(METADATA.tables[table].columns[key].type, UuidType):
            keys = st.uuids().map(str)
        rows = st.tuples(rows, keys).map(lambda pair: {**pair[0], key: pair[1]})
    parts = any_row(PARTS[kind], cell=2) if kind in PARTS else st.just(dict[str, Any]())
    return st.lists(
        st.tuples(rows, parts), min_size=1, max_size=4, unique_by=lambda pair: str(pair[0][key])
    )


def _is_id(text: str) -> bool:
    """Only what may be a code is ever an id."""
    from schemas.fields import Code

    try:
        Code(at_most=64).deserialize(text)
    except Exception:
        return False
    return not text.startswith(DAMAGED)


def of_server(conn: Connection, kind: str, scope: str) -> tuple[Digest, list[str]]:
    """What the server would say the scope comes to, and the rows as it would send them."""
    found, sent = NOTHING, []
    for _, _, key, digits, text in queries.rows(conn, kind, [2], [scope], NEWEST):
        assert digits == key_digits(kind, key)
        found += Digest(1, row_hash(kind, msgspec.json.decode(text)))
        sent.append(text)
    return found, sent


def pulled(local: Local, kind: str, sent: list[str]) -> None:
    """The rows the way of a page."""
    body = f'{{"columns":{json.dumps(ROWS[kind])},"data":[{",".join(sent)}]}}'
    head = '"epoch":"e","complete":true,"server_time":"x","cursor":"c"'
    page = msgspec.json.decode(f'{{{head},"rows":{{"{kind}":{body}}}}}'.encode(), type=Page)
    local.db.execute(f'DELETE FROM copy."{kind}"')
    local.copy._put(kind, page.rows[kind])


def of_handheld(local: Local) -> Digest:
    return sum(local.checked.digests(frozenset()).values(), start=NOTHING)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_that_travelled_hash_alike_and_any_that_is_changed_does_not(
    kind: str, shadows: Connection, local: Local
) -> None:
    table, key, _ = PLACES[kind]

    @settings(max_examples=12, suppress_health_check=list(HealthCheck))
    @given(any_kind_rows(kind), st.data())
    def holds(rows: list[tuple[dict[str, Any], dict[str, Any]]], data: st.DataObject) -> None:
        execute(shadows, f"TRUNCATE {table}")
        for row, part in rows:
            insert(shadows, table, row)
            if part:
                own = {"product": row[key], "store": row[key], "order_id": row[key]}
                insert(shadows, PARTS[kind], part | {n: v for n, v in own.items() if n in part})
        theirs, sent = of_server(shadows, kind, rows[0][0]["scope"])
        assert theirs.rows == len(rows), "the shadow was not read: the test proves nothing"
        pulled(local, kind, sent)
        assert of_handheld(local) == theirs
        spoiled = data.draw(st.sampled_from(ROWS[kind]))
        changed = local.db.execute(
            f'UPDATE copy."{kind}" SET "{spoiled}" = ? WHERE rowid = (SELECT min(rowid)'
            f' FROM copy."{kind}") AND "{spoiled}" IS NOT ?',
            [other := "never so", other],
        ).rowcount
        assert changed == 1
        assert of_handheld(local) != theirs
        if PARTS.get(kind):
            execute(shadows, f"TRUNCATE {PARTS[kind]}")

    holds()


def test_columns_that_sqlite_holds_otherwise_are_known() -> None:
    """A new flag or array that nobody names here would make equal rows differ for ever."""
    for kind, columns in ROWS.items():
        table = METADATA.tables[PLACES[kind][0]]
        at_rest = {"available": "published", "answers": "rep_answers"}
        flags, arrays = set(), set()
        for name in columns:
            column = table.columns.get(at_rest.get(name, name) if kind != "order" else name)
            if column is None or (kind, name) in {("receivable", "items"), ("order", "lines")}:
                arrays |= {name} & {"uoms", "items", "lines"}
            elif isinstance(column.type, Boolean):
                flags.add(name)
            elif isinstance(column.type, JSONB | ARRAY):
                arrays.add(name)
        assert FLAGS.get(kind, set()) == flags, kind
        assert ARRAYS.get(kind, set()) == arrays, kind
