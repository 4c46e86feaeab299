"""`talaria repairs`: rows of handhelds that were wrong and were put right. Each is a bug report."""

from typing import Any

import typer

from server.commands.whose import show, whose

MOST = 200
WHAT = {"missing": "was missing", "extra": "should not be there", "different": "was different"}


def list_repairs(company: str, device: str) -> int:
    """Print the newest repairs, and how the last comparisons went; returns the exit code.

    0: no row was ever wrong. 2: some were.
    """
    from server.commands import queries
    from sync.queries import verify

    with whose(company) as (conn, row):
        cells = [*queries.cells(conn, row["id"]).values()]
        found = verify.repairs(conn, row["id"], cells, device, MOST)
        copies = verify.verifications(conn, row["id"], cells)
    show([_shown(one) for one in found], "No handheld ever had a wrong row.")
    known = [one for one in copies if one["asked_at"] is not None and device in ("", one["device"])]
    same = sum(one["equal"] is True for one in known)
    rows = sum(one["rows"] for one in known)
    typer.echo(
        f"Last compared: {len(known)} of {len(copies)} handhelds, {rows:,} rows; "
        f"{same} ended with every row the same."
    )
    return 2 if found else 0


def _shown(one: dict[str, Any]) -> dict[str, Any]:
    where = f"{one['store_code']} {one['store_name']}" if one["store_code"] else one["scope"]
    return {
        "at": one["at"], "handheld": f"D{one['no']}", "rep": one["rep"], "where": where,
        "kind": one["kind"], "row": one["key"], "what": WHAT[one["what"]],
        "version there": one["held_version"], "version here": one["version"], "why": one["why"],
    }  # fmt: skip
