"""The rep's verbs on what the office may edit too: stores, contacts, cards corrected.

Each change carries what the rep set and what the handheld showed before, so that the server can
tell who changed what. The screens show the rep's value from now on; what the server made of it
comes with its verdict and the next pull.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from handhelds.reference.pad import Refused
from handhelds.reference.queries import Row, parts
from handhelds.reference.visit import Rep
from schemas.rows import PARTS

Value = str | int | bool | None
STORE_FIELDS = (
    *("name", "address", "city", "region", "postcode", "phone", "opening_hours", "position"),
    *("tax_id", "terms_days", "store_class", "channel", "banner", "price_list", "visits_per_4w"),
)
CONTACT_FIELDS = ("name", "role", "phone", "email", "preferred_time")
WHOLE = frozenset(("terms_days", "visits_per_4w"))
LINE = PARTS["card", "lines"]


def typed_fields(texts: list[str], allowed: tuple[str, ...]) -> dict[str, Value]:
    """["phone=555-1", "city="] -> the fields they set; nothing after the sign empties one."""
    found: dict[str, Value] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or name not in allowed:
            raise Refused(
                f"{text} sets nothing: write FIELD=VALUE with one of {', '.join(allowed)}"
            )
        if name in WHOLE and value:
            if not value.isdigit():
                raise Refused(f"{value} is no whole number")
            found[name] = int(value)
        else:
            found[name] = value.strip() or None
    if not found:
        raise Refused(f"say what to change: FIELD=VALUE with one of {', '.join(allowed)}")
    return found


def position_of(row: Row) -> str | None:
    """A store's position as an edit writes it: degrees with five digits, metres if known."""
    if row.get("lat_deg") is None or row.get("lon_deg") is None:
        return None
    accuracy = row.get("geo_accuracy_m")
    tail = "" if accuracy is None else f",{accuracy}"
    return f"{float(row['lat_deg']):.5f},{float(row['lon_deg']):.5f}{tail}"


def _place(text: Value) -> dict[str, Any]:
    """A position as the columns of a store."""
    if text is None:
        return {"lat_deg": None, "lon_deg": None, "geo_accuracy_m": None}
    words = str(text).split(",")
    try:
        lat, lon = float(words[0]), float(words[1])
        accuracy = int(words[2]) if len(words) > 2 else None
    except (ValueError, IndexError):
        raise Refused(f"{text} is no position: write LATITUDE,LONGITUDE,METRES") from None
    if abs(lat) > 90 or abs(lon) > 180:
        raise Refused(f"{text} is no place on earth: write LATITUDE,LONGITUDE,METRES")
    return {"lat_deg": lat, "lon_deg": lon, "geo_accuracy_m": accuracy, "geo_source": "rep"}


def _differing(mine: Mapping[str, Value], shown: Mapping[str, Any]) -> dict[str, Value]:
    return {name: value for name, value in mine.items() if shown.get(name) != value}


def _refuse_nameless(name: str) -> None:
    if not name.strip():
        raise Refused("a name is needed")


# --- stores ---------------------------------------------------------------------------------------


def edit_store(rep: Rep, named: str, mine: dict[str, Value]) -> Row:
    """Change fields of a store. Refused where nothing would change."""
    store = rep.store(named)
    shown = {name: store.get(name) for name in STORE_FIELDS} | {"position": position_of(store)}
    row = {name: value for name, value in mine.items() if name != "position"}
    if "position" in mine:
        row |= _place(mine["position"])
        mine = mine | {"position": position_of(row)}
    changed = _differing(mine, shown)
    if not changed:
        raise Refused(f"{store['name']} says so already")
    body = {"id": store["id"], "set": changed, "base": {name: shown[name] for name in changed}}
    return rep.keep("store", "edit", body, row)


