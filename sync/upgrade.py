"""What a handheld gets when its program was updated: rows that the new version carries otherwise.

It pulls with the cursor it had and a newer `schema` (or an older one: a program may be put back).
Rows that both versions carry alike it has already, so only the others come again, in whole: those
in which a field holds something that one of the two versions lacks or calls by another name. Of a
kind that the former version did not know all rows come; of one that the new version does not know
(a program that was put back) none, nor is anything more said of it.
"""

from collections.abc import Collection

from sqlalchemy import Connection

from schemas.versions import later_kinds, touched
from sync.kinds import KINDS, scope_family
from sync.queries import pull as queries

Scope = tuple[int, str]  # (cell, scope)


def kinds_touched(former: int, version: int) -> list[str]:
    """The kinds of which rows are sent again. A conflict may name a field of any of them."""
    kinds = touched(former, version).keys()
    new = later_kinds(former) - later_kinds(version)
    return [
        kind for kind in KINDS
        if kind in kinds or kind in new or (kinds and kind == "conflict")
    ]  # fmt: skip


def rows_again(
    conn: Connection, kind: str, held: Collection[Scope], after: str, limit: int,
    former: int, version: int,
) -> tuple[queries.RowsText, str]:  # fmt: skip
    """Up to limit rows of one such kind in the scopes held, after a key; and the last key."""
    family = scope_family(KINDS[kind].scope)
    mine = [(cell, scope) for cell, scope in held if scope_family(scope) == family]
    cells, scopes = sorted({cell for cell, _ in mine}), sorted({scope for _, scope in mine})
    return queries.rows_touched(conn, kind, cells, scopes, after, limit, former, version)
