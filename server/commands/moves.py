"""`talaria why`: why a row is, or is not, on a handheld, question by question."""

from datetime import UTC, datetime

import typer

from server.commands import told
from server.commands.whose import whose

NOT_THERE = 2


def explain(handheld: str, kind: str, row: str, company: str) -> int:
    """Print the answer and what it rests on, for each handheld that is called so."""
    from server.commands import queries
    from sync.kinds import KINDS
    from sync.moving.why import why
    from sync.queries.why import handhelds_named, ids_named

    if kind not in KINDS:
        raise told.fail(f"There is no kind {kind!r}; there is: {', '.join(KINDS)}.")
    code = 0
    with whose(company) as (conn, firm):
        cells = sorted({*queries.cells(conn, firm["id"]).values(), firm["cell"]})
        found = handhelds_named(conn, cells, handheld)
        if not found:
            raise told.fail(f"There is no handheld {handheld!r}: talaria device list")
        keys = ids_named(conn, cells, kind, row) or [row]
        for home, device, no, rep in found:
            for key in keys:
                answer = why(conn, home, device, kind, key, datetime.now(UTC))
                typer.echo(f"{kind} {row} and handheld D{no} of {rep}: {answer.answer}")
                for one in answer.findings:
                    typer.echo(f"  {'+' if one.good else '-'} {one.question} {one.says}")
                code = code if answer.answer == "on it" else NOT_THERE
    return code
