"""SQL of writing replicated rows in bulk: stage by COPY, upsert only what differs.

Statements are composed from the tables' own metadata, never from input.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from psycopg import sql
from sqlalchemy import Connection, Table

from sync.queries.driver import driver, execute


def names(columns: Iterable[str], table: str | None = None) -> sql.Composed:
    """Compose a column list, each prefixed with its table if one is given."""
    parts = [sql.Identifier(table, name) if table else sql.Identifier(name) for name in columns]
    return sql.SQL(", ").join(parts)


def stage(
    conn: Connection, table: Table, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]
) -> str:
    """COPY rows into a staging table of the same column types; it lives until commit."""
    name = f"stage_{table.name}"
    raw = driver(conn)
    raw.execute(sql.SQL("DROP TABLE IF EXISTS pg_temp.{}").format(sql.Identifier(name)))
    raw.execute(
        sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA").format(
            sql.Identifier(name), names(columns), sql.Identifier(table.name)
        )
    )
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), names(columns))
    with raw.cursor().copy(copy) as out:
        for row in rows:
            out.write_row([row[column] for column in columns])
    raw.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))
    return name


def moved(conn: Connection, table: Table, cell: int, key: str) -> list[tuple[str, str]]:
    """Return (key, old scope) of staged rows that are now in another scope."""
    query = sql.SQL(
        "SELECT t.{key}::text, t.scope FROM {stage} s JOIN {table} t"
        " ON t.cell = %s AND t.{key} = s.{key} WHERE t.scope <> s.scope"
    ).format(
        key=sql.Identifier(key),
        stage=sql.Identifier(f"stage_{table.name}"),
        table=sql.Identifier(table.name),
    )
    return driver(conn).execute(query, [cell]).fetchall()


def upsert(
    conn: Connection,
    table: Table,
    cell: int,
    key: str,
    columns: Sequence[str],
    *,
    by: str,
    birth: Mapping[str, Any],
    begun: Mapping[str, str],
    settled: Mapping[str, str],
    quiet: frozenset[str],
    touched: Sequence[str],
    order: Sequence[str],
) -> list[tuple[str, str, bool]]:
    """Upsert staged rows that differ; return (key, scope, is new) of each row written.

    order: the columns in whose order rows are locked, differing or not: that of a push.

    birth: values of columns set when a row is made; begun: SQL of others, over the staged row `s`
    and the new row's cell as %s. settled: SQL of columns worked out on an
    update. quiet: columns whose change alone is no change. touched: keys written even if equal.
    """
    loud = [name for name in columns if name not in quiet and name not in settled and name != key]
    sets = [
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name))
        for name in columns
        if name != key and name not in settled
    ] + [
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.SQL(text))
        for name, text in settled.items()
    ]
    query = sql.SQL(
        "INSERT INTO {table} AS t (cell, version, changed_by, {columns}{birth_names}{begun_names})"
        " SELECT %s, 1, %s, {columns}{birth_values}{begun_values} FROM {stage} s ORDER BY {order}"
        " ON CONFLICT (cell, {key}) DO UPDATE SET version = t.version + 1,"
        " changed_by = excluded.changed_by, {sets}"
        " WHERE ROW({old}) IS DISTINCT FROM ROW({new}) OR t.{key}::text = ANY(%s)"
        " RETURNING t.{key}::text, t.scope, t.version = 1"
    ).format(
        table=sql.Identifier(table.name),
        stage=sql.Identifier(f"stage_{table.name}"),
        key=sql.Identifier(key),
        order=names(order),
        columns=names(columns),
        birth_names=sql.Composed([sql.SQL(", ") + sql.Identifier(name) for name in birth]),
        birth_values=sql.SQL(", %s" * len(birth)),
        begun_names=sql.Composed([sql.SQL(", ") + sql.Identifier(name) for name in begun]),
        begun_values=sql.Composed([sql.SQL(", ") + sql.SQL(text) for text in begun.values()]),
        sets=sql.SQL(", ").join(sets),
        old=names(loud, "t"),
        new=names(loud, "excluded"),
    )
    args = [cell, by, *birth.values(), *[cell for _ in begun], list(touched)]
    return driver(conn).execute(query, args).fetchall()


def upsert_parts(
    conn: Connection, table: Table, cell: int, keys: Sequence[str], columns: Sequence[str],
    birth: Mapping[str, Any],
) -> list[str]:  # fmt: skip
    """Upsert staged parts that differ; return the distinct parents of those written.

    keys: the part's key columns after cell, the parent's first.
    """
    loud = [name for name in columns if name not in keys]
    query = sql.SQL(
        "WITH written AS (INSERT INTO {table} AS t (cell, {columns}{birth_names})"
        " SELECT %s, {columns}{birth_values} FROM {stage}"
        " ON CONFLICT (cell, {keys}) DO UPDATE SET {sets}"
        " WHERE ROW({old}) IS DISTINCT FROM ROW({new}) RETURNING t.{parent}::text AS parent)"
        " SELECT DISTINCT parent FROM written"
    ).format(
        table=sql.Identifier(table.name),
        stage=sql.Identifier(f"stage_{table.name}"),
        keys=names(keys),
        parent=sql.Identifier(keys[0]),
        columns=names(columns),
        birth_names=sql.Composed([sql.SQL(", ") + sql.Identifier(name) for name in birth]),
        birth_values=sql.SQL(", %s" * len(birth)),
        sets=sql.SQL(", ").join(
            sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in loud
        ),
        old=names(loud, "t"),
        new=names(loud, "excluded"),
    )
    rows = driver(conn).execute(query, [cell, *birth.values()])
    return [row[0] for row in rows]


def delete_parts(conn: Connection, table: Table, cell: int, keys: Sequence[str]) -> list[str]:
    """Delete parts of staged parents that are not staged themselves; return those parents."""
    join = sql.SQL(" AND ").join(sql.SQL("s.{0} = t.{0}").format(sql.Identifier(k)) for k in keys)
    query = sql.SQL(
        "WITH dead AS (DELETE FROM {table} t WHERE cell = %s"
        " AND {parent} IN (SELECT {parent} FROM {stage})"
        " AND NOT EXISTS (SELECT 1 FROM {stage} s WHERE {join}) RETURNING {parent}::text AS parent)"
        " SELECT DISTINCT parent FROM dead"
    ).format(
        table=sql.Identifier(table.name),
        stage=sql.Identifier(f"stage_{table.name}"),
        parent=sql.Identifier(keys[0]),
        join=join,
    )
    return [row[0] for row in driver(conn).execute(query, [cell])]


def touch(
    conn: Connection, table: Table, cell: int, key: str, keys: Sequence[str], by: str
) -> list[tuple[str, str, bool]]:
    """Raise the version of rows whose parts changed; return (key, scope, False) of each."""
    query = sql.SQL(
        "UPDATE {table} SET version = version + 1, changed_by = %s"
        " WHERE cell = %s AND {key}::text = ANY(%s) RETURNING {key}::text, scope, false"
    ).format(table=sql.Identifier(table.name), key=sql.Identifier(key))
    return driver(conn).execute(query, [by, cell, list(keys)]).fetchall()


def remove(
    conn: Connection, table: Table, cell: int, key: str, keys: Sequence[str]
) -> list[tuple[str, str]]:
    """Delete rows; return (key, scope) of each."""
    query = sql.SQL(
        "DELETE FROM {table} WHERE cell = %s AND {key}::text = ANY(%s) RETURNING {key}::text, scope"
    ).format(table=sql.Identifier(table.name), key=sql.Identifier(key))
    return driver(conn).execute(query, [cell, list(keys)]).fetchall()


def publish_stock(conn: Connection) -> list[tuple[int, str, str]]:
    """Bring the told availability up to date; return (cell, id, scope) of rows that changed.

    Rows are locked in the order of a push. One that a push holds is told the next time: it is
    about to change again.
    """
    return execute(
        conn,
        """WITH due AS MATERIALIZED (
               SELECT cell, id FROM stock
               WHERE published <> on_hand - allocated - blocked - safety - reserved
               ORDER BY cell, warehouse, product FOR UPDATE SKIP LOCKED
           )
           UPDATE stock s SET version = version + 1, changed_by = 'job:publish_stock',
               published = on_hand - allocated - blocked - safety - reserved
           FROM due WHERE s.cell = due.cell AND s.id = due.id
           RETURNING s.cell, s.id::text, s.scope""",
    ).fetchall()
