"""The row a change makes, as the screens show it until the server's own row comes with a pull.

Only what the change says is in it: laid over the row that is there already, it leaves the rest.
"""

from typing import Any

from schemas.rows import PARTS, ROWS

CAPTURED_STATE = {"order": "submitted", "card": "closed", "collection": "captured"}
"""State of a row whose change carries none."""


def row_of(change: dict[str, Any], rep: str) -> dict[str, Any]:
    """The row of a change, in the columns of its kind. rep: who captured it."""
    kind, body = change["kind"], change["body"]
    if "set" in body or change["act"] in ("remove", "amend", "create"):
        return _edited(kind, change["act"], body)
    made: dict[str, Any] = {
        "scope": f"rep:{rep}" if kind == "plan_stop" else f"st:{body['store']}",
        "rep": rep,
        "captured_at": change["captured"]["wall"],
    }
    if kind in CAPTURED_STATE:
        made["state"] = CAPTURED_STATE[kind]
    made |= {name: body[name] for name in ROWS[kind] if name in body}
    if kind == "order":
        made |= {"revision": 1, "holds": [], "type": body.get("type", "sale")}
    if "allocation" in body:
        made["allocation"] = [[one["number"], one["amount_minor"]] for one in body["allocation"]]
        made["applied"] = []
    if "lines" in body:
        made["lines"] = lines_of(kind, body["lines"])
    if "competitors" in body:
        names = PARTS[kind, "competitors"]
        made["competitors"] = [[one.get(name) for name in names] for one in body["competitors"]]
    return {name: value for name, value in made.items() if name in ROWS[kind]}


def _edited(kind: str, act: str, body: dict[str, Any]) -> dict[str, Any]:
    """What an edit says of its row: nothing but the fields it sets."""
    store = body.get("store", body["id"])
    made: dict[str, Any] = {"id": body["id"], "scope": f"st:{store}", "store": store}
    made |= body.get("set", body)
    if made.get("position"):
        lat, lon, *accuracy = str(made["position"]).split(",")
        made |= {"lat_deg": float(lat), "lon_deg": float(lon)}
        made |= {"geo_accuracy_m": int(accuracy[0]) if accuracy else None}
    if act == "create":
        made |= {"status": "pending", "geo_accuracy_m": body.get("accuracy_m")}
        for name in ("lat_deg", "lon_deg"):
            made[name] = None if body.get(name) is None else float(body[name])
    if act == "remove":
        made["state"] = "left"
    elif kind == "contact" and not body["base"]:
        made.setdefault("state", "active")
    return {name: value for name, value in made.items() if name in ROWS[kind] and name != "lines"}


def lines_of(kind: str, lines: list[dict[str, Any]]) -> list[list[Any]]:
    """A body's lines as a row shows them."""
    return [_line(kind, line) for line in lines]


def _line(kind: str, line: dict[str, Any]) -> list[Any]:
    """A line in the order of PARTS; what only the server can say is empty."""
    if kind == "order":
        known = {"discount_minor": 0} | line | {"ordered": line["quantity"], "state": "submitted"}
        known["promotions"] = {
            one["promotion"]: one["discount_minor"] for one in line.get("promotions", ())
        }
    else:
        known = {"out_of_stock": False} | line
    return [known.get(name) for name in PARTS[kind, "lines"]]
