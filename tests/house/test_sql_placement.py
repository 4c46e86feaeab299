"""SQL lives in files named queries.py, in schemas/tables and in migrations, and nowhere else.

Who asks "what does this touch in the database?" then has one kind of file to read. Two ways of
writing SQL are looked for: text in strings, and SQLAlchemy's statement builders.
"""

import ast
import re

from tests.house.tree import PACKAGES, expect_none, faults, files, strings

PLACES = re.compile(r"(^|/)queries(_\w+)?\.py$|^schemas/(tables|migrations)/|/queries/")
ALLOWED = {
    "handhelds/reference/local.py": "the handheld's own SQLite: its queries.py by another name",
}
"""Other files that hold SQL, each with the reason."""

BUILDERS = frozenset(
    """and_ bindparam case cast column delete desc exists extract func insert lateral
    literal literal_column not_ null nulls_first nulls_last or_ over select table text tuple_
    type_coerce union union_all update values within_group""".split()
)
BUILDER_MODULES = ("sqlalchemy", "sqlalchemy.sql", "sqlalchemy.dialects.postgresql")
SQL = re.compile(
    r"""\A\s*(
        select\s+(.+\s+from\s+\S+|\d+\s*$|\w+\s*\(.*\).*)
      | insert\s+into\s+\w+ | update\s+\w+\s+set\b
      | delete\s+from\s+\w+ | with\s+(recursive\s+)?\w+\s*(\([^)]*\)\s*)?as\s*(materialized\s*)?\(
      | (create|alter|drop)\s+(or\s+replace\s+)?(unique\s+|temp\w*\s+|unlogged\s+)?
        (table|index|role|user|database|schema|sequence|function|trigger|type|extension|view)\b
      | (grant|revoke)\s+.+\s+(on|to|from)\s+ | truncate\s+(table\s+)?\w+\s*(cascade)?\s*$
      | copy\s+\S+.*\s+(from|to)\s+ | listen\s+\w+\s*$ | notify\s+\w+\s*(,.*)?$ | lock\s+table\b
      | set\s+(local|session|role)\b.* | savepoint\s+\w+ | pragma\s+\w+ | begin\s+immediate
      | explain\s+.* | values\s*\(
    )""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def sql_text(path: str, text: str) -> list[str]:
    """Strings that are SQL statements."""
    if PLACES.search(path) or path in ALLOWED:
        return []
    return [
        f"{path}:{line}: SQL in a string: {' '.join(value.split())[:50]}"
        for line, value in strings(text)
        if SQL.match(value) and " " in value.strip()
    ]


def sql_builders(path: str, text: str) -> list[str]:
    """Imports and uses of what SQLAlchemy builds statements with."""
    if PLACES.search(path) or path in ALLOWED:
        return []
    tree = ast.parse(text)
    found = []
    whole_modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                if name.name.split(".")[0] == "sqlalchemy":
                    whole_modules.add(name.asname or name.name.split(".")[0])
        if isinstance(node, ast.ImportFrom) and node.module in BUILDER_MODULES:
            names = sorted(BUILDERS.intersection(name.name for name in node.names))
            found += [f"{path}:{node.lineno}: builds SQL with {name}" for name in names]
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in whole_modules
            and node.attr in BUILDERS
        ):
            found.append(f"{path}:{node.lineno}: builds SQL with {node.attr}")
    return found


def ours() -> tuple[str, ...]:
    """The product's files; tests look at tables and bench measures against plain SQL."""
    return tuple(path for path in files(".py") if path.split("/")[0] in PACKAGES)


def test_sql_text_is_in_its_place() -> None:
    expect_none(faults(sql_text, ours()))


def test_sql_is_built_in_its_place() -> None:
    expect_none(faults(sql_builders, ours()))


def test_every_allowance_is_still_needed() -> None:
    assert [path for path in ALLOWED if path not in files()] == []


def test_sql_text_out_of_place_is_noticed() -> None:
    planted = [
        "select id from store",
        "SELECT pg_notify('feed', 'x')",
        "\\n  insert into visit (id) values (1)",
        "update stock set reserved = 1",
        "delete from entry",
        "with due as (select 1) select * from due",
        "create role talaria_app",
        "copy store from stdin",
        "set local lock_timeout = '1s'",
        "NOTIFY hints, 'feed'",
    ]
    for sql in planted:
        assert len(sql_text("sync/push.py", f'QUERY = "{sql}"\n')) == 1, sql
    assert sql_text("sync/queries.py", f'QUERY = "{planted[0]}"\n') == []
    assert sql_text("sync/push.py", f'NAME = f"{planted[0]} where {{x}}"\n') != []


def test_sentences_are_not_taken_for_sql() -> None:
    for sentence in (
        "Select a store first",
        "Update your handheld",
        "update",
        "Delete the visit from the list",
        "with 3 cases as agreed",
        "Create a user",
        "Copy the code",
        "Values are in cents",
        "NOTIFY channel of the hints between processes; two of them",
        "Listen to the line",
    ):
        assert sql_text("server/cli.py", f'SAYS = "{sentence}"\n') == [], sentence


def test_a_statement_built_out_of_place_is_noticed() -> None:
    assert len(sql_builders("sync/push.py", "from sqlalchemy import Connection, select\n")) == 1
    assert len(sql_builders("sync/push.py", "import sqlalchemy as sa\nsa.text('x')\n")) == 1
    assert sql_builders("sync/push.py", "from sqlalchemy import Connection, Engine\n") == []
    planted = "from sqlalchemy.dialects.postgresql import insert\n"
    assert len(sql_builders("server/feeds/load.py", planted)) == 1
    assert sql_builders("server/feeds/queries.py", planted) == []
