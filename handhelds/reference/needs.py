"""What needs the rep: items of the inbox that the rep may answer, and the answering, offline.

An answer is a change like any other: kept in the outbox, laid over its item until the server has
answered, and told in its verdict whether it came in time.
"""

from typing import Any

from handhelds.reference.ages import age
from handhelds.reference.pad import Refused
from handhelds.reference.queries import Queries, Row, parts
from handhelds.reference.screens import Screen, store_line
from handhelds.reference.visit import Rep


def given(queries: Queries) -> dict[str, Row]:
    """Item -> the body of the rep's own answer to it that the server has not answered yet."""
    waiting = queries.changes("outcome IS NULL AND kind = 'conflict'")
    return {one["raw"]["body"].get("conflict"): one["raw"]["body"] for one in waiting}


def waiting(queries: Queries) -> list[Row]:
    """Items the rep may answer, the most urgent first; `given` is the answer on its way."""
    mine = given(queries)
    found = queries.pulled("conflict", "state = 'waiting' ORDER BY due_at IS NULL, due_at, at, id")
    return [
        row
        | {"answers": parts("conflict", "answers", row["answers"]), "given": mine.get(row["id"])}
        for row in found
        if row["answers"]
    ]


def needs(rep: Rep) -> Screen:
    """The list "needs you", numbered as `answer` takes it."""
    return {"items": [_shown(rep, n, row) for n, row in enumerate(waiting(rep.queries), 1)]}


def _shown(rep: Rep, n: int, row: Row) -> Screen:
    at = rep.queries.store(row["store"]) if row["store"] else None
    order = rep.queries.row("order", row["order_id"]) if row["order_id"] else None
    names = ("id", "rule", "item", "line", "says", "yours", "now", "proposed", "owner", "answers")
    shown: Screen = {name: row.get(name) for name in names}
    shown |= {
        "n": n,
        "number": order["number"] if order else None,
        "store": store_line(at) if at else None,
        "due": age(rep.pad, row["due_at"]) if row["due_at"] else None,
        "due_at": row["due_at"],
        "advice": row["answer"] if row["state"] == "waiting" else None,
    }
    if row["given"] is not None:
        shown["given"] = says_of(row, row["given"]["answer"])
        shown["told"] = f"answered: {shown['given']}; waits for network"
    return shown


def says_of(row: Row, name: str) -> str:
    """What an answer of an item is called."""
    return next((one["says"] for one in row["answers"] if one["name"] == name), name)


def answer(rep: Rep, which: str, what: str, note: str | None = None) -> Row:
    """Answer item `which` (its number in `needs`, or the end of its id) with `what` (the answer's
    name, its number, or how it begins). Refused says why not; nothing is saved then."""
    items = waiting(rep.queries)
    row = _item(items, which)
    if row["given"] is not None:
        raise Refused(
            f"it is answered already ({says_of(row, row['given']['answer'])}), and the answer "
            "waits for network: undo that first"
        )
    chosen = _answer(row["answers"], what)
    body: dict[str, Any] = {
        "id": rep.new_id(),
        "conflict": row["id"],
        "answer": chosen["name"],
        "note": note,
    }
    if row["store"]:
        body["store"] = row["store"]
    saved = rep.keep("conflict", "answer", body, {"id": body["id"], "scope": row["scope"]})
    return saved | {"answer": chosen["name"], "says": chosen["says"], "conflict": row["id"]}


def _item(items: list[Row], which: str) -> Row:
    if which.isdigit() and 1 <= int(which) <= len(items):
        return items[int(which) - 1]
    found = [row for row in items if len(which) >= 6 and row["id"].endswith(which)]
    if len(found) != 1:
        raise Refused(f"nothing called {which} needs you: see `needs`")
    return found[0]


def _answer(answers: list[Row], what: str) -> Row:
    if what.isdigit() and 1 <= int(what) <= len(answers):
        return answers[int(what) - 1]
    typed = what.casefold().replace(" ", "_")
    found = [one for one in answers if one["name"] == typed] or [
        one
        for one in answers
        if one["name"].startswith(typed) or one["says"].casefold().startswith(what.casefold())
    ]
    if len(found) != 1:
        offered = ", ".join(one["name"] for one in answers)
        raise Refused(f"{what} is no answer to this: it takes {offered}")
    return found[0]