def new_store(rep: Rep, name: str, fields: dict[str, Value]) -> Row:
    """A store nobody has yet: the rep's at once, pending until the office approves it."""
    _refuse_nameless(name)
    place = _place(fields.pop("position")) if fields.get("position") else {}
    prefix = rep.pad.company() and rep.local.fact("enrolment")["number_prefix"]
    others = [row for row in rep.queries.pulled("store") if row["warehouse"]]
    served = Counter((row["warehouse"], row["zone"]) for row in others).most_common(1)
    warehouse, zone = served[0][0] if served else (None, None)
    with rep.local.writing():
        code = f"{prefix}-S{rep.local.count_up('store'):03d}"
        body: dict[str, Any] = {"id": rep.new_id(), "code": code, "name": name, **fields}
        for column in ("lat_deg", "lon_deg"):
            if column in place:
                body[column] = f"{place[column]:.6f}"
        if place.get("geo_accuracy_m") is not None:
            body["accuracy_m"] = place["geo_accuracy_m"]
        row = {"scope": f"st:{body['id']}", "code": code, "name": name, **fields, **place}
        row |= {"status": "pending", "warehouse": warehouse, "zone": zone}
        return rep.add("store", "create", body, row)


NEW_STORE_FIELDS = (
    *("address", "city", "region", "postcode", "phone", "opening_hours", "tax_id", "channel"),
    "position",
)

# --- contacts -------------------------------------------------------------------------------------


def contact_of(rep: Rep, store: Row, name: str) -> Row:
    """A store's contact by name, or by the beginning of it."""
    there = [row for row in rep.queries.rows("contact", store["id"]) if row["state"] != "left"]
    wanted = name.casefold()
    found = [row for row in there if str(row["name"]).casefold() == wanted]
    found = found or [row for row in there if str(row["name"]).casefold().startswith(wanted)]
    if len(found) != 1:
        names = ", ".join(sorted(str(row["name"]) for row in there)) or "nobody yet"
        raise Refused(f"no one contact called {name} at {store['name']}: there is {names}")
    return found[0]


def add_contact(rep: Rep, named: str, name: str, fields: dict[str, Value]) -> Row:
    """Write down a person of a store."""
    _refuse_nameless(name)
    store = rep.store(named)
    mine = {"name": name, **fields}
    body = {"id": rep.new_id(), "store": store["id"], "set": mine, "base": {}}
    row = {"scope": f"st:{store['id']}", "store": store["id"], "state": "active", **mine}
    return rep.keep("contact", "save", body, row)


def edit_contact(rep: Rep, named: str, name: str, mine: dict[str, Value]) -> Row:
    """Change fields of a contact."""
    store = rep.store(named)
    contact = contact_of(rep, store, name)
    changed = _differing(mine, contact)
    if not changed:
        raise Refused(f"{contact['name']} says so already")
    base = {field: contact.get(field) for field in changed}
    body = {"id": contact["id"], "store": store["id"], "set": changed, "base": base}
    return rep.keep("contact", "save", body, {"store": store["id"], **changed})


def remove_contact(rep: Rep, named: str, name: str) -> Row:
    """Say that a person has left."""
    store = rep.store(named)
    contact = contact_of(rep, store, name)
    base = {field: contact.get(field) for field in CONTACT_FIELDS}
    body = {"id": contact["id"], "store": store["id"], "base": base}
    return rep.keep("contact", "remove", body, {"store": store["id"], "state": "left"})


# --- cards ----------------------------------------------------------------------------------------


def amend_card(rep: Rep, named: str, lines: list[dict[str, Any]], reason: str | None = None) -> Row:
    """Correct the newest card of a store. lines: product, and the fields as they should be."""
    store = rep.store(named)
    cards = rep.queries.rows("card", store["id"])
    if not cards:
        raise Refused(f"there is no card of {store['name']} to correct yet")
    card = max(cards, key=lambda row: str(row["captured_at"] or ""))
    shown = {line["product"]: line for line in parts("card", "lines", card["lines"])}
    amended: list[dict[str, Any]] = []
    for line in lines:
        if rep.queries.product(line["product"]) is None:
            raise Refused(f"no product {line['product']} on this handheld")
        before = shown.get(line["product"])
        mine = {name: value for name, value in line.items() if name != "product"}
        changed = _differing(mine, before or {})
        if changed:
            base = {} if before is None else {name: before.get(name) for name in changed}
            amended.append({"product": line["product"], "set": changed, "base": base})
            shown[line["product"]] = {"out_of_stock": False} | (before or {}) | line
    if not amended:
        raise Refused("the card says so already")
    body = {"id": card["id"], "store": store["id"], "reason": reason, "lines": amended}
    made = [[line.get(name) for name in LINE] for line in shown.values()]
    return rep.keep("card", "amend", body, {"store": store["id"], "lines": made})
